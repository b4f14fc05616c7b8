# SPDX-License-Identifier: GPL-3.0-or-later
"""A person's computer where the program is installed as a Flatpak: an installation of its own, the portals, and walks as
those of tests/walk, but that the program runs in its sandbox."""

import configparser
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "walk"))

from gi.repository import GLib  # noqa: E402
from screen import Guide  # noqa: E402
from world import APP_ID, Desk, wait_for  # noqa: E402

POLICY_ID = f"{APP_ID}.Policy"
BRANCH = "stable"
PORTALS = {"flatpak-portal": "org.freedesktop.portal.Flatpak",
           "xdg-permission-store": "org.freedesktop.impl.portal.PermissionStore",
           "xdg-desktop-portal": "org.freedesktop.portal.Desktop"}


class Installation:
    """What `flatpak install` leaves in a folder, from the repositories that flatpak/build has made."""

    def __init__(self, built, folder):
        self.folder = folder
        self.environment = os.environ | {"FLATPAK_USER_DIR": str(folder)}
        self.exports = folder / "exports" / "share"
        for name in ("runtime-repo", "repo"):
            self.flatpak("remote-add", "--no-gpg-verify", name, built / name)
        self.flatpak("install", "--noninteractive", "repo", APP_ID)

    def flatpak(self, command, *words):
        ran = subprocess.run([str(word) for word in ("flatpak", "--user", command, *words)], env=self.environment,
                             capture_output=True, text=True)
        assert ran.returncode == 0, f"flatpak {command} said {ran.stderr}"
        return ran.stdout

    def extension(self):
        """Where an administrator puts a policy, without installing anything."""
        return self.folder / "extension" / POLICY_ID / os.uname().machine / "1"

    def desktop_entry(self):
        entry = configparser.RawConfigParser(comment_prefixes="#", strict=True)
        entry.optionxform = str
        entry.read(self.exports / "applications" / f"{APP_ID}.desktop")
        return entry["Desktop Entry"]


class Activated:
    """A program that the bus has started, as far as a process is asked about by walks."""

    returncode = 0

    def __init__(self, world):
        self.world = world
        wait_for(lambda: world.has_name(APP_ID), "the program to be started")

    def poll(self):
        return None if self.world.has_name(APP_ID) else 0

    def wait(self, seconds):
        wait_for(lambda: self.poll() == 0, "the program to leave the bus", seconds)
        return 0


