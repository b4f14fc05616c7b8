# SPDX-License-Identifier: GPL-3.0-or-later
"""The world that walks take place in: a display and a session bus that has accessibility and nothing else (World), and
on it, one after the other, the desks of people (Desk): a home, a keyring, the training service with its mails in a
folder, and the program under test. Everything ends with the `with` block that it was made in."""

import contextlib
import email
import email.policy
import errno
import functools
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

import tap  # noqa: E402

APP_ID = "io.github.firstlogin.FirstLogin"

BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={folder}/{name}</listen>
  <servicedir>{folder}/services</servicedir>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""

PASSWORD = "correct horse battery"
MAJA_KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
MAJA_CODES = ("abcd1234", "efgh5678")


def account(name, **credentials):
    """An account as Kratos' admin API imports it."""
    address = f"{name.lower()}@flexhrm.example"
    return {"schema_id": "employee", "state": "active",
            "traits": {"email": address, "name": {"first": name}},
            "verifiable_addresses": [{"value": address, "verified": True, "via": "email", "status": "completed"}],
            "credentials": {kind: {"config": config} for kind, config in credentials.items()}}


ACCOUNTS = [
    account("Anna"),
    account("Erik", password={"password": PASSWORD}),
    account("Maja", password={"password": PASSWORD},
            totp={"totp_url": "otpauth://totp/Visma%20Connect:maja@flexhrm.example"
                              f"?secret={MAJA_KEY}&issuer=Visma%20Connect"},
            lookup_secret={"codes": [{"code": code} for code in MAJA_CODES]}),
]


def wait_for(condition, what, seconds=30):
    """Waits until condition() is true and returns its value; says what was waited for when it never was."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for {what() if callable(what) else what}")
        time.sleep(0.02)


def listens(path):
    """Whether somebody takes connections at that socket; it is there a moment before."""
    with socket.socket(socket.AF_UNIX) as caller:
        return caller.connect_ex(str(path)) == 0


class Place:
    """A folder, an environment, and the processes that were started in it."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="first-login-walk-"))
        self.environment = {}
        self.processes = []

    def __enter__(self):
        try:
            self.prepare()
        except BaseException:
            self.__exit__(None)
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            self.end(process)
        shutil.rmtree(self.folder, ignore_errors=True)

    def end(self, process, number=signal.SIGTERM):
        """Ends a process that was started here, by force when it does not end by itself."""
        if process.poll() is None:
            process.send_signal(number)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def spawn(self, name, argv, stdin=subprocess.DEVNULL, pass_fds=(), **environment):
        """Starts a process, whose output goes to the log of that name."""
        with open(self.log_file(name), "ab") as log:
            process = subprocess.Popen([str(word) for word in argv], stdin=stdin, stdout=log, stderr=log,
                                       env=self.environment | environment, pass_fds=pass_fds, cwd=self.folder)
        self.processes.append(process)
        return process

    def run(self, *argv, check=True):
        """Runs a program to its end and returns what it printed."""
        return subprocess.run([str(word) for word in argv], env=self.environment, check=check, capture_output=True,
                              text=True).stdout

    def log_file(self, name):
        return self.folder / f"{name}.log"

    def log(self, name):
        return self.log_file(name).read_text(errors="replace")


