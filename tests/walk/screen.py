# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person does with a window: look (accessible tree, pictures), press, type. Real keys go through xdotool."""

import subprocess

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

from world import wait_for  # noqa: E402

BUTTONS = (Atspi.Role.PUSH_BUTTON, Atspi.Role.TOGGLE_BUTTON, Atspi.Role.LINK)
ENTRIES = (Atspi.Role.TEXT, Atspi.Role.ENTRY, Atspi.Role.PASSWORD_TEXT)


class Screen:
    """The window of a running program, by the name that it has on the accessibility bus."""

    def __init__(self, world, process, name="first-login"):
        self.world = world
        self.process = process
        self.name = name

    # -- looking

    def application(self):
        desktop = Atspi.get_desktop(0)
        for number in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(number)
            if child is not None and child.get_name() == self.name and child.get_process_id() == self.process.pid:
                child.set_cache_mask(Atspi.Cache.NONE)
                return child
        return None

    def everything(self):
        """All accessible objects of the window, in reading order."""
        found = []

        def visit(node):
            found.append(node)
            for number in range(node.get_child_count()):
                child = node.get_child_at_index(number)
                if child is not None:
                    visit(child)
        try:
            application = self.application()
            if application is not None:
                visit(application)
        except GLib.Error:
            return []  # the tree changed under our feet; whoever waits looks again
        return found

    def find(self, name, roles=None):
        """The first object of that name (and one of those roles), or None."""
        for node in self.everything():
            try:
                if (roles is None or node.get_role() in roles) and (name is None or node.get_name() == name):
                    return node
            except GLib.Error:
                continue
        return None

    def wait(self, name, roles=None, seconds=30):
        return wait_for(lambda: self.find(name, roles), lambda: f"{name!r}; there is {self.describe()}", seconds)

    def titles(self):
        return [node.get_name() for node in self.everything() if node.get_role() == Atspi.Role.HEADING]

    def wait_title(self, title, seconds=30):
        """Waits until that page is the only one in the tree."""
        wait_for(lambda: self.titles() == [title], lambda: f"page {title!r}; there is {self.describe()}", seconds)

    def texts(self):
        """Everything that can be read."""
        return [node.get_name() for node in self.everything() if node.get_role() == Atspi.Role.LABEL]

    def wait_text(self, part, seconds=30):
        """Waits until a label contains that part, and returns the label's text."""
        return wait_for(lambda: next((text for text in self.texts() if part in text), None),
                        lambda: f"a text with {part!r}; there is {self.describe()}", seconds)

    def describe(self):
        return [(node.get_role_name(), node.get_name()) for node in self.everything()
                if node.get_name() and node.get_role() != Atspi.Role.APPLICATION]

    def is_sensitive(self, name, roles=BUTTONS):
        node = self.find(name, roles)
        return node is not None and node.get_state_set().contains(Atspi.StateType.SENSITIVE)

    def is_checked(self, name):
        node = self.find(name, (Atspi.Role.CHECK_BOX,))
        return node is not None and node.get_state_set().contains(Atspi.StateType.CHECKED)

    # -- acting

    def press(self, name, seconds=30):
        """Presses a button as soon as it can be pressed."""
        wait_for(lambda: self.is_sensitive(name), lambda: f"button {name!r}; there is {self.describe()}", seconds)
        assert self.find(name, BUTTONS).do_action(0), f"{name!r} has no action"

    def fill(self, name, text):
        """Puts text into an entry."""
        wait_for(lambda: self.is_sensitive(name, ENTRIES), lambda: f"entry {name!r}; there is {self.describe()}")
        assert self.find(name, ENTRIES).set_text_contents(text), f"{name!r} takes no text"

    def read(self, name):
        node = self.wait(name, ENTRIES)
        return node.get_text(0, node.get_character_count())

    def window(self):
        """The X11 id of the program's window."""
        def search():
            found = subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(self.process.pid)],
                                   env=self.world.environment, capture_output=True, text=True).stdout.split()
            return found[-1] if found else None
        return wait_for(search, "the window")

    def _xdotool(self, *words):
        subprocess.run(["xdotool", *words], env=self.world.environment, check=True)

    def focus(self):
        self._xdotool("windowfocus", "--sync", self.window())

    def keys(self, *names):
        """Presses keys, by their X names: Return, Tab, alt+Left ..."""
        self._xdotool("key", "--delay", "20", *names)

    def type(self, text):
        """Types text with real keys into what has the focus."""
        self._xdotool("type", "--delay", "10", text)

    def click(self, name, roles=None):
        """Clicks the middle of something with a real pointer, for what has no action of its own (check boxes)."""
        node = self.wait(name, roles)
        box = node.get_component_iface().get_extents(Atspi.CoordType.WINDOW)
        self._xdotool("mousemove", "--window", self.window(),
                      str(box.x + min(box.width // 2, 14)), str(box.y + box.height // 2), "click", "1")

    def picture(self, path):
        """A picture of the whole window."""
        subprocess.run(["import", "-window", self.window(), str(path)], env=self.world.environment, check=True)
        return path


def read_qr(picture):
    """What a real decoder reads in a picture."""
    return subprocess.run(["zbarimg", "--quiet", "--raw", str(picture)],
                          check=True, capture_output=True, text=True).stdout.strip()
