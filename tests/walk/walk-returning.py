# SPDX-License-Identifier: GPL-3.0-or-later
"""People who have a password already: Erik, who still has to activate two-factor authentication, and Maja, who has."""

import outside
from screen import open_guide
from tap import case
from world import MAJA_CODES, MAJA_KEY, PASSWORD, account, fresh_totp, walk

ERIK = "erik@flexhrm.example"
MAJA = "maja@flexhrm.example"


def sign_in(guide, address):
    guide.begin()
    guide.give_address(address)
    guide.sign_in(PASSWORD)


@case("erik signs in, activates two-factor authentication and keeps his codes")
def erik(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        sign_in(guide, ERIK)
        key, used = guide.activate()
        codes = guide.keep_codes()
        guide.wait_page("All set")
        assert "Your new password is set" not in guide.texts(), "a password was claimed that was not set"
        assert "Two-factor authentication is on" in guide.texts()
        guide.finish()
        token = outside.sign_in(desk.url, ERIK, PASSWORD)
        assert outside.second_factor(desk.url, token, totp_code=fresh_totp(key, [used]))
        token = outside.sign_in(desk.url, ERIK, PASSWORD)
        assert outside.second_factor(desk.url, token, lookup_secret=codes[-1]), "typing a code back used it up"


@case("erik puts two-factor authentication off where that is allowed")
def later(desk_with):
    with desk_with() as desk:
        desk.write_policy(f"[server]\nurl={desk.url}\n[two-factor]\nrule=optional\n")
        guide = open_guide(desk)
        sign_in(guide, ERIK)
        guide.wait_page("Activate two-factor authentication")
        guide.press("Remind me later")
        guide.finish()
        token = outside.sign_in(desk.url, ERIK, PASSWORD)
        assert outside.whoami(desk.url, token).status == 200, "two-factor authentication was activated all the same"


@case("maja signs in with a code from her phone")
def by_phone(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        sign_in(guide, MAJA)
        guide.answer_second_factor(fresh_totp(MAJA_KEY))
        guide.finish()
        assert desk.kept() == {}, desk.kept()


@case("maja signs in with a recovery code and is told how many are left")
def by_recovery_code(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        sign_in(guide, MAJA)
        guide.wait_page("Two-factor code")
        guide.press("Use a recovery code instead")
        guide.fill("Recovery code", f"{MAJA_CODES[0][:4].upper()}-{MAJA_CODES[0][4:]}")
        guide.press("Continue")
        guide.wait_page("All set")
        guide.wait_text("^1 recovery code is left$")
        guide.finish()
        token = outside.sign_in(desk.url, MAJA, PASSWORD)
        assert not outside.second_factor(desk.url, token, lookup_secret=MAJA_CODES[0]), "a used code works again"


@case("maja forgets her password: the second factor comes before the new one, and nothing is enrolled anew")
def forgotten(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.give_address(MAJA)
        guide.forget_password()
        mail = guide.ask_for_mail()
        guide.type_mail_code(mail.code)
        code = fresh_totp(MAJA_KEY)
        guide.answer_second_factor(code)
        guide.choose_password("lantern orbit thistle")
        guide.finish()
        token = outside.sign_in(desk.url, MAJA, "lantern orbit thistle")
        assert outside.second_factor(desk.url, token, totp_code=fresh_totp(MAJA_KEY, [code]))


@case("an account with two-factor but without recovery codes gets some")
def without_codes(desk_with):
    nils = account("Nils", password={"password": PASSWORD}, totp={
        "totp_url": f"otpauth://totp/Visma%20Connect:nils@flexhrm.example?secret={MAJA_KEY}&issuer=Visma%20Connect"})
    with desk_with(accounts=[nils]) as desk:
        guide = open_guide(desk)
        sign_in(guide, "nils@flexhrm.example")
        guide.answer_second_factor(fresh_totp(MAJA_KEY))
        codes = guide.keep_codes()
        guide.finish()
        token = outside.sign_in(desk.url, "nils@flexhrm.example", PASSWORD)
        assert outside.second_factor(desk.url, token, lookup_secret=codes[3])


walk()
