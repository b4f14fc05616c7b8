# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole way in the real window through everything that stands in production, with the training service in the engine's
place."""

import contextlib

from whole import ANNA, NEW, come_to_password, finish, mails_to, sit_down, walk  # first: it knows where the walks are
import outside
from newcomer import Letterbox, Newcomer, Refused
from tap import case


def check_account(stack):
    assert outside.sign_in(stack.url, ANNA, NEW), "the new password does not sign in"


@case("anna gets through: nginx with TLS, gate, engine, Postfix")
def anna(world, stack_with):
    with stack_with() as stack, sit_down(world, stack) as guide:
        come_to_password(guide)
        guide.forget_password()
        mail = guide.ask_for_mail()
        assert mail.link.startswith(f"{stack.url}/reset#"), "the button leads elsewhere"
        guide.type_mail_code(mail.code)
        finish(guide)
        check_account(stack)
        log = (stack.server / "var/log/nginx/first-login.log").read_text()
        assert f'"behind":"127.0.0.1:{stack.gate_ports[0]}"' in log, "the gate was not asked"
        assert mail.code not in log and mail.flow not in log, "a secret stands in nginx' log"


@case("two gates that share PostgreSQL, one after the other killed in mid-walk: the walk goes on, and each knows what the other has seen")
def two_gates(world, stack_with):
    with stack_with(hosts=2, shared=True) as stack, sit_down(world, stack) as guide:
        first, second = stack.gates
        come_to_password(guide)
        with stack.without(first):
            guide.forget_password()
            mail = guide.ask_for_mail()
            guide.type_mail_code(mail.code)
            guide.wait_page("New password")
        with stack.without(second):
            # an address on a flow that the other gate has seen redeemed
            stranger = Newcomer(stack.url, ANNA, Letterbox(stack.mails), True, stack.authority)
            with contextlib.suppress(Refused):
                stranger.ask_for_mail(mail.flow)
            assert stack.refusals(0, "flow-redeemed") == 1, "this gate does not know what the other has seen"
            finish(guide)
        check_account(stack)
        assert mails_to(stack, ANNA) == 1


walk()
