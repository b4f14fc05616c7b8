# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the contract is tried: a server at some URL, people who have accounts there, the mails that they get, and the
product's own client to talk to it (tests/contract/teller.c)."""

import email
import email.policy
import fnmatch
import functools
import http.client
import json
import os
import pathlib
import secrets
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path += [str(TESTS / 'service'), str(TESTS / 'contract')]

from service_host import PASSWORD, Answer, read_letter, solve, totp  # noqa: E402
from transcript import expect  # noqa: E402

ISSUER = 'Visma Connect'
DOMAIN = 'flexhrm.example'
# A mail that follows another too soon is refused for a minute where anything is limited; longer is not waited for.
LONGEST_REST = 75


class Trouble(Exception):
    """What keeps the contract from being tried at all."""


class Skip(Exception):
    """Why a case cannot be tried here."""


class Server:
    """The server under test, over HTTP."""

    def __init__(self, url, ca=None):
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ('http', 'https') or not parts.hostname:
            raise Trouble(f'not the address of a server: {url}')
        self.url = url.rstrip('/')
        self.ca = ca
        if parts.scheme == 'https':
            self.connect = functools.partial(http.client.HTTPSConnection, parts.hostname, parts.port, timeout=60,
                                             context=ssl.create_default_context(cafile=ca))
        else:
            self.connect = functools.partial(http.client.HTTPConnection, parts.hostname, parts.port, timeout=60)
        try:
            self.has_robot = self.ask('GET', '/altcha', None, {}).status == 200
        except OSError as error:
            raise Trouble(f'{url}: {error}') from None

    def now(self):
        return time.time()

    def advance(self, seconds):
        """Lets time pass."""
        time.sleep(seconds)

    def ask(self, method, path, body, headers):
        connection = self.connect()
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        is_json = answer.headers.get_content_type() == 'application/json'
        result = Answer(answer.status, answer.headers, data if is_json else b'')
        result.data = data
        return result

    def request(self, method, path, body=None, headers=None, token=None):
        """Asks with what the server wants to see for a mail, and waits where it says so."""
        headers = {'Accept': 'application/json', 'User-Agent': 'interop', **(headers or {})}
        if token:
            headers['X-Session-Token'] = token
        if body is not None:
            headers.setdefault('Content-Type', 'application/json')
        while True:
            if self.has_robot and isinstance(body, dict) and 'email' in body:
                headers['X-Altcha'] = solve(self.ask('GET', '/altcha', None, {}).body)
            data = json.dumps(body) if isinstance(body, dict) else body
            answer = self.ask(method, path, data, headers)
            rest = int(answer.headers.get('Retry-After', 0)) if answer.status == 429 else 0
            if not 0 < rest <= LONGEST_REST:
                return answer
            self.advance(rest)

    def get(self, path, token=None):
        return self.request('GET', path, token=token)

    def post(self, path, body, token=None, headers=None):
        return self.request('POST', path, body, headers, token)

    def flow(self, kind, query='', token=None):
        answer = self.get(f'/self-service/{kind}/api{query}', token)
        expect(answer.status == 200, f'{kind} flow: {answer.status} {answer.data}')
        return answer.body['id']

    def submit(self, kind, flow, body, token=None, headers=None):
        return self.post(f'/self-service/{kind}?flow={flow}', body, token, headers)

    def sign_in(self, address, password=PASSWORD):
        answer = self.submit('login', self.flow('login'), {'method': 'password', 'identifier': address, 'password': password})
        expect(answer.status == 200, f'sign-in: {answer.status} {answer.data}')
        return answer.body['session_token']


class Imported:
    """People made by the admin API, each new, and taken away at the end."""

    def __init__(self, url):
        self.admin = Server(url)
        self.tag = secrets.token_hex(3)
        self.made = {}
        self.lock = threading.Lock()
        if self.admin.get('/admin/identities?page_size=1').status != 200:
            raise Trouble(f'{url} does not answer as an admin API')

    def new(self, name):
        with self.lock:
            address = f'{name}.{self.tag}.{len(self.made)}@{DOMAIN}'
            self.made[address] = None
        person = account(name, address)
        answer = self.admin.post('/admin/identities', person)
        if answer.status != 201:
            raise Trouble(f'the account of {address} is refused: {answer.status} {answer.data}')
        self.made[address] = answer.body['id']
        return address

    def code(self, address, life='1h'):
        """Flow and code that the administrator gives out."""
        answer = self.admin.post('/admin/recovery/code', {'identity_id': self.made[address], 'expires_in': life,
                                                          'flow_type': 'api'})
        expect(answer.status == 201, f'admin code: {answer.status} {answer.data}')
        query = urllib.parse.urlsplit(answer.body['recovery_link']).query
        return urllib.parse.parse_qs(query)['flow'][0], answer.body['recovery_code']

    def close(self):
        for identity in self.made.values():
            if identity:
                self.admin.request('DELETE', f'/admin/identities/{identity}')


class Listed:
    """People from the file that the server got its accounts from; each serves once, so the server has to be a new one."""

    def __init__(self, path):
        self.lock = threading.Lock()
        self.left = {'anna': [], 'erik': []}
        for person in json.loads(pathlib.Path(path).read_text(encoding='utf-8')):
            self.left['erik' if 'password' in person.get('credentials', {}) else 'anna'].append(person['traits']['email'])

    def new(self, name):
        with self.lock:
            if not self.left[name]:
                raise Trouble(f'the file has no account like {name}’s left')
            return self.left[name].pop(0)

    def code(self, address, life='1h'):
        raise Skip('there is no admin API')

    def close(self):
        pass


