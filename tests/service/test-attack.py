#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The training service under attack: slow and strange clients, guessing, replays, and sessions that are another's. What
takes minutes is in tests/soak/soak_attack.py.

Usage: test-attack.py SERVICE-HOST"""

import hashlib
import hmac
import json
import select
import socket
import sqlite3
import sys
import time

from service_host import (ACCOUNTS, ANNA, ERIK, MAJA, MAJA_ACCOUNT, NOBODY, OPEN, PASSWORD, SECRET, Case, Wire, at_once,
                          main, solve, totp)

LIMIT = 64 * 1024
NO_ROBOT = {'robot': {'enabled': 'false'}}
NO_THROTTLE = {'throttle': {'enabled': 'false'}}


class Connections(Wire, Case):
    def assert_well(self, service):
        self.assertEqual(service.get('/health/alive').status, 200)
        self.assertIsNone(service.process.poll())

    def test_they_come_and_go(self):
        service = self.serve(OPEN)
        kept = self.connect(service, self.GET)
        self.assertEqual(self.read_answer(kept)[0], 200)
        for _ in range(300):
            with socket.create_connection(('127.0.0.1', service.port), 60) as connection:
                for _ in range(5):
                    connection.sendall(self.GET.encode())
                    self.assertEqual(self.read_answer(connection)[0], 200)
        kept.sendall(self.GET.encode())
        self.assertEqual(self.read_answer(kept)[0], 200)
        self.assertEqual(service.stop(), 0)

    def test_drops_of_a_request_do_not_buy_time(self):
        service = self.serve(OPEN)
        head = self.POST.format('x') + 'Content-Length: 1000\r\n\r\n'
        # A beginning that came together with the request before it, and those that go on for ever.
        started = self.connect(service, self.GET + 'GET /hea')
        slow = {self.connect(service, self.GET + 'GET /hea'): b'l', self.connect(service, 'GET /health/al'): b'i',
                self.connect(service, self.GET[:-2]): b'X', self.connect(service, head): b' ',
                self.connect(service, self.POST.format('x') + 'Transfer-Encoding: chunked\r\n\r\n'): b'1\r\n \r\n'}
        self.assertTrue(started.recv(65536))
        self.assertTrue(next(iter(slow)).recv(65536))
        started.settimeout(60)
        began = time.monotonic()
        while slow:
            self.assertLess(time.monotonic() - began, 60, 'some are never ended')
            for connection in select.select(list(slow), [], [], 0.2)[0]:
                del slow[connection]
            for connection, drop in list(slow.items()):
                try:
                    connection.sendall(drop)
                except OSError:
                    del slow[connection]
        self.assertEqual(self.read_all(started).partition(b'\r\n\r\n')[2][20:], b'')
        self.assert_well(service)

    def test_who_only_opens_connections_keeps_nobody_out(self):
        service = self.serve(OPEN)
        silent = [self.connect(service) for _ in range(600)]
        for _ in range(20):
            silent.append(self.connect(service))
            self.assertEqual(service.sign_in(ERIK, PASSWORD).status, 200)

    def test_answers_that_nobody_reads(self):
        service = self.serve(OPEN)
        connections = [self.connect(service) for _ in range(5)]
        for connection in connections:
            connection.setblocking(False)
            sent = 0
            try:
                while sent < 30 << 20:
                    sent += connection.send(self.GET.encode() * 1000)
            except BlockingIOError:
                pass
        self.assert_well(service)
        self.assertEqual(service.sign_in(ERIK, PASSWORD).status, 200)

    def test_requests_one_behind_the_other(self):
        service = self.serve(OPEN)
        flow = service.flow('login')
        body = json.dumps({'method': 'password', 'identifier': ERIK, 'password': PASSWORD})
        post = f'{self.POST.format(flow)}Content-Length: {len(body)}\r\n\r\n{body}'
        last = self.GET.replace('alive', 'ready').replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')
        data = self.read_all(self.connect(service, (self.GET + post) * 20 + last))
        self.assertEqual(data.count(b'HTTP/1.1 200 '), 41)
        self.assertEqual(data.count(b'"session_token":"'), 20)

    def test_lengths_that_lie(self):
        service = self.serve(OPEN)
        post = self.POST.format(service.flow('login'))
        for number, headers in enumerate((
                'Content-Length: -1', 'Content-Length: 1x', 'Content-Length: ', 'Content-Length: 99999999999999999999',
                'Content-Length: 18446744073709551618', 'Content-Length: 0x10', 'Content-Length: 2\r\nContent-Length: 3',
                'Content-Length: 2\r\nTransfer-Encoding: chunked', 'Transfer-Encoding: gzip, chunked',
                'Transfer-Encoding: chunked, identity', 'Transfer-Encoding: nonsense', 'Content-Length: 1')):
            connection = self.connect(service, f'{post}{headers}\r\n\r\n' + '{}')
            connection.shutdown(socket.SHUT_WR)
            data = self.read_all(connection)
            # Whatever comes of it, nothing of it is taken for a form.
            self.assertNotIn(b'"ui"', data.replace(b'\r\n', b''), headers)
            self.assertNotIn(b'HTTP/1.1 200 ', data, headers)
        for length in (3, LIMIT):
            connection = self.connect(service, f'{post}Content-Length: {length}\r\n\r\n' + '{}')
            connection.shutdown(socket.SHUT_WR)
            self.assertNotIn(b'"ui"', self.read_all(connection), 'half a body is none')
        self.assert_well(service)

    def test_chunks(self):
        service = self.serve(OPEN)
        post = self.POST.format(service.flow('login')) + 'Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n'
        good = ''.join(f'1\r\n{letter}\r\n' for letter in '{"method":"identifier_first"}')
        self.assertIn(b'"ui"', self.read_all(self.connect(service, post + good + '0\r\n\r\n')))
        for bad in ('-1\r\n{}\r\n0\r\n\r\n', 'x\r\n{}\r\n0\r\n\r\n', '2{}\r\n0\r\n\r\n', '\r\n{}\r\n0\r\n\r\n',
                    'ffffffffffffffff\r\n{}\r\n0\r\n\r\n', '2;' + 'x' * 100000 + '\r\n{}\r\n0\r\n\r\n'):
            connection = self.connect(service)
            try:
                connection.sendall((post + bad).encode())
                connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            self.assertNotIn(b'"ui"', self.read_all(connection), bad[:20])
        self.assert_well(service)

    def test_sizes(self):
        service = self.serve(OPEN)
        flow = service.flow('login')
        for size in (0, 1, 2, 3, 4095, 4096, 8191, 8192, 8193, 65534, 65535, 65536, 65537):
            for chunked in (False, True):
                body = b'{' + b' ' * (size - 2) + b'}' if size > 1 else b'{'[:size]
                if chunked:
                    head = 'Transfer-Encoding: chunked\r\n\r\n'
                    body = b'%x\r\n%b\r\n0\r\n\r\n' % (size, body) if size else b'0\r\n\r\n'
                else:
                    head = f'Content-Length: {size}\r\n\r\n'
                connection = self.connect(service, (self.POST.format(flow) + head).encode() + body)
                status, _, answer = self.read_answer(connection)
                self.assertEqual(status, 413 if size > LIMIT else 400, (size, chunked))
                self.assertEqual(b'"ui"' in answer, 2 <= size <= LIMIT, (size, chunked))

    def test_long_addresses_are_refused(self):
        service = self.serve(OPEN)
        self.assertEqual(service.get('/self-service/login/api?' + 'x' * 2000).status, 200)
        self.assert_error(service.get('/self-service/login/api?' + 'x' * 2100), 414)
        self.assert_error(service.get('/' + 'x' * 60000), 414)


class Flood(Case):
    def test_flows_are_bounded(self):
        service = self.serve(OPEN)
        mailed = service.ask_for_mail(ANNA).body['id']
        code = service.letters(1)[0][2]
        token = service.sign_in(ERIK, PASSWORD).body['session_token']
        settings = service.flow('settings', token=token)
        first = service.flow('login')
        database = sqlite3.connect(service.database, isolation_level=None, timeout=30)
        database.execute(
            "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 30000)"
            " INSERT INTO flow SELECT printf ('00000000-0000-4000-8000-%012d', n), 1, NULL, issued_at, updated_at + 1,"
            " expires_at, 0, NULL, NULL, data FROM number JOIN flow ON flow.id = ?", (first,))
        for _ in range(257):
            last = service.flow('login')
        self.assertLessEqual(database.execute('SELECT count(*) FROM flow').fetchone()[0], 20000 + 256)
        database.close()
        self.assert_error(service.get(f'/self-service/login/flows?id={first}'), 404)
        self.assertEqual(service.get(f'/self-service/login/flows?id={last}').status, 200)
        self.assertEqual(service.get(f'/self-service/settings/flows?id={settings}', token).status, 200)
        answer = service.submit('recovery', mailed, {'method': 'code', 'code': code})
        self.assertEqual(answer.body['state'], 'passed_challenge', 'what somebody waits for is not crowded out')

    def test_what_is_over_is_cleaned_up(self):
        service = self.serve(NO_ROBOT)
        for _ in range(20):
            service.flow('login')
        service.ask_for_mail(ANNA)
        service.sign_in(ERIK, 'wrong wrong wrong')
        database = sqlite3.connect(service.database, isolation_level=None, timeout=30)
        counts = {'flow': 22, 'mail_code': 1, 'failure': 2}
        for table, count in counts.items():
            self.assertEqual(database.execute(f'SELECT count(*) FROM {table}').fetchone(), (count,), table)
        for table, column in (('flow', 'expires_at'), ('failure', 'at')):
            database.execute(f'UPDATE {table} SET {column} = {column} - 7201')
        service.stop()
        service.start()
        for table in counts:
            self.assertEqual(database.execute(f'SELECT count(*) FROM {table}').fetchone(), (0,), table)
        database.close()


class Guessing(Case):
    def guess(self, service, flow, code='000000'):
        return service.submit('recovery', flow, {'method': 'code', 'code': code})

    def test_a_mail_code_is_tried_five_times(self):
        service = self.serve(OPEN)
        flow = service.ask_for_mail(ANNA).body['id']
        code = service.letters(1)[0][2]
        wrong = '000000' if code != '000000' else '000001'
        answers = at_once(40, lambda _: self.guess(service, flow, wrong))
        self.assertEqual(sorted(answer.status for answer in answers), [200] * 5 + [400] * 35)
        self.assertEqual(self.guess(service, flow, code).status, 400, 'the right one comes too late')
        self.assertEqual(service.ask_for_mail(ANNA, flow).status, 200)
        self.assertEqual(self.guess(service, flow, service.letters(2)[1][2]).status, 400, 'nor does another mail help')
        self.assert_error(service.get('/sessions/whoami'), 401)

    def test_the_right_code_is_refused_during_the_rest(self):
        service = self.serve({**NO_ROBOT, 'throttle': {'resend': '0'}})
        flows = [service.ask_for_mail(ANNA).body['id'] for _ in range(3)]
        code = {flow: code for _, flow, code in service.letters(3)}[flows[2]]
        for number in range(8):
            self.assertEqual(self.guess(service, flows[number // 5]).status, 200)
        self.assert_rest(self.guess(service, flows[2], code), 1800)

    def test_guesses_at_once_count(self):
        service = self.serve(NO_ROBOT, [*ACCOUNTS, MAJA_ACCOUNT])
        for address in (ERIK, NOBODY):
            answers = at_once(30, lambda _: service.sign_in(address, 'wrong wrong wrong'))
            self.assertEqual(sorted(answer.status for answer in answers), [400] * 8 + [429] * 22)
        token = service.sign_in(MAJA, PASSWORD).body['session_token']
        flow = service.flow('login', '?aal=aal2', token)
        for body, number in (({'method': 'totp', 'totp_code': '000000'}, 4000008),
                             ({'method': 'lookup_secret', 'lookup_secret': 'zzzzzzzz'}, 4000016)):
            answers = at_once(30, lambda _: service.submit('login', flow, body, token))
            self.assertEqual(sorted(answer.status for answer in answers), [400] * 8 + [429] * 22)

    def test_the_right_code_right_after_seven_wrong_ones(self):
        service = self.serve(NO_ROBOT, [MAJA_ACCOUNT])
        for _ in range(2):
            token = service.sign_in(MAJA, PASSWORD).body['session_token']
            flow = service.flow('login', '?aal=aal2', token)
            for _ in range(7):
                self.assert_says(service.submit('login', flow, {'method': 'totp', 'totp_code': '000000'}, token), 400, 4000008)
            body = {'method': 'totp', 'totp_code': totp(SECRET, service.now())}
            self.assertEqual(service.submit('login', flow, body, token).status, 200)
            service.advance(60)


class Replay(Case):
    def test_mail_codes(self):
        service = self.serve(OPEN)
        flows = [service.ask_for_mail(ANNA).body['id'] for _ in range(2)]
        codes = {flow: code for _, flow, code in service.letters(2)}
        old = service.ask_for_mail(ANNA, flows[0]) and codes[flows[0]]
        codes[flows[0]] = service.letters(3)[2][2]

        def redeem(flow, code):
            return service.submit('recovery', flow, {'method': 'code', 'code': code})

        if old != codes[flows[0]]:
            self.assert_says(redeem(flows[0], old), 200, 4060006)
        if codes[flows[0]] != codes[flows[1]]:
            self.assert_says(redeem(flows[0], codes[flows[1]]), 200, 4060006)
        answers = at_once(10, lambda _: redeem(flows[0], codes[flows[0]]))
        self.assertEqual(sorted(answer.status for answer in answers), [200] + [400] * 9)
        self.assertEqual(redeem(flows[0], codes[flows[0]]).status, 400)
        service.advance(1801)
        self.assert_error(redeem(flows[1], codes[flows[1]]), 410, 'self_service_flow_expired')

    def test_second_factors(self):
        service = self.serve(OPEN, [MAJA_ACCOUNT])
        tokens = [service.sign_in(MAJA, PASSWORD).body['session_token'] for _ in range(10)]
        flows = [service.flow('login', '?aal=aal2', token) for token in tokens]
        for body in ({'method': 'totp', 'totp_code': totp(SECRET, service.now())},
                     {'method': 'lookup_secret', 'lookup_secret': 'abcd1234'}):
            answers = at_once(10, lambda number: service.submit('login', flows[number], body, tokens[number]))
            self.assertEqual(sorted(answer.status for answer in answers), [200] + [400] * 9)
            service.kill()
            service.start()
            self.assertEqual(service.submit('login', flows[0], body, tokens[0]).status, 400)

    def test_a_totp_code_after_the_clock_went_back(self):
        service = self.serve(OPEN, [MAJA_ACCOUNT])
        service.advance(86400)

        def answer():
            token = service.sign_in(MAJA, PASSWORD).body['session_token']
            flow = service.flow('login', '?aal=aal2', token)
            return service.submit('login', flow, {'method': 'totp', 'totp_code': code}, token).status

        code = totp(SECRET, service.now())
        self.assertEqual(answer(), 200)
        service.advance(-86400)
        code = totp(SECRET, service.now())
        self.assertEqual([answer(), answer()], [200, 400], 'nobody waits for a day, and no code works twice')

    def test_tokens(self):
        service = self.serve(OPEN)
        token = service.sign_in(ERIK, PASSWORD).body['session_token']
        flow = service.flow('settings', token=token)
        self.assertEqual(service.request('DELETE', '/self-service/logout/api', {'session_token': token}).status, 204)
        self.assert_error(service.get('/sessions/whoami', token), 401)
        self.assert_error(service.get(f'/self-service/settings/flows?id={flow}', token), 401)
        self.assert_error(service.submit('settings', flow, {'method': 'password', 'password': 'another good one'}, token), 401)
        self.assertEqual(service.sign_in(ERIK, PASSWORD).status, 200)


class Robot(Case):
    def ask(self, service, payload):
        return service.ask_for_mail(ANNA, headers={'X-Altcha': payload})

    def test_work_done_for_another_service(self):
        service, other = self.serve(NO_THROTTLE), self.serve(NO_THROTTLE)
        self.assert_says(self.ask(service, solve(other.get('/altcha').body)), 400, 4000038)

    def test_work_done_for_another_purpose(self):
        service = self.serve(NO_THROTTLE)
        with open(service.database + '.key', 'rb') as file:
            master = file.read()
        # As libsodium's crypto_kdf derives the third key.
        key = hashlib.blake2b(b'', digest_size=32, key=master, salt=(3).to_bytes(16, 'little'),
                              person=b'flserver' + bytes(8)).digest()
        for purpose, expires, *says in (('recovery', 300), ('login', 300, 4000038), ('', 300, 4000038),
                                        ('recovery', -1, 4000038)):
            challenge = service.get('/altcha').body
            parameters = {**challenge['parameters'], 'data': {'purpose': purpose}, 'expiresAt': int(service.now()) + expires}
            text = json.dumps(parameters, sort_keys=True, separators=(',', ':'))
            signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
            answer = self.ask(service, solve({'parameters': parameters, 'signature': signature}))
            self.assert_says(answer, 400 if says else 200, *(says or [1060003]))

    def test_one_solution_one_mail(self):
        service = self.serve(NO_THROTTLE)
        payload = solve(service.get('/altcha').body)
        answers = at_once(10, lambda _: self.ask(service, payload))
        self.assertEqual(sorted(answer.status for answer in answers), [200] + [400] * 9)
        self.assertEqual(len(service.letters(1)), 1)


class Fixation(Case):
    def test_a_token_of_the_clients_making(self):
        service = self.serve(OPEN)
        made_up = 'ory_st_' + 'A' * 32
        body = {'method': 'password', 'identifier': ERIK, 'password': PASSWORD}
        answer = service.submit('login', service.flow('login'), {**body, 'session_token': made_up}, made_up)
        self.assertEqual(answer.status, 200)
        self.assertNotEqual(answer.body['session_token'], made_up)
        self.assert_error(service.get('/sessions/whoami', made_up), 401)

    def test_a_flow_that_another_has_begun(self):
        service = self.serve(OPEN)
        login, flow = service.flow('login'), service.ask_for_mail(ANNA).body['id']
        token = service.submit('login', login, {'method': 'password', 'identifier': ERIK,
                                                'password': PASSWORD}).body['session_token']
        answer = service.submit('recovery', flow, {'method': 'code', 'code': service.letters(1)[0][2]})
        tokens = [token, answer.body['continue_with'][0]['ory_session_token']]
        settings = answer.body['continue_with'][1]['flow']['id']
        for kind, known in (('login', login), ('recovery', flow)):
            text = service.get(f'/self-service/{kind}/flows?id={known}').data.decode()
            for secret in (*tokens, settings, 'continue_with', 'session_token'):
                self.assertNotIn(secret, text, 'who began it learns nothing of what came of it')

    def test_flows_of_another_session(self):
        service = self.serve(OPEN, [*ACCOUNTS, MAJA_ACCOUNT])
        maja = service.sign_in(MAJA, PASSWORD).body['session_token']
        erik = service.sign_in(ERIK, PASSWORD).body['session_token']
        second, refresh = service.flow('login', '?aal=aal2', maja), service.flow('login', '?refresh=true', maja)
        for body in ({'method': 'totp', 'totp_code': totp(SECRET, service.now())},
                     {'method': 'lookup_secret', 'lookup_secret': 'abcd1234'}, {'method': 'nonsense'}):
            self.assert_error(service.submit('login', second, body, erik), 403, 'security_identity_mismatch')
        body = {'method': 'password', 'identifier': ERIK, 'password': PASSWORD}
        self.assert_error(service.submit('login', refresh, body, erik), 403, 'security_identity_mismatch')
        body = {'method': 'totp', 'totp_code': totp(SECRET, service.now())}
        self.assertEqual(service.submit('login', second, body, maja).status, 200, 'nothing has been used up')

    def test_flows_of_another_kind(self):
        service = self.serve(OPEN)
        token = service.sign_in(ERIK, PASSWORD).body['session_token']
        flows = {'login': service.flow('login'), 'recovery': service.flow('recovery'),
                 'settings': service.flow('settings', token=token)}
        for kind in flows:
            for other in flows.keys() - {kind}:
                self.assert_error(service.get(f'/self-service/{kind}/flows?id={flows[other]}', token), 404)
                self.assert_error(service.submit(kind, flows[other], {'method': 'password'}, token), 404)


if __name__ == '__main__':
    sys.exit(main(sys.modules['__main__']))
