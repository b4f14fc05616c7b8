#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the training service limits: guessing, mails, robots, and what an answer gives away.

Usage: test-limits.py SERVICE-HOST"""

import base64
import json
import re
import sys

from service_host import (ANNA, ERIK, MAJA, MAJA_ACCOUNT, NOBODY, OPEN, PASSWORD, SECRET, Case, main, solve, totp)

NO_ROBOT = {'robot': {'enabled': 'false'}}
NO_THROTTLE = {'throttle': {'enabled': 'false'}}


class Throttle(Case):
    def wrong(self, service, address):
        return service.sign_in(address, 'wrong wrong wrong')

    def test_password(self):
        service = self.serve(NO_ROBOT)
        for address in (ERIK, NOBODY, ANNA):
            for _ in range(8):
                self.assert_says(self.wrong(service, address), 400, 4000006)
            self.assert_rest(self.wrong(service, address), 1800)
            self.assert_rest(self.wrong(service, address.upper()), 1800)
        self.assert_rest(service.sign_in(ERIK, PASSWORD), 1800)
        service.advance(1801)
        self.assertEqual(service.sign_in(ERIK, PASSWORD).status, 200)

    def test_a_clock_that_is_put_back_locks_nobody_out(self):
        service = self.serve(NO_ROBOT)
        service.advance(86400)
        for _ in range(9):
            last = self.wrong(service, ERIK)
        self.assert_rest(last, 1800)
        self.assert_says(service.ask_for_mail(ERIK), 200, 1060003)
        service.advance(-86400)
        self.assertEqual(service.sign_in(ERIK, PASSWORD).status, 200)
        self.assert_says(service.ask_for_mail(ERIK), 200, 1060003)

    def test_failures_that_are_long_ago_do_not_count(self):
        service = self.serve(NO_ROBOT)
        for _ in range(7):
            self.wrong(service, ERIK)
        service.advance(601)
        self.assert_says(self.wrong(service, ERIK), 400, 4000006)
        self.assert_says(self.wrong(service, ERIK), 400, 4000006)

    def test_success_forgives(self):
        service = self.serve(NO_ROBOT)
        for _ in range(2):
            for _ in range(7):
                self.wrong(service, ERIK)
            self.assertEqual(service.sign_in(ERIK, PASSWORD).status, 200)

    def test_new_password_ends_the_rest(self):
        service = self.serve(NO_ROBOT)
        for _ in range(9):
            self.wrong(service, ERIK)
        token, settings = service.recover(ERIK)
        answer = service.submit('settings', settings, {'method': 'password', 'password': 'another good one'}, token)
        self.assert_says(answer, 200, 1050001)
        self.assertEqual(service.sign_in(ERIK, 'another good one').status, 200)

    def test_second_factors_have_counters_of_their_own(self):
        service = self.serve(NO_ROBOT, [MAJA_ACCOUNT])
        token = service.sign_in(MAJA, PASSWORD).body['session_token']
        flow = service.flow('login', '?aal=aal2', token)
        for _ in range(8):
            self.assert_says(service.submit('login', flow, {'method': 'totp', 'totp_code': '000000'}, token),
                             400, 4000008)
        code = totp(SECRET, service.now())
        self.assert_rest(service.submit('login', flow, {'method': 'totp', 'totp_code': code}, token), 1800)
        for _ in range(7):
            self.assert_says(service.submit('login', flow, {'method': 'lookup_secret', 'lookup_secret': 'zzzzzzzz'},
                                            token), 400, 4000016)
        answer = service.submit('login', flow, {'method': 'lookup_secret', 'lookup_secret': 'abcd1234'}, token)
        self.assertEqual(answer.body['session']['authenticator_assurance_level'], 'aal2')
        self.assertEqual(service.sign_in(MAJA, PASSWORD).status, 200, 'the password has not been locked')

    def test_recovery_codes(self):
        service = self.serve(NO_ROBOT, [MAJA_ACCOUNT])
        token = service.sign_in(MAJA, PASSWORD).body['session_token']
        flow = service.flow('login', '?aal=aal2', token)
        body = {'method': 'lookup_secret', 'lookup_secret': 'zzzzzzzz'}
        for _ in range(8):
            self.assert_says(service.submit('login', flow, body, token), 400, 4000016)
        self.assert_rest(service.submit('login', flow, {**body, 'lookup_secret': 'abcd1234'}, token), 1800)
        self.assertEqual(service.submit('login', flow, {'method': 'totp', 'totp_code': totp(SECRET, service.now())},
                                        token).status, 200)

    def test_mail_codes(self):
        service = self.serve({**NO_ROBOT, 'throttle': {'resend': '0'}})
        for address in (ANNA, NOBODY):
            for flow in [service.ask_for_mail(address).body['id'] for _ in range(2)]:
                for _ in range(4):
                    self.assert_says(service.submit('recovery', flow, {'method': 'code', 'code': '000000'}),
                                     200, 4060006)
            self.assert_rest(service.submit('recovery', flow, {'method': 'code', 'code': '000000'}), 1800)

    def test_mails(self):
        service = self.serve(NO_ROBOT)
        for address in (ANNA, NOBODY):
            self.assert_says(service.ask_for_mail(address), 200, 1060003)
            self.assert_rest(service.ask_for_mail(address), 60)
            for _ in range(4):
                service.advance(61)
                self.assert_says(service.ask_for_mail(address.upper()), 200, 1060003)
            service.advance(61)
            self.assert_rest(service.ask_for_mail(address), 3600 - 5 * 61)
            service.advance(3600 - 5 * 61)
            self.assert_says(service.ask_for_mail(address), 200, 1060003)
        self.assertEqual(len(service.letters(6)), 6)

    def test_everything_can_be_switched_off(self):
        service = self.serve(OPEN)
        for _ in range(10):
            self.wrong(service, ERIK)
            self.assert_says(service.ask_for_mail(ERIK), 200, 1060003)
        self.assertEqual(service.sign_in(ERIK, PASSWORD).status, 200)


class Robot(Case):
    def challenge(self, service):
        answer = service.get('/altcha')
        self.assertEqual(answer.status, 200)
        return answer.body

    def ask(self, service, payload, flow=None):
        return service.ask_for_mail(ANNA, flow, {'X-Altcha': payload} if payload else {})

    def test_a_mail_costs_work(self):
        service = self.serve(NO_THROTTLE)
        flow = service.flow('recovery')
        answer = self.ask(service, None, flow)
        self.assert_says(answer, 400, 4000038)
        self.assertEqual(answer.body['state'], 'choose_method')
        payload = solve(self.challenge(service))
        self.assert_says(self.ask(service, payload, flow), 200, 1060003)
        code = service.letters(1)[0][2]
        self.assert_says(self.ask(service, payload, flow), 400, 4000038)
        self.assert_says(self.ask(service, payload), 400, 4000038)
        answer = service.submit('recovery', flow, {'method': 'code', 'code': code})
        self.assertEqual(answer.body['state'], 'passed_challenge', 'a code costs none')
        self.assertEqual(len(service.letters()), 1)

    def test_solutions_expire(self):
        service = self.serve(NO_THROTTLE)
        payload = solve(self.challenge(service))
        service.advance(601)
        self.assert_says(self.ask(service, payload), 400, 4000038)

    def test_solutions_cannot_be_made_up(self):
        service = self.serve(NO_THROTTLE)
        challenge = self.challenge(service)
        for name, value in (('cost', 1), ('keyPrefix', ''), ('expiresAt', 4000000000), ('data', {'purpose': 'x'})):
            changed = json.loads(json.dumps(challenge))
            changed['parameters'][name] = value
            self.assert_says(self.ask(service, solve(changed)), 400, 4000038)
        for payload in ('', 'nonsense', base64.b64encode(b'{}').decode(), base64.b64encode(b'[' * 5000).decode()):
            self.assert_says(self.ask(service, payload), 400, 4000038)

    def test_a_used_solution_stays_used(self):
        service = self.serve(NO_THROTTLE)
        payload = solve(self.challenge(service))
        self.assert_says(self.ask(service, payload), 200, 1060003)
        service.kill()
        service.start()
        self.assert_says(self.ask(service, payload), 400, 4000038)

    def test_no_check_where_it_is_off(self):
        service = self.serve(OPEN)
        self.assert_error(service.get('/altcha'), 404)
        self.assert_says(self.ask(service, None), 200, 1060003)

    def test_the_query_is_no_part_of_the_body(self):
        service = self.serve(NO_THROTTLE)
        flow = service.flow('recovery')
        self.ask(service, solve(self.challenge(service)), flow)
        answer = service.post(f'/self-service/recovery?flow={flow}&email={ERIK}', {'method': 'code', 'code': '000000'})
        self.assert_says(answer, 200, 4060006)
        self.assertEqual([letter[0] for letter in service.letters(1)], [ANNA])
        answer = service.post(f'/self-service/login?flow={service.flow("login")}&password={PASSWORD}'.replace(' ', '+'),
                              {'method': 'password', 'identifier': ERIK})
        self.assertEqual(answer.ids('password'), [4000002])


class Alike(Case):
    """Nobody learns from an answer whether there is an account, or whether it has a password."""

    def answers(self, service, address):
        def plain(answer):
            text = answer.data.decode().replace(address, '<address>')
            text = re.sub(r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', '<id>', text)
            text = re.sub(r'\d{4}-\d\d-\d\dT[0-9:]+Z', '<time>', text)
            # A second may begin between two answers; whether there is a time to wait must not differ.
            headers = [(name, '' if name == 'Retry-After' else value) for name, value in answer.headers.items()
                       if name not in ('Date', 'Content-Length')]
            return answer.status, headers, text

        flow = service.flow('login')
        yield plain(service.submit('login', flow, {'method': 'identifier_first', 'identifier': address}))
        yield plain(service.submit('login', flow, {'method': 'password', 'identifier': address, 'password': 'w' * 12}))
        yield plain(service.ask_for_mail(address, flow := service.flow('recovery')))
        yield plain(service.submit('recovery', flow, {'method': 'code', 'code': '000000'}))
        yield plain(service.get(f'/self-service/recovery/flows?id={flow}'))
        yield plain(service.ask_for_mail(address, flow))
        for _ in range(8):
            yield plain(service.submit('recovery', flow, {'method': 'code', 'code': '000000'}))

    def test_known_unknown_and_new(self):
        for config in (OPEN, NO_ROBOT):
            service = self.serve(config)
            known, unknown, new = (list(self.answers(service, address)) for address in (ERIK, NOBODY, ANNA))
            self.assertEqual(known, unknown)
            self.assertEqual(known, new)


if __name__ == '__main__':
    sys.exit(main(sys.modules['__main__']))
