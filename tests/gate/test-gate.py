#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gate between people and Kratos, for whom the service stands: robot check, limits, and redeemed flows.

Usage: test-gate.py SERVICE-HOST FIRST-LOGIN-GATE"""

import secrets
import sys

from gate_host import Case, main, sign, spoil
from service_host import ANNA, ERIK, MAJA, NOBODY, PASSWORD, SECRET, at_once, solve, totp

Case.HOST, Case.PROGRAM = sys.argv[1:3]
HERE, THERE, ELSEWHERE = '198.51.100.7', '203.0.113.9', '192.0.2.{}'


class Walk(Case):
    def test_first_login(self):
        """What the assistant asks of a newcomer, from the first page to the new password."""
        gate = self.open()
        flow = self.service.flow('login')
        answer = gate.submit('login', flow, {'method': 'identifier_first', 'identifier': ANNA})
        self.assertEqual((answer.status, answer.body['active']), (400, 'identifier_first'))
        self.assert_says(gate.submit('login', flow, {'method': 'password', 'identifier': ANNA, 'password': 'x'}), 400, 4000006)
        answer = self.ask_for_mail(gate, ANNA)
        self.assert_says(answer, 200, 1060003)
        flow = answer.body['id']
        self.assertEqual(answer.body['transient_payload'], {'flow': flow})
        code = self.service.letters(1)[0][2]
        wrong = '000000' if code != '000000' else '111111'
        self.assert_says(gate.submit('recovery', flow, {'method': 'code', 'code': wrong}), 200, 4060006)
        answer = gate.submit('recovery', flow, {'method': 'code', 'code': code})
        self.assertEqual((answer.status, answer.body['state']), (200, 'passed_challenge'))
        token, settings = answer.body['continue_with']
        answer = self.service.submit('settings', settings['flow']['id'], {'method': 'password', 'password': PASSWORD},
                                     token['ory_session_token'])
        self.assertEqual(answer.status, 200, answer.data)
        self.assertEqual(self.sign_in(gate, ANNA, PASSWORD).status, 200)

    def test_second_factor_and_refresh(self):
        gate = self.open()
        answer = self.sign_in(gate, MAJA, PASSWORD)
        token = answer.body['session_token']
        flow = self.service.flow('login', '?aal=aal2', token)
        self.assert_says(gate.submit('login', flow, {'method': 'totp', 'totp_code': '000000'}, token), 400, 4000008)
        answer = gate.submit('login', flow, {'method': 'totp', 'totp_code': totp(SECRET, self.service.now())}, token)
        self.assertEqual((answer.status, answer.body['session']['authenticator_assurance_level']), (200, 'aal2'))
        flow = self.service.flow('login', '?refresh=true', token)
        answer = gate.submit('login', flow, {'method': 'password', 'identifier': MAJA, 'password': PASSWORD}, token)
        self.assertEqual((answer.status, answer.body['session_token']), (200, token))

    def test_errors_pass_as_they_are(self):
        gate = self.open()
        body = {'method': 'password', 'identifier': ANNA, 'password': 'x'}
        missing = '00000000-0000-4000-8000-000000000000'
        self.assert_error(gate.submit('login', missing, body), 404)
        answer = gate.submit('login', self.service.flow('login'), {'method': 'totp', 'totp_code': '123456'})
        straight = self.service.submit('login', self.service.flow('login'), {'method': 'totp', 'totp_code': '123456'})
        self.assertEqual((answer.status, answer.headers.get('Ory-Error-Id')), (straight.status, straight.headers.get('Ory-Error-Id')))


class Proofs(Case):
    def setUp(self):
        super().setUp()
        self.gate = self.open()
        self.flow = self.service.flow('recovery')

    def ask(self, proof, gate=None):
        headers = {'X-Altcha': proof} if proof is not None else {}
        return (gate or self.gate).submit('recovery', self.flow, {'method': 'code', 'email': ANNA}, headers=headers)

    def assert_refused(self, proof, reason, gate=None):
        gate = gate or self.gate
        name = f'refusals_total{{call="recovery",reason="proof-{reason}"}}'
        before = gate.metric(name)
        answer = self.ask(proof, gate)
        self.assert_says(answer, 400, 4000038)
        self.assertEqual(answer.body['id'], self.flow)
        self.assertEqual(gate.metric(name), before + 1)
        self.assertEqual(self.upstream.seen, [])

    def test_challenges(self):
        challenge = self.gate.challenge()
        self.assertEqual(challenge['parameters']['cost'], 1000)
        self.assertNotEqual(challenge, self.gate.challenge())
        self.assertEqual(self.ask(solve(challenge)).status, 200)
        self.assertEqual(self.gate.metric('proofs_total'), 1)

    def test_bad_proofs(self):
        key = self.gate.key
        self.assert_refused(None, 'missing')
        for payload in ('', 'x', '{}', 'e30=', '=' * 100, 'A' * 20000):
            self.assert_refused(payload, 'malformed')
        self.assert_refused(solve(sign(secrets.token_bytes(32))), 'forged')
        self.assert_refused(solve(sign(key, purpose='sign-in')), 'forged')
        self.assert_refused(solve(sign(key, expires=-5)), 'expired')
        self.assert_no_mails()

    def test_a_wrong_solution_uses_the_challenge_up(self):
        """Else a single challenge would be good for any number of keys to be derived."""
        proof = self.gate.proof()
        self.assert_refused(spoil(proof), 'forged')
        self.assert_refused(proof, 'used')

    def test_once(self):
        proof = self.gate.proof()
        self.assertEqual(self.ask(proof).status, 200)
        self.upstream.seen.clear()
        self.assert_refused(proof, 'used')

    def test_once_among_many(self):
        """At the same time, by two gates with one store."""
        other = self.open(key=self.gate.key, store=self.gate.store)
        proof = self.gate.proof()
        answers = at_once(8, lambda number: self.ask(proof, (self.gate, other)[number % 2]))
        self.assertEqual(sorted(answer.status for answer in answers), [200] + [400] * 7)
        self.assertEqual(len(self.upstream.seen), 1)

    def test_once_after_a_restart(self):
        proof = self.gate.proof()
        self.assertEqual(self.ask(proof).status, 200)
        self.gate.stop()
        self.gate.start()
        self.upstream.seen.clear()
        self.assert_refused(proof, 'used')


class Quotas(Case):
    def wrong(self, gate, address, there=HERE):
        return self.sign_in(gate, address, 'wrong', **{'X-Real-IP': there})

    def test_passwords(self):
        gate = self.open({'PASSWORD_PER_PERSON': '3/600'})
        for _ in range(3):
            self.assert_says(self.wrong(gate, ERIK), 400, 4000006)
        self.upstream.seen.clear()
        self.assert_rest(self.wrong(gate, ERIK), 600)
        self.assert_rest(self.wrong(gate, ' ' + ERIK.upper()), 600)
        self.assert_rest(self.sign_in(gate, ERIK, PASSWORD, **{'X-Real-IP': HERE}), 600)
        self.assertEqual(self.upstream.seen, [])
        self.assertEqual(gate.metric('quota_hits_total{kind="password"}'), 3)
        # who is not known is slowed down like who is
        for _ in range(3):
            self.assert_says(self.wrong(gate, NOBODY), 400, 4000006)
        self.assert_rest(self.wrong(gate, NOBODY), 600)

    def test_a_right_password_does_not_count(self):
        gate = self.open({'PASSWORD_PER_PERSON': '2/600'})
        for _ in range(5):
            self.assertEqual(self.sign_in(gate, ERIK, PASSWORD).status, 200)
        self.assert_says(self.wrong(gate, ERIK), 400, 4000006)

    def test_a_stranger_locks_nobody_out(self):
        """From everywhere in the world, until everybody there is refused: who has been here before still gets in."""
        gate = self.open({'PASSWORD_PER_PERSON': '2/600', 'PASSWORD_PER_ACCOUNT': '6/86400'})
        self.assertEqual(self.sign_in(gate, ERIK, PASSWORD, **{'X-Real-IP': HERE}).status, 200)
        answers = [self.sign_in(gate, ERIK, 'wrong', **{'X-Real-IP': f'10.{net}.0.1'}) for net in range(6) for _ in range(2)]
        self.assertEqual([answer.status for answer in answers].count(429), 6)
        self.assert_rest(self.wrong(gate, ERIK, THERE), 86400)
        self.assertEqual(self.sign_in(gate, ERIK, PASSWORD, **{'X-Real-IP': HERE}).status, 200)

    def test_networks_that_nobody_vouches_for(self):
        """X-Real-IP is nginx' to say; whoever else asks is whom it asks for."""
        gate = self.open({'PASSWORD_PER_PERSON': '2/600', 'TRUSTED': '127.0.0.3'})
        body = {'method': 'password', 'identifier': ERIK, 'password': 'wrong'}
        for number in range(4):
            answer = gate.submit('login', self.service.flow('login'), body, headers={'X-Real-IP': ELSEWHERE.format(number)})
            self.assertEqual(answer.status, 400 if number < 2 else 429)
        self.assertEqual({dict(headers)['X-Real-IP'] for _, headers, _ in self.upstream.seen}, {'127.0.0.1'})
        answer = gate.submit('login', self.service.flow('login'), body, headers={'X-Real-IP': HERE}, source='127.0.0.3')
        self.assertEqual(answer.status, 400)
        self.assertEqual(dict(self.upstream.seen[-1][1])['X-Real-IP'], HERE)

    def test_second_factors(self):
        """Counted for the account, by its password: a new session is no new beginning, another account's is."""
        gate = self.open({'SECOND_FACTOR_PER_PERSON': '2/600'})
        answers = []
        for _ in range(3):
            token = self.sign_in(gate, MAJA, PASSWORD).body['session_token']
            flow = self.service.flow('login', '?aal=aal2', token)
            answers.append(gate.submit('login', flow, {'method': 'totp', 'totp_code': '000000'}, token))
        self.assert_says(answers[1], 400, 4000008)
        self.assert_rest(answers[2], 600)
        self.assert_rest(gate.submit('login', flow, {'method': 'lookup_secret', 'lookup_secret': 'abcd1234'}, token), 600)
        token = self.sign_in(gate, ERIK, PASSWORD).body['session_token']
        answer = gate.submit('login', self.service.flow('login', '?aal=aal2', token), {'method': 'totp', 'totp_code': '0'}, token)
        self.assertNotEqual(answer.status, 429)

    def test_second_factors_after_a_recovery(self):
        """The session of a mail's code belongs to whom the mail was for."""
        gate = self.open({'SECOND_FACTOR_PER_PERSON': '1/600'})
        token = self.sign_in(gate, MAJA, PASSWORD).body['session_token']
        gate.submit('login', self.service.flow('login', '?aal=aal2', token), {'method': 'totp', 'totp_code': '000000'}, token)
        flow = self.ask_for_mail(gate, MAJA).body['id']
        answer = gate.submit('recovery', flow, {'method': 'code', 'code': self.service.letters(1)[0][2]})
        token = answer.body['continue_with'][0]['ory_session_token']
        flow = self.service.flow('login', '?aal=aal2', token)
        self.assert_rest(gate.submit('login', flow, {'method': 'totp', 'totp_code': '000000'}, token), 600)

    def test_sessions_from_elsewhere(self):
        """One that was not begun through a gate counts for itself."""
        gate = self.open({'SECOND_FACTOR_PER_PERSON': '2/600'})
        token = self.service.sign_in(MAJA, PASSWORD).body['session_token']
        flow = self.service.flow('login', '?aal=aal2', token)
        answers = [gate.submit('login', flow, {'method': 'totp', 'totp_code': '000000'}, token).status for _ in range(3)]
        self.assertEqual(answers, [400, 400, 429])

    def test_codes(self):
        """Counted for the account, over all its flows."""
        gate = self.open({'CODE_PER_PERSON': '3/600'})
        answers = []
        for _ in range(2):
            flow = self.ask_for_mail(gate, NOBODY).body['id']
            answers += [gate.submit('recovery', flow, {'method': 'code', 'code': '000000'}) for _ in range(2)]
        self.assertEqual([answer.status for answer in answers], [200, 200, 200, 429])

    def test_mails(self):
        gate = self.open({'MAIL_PER_PERSON': '2/600'})
        statuses = [self.ask_for_mail(gate, address).status for address in (ANNA, ANNA.title(), ANNA, NOBODY, NOBODY, NOBODY)]
        self.assertEqual(statuses, [200, 200, 429, 200, 200, 429])
        self.assertEqual(len(self.service.letters(2)), 2)

    def test_gates_side_by_side(self):
        first = self.open({'PASSWORD_PER_PERSON': '3/600'})
        second = self.open({'PASSWORD_PER_PERSON': '3/600'}, key=first.key, store=first.store)
        statuses = [self.wrong(gate, ERIK).status for gate in (first, second, first, second, first)]
        self.assertEqual(statuses, [400, 400, 400, 429, 429])

    def test_what_was_not_looked_at_does_not_count(self):
        gate = self.open({'PASSWORD_PER_PERSON': '2/600'})
        body = {'method': 'password', 'identifier': ERIK, 'password': 'wrong'}
        for _ in range(4):
            self.assert_error(gate.submit('login', '00000000-0000-4000-8000-000000000000', body), 404)
        self.upstream.answer = lambda handler: handler.say(500, b'{}')
        for _ in range(4):
            self.assertEqual(self.wrong(gate, ERIK).status, 500)
        self.upstream.answer = None
        self.assert_says(self.wrong(gate, ERIK), 400, 4000006)


