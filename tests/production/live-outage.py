# SPDX-License-Identifier: GPL-3.0-or-later
"""PostgreSQL away for a while, with Ory Kratos on it. Somebody has the real window open meanwhile and presses the button once
in a while; when it is back she goes on to the end. What the pages say is printed. WORDS are the minutes and the title of the
page, FOLDER is the bin folder of an installed build."""

import os
import re
import sys
import time

from whole import ANNA, NEW, Programs, World, sit_down  # first: it knows where the walks are
import outside
from live import Keeper, Live, arguments, say
from newcomer import Letterbox
from world import fresh_totp, wait_for

TROUBLE = "^(?:The server|Something answers|You have been signed out).*$"
OFTEN = 300  # seconds
QUIET = 3  # seconds without a change, after which a page has said what it says
BUTTONS = {"Email": "Next", "Check your inbox": "Continue", "New password": "Change password", "Activate two-factor authentication": "Activate",
           "Recovery codes": "Continue", "Password": "Sign In"}


class Anna:
    def __init__(self, guide):
        self.guide = guide
        self.codes = None
        self.asked = 0

    @property
    def page(self):
        return wait_for(self.guide.titles, "a page")[0]

    def fill(self):
        page, guide = self.page, self.guide
        if page == "Email":
            guide.fill("Email address", ANNA)
        elif page == "Check your inbox":
            guide.fill("Code", guide.desk.wait_mail(self.asked).code)
        elif page == "New password":
            guide.fill("New password", NEW)
            guide.fill("Confirm new password", NEW)
        elif page == "Activate two-factor authentication":
            guide.fill("Code", fresh_totp(guide.scan()["secret"]))
        elif page == "Recovery codes":
            self.codes = guide.recovery_codes()
            guide.fill("Type one code", self.codes[0])
        else:
            guide.fill("Password", NEW)

    def press(self):
        self.guide.press(BUTTONS[self.page], 90)

    def settle(self):
        """What can be read, as soon as nothing but countdowns changes any more."""
        seen, since = None, 0

        def is_quiet():
            nonlocal seen, since
            now = [re.sub("[0-9]+", "N", text) for text in self.guide.titles() + self.guide.texts()]
            if now != seen:
                seen, since = now, time.monotonic()
            return time.monotonic() > since + QUIET
        wait_for(is_quiet, "the page to be quiet", 90)
        return seen

    def come_to(self, page):
        self.guide.begin()
        while self.page != page:
            self.go_on()
        self.fill()

    def go_on(self):
        if self.page == "Password" and not self.asked:
            self.guide.forget_password()
            self.guide.ask_for_mail()
            self.asked = 1
        else:
            self.fill()
            self.press()
        return self.settle()


def outage(stack, anna, minutes):
    with Keeper(stack.courier, *stack.engines, *stack.gates) as keeper:
        stack.postgres.stop()
        say("PostgreSQL has been stopped")
        end = time.monotonic() + 60 * minutes
        while time.monotonic() < end:
            anna.press()
            say(f"{anna.page}: {anna.guide.wait_text(TROUBLE, 90)[0]}")
            time.sleep(max(0, min(OFTEN, end - time.monotonic())))
        stack.postgres.start()
        wait_for(stack.is_database_up, "PostgreSQL")
        say(f"PostgreSQL has been started; ended meanwhile: {keeper.ends or 'nothing'}")
        anna.press()
        said = anna.settle()
        while anna.page != "All set":
            say(said[0], *said[2:4], sep=" | ")
            if anna.page == "Check your inbox" and anna.asked and "Too much time" in " ".join(said):
                anna.asked += 1
            said = anna.go_on()
        say("All set")


def main():
    kratos, gate, words = arguments()
    with World() as world, Live(kratos, gate) as stack:
        stack.programs = Programs(os.path.join(sys.argv[2], "first-login"))
        os.environ["CURL_CA_BUNDLE"] = str(stack.authority)
        stack.hire("anna")
        with sit_down(world, stack) as guide:
            anna = Anna(guide)
            anna.come_to(words[1])
            outage(stack, anna, float(words[0]))
        token = outside.sign_in(stack.url, ANNA, NEW)
        assert token and outside.second_factor(stack.url, token, lookup_secret=anna.codes[1])
        say("the new password and a recovery code sign in")


main()
