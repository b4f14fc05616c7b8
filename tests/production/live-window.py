# SPDX-License-Identifier: GPL-3.0-or-later
"""Anna's walk in the real window with Ory Kratos behind it. On every page PostgreSQL, or with the WORD `engine` Kratos, is
killed before she presses; what the page says then is printed, and with it back the same button goes on. FOLDER is the bin
folder of an installed build."""

import os
import sys

from whole import ANNA, NEW, Programs, World, sit_down  # first: it knows where the walks are
import outside
from live import Live, arguments
from screen import open_guide
from world import fresh_totp, wait_for

TROUBLE = "^(?:The server|Something answers|You have been signed out).*$"


class Trouble:
    """Has a part killed while a button is pressed."""

    def __init__(self, stack, part):
        self.stack = stack
        self.part = part

    def back(self):
        self.part.start()
        wait_for(self.stack.is_database_up, "PostgreSQL")

    def press(self, guide, button):
        page, = guide.titles()
        self.part.kill()
        guide.press(button)
        print(f"{page}: {guide.wait_text(TROUBLE)[0]}", flush=True)
        self.back()
        guide.wait_ready(button, seconds=90)
        if page == "Create your password" and not guide.is_checked("I am not a robot"):
            guide.tick("I am not a robot")
        guide.press(button)


def walk(guide, trouble):
    guide.begin()
    guide.wait_page("Email")
    guide.fill("Email address", ANNA)
    trouble.press(guide, "Next")
    guide.forget_password()
    guide.tick("I am not a robot")
    trouble.press(guide, "Reset password")
    guide.wait_page("Check your inbox")
    guide.fill("Code", guide.desk.wait_mail().code)
    trouble.press(guide, "Continue")
    guide.wait_page("New password")
    guide.fill("New password", NEW)
    guide.fill("Confirm new password", NEW)
    trouble.press(guide, "Change password")
    key = guide.scan()["secret"]

    trouble.part.kill()
    guide.kill()
    guide = open_guide(guide.desk)
    print(f"started again: {guide.wait_text(TROUBLE)[0]}", flush=True)
    trouble.back()
    guide.press("Continue where you left off", 90)
    assert guide.scan()["secret"] == key, "the picture has changed"

    guide.fill("Code", fresh_totp(key))
    trouble.press(guide, "Activate")
    codes = guide.recovery_codes()
    guide.fill("Type one code", codes[0])
    trouble.press(guide, "Continue")
    guide.finish()
    return codes


def main():
    kratos, gate, words = arguments()
    with World() as world, Live(kratos, gate) as stack:
        stack.programs = Programs(os.path.join(sys.argv[2], "first-login"))
        os.environ["CURL_CA_BUNDLE"] = str(stack.authority)
        stack.hire("anna")
        part = stack.engines[0] if "engine" in words else stack.postgres
        with sit_down(world, stack) as guide:
            codes = walk(guide, Trouble(stack, part))
        token = outside.sign_in(stack.url, ANNA, NEW)
        assert token, "the new password does not sign in"
        assert outside.second_factor(stack.url, token, lookup_secret=codes[1]), "a recovery code does not work"
        print("to the end, and everything that was acknowledged is there")


main()