class SandboxDesk(Desk):
    """A desk where the program is a Flatpak, whose policy comes by the extension point. `portal` False: a desktop that has
    none but Flatpak's own."""

    def __init__(self, world, programs, installation, portal=True, **options):
        super().__init__(world, programs, **options)
        self.installation = installation
        self.with_portal = portal
        self.portals = []

    def prepare(self):
        super().prepare()
        self.environment |= {
            "FLATPAK_USER_DIR": str(self.installation.folder),
            "XDG_CURRENT_DESKTOP": "GNOME",
            "XDG_DATA_DIRS": f"{self.installation.exports}:/usr/local/share:/usr/share",
        }
        # what GLib chooses in a sandbox by itself
        del self.environment["GSETTINGS_BACKEND"]
        self.begin_activation()
        for program, name in PORTALS.items():
            if self.with_portal or program == "flatpak-portal":
                # in the world's folder: what they log is no concern of the program's
                self.portals.append(self.world.spawn(program, [f"/usr/libexec/{program}"], **self.environment))
                wait_for(lambda: self.world.has_name(name), name)

    def begin_activation(self):
        """Lets the bus start programs for this person, as a login does, among them those that flatpak exports."""
        services = self.world.folder / "services"
        for path in (self.installation.exports / "dbus-1" / "services").glob("*.service"):
            shutil.copy(path, services)
        self.ask_bus("UpdateActivationEnvironment", GLib.Variant("(a{ss})", (self.environment,)))
        self.ask_bus("ReloadConfig", None)

    def ask_bus(self, method, arguments, name="org.freedesktop.DBus", path="/org/freedesktop/DBus",
                interface="org.freedesktop.DBus"):
        return self.world.bus.call_sync(name, path, interface, method, arguments, None, 0, 30000, None)

    def portal_keys(self):
        """What the portal keeps for the sandbox in the person's keyring."""
        asked = GLib.Variant("(a{ss})", ({"app_id": APP_ID},))
        unlocked, locked = self.ask_bus("SearchItems", asked, "org.freedesktop.secrets", "/org/freedesktop/secrets",
                                        "org.freedesktop.Secret.Service")
        return unlocked + locked

    def __exit__(self, kind, *_):
        self.run("flatpak", "kill", APP_ID, check=False)
        try:
            super().__exit__(kind)
        finally:
            for portal in reversed(self.portals):
                self.world.end(portal)
            shutil.rmtree(self.installation.folder / "extension", ignore_errors=True)

    def write_policy(self, text):
        if text:
            folder = self.installation.extension()
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "policy.conf").write_text(text)

    def command(self, *arguments, program=None):
        return ["flatpak", "run", "--die-with-parent", *([f"--command={program}"] if program else []), APP_ID, *arguments]

    def start(self, *arguments):
        return self.spawn("program", self.command(*arguments))

    def start_exported(self, uri):
        """Starts the program by the Exec line of the exported desktop file, as a desktop does that knows no D-Bus."""
        words = [uri if word == "%u" else word for word in shlex.split(self.installation.desktop_entry()["Exec"])]
        return self.spawn("program", words)

    def open(self, uri):
        """Opens a link as a browser does: by the handler that the desktop knows."""
        ran = subprocess.run(["gio", "open", uri], env=self.environment, cwd=self.folder, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr

    def ask(self, *arguments, program=None):
        """Runs something in the sandbox to its end: its status, and what it printed."""
        ran = subprocess.run([str(word) for word in self.command(*arguments, program=program)], env=self.environment,
                             cwd=self.folder, capture_output=True, text=True)
        return ran.returncode, ran.stdout + ran.stderr

    def activated(self):
        return Activated(self.world)

    def data(self):
        """The sandbox's own folder."""
        return self.folder / "home" / ".var" / "app" / APP_ID


class SandboxGuide(Guide):
    """The guide in a sandbox: a process there has another number than outside, and a proxy between itself and the buses."""

    def _is_ours(self, application):
        try:
            return application.get_name() in ("first-login", "first-login-training")
        except GLib.Error:  # it has ended meanwhile
            return False

    def window(self):
        def search():
            found = self.desk.run("xdotool", "search", "--all", "--onlyvisible", "--name", ".", check=False).split()
            return found[-1] if found else None
        return wait_for(search, "the window")

    def kill(self):
        """As a power cut does: all that is in the sandbox is gone."""
        self.desk.run("flatpak", "kill", APP_ID)
        self.process.wait()


def open_guide(desk, *arguments):
    return SandboxGuide(desk, desk.start(*arguments))


def build(checkout):
    """Builds the Flatpak, or what has changed of it, where everybody looks for it."""
    tree = checkout / "build-debian13" / "tree"
    subprocess.run([checkout / "tests" / "debian13" / "tree", tree], check=True, stdout=sys.stderr)
    built = checkout / "build-flatpak"
    subprocess.run([checkout / "flatpak" / "build", built, "--runtime-tree", tree], check=True, stdout=sys.stderr)
    return built


def permissions(text):
    """What `flatpak info --show-permissions` says, as {group: {key: set of values}}."""
    parser = configparser.RawConfigParser(strict=True)
    parser.optionxform = str
    parser.read_string(text)
    return {group: {key: set(filter(None, re.split(";", value))) for key, value in parser[group].items()}
            for group in parser.sections()}
