# SPDX-License-Identifier: GPL-3.0-or-later
"""What people get wrong, page by page: each time a sentence stands at the field, what was typed stays, and it goes on
from there."""

import time

import outside
from screen import open_guide
from tap import case
from world import MAJA_CODES, MAJA_KEY, PASSWORD, fresh_totp, totp, wait_for, walk

ERIK = "erik@flexhrm.example"
MAJA = "maja@flexhrm.example"
NEW = "lantern orbit thistle"
REFUSED = "^That is not the password for this account"


@case("an address that is none is refused, and one with blanks around it is not")
def address(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.wait_page("Email")
        for wrong in ("anna", "anna@", "@flexhrm.example", "anna flexhrm@example.org"):
            guide.fill("Email address", wrong)
            guide.press("Next")
            guide.wait_error("Email address", "^That is not a whole email address")
            assert guide.read("Email address") == wrong
        guide.fill("Email address", "\u00a0 erik@flexhrm.example\u200b ")
        assert not guide.is_wrong("Email address"), "the error stays while the person types"
        guide.press("Next")
        guide.wait_page("Password")
        guide.wait_text(f"^{ERIK}$")
        guide.close()


@case("a wrong password, an unknown address and an account without password are refused alike")
def password(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        guide.begin()
        for address, wrong in ((ERIK, "wrong"), ("nobody@flexhrm.example", PASSWORD), ("anna@flexhrm.example", PASSWORD)):
            guide.give_address(address)
            guide.sign_in(wrong)
            guide.wait_error("Password", REFUSED)
            guide.press("Use another address")
        guide.give_address(ERIK)
        guide.sign_in("wrong")
        guide.wait_error("Password", REFUSED)
        guide.sign_in(PASSWORD)
        guide.wait_page("Activate two-factor authentication")
        guide.close()


@case("too many wrong passwords: a countdown is shown, the button rests, and works again when it ends")
def throttled(desk_with):
    with desk_with(config="[throttle]\nattempts=3\nwindow=60\nrest=9\n") as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.give_address(ERIK)
        for _ in range(3):
            guide.sign_in("wrong")
            guide.wait_error("Password", REFUSED)
        guide.sign_in(PASSWORD)
        left = int(guide.wait_text(r"Try again in 0:0(\d)\.$").group(1))
        assert 1 <= left <= 9, left
        assert not guide.is_sensitive("Sign In")
        guide.wait_ready("Sign In")
        guide.wait_no_text("Try again in")
        guide.sign_in(PASSWORD)
        guide.wait_page("Activate two-factor authentication")
        guide.close()


@case("new passwords that differ, are too short, or are like the address are refused")
def new_password(desk_with):
    with desk_with(config="[password]\nminimum=14\n") as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.give_address("anna@flexhrm.example")
        guide.forget_password()
        guide.type_mail_code(guide.ask_for_mail().code)
        guide.choose_password(NEW, "lantern orbit thistles")
        guide.wait_error("Confirm new password", "^This is not the same password as above")
        guide.choose_password("pebble kite")
        guide.wait_error("New password", "^That password is too short. Use at least 14 characters")
        guide.wait_text("^At least 14 characters$")
        guide.choose_password("anna@flexhrm.example")
        guide.wait_error("New password", "^That password is too much like your email address")
        guide.choose_password(NEW)
        guide.wait_page("Activate two-factor authentication")
        assert outside.sign_in(desk.url, "anna@flexhrm.example", NEW)
        guide.close()


@case("wrong codes while two-factor authentication is set up are refused")
def enrolment(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.give_address(ERIK)
        guide.sign_in(PASSWORD)
        key = guide.scan()["secret"]
        right = fresh_totp(key)
        guide.fill("Code", right[:5])
        guide.press("Activate")
        guide.wait_error("Code", "^The code has six digits")
        guide.fill("Code", f"{(int(right) + 1) % 1000000:06}")
        guide.press("Activate")
        guide.wait_error("Code", "^That code does not fit")
        assert guide.scan()["secret"] == key, "a wrong code changed the key"
        right = fresh_totp(key)
        guide.fill("Code", f" {right[:3]}-{right[3:]} ")
        guide.press("Activate")
        codes = guide.recovery_codes()
        guide.fill("Type one code", "????")
        guide.press("Continue")
        guide.wait_error("Type one code", "^That is not a whole recovery code")
        guide.fill("Type one code", "zzzz0000")
        guide.press("Continue")
        guide.wait_error("Type one code", "^That code is not in the list")
        assert guide.recovery_codes() == codes
        guide.keep_codes()
        guide.finish()


@case("a phone whose clock is wrong is told so, and its code is not accepted for that")
def phone_clock(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.give_address(ERIK)
        guide.sign_in(PASSWORD)
        key = guide.scan()["secret"]
        for seconds, words in ((-150, "2 min 30 s behind"), (120, "2 min ahead")):
            # early in a period, so that it is the same one when the answer comes
            wait_for(lambda: time.time() % 30 < 15, "a new period")
            code = totp(key, time.time() + seconds)
            guide.fill("Code", code)
            guide.press("Activate")
            said = guide.wait_error("Code", f"^Your phone’s clock is {words}\\.")
            assert "Android: Settings" in said and "iPhone: Settings" in said, said
            assert guide.read("Code") == code
        guide.wait_page("Activate two-factor authentication")
        assert guide.scan()["secret"] == key
        guide.fill("Code", fresh_totp(key))
        guide.press("Activate")
        guide.keep_codes()
        guide.finish()


@case("wrong and used second-factor codes are refused")
def second_factor(desk_with):
    with desk_with() as desk:
        used = fresh_totp(MAJA_KEY)
        assert outside.second_factor(desk.url, outside.sign_in(desk.url, MAJA, PASSWORD), totp_code=used)
        assert outside.second_factor(desk.url, outside.sign_in(desk.url, MAJA, PASSWORD), lookup_secret=MAJA_CODES[0])
        guide = open_guide(desk)
        guide.begin()
        guide.give_address(MAJA)
        guide.sign_in(PASSWORD)
        guide.answer_second_factor("12345")
        guide.wait_error("Code", "^That is not a whole code")
        guide.answer_second_factor(f"{(int(used) + 1) % 1000000:06}")
        guide.wait_error("Code", "^That code does not fit")
        guide.answer_second_factor(used)
        guide.wait_error("Code", "^That code")
        guide.press("Use a recovery code instead")
        assert not guide.is_wrong("Recovery code"), "the error of the other code stays"
        for wrong, sentence in (("zzzz0000", "^That code does not fit"), (MAJA_CODES[0], "^That code has already been used")):
            guide.fill("Recovery code", wrong)
            guide.press("Continue")
            guide.wait_error("Recovery code", sentence)
        guide.press("Use a code from your phone instead")
        guide.answer_second_factor(fresh_totp(MAJA_KEY, [used]))
        guide.finish()


@case("too many wrong second-factor codes rest alone: a recovery code still works")
def second_factor_throttled(desk_with):
    with desk_with(config="[throttle]\nattempts=2\nwindow=60\nrest=600\n") as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.give_address(MAJA)
        guide.sign_in(PASSWORD)
        for _ in range(2):
            guide.answer_second_factor("000000")
            guide.wait_error("Code", "^That code does not fit")
        guide.answer_second_factor("000000")
        guide.wait_text(r"Try again in (9|10):\d\d")
        guide.press("Use a recovery code instead")
        guide.fill("Recovery code", MAJA_CODES[0])
        guide.press("Continue")
        guide.finish()


walk()
