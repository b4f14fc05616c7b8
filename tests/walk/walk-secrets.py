# SPDX-License-Identifier: GPL-3.0-or-later
"""Passwords, codes, keys and tokens are where they belong and nowhere else: not in logs, files, arguments, environments or
window titles, with all debug messages on."""

import base64
import pathlib
import re

from screen import open_guide
from tap import case
from world import walk

ANNA = "anna@flexhrm.example"
PASSWORD = "Kanarienvogel 47 orbit"


class Secrets:
    """What has to stay secret, and where it must not be."""

    def __init__(self, desk, guide):
        self.desk = desk
        self.guide = guide
        self.words = {}

    def add(self, **words):
        self.words.update(words)
        self.look_around()

    def search(self, text, where, words=None):
        for name, word in (words or self.words).items():
            found = re.search(rb"(?<![0-9A-Za-z])" + re.escape(word.encode()) + rb"(?![0-9A-Za-z])", text)
            assert not found, f"the {name} is in {where}"

    def look_around(self):
        """Every process on the computer, and the window."""
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                arguments = (process / "cmdline").read_bytes()
            except OSError:
                continue
            self.search(arguments, f"the arguments of {arguments!r}")
        for process in self.desk.processes:
            if process.poll() is None:
                self.search(pathlib.Path(f"/proc/{process.pid}/environ").read_bytes(), "an environment")
        self.search(self.guide.name_of_window().encode(), "the window's title")

    def look_at_files(self, *except_in):
        looked = 0
        for path in self.desk.folder.rglob("*"):
            if path.is_file() and not any(path.is_relative_to(self.desk.folder / place) for place in except_in):
                # the service finds a flow by its id; everything else it keeps as a hash, or sealed
                words = {name: word for name, word in self.words.items()
                         if name != "flow" or not path.name.startswith("service.db")}
                self.search(path.read_bytes(), path, words)
                looked += 1
        assert looked > 3, "there was nothing to look at"


@case("nothing secret shows while anna goes through, and nothing of it is left in files")
def anna(desk_with):
    with desk_with(G_MESSAGES_DEBUG="all") as desk:
        guide = open_guide(desk, "--server", desk.url)
        secrets = Secrets(desk, guide)
        secrets.add(password=PASSWORD)
        guide.begin()
        guide.give_address(ANNA, save=True)
        guide.forget_password()
        mail = guide.ask_for_mail()
        secrets.add(mail_code=mail.code, flow=mail.flow)
        guide.type_mail_code(mail.code)
        guide.choose_password(PASSWORD)
        key, code = guide.activate()
        secrets.add(key=key, phone_code=code)
        codes = guide.recovery_codes()
        secrets.add(**{f"recovery_code_{number}": code for number, code in enumerate(codes, 1)})
        secrets.add(token=desk.session_token())
        guide.keep_codes()
        guide.wait_page("All set")
        secrets.look_around()
        assert "fl-journey-DEBUG" in desk.log("program"), "debug messages are not on"
        secrets.look_at_files("mails")
        guide.finish()
        secrets.look_at_files("mails")

        database = b"".join(path.read_bytes() for path in desk.folder.glob("service.db*"))
        assert ANNA.encode() in database
        assert base64.b32decode(key) not in database, "the key is in the database"


@case("nothing secret is left behind by a link, a wrong password, and a crash")
def crash(desk_with):
    with desk_with(G_MESSAGES_DEBUG="all") as desk:
        guide = open_guide(desk)
        secrets = Secrets(desk, guide)
        guide.begin()
        guide.give_address(ANNA)
        guide.sign_in(PASSWORD)
        guide.wait_error("Password", "^That is not the password")
        secrets.add(password=PASSWORD)
        guide.press("Forgot your password?")
        mail = guide.ask_for_mail()
        desk.hand_over(mail.deep_link)
        guide.wait_page("New password")
        secrets.add(mail_code=mail.code, flow=mail.flow)
        guide.choose_password(PASSWORD)
        guide.scan()
        secrets.add(token=desk.session_token())
        limits = pathlib.Path(f"/proc/{guide.process.pid}/limits").read_text()
        assert re.search(r"^Max core file size +[01] ", limits, re.M), "a core would be written"
        guide.kill()
        secrets.look_at_files("mails")


walk()
