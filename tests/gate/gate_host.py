# SPDX-License-Identifier: GPL-3.0-or-later
"""The gate under test, and what stands behind it: the service, and between them somebody who counts what comes through."""

import base64
import hashlib
import hmac
import http.client
import http.server
import json
import os
import pathlib
import re
import secrets
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'service'))
from service_host import ACCOUNTS, ERIK, MAJA_ACCOUNT, OPEN, Service, Wire, ask, main, solve  # noqa: E402

POSTS = ('/self-service/login', '/self-service/recovery')


class Upstream(http.server.ThreadingHTTPServer):
    """Passes the gate's questions on to the service and keeps them. `answer`, when set, is called with each in place of the
    service; it may write to the handler what it likes."""

    daemon_threads = True

    def __init__(self, service):
        self.service = service
        self.seen = []
        self.answer = None
        super().__init__(('127.0.0.1', 0), Handler)
        self.url = f'http://127.0.0.1:{self.server_address[1]}'
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        """Who is cut off says nothing."""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_POST(self):
        self.body = self.rfile.read(int(self.headers['Content-Length']))
        self.server.seen.append((self.path, list(self.headers.items()), json.loads(self.body)))
        if self.server.answer is not None:
            self.server.answer(self)
        else:
            self.pass_on()

    def pass_on(self):
        connection = http.client.HTTPConnection('127.0.0.1', self.server.service.port)
        connection.request('POST', self.path, self.body, dict(self.headers.items()))
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        self.say(answer.status, data, answer.getheader('Content-Type'))

    def say(self, status, data, kind='application/json', **headers):
        self.send_response(status)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace('_', '-'), value)
        self.end_headers()
        self.wfile.write(data)

    def break_off(self):
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *words):
        pass


class Gate:
    """Runs a gate in a directory of its own; `settings` change what it is told."""

    def __init__(self, program, upstream, settings=None, key=None, store=None, files=None):
        self.directory = tempfile.mkdtemp(prefix='first-login-gate-')
        self.key = key or secrets.token_bytes(32)
        self.path = os.path.join(self.directory, 'gate.conf')
        self.log = os.path.join(self.directory, 'log')
        self.words = [program] if files is None else ['sh', '-c', f'ulimit -S -n {files}; exec "$0" "$@"', program]
        self.store = store or os.path.join(self.directory, 'gate.db')
        key_file = self.write('gate.key', self.key.hex() + '\n')
        lines = {'LISTEN': '127.0.0.1:0', 'METRICS': '127.0.0.1:0', 'UPSTREAM': upstream, 'KEY_FILE': key_file,
                 'STORE': self.store, 'PASSWORD_GRID': 50, 'MAIL_GRID': 50, **(settings or {})}
        self.write('gate.conf', ''.join(f'{name}={value}\n' for name, value in lines.items()))
        try:
            self.start()
        except BaseException:
            shutil.rmtree(self.directory)
            raise

    def write(self, name, text):
        path = os.path.join(self.directory, name)
        with open(path, 'w', encoding='utf-8') as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(text)
        return path

    def start(self):
        with open(self.log, 'ab') as log:
            self.process = subprocess.Popen([*self.words, '--config', self.path], stdout=subprocess.PIPE, stderr=log,
                                            text=True, env={**os.environ, 'G_DEBUG': 'fatal-criticals'})
        self.port, self.metrics_port = (self.read_port(words) for words in ('listening', 'metrics'))

    def read_port(self, words):
        line = self.process.stdout.readline()
        match = re.fullmatch(words + r' on http://127\.0\.0\.1:(\d+)(/metrics)?\n', line)
        assert match, f'not the line that says where: {line!r}, {self.said()}'
        return int(match[1])

    def said(self):
        with open(self.log, encoding='utf-8') as file:
            return file.read()

    def stop(self):
        self.process.terminate()
        status = self.process.wait()
        self.process.stdout.close()
        return status

    def remove(self):
        status = self.stop() if self.process.poll() is None else 0
        said = self.said()
        shutil.rmtree(self.directory)
        assert status == 0, said
        assert 'ERROR' not in said and 'CRITICAL' not in said, said

    def request(self, method, path, body=None, headers=None, token=None, source=None):
        return ask(self.port, method, path, body, headers, token, source)

    def submit(self, kind, flow, body, token=None, headers=None, **options):
        return self.request('POST', f'/self-service/{kind}?flow={flow}', body, headers, token, **options)

    def challenge(self):
        answer = self.request('GET', '/altcha')
        assert answer.status == 200, answer.data
        return answer.body

    def proof(self):
        """A proof that costs nothing, as whoever has the key can make them."""
        return solve(sign(self.key))

    def metric(self, name):
        """The value of a metric, by its name with labels."""
        connection = http.client.HTTPConnection('127.0.0.1', self.metrics_port, timeout=60)
        connection.request('GET', '/metrics')
        text = connection.getresponse().read().decode()
        connection.close()
        values = dict(line.rsplit(' ', 1) for line in text.splitlines() if not line.startswith('#'))
        return float(values['first_login_gate_' + name])


