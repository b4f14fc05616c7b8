# SPDX-License-Identifier: GPL-3.0-or-later
"""Keyrings as they are: none, a locked one, one that dies half-way, one that hangs, one that fails, and a portal that takes
its time. The page is there before any of them has answered, what cannot be kept is said, nothing goes to a file instead, and
nothing is thrown away."""

import pathlib
import signal
import subprocess
import sys

from screen import CHECKS, open_guide
from tap import case
from world import APP_ID, PASSWORD, wait_for, walk
from gi.repository import Gio, GLib

ANNA = "anna@flexhrm.example"
ERIK = "erik@flexhrm.example"
SAVE = "Save my email address for future logins"
LOGIN = "/org/freedesktop/secrets/collection/login"


def in_no_file(desk, *words):
    """Nothing of what belongs into the keyring is in a file of the person's."""
    looked = 0
    for folder in ("home", "run", "tmp", "config"):
        for path in (desk.folder / folder).rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                for word in (*words, "ory_st_"):
                    assert word.encode() not in content, f"{word} is in {path}"
                looked += 1
    assert looked, "there was nothing to look at"


def wait_rests(guide, reason):
    """The box to save the address rests, and says why."""
    guide.wait_page("Email")
    guide.wait_text(reason)
    assert not guide.is_sensitive(SAVE, CHECKS)


def stand_in(desk, kind):
    """A keyring of that kind, and what to do to have it take orders."""
    process = desk.spawn(kind, [sys.executable, pathlib.Path(__file__).with_name("keyrings.py"), kind],
                         stdin=subprocess.PIPE)
    name = {"portal": "org.freedesktop.portal.Desktop", "broken": "org.freedesktop.secrets"}[kind]
    wait_for(lambda: desk.world.has_name(name), kind)

    def order(word):
        process.stdin.write(word.encode() + b"\n")
        process.stdin.flush()
    return order


def lock(desk):
    desk.world.bus.call_sync("org.freedesktop.secrets", "/org/freedesktop/secrets", "org.freedesktop.Secret.Service",
                             "Lock", GLib.Variant("(ao)", ([LOGIN],)), None, Gio.DBusCallFlags.NONE, 10000, None)


def prompts(desk):
    """The windows that ask for the keyring's password."""
    return desk.run("xdotool", "search", "--onlyvisible", "--name", "^Unlock", check=False).split()


def wait_prompt(desk):
    wait_for(lambda: prompts(desk), "the keyring's question")
    desk.run("xdotool", "windowfocus", "--sync", prompts(desk)[0])


def wait_no_prompt(desk):
    wait_for(lambda: not prompts(desk), "the keyring's question to go")


def type_keyring_password(desk):
    wait_prompt(desk)
    desk.run("xdotool", "type", "--delay", "10", "keyring password")
    desk.run("xdotool", "key", "Return")
    wait_no_prompt(desk)


def quit_by_menu(desk, guide):
    """Closes the program while something else has the keyboard."""
    desk.world.bus.call_sync(APP_ID, "/" + APP_ID.replace(".", "/"), "org.gtk.Actions", "Activate",
                             GLib.Variant("(sava{sv})", ("quit", [], {})), None, Gio.DBusCallFlags.NONE, 30000, None)
    guide.wait_end()


def leave_address(desk, address):
    """An earlier run, in which that address was saved, and left on the page of the password."""
    guide = open_guide(desk)
    guide.begin()
    guide.give_address(address, save=True)
    wait_for(lambda: set(desk.kept()) == {"address", "journal"}, lambda: f"address and record: {desk.kept()}")
    guide.close()


@case("without a keyring the box rests and says why, and the guide works all the same")
def no_keyring(desk_with):
    with desk_with(keyring=False) as desk:
        guide = open_guide(desk)
        guide.begin()
        wait_rests(guide, "^This computer has no keyring to keep it in$")
        guide.give_address(ERIK)
        guide.wait_text("^This computer has no keyring to remember how far you are. Keep this window open")
        guide.sign_in(PASSWORD)
        guide.activate()
        in_no_file(desk, ERIK, PASSWORD)
        guide.keep_codes()
        guide.wait_page("All set")
        guide.wait_no_text("keyring")
        in_no_file(desk, ERIK, PASSWORD)
        guide.finish()


