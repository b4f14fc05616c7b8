# SPDX-License-Identifier: GPL-3.0-or-later
"""The password page as the place where things go wrong on the way to the server: a wrong password shows that the server
is heard, and the right one leads on."""

import datetime
import email.utils
import time

from world import PASSWORD

ERIK = "erik@flexhrm.example"
WRONG = "not the battery"
REFUSED = "^That is not the password for this account"
GENEROUS = "[throttle]\nattempts=1000\n"
PORTAL = "Open the network\u2019s sign-in page"
CAPTIVE = "^This network wants you to sign in to it first. Open its sign-in page, then try again here.$"
UNREACHABLE = "^The server cannot be reached. Check the network or your company\u2019s VPN, then try again.$"
NOT_OURS = "^Something answers at this address, but it is not the server for your account."
FAULT = "^The server has a problem of its own. Wait a few minutes, then try again.$"


def target(desk):
    return "127.0.0.1", int(desk.url.rsplit(":", 1)[1])


def date(seconds=0):
    return email.utils.format_datetime(datetime.datetime.fromtimestamp(time.time() + seconds, datetime.timezone.utc), usegmt=True)


def try_password(guide):
    """Presses the button on the password page, in which something has been typed before."""
    guide.wait_page("Password")
    assert guide.read("Password") == WRONG, "what was typed is lost"
    guide.press("Sign In")


def prove(guide, way, sentence, repair=None, **wrong):
    """Something is wrong, and that is said; it is right again, and the server is heard."""
    way.set(**wrong)
    try_password(guide)
    guide.wait_text(sentence, 60)
    way.set(**repair or {})
    try_password(guide)
    guide.wait_error("Password", REFUSED)
    guide.wait_no_text(sentence)


def come_to_password(guide):
    guide.begin()
    guide.give_address(ERIK)
    guide.sign_in(WRONG)
    guide.wait_error("Password", REFUSED)


def leave(guide):
    guide.sign_in(PASSWORD)
    guide.wait_page("Activate two-factor authentication")
    guide.close()
