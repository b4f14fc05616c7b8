# SPDX-License-Identifier: GPL-3.0-or-later
"""What is around the program: a computer that IT has not set up, and a server that is down, slow, or something else."""

import signal

from relay import Relay
from screen import BUTTONS, CHECKS, open_guide
from tap import case
from world import PASSWORD, free_port, wait_for, walk

ANNA = "anna@flexhrm.example"
ERIK = "erik@flexhrm.example"


@case("a computer without policy asks for the server, refuses what is none, and remembers the good one")
def no_policy(desk_with):
    with desk_with(policy="") as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.wait_page("Your organisation")
        assert bool(guide.find("Try the training instead", BUTTONS)) == desk.programs.training.exists()
        for wrong in ("http://login.example.com", "https://", "not a server", "ftp://login.example.com"):
            guide.fill("Server address", wrong)
            guide.press("Continue")
            guide.wait_error("Server address", "^That is not a server address. It begins with https://")
            assert guide.read("Server address") == wrong
        guide.fill("Server address", f" {desk.url}/ ")
        guide.press("Continue")
        guide.give_address(ERIK)
        guide.close()
        guide = open_guide(desk)
        guide.sign_in(PASSWORD)
        guide.wait_page("Activate two-factor authentication")
        guide.close()


@case("a server address where nobody answers, or somebody else, is told apart")
def other_servers(desk_with):
    def some_site(*_):
        return 200, [("Content-Type", "application/json")], b'{"greeting": "Welcome"}'

    with desk_with(policy="") as desk, Relay(change=some_site) as relay:
        guide = open_guide(desk)
        guide.begin()
        guide.fill("Server address", f"http://127.0.0.1:{free_port()}")
        guide.press("Continue")
        guide.wait_text("^The server cannot be reached")
        guide.fill("Server address", relay.url)
        guide.press("Continue")
        guide.wait_text("^Something answers at this address, but it is not the server for your account")
        guide.fill("Server address", desk.url)
        guide.press("Continue")
        guide.wait_page("Email")
        guide.close()


@case("a server that is down is said to be, what was typed stays, and it goes on when the server is back")
def server_down(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.give_address(ERIK)
        desk.stop_service()
        guide.sign_in(PASSWORD)
        guide.wait_text("^The server cannot be reached")
        assert guide.read("Password") == PASSWORD
        desk.start_service()
        guide.press("Sign In")
        guide.wait_page("Activate two-factor authentication")
        guide.close()


@case("a server that does not answer can be waited for no longer")
def slow_server(desk_with):
    with desk_with() as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.give_address(ERIK)
        desk.service.send_signal(signal.SIGSTOP)
        guide.sign_in(PASSWORD)
        guide.press("Cancel")
        guide.wait_ready("Sign In")
        assert guide.read("Password") == PASSWORD
        guide.press("Sign In")
        wait_for(lambda: not guide.is_sensitive("Sign In"), "the button to be busy")
        guide.focus()
        guide.keys("Escape")
        guide.wait_ready("Sign In")
        guide.wait_page("Password")
        desk.service.send_signal(signal.SIGCONT)
        guide.press("Sign In")
        guide.wait_page("Activate two-factor authentication")
        guide.close()


@case("a server with a fault of its own says when to try again")
def server_fault(desk_with):
    answers = []

    def fail(method, path, headers):
        return answers.pop() if method == "POST" and answers else None

    with desk_with() as desk, Relay(desk.url, fail) as relay:
        guide = open_guide(desk, "--server", relay.url)
        guide.begin()
        guide.give_address(ERIK)
        answers.append((500, [("Retry-After", "8")], b""))
        guide.sign_in(PASSWORD)
        guide.wait_text(r"^The server has a problem of its own. Try again in 0:0\d")
        guide.sign_in(PASSWORD)
        guide.wait_page("Activate two-factor authentication")
        guide.close()


@case("where policy forbids it, an address cannot be saved")
def may_not_remember(desk_with):
    with desk_with() as desk:
        desk.write_policy(f"[server]\nurl={desk.url}\n[account]\nremember-address=false\n")
        guide = open_guide(desk)
        guide.begin()
        guide.wait_text("^Your organisation does not allow it on this computer$")
        assert not guide.is_sensitive("Save my email address for future logins", CHECKS)
        guide.close()


@case("an address that was saved before is filled in, but not where policy has locked that")
def may_not_recall(desk_with):
    with desk_with() as desk:
        forbidden = f"[server]\nurl={desk.url}\n[account]\nremember-address=false\n"
        desk.write_policy(forbidden)
        desk.keep("address", ERIK)
        guide = open_guide(desk)
        guide.begin()
        wait_for(lambda: guide.read("Email address") == ERIK, "the saved address")
        guide.close()

        desk.write_policy(forbidden + "[policy]\nlocked=account.remember-address\n")
        guide = open_guide(desk)
        guide.wait_page("Email")
        guide.wait_text("^Your organisation does not allow it on this computer$")
        guide.give_address(ANNA)
        wait_for(lambda: "address" not in desk.kept(), "the saved address to be taken out")
        guide.close()


walk()
