# SPDX-License-Identifier: GPL-3.0-or-later
"""The service under test, and the few things that a client of it needs: HTTP, TOTP, the robot's work, the mails."""

import base64
import concurrent.futures
import email
import email.policy
import glob
import hashlib
import hmac
import http.client
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

ANNA, ERIK, MAJA, NOBODY = ('%s@flexhrm.example' % name for name in ('anna', 'erik', 'maja', 'nobody'))
PASSWORD = 'correct horse battery'
SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
ACCOUNTS = [
    {'schema_id': 'employee', 'state': 'active',
     'traits': {'email': ANNA, 'name': {'first': 'Anna'}},
     'verifiable_addresses': [{'value': ANNA, 'verified': True, 'via': 'email',
                               'status': 'completed'}]},
    {'schema_id': 'employee', 'state': 'active',
     'traits': {'email': ERIK, 'name': {'first': 'Erik'}},
     'verifiable_addresses': [{'value': ERIK, 'verified': True, 'via': 'email',
                               'status': 'completed'}],
     'credentials': {'password': {'config': {'password': PASSWORD}}}},
]
MAJA_ACCOUNT = {
    'schema_id': 'employee', 'traits': {'email': MAJA},
    'credentials': {
        'password': {'config': {'password': PASSWORD}},
        'totp': {'config': {'totp_url': f'otpauth://totp/Flex:{MAJA}?secret={SECRET}&issuer=Flex'}},
        'lookup_secret': {'config': {'codes': [{'code': 'abcd1234'}, {'code': 'efgh5678'}]}},
    },
}
OPEN = {'robot': {'enabled': 'false'}, 'throttle': {'enabled': 'false'}}


