# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection check in the window: from the menu and from a problem, by keyboard, line by line as a screen reader has it;
back is back to what was typed; and what is copied for the help desk holds nothing that is secret or anybody's."""

import re

from gi.repository import Atspi

from network import Way
from password_page import ERIK, GENEROUS, REFUSED, UNREACHABLE, WRONG, come_to_password, target
from screen import ENTRIES, focused, open_guide
from tap import case
from traces import clipboard, search
from world import MAJA_KEY, PASSWORD, fresh_totp, wait_for, walk

ANNA = "anna@flexhrm.example"
CHECK = "Connection check"
COPY = "Copy for the help desk"
ROWS = (Atspi.Role.LIST_ITEM,)
ITEMS = (Atspi.Role.MENU_ITEM, Atspi.Role.RADIO_MENU_ITEM)
LINES = ["Policy", "Server\u2019s name", "Connection", "Proxy", "Network\u2019s sign-in page", "Certificate", "Clock", "Server",
         "Robot check", "Email with the code", "Keyring", "Links in emails", "Authenticator app on this computer", "Drawing",
         "Versions"]


def lines(guide):
    """{title: what a screen reader reads} of the lines, in the order in which they stand."""
    names = [thing.name for thing in guide.everything() if thing.role in ROWS]
    return dict((name.split(": ", 1)[0], name) for name in names)


def go_down_to(guide, name):
    for _ in range(10):
        if focused(guide.wait(name, ITEMS)):
            return
        guide.keys("Down")
    raise AssertionError(f"no key leads to {name!r}; there is {guide.describe()}")


def open_menu(guide):
    guide.focus()
    guide.keys("F10")
    wait_for(lambda: (node := guide.find("Language", ITEMS)) is not None and focused(node), "the menu")


def open_check(guide):
    open_menu(guide)
    go_down_to(guide, CHECK)
    guide.keys("Return")


def wait_examined(guide):
    guide.wait_page(CHECK)
    guide.wait_ready(COPY, seconds=60)
    return lines(guide)


def copy(guide, desk):
    guide.press(COPY)
    guide.wait_text("^Copied. Paste it into a message to the help desk.$")
    return wait_for(lambda: clipboard(desk), "the copied text")


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
        status = next(thing.name for thing in guide.everything() if thing.role == Atspi.Role.STATUS_BAR)
        assert re.search("in order|in the way", status), status
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
        open_menu(guide)
        guide.keys("Return")
        go_down_to(guide, "Svenska")
        guide.keys("Return")
        guide.wait("Tillbaka")
        assert len(guide.titles()) == 1 and len(lines(guide)) == len(LINES), guide.describe()
        assert not guide.find("Email address", ENTRIES)
        guide.close()


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


def look(guide, desk):
    """The text for the help desk; then back."""
    with desk.clipboard("nothing yet"):
        open_check(guide)
        wait_examined(guide)
        guide.press(COPY)
        text = wait_for(lambda: (got := clipboard(desk)) != "nothing yet" and got, "the copied text")
    guide.press("Back")
    wait_for(lambda: guide.titles() != [CHECK], "the page to come back")
    return text


def check(texts, words):
    for text in texts:
        for title in LINES:
            assert re.search(rf"^(green|yellow|red) +{re.escape(title)}: .+", text, re.M), f"{title}: {text}"
        found = search(words, text.encode())
        assert not found, f"{found} in what is copied: {text}"


walk()
