# SPDX-License-Identifier: GPL-3.0-or-later
"""The program is stopped between a click and its answer, at every click of the guide: before the request has arrived, and
after it has, so that only the server knows. The next start stands where the person was, or where that has led."""

import outside
from stops import ANNA, ASK_FOR_MAIL, LOST, MAJA, NEW, NEWCOMER, RETURNING, UNSENT, Stops, Traveller
from tap import case
from world import MAJA_CODES, walk

CONFIG = "[throttle]\nresend=0\n"


def begin(desk, stops, address):
    desk.write_policy(f"[server]\nurl={stops.url}\n")
    traveller = Traveller(desk, stops, address)
    traveller.guide.begin()
    return traveller


@case("anna, stopped before and after each of her requests, ends with a password, a phone and codes that work")
def newcomer(desk_with):
    with desk_with(config=CONFIG) as desk, Stops(desk.url) as stops:
        anna = begin(desk, stops, ANNA)
        for click in NEWCOMER:
            if click.page == "Create your password":
                anna.guide.forget_password()
            anna.go(click, (UNSENT,) if click.page == "Create your password" else (UNSENT, LOST))
        anna.guide.wait_page("All set")
        for achieved in ("Your new password is set", "Two-factor authentication is on", "Your recovery codes are kept"):
            assert achieved in anna.guide.texts(), f"{achieved!r} is not said"
        anna.guide.finish()
        assert desk.kept() == {}, desk.kept()
        assert len(desk.mails()) == 2, "a mail was sent that nobody asked for"
        token = outside.sign_in(desk.url, ANNA, NEW)
        assert outside.second_factor(desk.url, token, lookup_secret=anna.codes[0])


@case("a mail whose answer was lost is waited for: its code works, and no other mail is sent")
def mail_sent(desk_with):
    with desk_with(config=CONFIG) as desk, Stops(desk.url) as stops:
        anna = begin(desk, stops, ANNA)
        anna.guide.give_address(ANNA)
        anna.guide.forget_password()
        assert anna.stop(ASK_FOR_MAIL, LOST) == "Check your inbox"
        anna.guide.wait_text("^Works until")
        anna.type_mail_code()
        anna.guide.wait_page("New password")
        assert len(desk.mails()) == 1
        anna.guide.close()


@case("maja, stopped before and after each of her requests, ends signed in, and her recovery codes are still hers")
def returning(desk_with):
    with desk_with(config=CONFIG) as desk, Stops(desk.url) as stops:
        maja = begin(desk, stops, MAJA)
        for click in RETURNING:
            maja.go(click, (UNSENT, LOST))
        maja.guide.finish()
        token = outside.sign_in(desk.url, MAJA, "correct horse battery")
        assert outside.second_factor(desk.url, token, lookup_secret=MAJA_CODES[0])


walk()