def sign(key, purpose='recovery', expires=600, **changes):
    """A challenge as the gate that has this key makes it."""
    robot = hmac.new(key, b'first-login-gate robot', hashlib.sha256).digest()
    parameters = {'algorithm': 'PBKDF2/SHA-256', 'cost': 1, 'data': {'purpose': purpose},
                  'expiresAt': int(time.time()) + expires, 'keyLength': 32, 'keyPrefix': '00',
                  'nonce': secrets.token_hex(16), 'salt': secrets.token_hex(16), **changes}
    written = json.dumps(parameters, sort_keys=True, separators=(',', ':'))
    return {'parameters': parameters, 'signature': hmac.new(robot, written.encode(), hashlib.sha256).hexdigest()}


def spoil(proof):
    """The same proof with a solution that looks like one, and is none."""
    payload = json.loads(base64.b64decode(proof))
    payload['solution']['derivedKey'] = '00' + secrets.token_hex(31)
    return base64.b64encode(json.dumps(payload).encode()).decode()


class Case(Wire, unittest.TestCase):
    """A test with a service, who counts, and gates. HOST and PROGRAM are set by the module that runs."""

    HOST = PROGRAM = None

    def setUp(self):
        self.service = Service(self.HOST, OPEN, ACCOUNTS + [MAJA_ACCOUNT])
        self.addCleanup(self.service.remove)
        self.upstream = Upstream(self.service)
        self.addCleanup(self.upstream.server_close)
        self.addCleanup(self.upstream.shutdown)

    def open(self, settings=None, **options):
        gate = Gate(self.PROGRAM, self.upstream.url, settings, **options)
        self.addCleanup(gate.remove)
        return gate

    def assert_no_mails(self):
        """A mail that has been promised is sent a quarter of a second later: then one has come that is asked for now, past the
        gate, and no other."""
        self.service.ask_for_mail(ERIK)
        self.assertEqual([letter[0] for letter in self.service.letters(1)], [ERIK])

    def ask_for_mail(self, gate, address, flow=None, **headers):
        flow = flow or self.service.flow('recovery')
        body = {'method': 'code', 'email': address, 'transient_payload': {'flow': flow}}
        return gate.submit('recovery', flow, body, headers={'X-Altcha': gate.proof(), **headers})

    def sign_in(self, gate, address, password, **headers):
        body = {'method': 'password', 'identifier': address, 'password': password}
        return gate.submit('login', self.service.flow('login'), body, headers=headers)

    def assert_error(self, answer, status, error_id=None):
        self.assertEqual(answer.status, status, answer.data)
        self.assertEqual(answer.body['error']['code'], status)
        self.assertEqual(answer.body['error'].get('id'), error_id)

    def assert_says(self, answer, status, *ids):
        self.assertEqual(answer.status, status, answer.data)
        self.assertEqual(answer.ids(), list(ids))

    def assert_rest(self, answer, seconds):
        self.assert_error(answer, 429)
        self.assertTrue(0 < int(answer.headers['Retry-After']) <= seconds, answer.headers['Retry-After'])
