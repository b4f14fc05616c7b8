# SPDX-License-Identifier: GPL-3.0-or-later
"""The stack with the training service in the engine's place, and people at desks in front of it with the real window."""

import contextlib
import functools
import os
import re
import sys
import urllib.request

from stack import Stack  # first: it knows where the walks are
from screen import open_guide
from tap import run
from world import ACCOUNTS, Desk, Programs, World

ANNA = "anna@flexhrm.example"
ERIK = "erik@flexhrm.example"
NEW = "lantern orbit thistle"


class Whole(Stack):
    """`shared` has the gates keep what they know in PostgreSQL, `folder` PostgreSQL its files there; `engine` is the text
    of the engine's key file, `postfix` changes settings of Postfix, `clock` is in the environment of engine and gates."""

    def __init__(self, programs, hosts=1, shared=False, folder=None, engine="", postfix=None, clock=None):
        super().__init__(hosts)
        # there is one training service, whatever hosts there are
        del self.engine_ports[1:]
        self.programs = programs
        self.gate_program = programs.application.with_name("first-login-gate")
        self.shared = shared
        self.database_folder = folder
        self.engine_text = engine
        self.postfix_settings = postfix or {}
        self.clock = clock or {}

    def prepare(self):
        self.make_certificate()
        self.render(OFFICE_NETWORKS="127.0.0.0/8")
        if self.shared:
            self.start_postgres(self.database_folder)
        self.start_postfix(**self.postfix_settings)
        self.start_training(self.programs.service, ACCOUNTS, self.engine_text, **self.clock)
        self.start_gates(self.gate_program, self.shared_store() if self.shared else None, **self.clock)
        self.start_nginx()
        # curl looks from outside (tests/walk/outside.py)
        os.environ["CURL_CA_BUNDLE"] = str(self.authority)

    @property
    def engine(self):
        return self.engines[0]

    def refusals(self, number, reason):
        """How often that gate has refused for that reason, as it tells Prometheus."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics_ports[number]}/metrics") as answer:
            text = answer.read().decode()
        return sum(int(count) for count in re.findall(rf'(?m)^first_login_gate_refusals_total{{.*reason="{reason}"}} (\d+)$', text))

    @contextlib.contextmanager
    def without(self, part):
        """Has a part killed, and back afterwards."""
        part.kill()
        yield
        part.start()


class PersonsDesk(Desk):
    """A desk whose computer knows the stack and its authority, and whose person gets the mails that arrive."""

    def __init__(self, world, stack):
        super().__init__(world, stack.programs, server=False, policy=f"[server]\nurl={stack.url}\nca-file={stack.authority}\n")
        self.url = stack.url
        self.stack = stack

    def prepare(self):
        super().prepare()
        (self.folder / "mails").rmdir()
        (self.folder / "mails").symlink_to(self.stack.mails)


@contextlib.contextmanager
def sit_down(world, stack):
    """A guide at a desk before the stack; closed when it has not ended by itself."""
    with PersonsDesk(world, stack) as desk:
        guide = open_guide(desk)
        yield guide
        if guide.process.poll() is None:
            guide.close()


def come_to_password(guide, address=ANNA):
    guide.begin()
    guide.give_address(address)


def finish(guide):
    """From the page for the new password to the end."""
    guide.choose_password(NEW)
    guide.activate()
    guide.keep_codes()
    guide.finish()


def mails_to(stack, address):
    """How many have arrived."""
    return sum(f"X-Recipient: {address}" in path.read_text(errors="replace") for path in stack.mails.glob("[!.]*.eml"))


def walk():
    """Runs the cases, each with the world, and a function that makes the stack."""
    with World() as world:
        run(world, functools.partial(Whole, Programs(sys.argv[1])))
