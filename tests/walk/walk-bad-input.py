# SPDX-License-Identifier: GPL-3.0-or-later
"""What clipboards, browsers and other programs hand over: into the fields by a real paste and by the accessible interface,
and as links by the command line, the bus and the button. Each time it is taken as it was meant or a sentence says why not,
what was typed stays, and the window goes on."""

import contextlib
import subprocess

from gi.repository import Gio, GLib

from screen import ENTRIES, focused, open_guide
from tap import case
from world import APP_ID, PASSWORD, fresh_totp, wait_for, walk

ERIK = "erik@flexhrm.example"
ANNA = "anna@flexhrm.example"
MEGABYTE = 1 << 20
TOO_LONG = "^That is too long for a"
HIDDEN = "^There is a character in it that cannot be seen"
UUID = "3f1c2a60-7d1e-4a52-9c57-0e6a1b2c3d4e"
DEVANAGARI = str.maketrans("0123456789", "०१२३४५६७८९")


@contextlib.contextmanager
def clipboard(desk, content):
    """Has those bytes in the clipboard, as text of UTF-8 whatever they are."""
    owner = desk.spawn("clipboard", ["xclip", "-selection", "clipboard", "-quiet"], stdin=subprocess.PIPE)
    owner.stdin.write(content)
    owner.stdin.close()
    ask = ["xclip", "-selection", "clipboard", "-out"]
    wait_for(lambda: subprocess.run(ask, env=desk.environment, capture_output=True).stdout == content, "the clipboard")
    yield
    desk.end(owner)


@contextlib.contextmanager
def paste(guide, name, content):
    """Pastes instead of all that stands in that field, which has the focus by itself."""
    wait_for(lambda: focused(guide.wait(name, ENTRIES)), f"the focus in {name!r}")
    with clipboard(guide.desk, content if isinstance(content, bytes) else content.encode()):
        guide.focus()
        guide.keys("ctrl+a", "ctrl+v")
        yield


def paste_into(guide, name, content, shown=None):
    """Pastes, and waits until it stands in the field."""
    expected = content if shown is None else shown
    with paste(guide, name, content):
        wait_for(lambda: guide.read(name) == expected,
                 lambda: f"{expected!r} in {name!r}; there is {guide.read(name)!r}")


def paste_refused(guide, name, content):
    """Pastes what is refused."""
    with paste(guide, name, content):
        guide.wait_error(name, TOO_LONG)
    assert guide.read(name) == ""


