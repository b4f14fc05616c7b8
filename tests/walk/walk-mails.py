# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong between asking for a mail and opening it: the robot check, wrong codes, old and foreign links."""

import outside
from relay import Relay
from screen import BUTTONS, CHECKS, open_guide
from tap import case
from world import wait_for, walk

ANNA = "anna@flexhrm.example"


def go_to_create_password(guide):
    guide.begin()
    guide.give_address(ANNA)
    guide.forget_password()


@case("the robot check wants its box ticked, and ticked again when the server refuses it")
def robot(desk_with):
    spoilt = []

    def spoil(method, path, headers):
        if "X-Altcha" in headers and not spoilt:
            spoilt.append(headers["X-Altcha"])
            del headers["X-Altcha"]
            headers["X-Altcha"] = "e30="

    with desk_with() as desk, Relay(desk.url, spoil) as relay:
        guide = open_guide(desk, "--server", relay.url)
        go_to_create_password(guide)
        guide.press("Reset password")
        guide.wait_error("I am not a robot", "^Tick this box first")
        guide.tick("I am not a robot")
        guide.press("Reset password")
        guide.wait_error("I am not a robot", "^The check failed")
        assert spoilt and not desk.mails()
        wait_for(lambda: not guide.is_checked("I am not a robot"), "the tick to go")
        guide.ask_for_mail()
        guide.close()


@case("a server without robot check shows no box")
def no_robot(desk_with):
    with desk_with(config="[robot]\nenabled=false\n") as desk:
        guide = open_guide(desk)
        go_to_create_password(guide)
        wait_for(lambda: not guide.find("I am not a robot", CHECKS), "the box to go")
        guide.press("Reset password")
        guide.wait_page("Check your inbox")
        desk.wait_mail()
        guide.close()


@case("an unknown address is told the same, and gets no mail")
def unknown(desk_with):
    with desk_with(config="[robot]\nenabled=false\n") as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.give_address("nobody@flexhrm.example")
        guide.forget_password()
        guide.press("Reset password")
        guide.wait_page("Check your inbox")
        guide.wait_text("^If nobody@flexhrm.example has an account here, an email is on its way")
        guide.type_mail_code("123456")
        guide.wait_error("Code", "^That is not the code in the newest email")
        assert not desk.mails()
        guide.close()


@case("wrong mail codes are refused until the tries are spent; the link of an old mail is answered with the newer one")
def wrong_codes(desk_with):
    with desk_with(config="[throttle]\nresend=0\n") as desk:
        guide = open_guide(desk)
        go_to_create_password(guide)
        first = guide.ask_for_mail()
        guide.type_mail_code("12345")
        guide.wait_error("Code", "^The code has six digits")
        wrong = f"{(int(first.code) + 1) % 1000000:06}"
        for _ in range(5):
            guide.type_mail_code(wrong)
            guide.wait_error("Code", "^That is not the code in the newest email")
        guide.type_mail_code(wrong)
        guide.wait_error("Code", "^Too many wrong codes for this email")
        guide.press("Back")
        second = guide.ask_for_mail(2)
        assert second.flow != first.flow, "the new mail is for a flow whose tries are spent"
        desk.hand_over(first.deep_link)
        guide.wait_text(r"^You asked for a newer email at \d\d:\d\d. Use that one")
        guide.type_mail_code(second.code)
        guide.wait_page("New password")
        guide.close()


@case("Send again counts down, then brings another mail for the same flow, whose code is the one that works")
def again(desk_with):
    with desk_with(config="[throttle]\nresend=15\n") as desk:
        guide = open_guide(desk)
        go_to_create_password(guide)
        first = guide.ask_for_mail()
        assert not guide.is_sensitive("Send again")
        assert 1 <= int(guide.wait_text(r"^Send again in 0:(\d\d)$").group(1)) <= 15
        guide.wait_ready("Send again", seconds=60)
        guide.wait_text("^Send again$")
        guide.press("Send again")
        second = desk.wait_mail(2)
        assert second.flow == first.flow
        guide.type_mail_code(second.code)
        guide.wait_page("New password")
        guide.close()


@case("too many mails: the wait is shown")
def too_many_mails(desk_with):
    with desk_with(config="[throttle]\nmails=1\nmail-window=3600\nresend=0\n") as desk:
        guide = open_guide(desk)
        go_to_create_password(guide)
        guide.ask_for_mail()
        guide.press("Back")
        guide.tick("I am not a robot")
        guide.press("Reset password")
        guide.wait_text(r"^Too many emails have been asked for. Try again in (59|60):\d\d")
        assert not guide.is_sensitive("Reset password")
        assert len(desk.mails()) == 1
        guide.close()


@case("a mail that was used elsewhere is noticed, and there are two ways on")
def used_elsewhere(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        go_to_create_password(guide)
        mail = guide.ask_for_mail()
        answer = outside.ask(f"{desk.url}/self-service/recovery?flow={mail.flow}", {"method": "code", "code": mail.code})
        assert answer.body["state"] == "passed_challenge", answer.body
        guide.wait_text("^The code in this email has already been used")
        assert guide.find("Send a new email", BUTTONS)
        guide.press("Sign in instead")
        guide.wait_page("Password")
        guide.close()


@case("the link of a mail that was used elsewhere is answered")
def used_link(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        go_to_create_password(guide)
        mail = guide.ask_for_mail()
        outside.ask(f"{desk.url}/self-service/recovery?flow={mail.flow}", {"method": "code", "code": mail.code})
        desk.hand_over(mail.deep_link)
        guide.wait_text("^The code in this email has already been used")
        guide.close()


@case("a link that was not asked for here is asked about, and the account is shown before anything is set")
def unasked(desk_with):
    with desk_with(config="[robot]\nenabled=false\n[throttle]\nresend=0\n") as desk:
        guide = open_guide(desk, outside.ask_for_mail(desk, ANNA).deep_link)
        guide.wait_page("Continue with this link?")
        guide.wait_text(r"^127\.0\.0\.1")
        guide.press("Not now")
        guide.wait_page("Email")
        desk.hand_over(outside.ask_for_mail(desk, ANNA).link)
        guide.wait_page("Continue with this link?")
        guide.press("Continue")
        guide.wait_page("Is this your account?")
        guide.wait_text(f"^{ANNA}$")
        guide.press("Continue")
        guide.choose_password("lantern orbit thistle")
        guide.wait_page("Activate two-factor authentication")
        assert outside.sign_in(desk.url, ANNA, "lantern orbit thistle")
        guide.close()


@case("a link of another server is explained and not followed")
def foreign(desk_with):
    with desk_with() as desk, Relay(desk.url) as other:
        guide = open_guide(desk)
        go_to_create_password(guide)
        mail = guide.ask_for_mail()
        desk.hand_over(mail.link.replace(desk.url, other.url))
        guide.wait_text("^That link belongs to another organisation’s server")
        guide.type_mail_code(mail.code)
        guide.wait_page("New password")
        guide.close()


@case("Paste link takes the button's address from the clipboard, and says so when it is something else")
def paste(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        go_to_create_password(guide)
        mail = guide.ask_for_mail()
        for text, follows in ((ANNA, lambda: guide.wait_text("^That is not the link of the green button")),
                              (f" {mail.link}\n", lambda: guide.wait_page("New password"))):
            with desk.clipboard(text):
                guide.press("Paste link")
                follows()
        guide.close()


walk()
