#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program from outside: its options, one instance however often it is started, links that are handed to it, what it
keeps in its settings, and what it makes of the computer's policy.

usage: test-command-line.py /path/to/bin/first-login [word ...]"""

import configparser
import os
import pathlib
import signal
import subprocess
import sys

from gi.repository import Gio, GLib

import tap
from screen import Screen
from world import APP_ID, Desk, Programs, World, wait_for

PATH = "/" + APP_ID.replace(".", "/")
NOWHERE = "http://127.0.0.1:9"  # the discard port, where nobody listens
LINK = "first-login:recover?flow=3f1c1d5e-9a4b-4c8e-8f67-0d2b5a6c7e8f&code=123456"


class Computer(Desk):
    """A desk without keyring, and mostly without service: they are of no matter here."""

    def __init__(self, world, policy="", server=False, **environment):
        super().__init__(world, Programs(sys.argv[1]), keyring=False, server=server, policy=policy, **environment)

    def say(self, *arguments):
        """Runs the program to its end: status, what it printed, what it complained about."""
        done = subprocess.run([self.programs.application, *arguments], env=self.environment, timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        return done.returncode, done.stdout, done.stderr

    def open(self, *arguments):
        return Screen(self, self.start(*arguments))

    def call(self, interface, method, signature, *values):
        self.world.bus.call_sync(APP_ID, PATH, interface, method, GLib.Variant(signature, values), None,
                                 Gio.DBusCallFlags.NONE, 30000, None)

    def activate_action(self, name, *target):
        self.call("org.gtk.Actions", "Activate", "(sava{sv})", name, list(target), {})

    def settings(self):
        """What the program has put into its settings."""
        path = self.folder / "home/.config/glib-2.0/settings/keyfile"
        parser = configparser.ConfigParser(delimiters="=")
        if path.exists():
            parser.read_string(path.read_text())
        return dict(parser[PATH[1:]]) if PATH[1:] in parser else {}

    def wait_setting(self, key, value):
        wait_for(lambda: self.settings().get(key) == value, lambda: f"{key}={value} in {self.settings()}")


def windows(screen):
    application = screen.application()
    return application.get_child_count() if application is not None else 0


def wait_link_page(screen):
    wait_for(lambda: screen.titles() not in ([], ["Before you begin"]),
             lambda: f"the link's page; there is {screen.describe()}")


@tap.case("--version and --help answer without a display")
def version_and_help(world):
    with Computer(world) as computer:
        del computer.environment["DISPLAY"]
        status, out, err = computer.say("--version")
        assert (status, err) == (0, "") and out.startswith("first-login ") and out.count("\n") == 1, (status, out, err)
        status, out, err = computer.say("--help")
        assert (status, err) == (0, ""), (status, err)
        for word in ("--server", "--version", "URI"):
            assert word in out, out


@tap.case("wrong options, servers and links are a sentence and status 2")
def mistakes(world):
    with Computer(world) as computer:
        for arguments in (["--wrong"], ["--server"], ["--server", ""], ["--server", "http://login.example.com"],
                          ["--server", "ftp://login.example.com"], ["--server", "https://me@login.example.com"],
                          ["--server=https://login.example.com/?a=b"], ["https://login.example.com/"],
                          ["otpauth://totp/a?secret=JBSWY3DPEHPK3PXP"], ["/etc/passwd"], [LINK, LINK],
                          ["first-logins:recover"]):
            status, out, err = computer.say(*arguments)
            assert (status, out) == (2, "") and err.count("\n") == 1, (arguments, status, out, err)
            assert "123456" not in err, err
        assert not world.has_name(APP_ID)


@tap.case("the application is called first-login, and begins at the beginning")
def first_start(world):
    with Computer(world) as computer:
        screen = computer.open()
        screen.wait_page("Before you begin")
        assert screen.application().get_name() == "first-login", screen.application().get_name()
        assert "begun" not in computer.settings()
        screen.close()


@tap.case("two starts at once are one window")
def two_starts(world):
    with Computer(world) as computer:
        first = computer.start("--server", NOWHERE)
        second = computer.start("--server", NOWHERE)
        wait_for(lambda: first.poll() is not None or second.poll() is not None, "one of two to hand over")
        stays, ends = (second, first) if first.poll() is not None else (first, second)
        assert ends.wait(30) == 0
        screen = Screen(computer, stays)
        screen.wait_page("Before you begin")
        assert stays.poll() is None and windows(screen) == 1, windows(screen)

        status, out, err = computer.say("--server", NOWHERE)
        assert (status, out) == (0, "") and "already running" in err, (status, out, err)
        assert computer.say() == (0, "", "")
        assert stays.poll() is None and windows(screen) == 1, windows(screen)
        screen.close()


@tap.case("whoever starts at the very same moment, one window comes of it, and shows the link that one of them had")
def crowd(world):
    for _ in range(3):
        with Computer(world) as computer:
            gate = ["sh", "-c", 'read -r _; exec "$@"', "sh", computer.programs.application, "--server", NOWHERE]
            starts = [computer.spawn(f"start{number}", gate + [LINK] * (number == 2), stdin=subprocess.PIPE)
                      for number in range(4)]
            for start in starts:
                start.stdin.write(b"go\n")
                start.stdin.flush()
            wait_for(lambda: [start.poll() for start in starts].count(None) == 1, "all but one to hand over", 60)
            stays = next(start for start in starts if start.poll() is None)
            assert sorted(start.poll() or 0 for start in starts) == [0] * 4, [start.poll() for start in starts]
            screen = Screen(computer, stays)
            wait_link_page(screen)
            assert windows(screen) == 1, windows(screen)
            screen.close()


@tap.case("an instance that is killed while it is being asked leaves its place to the one that asks")
def killed_while_asked(world):
    with Computer(world) as computer:
        first = computer.start("--server", NOWHERE)
        Screen(computer, first).wait_page("Before you begin")
        first.send_signal(signal.SIGSTOP)
        second = computer.spawn("second", [computer.programs.application, "--server", NOWHERE])
        wait_for(lambda: has_connection(world, second), "the second to ask the first")
        first.kill()
        first.wait()
        screen = Screen(computer, second)
        screen.wait_page("Before you begin")
        screen.close()


@tap.case("a link is not lost when the one that takes it ends, and whoever meets none but such is told")
def taker_ends(world):
    for takers in (1, 3):
        with Computer(world) as computer:
            for _ in range(takers):
                computer.spawn("quitter", [sys.executable, pathlib.Path(__file__).with_name("quitter.py"), APP_ID, PATH])
            wait_for(lambda: len(queue(world)) == takers, "an instance that will not last")
            start = computer.start("--server", NOWHERE, LINK)
            if takers == 1:
                screen = Screen(computer, start)
                wait_link_page(screen)
                screen.close()
            else:
                assert start.wait(30) == 1
                assert "First Login could not be started: " in computer.log("program"), computer.log("program")
            wait_for(lambda: queue(world) == [], lambda: f"the bus to forget {queue(world)}")


def ask_bus(world, method, *values):
    return world.bus.call_sync("org.freedesktop.DBus", "/", "org.freedesktop.DBus", method,
                               GLib.Variant("(" + "s" * len(values) + ")", values), None,
                               Gio.DBusCallFlags.NONE, 10000, None).unpack()[0]


def queue(world):
    """Who has the program's name, and who waits for it."""
    try:
        return ask_bus(world, "ListQueuedOwners", APP_ID)
    except GLib.Error as error:
        if Gio.DBusError.get_remote_error(error) != "org.freedesktop.DBus.Error.NameHasNoOwner":
            raise
        return []


