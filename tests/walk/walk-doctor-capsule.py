# SPDX-License-Identifier: GPL-3.0-or-later
"""What is copied for the help desk from the connection check: all that stands there, and nothing that is secret or of a
person, wherever in the guide it is copied."""

from connection_check import check, look, open_check, wait_examined
from password_page import GENEROUS
from screen import BUTTONS, open_guide
from tap import case
from world import MAJA_KEY, PASSWORD, fresh_totp, wait_for, walk

ANNA = "anna@flexhrm.example"


@case("what is copied says every line, and nothing that is secret or of a person")
def capsule(desk_with):
    words = {"address": "maja@flexhrm.example", "password": PASSWORD, "key": MAJA_KEY}
    with desk_with(config=GENEROUS) as desk:
        words["home"] = desk.environment["HOME"]
        guide = open_guide(desk)
        guide.begin()
        guide.give_address(words["address"])
        guide.fill("Password", PASSWORD)
        texts = [look(guide, desk)]
        guide.sign_in(PASSWORD)
        guide.wait_page("Two-factor code")
        words["code"] = fresh_totp(MAJA_KEY)
        guide.fill("Code", words["code"])
        words["session"] = wait_for(desk.session_token, "the session")
        texts.append(look(guide, desk))
        guide.close()
        check(texts, words)


@case("what is copied while a mail is under way does not have its flow and its code")
def capsule_of_mail(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.give_address(ANNA)
        guide.forget_password()
        mail = guide.ask_for_mail()
        guide.fill("Code", mail.code[:5])
        texts = [look(guide, desk)]
        assert guide.read("Code") == mail.code[:5]
        guide.type_mail_code(mail.code)
        guide.wait_page("New password")
        texts.append(look(guide, desk))
        guide.close()
        check(texts, {"address": ANNA, "flow": mail.flow, "code": mail.code, "link": mail.link})


@case("the same text is saved as a file, where the person wants it")
def saved(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.wait_page("Email")
        open_check(guide)
        wait_examined(guide)
        guide.press("Save as a file\u2026")
        # GTK 4.8 names a button that has a mnemonic twice
        guide.press(wait_for(lambda: next((name for name in ("Save", "Save Save") if guide.find(name, BUTTONS)), None), "the chooser"))
        guide.wait_text("^Saved. Send the file to the help desk.$")
        text = wait_for(lambda: [path.read_text() for path in desk.folder.rglob("Connection check.txt")], "the file")
        check(text, {"home": desk.environment["HOME"]})
        guide.press("Back")
        guide.close()


walk()
