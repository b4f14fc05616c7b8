# SPDX-License-Identifier: GPL-3.0-or-later
"""As walk-secrets.py, with the link of the mail: handed over, pasted, run out, and on the way with interruptions."""

import outside
from screen import open_guide
from tap import case
from traces import ENVIRONMENT, Traces, canary, clipboard
from world import fresh_totp, wait_for, walk

ANNA = "anna@flexhrm.example"
NEW_PASSWORD = canary("Kanarienvögel")
WRONG_PASSWORD = canary("Grubenlampen")


@case("anna goes through by the link, mistakes and interruptions included: what she comes back to is kept in the keyring alone")
def interrupted(desk_with):
    with desk_with(**ENVIRONMENT) as desk:
        guide = open_guide(desk)
        guide.begin()
        traces = Traces(desk, guide)
        traces.add(wrong_password=WRONG_PASSWORD, password=NEW_PASSWORD)
        guide.give_address(ANNA)
        guide.wait_page("Password")
        guide.press("Show password")
        guide.sign_in(WRONG_PASSWORD)
        guide.wait_error("Password", "^That is not the password")
        assert not clipboard(desk, "primary"), "the middle button pastes what was refused"
        guide.press("Forgot your password?")
        mail = guide.ask_for_mail()
        traces.leave("wrong_password")
        traces.add(mail_code=mail.code, flow=mail.flow, link=mail.deep_link)
        traces.handed_over = {"mail_code", "flow", "link"}
        desk.hand_over(mail.deep_link)
        guide.wait_page("New password")
        traces.overwrite_bus_buffer()
        traces.leave("mail_code", "link")
        guide.choose_password(NEW_PASSWORD)
        traces.add(key=guide.scan()["secret"], token=desk.session_token())
        traces.leave("password", "flow")
        guide.press("Copy")
        wait_for(lambda: clipboard(desk) == traces.words["key"], "the key in the clipboard")

        guide.close()
        assert not clipboard(desk), "the clipboard has outlived the program"
        traces.look_at_files("mails")
        traces.guide = guide = open_guide(desk)
        guide.wait_page("Activate two-factor authentication")
        assert guide.scan()["secret"] == traces.words["key"]
        traces.leave("password")
        code = fresh_totp(traces.words["key"])
        traces.add(phone_code=code)
        guide.fill("Code", code)
        guide.press("Activate")
        traces.add_codes(guide.recovery_codes())
        traces.leave("key", "phone_code")
        guide.keep_codes()
        guide.wait_page("All set")
        traces.leave("recovery_code", "token")
        guide.kill()
        traces.look()
        traces.look_at_files("mails")


@case("a mail that has run out, and its link, leave nothing behind")
def expired(desk_with):
    with desk_with(config="[lifespan]\nrecovery=10\n", **ENVIRONMENT) as desk:
        guide = open_guide(desk)
        guide.begin()
        traces = Traces(desk, guide)
        guide.give_address(ANNA)
        guide.forget_password()
        mail = guide.ask_for_mail()
        traces.add(mail_code=mail.code, flow=mail.flow, link=mail.deep_link)
        traces.handed_over = {"mail_code", "flow", "link"}
        wait_for(lambda: outside.ask(f"{desk.url}/self-service/recovery/flows?id={mail.flow}").status == 410, "the flow to expire")
        guide.type_mail_code(mail.code)
        guide.wait_error("Code", "^The code in this email has run out")
        desk.hand_over(mail.deep_link)
        guide.wait_error("Code", "^The code in this email has run out")
        with desk.clipboard(mail.deep_link):
            guide.press("Paste link")
            guide.wait_error("Code", "^The code in this email has run out")
        guide.press("Back")
        guide.wait_page("Create your password")
        guide.press("Back")
        guide.wait_page("Password")
        traces.overwrite_bus_buffer()
        traces.leave("mail_code", "link")
        guide.close()
        traces.look()
        traces.look_at_files("mails")


walk()
