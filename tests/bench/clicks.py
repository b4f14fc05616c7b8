# SPDX-License-Identifier: GPL-3.0-or-later
"""How many round trips each click of the guide costs, through a gate that holds the requests back."""

import gate
from screen import open_guide
from world import MAJA_CODES, MAJA_KEY, PASSWORD, fresh_totp

# Limits would only slow the measuring down: mails may follow each other at once.
CONFIG = "[throttle]\nenabled=false\n"
NEW_PASSWORD = "lantern orbit thistle"


class Clicks:
    """Goes through the guide and notes for each click (who, click, (round trips, waited for, background, connections))."""

    def __init__(self, desk):
        self.desk = desk
        self.gate = gate.Gate(desk.url)
        self.rows = []
        self.who = self.guide = None

    def open(self, who, first_time=False):
        self.who = who
        self.guide = open_guide(self.desk, "--server", self.gate.url)
        if first_time:
            self.guide.wait_page("Before you begin")
            self.page("Get started", "Email")
        self.guide.wait_page("Email")
        self.guide.fill("Email address", f"{who}@flexhrm.example")
        self.page("Next", "Password")

    def note(self, name, click, has_arrived):
        self.rows.append((self.who, name, self.gate.measure(click, has_arrived)))

    def page(self, button, title):
        self.guide.wait_ready(button)
        self.note(button, lambda: self.guide.press(button), lambda: self.guide.titles() == [title])

    def close(self):
        self.note("Close", lambda: self.guide.press("Close"), lambda: self.guide.process.poll() is not None)

    def newcomer(self):
        self.open("anna", first_time=True)
        self.page("Forgot your password?", "Create your password")
        self.note("I am not a robot", lambda: self.guide.tick("I am not a robot"),
                  lambda: self.guide.is_checked("I am not a robot"))
        self.page("Reset password", "Check your inbox")
        self.guide.wait_ready("Send again", seconds=75)  # the client keeps a minute between two mails by itself
        self.note("Send again", lambda: self.guide.press("Send again"), lambda: len(self.desk.mails()) == 2)
        self.guide.fill("Code", self.desk.wait_mail(2).code)
        self.page("Continue", "New password")
        self.guide.fill("New password", NEW_PASSWORD)
        self.guide.fill("Confirm new password", NEW_PASSWORD)
        self.page("Change password", "Activate two-factor authentication")
        self.guide.fill("Code", fresh_totp(self.guide.scan()["secret"]))
        self.page("Activate", "Recovery codes")
        self.guide.fill("Type one code", self.guide.recovery_codes()[0])
        self.page("Continue", "All set")
        self.close()

    def returning(self):
        self.open("maja")
        self.guide.fill("Password", PASSWORD)
        self.page("Sign In", "Two-factor code")
        self.guide.fill("Code", fresh_totp(MAJA_KEY))
        self.page("Continue", "All set")
        self.close()

    def without_phone(self):
        self.open("maja")
        self.guide.fill("Password", PASSWORD)
        self.page("Sign In", "Two-factor code")
        self.page("Use a recovery code instead", "Two-factor code")
        self.guide.fill("Recovery code", MAJA_CODES[0])
        self.page("Continue", "All set")
        self.close()

    def without_second_factor(self):
        self.open("erik")
        self.guide.fill("Password", PASSWORD)
        self.page("Sign In", "Activate two-factor authentication")
        self.guide.close()


def measure(desk):
    clicks = Clicks(desk)
    clicks.newcomer()
    clicks.returning()
    clicks.without_phone()
    clicks.without_second_factor()
    return clicks.rows
