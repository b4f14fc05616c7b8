# SPDX-License-Identifier: GPL-3.0-or-later
"""Anna has been given an account and has no password yet: the guide's main case, from the first page to the last."""

import re

import outside
from screen import open_guide
from tap import case
from world import APP_ID, fresh_totp, wait_for, walk

ANNA = "anna@flexhrm.example"
PASSWORD = "lantern orbit thistle"


def go_to_inbox(guide, save):
    guide.begin()
    guide.give_address(ANNA, save=save)
    guide.forget_password()
    assert guide.read("Email address") == ANNA
    return guide.ask_for_mail()


def check_account(desk, token, key, used, codes):
    """From outside: everything that was set up works, and the session of the guide is gone."""
    assert outside.whoami(desk.url, token).status == 401, "the session outlived the guide"
    mine = outside.sign_in(desk.url, ANNA, PASSWORD)
    assert mine, "the new password does not sign in"
    assert outside.whoami(desk.url, mine).status == 403, "the second factor is not asked for"
    assert not outside.second_factor(desk.url, mine, totp_code=used), "a used code works again"
    assert outside.second_factor(desk.url, mine, totp_code=fresh_totp(key, [used])), "the phone's code does not work"
    session = outside.whoami(desk.url, mine)
    assert (session.status, session.body["authenticator_assurance_level"]) == (200, "aal2"), session.body
    other = outside.sign_in(desk.url, ANNA, PASSWORD)
    assert outside.second_factor(desk.url, other, lookup_secret=codes[0]), "a recovery code does not work"


@case("anna gets through by the button in the mail, and the next start knows her address")
def by_the_button(desk_with):
    with desk_with(animations=True) as desk:
        guide = open_guide(desk)
        mail = go_to_inbox(guide, save=True)
        assert "Enter new password" in mail.html
        assert mail.link.startswith(f"{desk.url}/reset#"), "the button leads elsewhere"
        guide.wait_text(f"If {ANNA} has an account here, an email is on its way")
        desk.hand_over(mail.deep_link)
        guide.choose_password(PASSWORD)
        found = guide.scan()
        assert (found["issuer"], found["label"]) == ("Visma Connect", f"Visma Connect:{ANNA}"), found
        key, used = guide.activate()
        assert key == found["secret"]
        codes = guide.recovery_codes()
        assert len(set(codes)) == 12 and all(re.fullmatch("[a-z0-9]{8}", code) for code in codes), codes
        token = desk.session_token()
        assert outside.whoami(desk.url, token).status == 200, "the session in the keyring is no session"
        assert guide.keep_codes() == codes
        guide.wait_page("All set")
        for text in ("Your new password is set", "Two-factor authentication is on", "Your recovery codes are kept"):
            assert text in guide.texts(), guide.texts()
        assert guide.wait_qr() == "https://mobile.flexhrm.com"
        wait_for(lambda: desk.kept() == {"address": ANNA}, lambda: f"the keyring to keep the address alone: {desk.kept()}")
        guide.finish()
        check_account(desk, token, key, used, codes)
        assert desk.kept() == {"address": ANNA}

        guide = open_guide(desk)
        guide.wait_page("Email")
        wait_for(lambda: guide.read("Email address") == ANNA, "the saved address")
        assert guide.is_checked("Save my email address for future logins")
        guide.focus()
        guide.keys("Return")
        guide.wait_page("Password")
        guide.wait_text(ANNA)
        guide.close()


@case("anna gets through by the code in the mail, and nothing of her stays behind")
def by_the_code(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk, "--server", desk.url)
        mail = go_to_inbox(guide, save=False)
        assert mail.code in mail.text, "the code is not in the text part"
        guide.type_mail_code(f" {mail.code[:3]} {mail.code[3:]} ")
        guide.choose_password(PASSWORD)
        key, used = guide.activate()
        guide.recovery_codes()
        token = desk.session_token()
        codes = guide.keep_codes()
        guide.finish()
        check_account(desk, token, key, used, codes)
        assert desk.kept() == {}, desk.kept()
        wait_for(lambda: not desk.world.has_name(APP_ID), "the program to leave the bus")
        guide = open_guide(desk)
        guide.wait_page("Email")
        assert guide.read("Email address") == ""
        guide.close()


walk()