@case("what is pasted into a field is taken as it was meant, or a sentence says what is wrong")
def fields(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.wait_page("Email")
        name = "Email address"
        paste_refused(guide, name, b"m" * MEGABYTE)
        paste_into(guide, name, "anna\u200b@flexhrm.example", "anna\u200b@flexhrm.example")
        guide.keys("Return")
        guide.wait_error(name, HIDDEN)
        paste_into(guide, name, f"{ANNA}\n{ERIK}")
        guide.keys("Return")
        guide.wait_error(name, HIDDEN)
        paste_into(guide, name, b"anna\0@flexhrm.example", "anna")
        guide.keys("Return")
        guide.wait_error(name, "^That is not a whole email address")
        paste_into(guide, name, f"\n\u00a0\u202e{ERIK}\ufeff\r\n")
        guide.keys("Return")
        guide.wait_page("Password")
        guide.wait_text(f"^{ERIK}$")

        paste_refused(guide, "Password", "pässword".encode() * (MEGABYTE // 8))
        paste_into(guide, "Password", f"{PASSWORD}\n")
        guide.wait_text("^It ends with a blank or a line end")
        guide.keys("Return")
        guide.wait_error("Password", "^That is not the password for this account")
        assert guide.read("Password") == f"{PASSWORD}\n"
        guide.fill("Password", "\u202e" * MEGABYTE)
        guide.wait_error("Password", TOO_LONG)
        guide.sign_in(PASSWORD)

        key = guide.scan()["secret"]
        paste_refused(guide, "Code", b"1" * MEGABYTE)
        code = fresh_totp(key).translate(DEVANAGARI)
        paste_into(guide, "Code", f"\u2066{code[:3]}\u00a0{code[3:]}\u2069")
        guide.keys("Return")
        codes = guide.recovery_codes()
        paste_refused(guide, "Type one code", " ".join(codes * 100))
        paste_into(guide, "Type one code", f"\t{codes[0].upper()}\n")
        guide.keys("Return")
        guide.finish()


@case("bytes that are no text are refused, or shown as what they are")
def no_text(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.wait_page("Email")
        for content in (b"\xc3", b"anna\xff\xfe@flexhrm.example", b"\xed\xa0\x80@x"):
            with paste(guide, "Email address", content):
                guide.keys("x")
                wait_for(lambda: guide.read("Email address").endswith("x"), "the key after it")
            guide.keys("Return")
            guide.wait_error("Email address", "^That is not a whole email address")
        with paste(guide, "Email address", b"\xf8\x88\x80\x80\x80@flexhrm.example"):
            guide.wait_error("Email address", "^That is no text, and nothing of it was taken")
        guide.give_address(ERIK)
        guide.close()


def open_by_bus(desk, *uris):
    """Opens what no command line can carry."""
    desk.world.bus.call_sync(APP_ID, "/" + APP_ID.replace(".", "/"), "org.freedesktop.Application", "Open",
                             GLib.Variant("(asa{sv})", (uris, {})), None, Gio.DBusCallFlags.NONE, 30000, None)


@case("links that are none, or another's, are refused in a sentence, and the code that was half typed stays")
def links(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.give_address(ANNA)
        guide.forget_password()
        mail = guide.ask_for_mail()
        guide.fill("Code", "12")
        landing = mail.link.split("#")[0]
        params = f"flow={UUID}&code=123456"
        malformed = "^That is not the link of the green button"
        for link in (f"first-login:recovery?{params}", f"first-login:recover?flow={UUID}", f"first-login:recover?{params}&x=1",
                     f"first-login:recover?flow={UUID}&code=12345%36", f"first-login:recover?{params}%00",
                     f"first-login:recover?flow=%2533f1c2a60&code=123456", "first-login:%c0%af", "first-login:",
                     f"first-login:recover?flow={UUID}&code=12345\u202e6"):
            desk.hand_over(link)
            guide.wait_text(malformed)
            assert guide.read("Code") == "12", link
            guide.fill("Code", "1")
            guide.wait_no_text(malformed)
            guide.fill("Code", "12")

        for uris in (["first-login:" + "x" * MEGABYTE], [f"first-login:\u202erecover?{params}"],
                     [f"first-login:recovery?{params}", mail.deep_link]):
            open_by_bus(desk, *uris)
            guide.wait_text(malformed)
            guide.fill("Code", "12")
            guide.wait_no_text(malformed)
        open_by_bus(desk)
        assert guide.titles() == ["Check your inbox"]

        for link, sentence in ((f"javascript:alert(1)#{params}", malformed), (f"{landing}#flow={UUID}", malformed),
                               (f"{landing}%2e%2e/#{params}", malformed), ("x" * MEGABYTE, malformed),
                               (f"https://login.flexhrm.example.evil.example/#{params}", "^That link belongs to another")):
            with clipboard(desk, link.encode()):
                guide.press("Paste link")
                guide.wait_text(sentence)
            assert guide.read("Code") == "12", link
            guide.fill("Code", "1")
            guide.wait_no_text(sentence)
            guide.fill("Code", "12")

        # of another flow: asked first; of this one, twice at once: obeyed once
        open_by_bus(desk, f"first-login:recover?{params}")
        guide.wait_page("Continue with this link?")
        guide.press("Not now")
        guide.wait_page("Check your inbox")
        open_by_bus(desk, mail.deep_link)
        open_by_bus(desk, mail.deep_link)
        guide.wait_page("New password")
        guide.choose_password("lantern orbit thistle")
        guide.wait_page("Activate two-factor authentication")
        guide.close()


walk()
