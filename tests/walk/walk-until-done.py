# SPDX-License-Identifier: GPL-3.0-or-later
"""What an entry in /etc/xdg/autostart does at each login: it opens the window until the person is through, and then no more."""

import contextlib
import datetime
import socket
import subprocess

from screen import open_guide
from tap import case
from world import MAJA_KEY, PASSWORD, fresh_totp, wait_for, walk

ERIK = "erik@flexhrm.example"
MAJA = "maja@flexhrm.example"
LINK = "first-login:recover?flow=3f1c1d5e-9a4b-4c8e-8f67-0d2b5a6c7e8f&code=123456"


def place(desk):
    return desk.folder / "home/.local/state/first-login/done"


@contextlib.contextmanager
def untouched(path):
    """A socket at which nobody may knock."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        yield
        listener.setblocking(False)
        try:
            listener.accept()
        except BlockingIOError:
            path.unlink()
            return
    raise AssertionError(f"somebody connected to {path}")


def starts_nothing(desk, *arguments):
    """Starts the program as the autostart entry does: whether it ends well and without a word. It goes neither to a
    display nor to the session bus; where it wants one, it would wait for an answer until the time is up."""
    display, bus = desk.folder / "no-display", desk.folder / "no-bus"
    environment = {name: value for name, value in desk.environment.items() if name not in ("DISPLAY", "GDK_BACKEND")}
    environment |= {"WAYLAND_DISPLAY": str(display), "DBUS_SESSION_BUS_ADDRESS": f"unix:path={bus}"}
    with untouched(display), untouched(bus):
        done = subprocess.run([desk.programs.application, "--until-done", *arguments], env=environment, timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return (done.returncode, done.stdout) == (0, "")


def opens(desk, *arguments):
    """Starts the program as the autostart entry does, and closes the window that comes."""
    guide = open_guide(desk, "--until-done", *arguments)
    wait_for(guide.titles, "a page")
    guide.close()


def sign_in_as_maja(desk, *arguments):
    guide = open_guide(desk, *arguments)
    wait_for(guide.titles, "a page")
    if guide.titles() == ["Before you begin"]:
        guide.begin()
    guide.give_address(MAJA)
    guide.sign_in(PASSWORD)
    guide.answer_second_factor(fresh_totp(MAJA_KEY))
    guide.wait_page("All set")
    return guide


@case("the window comes at each login until everything is set, and then no more, at this server")
def until_done(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk, "--until-done")
        guide.begin()
        guide.give_address(ERIK)
        guide.sign_in(PASSWORD)
        key, _ = guide.activate()
        guide.recovery_codes()
        desk.wait_record("'recovery-codes'")
        assert not place(desk).exists(), "it is noted too early"
        guide.kill()

        guide = open_guide(desk, "--until-done")
        guide.keep_codes()
        guide.finish()
        noted = place(desk).read_text()
        today = datetime.datetime.now(datetime.timezone.utc).date()
        assert [line for line in noted.splitlines() if not line.startswith("#")] in (
            ["[done]", f"server={desk.url}", f"date={day}", "two-factor=true"]
            for day in (today, today - datetime.timedelta(1))), noted
        assert "@" not in noted and "erik" not in noted.lower() and key not in noted, noted
        assert place(desk).stat().st_mode & 0o777 == 0o600

        assert starts_nothing(desk)
        assert starts_nothing(desk, "--server", desk.url)
        opens(desk, "--server", "http://127.0.0.1:9")
        assert starts_nothing(desk), "looking at another server forgot this one"
        guide = open_guide(desk)
        guide.wait_page("Email")
        assert starts_nothing(desk), "a window that is open changed it"
        assert guide.titles() == ["Email"]
        guide.close()

        desk.write_policy("[server]\nurl=https://login.example.org\n")
        opens(desk)
        desk.write_policy("")
        assert starts_nothing(desk), "where no server is named, the one that was typed counts"


@case("a link is obeyed even by whoever is through, and one that is not is one window")
def links(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk, "--until-done")
        guide.wait_page("Before you begin")
        second = desk.spawn("second", [desk.programs.application, "--until-done"])
        assert second.wait(30) == 0 and guide.process.poll() is None, desk.log("second")
        guide.close()

        sign_in_as_maja(desk).finish()
        assert starts_nothing(desk)
        guide = open_guide(desk, "--until-done", LINK)
        wait_for(lambda: guide.titles() not in ([], ["Email"]), lambda: f"the link's page; there is {guide.describe()}")
        guide.close()


@case("who put two-factor authentication off is through only where it will never be required")
def put_off(desk_with):
    with desk_with() as desk:
        optional = f"[server]\nurl={desk.url}\n[two-factor]\nrule=optional\n"
        desk.write_policy(optional)
        guide = open_guide(desk, "--until-done")
        guide.begin()
        guide.give_address(ERIK)
        guide.sign_in(PASSWORD)
        guide.wait_page("Activate two-factor authentication")
        guide.press("Remind me later")
        guide.finish()
        assert "two-factor=false" in place(desk).read_text()
        assert starts_nothing(desk)
        desk.write_policy(optional + "until=2099-12-31\n")
        opens(desk)
        desk.write_policy(optional.replace("optional", "required"))
        opens(desk)
        desk.write_policy(optional.replace("optional", "off"))
        assert starts_nothing(desk)


@case("what lies in the place of the note is no reason to fail: it is said, and the window comes")
def odd_notes(desk_with):
    with desk_with(G_MESSAGES_DEBUG="") as desk:
        place(desk).parent.mkdir(parents=True)
        for reason, change in {
                "not a note that was written here": lambda path: path.write_bytes(b"\xff\xfe"),
                "its date is yet to come": lambda path: path.write_text(
                    f"[done]\nserver={desk.url}\ndate=2999-01-01\ntwo-factor=true\n"),
                "not a regular file": lambda path: path.mkdir()}.items():
            place(desk).unlink(missing_ok=True)
            change(place(desk))
            opens(desk)
            assert f"{place(desk)}: {reason}\n" in desk.log("program"), (reason, desk.log("program"))

        # the folder still lies there
        guide = sign_in_as_maja(desk, "--until-done")
        wait_for(lambda: "It could not be noted that everything is set: " in desk.log("program"), "a word about it")
        guide.finish()
        place(desk).rmdir()
        place(desk).symlink_to("/etc/passwd")
        opens(desk)
        assert f"{place(desk)}: a symbolic link\n" in desk.log("program"), desk.log("program")


walk()