def has_connection(world, process):
    """Whether that process is on the bus: it asks the one instance first of all."""
    for name in ask_bus(world, "ListNames"):
        try:
            if name.startswith(":") and ask_bus(world, "GetConnectionUnixProcessID", name) == process.pid:
                return True
        except GLib.Error:
            continue  # it has left meanwhile
    return False


@tap.case("a link goes to the running instance, by command line and by D-Bus")
def links(world):
    with Computer(world) as computer:
        screen = computer.open("--server", NOWHERE)
        screen.wait_page("Before you begin")
        screen.press("Get started")
        screen.wait_page("Email")
        assert computer.say(LINK) == (0, "", "")
        wait_for(lambda: screen.titles() not in ([], ["Email"]), lambda: f"the link's page; there is {screen.describe()}")
        asked = screen.titles()
        screen.press("Use another address" if screen.find("Use another address") else "Back")
        screen.wait_page("Email")

        computer.call("org.freedesktop.Application", "Open", "(asa{sv})", [LINK], {})
        wait_for(lambda: screen.titles() == asked, lambda: f"the link's page; there is {screen.describe()}")
        screen.close()


@tap.case("a link starts the program where it is not running")
def link_first(world):
    with Computer(world) as computer:
        screen = computer.open("--server", NOWHERE, LINK)
        wait_link_page(screen)
        assert windows(screen) == 1
        screen.close()


