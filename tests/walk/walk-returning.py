# SPDX-License-Identifier: GPL-3.0-or-later
"""People who have a password already: Erik, who still has to activate two-factor authentication, and Maja, who has."""

import outside
from screen import open_guide
from tap import case
from world import MAJA_CODES, MAJA_KEY, PASSWORD, account, fresh_totp, wait_for, walk

ERIK = "erik@flexhrm.example"
MAJA = "maja@flexhrm.example"
NEW = "lantern orbit thistle"


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


@case("a session that is still good goes straight on; one that has grown old asks for the password in place, and goes on")
def grown_old(desk_with):
    with desk_with(config="[lifespan]\nprivileged=6\n") as desk:
        guide = open_guide(desk)
        sign_in(guide, ERIK)
        key = guide.scan()["secret"]
        token = wait_for(desk.session_token, "the session in the keyring")
        desk.wait_record("'step': <'enrol'>", "'shown-key'")
        guide.kill()
        guide = open_guide(desk)
        assert guide.scan()["secret"] == key, "the picture has changed"
        wait_for(lambda: not is_fresh(desk.url, token), "the session to grow old")
        guide.activate()
        guide.wait_text("^A while has passed since you signed in")
        guide.kill()
        guide = open_guide(desk)
        assert guide.scan()["secret"] == key, "the picture has changed"
        guide.activate()
        guide.wait_text("^A while has passed since you signed in")
        guide.sign_in(PASSWORD)
        guide.recovery_codes()
        guide.close()


@case("a session from a mail that has grown old before the new password asks for no password, which was forgotten: another mail comes")
def forgotten(desk_with):
    with desk_with(config="[lifespan]\nprivileged=2\n[throttle]\nresend=0\n") as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.give_address(ERIK)
        guide.forget_password()
        guide.type_mail_code(guide.ask_for_mail().code)
        guide.wait_page("New password")
        token = wait_for(desk.session_token, "the session in the keyring")
        wait_for(lambda: not is_fresh(desk.url, token), "the session to grow old")
        guide.choose_password(NEW)
        guide.wait_page("Check your inbox")
        guide.wait_text("^Too much time has passed since you opened the email, so a new one is on its way")
        guide.type_mail_code(desk.wait_mail(2).code)
        guide.choose_password(NEW)
        guide.wait_page("Activate two-factor authentication")
        guide.close()
        assert outside.sign_in(desk.url, ERIK, NEW)


def is_fresh(url, token):
    """Whether the session may still change its account."""
    flow = outside.ask(f"{url}/self-service/settings/api", token=token).body["id"]
    return outside.ask(f"{url}/self-service/settings?flow={flow}", {"method": "totp", "totp_code": "1"}, token).status != 403


@case("a session that was ended elsewhere goes to the first page with a word why, and the address stays")
def ended_elsewhere(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        sign_in(guide, ERIK)
        guide.scan()
        token = wait_for(desk.session_token, "the session in the keyring")
        guide.kill()
        outside.sign_out(desk.url, token)
        guide = open_guide(desk)
        guide.wait_page("Email")
        guide.wait_text("^You have been signed out of Visma Connect: .* or the session was ended elsewhere")
        assert guide.read("Email address") == ERIK
        guide.close()


@case("the second factor is asked for at every sign-in: nothing remembers it")
def every_time(desk_with):
    with desk_with() as desk:
        for number in range(2):
            guide = open_guide(desk)
            if number == 0:
                guide.begin()
            guide.give_address(MAJA)
            guide.sign_in(PASSWORD)
            guide.wait_page("Two-factor code")
            code = MAJA_CODES[number]
            guide.press("Use a recovery code instead")
            guide.fill("Recovery code", code)
            guide.press("Continue")
            guide.finish()
            assert desk.kept() == {}, desk.kept()


@case("a link that comes when it is not needed any more gets a word")
def link_unneeded(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.give_address("anna@flexhrm.example")
        guide.forget_password()
        mail = guide.ask_for_mail()
        guide.type_mail_code(mail.code)
        guide.wait_page("New password")
        desk.hand_over(mail.deep_link)
        guide.wait_text("^The link in the email is not needed any more")
        guide.wait_page("New password")
        guide.close()


walk()
