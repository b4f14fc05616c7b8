# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection check in the window: how to get there, and what stands there."""

import re

from gi.repository import Atspi

from traces import clipboard, search
from world import wait_for

CHECK = "Connection check"
COPY = "Copy for the help desk"
ROWS = (Atspi.Role.LIST_ITEM,)
LINES = ["Policy", "Server\u2019s name", "Connection", "Proxy", "Network\u2019s sign-in page", "Certificate", "Clock", "Server",
         "Robot check", "Email with the code", "Keyring", "Links in emails", "Authenticator app on this computer", "Drawing",
         "Versions"]


def lines(guide):
    """{title: what a screen reader reads} of the lines, in the order in which they stand."""
    names = [thing.name for thing in guide.everything() if thing.role in ROWS]
    return dict((name.split(": ", 1)[0], name) for name in names)


def open_check(guide):
    guide.open_menu()
    guide.go_down_to(CHECK)
    guide.keys("Return")


def wait_examined(guide):
    guide.wait_page(CHECK)
    guide.wait_ready(COPY, seconds=60)
    return lines(guide)


def look(guide, desk):
    """The text for the help desk; then back."""
    with desk.clipboard("nothing yet"):
        open_check(guide)
        wait_examined(guide)
        guide.press(COPY)
        guide.wait_text("^Copied. Paste it into a message to the help desk.$")
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
