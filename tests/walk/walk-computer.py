# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens to the computer meanwhile: the person logs out, it starts anew, the service does, what was kept is spoilt,
and the program is started twice at the same moment."""

import signal

import outside
from relay import Relay
from screen import open_guide
from stops import ANNA, NEW
from tap import case
from world import free_port, wait_for, walk

STARTS = 8


def to_inbox(desk):
    guide = open_guide(desk)
    guide.begin()
    guide.give_address(ANNA)
    guide.forget_password()
    mail = guide.ask_for_mail()
    wait_for(lambda: "'inbox'" in desk.kept().get("journal", ""), "the record of the mail")
    return guide, mail


@case("anna logs out, and the computer starts anew with another bus and the same keyring: all goes on, to the end")
def reboot(desk_with):
    with desk_with() as desk:
        guide, mail = to_inbox(desk)
        works_until = guide.wait_text("^Works until (.*)$").group(1)
        guide.process.send_signal(signal.SIGTERM)
        guide.process.wait(30)
        desk.stop_service()
        desk.end(desk.keyring)
        wait_for(lambda: not desk.world.has_name("org.freedesktop.secrets"), "the keyring to go")
        desk.environment |= desk.world.begin_session()
        desk.start_keyring()
        desk.start_service()
        guide = open_guide(desk)
        guide.wait_page("Check your inbox")
        assert guide.wait_text("^Works until (.*)$").group(1) == works_until
        assert not guide.is_sensitive("Send again"), "the countdown was forgotten"
        guide.type_mail_code(mail.code)
        guide.wait_page("New password")
        desk.stop_service()
        desk.start_service()
        guide.choose_password(NEW)
        guide.wait_page("Activate two-factor authentication")
        guide.close()
        assert outside.sign_in(desk.url, ANNA, NEW)


@case("a record that cannot be read is set aside, and that is said")
def unreadable(desk_with):
    with desk_with() as desk:
        guide, _ = to_inbox(desk)
        guide.kill()
        good = desk.kept()["journal"]
        for text in ("garbage", "{'version': <uint32 99>}", good[:100], "[" * 8000):
            desk.keep_record(text)
            guide = open_guide(desk)
            guide.wait_page("Email")
            guide.wait_text("^What was kept of your last visit cannot be read")
            guide.close()
            assert desk.kept()["journal"] == text, "the record was thrown away"
        desk.keep_record(good)
        guide = open_guide(desk)
        guide.wait_page("Check your inbox")
        guide.close()


@case("two starts at the same moment end in one window")
def two_at_once(desk_with):
    with desk_with() as desk:
        for number in range(STARTS):
            pair = [open_guide(desk), open_guide(desk)]
            ended = wait_for(lambda: [guide for guide in pair if guide.process.poll() is not None], "one of the two to end")
            assert len(ended) == 1 and ended[0].process.returncode == 0, f"start {number}: {[g.process.returncode for g in pair]}"
            pair.remove(ended[0])
            pair[0].wait_page("Before you begin")
            pair[0].close()


@case("a server address that was wrong is not what the next start begins with")
def wrong_server(desk_with):
    with desk_with(policy="", server=False) as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.wait_page("Your organisation")
        guide.fill("Server address", f"http://127.0.0.1:{free_port()}")
        guide.press("Continue")
        guide.wait_text("^The server cannot be reached")
        guide.kill()
        guide = open_guide(desk)
        guide.wait_page("Your organisation")
        guide.close()


@case("a server that answers but is the wrong one is left by going back, also when it was typed at an earlier start")
def another_server(desk_with):
    with desk_with(policy="") as desk, Relay(desk.url) as wrong:
        guide = open_guide(desk)
        guide.begin()
        guide.wait_page("Your organisation")
        guide.fill("Server address", wrong.url)
        guide.press("Continue")
        guide.give_address(ANNA)
        desk.wait_record(wrong.url, "'password'")
        guide.kill()
        guide = open_guide(desk)
        guide.wait_page("Password")
        guide.focus()
        guide.keys("Escape")
        guide.wait_page("Email")
        guide.keys("Escape")
        guide.wait_page("Your organisation")
        assert guide.read("Server address") == wrong.url
        guide.fill("Server address", desk.url)
        guide.press("Continue")
        guide.give_address(ANNA)
        desk.wait_record(desk.url, "'password'")
        guide.kill()
        wrong.target = "http://127.0.0.1:9"
        guide = open_guide(desk)
        guide.forget_password()
        guide.ask_for_mail()
        guide.close()


walk()
