# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody sets this computer's clock a day back or forward between two starts. A walk cannot set the clock; it moves
everything else instead: all times that the service tells, and those that the record was written with."""

import re

import outside
from network import Way
from relay import Relay
from screen import open_guide
from stops import ANNA, NEW
from tap import case
from world import fresh_totp, wait_for, walk

DAY = 24 * 60 * 60
RESEND = 300
CONFIG = f"[throttle]\nresend={RESEND}\n"


def to_inbox(desk, url):
    desk.write_policy(f"[server]\nurl={url}\n")
    guide = open_guide(desk)
    guide.begin()
    guide.give_address(ANNA)
    guide.forget_password()
    mail = guide.ask_for_mail()
    wait_for(lambda: "'inbox'" in desk.kept().get("journal", ""), "the record of the mail")
    return guide, mail


def set_clock(desk, relay, ahead):
    """Sets this computer's clock `ahead` seconds forward: whatever was noted before is so much earlier now."""
    relay.ahead -= ahead
    desk.keep_record(re.sub(r"(int64 )(1\d{9})\b", lambda found: found[1] + str(int(found[2]) - ahead),
                            desk.kept()["journal"]))


def check_inbox(guide, works_until):
    """The page tells the times as they really are, and of nothing that has run out."""
    guide.wait_page("Check your inbox")
    guide.wait_text(f"^Works until {works_until}$")
    assert not any("run out" in text for text in guide.texts()), guide.texts()
    minutes, seconds = guide.wait_text(r"^Send again in (\d+):(\d\d)$").groups()
    assert 60 * int(minutes) + int(seconds) <= RESEND, f"{minutes}:{seconds}"
    assert not guide.is_sensitive("Send again"), "the countdown was forgotten"


def set_between(desk, ahead, words):
    with Relay(desk.url) as relay:
        guide, mail = to_inbox(desk, relay.url)
        works_until = guide.wait_text("^Works until (.*)$").group(1)
        guide.kill()
        set_clock(desk, relay, ahead)
        guide = open_guide(desk)
        check_inbox(guide, works_until)
        guide.type_mail_code(mail.code)
        guide.choose_password(NEW)
        guide.wait_page("Activate two-factor authentication")
        guide.wait_text(f"This computer’s clock is {words}")
        key = guide.scan()["secret"]
        desk.wait_record("'step': <'enrol'>", "'shown-key'")
        guide.kill()
        guide = open_guide(desk)
        assert guide.scan()["secret"] == key, "the picture has changed"
        guide.wait_text(f"This computer’s clock is {words}")
        assert not any(text.startswith("This is a new QR code") for text in guide.texts())
        guide.kill()
        # and set right again
        relay.ahead = 0
        guide = open_guide(desk)
        assert guide.scan()["secret"] == key, "the picture has changed"
        assert not any("clock" in text for text in guide.texts()), guide.texts()
        guide.fill("Code", fresh_totp(key))
        guide.press("Activate")
        codes = guide.keep_codes()
        guide.finish()
        token = outside.sign_in(desk.url, ANNA, NEW)
        assert outside.second_factor(desk.url, token, lookup_secret=codes[0])


@case("the clock is set back a day: the mail goes on, and so does the enrolment, with a word about the clock")
def back(desk_with):
    with desk_with(config=CONFIG) as desk:
        # the answer that tells the time is a moment old when it is looked at
        set_between(desk, -DAY, "(24 h|23 h 59 min) behind")


@case("the clock is set forward a day: the mail goes on, and so does the enrolment, with a word about the clock")
def forward(desk_with):
    with desk_with(config=CONFIG) as desk:
        set_between(desk, DAY, "24 h ahead")


@case("the clock is set, and there is no network: what was kept waits, and goes on once there is one")
def without_network(desk_with):
    with desk_with(config=CONFIG) as desk, Relay(desk.url) as relay, Way(("127.0.0.1", relay.server.server_address[1])) as way:
        guide, mail = to_inbox(desk, way.url)
        works_until = guide.wait_text("^Works until (.*)$").group(1)
        for ahead in (-DAY, 2 * DAY):
            guide.kill()
            set_clock(desk, relay, ahead)
            way.set(is_shut=True)
            guide = open_guide(desk)
            guide.wait_page("Email")
            guide.wait_text("^The server cannot be reached")
            guide.wait_ready("Continue where you left off")
            way.set()
            guide.press("Continue where you left off")
            check_inbox(guide, works_until)
        guide.type_mail_code(mail.code)
        guide.wait_page("New password")
        guide.close()


walk()