@case("a keyring that dies half-way is missed in a sentence, and brought what it has missed when it is back")
def dies_half_way(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.give_address(ANNA)
        wait_for(lambda: "journal" in desk.kept(), "the resume record")
        desk.keyring.kill()
        desk.keyring.wait()
        guide.forget_password()
        guide.ask_for_mail()
        guide.wait_text("^This computer has no keyring to remember how far you are")
        in_no_file(desk, ANNA)
        desk.start_keyring()
        guide.wait_no_text("keyring")
        desk.wait_record("'inbox'")
        guide.kill()
        guide = open_guide(desk)
        guide.wait_page("Check your inbox")
        guide.wait_text(ANNA)
        guide.close()


@case("a keyring that hangs delays no page, and is used as soon as it answers")
def hangs(desk_with):
    with desk_with() as desk:
        leave_address(desk, ERIK)
        desk.keyring.send_signal(signal.SIGSTOP)
        guide = open_guide(desk)
        wait_rests(guide, "^This computer’s keyring does not answer")
        guide.fill("Email address", ANNA)
        desk.keyring.send_signal(signal.SIGCONT)
        guide.wait_text("^Not recommended on a shared computer")
        assert guide.read("Email address") == ANNA
        guide.wait_ready("Continue where you left off")
        guide.close()
        assert desk.kept()["address"] == ERIK, desk.kept()


@case("a program that is closed while the keyring hangs ends")
def closed_while_hanging(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.wait_page("Email")
        guide.tick(SAVE)  # the box rests three seconds after the keyring has begun to hang
        desk.keyring.send_signal(signal.SIGSTOP)
        guide.give_address(ERIK)
        guide.wait_text("^This computer’s keyring does not answer and cannot remember how far you are")
        in_no_file(desk, ERIK)
        guide.close()
        # and while it is asked what it keeps
        guide = open_guide(desk)
        wait_rests(guide, "^This computer’s keyring does not answer")
        guide.close()
        desk.keyring.send_signal(signal.SIGCONT)


@case("who does not want to unlock the keyring is asked once, and what it keeps stays")
def locked_refused(desk_with):
    with desk_with() as desk:
        leave_address(desk, ERIK)
        lock(desk)
        guide = open_guide(desk)
        guide.wait_page("Email")
        wait_prompt(desk)
        desk.run("xdotool", "key", "Escape")
        wait_rests(guide, "^This computer’s keyring is locked. Once you unlock it, your address can be saved.$")
        wait_no_prompt(desk)
        guide.give_address(ANNA)
        guide.wait_text("^This computer’s keyring is locked and cannot remember how far you are")
        guide.forget_password()
        guide.ask_for_mail()
        assert not prompts(desk), "the same question again"
        in_no_file(desk, ANNA, ERIK)
        # another program has it unlocked
        other = desk.spawn("other", ["secret-tool", "lookup", "xdg:schema", f"{APP_ID}.Vault", "name", "address"])
        type_keyring_password(desk)
        other.wait(30)
        guide.wait_no_text("keyring")
        desk.wait_record(ANNA)
        assert desk.kept()["address"] == ERIK, desk.kept()
        guide.close()


@case("who unlocks the keyring after a while finds everything as it was left")
def locked_answered(desk_with):
    with desk_with() as desk:
        leave_address(desk, ERIK)
        lock(desk)
        guide = open_guide(desk)
        wait_rests(guide, "^This computer’s keyring does not answer")
        type_keyring_password(desk)
        guide.wait_page("Password")
        guide.wait_text("^Welcome back")
        guide.wait_text(f"^{ERIK}$")
        guide.close()


@case("who never answers the keyring's question can do everything else")
def locked_unanswered(desk_with):
    with desk_with() as desk:
        leave_address(desk, ERIK)
        lock(desk)
        guide = open_guide(desk)
        wait_rests(guide, "^This computer’s keyring does not answer")
        guide.give_address(ERIK)
        guide.sign_in(PASSWORD)
        guide.wait_page("Activate two-factor authentication")
        guide.wait_text("^This computer’s keyring does not answer and cannot remember")
        in_no_file(desk, ERIK, PASSWORD)
        quit_by_menu(desk, guide)
        assert desk.run("secret-tool", "search", "--all", "application", APP_ID), "what was kept is gone"


@case("a keyring that answers with errors only is as good as none, and said to be there")
def broken(desk_with):
    with desk_with(keyring=False) as desk:
        stand_in(desk, "broken")
        guide = open_guide(desk)
        guide.begin()
        wait_rests(guide, "^This computer’s keyring does not answer")
        guide.give_address(ERIK)
        guide.sign_in(PASSWORD)
        guide.wait_page("Activate two-factor authentication")
        in_no_file(desk, ERIK, PASSWORD)
        guide.close()


@case("a portal that answers late delays no page, and has what was done meanwhile kept")
def late_portal(desk_with):
    with desk_with(keyring=False, SECRET_BACKEND="file", SNAP_NAME="first-login") as desk:
        order = stand_in(desk, "portal")
        guide = open_guide(desk)
        guide.begin()
        wait_for(lambda: "asked" in desk.log("portal"), "the portal to be asked")
        wait_rests(guide, "^This computer’s keyring does not answer")
        guide.give_address(ERIK)
        guide.wait_text("^This computer’s keyring does not answer and cannot remember")
        assert "answered" not in desk.log("portal")
        order("give")
        guide.wait_no_text("keyring")
        kept = ("secret-tool", "lookup", "application", APP_ID, "name", "journal")
        wait_for(lambda: "'password'" in desk.run(*kept, check=False), "the resume record")
        in_no_file(desk, ERIK)
        guide.kill()
        guide = open_guide(desk)
        guide.wait_page("Password")
        guide.wait_text("^Welcome back")
        guide.close()
        in_no_file(desk, ERIK)


@case("a portal that refuses, or never answers, is as good as no keyring")
def useless_portal(desk_with):
    for refuses in (True, False):
        with desk_with(keyring=False, SECRET_BACKEND="file", SNAP_NAME="first-login") as desk:
            order = stand_in(desk, "portal")
            if refuses:
                order("refuse")
            guide = open_guide(desk)
            guide.begin()
            wait_rests(guide, "^This computer’s keyring does not answer|^This computer has no keyring")
            guide.give_address(ERIK)
            guide.sign_in(PASSWORD)
            guide.wait_page("Activate two-factor authentication")
            guide.wait_text("keyring .*Keep this window open")
            in_no_file(desk, ERIK, PASSWORD)
            guide.close()
            in_no_file(desk, ERIK, PASSWORD)


@case("in the training nothing is kept, and the box says so")
def training(desk_with):
    with desk_with(server=False) as desk:
        desk.programs.need_training()
        guide = open_guide(desk, "--demo")
        guide.begin()
        wait_rests(guide, "^Nothing is saved in the training$")
        guide.give_address(ERIK)
        assert not any("keyring" in text for text in guide.texts()), guide.texts()
        guide.close()


walk()
