# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide in another language than English: by the desktop's setting, by the menu in the middle of the way, and in the
training window. Wherever a walk looks, nothing is left in English."""

import gettext
import re

from screen import Guide, open_guide
from tap import case
from world import fresh_totp, wait_for, walk

ANNA = "anna@flexhrm.example"
PASSWORD = "lantern orbit thistle"
SWEDISH_DESKTOP = "C_SE.UTF-8"  # C.UTF-8 by another name: in that one glibc of later years asks for no language


class Foreign(Guide):
    """The guide in Swedish, for walks that speak English: names are looked up in the installed catalogue."""

    def __init__(self, desk, process):
        super().__init__(desk, process)
        folder = desk.programs.application.parent.parent / "share" / "locale"
        self.words = gettext.translation("first-login", folder, ["sv"])
        # Python keeps plural forms as (message, number), and the context before the message
        messages = {key[0] if isinstance(key, tuple) else key: value for key, value in self.words._catalog.items()}
        self.english = [re.compile(re.sub("%[a-z]", ".+", re.escape(message))) for message, value in messages.items()
                        if message and "\x04" not in message and message != value]

    def find(self, name, roles=None):
        return super().find(name and self.words.gettext(name), roles)

    def wait_page(self, title, seconds=30):
        super().wait_page(self.words.gettext(title), seconds)
        self.check()

    def check(self):
        """Nothing that can be seen or heard is in English."""
        names = {thing.name.replace("\n", " ").strip() for thing in self.everything()}
        left = {name for name in names if any(pattern.fullmatch(name) for pattern in self.english)}
        assert not left, f"still in English: {left}"

    def recovery_codes(self):
        self.wait_page("Recovery codes")
        pattern = re.escape(self.words.gettext("Code %u: %s")).replace("%u", r"\d+").replace("%s", "(.*)")
        return wait_for(lambda: [match.group(1).replace(" ", "")
                                 for match in (re.fullmatch(pattern, text) for text in self.texts()) if match],
                        "the recovery codes")


def check_mail(mail):
    assert mail.message["Subject"].startswith("Välj ditt nya lösenord till "), mail.message["Subject"]
    assert 'lang="sv"' in mail.html and "Ange nytt lösenord" in mail.html, mail.html
    for words in ("Hej Anna,", "Skriv i så fall in den här koden", mail.code):
        assert words in mail.text, mail.text
    for words in ("Hello", "password", "Press", "button"):
        assert words not in mail.text + re.sub("<[^>]*>", "", mail.html), f"{words} in a Swedish mail"


@case("anna gets through in Swedish, where the desktop is, with a Swedish mail")
def desktop_in_swedish(desk_with):
    with desk_with(LANG=SWEDISH_DESKTOP, LANGUAGE="sv") as desk:
        guide = Foreign(desk, desk.start())
        # The words of the Swedish sign-in that people know; everything else is asked of the catalogue.
        for english, swedish in (("Next", "Nästa"), ("Sign In", "Logga in"), ("Code", "Kod"),
                                 ("Forgot your password?", "Glömt ditt lösenord?"),
                                 ("I am not a robot", "Jag är inte en robot"),
                                 ("Reset password", "Återställ lösenord"),
                                 ("Save my email address for future logins", "Spara min e-postadress till nästa gång")):
            assert guide.words.gettext(english) == swedish
        guide.begin()
        guide.give_address(ANNA, save=True)
        guide.forget_password()
        mail = guide.ask_for_mail()
        guide.wait_text(f"^Om {ANNA} har ett konto här är ett mejl på väg")
        check_mail(mail)
        guide.type_mail_code("000000" if mail.code != "000000" else "111111")
        guide.wait_error("Code", "”Skicka igen”")
        guide.check()
        desk.hand_over(mail.deep_link)
        guide.choose_password("kort", "kort")
        guide.wait_error("New password", "^Lösenordet är för kort. Använd minst 10 tecken.")
        guide.check()
        guide.choose_password(PASSWORD)
        guide.activate()
        guide.keep_codes()
        guide.wait_page("All set")
        guide.wait_text("^Tvåfaktorsautentiseringen är på$")
        guide.finish()


@case("the menu changes the language in the middle, keeps what was typed, and is remembered")
def menu(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.wait_page("Email")
        guide.fill("Email address", ANNA[:7])
        guide.choose_language("Svenska")
        guide = Foreign(desk, guide.process)
        guide.wait_page("Email")
        assert guide.read("Email address") == ANNA[:7]
        assert guide.name_of_window() == "First Login"
        guide.give_address(ANNA)
        guide.forget_password()
        check_mail(guide.ask_for_mail())
        guide.fill("Code", "123")

        guide.choose_language("English")
        guide = Guide(desk, guide.process)
        guide.wait_page("Check your inbox")
        assert guide.read("Code") == "123"
        guide.wait_text("^Works until ")
        guide.choose_language("Svenska")
        guide = Foreign(desk, guide.process)
        guide.wait_page("Check your inbox")
        assert guide.read("Code") == "123"
        guide.wait_text("^Fungerar till kl. ")
        guide.close()

        guide = Foreign(desk, desk.start())
        guide.wait_page("Check your inbox")
        guide.close()


@case("the training is in Swedish as a whole, and both halves change at once")
def training(desk_with):
    with desk_with(LANG=SWEDISH_DESKTOP, LANGUAGE="sv", keyring=False, server=False) as desk:
        desk.programs.need_training()
        guide = Foreign(desk, desk.start("--demo"))
        guide.begin()
        guide.give_address(ANNA)
        guide.forget_password()
        guide.wait_text("^Inget mejl än")
        guide.tick("I am not a robot")
        guide.press("Reset password")
        guide.wait_page("Check your inbox")
        guide.wait_text("^Hej Anna,")
        guide.press("Ange nytt lösenord")
        guide.choose_password(PASSWORD)
        guide.wait_page("Activate two-factor authentication")
        guide.press("Scan the code")
        guide.wait_text("^Visma Connect")

        guide.choose_language("English")
        guide = Guide(desk, guide.process)
        guide.wait_page("Activate two-factor authentication")
        guide.wait_text("^Scan this with the authenticator app")
        for name in ("Scan the code", "Start over"):
            guide.wait(name)
        guide.choose_language("Svenska")
        guide = Foreign(desk, guide.process)
        desk.run("xdotool", "mousemove", "1359", "899")  # away from the card: its tip would be a window of its own
        guide.activate()
        guide.keep_codes()
        guide.wait_page("All set")
        guide.press("Öppna Flex HRM")
        guide.wait_text("^Här skulle Flex HRM öppnas$")
        guide.check()
        guide.finish()


walk()
