# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection check in the window: from the menu and from a problem, by keyboard, line by line as a screen reader has it;
and back is back to what was typed."""

import re

from gi.repository import Atspi

from connection_check import CHECK, COPY, LINES, ROWS, lines, open_check, wait_examined
from network import Way
from password_page import GENEROUS, REFUSED, UNREACHABLE, WRONG, come_to_password, target
from screen import ENTRIES, focused, open_guide
from tap import case
from world import wait_for, walk

ANNA = "anna@flexhrm.example"


def what_status_says(guide):
    """The status's own name, or, as GTK 4.18 gives a status none, what stands in it."""
    def below(node):
        children = [node.get_child_at_index(number) for number in range(node.get_child_count())]
        return " ".join([node.get_name(), *(below(child) for child in children)])
    return guide.undisturbed(lambda: below(next(thing.node for thing in guide.things() if thing.role == Atspi.Role.STATUS_BAR)))


@case("from the menu, by keyboard: every line is read out, and Escape goes back to what was typed")
def from_menu(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.wait_page("Email")
        guide.fill("Email address", "an")
        open_check(guide)
        said = wait_examined(guide)
        assert sorted(said) == sorted(LINES), said
        for title, line in said.items():
            assert re.match(rf"{re.escape(title)}: (Good|Note|Fault)\. .+[.!]$", line), line
        assert said["Server"].startswith("Server: Good."), said["Server"]
        guide.wait_text("^(Everything is in order|Nothing is in the way|Something is in the way)")
        assert not guide.find("Email address", ENTRIES), "the page below can be read"
        assert re.search("in order|in the way", what_status_says(guide))
        guide.keys("Escape")
        guide.wait_page("Email")
        assert guide.read("Email address") == "an"
        wait_for(lambda: focused(guide.find("Email address", ENTRIES)), "the focus where it was")
        guide.close()


@case("Tab leads to everything on the page, and Return checks again")
def keyboard(desk_with):
    with desk_with() as desk, Way(target(desk)) as way:
        desk.write_policy(f"[server]\nurl={way.url}\n")
        guide = open_guide(desk)
        guide.begin()
        guide.wait_page("Email")
        open_check(guide)
        assert wait_examined(guide)["Server"].startswith("Server: Good.")
        way.set(is_shut=True)
        guide.focus()
        wait_for(lambda: focused(guide.find("Check again")), "the focus on the button")
        guide.keys("Return")
        guide.wait_text("^Something is in the way.$", 60)
        assert "Fault" in " ".join(wait_examined(guide).values())
        for name in (COPY, "Save as a file\u2026"):
            guide.keys("Tab")
            wait_for(lambda wanted=name: focused(guide.find(wanted)), f"Tab to lead to {name!r}")
        guide.keys("Tab")
        wait_for(lambda: any(focused(thing.node) for thing in guide.everything() if thing.role in ROWS), "Tab to lead to the lines")
        guide.keys("alt+Left")
        guide.wait_page("Email")
        guide.close()


@case("from a problem: its cause comes first, and the person goes on once it is mended")
def from_problem(desk_with):
    with desk_with(config=GENEROUS) as desk, Way(target(desk)) as way:
        desk.write_policy(f"[server]\nurl={way.url}\n")
        guide = open_guide(desk)
        come_to_password(guide)
        assert not guide.find("Check the connection"), "it is offered where nothing is wrong with the connection"
        way.set(is_shut=True)
        guide.press("Sign In")
        guide.wait_text(UNREACHABLE)
        guide.press("Check the connection")
        said = wait_examined(guide)
        first = next(iter(said.values()))
        assert re.match("(Connection|Server): Fault. .*cannot be reached", first), f"{first} comes first"
        guide.wait_text("^Needs attention$")
        guide.press("Back")
        guide.wait_page("Password")
        guide.wait_text(UNREACHABLE)
        assert guide.read("Password") == WRONG
        way.set()
        guide.press("Sign In")
        guide.wait_error("Password", REFUSED)
        assert not guide.find("Check the connection")
        guide.close()


@case("an examination that is left, or for which the window is closed, ends with its page")
def left(desk_with):
    with desk_with(config=GENEROUS) as desk, Way(target(desk)) as way:
        desk.write_policy(f"[server]\nurl={way.url}\n")
        guide = open_guide(desk)
        come_to_password(guide)
        way.set(is_silent=True)
        open_check(guide)
        guide.wait_text("^Checking\u2026$")
        assert not guide.is_sensitive(COPY)
        guide.press("Back")
        guide.wait_page("Password")
        open_check(guide)
        guide.wait_text("^Checking\u2026$")
        guide.close()


@case("a link that comes in the middle of it is what is shown next")
def interrupted(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.give_address(ANNA)
        guide.forget_password()
        link = guide.ask_for_mail().deep_link
        open_check(guide)
        guide.wait_page(CHECK)
        desk.hand_over(link)
        guide.wait_page("New password")
        guide.close()


@case("the language is changed while it is shown: the lines stay, in the other language")
def language(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.wait_page("Email")
        open_check(guide)
        wait_examined(guide)
        guide.choose_language("Svenska")
        guide.wait("Tillbaka")
        assert len(guide.titles()) == 1 and len(lines(guide)) == len(LINES), guide.describe()
        assert not guide.find("Email address", ENTRIES)
        guide.close()


walk()
