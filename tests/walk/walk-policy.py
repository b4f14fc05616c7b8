# SPDX-License-Identifier: GPL-3.0-or-later
"""What the computer's policy says, as people meet it: languages, privacy note and help desk."""

from network import browse
from screen import Guide, open_guide
from tap import case
from world import APP_ID, PASSWORD, wait_for, walk
from gi.repository import Atspi

PRIVACY = "https://privacy.example.com/accounts?from=first-login"


@case("the one language that policy offers beats the desktop's and the one saved, and there is none to choose")
def one_language(desk_with):
    with desk_with(LANGUAGE="en") as desk:
        desk.run("gsettings", "set", APP_ID, "language", "en")
        desk.write_policy(f"[server]\nurl={desk.url}\n[language]\noffered=sv\n")
        guide = Guide(desk, desk.start())
        guide.wait_page("Innan du börjar")
        names = guide.open_menu()
        assert not any("pråk" in name or name == "English" for name in names), names
        guide.keys("Escape")
        guide.close()


@case("a privacy note stands where an address is typed and in the about window; its link opens the browser")
def privacy(desk_with):
    with desk_with() as desk:
        opened = browse(desk)
        desk.write_policy(f"[server]\nurl={desk.url}\n[privacy]\nurl={PRIVACY}\n"
                          "text=Your address is stored by Example AB.\ntext[sv]=Adressen sparas av Example AB.\n")
        guide = open_guide(desk)
        guide.begin()
        guide.wait_page("Email")
        guide.wait_text("^Your address is stored by Example AB.$")
        guide.press("How your data is handled")
        assert opened() == PRIVACY

        guide.open_menu()
        guide.keys("Up", "Return")
        guide.click("Legal", [Atspi.Role.LIST_ITEM])
        guide.wait_text("^Your data$")
        guide.wait_text("^Your address is stored by Example AB.\n\nHow your data is handled$")
        guide.keys("Escape", "Escape")
        wait_for(lambda: not guide.find("Your data"), "the about window to be closed")
        guide.close()


@case("the help desk's hours stand with its telephone number, where the phone is lost")
def help_desk(desk_with):
    with desk_with() as desk:
        desk.write_policy(f"[server]\nurl={desk.url}\n[support]\ntext=Ask Eva.\nphone=08-123\nhours=mornings\n")
        guide = open_guide(desk)
        guide.begin()
        guide.give_address("maja@flexhrm.example")
        guide.sign_in(PASSWORD)
        guide.wait_page("Two-factor code")
        guide.wait_text(r"Ask Eva\.\s08-123 · mornings$")
        guide.close()


walk()
