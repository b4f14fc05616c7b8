# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole guide without touching anything but the keyboard; what is on the screen is read only to know what to type."""

import outside
from screen import ENTRIES, focused, open_guide
from tap import case
from world import MAJA_KEY, PASSWORD, fresh_totp, wait_for, walk

ANNA = "anna@flexhrm.example"


def open_with_focus(desk, *arguments):
    guide = open_guide(desk, *arguments)
    guide.wait_page("Before you begin")
    guide.focus()
    return guide


def type_into(guide, name, text):
    """Types at once: the focus has to be there already."""
    wait_for(lambda: (node := guide.find(name, ENTRIES)) is not None and focused(node), f"the focus in {name!r}")
    guide.type(text)
    wait_for(lambda: guide.read(name) == text, lambda: f"{text!r} in {name!r}, where {guide.read(name)!r} is")


def submit(guide, name, text):
    type_into(guide, name, text)
    guide.keys("Return")


@case("anna goes from the first page to the last, and Return is the main button everywhere")
def newcomer(desk_with):
    with desk_with() as desk:
        guide = open_with_focus(desk)
        guide.keys("Return")
        guide.wait_page("Email")
        type_into(guide, "Email address", ANNA)
        guide.tab_to("Save my email address for future logins")
        guide.keys("space")
        assert guide.is_checked("Save my email address for future logins")
        guide.keys("Return")
        guide.wait_page("Password")
        guide.tab_to("Forgot your password?")
        guide.keys("Return")
        guide.wait_page("Create your password")
        guide.tab_to("I am not a robot")
        guide.keys("space")
        guide.keys("Return")
        guide.wait_page("Check your inbox")
        submit(guide, "Code", desk.wait_mail().code)
        guide.wait_page("New password")
        type_into(guide, "New password", "lantern orbit thistle")
        guide.keys("Return")
        submit(guide, "Confirm new password", "lantern orbit thistle")
        key = guide.scan()["secret"]
        used = fresh_totp(key)
        submit(guide, "Code", used)
        submit(guide, "Type one code", guide.recovery_codes()[3])
        guide.wait_page("All set")
        guide.keys("Return")
        guide.wait_end()
        token = outside.sign_in(desk.url, ANNA, "lantern orbit thistle")
        assert outside.second_factor(desk.url, token, totp_code=fresh_totp(key, [used]))


@case("the focus goes to what is wrong, and what is to be typed anew is replaced by typing")
def wrong(desk_with):
    with desk_with() as desk:
        guide = open_with_focus(desk)
        guide.keys("Return")
        submit(guide, "Email address", "maja")
        guide.wait_error("Email address", "^That is not a whole email address")
        guide.type("@flexhrm.example")
        assert guide.read("Email address") == "maja@flexhrm.example"
        guide.keys("Return")
        guide.wait_page("Password")
        submit(guide, "Password", "wrong")
        guide.wait_error("Password", "^That is not the password")
        submit(guide, "Password", PASSWORD)
        guide.wait_page("Two-factor code")
        submit(guide, "Code", "000000")
        guide.wait_error("Code", "^That code does not fit")
        submit(guide, "Code", fresh_totp(MAJA_KEY))
        guide.wait_page("All set")
        guide.keys("ctrl+q")
        guide.wait_end()


@case("Escape and Alt+Left go back, and what was typed is still there")
def back(desk_with):
    with desk_with() as desk:
        guide = open_with_focus(desk)
        guide.keys("Return")
        submit(guide, "Email address", ANNA)
        guide.wait_page("Password")
        guide.tab_to("Forgot your password?")
        guide.keys("space")
        guide.wait_page("Create your password")
        guide.keys("Escape")
        guide.wait_page("Password")
        guide.keys("alt+Left")
        guide.wait_page("Email")
        assert guide.read("Email address") == ANNA
        guide.keys("Escape")
        guide.wait_page("Before you begin")
        guide.keys("ctrl+w")
        guide.wait_end()


@case("F10 opens the menu, and the language can be changed there")
def menu(desk_with):
    with desk_with() as desk:
        guide = open_with_focus(desk)
        guide.choose_language("Svenska")
        wait_for(lambda: guide.titles() and guide.titles() != ["Before you begin"], "the page in Swedish")
        guide.keys("ctrl+q")
        guide.wait_end()


walk()