def totp(secret, at):
    key = base64.b32decode(secret + '=' * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack('>Q', int(at) // 30), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return '%06d' % ((struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7fffffff) % 1000000)


def solve(challenge):
    """What the robot check asks for: ALTCHA v2 with PBKDF2/SHA-256."""
    parameters = challenge['parameters']
    nonce, salt = bytes.fromhex(parameters['nonce']), bytes.fromhex(parameters['salt'])
    for counter in range(1 << 20):
        key = hashlib.pbkdf2_hmac('sha256', nonce + struct.pack('>I', counter), salt, parameters['cost'],
                                  parameters['keyLength'])
        if key.hex().startswith(parameters['keyPrefix']):
            break
    solution = {'counter': counter, 'derivedKey': key.hex(), 'time': 1}
    return base64.b64encode(json.dumps({'challenge': challenge, 'solution': solution}).encode()).decode()


def at_once(count, call):
    """What so many calls at the same time answer."""
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        gate = threading.Barrier(count)

        def wait_and_call(number):
            gate.wait()
            return call(number)
        return list(pool.map(wait_and_call, range(count)))


class Answer:
    def __init__(self, status, headers, data):
        self.status = status
        self.headers = headers
        self.data = data
        self.body = json.loads(data) if data else None

    def node(self, name):
        """The form's node of that name or id."""
        for node in self.body['ui']['nodes'] or []:
            if name in (node['attributes'].get('name'), node['attributes'].get('id')):
                return node
        return None

    def ids(self, name=None):
        """Message ids: of the form, or of one node."""
        messages = self.body['ui'].get('messages', []) if name is None else self.node(name)['messages']
        return [message['id'] for message in messages]


def ask(port, method, path, body=None, headers=None, token=None, source=None):
    """One exchange with what listens there, from the address `source` of this computer."""
    connection = http.client.HTTPConnection('127.0.0.1', port, timeout=60, source_address=(source, 0) if source else None)
    return exchange(connection, method, path, body, headers, token)


def exchange(connection, method, path, body=None, headers=None, token=None):
    """One exchange over a connection of its own."""
    headers = {'Accept': 'application/json', **(headers or {})}
    if token:
        headers['X-Session-Token'] = token
    if body is not None:
        headers.setdefault('Content-Type', 'application/json')
        body = body if isinstance(body, (bytes, str)) else json.dumps(body)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    result = Answer(answer.status, answer.headers, answer.read())
    connection.close()
    return result


class Service:
    """Runs a service of its own in a directory of its own."""

    def __init__(self, command, config=None, accounts=None, program=False, **popen):
        self.directory = tempfile.mkdtemp(prefix='first-login-service-')
        self.command = command
        self.program = program
        self.popen = popen
        self.shift = 0
        self.mails = os.path.join(self.directory, 'mails')
        os.mkdir(self.mails)
        self.database = os.path.join(self.directory, 'service.db')
        self.accounts = self.write('accounts.json', json.dumps(ACCOUNTS if accounts is None else accounts))
        lines = [f'[{group}]\n' + ''.join(f'{key}={value}\n' for key, value in keys.items())
                 for group, keys in (config or {}).items()]
        self.config = self.write('service.conf', ''.join(lines))
        try:
            self.start()
        except BaseException:
            shutil.rmtree(self.directory)
            raise

    def write(self, name, text):
        path = os.path.join(self.directory, name)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
        return path

    def start(self):
        if self.program:
            arguments = ['--listen', '127.0.0.1:0', '--database', self.database, '--accounts', self.accounts,
                         '--config', self.config, '--mail-directory', self.mails]
        else:
            arguments = [self.database, self.accounts, self.config, self.mails]
        self.process = subprocess.Popen([self.command, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, env={**os.environ, 'G_DEBUG': 'fatal-criticals'}, **self.popen)
        line = self.process.stdout.readline()
        match = re.fullmatch(r'listening on (http://127\.0\.0\.1:(\d+))\n', line)
        assert match, f'not the line that says where: {line!r}'
        self.url = match[1]
        self.port = int(match[2])

    def order(self, line):
        self.process.stdin.write(line + '\n')
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def advance(self, seconds):
        assert self.order(f'advance {seconds}') == 'done'
        self.shift += seconds

    def now(self):
        return time.time() + self.shift

    def stop(self):
        self.process.stdin.close()
        self.process.terminate() if self.program else None
        status = self.process.wait()
        self.process.stdout.close()
        return status

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def remove(self):
        if self.process.poll() is None:
            self.stop()
        shutil.rmtree(self.directory)

    def request(self, method, path, body=None, headers=None, token=None):
        return ask(self.port, method, path, body, headers, token)

    def get(self, path, token=None):
        return self.request('GET', path, token=token)

    def post(self, path, body, token=None, headers=None):
        return self.request('POST', path, body, headers, token)

    def letters(self, least=0):
        """The mails so far, oldest first, as (to, flow, code); waits until there are as many as must come."""
        deadline = time.monotonic() + 30
        while len(paths := glob.glob(os.path.join(self.mails, '*.eml'))) < least:
            assert time.monotonic() < deadline, f'{least} mails should have come, {len(paths)} have'
            time.sleep(0.01)
        paths.sort(key=lambda path: os.stat(path).st_mtime_ns)
        return [read_letter(path) for path in paths]

    # Short ways to where a test begins.

    def flow(self, kind, query='', token=None):
        answer = self.get(f'/self-service/{kind}/api{query}', token)
        assert answer.status == 200, answer.data
        return answer.body['id']

    def submit(self, kind, flow, body, token=None, headers=None):
        return self.post(f'/self-service/{kind}?flow={flow}', body, token, headers)

    def sign_in(self, address, password):
        return self.submit('login', self.flow('login'),
                           {'method': 'password', 'identifier': address, 'password': password})

    def ask_for_mail(self, address, flow=None, headers=None):
        flow = flow or self.flow('recovery')
        return self.submit('recovery', flow, {'method': 'code', 'email': address,
                                              'transient_payload': {'flow': flow}}, headers=headers)

    def recover(self, address):
        """Token and settings flow of an account that has been recovered by mail."""
        before = len(self.letters())
        flow = self.ask_for_mail(address).body['id']
        answer = self.submit('recovery', flow, {'method': 'code', 'code': self.letters(before + 1)[-1][2]})
        token, settings = answer.body['continue_with']
        return token['ory_session_token'], settings['flow']['id']


def read_letter(path):
    with open(path, 'rb') as file:
        message = email.message_from_binary_file(file, policy=email.policy.default)
    text = message.get_body(('plain',)).get_content()
    flow = re.search(r'flow=([0-9a-f-]{36})', text)
    code = re.search(r'(?<![0-9a-f-])(\d{3} ?\d{3})(?![0-9a-f-])', re.sub(r'\S*#\S*', '', text))
    return message['To'], flow and flow[1], code and code[1].replace(' ', '')


class Case(unittest.TestCase):
    """A test against services that sys.argv[1] runs."""

    def serve(self, config=None, accounts=None):
        service = Service(sys.argv[1], config, accounts)
        self.addCleanup(service.remove)
        return service

    def assert_error(self, answer, status, error_id=None):
        self.assertEqual(answer.status, status, answer.data)
        self.assertEqual(answer.body['error']['code'], status)
        self.assertEqual(answer.body['error'].get('id'), error_id)

    def assert_rest(self, answer, seconds):
        """Refused for so many seconds, give or take those that the test itself has taken."""
        self.assert_error(answer, 429)
        self.assertLessEqual(int(answer.headers['Retry-After']), seconds)
        self.assertGreater(int(answer.headers['Retry-After']), seconds - 60)

    def assert_says(self, answer, status, *ids):
        self.assertEqual(answer.status, status, answer.data)
        self.assertEqual(answer.ids(), list(ids))


class Wire:
    """Sockets, for what no good client sends; mixed into a test."""

    GET = 'GET /health/alive HTTP/1.1\r\nHost: localhost\r\n\r\n'
    POST = 'POST /self-service/login?flow={} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'

    def connect(self, service, text=''):
        connection = socket.create_connection(('127.0.0.1', service.port), 60)
        self.addCleanup(connection.close)
        connection.sendall(text if isinstance(text, bytes) else text.encode())
        return connection

    def read_answer(self, connection):
        """Status, head and body of one answer; what was read beyond it is lost."""
        data = b''
        while b'\r\n\r\n' not in data:
            part = connection.recv(65536)
            self.assertTrue(part, f'the connection ended after {data!r}')
            data += part
        head, _, body = data.partition(b'\r\n\r\n')
        length = [line for line in head.split(b'\r\n') if line.lower().startswith(b'content-length:')]
        while length and len(body) < int(length[0].split(b':')[1]):
            body += connection.recv(65536)
        return int(head.split()[1]), head, body

    def read_all(self, connection):
        """Everything until the connection ends."""
        data = b''
        try:
            while part := connection.recv(65536):
                data += part
        except ConnectionResetError:
            pass
        return data


class TapResult(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.count = 0

    def say(self, test, good, note=''):
        self.count += 1
        print(f'{"ok" if good else "not ok"} {self.count} {test.id().split(".", 1)[1]}{note}', flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.say(test, True)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.say(test, False)
        print('# ' + self.failures[-1][1].replace('\n', '\n# '), flush=True)

    def addError(self, test, err):
        super().addError(test, err)
        self.say(test, False)
        print('# ' + self.errors[-1][1].replace('\n', '\n# '), flush=True)


def main(module):
    suite = unittest.defaultTestLoader.loadTestsFromModule(module)
    print(f'1..{suite.countTestCases()}', flush=True)
    result = TapResult()
    suite.run(result)
    return 0 if result.wasSuccessful() else 1
