# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person does with a window: look (accessible tree, pictures), press, type (Screen), and go through the guide
(Guide). Keys and clicks are real ones, by xdotool; buttons are pressed by their accessible action."""

import os
import re
import subprocess
import urllib.parse
from collections import namedtuple

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

from world import fresh_totp, wait_for  # noqa: E402

BUTTONS = (Atspi.Role.PUSH_BUTTON, Atspi.Role.TOGGLE_BUTTON, Atspi.Role.LINK)
ENTRIES = (Atspi.Role.TEXT, Atspi.Role.ENTRY, Atspi.Role.PASSWORD_TEXT)
CHECKS = (Atspi.Role.CHECK_BOX,)
ITEMS = (Atspi.Role.MENU_ITEM, Atspi.Role.RADIO_MENU_ITEM)  # of menus

Thing = namedtuple("Thing", "role name node")

# libatspi complains that GTK 4.8 offers no cache, which is not used here
GLib.log_set_handler("dbind", GLib.LogLevelFlags.LEVEL_WARNING, lambda *_: None, None)


class Screen:
    """The window of a running program, by its accessible tree."""

    def __init__(self, desk, process):
        Atspi.init()  # not before the world is there
        Atspi.set_timeout(30000, 30000)  # it would give up after 0.8 s
        self.desk = desk
        self.process = process

    # -- looking

    def application(self):
        desktop = Atspi.get_desktop(0)
        for number in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(number)
            if child is not None and self._is_ours(child):
                child.set_cache_mask(Atspi.Cache.NONE)
                return child
        return None

    def _is_ours(self, application):
        try:
            return application.get_process_id() == self.process.pid
        except GLib.Error:  # it has ended meanwhile
            return False

    def frame(self):
        """The window itself."""
        return self.application().get_child_at_index(0)

    def things(self):
        """All there is in the window, in reading order, one after the other: whoever has found theirs looks no further.
        Raises GLib.Error when the tree changes meanwhile."""
        application = self.application()
        waiting = [application] if application is not None else []
        while waiting:
            node = waiting.pop()
            yield Thing(node.get_role(), node.get_name(), node)
            children = (node.get_child_at_index(number) for number in range(node.get_child_count()))
            waiting += reversed([child for child in children if child is not None])

    def undisturbed(self, look):
        """What look() returns, when the tree has not changed under its feet."""
        def try_once():
            try:
                return [look()]
            except GLib.Error:
                assert self.process.poll() is None, \
                    f"the program ended with {self.process.poll()}: {self.desk.log('program')}"
                return None
        return wait_for(try_once, "the window to hold still")[0]

    def everything(self):
        return self.undisturbed(lambda: list(self.things()))

    def find(self, name, roles=None):
        """The first thing of that name (and one of those roles), or None."""
        return self.undisturbed(lambda: next(
            (thing.node for thing in self.things()
             if (roles is None or thing.role in roles) and (name is None or thing.name == name)), None))

    def wait(self, name, roles=None, seconds=30):
        return wait_for(lambda: self.find(name, roles), lambda: f"{name!r}; there is {self.describe()}", seconds)

    def titles(self):
        return [thing.name for thing in self.everything() if thing.role == Atspi.Role.HEADING]

    def wait_page(self, title, seconds=30):
        """Waits until that page is the only one in the tree, and has been filled in by the server."""
        wait_for(lambda: self.titles() == [title], lambda: f"page {title!r}; there is {self.describe()}", seconds)

    def texts(self):
        """Everything that can be read."""
        return [thing.name for thing in self.everything() if thing.role == Atspi.Role.LABEL]

    def wait_text(self, pattern, seconds=30):
        """Waits until a label fits the pattern, and returns the match."""
        def search():
            return next((match for match in (re.search(pattern, text) for text in self.texts()) if match), None)
        return wait_for(search, lambda: f"a text like {pattern!r}; there is {self.describe()}", seconds)

    def wait_no_text(self, pattern, seconds=30):
        wait_for(lambda: not any(re.search(pattern, text) for text in self.texts()),
                 lambda: f"{pattern!r} to go; there is {self.describe()}", seconds)

    def wait_error(self, name, pattern):
        """Waits until that field is marked as wrong, and is described by a text that fits the pattern."""
        def search():
            try:
                node = self.find(name, ENTRIES + CHECKS)
                return node is not None and is_marked_wrong(node) and next(
                    (text for text in descriptions(node) if re.search(pattern, text)), None)
            except GLib.Error:
                return None
        return wait_for(search, lambda: f"{name!r} to be wrong with {pattern!r}; there is {self.describe()}")

    def is_wrong(self, name):
        return is_marked_wrong(self.wait(name, ENTRIES + CHECKS))

    def describe(self):
        return [(Atspi.role_get_name(thing.role), thing.name) for thing in self.everything()
                if thing.name and thing.role != Atspi.Role.APPLICATION]

    def find_ready(self, name, roles=BUTTONS):
        """The thing of that name, when it can be operated."""
        try:
            node = self.find(name, roles)
            return node if node is not None and has_state(node, Atspi.StateType.SENSITIVE) else None
        except GLib.Error:
            return None

    def is_sensitive(self, name, roles=BUTTONS):
        return self.find_ready(name, roles) is not None

    def is_checked(self, name):
        return has_state(self.wait(name, CHECKS), Atspi.StateType.CHECKED)

    def read(self, name):
        node = self.wait(name, ENTRIES)
        return Atspi.Text.get_text(node, 0, Atspi.Text.get_character_count(node))

    # -- acting

    def wait_ready(self, name, roles=BUTTONS, seconds=30):
        return wait_for(lambda: self.find_ready(name, roles),
                        lambda: f"{name!r} to be ready; there is {self.describe()}", seconds)

    def press(self, name, seconds=30):
        """Presses a button as soon as it can be pressed."""
        assert Atspi.Action.do_action(self.wait_ready(name, BUTTONS, seconds), 0), f"{name!r} has no action"

    def fill(self, name, text):
        """Puts text into an entry."""
        assert Atspi.EditableText.set_text_contents(self.wait_ready(name, ENTRIES), text), f"{name!r} takes no text"

    def tick(self, name):
        """Clicks a check box (it has no action) and sees that it has changed."""
        node = self.wait_ready(name, CHECKS)
        before = has_state(node, Atspi.StateType.CHECKED)
        self.click(name, CHECKS)
        wait_for(lambda: has_state(node, Atspi.StateType.CHECKED) != before, f"{name!r} to change")

    def window(self):
        """The X11 id of the program's window."""
        def search():
            # tooltips and menus are windows too, but have no name
            found = self.desk.run("xdotool", "search", "--all", "--onlyvisible", "--pid", self.process.pid, "--name", ".",
                                  check=False).split()
            return found[-1] if found else None
        return wait_for(search, "the window")

    def name_of_window(self):
        return self.desk.run("xdotool", "getwindowname", self.window()).strip()

    def focus(self):
        """Lets the window have the keyboard: there is no window manager that would."""
        self.desk.run("xdotool", "windowfocus", "--sync", self.window())

    def keys(self, *names):
        """Presses keys, by their X names: Return, Tab, alt+Left ..."""
        self.desk.run("xdotool", "key", "--delay", "20", *names)

    def type(self, text):
        """Types text with real keys into what has the focus."""
        self.desk.run("xdotool", "type", "--delay", "10", text)

    def place(self, node):
        """Where something is in the window. GTK 4.18 leaves out the padding of all that it stands in, and the window begins
        left of itself then: None."""
        window = Atspi.Component.get_extents(self.frame(), Atspi.CoordType.WINDOW)
        return Atspi.Component.get_extents(node, Atspi.CoordType.WINDOW) if window.x == window.y == 0 else None

    def tab_to(self, name, roles=None):
        """Presses Tab until that thing has the focus."""
        for _ in range(60):
            if focused(self.wait(name, roles)):
                return
            self.keys("Tab")
        raise AssertionError(f"Tab does not lead to {name!r}; there is {self.describe()}")

    def open_menu(self):
        """Opens the menu by the key that opens any menu; returns the names in it."""
        def look():
            items = [(thing.name, focused(thing.node)) for thing in self.things() if thing.role in ITEMS]
            return any(is_focused for _, is_focused in items) and [name for name, _ in items]

        self.focus()
        self.keys("F10")
        return wait_for(lambda: self.undisturbed(look), lambda: f"the menu; there is {self.describe()}")

    def choose_language(self, name):
        self.open_menu()
        self.keys("Return")
        self.go_down_to(name)
        self.keys("Return")

    def go_down_to(self, name):
        """Presses Down until that item of a menu has the focus."""
        for _ in range(10):
            if focused(self.wait(name, ITEMS)):
                return
            self.keys("Down")
        raise AssertionError(f"no key leads to {name!r}; there is {self.describe()}")

    def click(self, name, roles=None):
        """Clicks something with a real pointer, which then goes out of the way: tooltips cover things. Where it cannot be
        told where that is, the keyboard does it."""
        box = self.place(self.wait(name, roles))
        if box is None:
            self.focus()
            self.tab_to(name, roles)
            if roles != ENTRIES:
                self.keys("space")
            return
        self.desk.run("xdotool", "mousemove", "--window", self.window(),
                      box.x + min(box.width // 2, 14), box.y + box.height // 2, "click", "1", "mousemove", "1359", "899")

    def picture(self, path):
        """A picture of the whole window."""
        self.desk.run("import", "-window", self.window(), path)
        return path

    def wait_qr(self):
        """What a real decoder reads in a picture of the window, as soon as there is something to read."""
        path = self.desk.folder / "picture.png"
        try:
            return wait_for(lambda: self.desk.run("zbarimg", "--quiet", "--raw", self.picture(path), check=False).strip(),
                            lambda: f"a QR code in the window; there is {self.describe()}")
        finally:
            path.unlink(missing_ok=True)

    # -- leaving

    def close(self):
        """Closes the window as Ctrl+Q does, and waits until the program has ended well."""
        self.focus()
        self.keys("ctrl+q")
        self.wait_end()

    def wait_end(self):
        assert self.process.wait(30) == 0, f"the program ended with {self.process.returncode}: {self.desk.log('program')}"

    def kill(self):
        """As a power cut does."""
        self.process.kill()
        self.process.wait()


class Guide(Screen):
    """The guide, page by page, in the words of its labels."""

    def begin(self):
        self.wait_page("Before you begin")
        self.press("Get started")

    def give_address(self, address, save=False):
        self.wait_page("Email")
        self.fill("Email address", address)
        if save:
            self.tick("Save my email address for future logins")
        self.press("Next")
        self.wait_page("Password")

    def sign_in(self, password):
        self.wait_page("Password")
        self.fill("Password", password)
        self.press("Sign In")

    def forget_password(self):
        self.wait_page("Password")
        self.press("Forgot your password?")
        self.wait_page("Create your password")

    def ask_for_mail(self, number=1):
        """Ticks the box, presses the button and returns the mail."""
        self.wait_page("Create your password")
        self.tick("I am not a robot")
        self.press("Reset password")
        self.wait_page("Check your inbox")
        return self.desk.wait_mail(number)

    def type_mail_code(self, code):
        self.wait_page("Check your inbox")
        self.fill("Code", code)
        self.press("Continue")

    def choose_password(self, password, confirmation=None):
        self.wait_page("New password")
        self.fill("New password", password)
        self.fill("Confirm new password", password if confirmation is None else confirmation)
        self.press("Change password")

    def scan(self):
        """The key that the QR code on the screen carries, and everything that the URI says."""
        self.wait_page("Activate two-factor authentication")
        uri = urllib.parse.urlsplit(self.wait_qr())
        assert (uri.scheme, uri.netloc) == ("otpauth", "totp"), uri
        return dict(urllib.parse.parse_qsl(uri.query)) | {"label": urllib.parse.unquote(uri.path.removeprefix("/"))}

    def activate(self):
        """Scans, types the phone's code, and returns the key and the code."""
        key = self.scan()["secret"]
        code = fresh_totp(key)
        self.fill("Code", code)
        self.press("Activate")
        return key, code

    def recovery_codes(self):
        """The codes in the list."""
        self.wait_page("Recovery codes")
        return wait_for(lambda: [match.group(2).replace(" ", "")
                                 for match in (re.fullmatch(r"Code (\d+): (.*)", text) for text in self.texts()) if match],
                        "the recovery codes")

    def keep_codes(self):
        codes = self.recovery_codes()
        self.fill("Type one code", codes[-1])
        self.press("Continue")
        return codes

    def answer_second_factor(self, code):
        self.wait_page("Two-factor code")
        self.fill("Code", code)
        self.press("Continue")

    def finish(self):
        self.wait_page("All set")
        self.press("Close")
        self.wait_end()


def open_guide(desk, *arguments):
    """Starts the program at a desk."""
    return Guide(desk, desk.start(*arguments))


def has_state(node, state):
    return node.get_state_set().contains(state)


def is_marked_wrong(node):
    """GTK 4.8 says INVALID where later ones say INVALID_ENTRY."""
    return has_state(node, Atspi.StateType.INVALID) or has_state(node, Atspi.StateType.INVALID_ENTRY)


def descriptions(node):
    """The texts that describe something, by its relations and its own description."""
    texts = [node.get_description()]
    for relation in node.get_relation_set():
        if relation.get_relation_type() == Atspi.RelationType.DESCRIBED_BY:
            texts += [relation.get_target(number).get_name() for number in range(relation.get_n_targets())]
    return [text for text in texts if text]


def focused(node):
    return has_state(node, Atspi.StateType.FOCUSED)

