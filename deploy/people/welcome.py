# SPDX-License-Identifier: GPL-3.0-or-later
"""The welcome mail: which address, how to get the program, what to press. Nothing in it opens anything."""

import configparser
import email.headerregistry
import email.message
import email.policy
import email.utils
import hashlib
import html
import pathlib
import re

FOLDER = pathlib.Path(__file__).resolve().parent / "letter"
ID_PREFIX = "welcome."


class Letters:
    """Writes the mails of one organisation. `page` says where the program is to be had, empty where computers have it;
    `support` whom to ask, or nothing."""

    def __init__(self, sender, sender_name, organisation, page="", support=""):
        self.sender = sender
        self.sender_name = sender_name
        self.facts = {"organisation": organisation, "page": page, "support": support}
        self.text = (FOLDER / "letter.txt").read_text()
        self.html = (FOLDER / "letter.html").read_text()
        words = configparser.ConfigParser(interpolation=None, delimiters="=")
        words.optionxform = str
        words.read_string((FOLDER / "words.ini").read_text())
        self.words = words["Words"]

    def message_id(self, run, address):
        """The same mail has the same name, so that it is known again in a mail server's log."""
        name = hashlib.sha256(f"{run} {address}".encode()).hexdigest()[:32]
        return f"<{ID_PREFIX}{name}@{self.sender.rpartition('@')[2]}>"

    def write(self, person, language, run):
        said = self._say(person, language)
        mail = email.message.EmailMessage(policy=email.policy.SMTP)
        mail["From"] = email.headerregistry.Address(self.sender_name, addr_spec=self.sender)
        mail["To"] = email.headerregistry.Address(f"{person.first} {person.last}", addr_spec=person.address)
        mail["Subject"] = said["subject"]
        mail["Date"] = email.utils.localtime()
        mail["Message-ID"] = self.message_id(run, person.address)
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834, section 5
        mail.set_content(_fill(self.text, said), cte="quoted-printable")
        mail.add_alternative(_fill(self.html, {name: html.escape(text).replace("\n", "<br>\n") for name, text in said.items()}), "html",
                             cte="quoted-printable")
        mail["Content-Language"] = language  # last: parts take the Content-* that they find
        return mail

    def _say(self, person, language):
        facts = self.facts | {"name": person.first}
        said = {}
        for key in self.words:
            if "[" not in key:
                said[key] = _fill(self.words.get(f"{key}[{language}]", self.words[key]), facts)
        if facts["page"]:
            said["start"] = said["start-from"]
        said["support"] = said["support"] + "\n" if facts["support"] else ""
        return said | {"address": person.address, "lang": language}


def _fill(template, values):
    return re.sub(r"\{([a-z-]+)\}", lambda match: values[match[1]], template)
