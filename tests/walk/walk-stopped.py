# SPDX-License-Identifier: GPL-3.0-or-later
"""The program is stopped between a click and its answer, at every click of the guide: before the request has arrived, and
after it has, so that only the server knows. The next start stands where the person was, or where that has led."""

import outside
from screen import open_guide
from stops import ANNA, ANSWERED, ASK_FOR_MAIL, LOGIN, LOST, MAJA, NEW, NEWCOMER, RECOVERY, RETURNING, UNSENT, Stops, Traveller
from tap import case
from world import MAJA_CODES, PASSWORD, wait_for, walk

CONFIG = "[throttle]\nresend=0\n"
ERIK = "erik@flexhrm.example"


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


@case("what the keyring has not heard of is learned from the server: the codes that were shown are shown again")
def unheard(desk_with):
    for last in ("New password", "Activate two-factor authentication"):
        with desk_with(config=CONFIG) as desk, Stops(desk.url) as stops:
            anna = begin(desk, stops, ANNA)
            for click in NEWCOMER[:-1]:
                if click is ASK_FOR_MAIL:
                    anna.guide.forget_password()
                if click.page == last:
                    desk.wait_record(*click.kept)
                    desk.keyring.kill()
                    desk.keyring.wait()
                click.do(anna)
            anna.codes = anna.guide.recovery_codes()
            anna.guide.kill()
            desk.start_keyring()
            anna.guide = open_guide(desk)
            anna.stand({"Recovery codes"}, f"a record of {last!r}")
            anna.keep_codes()
            anna.guide.finish()


@case("a link that was not asked for here: wherever it is stopped, whose account it is stays the question")
def account(desk_with):
    with desk_with(config=CONFIG + "[robot]\nenabled=false\n") as desk, Stops(desk.url) as stops:
        anna = begin(desk, stops, ANNA)
        mail = outside.ask_for_mail(desk, ANNA)
        desk.hand_over(mail.deep_link)
        anna.interrupt(RECOVERY, Traveller.follow_link, UNSENT)
        # what the answer brings comes once, and when that was lost the link says so
        anna.guide.wait_page("Email")
        desk.hand_over(mail.deep_link)
        for moment in (LOST, ANSWERED):
            anna.interrupt(RECOVERY, Traveller.follow_link, moment)
            if is_account_kept(desk):
                break
            anna.guide.wait_page("Email")
            desk.hand_over(mail.deep_link)
            anna.follow_link()
            anna.guide.wait_text("^The code in this email has already been used")
            mail = outside.ask_for_mail(desk, ANNA)
            desk.hand_over(mail.deep_link)
        else:
            anna.follow_link()
        for _ in range(2):
            anna.guide.wait_page("Is this your account?")
            anna.guide.wait_text(f"^{ANNA}$")
            wait_for(lambda: is_account_kept(desk), "the record of the account")
            anna.guide.kill()
            anna.guide = open_guide(desk)
        anna.guide.wait_page("Is this your account?")
        assert not outside.sign_in(desk.url, ANNA, NEW)
        anna.guide.press("Continue")
        anna.guide.kill()
        anna.guide = open_guide(desk)
        if anna.stand({"Is this your account?", "New password"}, "the account was confirmed") == "Is this your account?":
            anna.guide.press("Continue")
        anna.choose_password()
        anna.guide.wait_page("Activate two-factor authentication")
        assert outside.sign_in(desk.url, ANNA, NEW)
        anna.guide.close()


def is_account_kept(desk):
    return "'account'" in desk.kept().get("journal", "")


@case("stopped while the password is asked for again, erik stands where it was needed, with the same QR code")
def again(desk_with):
    with desk_with(config="[lifespan]\nprivileged=2\n") as desk, Stops(desk.url) as stops:
        erik = begin(desk, stops, ERIK)
        erik.guide.give_address(ERIK)
        erik.guide.sign_in(PASSWORD)
        for moment in (UNSENT, LOST, ANSWERED):
            grow_old(desk, erik)
            erik.activate()
            erik.guide.wait_text("^A while has passed since you signed in")
            erik.interrupt(LOGIN, Traveller.sign_in, moment)
            page = erik.stand({"Activate two-factor authentication", "Recovery codes"}, f"the password, {moment}")
            if page == "Recovery codes":
                break
        else:
            erik.activate()
            if wait_for(lambda: [title for title in erik.guide.titles() if title in ("Password", "Recovery codes")],
                        "what the code leads to")[0] == "Password":
                erik.sign_in()
        erik.guide.recovery_codes()
        erik.guide.close()


def grow_old(desk, person):
    """Waits until the session is too old to change its account."""
    person.stand({"Activate two-factor authentication"}, "signing in")
    token = desk.session_token()

    def is_old():
        flow = outside.ask(f"{desk.url}/self-service/settings/api", token=token).body["id"]
        return outside.ask(f"{desk.url}/self-service/settings?flow={flow}", {"method": "totp", "totp_code": "1"}, token).status == 403
    wait_for(is_old, "the session to grow old")


walk()
