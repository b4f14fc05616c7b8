# SPDX-License-Identifier: GPL-3.0-or-later
"""A world of its own for one walk: a display, a session bus with accessibility and nothing else, a keyring, the
training service with its mails in a folder, and the program under test. All of it ends with the `with` block."""

import email
import email.policy
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time

BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir={folder}</listen>
  <servicedir>{services}</servicedir>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""

ACCOUNTS = [
    {"schema_id": "employee", "state": "active",
     "traits": {"email": "anna@flexhrm.example", "name": {"first": "Anna"}},
     "verifiable_addresses": [
         {"value": "anna@flexhrm.example", "verified": True, "via": "email", "status": "completed"}]},
    {"schema_id": "employee", "state": "active",
     "traits": {"email": "erik@flexhrm.example", "name": {"first": "Erik"}},
     "credentials": {"password": {"config": {"password": "correct horse battery"}}}},
    {"schema_id": "employee", "state": "active",
     "traits": {"email": "maja@flexhrm.example", "name": {"first": "Maja"}},
     "credentials": {
         "password": {"config": {"password": "correct horse battery"}},
         "totp": {"config": {"totp_url": "otpauth://totp/Visma%20Connect:maja@flexhrm.example"
                                         "?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Visma%20Connect"}},
         "lookup_secret": {"config": {"codes": [{"code": "abcd1234"}, {"code": "efgh5678"}]}}}},
]

MAJA_KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def wait_for(condition, what, seconds=30):
    """Waits until condition() is true and returns its value; says what was waited for when it never was."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for {what() if callable(what) else what}")
        time.sleep(0.05)


class World:
    def __init__(self, keyring=True, language="C"):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="first-login-walk-"))
        self.keyring = keyring
        self.language = language
        self.processes = []
        self.logs = {}
        self.url = None
        self.environment = None

    def __enter__(self):
        try:
            self._prepare()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _prepare(self):
        home = self.folder / "home"
        for name in ("home", "run", "services", "mails", "config", "home/Documents"):
            (self.folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        services = self.folder / "services"
        shutil.copy("/usr/share/dbus-1/services/org.a11y.Bus.service", services)
        (self.folder / "bus.conf").write_text(BUS.format(folder=self.folder, services=services))

        keep = ("PATH", "XDG_DATA_DIRS", "ASAN_OPTIONS", "UBSAN_OPTIONS", "GSETTINGS_SCHEMA_DIR")
        self.environment = {name: os.environ[name] for name in keep if name in os.environ}
        self.environment.update({
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "XDG_CONFIG_DIRS": str(self.folder / "config"),
            "XDG_DATA_HOME": str(home / ".local/share"),
            "XDG_CACHE_HOME": str(home / ".cache"),
            "GDK_BACKEND": "x11",
            "GSK_RENDERER": "cairo",
            "GTK_A11Y": "atspi",
            "GSETTINGS_BACKEND": "keyfile",
            "GIO_USE_VFS": "local",
            "ADW_DISABLE_PORTAL": "1",
            "LANG": "C.UTF-8",
            "LANGUAGE": self.language,
            "TZ": "UTC",
        })
        self.environment.setdefault("ASAN_OPTIONS", "detect_leaks=0")

        self.environment["DISPLAY"] = ":" + self._start_display()
        bus = self.spawn("bus", ["dbus-daemon", f"--config-file={self.folder}/bus.conf", "--print-address", "--nofork"])
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
        if self.keyring:
            self.start_keyring()
        # libatspi in this process looks at the same bus as the program under test
        os.environ.update({name: self.environment[name]
                           for name in ("DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR")})

    def _start_display(self):
        read, write = os.pipe()
        self.spawn("display", ["Xvfb", "-displayfd", str(write), "-screen", "0", "1360x900x24", "-nolisten", "tcp"],
                   pass_fds=(write,))
        os.close(write)
        with os.fdopen(read) as number:
            return number.readline().strip()

    def spawn(self, name, argv, stdin=subprocess.DEVNULL, pass_fds=(), environment=None):
        log = open(self.folder / f"{name}.log", "ab")
        self.logs[name] = self.folder / f"{name}.log"
        process = subprocess.Popen([str(word) for word in argv], stdin=stdin, stdout=subprocess.PIPE, stderr=log,
                                   env=environment or self.environment, pass_fds=pass_fds, text=True)
        log.close()
        self.processes.append(process)
        return process

    def log(self, name):
        return self.logs[name].read_text(errors="replace")

    def start_keyring(self):
        process = self.spawn("keyring", ["gnome-keyring-daemon", "--foreground", "--components=secrets", "--unlock"],
                             stdin=subprocess.PIPE)
        process.stdin.write("keyring password")
        process.stdin.close()
        wait_for(lambda: subprocess.run(
            ["dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner",
             "string:org.freedesktop.secrets"], env=self.environment, capture_output=True, text=True).stdout.find("true") > 0,
            "the keyring on the bus")
        return process

    def start_service(self, program, config="", accounts=None, port=0):
        """config: the text of a key file. Returns the process; the address is self.url."""
        accounts_file = self.folder / "accounts.json"
        accounts_file.write_text(json.dumps(ACCOUNTS if accounts is None else accounts))
        config_file = self.folder / "service.conf"
        config_file.write_text(config)
        process = self.spawn("service", [program, "--listen", f"127.0.0.1:{port}", "--database", self.folder / "service.db",
                                         "--accounts", accounts_file, "--config", config_file,
                                         "--mail-directory", self.mail_folder])
        line = process.stdout.readline().strip()
        assert line.startswith("listening on "), f"the service said {line!r}: {self.log('service')}"
        self.url = line.removeprefix("listening on ")
        return process

    @property
    def mail_folder(self):
        return self.folder / "mails"

    def mails(self):
        """The mails so far, oldest first, as email.message objects."""
        return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                for path in sorted(self.mail_folder.glob("*.eml"))]

    def wait_mail(self, number=1):
        """The mail of that number, counted from 1, when it has come: (link, code, message)."""
        wait_for(lambda: len(self.mails()) >= number, f"mail {number}")
        message = self.mails()[number - 1]
        html = message.get_body(("html",)).get_content()
        link = re.search(r'href="([^"]+#flow=[^"]+)"', html).group(1).replace("&amp;", "&")
        return link, re.search(r"code=(\d{6})", link).group(1), message


def totp(key, when=None):
    """The code of an independent implementation."""
    words = ["oathtool", "--totp", "--base32", key]
    if when is not None:
        words.insert(1, f"--now=@{int(when)}")
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()


def fresh_totp(key, used=()):
    """A code that has not been used yet, with some seconds of life left in it."""
    def candidate():
        if time.time() % 30 > 27:
            return None
        code = totp(key)
        return code if code not in used else None
    return wait_for(candidate, "the next code", 35)