class Redeemed(Case):
    """An `email` on a flow that has been redeemed ends the handler of Kratos: it does not come there."""

    def setUp(self):
        super().setUp()
        self.gate = self.open()
        self.flow = self.ask_for_mail(self.gate, ANNA).body['id']
        self.code = self.service.letters(1)[0][2]

    def assert_closed(self, gate):
        self.upstream.seen.clear()
        answer = self.ask_for_mail(gate, ANNA, self.flow)
        self.assert_says(answer, 400, 4060001)
        self.assertEqual(self.upstream.seen, [])

    def test_right_code(self):
        self.assertEqual(self.ask_for_mail(self.gate, ANNA, self.flow).status, 200)
        code = self.service.letters(2)[-1][2]
        answer = self.gate.submit('recovery', self.flow, {'method': 'code', 'code': code})
        self.assertEqual(answer.body['state'], 'passed_challenge')
        self.assert_closed(self.gate)
        self.assert_closed(self.open(key=self.gate.key, store=self.gate.store))
        self.assertEqual(self.ask_for_mail(self.gate, ANNA).status, 200)

    def test_wrong_code(self):
        self.gate.submit('recovery', self.flow, {'method': 'code', 'code': '000000' if self.code != '000000' else '1'})
        self.assertEqual(self.ask_for_mail(self.gate, ANNA, self.flow).status, 200)

    def test_lost_answer(self):
        """It may have been right."""
        def lose(handler):
            self.upstream.service.submit('recovery', self.flow, {'method': 'code', 'code': self.code})
            handler.break_off()
        self.upstream.answer = lose
        self.assert_error(self.gate.submit('recovery', self.flow, {'method': 'code', 'code': self.code}), 502)
        self.upstream.answer = None
        self.assert_closed(self.gate)


sys.exit(main(sys.modules[__name__]))