def account(name, address):
    """Anna has no password yet, Erik has; an account as the admin API and the training service import it."""
    person = {'schema_id': 'employee', 'state': 'active',
              'traits': {'email': address, 'name': {'first': name.capitalize()}},
              'verifiable_addresses': [{'value': address, 'verified': True, 'via': 'email', 'status': 'completed'}]}
    if name == 'erik':
        person['credentials'] = {'password': {'config': {'password': PASSWORD}}}
    return person


class Mails:
    """A maildir, or a folder of .eml files, that is being written by somebody else."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.read = {}
        self.lock = threading.Lock()
        if not self.folder.is_dir():
            raise Trouble(f'{folder} is no folder')

    def paths(self):
        yield from self.folder.glob('[!.]*.eml')
        for name in ('new', 'cur'):
            yield from (self.folder / name).glob('[!.]*')

    def letters(self, addresses):
        """(to, flow, code) of the mails to those people, oldest first."""
        with self.lock:
            for path in self.paths():
                if path.name not in self.read:
                    self.read[path.name] = path.stat().st_mtime_ns, path, read_letter(path)
            return [letter for _, _, letter in sorted(self.read.values()) if letter[0] in addresses]

    def messages(self, addresses):
        """The same mails whole."""
        self.letters(addresses)
        with self.lock:
            paths = [path for _, path, letter in sorted(self.read.values()) if letter[0] in addresses]
        return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in paths]


class Post:
    """The mails of a few people."""

    def __init__(self, mails, *addresses):
        self.mails = mails
        self.addresses = {address.lower() for address in addresses} | {address.upper() for address in addresses}

    def letters(self, least=0):
        deadline = time.monotonic() + 30
        while len(found := self.mails.letters(self.addresses)) < least:
            expect(time.monotonic() < deadline, f'{least} mails should have come, {len(found)} have')
            time.sleep(0.02)
        return found


class Teller:
    """The product's client in a process of its own."""

    def __init__(self, program, server):
        words = [program, server.url, ISSUER] + ([server.ca] if server.ca else [])
        self.process = subprocess.Popen([os.fspath(word) for word in words], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def tell(self, *words):
        self.process.stdin.write(json.dumps(words) + '\n')
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        expect(line, 'the client has crashed')
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        status = self.process.wait()
        self.process.stdout.close()
        expect(status == 0, f'the client ended with {status}')


class Scene:
    """What a case is given: new people, their mails, and the product's client to play them with."""

    def __init__(self, ground):
        self.ground = ground
        self.server = ground.server
        self.used = set()

    def __enter__(self):
        self.teller = Teller(self.ground.program, self.server)
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            self.teller.close()
        else:
            self.teller.process.kill()
            self.teller.process.wait()

    def anna(self):
        return self.ground.people.new('anna')

    def erik(self):
        return self.ground.people.new('erik')

    def post(self, *addresses):
        return Post(self.ground.mails, *addresses)

    def wait(self, seconds):
        """Lets time pass, here and there."""
        self.server.advance(seconds)
        self.ground.moved(self.teller, seconds)

    def tell(self, who, verb, *words, end='done'):
        """Has somebody do something, which must end in those words; waits where the server says so."""
        answer = self.teller.tell(who, verb, *words)
        if answer['end'] == 'throttled until' and verb in ('start-recovery', 'send-again') and end != answer['end']:
            self.wait(LONGEST_REST)
            answer = self.teller.tell(who, verb, *words)
        expect(fnmatch.fnmatchcase(answer['end'], end), f'{who}, {verb}: “{answer["end"]}” is not “{end}”')
        return answer

    def code(self, key):
        """What the phone shows, and has not been used yet. One period early is accepted."""
        while True:
            for ahead in (0, 30):
                code = totp(key, self.server.now() + ahead)
                if code not in self.used:
                    self.used.add(code)
                    return code
            self.wait(30)

    def enrol(self, who, address):
        """Two-factor and recovery codes, from a session that may: the key and the codes."""
        answer = self.tell(who, 'start-totp', end=f'done level=1 factor=no codes=no key=* {address}')
        key = answer['end'].split(' key=')[1].split()[0]
        self.tell(who, 'confirm-totp', self.code(key), end=f'done level=2 factor=yes codes=no {address}')
        codes = self.tell(who, 'issue-codes', end='done made=12')['codes']
        self.tell(who, 'confirm-codes', end=f'done level=2 factor=yes codes=yes {address}')
        return key, codes

    def maja(self):
        """Somebody who has everything: address, key and codes. She is enrolled as a person is, by the settings flow: not
        every version imports second factors."""
        address = self.erik()
        self.tell('maja', 'sign-in', address, PASSWORD, end=f'done level=1 {address}')
        key, codes = self.enrol('maja', address)
        self.tell('maja', 'sign-out')
        return address, key, codes

    def redeem(self, who, address, number, end):
        """Types the code of that mail, counted from 1."""
        _, flow, code = self.post(address).letters(number)[number - 1]
        self.tell(who, 'redeem', flow, code, end=end)
        return flow, code


class Ground:
    """All that a run of the contract needs."""

    def __init__(self, server, people, mails, program):
        self.server = server
        self.people = people
        self.mails = mails
        self.program = program

    def moved(self, teller, seconds):
        """Time has passed on the server; where that is not everybody's time, the client has to be told."""
