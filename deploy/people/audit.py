# SPDX-License-Identifier: GPL-3.0-or-later
"""Who did what to whom, when and why: one line of JSON before it is done, and one with how it ended.

Lines are only ever added, and are on the disk before anything is done; where that fails, nothing is done. The system's log
gets the same lines, where another host may keep them. Neither has a code, a key or a password in it."""

import datetime
import fcntl
import json
import os
import pwd
import socket
import uuid

NOBODY = 4294967295  # what the kernel answers when nobody has logged in
LOG_AUTHPRIV_NOTICE = 10 << 3 | 5  # RFC 5424, section 6.2.1


class NoAudit(Exception):
    """It cannot be written down, and so it may not be done."""


def _name(uid):
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def who():
    """The person at the keyboard, through sudo. The kernel's login id cannot be changed by whoever has logged in."""
    uid = os.getuid()
    found = {"user": _name(uid), "uid": uid}
    try:
        with open("/proc/self/loginuid", encoding="ascii") as file:
            login = int(file.read())
        if login != NOBODY:
            found |= {"login": _name(login), "login_uid": login}
    except (OSError, ValueError):
        pass
    if os.environ.get("SUDO_UID", "").isdigit():
        found |= {"sudo_uid": int(os.environ["SUDO_UID"]), "sudo_user": os.environ.get("SUDO_USER", "")[:64]}
    return found


class Audit:
    """Where it is written: a file, and the socket of the system's log (empty: none)."""

    def __init__(self, path, syslog="/dev/log"):
        self.path = path
        self.syslog = syslog

    def begin(self, what, whom, reason, ticket, **more):
        """Writes what is about to be done; returns the entry, to be ended."""
        entry = {"entry": str(uuid.uuid4()), "what": what, "whom": whom, "who": who(), "host": socket.gethostname(),
                 "reason": reason, "ticket": ticket} | more
        self._write(entry | {"phase": "before"})
        return entry

    def end(self, entry, outcome, **more):
        self._write(entry | {"phase": "after", "outcome": outcome} | more)

    def _write(self, entry):
        now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = json.dumps({"at": now} | entry, ensure_ascii=False)
        try:
            file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
            try:
                fcntl.flock(file, fcntl.LOCK_EX)
                self._append(file, line.encode() + b"\n")
            finally:
                os.close(file)
        except OSError as error:
            raise NoAudit(f"{self.path}: {error.strerror}") from None
        self._tell_system(line)

    @staticmethod
    def _append(file, line):
        """Writes a whole line, or takes back the half of it that a full disk has room for."""
        size = os.fstat(file).st_size
        if size and os.pread(file, 1, size - 1) != b"\n":
            line = b"\n" + line  # the end of a half line
        try:
            if os.write(file, line) != len(line):
                raise OSError(28, "No space left on device")
            os.fsync(file)
        except OSError:
            try:
                os.ftruncate(file, size)
            except OSError:
                pass  # an append-only file (chattr +a) keeps its half line
            raise

    def _tell_system(self, line):
        if not self.syslog:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
                log.sendto(f"<{LOG_AUTHPRIV_NOTICE}>first-login-helpdesk[{os.getpid()}]: {line}".encode(), self.syslog)
        except OSError:
            pass  # the file has it
