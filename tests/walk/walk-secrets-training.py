# SPDX-License-Identifier: GPL-3.0-or-later
"""As walk-secrets.py, in the training, where one person comes after the other."""

from screen import open_guide
from tap import case
from traces import ENVIRONMENT, Traces, canary, clipboard
from world import fresh_totp, wait_for, walk

ANNA = "anna@flexhrm.example"
NEW_PASSWORD = canary("Kanarienvögel")


@case("Start over takes away what belonged to the person before, in the training")
def start_over(desk_with):
    with desk_with(server=False, **ENVIRONMENT) as desk:
        guide = open_guide(desk, "--demo")
        guide.begin()
        traces = Traces(desk, guide)
        traces.add(password=NEW_PASSWORD)
        guide.give_address(ANNA)
        guide.forget_password()
        guide.wait_page("Create your password")
        guide.tick("I am not a robot")
        guide.press("Reset password")
        guide.wait_page("Check your inbox")
        # the window shows both codes itself, so that they are no chance
        traces.words["mail_code"] = guide.wait_text("^[0-9]{3} [0-9]{3}$").group().replace(" ", "")
        guide.press("Enter new password")
        guide.choose_password(NEW_PASSWORD)
        traces.add(key=guide.scan()["secret"])
        guide.press("Scan the code")
        guide.press("Copy")
        wait_for(lambda: clipboard(desk) == traces.words["key"], "the key in the clipboard")
        code = fresh_totp(traces.words["key"])
        traces.words["phone_code"] = code
        guide.fill("Code", code)
        guide.press("Activate")
        traces.add_codes(guide.recovery_codes())
        guide.press("Start over")
        guide.wait_page("Before you begin")
        wait_for(lambda: not clipboard(desk), "the key to go from the clipboard")
        traces.gone |= traces.words.keys()
        traces.look()
        guide.close()
        traces.look()
        traces.look_at_files()


walk()
