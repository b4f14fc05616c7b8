#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""When the gate answers, what it does when Kratos or the store are away or lie, and how the program itself behaves.

Usage: test-gate-faults.py SERVICE-HOST FIRST-LOGIN-GATE"""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time

from gate_host import Case, Wire, main, spoil
from service_host import ANNA, ERIK, MAJA, NOBODY, PASSWORD, SECRET, totp

Case.HOST, Case.PROGRAM = sys.argv[1:3]
HERE = '198.51.100.7'
AWAY = 'The server cannot answer at the moment.'


class Grid(Case):
    """Refusals of passwords, and all answers to requests for mails, leave a whole number of steps after their questions. That
    they do not leave before is measured; how much later, is the computer's."""

    STEP = 400

    def setUp(self):
        super().setUp()
        self.gate = self.open({'PASSWORD_GRID': self.STEP, 'MAIL_GRID': self.STEP})

    def held(self, call):
        before = self.gate.metric('held_total')
        begun = time.monotonic()
        answer = call()
        elapsed = (time.monotonic() - begun) * 1000
        held = self.gate.metric('held_total') - before
        if held:
            self.assertGreaterEqual(elapsed, self.STEP)
        return answer.status, held

    def test_passwords(self):
        for address in (ERIK, ANNA, NOBODY):
            self.assertEqual(self.held(lambda: self.sign_in(self.gate, address, 'wrong')), (400, 1), address)
        self.assertEqual(self.held(lambda: self.sign_in(self.gate, ERIK, PASSWORD)), (200, 0))
        body = {'method': 'password', 'identifier': ERIK, 'password': 'x'}
        self.assertEqual(self.held(lambda: self.gate.submit('login', '00000000-0000-4000-8000-000000000000', body)), (404, 1))

    def test_mails(self):
        for address in (ANNA, NOBODY, 'no address'):
            status, held = self.held(lambda: self.ask_for_mail(self.gate, address))
            self.assertEqual((status, held), (200 if '@' in address else 400, 1), address)

    def test_kratos_away(self):
        self.upstream.answer = lambda handler: handler.break_off()
        self.assertEqual(self.held(lambda: self.sign_in(self.gate, ERIK, PASSWORD)), (502, 1))
        self.assertEqual(self.held(lambda: self.ask_for_mail(self.gate, ANNA)), (502, 1))

    def test_overruns(self):
        """Work that takes longer than a step ends at the next line, and is told."""
        def wait(handler):
            time.sleep(self.STEP / 1000)
            handler.say(400, b'{}')
        self.upstream.answer = wait
        begun = time.monotonic()
        self.sign_in(self.gate, ERIK, 'wrong')
        self.assertGreaterEqual((time.monotonic() - begun) * 1000, 2 * self.STEP)
        self.assertEqual(self.gate.metric('overruns_total'), 1)


class Crowd(Case):
    def test_passwords_at_once(self):
        gate = self.open({'PASSWORDS_AT_ONCE': 2})
        go = threading.Event()
        here = threading.Semaphore(0)

        def hold(handler):
            here.release()
            go.wait()
            handler.say(400, b'{}')
        self.upstream.answer = hold
        held = [threading.Thread(target=self.sign_in, args=(gate, ERIK, 'wrong')) for _ in range(2)]
        for thread in held:
            thread.start()
        for _ in held:
            here.acquire()
        self.assertEqual(gate.metric('open_passwords'), 2)
        answer = self.sign_in(gate, ANNA, 'wrong')
        self.assert_rest(answer, 1)
        # nothing else waits for that
        self.assertEqual(gate.request('GET', '/altcha').status, 200)
        go.set()
        for thread in held:
            thread.join()
        self.assertEqual(gate.metric('open_passwords'), 0)
        self.assertEqual(len(self.upstream.seen), 2)
        self.upstream.answer = None
        self.assertEqual(self.sign_in(gate, ERIK, PASSWORD).status, 200)


    def test_who_goes_away(self):
        """A password whose person has gone is checked to its end: it keeps its place until then, and harms nobody."""
        gate = self.open({'PASSWORDS_AT_ONCE': 1, 'PASSWORD_GRID': 200})
        go = threading.Event()
        here = threading.Event()

        def hold(handler):
            here.set()
            go.wait()
            handler.say(400, b'{}')
        self.upstream.answer = hold
        body = json.dumps({'method': 'password', 'identifier': ERIK, 'password': 'wrong'})
        head = Wire.POST.format(self.service.flow('login')) + f'Content-Length: {len(body)}\r\n\r\n'
        self.connect(gate, head + body).close()
        here.wait()
        self.assert_rest(self.sign_in(gate, ERIK, PASSWORD), 1)
        go.set()
        while gate.metric('open_calls') > 0:
            time.sleep(0.01)
        self.assertEqual(gate.metric('open_passwords'), 0)
        self.upstream.answer = None
        self.assertEqual(self.sign_in(gate, ERIK, PASSWORD).status, 200)

    def test_many_connections(self):
        """More than the files that a program begins with."""
        gate = self.open({'CONNECTIONS': 400}, files=256)
        others = [self.connect(gate) for _ in range(390)]
        for other in others[::30] + others[-1:]:
            other.sendall(b'GET /altcha HTTP/1.1\r\nHost: x\r\n\r\n')
            self.assertEqual(self.read_answer(other)[0], 200)
        self.assertEqual(self.sign_in(gate, ERIK, PASSWORD).status, 200)


