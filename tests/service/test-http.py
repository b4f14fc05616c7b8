#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the training service does with requests that no good client sends, and how the program itself behaves.

Usage: test-http.py SERVICE-HOST FIRST-LOGIN-SERVICE"""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import unittest

from service_host import ERIK, OPEN, PASSWORD, Service, Wire, main

HOST, PROGRAM = sys.argv[1:3]
LIMIT = 64 * 1024
HEAD = Wire.POST


class Case(Wire, unittest.TestCase):
    def serve(self, config=None, **arguments):
        service = Service(HOST, {**OPEN, **(config or {})}, **arguments)
        self.addCleanup(service.remove)
        return service

    def assert_ends(self, connection):
        self.read_all(connection)

    def assert_error(self, answer, status):
        self.assertEqual(answer.status, status, answer.data)
        self.assertEqual(answer.body['error']['code'], status)
        self.assertEqual(answer.headers['Content-Type'], 'application/json; charset=utf-8')


class Bounds(Case):
    def test_slow_requests_end(self):
        service = self.serve()
        get = self.GET
        idle = self.connect(service, get)
        second = self.connect(service, get)
        for connection in (idle, second):
            self.assertEqual(self.read_answer(connection)[0], 200)
        second.sendall(b'GET /health')
        slow = [second, self.connect(service), self.connect(service, 'GET /health/al'),
                self.connect(service, get[:-2]),
                self.connect(service, HEAD.format('x') + 'Content-Length: 100\r\n\r\n{"method"'),
                self.connect(service, get + HEAD.format('x') + 'Content-Length: 100\r\n\r\n{"method"')]
        for connection in slow:
            self.assert_ends(connection)
        idle.sendall(get.encode())
        self.assertEqual(self.read_answer(idle)[0], 200, 'a connection that only waits is kept')

    def test_large_bodies_are_refused_as_they_arrive(self):
        service = self.serve()
        connection = self.connect(service, HEAD.format('x') + f'Content-Length: {LIMIT + 1}\r\n\r\n')
        status, _, body = self.read_answer(connection)
        self.assertEqual((status, json.loads(body)['error']['code']), (413, 413))
        self.assert_ends(connection)

        connection = self.connect(service, HEAD.format('x') + 'Transfer-Encoding: chunked\r\n\r\n')
        chunk = b'1000\r\n' + b' ' * 4096 + b'\r\n'
        sent = 0
        try:
            while sent < 100 * 1024 * 1024:
                connection.sendall(chunk)
                sent += 4096
        except (BrokenPipeError, ConnectionResetError):
            pass
        self.assertLess(sent, 16 * 1024 * 1024, 'what the sockets hold, not what is sent')
        self.assertEqual(service.get('/health/alive').status, 200)

        connection = self.connect(service, HEAD.format('x') + 'Transfer-Encoding: chunked\r\n\r\n')
        for _ in range(17):
            connection.sendall(chunk)
        self.assertEqual(self.read_answer(connection)[0], 413)

    def test_bodies_within_the_limit_are_read(self):
        service = self.serve()
        flow = service.flow('login')
        body = {'method': 'identifier_first', 'identifier': ERIK}
        text = json.dumps(body)
        text = text[:-1] + ' ' * (LIMIT - len(text)) + '}'
        answer = service.submit('login', flow, text)
        self.assertEqual(answer.node('identifier')['attributes']['value'], ERIK)

    def test_endless_headers_are_refused(self):
        service = self.serve()
        connection = self.connect(service, 'GET /health/alive HTTP/1.1\r\nHost: localhost\r\n')
        sent = 0
        try:
            while sent < 100 * 1024 * 1024:
                connection.sendall(b'X-Long: ' + b'x' * 8000 + b'\r\n')
                sent += 8010
        except (BrokenPipeError, ConnectionResetError):
            pass
        self.assertLess(sent, 16 * 1024 * 1024)
        self.assertEqual(service.get('/health/alive').status, 200)

    def test_connections_are_bounded(self):
        service = self.serve()
        served = self.connect(service, self.GET)
        self.assertEqual(self.read_answer(served)[0], 200)
        silent = [self.connect(service) for _ in range(300)]
        for connection in silent[:45]:
            self.assert_ends(connection)
        for connection in (served, *silent[45:]):
            connection.sendall(self.GET.encode())
            self.assertEqual(self.read_answer(connection)[0], 200)
        self.assertEqual(service.get('/health/alive').status, 200, 'there is always room for one more')

    def test_those_who_leave_make_room(self):
        service = self.serve()
        for _ in range(300):
            self.assertEqual(service.get('/health/alive').status, 200)
        database = sqlite3.connect(service.database, isolation_level=None)
        database.execute('ALTER TABLE flow RENAME TO lost')
        for _ in range(300):
            self.assert_error(service.get('/self-service/login/api'), 500)
        database.execute('ALTER TABLE lost RENAME TO flow')
        database.close()
        self.assertEqual(service.get('/self-service/login/api').status, 200)

    def test_a_full_queue_says_when_to_come_back(self):
        service = self.serve()
        body = json.dumps({'method': 'password', 'identifier': ERIK, 'password': PASSWORD})
        request = 'Content-Length: {}\r\n\r\n{}'.format(len(body), body)
        answers = []
        # As often as it takes to be faster than two threads are.
        while 503 not in {status for status, _, _ in answers}:
            flows = [service.flow('login') for _ in range(100)]
            connections = [self.connect(service) for _ in flows]
            for connection, flow in zip(connections, flows):
                connection.sendall((HEAD.format(flow) + request).encode())
            answers = [self.read_answer(connection) for connection in connections]
            for connection in connections:
                connection.close()
        self.assertEqual({status for status, _, _ in answers}, {200, 503})
        for status, head, body in answers:
            if status == 503:
                self.assertIn(b'\r\nRetry-After: 1', head)
                self.assertEqual(json.loads(body)['error']['code'], 503)
        self.assertEqual(service.sign_in(ERIK, PASSWORD).status, 200)

    def test_people_who_do_not_wait(self):
        service = self.serve()
        body = json.dumps({'method': 'password', 'identifier': ERIK, 'password': PASSWORD})
        for _ in range(20):
            flow = service.flow('login')
            self.connect(service, HEAD.format(flow) + f'Content-Length: {len(body)}\r\n\r\n{body}').close()
        self.assertEqual(service.sign_in(ERIK, PASSWORD).status, 200)

    def test_an_end_in_the_middle(self):
        service = self.serve()
        body = json.dumps({'method': 'password', 'identifier': ERIK, 'password': PASSWORD})
        for _ in range(20):
            flow = service.flow('login')
            self.connect(service, HEAD.format(flow) + f'Content-Length: {len(body)}\r\n\r\n{body}')
        self.assertEqual(service.stop(), 0)


class Refusals(Case):
    def test_paths_and_methods(self):
        service = self.serve()
        for method, path, status in (('GET', '/', 404), ('GET', '/nowhere', 404), ('GET', '/self-service/login', 405),
                                     ('POST', '/sessions/whoami', 405), ('PUT', '/altcha', 405),
                                     ('GET', '/self-service/login/api/', 404), ('GET', '/%2e%2e/etc/passwd', 404)):
            answer = service.request(method, path)
            self.assert_error(answer, status)
            self.assertEqual(answer.headers['Allow'], {'/self-service/login': 'POST', '/sessions/whoami': 'GET',
                                                       '/altcha': 'GET'}.get(path))

    def test_only_the_landing_page_is_html(self):
        service = self.serve()
        connection = self.connect(service, 'GET /reset HTTP/1.1\r\nHost: localhost\r\n\r\n')
        status, head, body = self.read_answer(connection)
        self.assertEqual(status, 200)
        self.assertIn(b'\r\nContent-Type: text/html', head)
        self.assertIn(b'\r\nContent-Security-Policy: default-src', head)
        self.assertIn(b'first-login:', body)

    def test_bodies(self):
        service = self.serve()
        flow = service.flow('login')
        for body in (b'', b'{', b'[]', b'"text"', b'null', b'{"a":"\\u0000"}', b'\0', b'[' * 60000, b'{"a":' * 5000,
                     b'{"method":"password"} {}', b'\xff\xfe', b'<html>'):
            self.assert_error(service.submit('login', flow, body), 400)
        for kind in ('text/plain', 'application/x-www-form-urlencoded', ''):
            answer = service.submit('login', flow, '{"method":"identifier_first"}', headers={'Content-Type': kind})
            self.assert_error(answer, 400)
        answer = service.submit('login', flow, '{}', headers={'Content-Type': 'application/json; charset=utf-8'})
        self.assertIn('ui', answer.body)

    def test_members_of_another_type(self):
        service = self.serve()
        for value in (1, None, True, [], {}, [ERIK], {'a': ERIK}):
            for kind, body in (('login', {'method': 'password', 'identifier': value, 'password': value}),
                               ('login', {'method': value, 'identifier': value}),
                               ('recovery', {'method': 'code', 'email': value, 'transient_payload': value}),
                               ('recovery', {'method': value, 'email': value})):
                answer = service.submit(kind, service.flow(kind), body)
                self.assertEqual(answer.status, 400)
                self.assertIn('ui', answer.body)
        token = service.sign_in(ERIK, PASSWORD).body['session_token']
        for value in (1, None, [], {}):
            for body in ({'method': 'password', 'password': value}, {'method': 'totp', 'totp_code': value},
                         {'method': 'lookup_secret', 'lookup_secret_confirm': value}, {'method': value}):
                answer = service.submit('settings', service.flow('settings', token=token), body, token)
                self.assertEqual(answer.status, 400)
                self.assertIn('ui', answer.body)

    def test_flows(self):
        service = self.serve()
        for kind in ('login', 'recovery', 'settings'):
            # settings are nobody's business but their owner's
            malformed, missing = (401, 401) if kind == 'settings' else (400, 404)
            for query in ('', '?id=', '?id=garbage', '?id=%00', '?flow=x'):
                self.assert_error(service.get(f'/self-service/{kind}/flows{query}'), malformed)
            self.assert_error(service.get(f'/self-service/{kind}/flows?id=00000000-0000-4000-8000-000000000000'), missing)

    def test_strange_headers(self):
        service = self.serve()
        connection = self.connect(service)
        connection.sendall(b'GET /self-service/login/api HTTP/1.1\r\nHost: localhost\r\nUser-Agent: \xff\xfe\r\n'
                           b'X-Session-Token: \xff\r\nAuthorization: Bearer \xff\r\n\r\n')
        self.assertEqual(self.read_answer(connection)[0], 200)
        answer = service.request('POST', f'/self-service/login?flow={service.flow("login")}',
                                 {'method': 'password', 'identifier': ERIK, 'password': PASSWORD},
                                 {'User-Agent': 'caf\xe9 \xff', 'Cookie': '__cf_bm=1; cf_clearance=2'})
        self.assertEqual(answer.status, 200, 'Cloudflare\'s cookies do not count')
        self.assertEqual(answer.body['session']['devices'][0]['user_agent'], 'caf\ufffd \ufffd')


class Program(Case):
    def run_program(self, *arguments):
        return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=60)

    def test_it_serves_and_ends(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            service = Service(PROGRAM, OPEN, program=True)
            self.addCleanup(service.remove)
            self.assertEqual(service.sign_in(ERIK, PASSWORD).status, 200)
            token, _ = service.recover('anna@flexhrm.example')
            self.assertEqual(service.get('/sessions/whoami', token).status, 200)
            self.assertEqual(service.request('GET', '/health/ready').body, {'status': 'ok'})
            service.process.send_signal(number)
            self.assertEqual(service.process.wait(), 0)

    def test_a_killed_program_goes_on(self):
        service = Service(PROGRAM, OPEN, program=True)
        self.addCleanup(service.remove)
        token = service.sign_in(ERIK, PASSWORD).body['session_token']
        service.kill()
        service.start()
        self.assertEqual(service.get('/sessions/whoami', token).status, 200)

    def test_arguments(self):
        service = self.serve()
        good = {'--listen': '127.0.0.1:0', '--database': os.path.join(service.directory, 'other.db'),
                '--accounts': service.accounts, '--mail-directory': service.mails}
        wrong = service.write('wrong.conf', '[throttle]\natempts=8\n')
        many = service.write('many.conf', '[throttle]\nattempts=many\n')
        few = service.write('few.conf', '[password]\nminimum=1\n')
        for change in ({'--listen': None}, {'--database': None}, {'--accounts': None}, {'--mail-directory': None},
                       {'--listen': '0.0.0.0:0'}, {'--listen': '127.0.0.1'}, {'--listen': '127.0.0.1:70000'},
                       {'--listen': 'localhost:0'}, {'--listen': f'127.0.0.1:{service.port}'},
                       {'--accounts': '/nonexistent'}, {'--accounts': wrong}, {'--mail-directory': '/nonexistent'},
                       {'--database': '/nonexistent/x.db'}, {'--smtp': 'smtp://127.0.0.1:25'}, {'--config': wrong},
                       {'--config': many}, {'--config': few}, {'--config': '/nonexistent'}, {'--nonsense': 'x'},
                       {'--database': service.accounts}):
            arguments = [word for pair in {**good, **change}.items() if pair[1] is not None for word in pair]
            run = self.run_program(*arguments)
            self.assertEqual(run.returncode, 2, (change, run))
            self.assertEqual(run.stdout, '', change)
            lines = [line for line in run.stderr.splitlines() if line.startswith('first-login-service: ')]
            self.assertEqual(len(lines), 1, (change, run.stderr))

    def test_those_that_begin_at_once_share_database_and_key(self):
        service = Service(PROGRAM, OPEN, program=True)
        self.addCleanup(service.remove)
        for number in range(5):
            programs = [subprocess.Popen([PROGRAM, '--listen', '127.0.0.1:0', '--accounts', service.accounts,
                                          '--mail-directory', service.mails, '--database',
                                          f'{service.database}{number}'], text=True, stdout=subprocess.PIPE)
                        for _ in range(3)]
            ports = [program.stdout.readline().rpartition(':')[2] for program in programs]
            tokens, statuses = [], []
            for service.port in map(int, filter(None, ports)):
                tokens.append(service.sign_in(ERIK, PASSWORD).body['session_token'])
            for service.port in map(int, filter(None, ports)):
                statuses += [service.get('/sessions/whoami', token).status for token in tokens]
            for program in programs:
                program.terminate()
                program.wait()
                program.stdout.close()
            self.assertEqual(statuses, [200] * 9)

    def test_no_database_without_its_key(self):
        service = Service(PROGRAM, OPEN, program=True)
        self.addCleanup(service.remove)
        self.assertEqual(service.stop(), 0)
        os.unlink(service.database + '.key')
        run = self.run_program('--listen', '127.0.0.1:0', '--database', service.database, '--accounts',
                               service.accounts, '--mail-directory', service.mails)
        self.assertEqual((run.returncode, run.stdout), (2, ''))
        self.assertIn('.key', run.stderr)
        self.assertFalse(os.path.exists(service.database + '.key'))

    def test_a_promised_mail_still_goes_out_at_the_end(self):
        service = Service(PROGRAM, OPEN, program=True)
        self.addCleanup(service.remove)
        relay = socket.create_server(('127.0.0.1', 0))
        self.addCleanup(relay.close)
        program = subprocess.Popen([PROGRAM, '--listen', '127.0.0.1:0', '--database', service.database, '--accounts',
                                    service.accounts, '--config', service.config, '--smtp',
                                    'smtp://127.0.0.1:%d' % relay.getsockname()[1]], text=True, stdout=subprocess.PIPE)
        self.addCleanup(program.stdout.close)
        service.port = int(program.stdout.readline().rpartition(':')[2])
        self.assertEqual(service.ask_for_mail(ERIK).status, 200)
        conversation = relay.accept()[0].makefile('rwb')
        self.addCleanup(conversation.close)

        def say(line):
            conversation.write(line + b'\r\n')
            conversation.flush()
            return conversation.readline()

        say(b'220 relay')
        while not (verb := say(b'250 OK')).startswith(b'DATA'):
            self.assertTrue(verb, 'the mail was given up')
        program.terminate()
        with self.assertRaises(OSError):
            while True:
                service.get('/health/alive')
        line = say(b'354 Go on')
        while line not in (b'', b'.\r\n'):
            line = conversation.readline()
        self.assertEqual(line, b'.\r\n', 'the mail was given up')
        say(b'250 OK')
        conversation.close()
        self.assertEqual(program.wait(), 0)

    def test_help(self):
        run = self.run_program('--help')
        self.assertEqual(run.returncode, 0)
        self.assertIn('For training only', run.stdout)
        self.assertRegex(self.run_program('--version').stdout, r'^first-login-service \d+\.\d+\.\d+\n$')


if __name__ == '__main__':
    sys.exit(main(sys.modules['__main__']))
