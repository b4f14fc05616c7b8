# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays the whole guide by itself in the training's real window, on a virtual display, with real keys and clicks, and
leaves a picture of each page: play.py --program PATH/first-login --pictures DIRECTORY"""

import argparse
import pathlib
import re

from screen import BUTTONS, ENTRIES, Guide
from world import Desk, Programs, World, wait_for

ANNA = "anna@flexhrm.example"
PASSWORD = "lantern orbit thistle"


class Player(Guide):
    """A person who has no accessible actions, but a mouse and a keyboard."""

    def __init__(self, desk, process, pictures):
        super().__init__(desk, process)
        self.pictures = pictures
        self.number = 0

    def press(self, name, seconds=30):
        self.wait_ready(name, BUTTONS, seconds)
        self.click(name, BUTTONS)

    def fill(self, name, text):
        self.wait_ready(name, ENTRIES)
        self.click(name, ENTRIES)
        self.keys("ctrl+a")
        self.type(text)
        wait_for(lambda: self.read(name) == text, f"{text!r} in {name!r}")

    def show(self, page, name):
        """Takes the picture of a page as it stands."""
        self.wait_page(page)
        self.number += 1
        print(self.picture(self.pictures / f"{self.number:02}-{name}.png"), flush=True)


def phone_code(player):
    def search():
        texts = player.texts()
        return ANNA in texts and re.fullmatch(r"\d{3} \d{3}", texts[len(texts) - texts[::-1].index(ANNA)])
    return wait_for(search, "the code on the phone").group().replace(" ", "")


def play(player):
    player.show("Before you begin", "before-you-begin")
    player.focus()
    player.press("Get started")
    player.wait_page("Email")
    player.fill("Email address", ANNA)
    player.show("Email", "email")
    player.press("Next")
    player.show("Password", "password")
    player.press("Forgot your password?")
    player.wait_page("Create your password")
    player.tick("I am not a robot")
    player.wait_text("^Checked$")
    player.show("Create your password", "create-your-password")
    player.press("Reset password")
    player.wait_page("Check your inbox")
    player.wait("Enter new password", BUTTONS)
    player.show("Check your inbox", "check-your-inbox")
    player.press("Enter new password")
    player.wait_page("New password")
    player.fill("New password", PASSWORD)
    player.fill("Confirm new password", PASSWORD)
    player.show("New password", "new-password")
    player.press("Change password")
    player.wait_page("Activate two-factor authentication")
    player.wait_text(r"^[A-Z2-7]{4}( [A-Z2-7]{4})+$")
    player.press("Scan the code")
    player.fill("Code", phone_code(player))
    player.show("Activate two-factor authentication", "activate-two-factor-authentication")
    player.press("Activate")
    player.fill("Type one code", player.recovery_codes()[0])
    player.show("Recovery codes", "recovery-codes")
    player.press("Continue")
    player.wait_page("All set")
    player.press("Open Flex HRM")
    player.wait_text("would open here")
    player.show("All set", "all-set")
    player.finish()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--pictures", required=True, type=pathlib.Path)
    arguments = parser.parse_args()
    pictures = arguments.pictures.absolute()
    pictures.mkdir(parents=True, exist_ok=True)
    with World() as world, Desk(world, Programs(arguments.program), keyring=False, server=False, animations=True) as desk:
        play(Player(desk, desk.start("--demo"), pictures))
    print(f"The guide was played from start to end; a picture of each page is in {pictures}")


main()