class Kratos(Case):
    """What stands where Kratos should."""

    def setUp(self):
        super().setUp()
        self.gate = self.open()

    def lose_patience(self):
        self.gate = self.open({'UPSTREAM_SECONDS': 1})

    def ask(self, answer):
        self.upstream.answer = answer
        return self.gate.submit('login', self.service.flow('login'), {'method': 'identifier_first', 'identifier': ERIK})

    def assert_away(self, answer, status):
        self.assertEqual(answer.status, status, answer.data)
        self.assertEqual(answer.body['error'], {'code': status, 'status': answer.body['error']['status'], 'reason': AWAY,
                                                'message': AWAY})
        self.assertEqual(answer.headers['Content-Type'], 'application/json; charset=utf-8')

    def test_dead(self):
        self.assert_away(self.ask(lambda handler: handler.break_off()), 502)
        self.upstream.shutdown()
        self.upstream.server_close()
        self.assert_away(self.ask(None), 502)

    def test_gone_in_the_middle(self):
        def break_off(handler):
            handler.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a"')
            handler.wfile.flush()
            handler.break_off()
        self.assert_away(self.ask(break_off), 502)

    def test_slow(self):
        self.lose_patience()
        go = threading.Event()
        self.addCleanup(go.set)
        self.assert_away(self.ask(lambda handler: go.wait()), 504)

    def test_drips(self):
        self.lose_patience()
        go = threading.Event()
        self.addCleanup(go.set)

        def drip(handler):
            handler.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{')
            while not go.wait(0.05):
                handler.wfile.write(b' ')
                handler.wfile.flush()
        self.assert_away(self.ask(drip), 504)

    def test_faults_say_nothing(self):
        secret = b'{"error":{"message":"dial tcp 10.0.0.5:5432: connect: connection refused"}}'
        for status in (500, 502, 503, 504, 599):
            answer = self.ask(lambda handler: handler.say(status, secret, Retry_After='7', Set_Cookie='a=b', Server='x'))
            self.assert_away(answer, status)
            self.assertEqual(answer.headers['Retry-After'], '7')
            self.assertNotIn(b'5432', answer.data)

    def test_lies(self):
        for status, data, kind in ((200, b'<html>', 'text/html'), (200, b'<html>', 'application/json'), (200, b'', 'application/json'),
                                   (200, b'[]', 'application/json'), (200, b'{"a":1}{', 'application/json'),
                                   (200, b'{}', 'application/jsonp'), (200, b'{"a":"' + b'x' * 300000 + b'"}', 'application/json'),
                                   (200, b'{"a":' * 100 + b'1' + b'}' * 100, 'application/json'), (200, b'{"a":"\xff"}', 'application/json'),
                                   (204, b'', 'application/json'), (201, b'{}', 'application/json'), (418, b'{}', 'application/json')):
            self.assert_away(self.ask(lambda handler: handler.say(status, data, kind)), 502)

    def test_redirections(self):
        for status in (301, 302, 303, 307, 308):
            self.upstream.seen.clear()
            answer = self.ask(lambda handler: handler.say(status, b'{}', Location=self.upstream.url + '/self-service/recovery'))
            self.assert_away(answer, 502)
            self.assertIsNone(answer.headers.get('Location'))
            self.assertEqual(len(self.upstream.seen), 1)

    def test_headers_stay_behind(self):
        answer = self.ask(lambda handler: handler.say(200, b'{"a":1}', Set_Cookie='csrf=1', X_Powered_By='x', Ory_Error_Id='Bad id!'))
        self.assertEqual((answer.status, answer.data), (200, b'{"a":1}'))
        for name in ('Set-Cookie', 'X-Powered-By', 'Ory-Error-Id'):
            self.assertIsNone(answer.headers.get(name))

    def test_never_twice(self):
        """A question whose answer is lost is not put again, over a connection that was warm neither."""
        self.ask(None)
        self.upstream.seen.clear()
        self.assert_away(self.ask(lambda handler: handler.break_off()), 502)
        self.assertEqual(len(self.upstream.seen), 1)


class Store(Case):
    def test_down(self):
        """No mails, and everybody is let in; and all is well when it is back."""
        gate = self.open(store='/nonexistent/first-login/gate.db')
        answer = self.ask_for_mail(gate, ANNA)
        self.assert_error(answer, 503)
        self.assertGreater(int(answer.headers['Retry-After']), 0)
        self.assertEqual(self.upstream.seen, [])
        self.assertEqual(gate.metric('store_up'), 0)
        self.assert_says(self.sign_in(gate, ERIK, 'wrong'), 400, 4000006)
        token = self.sign_in(gate, MAJA, PASSWORD).body['session_token']
        flow = self.service.flow('login', '?aal=aal2', token)
        code = totp(SECRET, self.service.now())
        self.assertEqual(gate.submit('login', flow, {'method': 'totp', 'totp_code': code}, token).status, 200)
        flow = self.service.ask_for_mail(ANNA).body['id']
        answer = gate.submit('recovery', flow, {'method': 'code', 'code': self.service.letters(1)[0][2]})
        self.assertEqual(answer.body['state'], 'passed_challenge')

    def test_comes_back(self):
        folder = os.path.join(self.service.directory, 'store')
        gate = self.open(store=os.path.join(folder, 'gate.db'))
        self.assert_error(self.ask_for_mail(gate, ANNA), 503)
        os.mkdir(folder)
        self.assertEqual(self.ask_for_mail(gate, ANNA).status, 200)
        self.assertEqual(gate.metric('store_up'), 1)


class Program(Case):
    def test_ends_when_all_have_been_answered(self):
        gate = self.open()
        go = threading.Event()
        here = threading.Event()

        def hold(handler):
            here.set()
            go.wait()
            handler.pass_on()
        self.upstream.answer = hold
        answers = []
        thread = threading.Thread(target=lambda: answers.append(self.sign_in(gate, ERIK, PASSWORD)))
        thread.start()
        here.wait()
        gate.process.send_signal(signal.SIGTERM)
        while True:
            try:
                self.connect(gate).close()
            except (ConnectionRefusedError, ConnectionResetError):
                break
        self.assertIsNone(gate.process.poll())
        go.set()
        thread.join()
        self.assertEqual(answers[0].status, 200)
        self.assertEqual(gate.process.wait(), 0)

    def test_says_nothing_of_people(self):
        gate = self.open({'PASSWORD_PER_PERSON': '1/600'})
        flow = self.service.flow('recovery')
        texts = [ERIK, 'a-wrong-password', flow, HERE]
        for _ in range(3):
            self.sign_in(gate, ERIK, 'a-wrong-password', **{'X-Real-IP': HERE})
        gate.submit('recovery', flow, {'method': 'code', 'email': ERIK}, headers={'X-Real-IP': HERE})
        gate.submit('recovery', flow, {'method': 'code', 'x': ERIK}, headers={'X-Real-IP': HERE})
        proof = gate.proof()
        gate.submit('recovery', flow, {'method': 'code', 'email': ERIK}, headers={'X-Altcha': spoil(proof), 'X-Real-IP': HERE})
        said = gate.said()
        lines = [line.split('refused ')[1] for line in said.splitlines() if 'refused' in line]
        self.assertEqual(lines[0], 'call=login reason=quota network=198.51.100.0/24 passed-over=0')
        self.assertEqual(len(lines), 5)
        with open(gate.store, 'rb') as file:
            kept = file.read()
        for text in texts + [proof]:
            self.assertNotIn(text, said)
            self.assertNotIn(text.encode(), kept)
        self.assertEqual(os.stat(gate.store).st_mode & 0o077, 0)

    def refused(self, text, mode=0o600, key=None):
        gate = self.open()
        path = gate.write('other.key', (key if key is not None else gate.key.hex()) + '\n')
        os.chmod(path, mode)
        config = gate.write('other.conf', text.replace('%', path))
        done = subprocess.run([self.PROGRAM, '--config', config], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 2, done.stderr)
        return done.stderr

    def test_mistakes_are_told(self):
        good = 'LISTEN=127.0.0.1:0\nUPSTREAM=http://127.0.0.1:1\nKEY_FILE=%\nSTORE=/x\n'
        for text, words in (
                (good + 'LISTEN=127.0.0.1:0\n', ':5: LISTEN'), (good + 'COLOUR=red\n', ':5: COLOUR is not known here'),
                (good + 'MAIL_GRID=1\n', ':5: MAIL_GRID'), (good + 'PASSWORD_PER_PERSON=x\n', ':5: PASSWORD_PER_PERSON'),
                (good + 'just words\n', ':5: '), (good.replace('127.0.0.1:0', '0.0.0.0:0'), ':1: LISTEN'),
                (good.replace('http://127.0.0.1:1', 'http://203.0.113.1:1'), ':2: UPSTREAM'),
                (good.replace('http://127.0.0.1:1', 'http://127.0.0.1:1/'), ':2: UPSTREAM'),
                (good.replace('/x', 'x'), ':4: STORE'), (good.replace('STORE=/x\n', ''), 'STORE is missing'),
                (good + 'TRUSTED=\n', ':5: TRUSTED'), ('', 'LISTEN is missing')):
            self.assertIn(words, self.refused(text))
        self.assertIn(':3: KEY_FILE', self.refused(good, 0o640))
        self.assertIn(':3: KEY_FILE', self.refused(good, key='abc'))
        self.assertIn(':3: KEY_FILE', self.refused(good, key='x' * 64))

    def test_example(self):
        """What deploy/ shows is read, has every name, and says what holds where nothing is said."""
        example = pathlib.Path(__file__).resolve().parents[2] / 'deploy' / 'gate' / 'gate.conf.example'
        lines = [line for line in example.read_text(encoding='utf-8').splitlines() if line and not line.startswith('#')]
        settings = dict(line.split('=', 1) for line in lines)
        self.assertEqual(len(settings), len(lines))
        own = ('LISTEN', 'METRICS', 'UPSTREAM', 'KEY_FILE', 'STORE')
        gate = self.open({name: value for name, value in settings.items() if name not in own})
        self.assertEqual(self.sign_in(gate, ERIK, PASSWORD).status, 200)
        known = re.findall(r'^  \{ "([A-Z_]+)"', ''.join(
            (example.parents[2] / 'src' / 'gate' / name).read_text(encoding='utf-8')
            for name in ('fl-gate-config.c', 'fl-gate-limits.c')), re.MULTILINE)
        self.assertEqual(set(settings) - {'OFFICE_NETWORKS', 'OFFICE_FACTOR'}, set(known))

    def test_metrics(self):
        """Every line is what Prometheus reads, and no other path is answered there, nor the metrics elsewhere."""
        gate = self.open()
        self.sign_in(gate, ERIK, PASSWORD)
        self.sign_in(gate, ERIK, 'wrong')
        self.assert_error(gate.request('GET', '/metrics'), 404)
        self.assertEqual(gate.metric('calls_total{call="login",status="2xx"}'), 1)
        self.assertEqual(gate.metric('calls_total{call="login",status="4xx"}'), 1)
        self.assertEqual(gate.metric('upstream_seconds_count'), 2)
        self.assertEqual(gate.metric('upstream_seconds_bucket{le="+Inf"}'), 2)
        self.assertEqual(gate.metric('open_calls'), 0)
        self.assertEqual(gate.metric('store_up'), 1)


sys.exit(main(sys.modules[__name__]))
