# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks for what has to stay secret wherever it could be: in logs, files, arguments, environments, what goes over a bus,
the window, and the memory of the program once the page that it belonged to has been left.

What a library frees is not ours to wipe: the program runs with ENVIRONMENT, in which the allocator wipes it. What is found
in memory then is held by somebody."""

import base64
import contextlib
import json
import os
import pathlib
import re
import secrets
import struct
import subprocess
import time
import urllib.parse

from screen import ENTRIES, Atspi
from world import APP_ID, Gio, GLib, wait_for

# The first line is what wipes with AddressSanitizer, the others without: glibc spares what its per-thread cache takes.
ENVIRONMENT = {
    "ASAN_OPTIONS": f"{os.environ.get('ASAN_OPTIONS', 'detect_leaks=0')}:max_free_fill_size=2147483647:free_fill_byte=221",
    "MALLOC_PERTURB_": "221",
    "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0",
    "G_SLICE": "always-malloc",
    "G_MESSAGES_DEBUG": "all",
}

HERE = pathlib.Path(__file__).resolve().parent

SHORT = 8            # characters; what is as short also comes up by chance, inside of longer numbers
SHADOW = 2**36       # bytes; only AddressSanitizer maps as much at once, and keeps no data there
FILE_HEADER = 24     # bytes of pcap, before the first message
RECORD_HEADER = 16   # and before each of them


def canary(word):
    """A password like no other: two walks side by side do not find each other's."""
    return f"{word} {secrets.token_hex(4)} orbit"


def clipboard(desk, selection="clipboard"):
    """What another program gets when it pastes, or with the middle button ("primary")."""
    return desk.run("xclip", "-selection", selection, "-out", check=False)


def groups(text):
    """As fl_code_group() shows keys and codes."""
    return " ".join(text[start:start + 4] for start in range(0, len(text), 4))


