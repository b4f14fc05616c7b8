#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contract that the assistant relies on holds behind the gate too: the same cases as against Kratos, with what nginx
gives to the gate given to it.

Usage: test-gate-contract.py SERVICE-HOST FIRST-LOGIN-GATE TELLER"""

import pathlib
import sys

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path += [str(TESTS / 'interop'), str(TESTS / 'walk')]

import ground  # noqa: E402
import interop  # noqa: E402
from accounts import accounts  # noqa: E402
from gate_host import POSTS, Gate  # noqa: E402
from relay import Relay  # noqa: E402
from service_host import OPEN, Service  # noqa: E402

HOST, PROGRAM, TELLER = sys.argv[1:4]
# All come from one network, and do in half a minute what people do in a week; limits are tried by test-gate.py.
FREE = {f'{kind}_PER_{reach}': '100000/1' for kind in ('PASSWORD', 'SECOND_FACTOR', 'CODE', 'MAIL')
        for reach in ('PERSON', 'ACCOUNT', 'NETWORK')}


class Front(Relay):
    """Gives the two calls and the challenge to the gate, and the rest to the service, as nginx does."""

    gate_side = None

    def fetch(self, method, path, headers, body):
        if path == '/altcha' or (method == 'POST' and path.partition('?')[0] in POSTS):
            return Relay.fetch(self.gate_side, method, path, headers, body)
        return super().fetch(method, path, headers, body)


class Clock(ground.Server):
    """A server whose clock is set instead of waiting. The gate's is not: it knows its own challenges alone."""

    service = None

    def now(self):
        return self.service.now()

    def advance(self, seconds):
        self.service.advance(seconds)


class MovedGround(ground.Ground):
    def moved(self, teller, seconds):
        teller.tell('nobody', 'advance', str(seconds))


def main():
    service = Service(HOST, {**OPEN, 'totp': {'issuer': ground.ISSUER}}, accounts())
    try:
        gate = Gate(PROGRAM, service.url, FREE)
        try:
            with Front(service.url) as front:
                front.gate_side = Relay(f'http://127.0.0.1:{gate.port}')
                server = Clock(front.url)
                server.service = service
                base = MovedGround(server, ground.Listed(service.accounts), ground.Mails(service.mails), TELLER)
                # the one that looks at clocks goes first, while all show the same
                cases = sorted(interop.find_cases('normal'), key=lambda case: 'time of the server' not in case.name)
                outcomes = interop.run(cases, base, at_once=1)
            through = gate.metric('calls_total{call="login",status="2xx"}')
        finally:
            gate.remove()
    finally:
        service.remove()
    print(f'# {through:.0f} sign-ins came through the gate')
    return any(outcome == 'broken' for _, outcome in outcomes) or through == 0


sys.exit(main())
