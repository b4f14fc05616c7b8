#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sends the service every request that was recorded on a live Ory Kratos, and compares every answer with the one that
Kratos gave: all of it, but for what transcripts/README.md says is never the same twice.

Usage: test-transcripts.py SERVICE-HOST TRANSCRIPTS"""

import glob
import json
import os
import re
import sys
import unittest

from service_host import OPEN, Service, main, totp

HOST, TRANSCRIPTS = sys.argv[1:3]

BOUND = re.compile(r'<(?:id|token|secret|code|recovery-code)-\d+>')
ANY = re.compile(r'<(?:time|text|number|server|server-host|ui|ui-host|peer|agent|qr|recovery codes, comma separated)>')
SHAPES = {
    'id': r'[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
    'token': r'ory_st_[A-Za-z0-9]{32}',
    'secret': r'[A-Z2-7]{32}',
    'code': r'\d{6}',
    'recovery-code': r'[a-z0-9]{8}',
}
LIFESPANS = {'login_lifespan_s': 'login', 'code_lifespan_s': 'code', 'recovery_lifespan_s': 'recovery',
             'privileged_session_max_age_s': 'privileged'}
# Not a placeholder in the recording, and still a time.
TIMES = {'expired_at_unix'}


class Story:
    def __init__(self, test, service):
        self.test = test
        self.service = service
        self.names = {}
        self.letters = 0

    # What is sent.

    def fill(self, value):
        if isinstance(value, dict):
            return {key: self.fill(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        return self.fill_text(value) if isinstance(value, str) else value

    def fill_text(self, text):
        made = re.fullmatch(r'<totp (<secret-\d+>)(?: ([+-]\d+) s)?>', text)
        if made:
            return totp(self.names[made[1]], self.service.now() + int(made[2] or 0))
        if text == '<wrong-code>':
            used = [value for name, value in self.names.items() if name.startswith('<code-')]
            return '000000' if '000000' not in used else '111111'
        return BOUND.sub(lambda match: self.names[match[0]], text)

    # What is compared.

    def match_text(self, want, got, where):
        self.test.assertIsInstance(got, str, where)
        pattern = ''
        new = []
        end = 0
        for part in re.finditer(f'{BOUND.pattern}|{ANY.pattern}', want):
            pattern += re.escape(want[end:part.start()])
            end = part.end()
            name = part[0]
            if ANY.fullmatch(name):
                pattern += '.*'
            elif name in self.names:
                pattern += re.escape(self.names[name])
            else:
                pattern += f'({SHAPES[name[1:-1].rpartition("-")[0]]})'
                new.append(name)
        pattern += re.escape(want[end:])
        match = re.fullmatch(pattern, got, re.DOTALL)
        self.test.assertIsNotNone(match, f'{where}: {got!r} is not {want!r} ({pattern})')
        for name, value in zip(new, match.groups()):
            self.test.assertNotIn(value, [other for key, other in self.names.items()
                                          if key.rpartition('-')[0] == name.rpartition('-')[0]],
                                  f'{where}: {name} is not a new one')
            self.names[name] = value

    def match(self, want, got, where):
        if want == '<number>' or where.rpartition('.')[2] in TIMES:
            self.test.assertIsInstance(got, int, where)
        elif isinstance(want, dict):
            self.test.assertIsInstance(got, dict, where)
            self.test.assertEqual(sorted(want), sorted(got), f'members of {where}')
            for key, item in want.items():
                self.match(item, got[key], f'{where}.{key}')
        elif isinstance(want, list):
            self.test.assertIsInstance(got, list, where)
            self.test.assertEqual(len(want), len(got), f'length of {where}: {got}')
            for index, item in enumerate(want):
                self.match(item, got[index], f'{where}[{index}]')
        elif isinstance(want, str):
            self.match_text(want, got, where)
        else:
            self.test.assertEqual(want, got, where)

    def match_letter(self, want, note):
        self.letters += 1
        to, flow, code = self.service.letters(self.letters)[-1]
        self.match(want, {'to': to, 'flow': flow, 'code': code}, note)
        self.test.assertEqual(self.letters, len(self.service.letters()), f'{note}: one mail')

    def tell(self, exchange):
        if 'wait' in exchange:
            self.service.advance(exchange['wait'])
            return
        if 'mail' in exchange:
            self.match_letter(exchange['mail'], exchange['note'])
            return
        request, want = exchange['request'], exchange['response']
        path = self.fill_text(request['path'])
        got = self.service.request(request['method'], path, self.fill(request['body']), self.fill(request['headers']))
        self.test.assertEqual(want['status'], got.status, f'{exchange["note"]}: {got.data}')
        self.match(want['body'], got.body, exchange['note'])


class Transcripts(unittest.TestCase):
    maxDiff = None


def make_test(path):
    def test(self):
        with open(path, encoding='utf-8') as file:
            story = json.load(file)
        config = {**OPEN, 'lifespan': {LIFESPANS[key]: value for key, value in story['config'].items()}}
        service = Service(HOST, config)
        self.addCleanup(service.remove)
        teller = Story(self, service)
        for number, exchange in enumerate(story['exchanges']):
            try:
                teller.tell(exchange)
            except AssertionError as error:
                raise AssertionError(f'exchange {number}: {error}') from None
        self.assertEqual(teller.letters, len(service.letters()), 'no mail that nobody asked for')
    return test


for transcript in sorted(glob.glob(os.path.join(TRANSCRIPTS, '*.json'))):
    name = os.path.basename(transcript)[:-len('.json')]
    setattr(Transcripts, 'test_' + name.replace('-', '_'), make_test(transcript))

if __name__ == '__main__':
    sys.exit(main(sys.modules['__main__']))
