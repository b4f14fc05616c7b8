# SPDX-License-Identifier: GPL-3.0-or-later
"""What has been done for whom, so that a run that was cut off goes on where it stopped.

One line of JSON for each fact, in a file beside the roster, on the disk before the next thing is done. A line that was
cut off half written says nothing, and is cut away. It holds addresses, and no secrets."""

import fcntl
import json
import os
import uuid


class BadJournal(Exception):
    """The journal cannot be read or written; nothing may be done without."""


class Journal:
    """`run` names this journal's accounts in the engine. `imported` has {address: identity id}, `mailing` the addresses
    whose mail may have left, `mailed` those whose mail has, `refused` {address: why} for good; `checked` are the digests
    of the files that a dry run has shown."""

    def __init__(self, path):
        self.path = path
        self.run = ""
        self.checked = set()
        self.imported = {}
        self.mailing = set()
        self.mailed = set()
        self.refused = {}
        try:
            is_new = not os.path.exists(path)
            self.file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            self._lock()
            self._load()
            if is_new:
                self._sync_folder()
            if not self.run:
                self.write({"what": "begun", "run": str(uuid.uuid4())})
        except OSError as error:
            raise BadJournal(f"{path}: {error.strerror}") from None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.file)

    def _lock(self):
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self.file)
            raise BadJournal(f"{self.path}: somebody is inviting with it at this moment") from None

    def _sync_folder(self):
        folder = os.open(os.path.dirname(os.path.abspath(self.path)), os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(folder)
        os.close(folder)

    def _load(self):
        size = os.fstat(self.file).st_size
        data = os.pread(self.file, size, 0)
        whole = data.rfind(b"\n") + 1
        if whole != len(data):
            os.ftruncate(self.file, whole)
        for number, line in enumerate(data[:whole].splitlines(), 1):
            try:
                self._take(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError):
                raise BadJournal(f"{self.path}:{number}: is damaged. Who was mailed is not known from it") from None

    def _take(self, fact):
        what = fact["what"]
        if what == "begun":
            self.run = str(uuid.UUID(fact["run"]))
        elif what == "checked":
            self.checked.add(fact["digest"])
        elif what == "imported":
            self.imported[fact["address"]] = fact["id"]
        elif what == "mailing":
            self.mailing.add(fact["address"])
        elif what in ("mailed", "refused", "not mailed"):
            self.mailing.discard(fact["address"])
            if what == "mailed":
                self.mailed.add(fact["address"])
            elif what == "refused":
                self.refused[fact["address"]] = fact["why"]
        else:
            raise ValueError(what)

    def write(self, *facts):
        """Puts facts on the disk; only then do they hold."""
        data = b"".join(json.dumps(fact, ensure_ascii=False).encode() + b"\n" for fact in facts)
        try:
            written = 0
            while written < len(data):
                written += os.write(self.file, data[written:])
            os.fdatasync(self.file)
        except OSError as error:
            raise BadJournal(f"{self.path}: {error.strerror}") from None
        for fact in facts:
            self._take(fact)

    def patch_id(self, address):
        """The same for the same person in every run."""
        return str(uuid.uuid5(uuid.UUID(self.run), address))
