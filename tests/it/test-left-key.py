#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Secret portal keeps of an app in the login keyring, asked of the real keyring in the portal's place; and that the
commands in docs/it.md find it and take it away. usage: with-keyring test-left-key.py"""

import contextlib
import os
import pathlib
import re
import signal
import subprocess
import sys

from gi.repository import Gio, GLib

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "walk"))
import tap  # noqa: E402
from world import APP_ID, wait_for  # noqa: E402

DOCUMENT = pathlib.Path(__file__).parents[2] / "docs/it.md"
BUS = Gio.bus_get_sync(Gio.BusType.SESSION)


def retrieve_secret(app):
    """As xdg-desktop-portal asks for the key of an app."""
    read, write = os.pipe()
    handles = Gio.UnixFDList.new_from_array([write])  # which closes it in the end
    status, _ = BUS.call_with_unix_fd_list_sync(
        "org.freedesktop.secrets", "/org/freedesktop/portal/desktop", "org.freedesktop.impl.portal.Secret", "RetrieveSecret",
        GLib.Variant("(osha{sv})", ("/org/freedesktop/portal/desktop/request/1", app, 0, {})), None, Gio.DBusCallFlags.NONE, 20000,
        handles)
    del handles
    assert status.unpack()[0] == 0, status
    with os.fdopen(read, "rb") as pipe:
        return pipe.read()


def has_keyring():
    return BUS.call_sync("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "NameHasOwner",
                         GLib.Variant("(s)", ("org.freedesktop.secrets",)), None, Gio.DBusCallFlags.NONE, 10000, None).unpack()[0]


@contextlib.contextmanager
def next_login():
    """The keyring of the next login: gnome-keyring 42 shows nobody what it has created for the portal since it began."""
    os.kill(int(os.environ["FL_KEYRING_PID"]), signal.SIGTERM)
    wait_for(lambda: not has_keyring(), "the keyring to end")
    keyring = subprocess.Popen(["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
                               stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    keyring.stdin.write(b"keyring")
    keyring.stdin.close()
    wait_for(has_keyring, "the keyring to begin")
    yield
    keyring.terminate()
    keyring.wait()


def obey(verb):
    """Runs the command of that verb in the document; returns what it says."""
    command = re.search(rf"^    (secret-tool {verb} .*)$", DOCUMENT.read_text(), re.M).group(1)
    return subprocess.run(["sh", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False).stdout


@tap.case("at the next login the documented commands find the key and take it away, and leave that of another app")
def clear():
    key = retrieve_secret(APP_ID)
    other = retrieve_secret("org.example.Other")
    assert len(key) >= 32 and key != other
    assert retrieve_secret(APP_ID) == key, "it is not kept"
    with next_login():
        assert retrieve_secret(APP_ID) == key, "it was not kept"
        assert obey("search") == f"attribute.app_id = {APP_ID}\n", obey("search")
        assert obey("clear") == ""
        assert obey("search") == ""
        assert retrieve_secret("org.example.Other") == other
        assert retrieve_secret(APP_ID) != key


tap.run()
