#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The training service keeps the whole contract, in both profiles; and a contract that is broken is seen.

Usage: test-interop.py SERVICE-HOST TELLER normal|short|broken|program|walk [PROGRAM]"""

import contextlib
import os
import re
import subprocess
import sys

import ground
import interop
from accounts import accounts
from service_host import Service

sys.path.append(str(ground.TESTS / 'walk'))

from relay import Relay  # noqa: E402

HOST, TELLER, PART, *PROGRAM = sys.argv[1:]
# What tests/interop/kratos-normal.yaml and kratos-short.yaml say. Hashing is not what is looked at here.
LIVES = {'normal': {}, 'short': {'login': 6, 'code': 8, 'recovery': 16, 'settings': 20, 'privileged': 4, 'session': 40}}
# By what short lives and all waits are stretched: a slow computer needs seconds for itself, and waiting costs nothing here.
STRETCH = {'normal': 1, 'short': 10}


class TimedServer(ground.Server):
    """A training service whose clock is set instead of waiting."""

    service = None
    stretch = 1

    def now(self):
        return self.service.now()

    def advance(self, seconds):
        self.service.advance(seconds * self.stretch)


class TimedGround(ground.Ground):
    def moved(self, teller, seconds):
        teller.tell('nobody', 'advance', str(seconds * self.server.stretch))


@contextlib.contextmanager
def training(profile):
    """A training service with robot check and limits on, as in production, and all that a run needs."""
    lives = {name: seconds * STRETCH[profile] for name, seconds in LIVES[profile].items()}
    service = Service(HOST, {'lifespan': lives, 'totp': {'issuer': ground.ISSUER}}, accounts())
    try:
        server = TimedServer(service.url)
        server.service = service
        server.stretch = STRETCH[profile]
        people = ground.Listed(service.accounts)
        yield service, TimedGround(server, people, ground.Mails(service.mails), TELLER)
    finally:
        service.remove()


def hold(profile):
    """Every case in TAP, one after the other: they share a clock."""
    with training(profile) as (_, base):
        outcomes = interop.run(interop.find_cases(profile, None), base, at_once=1)
    return any(outcome == 'broken' for _, outcome in outcomes)


# What is broken on the way: name, what the service says, what becomes of it, and a case that has to see it.
BROKEN = [
    ('a message of another number', rb'"id"\s*:\s*4060006', b'"id":4060007', 'transcript: resend'),
    ('a member that is missing', rb'"expires_at"', b'"expires"', 'transcript: login-password'),
    ('a session of the wrong level', rb'"aal2"', b'"aal1"', 'client: a second factor is asked for'),
    ('a flow that is not handed over', rb'"show_settings_ui"', b'"show_ui"', 'wire: a code counts once'),
    ('a key under another name', rb'"totp_secret_key"', b'"totp_secret"', 'wire: the key of the second factor'),
]


class Breaker(Relay):
    """Hands everything on, but for what it breaks."""

    broken = None

    def fetch(self, *request):
        status, headers, content = super().fetch(*request)
        return status, headers, re.sub(*self.broken, content) if self.broken else content


def see_broken():
    """Each case holds through the relay, and no longer when the relay breaks something."""
    problems = 0
    print(f'1..{len(BROKEN)}', flush=True)
    for number, (name, said, becomes, words) in enumerate(BROKEN, 1):
        case, = interop.find_cases('normal', [words])
        outcomes = []
        for broken in (None, (said, becomes)):
            with training('normal') as (service, base), Breaker(service.url) as relay:
                relay.broken = broken
                base.server = TimedServer(relay.url)
                base.server.service = service
                outcomes.append(interop.try_case(case, base))
        seen = [outcome for outcome, _ in outcomes] == ['ok', 'broken']
        problems += not seen
        print(f'{"ok" if seen else "not ok"} {number} - {name} is seen' + ('' if seen else f'\n# {outcomes}'), flush=True)
    return problems > 0


def check_program():
    """The program as people start it: its exit statuses, and the table that it writes."""
    def start(url, *words):
        command = [sys.executable, interop.__file__, '--profile', 'normal', '--teller', TELLER, '--accounts', service.accounts,
                   '--markdown', table, *words, url, service.mails]
        return subprocess.run(command, capture_output=True, text=True)

    print('1..4', flush=True)
    with training('normal') as (service, _), Breaker(service.url) as relay:
        table = os.path.join(service.directory, 'table.md')
        relay.broken = BROKEN[2][1:3]
        ends = [('it holds', 0, start(service.url, '--only', 'wire: signing out', '--only', 'the administrator gave out')),
                ('it is broken', 1, start(relay.url, '--only', BROKEN[2][3])),
                ('nobody is there', 2, start('http://127.0.0.1:1'))]
        good = [end.returncode == status for _, status, end in ends]
        for number, ((name, status, end), is_good) in enumerate(zip(ends, good), 1):
            print(f'{"ok" if is_good else "not ok"} {number} - {status} when {name}')
            if not is_good:
                print(f'# {end.returncode}\n# ' + (end.stdout + end.stderr).replace('\n', '\n# '))
        with open(table, encoding='utf-8') as file:
            text = file.read()
        is_good = '| client | 1 | 0 | 1 | 0 |\n| all | 1 | 0 | 1 | 0 |' in text
        print(f'{"ok" if is_good else "not ok"} 4 - a table has the counts' + ('' if is_good else '\n# ' + text.replace('\n', '\n# ')))
    return not (all(good) and is_good)


def walk_through():
    """The window's half of it, as far as it shows that the walks can be started: tests/walk has the rest."""
    with training('normal') as (_, base):
        outcomes = interop.walk_through(PROGRAM[0], ['erik signs in'], base)
    return not outcomes or any(outcome == 'broken' for _, outcome in outcomes)


def main():
    if PART == 'broken':
        return see_broken()
    if PART == 'program':
        return check_program()
    if PART == 'walk':
        return walk_through()
    return hold(PART)


if __name__ == '__main__':
    sys.exit(main())
