# SPDX-License-Identifier: GPL-3.0-or-later
"""Replays what was recorded on a live Ory Kratos (transcripts/README.md): sends every request of a story, and compares
every answer with the one that Kratos gave: all of it, but for what is never the same twice."""

import json
import re

from service_host import totp

BOUND = re.compile(r'<(?:id|token|secret|code|recovery-code)-\d+>')
ANY = re.compile(r'<(?:time|text|number|server|server-host|ui|ui-host|peer|agent|qr|recovery codes, comma separated)>')
SHAPES = {
    'id': r'[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
    'token': r'ory_st_[A-Za-z0-9]{32}',
    'secret': r'[A-Z2-7]{32}',
    'code': r'\d{6}',
    'recovery-code': r'[a-z0-9]{8}',
}
# Not placeholders in the recording, and still a time, and human wording: the title that the identity schema has.
TIMES = {'expired_at_unix'}
WORDS = {'title'}


def load(path, addresses=None):
    """The story in a file, about those people instead of the ones it was recorded with: {recorded address: other}."""
    with open(path, encoding='utf-8') as file:
        text = file.read()
    for recorded, other in (addresses or {}).items():
        text = text.replace(recorded, other).replace(recorded.upper(), other.upper())
    return json.loads(text)


def expect(condition, message):
    if not condition:
        raise AssertionError(message)


class Replay:
    """A story told to a server, which has request(), now() and advance(); `post` has letters(least). The waits of a story
    last so many times as long as recorded, exchanges with the notes of `without` are left out, and of those of `loosely` it counts only that they are answered."""

    def __init__(self, server, post, slower=1, without=(), loosely=()):
        self.server = server
        self.post = post
        self.slower = slower
        self.without = without
        self.loosely = loosely
        self.names = {}
        self.letters = 0

    def tell(self, story):
        for number, exchange in enumerate(story['exchanges']):
            if exchange.get('note') in self.without:
                continue
            try:
                self.exchange(exchange)
            except AssertionError as error:
                raise AssertionError(f'exchange {number}: {error}') from None
        expect(self.letters == len(self.post.letters()), 'a mail that nobody asked for')

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
            return totp(self.names[made[1]], self.server.now() + int(made[2] or 0))
        if text == '<wrong-code>':
            used = [value for name, value in self.names.items() if name.startswith('<code-')]
            return '000000' if '000000' not in used else '111111'
        return BOUND.sub(lambda match: self.names[match[0]], text)

    # What is compared.

    def match_text(self, want, got, where):
        expect(isinstance(got, str), f'{where}: {got!r} is no text')
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
        expect(match, f'{where}: {got!r} is not {want!r} ({pattern})')
        for name, value in zip(new, match.groups()):
            expect(value not in [other for key, other in self.names.items()
                                 if key.rpartition('-')[0] == name.rpartition('-')[0]],
                   f'{where}: {name} is not a new one')
            self.names[name] = value

    def match(self, want, got, where):
        if want == '<number>' or where.rpartition('.')[2] in TIMES:
            expect(isinstance(got, int), f'{where}: {got!r} is no number')
        elif isinstance(want, dict):
            expect(isinstance(got, dict), f'{where}: {got!r} is no object')
            expect(sorted(want) == sorted(got), f'members of {where}: {sorted(got)} are not {sorted(want)}')
            for key, item in want.items():
                self.match(item, got[key], f'{where}.{key}')
        elif isinstance(want, list):
            expect(isinstance(got, list), f'{where}: {got!r} is no list')
            expect(len(want) == len(got), f'length of {where}: {len(got)} is not {len(want)}: {got}')
            for index, item in enumerate(want):
                self.match(item, got[index], f'{where}[{index}]')
        elif isinstance(want, str):
            self.match_text('<text>' if where.rpartition('.')[2] in WORDS else want, got, where)
        else:
            expect(want == got, f'{where}: {got!r} is not {want!r}')

    def match_letter(self, want, note):
        self.letters += 1
        to, flow, code = self.post.letters(self.letters)[-1]
        self.match(want, {'to': to, 'flow': flow, 'code': code}, note)
        expect(self.letters == len(self.post.letters()), f'{note}: one mail')

    def exchange(self, exchange):
        if 'wait' in exchange:
            self.server.advance(exchange['wait'] * self.slower)
            return
        if 'mail' in exchange:
            self.match_letter(exchange['mail'], exchange['note'])
            return
        request, want = exchange['request'], exchange['response']
        path = self.fill_text(request['path'])
        got = self.server.request(request['method'], path, self.fill(request['body']), self.fill(request['headers']))
        if exchange['note'] in self.loosely:
            expect(got.status < 500, f'{exchange["note"]}: {got.status}: {got.data}')
            return
        expect(want['status'] == got.status, f'{exchange["note"]}: {got.status} is not {want["status"]}: {got.data}')
        self.match(want['body'], got.body, exchange['note'])