@tap.case("D-Bus activation starts it")
def activated(world):
    service = world.folder / "services" / f"{APP_ID}.service"
    with Computer(world) as computer:
        starter = computer.folder / "starter"
        pid = computer.folder / "pid"
        words = "".join(f"export {name}='{value}'\n" for name, value in computer.environment.items())
        starter.write_text(f"#!/bin/sh\n{words}echo $$ >'{pid}.new' && mv '{pid}.new' '{pid}'\n"
                           f"exec '{computer.programs.application}' --gapplication-service\n")
        starter.chmod(0o700)
        service.write_text(f"[D-BUS Service]\nName={APP_ID}\nExec={starter}\n")
        try:
            world.bus.call_sync("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "ReloadConfig", None, None,
                                Gio.DBusCallFlags.NONE, 10000, None)
            computer.call("org.freedesktop.Application", "Activate", "(a{sv})", {})
            screen = Screen(computer, Started(int(pid.read_text())))
            screen.wait_page("Before you begin")
            computer.activate_action("quit")
            wait_for(lambda: not world.has_name(APP_ID), "the program to end")
        finally:
            service.unlink()


class Started:
    """A process that was started by another one: enough of one for Screen."""

    def __init__(self, pid):
        self.pid = pid

    def poll(self):
        return None


@tap.case("what has begun begins at Email the next time")
def begun(world):
    with Computer(world, policy=f"[server]\nurl={NOWHERE}\n") as computer:
        screen = computer.open()
        screen.wait_page("Before you begin")
        screen.press("Get started")
        screen.wait_page("Email")
        computer.wait_setting("begun", "true")
        screen.close()
        screen = computer.open()
        screen.wait_page("Email")
        screen.close()


@tap.case("without a policy the server is asked for once, and kept")
def typed_server(world):
    with Computer(world, server=True) as computer:
        screen = computer.open()
        screen.wait_page("Before you begin")
        screen.press("Get started")
        screen.wait_page("Your organisation")
        screen.fill("Server address", computer.url + "/")
        screen.press("Continue")
        screen.wait_page("Email")
        computer.wait_setting("server", f"'{computer.url}'")
        screen.close()
        screen = computer.open()
        screen.wait_page("Email")
        screen.close()


@tap.case("a server that was given is not kept as one that was typed")
def given_server(world):
    with Computer(world) as computer:
        screen = computer.open("--server", NOWHERE)
        screen.wait_page("Before you begin")
        screen.press("Get started")
        screen.wait_page("Email")
        computer.wait_setting("begun", "true")
        assert "server" not in computer.settings(), computer.settings()
        screen.close()


@tap.case("a locked server is not changed by what was typed before, nor by --server, running or not")
def locked_server(world):
    with Computer(world, server=True) as computer:
        path = computer.folder / "home/.config/glib-2.0/settings/keyfile"
        path.parent.mkdir(parents=True)
        path.write_text(f"[{PATH[1:]}]\nserver='{NOWHERE}'\nbegun=true\n")
        computer.write_policy(f"[server]\nurl={computer.url}\n[policy]\nlocked=server.url\n")
        refused = (2, "", "--server cannot be used here: your IT department has locked the server to " + computer.url + "\n")
        assert computer.say("--server", NOWHERE) == refused
        screen = computer.open()
        screen.wait_page("Email")
        assert computer.say("--server", NOWHERE) == refused
        screen.fill("Email address", "erik@flexhrm.example")
        screen.press("Next")
        screen.wait_page("Password")
        screen.close()


