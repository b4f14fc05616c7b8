# SPDX-License-Identifier: GPL-3.0-or-later
"""The training: first-login --demo, one window with the assistant and the stage, played from start to end, over again, and
gone without a trace."""

import pathlib
import re
import signal

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi  # noqa: E402

from screen import ENTRIES, open_guide
from tap import case
from world import PASSWORD, wait_for, walk

ANNA = "anna@flexhrm.example"
MAJA = "maja@flexhrm.example"


def phone_code(guide, address):
    """What the phone shows for that account."""
    def search():
        texts = guide.texts()
        return address in texts and re.fullmatch(r"\d{3} \d{3}", texts[len(texts) - texts[::-1].index(address)])
    return wait_for(search, lambda: f"a code for {address}; there is {guide.texts()}").group()


def ask_for_mail(guide):
    guide.wait_page("Create your password")
    guide.tick("I am not a robot")
    guide.press("Reset password")
    guide.wait_page("Check your inbox")


def talks_only_to_itself(process):
    """Every socket of the process ends on this computer."""
    inodes = set()
    for link in pathlib.Path(f"/proc/{process.pid}/fd").iterdir():
        try:
            match = re.fullmatch(r"socket:\[(\d+)\]", str(link.readlink()))
        except OSError:
            continue
        if match:
            inodes.add(match.group(1))
    ends = []
    for kind in ("tcp", "tcp6", "udp", "udp6"):
        for line in pathlib.Path(f"/proc/net/{kind}").read_text().splitlines()[1:]:
            words = line.split()
            if words[9] in inodes:
                ends += [words[1].rsplit(":", 1)[0], words[2]]
    assert ends, "the training does not listen"
    nobody = "0" * 8 + ":0000"
    assert all(end.startswith("0100007F") or end == nobody for end in ends), ends


def is_gone(desk):
    """Nothing of the training is left: no temporary folder, nothing in keyring or settings."""
    assert not list((desk.folder / "tmp").iterdir()), "a temporary folder is left behind"
    assert desk.kept() == {}, desk.kept()
    assert not (desk.folder / "home/.config/glib-2.0/settings/keyfile").exists(), "settings are left behind"


@case("anna is shown through the whole guide, by the mail's green button and the phone on the stage")
def whole_guide(desk_with):
    with desk_with(server=False, policy="[server]\nurl=http://127.0.0.1:9\n", animations=True) as desk:
        guide = open_guide(desk, "--demo")
        guide.wait_page("Before you begin")
        assert guide.everything()[0].name == "first-login"
        guide.wait_text("^No mail yet")
        guide.begin()
        guide.give_address(ANNA)
        guide.forget_password()
        ask_for_mail(guide)
        guide.wait_text("Hello Anna")
        guide.press("Enter new password")
        guide.choose_password("lantern orbit thistle")
        guide.wait_page("Activate two-factor authentication")
        guide.wait_qr()
        assert ANNA not in guide.texts(), "the phone has scanned by itself"
        guide.press("Scan the code")
        guide.fill("Code", phone_code(guide, ANNA))
        guide.press("Activate")
        guide.keep_codes()
        guide.wait_page("All set")
        guide.press("Open Flex HRM")
        guide.wait_text("^Flex HRM would open here$")
        guide.wait_text("^https://web.flexhrm.com/$")
        talks_only_to_itself(guide.process)
        guide.finish()
        is_gone(desk)


@case("Start over puts everything back to where it was")
def start_over(desk_with):
    with desk_with(server=False) as desk:
        guide = open_guide(desk, "--demo")
        guide.begin()
        for _ in range(2):
            guide.give_address(ANNA)
            guide.sign_in("lantern orbit thistle")
            guide.wait_error("Password", "^That is not the password")
            guide.press("Forgot your password?")
            ask_for_mail(guide)
            guide.press("Enter new password")
            guide.choose_password("lantern orbit thistle")
            guide.wait_page("Activate two-factor authentication")
            guide.wait_qr()
            guide.press("Scan the code")
            phone_code(guide, ANNA)
            guide.press("Start over")
            guide.wait_text("^No mail yet")
            wait_for(lambda: ANNA not in guide.texts(), "the phone to forget")
            guide.begin()
        guide.close()
        is_gone(desk)


@case("maja signs in by the code on the stage's phone, or by a code on the note beside it")
def maja(desk_with):
    with desk_with(server=False) as desk:
        guide = open_guide(desk, "--demo")
        guide.begin()
        guide.give_address(MAJA)
        guide.sign_in(PASSWORD)
        guide.wait_page("Two-factor code")
        guide.press("Use a recovery code instead")
        note = guide.wait_text(r"recovery codes\n([a-z0-9]{8})\n([a-z0-9]{8})")
        guide.fill("Recovery code", note.group(1))
        guide.press("Continue")
        guide.wait_page("All set")
        guide.press("Start over")
        guide.begin()
        guide.give_address(MAJA)
        guide.sign_in(PASSWORD)
        guide.answer_second_factor(phone_code(guide, MAJA))
        guide.finish()
        is_gone(desk)


@case("the phone says so when there is nothing to scan")
def nothing_to_scan(desk_with):
    with desk_with(server=False) as desk:
        guide = open_guide(desk, "--demo")
        guide.wait_page("Before you begin")
        guide.press("Scan the code")
        guide.wait_text("^There is no code to see on the screen yet")
        guide.close()


@case("logging out and Ctrl+C leave nothing behind")
def ended_from_outside(desk_with):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        with desk_with(server=False) as desk:
            guide = open_guide(desk, "--demo")
            guide.wait_page("Before you begin")
            assert list((desk.folder / "tmp").iterdir()), "the training keeps nothing in its temporary folder"
            guide.process.send_signal(number)
            guide.wait_end()
            is_gone(desk)


@case("F9 hides and shows the stage, and in a narrow window it lies under the assistant")
def stage(desk_with):
    def corner(node):
        box = Atspi.Component.get_extents(node, Atspi.CoordType.WINDOW)
        return box.x, box.y

    def place(guide, name):
        """From the corner of the window, which GTK 4.18 does not take for its origin."""
        return [theirs - its for theirs, its in zip(corner(guide.wait(name)), corner(guide.frame()))]

    with desk_with(server=False) as desk:
        guide = open_guide(desk, "--demo")
        guide.begin()
        guide.wait("Email address", ENTRIES)
        x, y = place(guide, "Stage")
        assert x > 0 and y == 0, (x, y)
        guide.focus()
        guide.keys("F9")
        wait_for(lambda: guide.find("Stage") is None, "the stage to go")
        guide.keys("F9")
        guide.wait("Stage")
        desk.run("xdotool", "windowsize", guide.window(), "500", "880")
        wait_for(lambda: (at := place(guide, "Stage"))[0] == 0 and at[1] > 0, "the stage to lie below")
        guide.close()


walk()
