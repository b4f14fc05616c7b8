# SPDX-License-Identifier: GPL-3.0-or-later
"""What a screen reader finds: on every page one heading, which is the page's title; a name for whatever can be operated;
errors that are marked, and described."""

import re

from gi.repository import Atspi

from screen import BUTTONS, CHECKS, ENTRIES, ITEMS, descriptions, has_state, open_guide
from tap import case
from world import MAJA_KEY, PASSWORD, fresh_totp, wait_for, walk

OPERABLE = BUTTONS + CHECKS + ENTRIES + (Atspi.Role.MENU_ITEM, Atspi.Role.RADIO_BUTTON, Atspi.Role.COMBO_BOX)
NAMED = OPERABLE + (Atspi.Role.IMAGE, Atspi.Role.HEADING, Atspi.Role.LIST, Atspi.Role.LIST_ITEM, Atspi.Role.LEVEL_BAR,
                    Atspi.Role.FORM, Atspi.Role.LABEL)
SPOKEN = (Atspi.Role.ALERT, Atspi.Role.STATUS_BAR)  # what they say, if anything
TYPE_NAME = re.compile("^(Gtk|Adw|Fl)[A-Z]")


def look(guide, title, stage):
    """Everything that holds on every page."""
    guide.wait_page(title)
    everything = guide.everything()
    assert everything[0].name == "first-login", everything[0].name
    forms = [thing.name for thing in everything if thing.role == Atspi.Role.FORM]
    assert forms == [title], f"the pages in the tree: {forms}"
    for thing in everything:
        if thing.role not in NAMED + SPOKEN:
            continue
        what = f"{Atspi.role_get_name(thing.role)} {thing.name!r} on {title!r}"
        assert thing.name.strip() or thing.role in SPOKEN, f"{what} has no name"
        assert not TYPE_NAME.match(thing.name), f"{what} has the name of its type"
        assert not re.match("_|.*_[A-Za-z]", thing.name), f"{what} shows its mnemonic"
    assert any(re.fullmatch(rf"Step {stage} of 4: .+", thing.name) for thing in everything), guide.describe()
    entries = [thing.node for thing in everything if thing.role in ENTRIES and has_state(thing.node, Atspi.StateType.SENSITIVE)]
    for thing in everything:
        if thing.role == Atspi.Role.PASSWORD_TEXT:
            assert "assword" in thing.name
        elif thing.role in ENTRIES:
            assert "assword" not in thing.name, f"{thing.name!r} shows what is typed"
    return entries


@case("every page of a newcomer")
def newcomer(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        look(guide, "Before you begin", 1)
        guide.press("No authenticator app yet?")
        look(guide, "Before you begin", 1)
        guide.press("Get started")
        look(guide, "Email", 1)
        guide.give_address("anna@flexhrm.example")
        look(guide, "Password", 2)
        guide.forget_password()
        look(guide, "Create your password", 2)
        mail = guide.ask_for_mail()
        look(guide, "Check your inbox", 2)
        guide.type_mail_code(mail.code)
        look(guide, "New password", 2)
        guide.fill("New password", "lantern orbit thistle")
        wait_for(lambda: any("Very hard to guess" in text for text in guide.texts()), "the strength in words")
        look(guide, "New password", 2)
        guide.choose_password("lantern orbit thistle")
        guide.wait_qr()
        look(guide, "Activate two-factor authentication", 3)
        guide.activate()
        guide.recovery_codes()
        look(guide, "Recovery codes", 3)
        guide.keep_codes()
        look(guide, "All set", 4)
        guide.finish()


@case("the pages of a returning user, of a computer without policy, and of a link that was not asked for")
def others(desk_with):
    with desk_with(config="[robot]\nenabled=false\n", policy="") as desk:
        guide = open_guide(desk)
        guide.begin()
        look(guide, "Your organisation", 1)
        guide.fill("Server address", desk.url)
        guide.press("Continue")
        guide.give_address("anna@flexhrm.example")
        guide.forget_password()
        guide.press("Reset password")
        guide.wait_page("Check your inbox")
        link = desk.wait_mail().deep_link
        guide.press("Use another address")
        guide.wait_page("Email")
        desk.hand_over(link)
        look(guide, "Continue with this link?", 2)
        guide.press("Continue")
        look(guide, "Is this your account?", 2)
        guide.press("Use another address")
        guide.give_address("maja@flexhrm.example")
        guide.sign_in(PASSWORD)
        look(guide, "Two-factor code", 3)
        guide.press("Use a recovery code instead")
        guide.wait("Recovery code", ENTRIES)
        look(guide, "Two-factor code", 3)
        guide.press("Use a code from your phone instead")
        guide.answer_second_factor(fresh_totp(MAJA_KEY))
        guide.finish()


@case("errors are marked and described, and both go when the person types")
def errors(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.wait_page("Email")
        guide.fill("Email address", "anna")
        guide.press("Next")
        guide.wait_error("Email address", "^That is not a whole email address")
        look(guide, "Email", 1)
        guide.fill("Email address", "erik@flexhrm.example")
        wait_for(lambda: not guide.is_wrong("Email address"), "the mark to go")
        assert not [text for text in descriptions(guide.wait("Email address", ENTRIES)) if "whole" in text]
        guide.press("Next")
        guide.sign_in("wrong")
        guide.wait_error("Password", "^That is not the password")
        look(guide, "Password", 2)
        desk.stop_service()
        guide.press("Sign In")
        text = guide.wait_text("^The server cannot be reached").string
        assert text in descriptions(guide.wait("Sign In", BUTTONS)), "the trouble does not describe the button"
        assert guide.find(text, (Atspi.Role.ALERT,)), "the trouble is no alert"
        guide.close()


@case("every item of the menu is named")
def menu(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        guide.wait_page("Before you begin")
        said = set(guide.open_menu())
        guide.keys("Return")
        guide.go_down_to("English")
        said |= {thing.name for thing in guide.everything() if thing.role in ITEMS}
        assert said == {"Language", "Same as the desktop", "English", "Svenska", "Connection check", "About First Login"}, said
        guide.keys("Return")
        wait_for(lambda: not guide.find("English", ITEMS), "the menu to be closed")
        guide.close()


@case("a box is described by what its second line says")
def boxes(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        guide.begin()
        box = guide.wait("Save my email address for future logins", CHECKS)
        wait_for(lambda: "Not recommended on a shared computer" in descriptions(box), "what is said once the keyring answers")
        guide.give_address("anna@flexhrm.example")
        guide.forget_password()
        box = guide.wait("I am not a robot", CHECKS)
        assert any("this computer" in text for text in descriptions(box)), descriptions(box)
        guide.close()


walk()
