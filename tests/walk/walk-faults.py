# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults between the real window and the service, one on each page: its sentence stands there, what was typed stays, and
the same button goes on once the fault is gone. tests/soak goes through many more of them, without a window."""

import contextlib
import pathlib
import random
import sys
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "soak"))

import outside  # noqa: E402
from faults import KINDS, Fault  # noqa: E402
from proxy import Proxy  # noqa: E402
from screen import open_guide  # noqa: E402
from tap import case  # noqa: E402
from world import PASSWORD, fresh_totp, walk  # noqa: E402

ANNA = "anna@flexhrm.example"
ERIK = "erik@flexhrm.example"
NEW = "lantern orbit thistle"

UNREACHABLE = "^The server cannot be reached"
NONSENSE = "^The server’s answer made no sense"
NOT_OURS = "^Something answers at this address, but it is not the server"


@contextlib.contextmanager
def proxy_to(desk):
    """Has a proxy before the service of that desk."""
    proxy = Proxy(urllib.parse.urlsplit(desk.url).port, False, time.time)
    try:
        yield proxy
    finally:
        proxy.close()


class Trouble:
    """Presses buttons of a guide while there is a fault."""

    def __init__(self, guide, proxy):
        self.guide = guide
        self.proxy = proxy

    def press(self, button, what, sentence):
        """Presses a button during the fault of that name, and waits for its sentence. Then the fault is gone."""
        kind = next(kind for kind in KINDS if kind.what == what)
        fault = Fault(kind, random.Random(what))
        fault.lasts, fault.skip = True, 0
        self.proxy.quiet()
        self.proxy.fault = fault
        self.guide.press(button)
        self.guide.wait_text(sentence)
        self.proxy.fault = None

    def submits(self):
        return [(each.target, each.body) for each in self.proxy.exchanges if each.method == "POST"]


@case("anna meets a fault on every page, and gets through")
def newcomer(desk_with):
    with desk_with() as desk, proxy_to(desk) as proxy:
        guide = open_guide(desk, "--server", f"http://127.0.0.1:{proxy.port}")
        trouble = Trouble(guide, proxy)
        guide.begin()
        guide.wait_page("Email")
        guide.fill("Email address", ANNA)
        trouble.press("Next", "dropped before it was handed on", UNREACHABLE)
        assert guide.read("Email address") == ANNA
        with proxy.refusing():
            proxy.drop_lines()
            guide.press("Next")
            guide.wait_text(UNREACHABLE)
        trouble.press("Next", "no HTTP at all", NOT_OURS)
        guide.press("Next")
        guide.forget_password()
        guide.tick("I am not a robot")
        trouble.press("Reset password", "407: sign in to the proxy", "^The proxy of this network wants a user name")
        assert guide.read("Email address") == ANNA
        if not guide.is_checked("I am not a robot"):
            guide.tick("I am not a robot")
        guide.press("Reset password")
        guide.wait_page("Check your inbox")
        mail = desk.wait_mail()
        guide.fill("Code", mail.code)
        trouble.press("Continue", "511: sign in to the network", "^This network wants you to sign in to it first")
        assert guide.read("Code").replace(" ", "") == mail.code
        trouble.press("Continue", "dropped before it was handed on", UNREACHABLE)
        guide.press("Continue")
        guide.wait_page("New password")
        guide.fill("New password", NEW)
        guide.fill("Confirm new password", NEW)
        trouble.press("Change password", "dropped after it was handed on", UNREACHABLE)
        guide.press("Change password")
        guide.wait_page("Activate two-factor authentication")
        code = fresh_totp(guide.scan()["secret"])
        guide.fill("Code", code)
        trouble.press("Activate", "answer truncated, its length as well", NONSENSE)
        assert guide.read("Code").replace(" ", "") == code
        guide.press("Activate")
        codes = guide.recovery_codes()
        guide.fill("Type one code", codes[0])
        trouble.press("Continue", "dropped after it was handed on", UNREACHABLE)
        assert guide.recovery_codes() == codes, "the codes have changed, though they may be confirmed already"
        guide.press("Continue")
        guide.finish()
        assert len(desk.mails()) == 1, "more mails came than were asked for"
        assert outside.sign_in(desk.url, ANNA, NEW), "the new password does not sign in"


@case("erik meets refusals when he signs in, and gets through")
def returning(desk_with):
    with desk_with() as desk, proxy_to(desk) as proxy:
        guide = open_guide(desk, "--server", f"http://127.0.0.1:{proxy.port}")
        trouble = Trouble(guide, proxy)
        guide.begin()
        guide.give_address(ERIK)
        guide.wait_page("Password")
        guide.fill("Password", PASSWORD)
        trouble.press("Sign In", "429", "^Those were too many tries. Wait a few minutes")
        trouble.press("Sign In", "502", "^The server has a problem of its own. Wait a few minutes")
        trouble.press("Sign In", "a web page", NOT_OURS)
        trouble.press("Sign In", "answer of 3 MB", NOT_OURS)
        trouble.press("Sign In", "answer nested 100,000 deep", NONSENSE)
        before = len(trouble.submits())
        guide.press("Sign In")
        guide.wait_page("Activate two-factor authentication")
        assert len(trouble.submits()) == before + 1, "one press submitted more than once"
        guide.close()


walk()
