# SPDX-License-Identifier: GPL-3.0-or-later
"""Passwords, codes, keys, tokens and links are where they belong and nowhere else, and no longer than their page: here those
of a newcomer who types the code of the mail. See docs/secrets.md."""

import base64
import os
import re

from relay import Relay
from screen import open_guide
from tap import case
from traces import ENVIRONMENT, Traces, canary
from world import fresh_totp, wait_for, walk

ANNA = "anna@flexhrm.example"
NEW_PASSWORD = canary("Kanarienvögel")


class Ids:
    """What goes over the wire: the ids of all flows, and the tokens of all sessions."""

    def __init__(self):
        self.found = {}

    def note(self, method, path, headers):
        flows = re.findall("(?:flow|id)=([0-9a-f-]{36})", path)
        for kind, texts in (("flow", flows), ("token", headers.get_all("X-Session-Token", []))):
            for text in texts:
                self.found.setdefault(text, f"{kind}_{len(self.found) + 1}")

    def words(self):
        return {name: text for text, name in self.found.items()}


@case("anna goes through by the code of the mail: nothing shows, and every page takes with it what belonged to it")
def anna(desk_with):
    ids = Ids()
    with desk_with(**ENVIRONMENT) as desk, Relay(desk.url, ids.note) as relay:
        guide = open_guide(desk, "--server", relay.url)
        guide.begin()
        traces = Traces(desk, guide)
        traces.add(password=NEW_PASSWORD)
        guide.give_address(ANNA, save=True)
        guide.forget_password()
        mail = guide.ask_for_mail()
        traces.add(mail_code=mail.code, flow_of_mail=mail.flow)
        guide.type_mail_code(mail.code)
        guide.wait_page("New password")
        traces.leave("mail_code")

        guide.choose_password(NEW_PASSWORD)
        guide.wait_page("Activate two-factor authentication")
        traces.leave("password", "flow_of_mail")

        traces.add(key=guide.scan()["secret"])
        traces.hold("key")
        guide.press("Copy")
        guide.wait_text("^Copied. The clipboard forgets it in a minute")
        code = fresh_totp(traces.words["key"])
        traces.add(phone_code=code)
        guide.fill("Code", code)
        guide.press("Activate")
        codes = guide.recovery_codes()
        traces.add_codes(codes)
        traces.hold("recovery_code")
        traces.add(token=desk.session_token())
        traces.leave("phone_code")
        with open(os.memfd_create("other"), "w+") as other:
            print("something else", file=other, flush=True)
            other.seek(0)
            # what is copied over the key: who pastes it has GTK keep it, so nobody looks
            desk.spawn("clipboard", ["xclip", "-selection", "clipboard", "-quiet"], stdin=other)
            traces.leave("key")

        guide.keep_codes()
        guide.wait_page("All set")
        traces.look()
        guide.finish()
        traces.add(**ids.words())
        traces.look()
        assert "fl-journey-DEBUG" in desk.log("program"), "debug messages are not on"
        traces.look_at_files("mails")

        database = b"".join(path.read_bytes() for path in desk.folder.glob("service.db*"))
        assert ANNA.encode() in database
        assert base64.b32decode(traces.words["key"]) not in database, "the key is in the database"


walk()
