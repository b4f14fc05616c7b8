# SPDX-License-Identifier: GPL-3.0-or-later
"""The power goes off on every page in turn: the next start stands on the same page, with the same address and, where one
was shown, the same QR code. And what has run out meanwhile is said."""

import re
import time

import outside
from screen import open_guide
from tap import case
from world import MAJA_KEY, PASSWORD, fresh_totp, wait_for, walk

ANNA = "anna@flexhrm.example"
NEW = "lantern orbit thistle"
STEPS = {"Password": "password", "Create your password": "create-password", "Check your inbox": "inbox",
         "New password": "new-password", "Activate two-factor authentication": "enrol", "Recovery codes": "recovery-codes",
         "Two-factor code": "second-factor"}


def after_power_cut(desk, guide, page, *texts):
    """What was written when the page was shown survives; then the program is started again."""
    desk.wait_record(f"'step': <'{STEPS[page]}'>")
    kept = [desk.kept()]
    wait_for(lambda: kept.append(desk.kept()) or kept[-1] == kept[-2], "the resume record to stay as it is")
    guide.kill()
    guide = open_guide(desk)
    guide.wait_page(page)
    for text in texts:
        guide.wait_text(text)
    return guide


@case("anna's computer loses power on every page")
def every_page(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        guide.wait_page("Before you begin")
        guide.kill()
        guide = open_guide(desk)
        guide.begin()
        guide.give_address(ANNA)
        guide = after_power_cut(desk, guide, "Password", f"^{ANNA}$", "^Welcome back")
        guide.forget_password()
        guide = after_power_cut(desk, guide, "Create your password")
        wait_for(lambda: guide.read("Email address") == ANNA, "the address")
        mail = guide.ask_for_mail()
        guide = after_power_cut(desk, guide, "Check your inbox", ANNA)
        assert not guide.is_sensitive("Send again"), "the countdown was forgotten"
        guide.type_mail_code(mail.code)
        guide.wait_page("New password")
        guide = after_power_cut(desk, guide, "New password", ANNA)
        guide.choose_password(NEW)
        key = guide.scan()["secret"]
        guide = after_power_cut(desk, guide, "Activate two-factor authentication")
        assert guide.scan()["secret"] == key, "the picture has changed, and what was scanned before is worth nothing"
        guide.activate()
        codes = guide.recovery_codes()
        guide = after_power_cut(desk, guide, "Recovery codes")
        assert guide.recovery_codes() == codes, "the codes have changed, and what was written down is worth nothing"
        guide.keep_codes()
        guide.finish()
        token = outside.sign_in(desk.url, ANNA, NEW)
        assert outside.second_factor(desk.url, token, lookup_secret=codes[0])


@case("the link in the mail finds a program that had been closed, and goes on")
def link_after_closing(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.give_address(ANNA)
        guide.forget_password()
        mail = guide.ask_for_mail()
        guide.close()
        guide = open_guide(desk, mail.deep_link)
        guide.wait_page("New password")
        guide.close()


@case("power is lost at the second factor, which is asked for again")
def second_factor(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.give_address("maja@flexhrm.example")
        guide.sign_in(PASSWORD)
        guide.wait_page("Two-factor code")
        guide = after_power_cut(desk, guide, "Two-factor code")
        guide.answer_second_factor(fresh_totp(MAJA_KEY))
        guide.finish()


@case("a mail that has run out meanwhile is said to have")
def mail_expired(desk_with):
    with desk_with(config="[lifespan]\ncode=8\nrecovery=8\n") as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.give_address(ANNA)
        guide.forget_password()
        guide.ask_for_mail()
        wait_for(lambda: "journal" in desk.kept(), "the resume record")
        guide.close()
        flow = desk.wait_mail().flow
        wait_for(lambda: outside.ask(f"{desk.url}/self-service/recovery/flows?id={flow}").status == 410, "the flow to expire")
        guide = open_guide(desk)
        guide.wait_page("Check your inbox")
        guide.wait_text("^The email that you were waiting for has run out meanwhile")
        guide.close()


@case("a lunch break before the mail is asked for goes unnoticed")
def lunch(desk_with):
    with desk_with(config="[lifespan]\nlogin=8\nrecovery=8\n") as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.give_address(ANNA)
        guide.forget_password()
        end = time.monotonic() + 9
        wait_for(lambda: time.monotonic() > end, "all that was begun ahead to expire")
        guide.ask_for_mail()
        guide.close()


@case("a session that has ended meanwhile is said to have, and the address stays")
def session_ended(desk_with):
    with desk_with(config="[lifespan]\nsession=8\n") as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.give_address("erik@flexhrm.example")
        guide.sign_in(PASSWORD)
        guide.wait_page("Activate two-factor authentication")
        token = wait_for(lambda: desk.session_token(), "the session in the keyring")
        guide.close()
        wait_for(lambda: outside.whoami(desk.url, token).status == 401, "the session to expire")
        guide = open_guide(desk)
        guide.wait_page("Email")
        guide.wait_text("^You have been signed out of Visma Connect: too much time has passed, or the session was ended elsewhere")
        assert guide.read("Email address") == "erik@flexhrm.example"
        guide.close()


@case("a QR code that the server has dropped meanwhile is shown anew, and that is said")
def enrolment_expired(desk_with):
    with desk_with(config="[lifespan]\nsettings=4\n") as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.give_address("erik@flexhrm.example")
        guide.sign_in(PASSWORD)
        key = guide.scan()["secret"]
        token = wait_for(desk.session_token, "the session in the keyring")
        flow = wait_for(lambda: re.search(r"'settings': <'([0-9a-f-]+)'>", desk.kept()["journal"]), "the enrolment").group(1)
        guide.kill()
        wait_for(lambda: outside.ask(f"{desk.url}/self-service/settings/flows?id={flow}", token=token).status == 410,
                 "the enrolment to expire")
        guide = open_guide(desk)
        guide.wait_text("^This is a new QR code")
        assert guide.scan()["secret"] != key
        guide.close()


@case("a resume record of another server is set aside")
def other_server(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.give_address(ANNA)
        guide.close()
        guide = open_guide(desk, "--server", "http://127.0.0.1:9")
        guide.wait_page("Email")
        assert guide.read("Email address") == ""
        guide.close()
        guide = open_guide(desk)
        guide.wait_page("Password")
        guide.close()


walk()
