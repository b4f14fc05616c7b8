# SPDX-License-Identifier: GPL-3.0-or-later
"""Anna's walk in the real window through everything that stands in production, with the training service in the engine's
place."""

import sys

from stack import TESTS, Stack  # first: it knows where the walks are
from screen import open_guide
from tap import case, run
from world import ACCOUNTS, Desk, Programs, World

ANNA = "anna@flexhrm.example"
NEW = "lantern orbit thistle"


class Production(Stack):
    def __init__(self, programs):
        super().__init__()
        self.programs = programs
        self.programs.gate = programs.application.with_name("first-login-gate")

    def prepare(self):
        self.make_certificate()
        self.render()
        self.start_postgres()
        self.start_postfix()
        self.start_training(self.programs.service, ACCOUNTS)
        self.start_gates(self.programs.gate, self.shared_store())
        self.start_nginx()


def sit_down(world, stack):
    """A desk whose computer knows the server and its authority, and whose person gets the mails."""
    desk = Desk(world, stack.programs, server=False,
                policy=f"[server]\nurl={stack.url}\nca-file={stack.authority}\n")
    desk.url = stack.url
    return desk


@case("anna gets through")
def anna(world, programs):
    with Production(programs) as stack, sit_down(world, stack) as desk:
        (desk.folder / "mails").rmdir()
        (desk.folder / "mails").symlink_to(stack.mails)
        guide = open_guide(desk)
        guide.begin()
        guide.give_address(ANNA)
        guide.forget_password()
        mail = guide.ask_for_mail()
        guide.type_mail_code(mail.code)
        guide.choose_password(NEW)
        guide.activate()
        guide.keep_codes()
        guide.finish()


with World() as world:
    run(world, Programs(sys.argv[1]))