@tap.case("--demo is a program beside the running one, which it leaves alone")
def demo(world):
    with Computer(world) as computer:
        computer.programs.need_training()
        screen = computer.open("--server", NOWHERE)
        screen.wait_page("Before you begin")
        training = computer.open("--demo")
        training.wait("Start over")
        assert training.application().get_name() == "first-login"
        assert screen.process.poll() is None and windows(screen) == 1
        for arguments in (["--demo", "--wrong"], ["--wrong", "--demo"]):
            status, out, err = computer.say(*arguments)
            assert status != 0 and "--wrong" in err, (arguments, status, out, err)
        training.close()
        assert "begun" not in computer.settings(), computer.settings()
        assert screen.titles() == ["Before you begin"]
        screen.close()


@tap.case("who has no server address can try the training instead")
def training_instead(world):
    with Computer(world) as computer:
        computer.programs.need_training()
        screen = computer.open()
        screen.wait_page("Before you begin")
        screen.press("Get started")
        screen.wait_page("Your organisation")
        screen.press("Try the training instead")
        screen.wait_end()
        window = wait_for(lambda: computer.run("xdotool", "search", "--onlyvisible", "--name", ".", check=False).split(),
                          "the training's window")[-1]
        training = Screen(computer, Started(int(computer.run("xdotool", "getwindowpid", window))))
        training.wait("Start over")
        training.focus()
        training.keys("ctrl+q")
        wait_for(lambda: training.application() is None, "the training to end")


@tap.case("a mistake in the policy is told, and the rest of it holds")
def broken_policy(world):
    with Computer(world, policy=f"[server]\nurl={NOWHERE}\n[two-factor]\nrule=perhaps\n", G_MESSAGES_DEBUG="") as computer:
        screen = computer.open()
        screen.wait_page("Before you begin")
        screen.wait_text("settings contain a mistake")
        said = computer.log("program")
        assert "policy.conf:4: two-factor.rule: “perhaps” is none of required, optional, off." in said, said
        screen.press("Get started")
        screen.wait_page("Email")
        screen.close()


@tap.case("whatever lies where the policy should be, the program starts, and says which file and why")
def odd_policies(world):
    def fifo(path):
        path.unlink()
        os.mkfifo(path)

    def folder(path):
        path.unlink()
        path.mkdir()

    oddities = {
        "This is not a regular file.": (fifo, folder),
        "The file cannot be read: Too many levels of symbolic links.": (lambda path: (path.unlink(), path.symlink_to(path)),),
        "The file is larger than 65536 bytes.": (lambda path: path.write_text("[product]\nname=" + "x" * 10**6),),
        "The file is in UTF-16. Save it as UTF-8.": (lambda path: path.write_text("[server]\n", encoding="utf-16"),),
        "Others than its owner can write to the file, and it is not used (chmod go-w).": (lambda path: path.chmod(0o666),),
    }
    for reason, change in ((reason, change) for reason, changes in oddities.items() for change in changes):
        with Computer(world, policy=f"[server]\nurl={NOWHERE}\n", G_MESSAGES_DEBUG="") as computer:
            path = computer.folder / "config/first-login/policy.conf"
            change(path)
            screen = computer.open()
            screen.wait_page("Before you begin")
            screen.wait_text("settings cannot be used")
            assert f"{path}: {reason}\n" in computer.log("program"), (reason, computer.log("program"))
            screen.press("Get started")
            screen.wait_page("Your organisation")
            screen.close()


@tap.case("the language changes at once, and is kept")
def language(world):
    with Computer(world, policy=f"[server]\nurl={NOWHERE}\n") as computer:
        screen = computer.open()
        screen.wait_page("Before you begin")
        computer.activate_action("language", GLib.Variant("s", "sv"))
        wait_for(lambda: screen.titles() not in ([], ["Before you begin"]), lambda: f"Swedish; there is {screen.describe()}")
        swedish = screen.titles()
        computer.wait_setting("language", "'sv'")
        computer.activate_action("language", GLib.Variant("s", "xx"))
        computer.activate_action("language", GLib.Variant("s", "en"))
        screen.wait_page("Before you begin")
        computer.activate_action("language", GLib.Variant("s", "sv"))
        computer.wait_setting("language", "'sv'")
        screen.close()

        screen = computer.open()
        wait_for(lambda: screen.titles() == swedish, lambda: f"Swedish; there is {screen.describe()}")
        computer.activate_action("language", GLib.Variant("s", ""))
        screen.wait_page("Before you begin")
        computer.wait_setting("language", "''")
        screen.close()


if __name__ == "__main__":
    with World() as the_world:
        tap.run(the_world)