class World(Place):
    def prepare(self):
        for name in ("home", "run", "services"):
            (self.folder / name).mkdir(mode=0o700)
        shutil.copy("/usr/share/dbus-1/services/org.a11y.Bus.service", self.folder / "services")
        # what asks for the password of a locked keyring
        with contextlib.suppress(FileNotFoundError):
            shutil.copy("/usr/share/dbus-1/services/org.gnome.keyring.SystemPrompter.service", self.folder / "services")

        keep = ("PATH", "XDG_DATA_DIRS", "ASAN_OPTIONS", "UBSAN_OPTIONS")
        self.environment = {name: os.environ[name] for name in keep if name in os.environ} | {
            "HOME": str(self.folder / "home"),
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
            "GDK_BACKEND": "x11",
            "GSK_RENDERER": "cairo",
            "GTK_A11Y": "atspi",
            "GSETTINGS_BACKEND": "keyfile",
            "GIO_USE_VFS": "local",
            "ADW_DISABLE_PORTAL": "1",
            "LANG": "C.UTF-8",
            "LANGUAGE": "C",
            "TZ": "UTC",
        }
        self.environment.setdefault("ASAN_OPTIONS", "detect_leaks=0")
        self.environment["DISPLAY"] = ":" + self._start_display()
        self._start_bus("bus")
        # libatspi in this process looks at the same bus and display as the program under test
        os.environ.update({name: self.environment[name]
                           for name in ("DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR")})
        # the accessibility bus first: who comes while it starts is not found on it
        self.bus.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None, None,
                           Gio.DBusCallFlags.NONE, 30000, None)
        self._start_accessibility()

    def _start_bus(self, name):
        (self.folder / f"{name}.conf").write_text(BUS.format(folder=self.folder, name=name))
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={self.folder}/{name}"
        self.spawn(name, ["dbus-daemon", f"--config-file={self.folder}/{name}.conf", "--nofork"])
        wait_for(lambda: listens(self.folder / name), "the bus")
        self.bus = Gio.DBusConnection.new_for_address_sync(
            self.environment["DBUS_SESSION_BUS_ADDRESS"],
            Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
        self.bus.set_exit_on_close(False)

    def begin_session(self):
        """Goes on with a bus that nobody has been on yet, as after a login. Accessibility stays where this process looks.
        Returns what has changed in the environment."""
        self.environment["AT_SPI_BUS_ADDRESS"] = self.accessibility_address
        self._start_bus(f"bus-{len(self.processes)}")
        return {name: self.environment[name] for name in ("DBUS_SESSION_BUS_ADDRESS", "AT_SPI_BUS_ADDRESS")}

    def _start_accessibility(self):
        """Starts the accessibility bus and its registry: a program that comes before them is now and then never seen."""
        self.accessibility_address, = self.bus.call_sync(
            "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None, None, Gio.DBusCallFlags.NONE, 30000,
            None).unpack()
        self.accessibility = Gio.DBusConnection.new_for_address_sync(
            self.accessibility_address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION,
            None, None)
        self.accessibility.set_exit_on_close(False)
        self.accessibility.call_sync("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "StartServiceByName",
                                     GLib.Variant("(su)", ("org.a11y.atspi.Registry", 0)), None,
                                     Gio.DBusCallFlags.NONE, 30000, None)

    def _start_display(self):
        read, write = os.pipe()
        self.spawn("display", ["Xvfb", "-displayfd", str(write), "-screen", "0", "1360x900x24", "-nolisten", "tcp", "-noreset"],
                   pass_fds=(write,))
        os.close(write)
        with os.fdopen(read) as number:
            return number.readline().strip()

    def has_name(self, name):
        """Whether somebody owns that name on the bus."""
        answer = self.bus.call_sync("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "NameHasOwner",
                                    GLib.Variant("(s)", (name,)), None, Gio.DBusCallFlags.NONE, 10000, None)
        return answer.unpack()[0]


class Desk(Place):
    """A person's computer. `program` and `service` are paths of what was built; `config` is the text of the service's key
    file, `policy` that of the computer's (None: one that names the server), `server` False starts no service."""

    def __init__(self, world, programs, config="", accounts=None, keyring=True, server=True, policy=None,
                 animations=False, **environment):
        super().__init__()
        self.world = world
        self.programs = programs
        self.config = config
        self.accounts = ACCOUNTS if accounts is None else accounts
        self.with_keyring = keyring
        self.with_server = server
        self.policy = policy
        self.animations = animations
        self.more = environment
        self.keyring = self.service = self.url = None

    def prepare(self):
        home = self.folder / "home"
        settings = home / ".config" / "gtk-4.0" / "settings.ini"
        for path in (home / "Documents", settings.parent, self.folder / "run", self.folder / "mails",
                     self.folder / "config" / "first-login", self.folder / "tmp"):
            path.mkdir(mode=0o700, parents=True)
        settings.write_text("[Settings]\ngtk-font-name=Cantarell 11\ngtk-xft-antialias=1\ngtk-xft-hinting=1\n"
                            "gtk-xft-hintstyle=hintslight\ngtk-xft-rgba=none\n"
                            f"gtk-enable-animations={'true' if self.animations else 'false'}\n")
        share = self.programs.application.parent.parent / "share"
        self.environment = self.world.environment | {
            "HOME": str(home),
            "TMPDIR": str(self.folder / "tmp"),
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "XDG_CONFIG_DIRS": str(self.folder / "config"),
            "XDG_DATA_HOME": str(home / ".local/share"),
            "XDG_CACHE_HOME": str(home / ".cache"),
            "XDG_DATA_DIRS": f"{share}:{self.world.environment.get('XDG_DATA_DIRS', '/usr/local/share:/usr/share')}",
        } | self.more
        if self.with_keyring:
            self.start_keyring()
        if self.with_server:
            self.start_service()
        self.write_policy(f"[server]\nurl={self.url}\n" if self.policy is None and self.url else self.policy or "")

    def __exit__(self, kind, *_):
        try:
            if kind is None:
                self.check_logs()
        finally:
            super().__exit__(kind)
            wait_for(lambda: not self.world.has_name(APP_ID), "the program to leave the bus")

    def check_logs(self):
        """Nothing went wrong unseen: sanitizers, GLib, GTK."""
        for path in self.folder.glob("*.log"):
            for line in path.read_text(errors="replace").splitlines():
                assert not re.search(r"runtime error:|AddressSanitizer|-(WARNING|CRITICAL|ERROR) \*\*", line), \
                    f"{path.name}: {line}"

    def start_keyring(self):
        self.keyring = self.spawn("keyring", ["gnome-keyring-daemon", "--foreground", "--components=secrets", "--unlock"],
                                  stdin=subprocess.PIPE)
        self.keyring.stdin.write(b"keyring password")
        self.keyring.stdin.close()
        wait_for(lambda: self.world.has_name("org.freedesktop.secrets"), "the keyring on the bus")

    def kept(self):
        """What the keyring keeps for the program: {name: secret}."""
        # secret-tool prints secrets on stdout, attributes on stderr
        both = subprocess.run(["secret-tool", "search", "--all", "application", APP_ID], env=self.environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout
        found = {}
        for item in re.split(r"^\[/.*\]$", both, flags=re.M)[1:]:
            secret = re.search(r"^secret = (.*?)^created = ", item, re.M | re.S)
            if secret:  # it may be taken out in the middle of the search
                found[re.search(r"^attribute\.name = (.*)$", item, re.M).group(1)] = secret.group(1).strip()
        return found

    def keep(self, name, text):
        """Puts that text into the keyring, as the program would under this name."""
        subprocess.run(["secret-tool", "store", "--label=First Login", "xdg:schema", f"{APP_ID}.Vault", "application", APP_ID,
                        "name", name], input=text, env=self.environment, text=True, check=True)
        assert self.kept()[name] == text.strip(), "it is another item"

    def wait_record(self, *words):
        """Waits until the resume record has those words in it: it is written while its page is shown already."""
        wait_for(lambda: all(word in self.kept().get("journal", "") for word in words), f"{words} in the resume record")

    def keep_record(self, text):
        """Puts that text in the place of the resume record in the keyring."""
        self.keep("journal", text)

    def session_token(self):
        """The token of the session that is going on, as soon as the resume record in the keyring has it."""
        return wait_for(lambda: re.search(r"ory_st_\w+", self.kept().get("journal", "")), "the session in the keyring").group()

    def start_service(self):
        """Starts the service, at the same address when it has been running before."""
        (self.folder / "accounts.json").write_text(json.dumps(self.accounts))
        (self.folder / "service.conf").write_text(self.config)
        # the same one when it starts again, and nobody else's meanwhile
        port = self.url.rsplit(":", 1)[1] if self.url else free_port()
        begin = self.log_file("service").stat().st_size if self.url else 0
        self.service = self.spawn("service", [
            self.programs.service, "--listen", f"127.0.0.1:{port}", "--database", self.folder / "service.db",
            "--accounts", self.folder / "accounts.json", "--config", self.folder / "service.conf",
            "--mail-directory", self.folder / "mails"])

        def said():
            assert self.service.poll() is None, f"the service ended: {self.log('service')}"
            return re.search(r"^listening on (http://127\.0\.0\.1:\d+)$", self.log("service")[begin:], re.M)
        self.url = wait_for(said, lambda: f"the service, which said {self.log('service')!r}").group(1)

    def stop_service(self):
        self.end(self.service)

    def write_policy(self, text):
        path = self.folder / "config" / "first-login" / "policy.conf"
        path.write_text(text)
        path.chmod(0o644)

    def mails(self):
        """The mails so far, oldest first, as email.message objects."""
        paths = sorted((self.folder / "mails").glob("[!.]*.eml"), key=lambda path: path.stat().st_mtime_ns)
        return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in paths]

    def wait_mail(self, number=1):
        """The mail of that number, counted from 1, as soon as it has come."""
        return Mail(wait_for(lambda: self.mails()[number - 1:number], f"mail {number}")[0])

    def start(self, *arguments):
        """Starts the program; see Screen for what can be done with it."""
        return self.spawn("program", [self.programs.application, *arguments])

    @contextlib.contextmanager
    def clipboard(self, text):
        """Has that text in the clipboard."""
        owner = self.spawn("clipboard", ["xclip", "-selection", "clipboard", "-quiet"], stdin=subprocess.PIPE)
        owner.stdin.write(text.encode())
        owner.stdin.close()
        wait_for(lambda: self.run("xclip", "-selection", "clipboard", "-out", check=False) == text, "the clipboard")
        yield
        self.end(owner)

    def hand_over(self, uri):
        """Gives a URI to the running program, as a browser does: by starting the program once more."""
        second = self.spawn("second", [self.programs.application, uri])
        assert second.wait(30) == 0, f"the second process said {self.log('second')!r}"


class Mail:
    """What a person sees in a mail: the address behind the green button, the code, the text."""

    def __init__(self, message):
        self.message = message
        self.html = message.get_body(("html",)).get_content()
        self.text = message.get_body(("plain",)).get_content()
        self.link = re.search(r'href="([^"]+#flow=[^"]+)"', self.html).group(1).replace("&amp;", "&")
        self.flow, self.code = re.search(r"#flow=([0-9a-f-]{36})&code=(\d{6})$", self.link).groups()
        self.deep_link = f"first-login:recover?flow={self.flow}&code={self.code}"


class Programs:
    """Where what was built has been installed."""

    def __init__(self, application):
        self.application = pathlib.Path(application).absolute()
        self.service = self.application.with_name("first-login-service")
        self.training = self.application.parent.parent / "libexec" / "first-login-training"

    def need_training(self):
        """Skips the case where there is none."""
        if not self.training.exists():
            raise tap.Skip("built without the training")


def totp(key, when=None):
    """The code of an independent implementation."""
    words = ["oathtool", "--totp", "--base32", key]
    if when is not None:
        words.insert(1, f"--now=@{int(when)}")
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()


def fresh_totp(key, used=()):
    """A code that has not been used yet. The service takes one period before and after its own, but none before one
    that was used: the next period's code spares waiting for it."""
    def candidate():
        now = time.time()
        here, after = totp(key, now), totp(key, now + 30)
        return None if after in used else after if here in used else here
    return wait_for(candidate, "the next code", 60)


kept_ports = []


def free_port():
    """A port where nobody listens, for this process alone as long as it runs: below those that the system deals out
    (ip_local_port_range), and kept by the name of a socket that other tests meet; a file would stay behind."""
    for port in random.sample(range(20000, 32768), 1000):
        name = socket.socket(socket.AF_UNIX)
        try:
            name.bind(f"\0first-login-port-{port}")
            with socket.socket() as listener:
                listener.bind(("127.0.0.1", port))
        except OSError as error:
            name.close()
            if error.errno != errno.EADDRINUSE:
                raise
        else:
            kept_ports.append(name)
            return port
    raise AssertionError("every port is taken")


def walk():
    """Runs the cases of a walk in one world: each is given a Desk to call, with the world and the programs filled in."""
    with World() as world:
        tap.run(functools.partial(Desk, world, Programs(sys.argv[1])))
