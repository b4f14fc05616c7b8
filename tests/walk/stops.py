# SPDX-License-Identifier: GPL-3.0-or-later
"""Stops the program between a click and its answer (Stops, Traveller), on the way of a newcomer (NEWCOMER) or of somebody
who returns (RETURNING)."""

import re
import threading
import time
from collections import namedtuple

from relay import Relay
from screen import ENTRIES, open_guide
from world import MAJA_KEY, PASSWORD, fresh_totp, wait_for

ANNA = "anna@flexhrm.example"
MAJA = "maja@flexhrm.example"
NEW = "lantern orbit thistle"

# The request does not arrive; it does, and its answer is lost; its answer is on the way when the program is stopped.
UNSENT, LOST, ANSWERED = "unsent", "lost", "answered"
MOMENTS = (UNSENT, LOST, ANSWERED)

# A click: on which page, the function that does it, the request that it leads to ("METHOD PATH BODY"), what the resume record
# says by then, where the next start has to stand when only the server knows of it, and where else it may stand when the
# answer has gone out.
Click = namedtuple("Click", "page do request kept lost answered")


class Stops(Relay):
    """Holds one request that fits what was armed, or its answer, until the program has been stopped."""

    def __init__(self, target=None):
        super().__init__(target)
        self.armed = None
        self.server.handle_error = lambda *_: None  # who is stopped hangs up

    def arm(self, request, moment):
        self.reached, self.stopped = threading.Event(), threading.Event()
        self.armed = (re.compile(request), moment)

    def disarm(self):
        self.armed = None
        self.stopped.set()

    def fetch(self, method, path, headers, body):
        armed = self.armed
        if armed is None or not armed[0].search(f"{method} {path} {body.decode()}"):
            return super().fetch(method, path, headers, body)
        self.armed = None
        if armed[1] == UNSENT:
            self.hold()
        answer = super().fetch(method, path, headers, body)
        if armed[1] == LOST:
            self.hold()
        self.reached.set()
        return answer

    def hold(self):
        self.reached.set()
        self.stopped.wait()
        raise ConnectionAbortedError


class Traveller:
    """Somebody whose program is stopped again and again."""

    def __init__(self, desk, stops, address):
        self.desk = desk
        self.stops = stops
        self.address = address
        self.key = self.codes = None
        self.guide = open_guide(desk)

    def interrupt(self, request, do, moment, delay=0, kept=()):
        """Does something, stops the program at that moment of the request (`delay` seconds after an answer has gone out),
        and starts it again. The record is written while the request is under way, and a keyring may be the slower one: until
        an answer has gone out, those words in it are waited for."""
        self.stops.arm(request, moment)
        do(self)
        assert self.stops.reached.wait(30), f"no {request}; there is {self.guide.describe()}"
        if moment != ANSWERED:
            self.desk.wait_record(*kept)
        time.sleep(delay)
        self.guide.kill()
        self.stops.disarm()
        self.guide = open_guide(self.desk)

    def stop(self, click, moment, delay=0):
        """Clicks, and stops the program at that moment; then starts it again and returns the page that it stands on."""
        self.guide.wait_page(click.page)
        self.interrupt(click.request, click.do, moment, delay, click.kept)
        pages = {UNSENT: {click.page}, LOST: {click.lost}, ANSWERED: {click.page, click.lost, *click.answered}}[moment]
        return self.stand(pages, f"{click.page!r}, {moment}", click.page == "Email")

    def stand(self, pages, after, is_first=False):
        """Waits until the program stands on one of those pages, sees that what it showed before is shown again, and
        returns the page."""
        page, = wait_for(lambda: len(titles := self.guide.titles()) == 1 and titles[0] in pages and titles,
                         lambda: f"one of {pages} after {after}; there is {self.guide.describe()}")
        if page == "Create your password" or is_first and page == "Email":
            wait_for(lambda: self.guide.read("Email address") == self.address, "the address")
        elif page == "Activate two-factor authentication":
            key = self.guide.scan()["secret"]
            assert self.key in (None, key), "the picture has changed"
            self.key = key
        elif page == "Recovery codes":
            codes = self.guide.recovery_codes()
            assert self.codes in (None, codes), "the codes have changed"
            self.codes = codes
        return page

    def go(self, click, moments, delay=0):
        """Stops at each of the moments while the page stays the same, then clicks once more."""
        for moment in moments:
            page = self.stop(click, moment, delay)
            if moment != UNSENT and click.do is Traveller.type_mail_code and page == click.page:
                self.send_again()
            elif page != click.page:
                return page
        click.do(self)
        return None

    # -- clicks

    def give_address(self):
        self.guide.fill("Email address", self.address)
        self.guide.press("Next")

    def forget_password(self):
        self.guide.press("Forgot your password?")

    def ask_for_mail(self):
        self.guide.tick("I am not a robot")
        self.guide.press("Reset password")

    def type_mail_code(self):
        self.guide.fill("Code", self.desk.wait_mail(max(1, len(self.desk.mails()))).code)
        self.guide.press("Continue")

    def choose_password(self):
        self.guide.choose_password(NEW)

    def activate(self):
        self.key, _ = self.guide.activate()

    def keep_codes(self):
        self.codes = self.guide.keep_codes()

    def sign_in(self):
        self.guide.sign_in(PASSWORD)

    def answer_second_factor(self):
        self.guide.answer_second_factor(fresh_totp(MAJA_KEY))

    def follow_link(self):
        self.guide.wait_page("Continue with this link?")
        self.guide.press("Continue")

    def send_again(self):
        """The code has been used up, and what it brought is lost: that is said, and another mail can be had at once."""
        self.guide.wait_text("^The code in this email has already been used")
        before = len(self.desk.mails())
        self.guide.press("Send a new email", 90)
        self.desk.wait_mail(before + 1)
        self.guide.wait("Code", ENTRIES)


def at(step, *words):
    return (f"'step': <'{step}'>", *words)


LOGIN = r"^POST /self-service/login\?"
RECOVERY = r"^POST /self-service/recovery\?"
SETTINGS = r"^POST /self-service/settings\?"
ASK_FOR_MAIL = Click("Create your password", Traveller.ask_for_mail, RECOVERY, at("create-password", "'recovery'"),
                     "Check your inbox", ())
NEWCOMER = (
    Click("Email", Traveller.give_address, LOGIN, at("email", ANNA), "Email", {"Password"}),
    ASK_FOR_MAIL,
    Click("Check your inbox", Traveller.type_mail_code, RECOVERY, at("inbox", "'mail'"), "Check your inbox", {"New password"}),
    Click("New password", Traveller.choose_password, SETTINGS, at("new-password", "'settings'"),
          "Activate two-factor authentication", ()),
    Click("Activate two-factor authentication", Traveller.activate, SETTINGS + ".*totp_code", at("enrol", "'shown-key'"),
          "Recovery codes", ()),
    # without its record there is nothing more to go on with
    Click("Recovery codes", Traveller.keep_codes, SETTINGS + ".*confirm", at("recovery-codes", "'shown-codes'"),
          "All set", {"Email"}),
)
RETURNING = (
    Click("Email", Traveller.give_address, LOGIN, at("email", MAJA), "Email", {"Password"}),
    Click("Password", Traveller.sign_in, LOGIN, at("password"), "Password", {"Two-factor code"}),
    Click("Two-factor code", Traveller.answer_second_factor, LOGIN, at("second-factor"), "All set", {"Email"}),
)