def in_base64(data):
    """What is certain in the Base64 of everything that has `data` in it, wherever it stands."""
    for before in range(3):
        certain = base64.b64encode(bytes(before) + data)[-(-8 * before // 6):8 * (before + len(data)) // 6]
        yield certain
        yield certain.translate(bytes.maketrans(b"+/", b"-_"))


def forms(text):
    """The bytes that give a text away. UTF-16 and UCS-4 are Latin 1 once their NULs have been taken out."""
    plain = text.encode()
    quoted = urllib.parse.quote(text, safe="")
    found = {plain, text.encode("latin-1"), json.dumps(text)[1:-1].encode(), plain.hex().encode(), plain.hex().upper().encode(),
             quoted.encode(), urllib.parse.quote_plus(text).encode(),
             re.sub("%..", lambda match: match.group().lower(), quoted).encode(), *in_base64(plain)}
    if re.fullmatch("[A-Z2-7]{32}", text):
        found.add(max(base64.b32decode(text).translate(None, b"\0").split(b"\n"), key=len))
    if " " not in text:
        found.add(groups(text).encode())
    if re.fullmatch("[0-9]{6}", text):
        found.add(f"{text[:3]} {text[3:]}".encode())  # as mails and phones show it
    return found


def stands_alone(text, data):
    """Whether a short text stands in the data, and not inside of a longer number or name."""
    for encoding, unit in (("utf-8", 1), ("utf-16-le", 2), ("utf-32-le", 4)):
        needle = text.encode(encoding)
        start = data.find(needle)
        while start >= 0:
            end = start + len(needle)
            if not re.search(rb"[0-9A-Za-z.]", data[max(start - unit, 0):start] + data[end:end + 1]):
                return True
            start = data.find(needle, start + 1)
    return False


def search(words, data, squeezed=None):
    """The names of those of {name: text} that stand in the data, in whatever form; with `squeezed`, which is the data
    without what fills it up, both are lists."""
    owners = {form: name for name, text in words.items() for form in forms(text)}
    if squeezed is None:
        data, squeezed = [data], [data.translate(None, b"\0")]
    if len(squeezed) == 1:
        hits = {form for form in owners if form in squeezed[0]}
    else:
        # hundreds of forms in tens of megabytes: grep goes over them once
        read, write = os.pipe()
        os.write(write, b"\n".join(owners))
        os.close(write)
        with open(os.memfd_create("squeezed"), "w+b") as file:
            file.writelines(squeezed)
            file.seek(0)
            found = subprocess.run(["grep", "-aoF", f"--file=/dev/fd/{read}"], stdin=file, stdout=subprocess.PIPE,
                                   pass_fds=(read,), env=os.environ | {"LC_ALL": "C"}).stdout
        os.close(read)
        hits = set(found.split(b"\n")) & owners.keys()

    def is_there(name):
        text = words[name]
        return (len(text) > SHORT or (forms(text) - {text.encode()}) & hits
                or any(stands_alone(text, part) for part in data))
    return {name for name in {owners[form] for form in hits} if is_there(name)}


class Memory:
    """What a process can write to and has written to: as it is, and without NULs and what free() leaves behind."""

    def __init__(self, pid):
        self.parts, self.squeezed = [], []
        empty = bytes(2**20)
        with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as file:
            for line in maps:
                start, end, rights = re.match(r"(\w+)-(\w+) (\S+)", line).groups()
                start, end = int(start, 16), int(end, 16)
                if not rights.startswith("rw") or end - start > SHADOW:
                    continue
                while start < end:
                    try:
                        part = os.pread(file.fileno(), min(end - start, 2**20), start)
                    except OSError:
                        break  # unmapped meanwhile, or a device's
                    if part != empty:
                        self.parts.append(part)
                        self.squeezed.append(part.translate(None, b"\0\xdd"))
                    start += 2**20

    def search(self, words):
        return search(words, self.parts, self.squeezed)


class Tap:
    """What goes over a bus, by dbus-monitor, which sees the messages of everybody to everybody."""

    def __init__(self, desk, name, address, connection):
        self.connection = connection
        self.file = open(os.memfd_create("tap"), "w+b")
        self.process = subprocess.Popen(["dbus-monitor", "--address", address, "--pcap"], env=desk.environment,
                                        stdout=self.file, stderr=subprocess.DEVNULL)
        desk.processes.append(self.process)
        self.name = name
        self.start = FILE_HEADER
        self.catch_up()

    def catch_up(self):
        """Waits until everything that has been said so far is there."""
        mark = f"mark{secrets.token_hex(8)}"

        def is_there():
            self.connection.emit_signal(None, "/", "io.github.firstlogin.Test", mark, None)
            return mark.encode() in self.read()
        wait_for(is_there, f"the {self.name} bus to be tapped")

    def read(self):
        return os.pread(self.file.fileno(), os.fstat(self.file.fileno()).st_size, 0)

    def records(self):
        """(message, where it ends) for each that is there as a whole: another may be on its way into the file."""
        data, end = self.read(), self.start
        while len(data) >= end + RECORD_HEADER:
            begin = end + RECORD_HEADER
            end = begin + struct.unpack_from("=8xI4x", data, end)[0]
            if end > len(data):
                return
            yield data[begin:end], end

    def forget(self):
        """What was said until now has been looked at, or was unavoidable."""
        self.catch_up()
        for _, self.start in self.records():
            pass

    def messages(self, words):
        """(names of words, message) for each message with one of them in it."""
        self.catch_up()
        data = self.read()[self.start:]
        if not search(words, data):
            return
        for blob, _ in self.records():
            names = search(words, blob)
            if names:
                yield names, Gio.DBusMessage.new_from_blob(blob, Gio.DBusCapabilityFlags.UNIX_FD_PASSING)


class Traces:
    """What has to stay secret at a desk: it is never but where it belongs, and after its page it is gone."""

    def __init__(self, desk, guide):
        self.desk = desk
        self.guide = guide
        self.words = {}
        self.gone = set()
        self.told = set()          # those that were gone already when the bus was looked at last
        self.handed_over = set()   # what the link said that a second process handed over
        self.began = time.time()
        self.session = Tap(desk, "session", desk.environment["DBUS_SESSION_BUS_ADDRESS"], desk.world.bus)
        self.accessibility = Tap(desk, "accessibility", desk.world.accessibility_address, desk.world.accessibility)

    def add(self, **words):
        """Has to stay secret from now on: said before the program hears of it, because six digits may be in memory by
        chance, and then prove nothing."""
        short = {name: text for name, text in words.items() if len(text) <= SHORT}
        by_chance = self.in_memory(short) if short and self.guide.process.poll() is None else set()
        self.words |= {name: text for name, text in words.items() if name not in by_chance}

    def add_codes(self, codes):
        self.add(**{f"recovery_code_{number}": code for number, code in enumerate(codes, 1)})

    def chosen(self, names):
        return {name: text for name, text in self.words.items() if name.startswith(names)}

    def in_memory(self, words):
        return Memory(self.guide.process.pid).search(words)

    def hold(self, *names):
        """They are there now: who finds them finds them afterwards too."""
        missing = self.chosen(names).keys() - self.in_memory(self.chosen(names))
        assert not missing, f"the memory does not even have the {', '.join(sorted(missing))} on the page that needs it"

    def leave(self, *names):
        """The page that they belonged to has been left; a name stands for all that begin so."""
        self.told -= self.chosen(names).keys()  # typed once more
        self.gone |= self.chosen(names).keys()
        self.look()
        end = time.monotonic() + 60
        while (held := self.in_memory(self.chosen(tuple(self.gone)))) and time.monotonic() < end:
            pass
        assert not held, f"the memory still has the {', '.join(sorted(held))}"

    def overwrite_bus_buffer(self):
        """GDBus reads each message into the same memory, where the last one stays: here comes a longer one."""
        with contextlib.suppress(GLib.Error):  # it is not asked for anything that there is
            self.desk.world.bus.call_sync(APP_ID, "/", "org.freedesktop.DBus.Peer", "Ping", GLib.Variant("(s)", (4000 * "-",)),
                                          None, Gio.DBusCallFlags.NONE, 10000, None)

    def look(self):
        """At every process on the computer, at the window, at the logs, and at what has been said on the buses."""
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                self.check((process / "cmdline").read_bytes(), f"the arguments of process {process.name}")
        for process in self.desk.processes:
            if process.poll() is None:
                self.check(pathlib.Path(f"/proc/{process.pid}/environ").read_bytes(), "an environment")
        for path in self.desk.folder.glob("*.log"):
            self.check(path.read_bytes(), path)
        self.look_at_session_bus()
        if self.guide.process.poll() is None:
            self.check(self.guide.name_of_window().encode(), "the window's title")
            self.look_at_open_files()
            self.look_at_page()
            if "key" in self.gone:
                self.look_at_picture()

    def check(self, data, where, words=None):
        found = search(self.words if words is None else words, data)
        assert not found, f"the {', '.join(sorted(found))} is in {where}"

    def look_at_open_files(self):
        """In whatever folder they are, and those that have no name."""
        for link in pathlib.Path(f"/proc/{self.guide.process.pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                if link.is_file() and link.stat().st_size < 2**24:
                    self.check(link.read_bytes(), f"the open file {link.readlink()}")

    def look_at_picture(self):
        """What a phone sees that is held up to the window: the last page shows where the app for phones is."""
        path = self.desk.folder / "picture.png"

        def decode():
            return self.desk.run("zbarimg", "--quiet", "--raw", self.guide.picture(path), check=False)
        wait_for(lambda: "otpauth:" not in decode(), lambda: f"the key to go from the window; there is {self.guide.describe()}")
        self.check(decode().encode(), "a picture of the window")
        path.unlink()

    def look_at_page(self):
        """What assistive technologies can read, and what they have been told since the page was left."""
        def read():
            texts = []
            for thing in self.guide.things():
                texts += [thing.name, thing.node.get_description()]
                if thing.role in ENTRIES:
                    texts.append(Atspi.Text.get_text(thing.node, 0, Atspi.Text.get_character_count(thing.node)))
            return "\n".join(text or "" for text in texts)

        gone = self.chosen(tuple(self.gone))
        self.check(self.guide.undisturbed(read).encode(), "the window", gone)
        for names, message in self.accessibility.messages(gone):
            if names & self.told:
                raise AssertionError(f"the {', '.join(sorted(names))} is told by {message.get_member()} after its page")
        self.told = set(self.gone)
        self.accessibility.forget()

    def look_at_session_bus(self):
        for names, message in self.session.messages(self.words):
            if message.get_interface() in ("org.freedesktop.Application", "org.gtk.Application") \
                    and message.get_member() == "Open" and message.get_destination() == APP_ID:
                names -= self.handed_over
            assert not names, f"the {', '.join(sorted(names))} is in a message to {message.get_destination()}: " \
                f"{message.get_interface()}.{message.get_member()}"

    def look_at_files(self, *except_in):
        """All that is left behind at the desk, and what is new where every program may write."""
        looked = 0
        for path in (*self.desk.folder.rglob("*"), *self.desk.world.folder.rglob("*")):
            if path.is_file() and not any(path.is_relative_to(self.desk.folder / place) for place in except_in):
                # the service finds a flow by its id; everything else it keeps as a digest, or sealed
                words = {name: text for name, text in self.words.items()
                         if not name.startswith("flow") or not path.name.startswith("service.db")}
                self.check(path.read_bytes(), path, words)
                looked += 1
        assert looked > 3, "there was nothing to look at"
        for place in ("/tmp", "/var/tmp", "/dev/shm"):
            for path in pathlib.Path(place).iterdir():
                with contextlib.suppress(OSError):
                    if path.is_file() and path.stat().st_mtime >= self.began and path.stat().st_size < 2**24:
                        self.check(path.read_bytes(), path)
