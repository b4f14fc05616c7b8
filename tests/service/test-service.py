#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the training service does beyond the recorded stories: what it keeps, what it forgets, and whom it lets in.

Usage: test-service.py SERVICE-HOST"""

import base64
import glob
import json
import os
import sqlite3
import stat
import sys

from service_host import (ACCOUNTS, ANNA, ERIK, MAJA, MAJA_ACCOUNT, NOBODY, OPEN, PASSWORD, SECRET, Case, main,
                          totp)

# Argon2id of PASSWORD as another program makes it, with other costs than the service's own.
HASH = '$argon2id$v=19$m=8192,t=3,p=1$aFNydv8MoH8oDCcUMU1lJQ$CiBNIxHTL1eEaaIFErj78UsucgJFUZXjDhgoPQPt2I8'
NO_ROBOT = {'robot': {'enabled': 'false'}}


class Recovery(Case):
    def test_letters_lead_only_to_the_flow_that_asked(self):
        service = self.serve(OPEN)
        flow, other = service.flow('recovery'), service.flow('recovery')
        for number, payload in enumerate(({'flow': other}, {}, 'text', None, {'flow': ['x']}), 1):
            body = {'method': 'code', 'email': ANNA, 'transient_payload': payload}
            self.assertEqual(service.submit('recovery', flow, body).status, 200)
            self.assertIsNone(service.letters(number)[-1][1])

    def test_an_address_after_the_challenge(self):
        service = self.serve(OPEN)
        flow = service.ask_for_mail(ANNA).body['id']
        code = {'method': 'code', 'code': service.letters(1)[0][2]}
        self.assertEqual(service.submit('recovery', flow, code).body['state'], 'passed_challenge')
        for body in ({'method': 'code', 'email': ANNA}, code):
            answer = service.submit('recovery', flow, body)
            self.assert_error(answer, 400)
            new = answer.body['error']['details']['continue_with'][0]
            self.assertEqual(new['action'], 'show_recovery_ui')
            self.assertEqual(service.get('/self-service/recovery/flows?id=' + new['flow']['id']).body['state'],
                             'choose_method')
        self.assertEqual(len(service.letters()), 1)

    def test_tries_count_over_all_mails_of_a_flow(self):
        service = self.serve(OPEN)
        flow = service.ask_for_mail(ANNA).body['id']
        for _ in range(5):
            service.submit('recovery', flow, {'method': 'code', 'code': '000000'})
        self.assertEqual(service.ask_for_mail(ANNA, flow).status, 200)
        answer = service.submit('recovery', flow, {'method': 'code', 'code': service.letters(2)[-1][2]})
        self.assert_error(answer, 400)

    def test_a_code_opens_only_its_own_flow(self):
        service = self.serve(OPEN)
        service.ask_for_mail(ANNA)
        code = service.letters(1)[0][2]
        other = service.ask_for_mail(NOBODY).body['id']
        self.assert_says(service.submit('recovery', other, {'method': 'code', 'code': code}), 200, 4060006)

    def test_other_sessions_end(self):
        service = self.serve(OPEN)
        old = service.sign_in(ERIK, PASSWORD).body['session_token']
        new, _ = service.recover(ERIK)
        self.assert_error(service.get('/sessions/whoami', old), 401)
        self.assertEqual(service.get('/sessions/whoami', new).status, 200)

    def test_a_disabled_account(self):
        service = self.serve(OPEN, [{**ACCOUNTS[1], 'state': 'inactive'}])
        self.assert_error(service.sign_in(ERIK, PASSWORD), 401)
        self.assert_says(service.sign_in(ERIK, 'wrong wrong wrong'), 400, 4000006)
        self.assert_says(service.ask_for_mail(ERIK), 200, 1060003)

    def test_signed_in_people_need_none(self):
        service = self.serve(OPEN)
        token = service.sign_in(ERIK, PASSWORD).body['session_token']
        self.assert_error(service.get('/self-service/recovery/api', token), 400, 'session_already_available')
        answer = service.submit('recovery', service.flow('recovery'), {'method': 'code', 'email': ERIK}, token)
        self.assert_error(answer, 400, 'session_already_available')


class Factors(Case):
    def enrol(self, service, address=ERIK):
        token = service.sign_in(address, PASSWORD).body['session_token']
        flow = service.flow('settings', token=token)
        page = service.get(f'/self-service/settings/flows?id={flow}', token)
        secret = page.node('totp_secret_key')['attributes']['text']['text']
        code = totp(secret, service.now())
        self.assert_says(service.submit('settings', flow, {'method': 'totp', 'totp_code': code}, token), 200, 1050001)
        return token, flow, secret, code

    def test_a_code_works_once(self):
        service = self.serve(OPEN)
        _, _, secret, code = self.enrol(service)
        token = service.sign_in(ERIK, PASSWORD).body['session_token']
        flow = service.flow('login', '?aal=aal2', token)
        body = {'method': 'totp', 'totp_code': code}
        self.assert_says(service.submit('login', flow, body, token), 400, 4000008)
        service.advance(60)
        code = totp(secret, service.now())
        body = {'method': 'totp', 'totp_code': code}
        self.assertEqual(service.submit('login', flow, body, token).status, 200)
        token = service.sign_in(ERIK, PASSWORD).body['session_token']
        flow = service.flow('login', '?aal=aal2', token)
        self.assert_says(service.submit('login', flow, body, token), 400, 4000008)
        before = {'method': 'totp', 'totp_code': totp(secret, service.now() - 30)}
        self.assert_says(service.submit('login', flow, before, token), 400, 4000008)

    def test_a_clock_may_be_half_a_minute_off(self):
        for offset, status in ((-90, 400), (-30, 200), (30, 200), (90, 400)):
            service = self.serve(OPEN, [MAJA_ACCOUNT])
            token = service.sign_in(MAJA, PASSWORD).body['session_token']
            flow = service.flow('login', '?aal=aal2', token)
            # To where a period begins, so that none ends on the way.
            service.advance(31 - int(service.now()) % 30)
            body = {'method': 'totp', 'totp_code': totp(SECRET, service.now() + offset)}
            self.assertEqual(service.submit('login', flow, body, token).status, status, offset)

    def test_enrolment_waits_for_a_right_code(self):
        service = self.serve(OPEN)
        token = service.sign_in(ERIK, PASSWORD).body['session_token']
        flow = service.flow('settings', token=token)
        secret = service.get(f'/self-service/settings/flows?id={flow}', token).node('totp_secret_key')
        for code in ('000000', '12', 'abcdef', '０１２３４５'):
            answer = service.submit('settings', flow, {'method': 'totp', 'totp_code': code}, token)
            self.assertEqual((answer.status, answer.ids('totp_code')), (400, [4000008]))
        self.assertEqual(answer.node('totp_secret_key'), secret, 'the same key after a slip')
        self.assertEqual(service.get('/sessions/whoami', token).body['authenticator_assurance_level'], 'aal1')

    def test_an_authenticator_can_be_removed(self):
        service = self.serve(OPEN)
        token, flow, secret, _ = self.enrol(service)
        answer = service.submit('settings', flow, {'method': 'totp', 'totp_unlink': True}, token)
        self.assert_says(answer, 200, 1050001)
        self.assertNotEqual(answer.node('totp_secret_key')['attributes']['text']['text'], secret)
        self.assertIsNotNone(service.sign_in(ERIK, PASSWORD).body['session']['identity'])

    def test_recovery_codes(self):
        service = self.serve(OPEN)
        token = service.sign_in(ERIK, PASSWORD).body['session_token']
        flow = service.flow('settings', token=token)

        def submit(**body):
            return service.submit('settings', flow, {'method': 'lookup_secret', **body}, token)

        self.assert_says(submit(lookup_secret_confirm=True), 400, 4000001)
        first = submit(lookup_secret_regenerate='true').node('lookup_secret_codes')
        second = submit(lookup_secret_regenerate=True).node('lookup_secret_codes')
        self.assertNotEqual(first, second)
        codes = [item['text'] for item in second['attributes']['text']['context']['secrets']]
        self.assertEqual(len(set(codes)), 12)
        self.assertIsNotNone(service.sign_in(ERIK, PASSWORD).body['session']['identity'], 'not wanted before confirmed')
        self.assert_says(submit(lookup_secret_confirm=True), 200, 1050001)
        kept = submit(lookup_secret_reveal=True)
        self.assertEqual(kept.status, 200)
        shown = kept.node('lookup_secret_codes')['attributes']['text']['context']['secrets']
        self.assertEqual([item['id'] for item in shown], [1050009] * 12)
        self.assertFalse(set(codes) & {item['text'] for item in shown}, 'kept as digests, so they cannot be shown')
        other = service.sign_in(ERIK, PASSWORD).body['session_token']
        login = service.flow('login', '?aal=aal2', other)
        old = first['attributes']['text']['context']['secrets'][0]['text']
        for code, *says in ((old, 4000016), (codes[3].upper(), 4000016), (codes[3],), (codes[3], 4000012)):
            answer = service.submit('login', login, {'method': 'lookup_secret', 'lookup_secret': code}, other)
            self.assertEqual(answer.status, 400 if says else 200)
            if says:
                self.assertEqual(answer.ids(), says)
        shown = submit(lookup_secret_reveal=True).node('lookup_secret_codes')['attributes']['text']['context']['secrets']
        self.assertEqual(sorted(item['id'] for item in shown), [1050009] * 11 + [1050014])
        self.assert_says(submit(lookup_secret_disable=True), 200, 1050001)
        self.assert_says(submit(lookup_secret_reveal=True), 400, 4000001)
        self.assertIsNotNone(service.sign_in(ERIK, PASSWORD).body['session']['identity'])

    def test_imported_factors(self):
        service = self.serve(OPEN, [MAJA_ACCOUNT])
        answer = service.sign_in(MAJA, PASSWORD)
        self.assertIsNone(answer.body['session']['identity'])
        token = answer.body['session_token']
        flow = service.flow('login', '?aal=aal2', token)
        for body in ({'method': 'totp', 'totp_code': totp(SECRET, service.now())},
                     {'method': 'lookup_secret', 'lookup_secret': 'efgh5678'}):
            answer = service.submit('login', flow, body, token)
            self.assertEqual(answer.status, 200)
            self.assertEqual(answer.body['session']['authenticator_assurance_level'], 'aal2')

    def test_nothing_to_show_where_there_is_no_second_factor(self):
        service = self.serve(OPEN)
        token = service.sign_in(ERIK, PASSWORD).body['session_token']
        answer = service.get('/self-service/login/api?aal=aal2', token)
        self.assertEqual((answer.status, answer.body['ui']['nodes']), (200, None))
        for body, says in (({'method': 'totp', 'totp_code': '123456'}, 4000011),
                           ({'method': 'lookup_secret', 'lookup_secret': 'abcdefgh'}, 4000014),
                           ({'method': 'nonsense'}, 4010002)):
            self.assert_says(service.submit('login', answer.body['id'], body, token), 400, says)


class Sessions(Case):
    def test_a_new_password_ends_the_others(self):
        service = self.serve(OPEN)
        other = service.sign_in(ERIK, PASSWORD).body['session_token']
        token = service.sign_in(ERIK, PASSWORD).body['session_token']
        flow = service.flow('settings', token=token)
        body = {'method': 'password', 'password': 'another good one'}
        self.assert_says(service.submit('settings', flow, body, token), 200, 1050001)
        self.assert_error(service.get('/sessions/whoami', other), 401)
        self.assertEqual(service.get('/sessions/whoami', token).status, 200)
        self.assert_says(service.sign_in(ERIK, PASSWORD), 400, 4000006)

    def test_the_dead_end_of_an_old_recovery(self):
        service = self.serve({**OPEN, 'lifespan': {'privileged': '60'}})
        token, flow = service.recover(ANNA)
        service.advance(61)
        answer = service.submit('settings', flow, {'method': 'password', 'password': 'a good one at last'}, token)
        self.assert_error(answer, 403, 'session_refresh_required')
        answer = service.get('/self-service/login/api?refresh=true', token)
        self.assertEqual([node['attributes']['name'] for node in answer.body['ui']['nodes']], ['csrf_token'])

    def test_expiry(self):
        service = self.serve({**OPEN, 'lifespan': {'session': '100', 'settings': '50'}})
        token = service.sign_in(ERIK, PASSWORD).body['session_token']
        flow = service.flow('settings', token=token)
        service.advance(51)
        answer = service.submit('settings', flow, {'method': 'password', 'password': 'another good one'}, token)
        self.assert_error(answer, 410, 'self_service_flow_expired')
        answer = service.get('/self-service/settings/flows?id=' + answer.body['use_flow_id'], token)
        self.assert_says(answer, 200, 4050001)
        self.assert_error(service.get(f'/self-service/settings/flows?id={flow}', token), 410)
        service.advance(50)
        self.assert_error(service.get('/sessions/whoami', token), 401)
        self.assert_error(service.get('/self-service/settings/api', token), 401, 'session_inactive')

    def test_settings_belong_to_one_person(self):
        service = self.serve(OPEN, [*ACCOUNTS, MAJA_ACCOUNT])
        erik = service.sign_in(ERIK, PASSWORD).body['session_token']
        flow = service.flow('settings', token=erik)
        anna, _ = service.recover(ANNA)
        body = {'method': 'password', 'password': 'another good one'}
        self.assert_error(service.get(f'/self-service/settings/flows?id={flow}', anna), 403,
                          'security_identity_mismatch')
        self.assert_error(service.submit('settings', flow, body, anna), 403, 'security_identity_mismatch')
        self.assert_error(service.submit('settings', flow, body), 401)
        self.assert_error(service.submit('login', flow, body), 404)

    def test_a_session_where_none_is_wanted(self):
        service = self.serve(OPEN)
        flow = service.flow('login')
        token = service.sign_in(ERIK, PASSWORD).body['session_token']
        self.assert_error(service.get('/self-service/login/api', token), 400, 'session_already_available')
        self.assert_error(service.get('/self-service/login/api?aal=aal9'), 400)
        answer = service.submit('login', flow, {'method': 'password', 'identifier': ERIK, 'password': PASSWORD}, token)
        self.assert_says(answer, 400, 4000001)
        answer = service.request('GET', '/sessions/whoami', headers={'Authorization': f'Bearer {token}'})
        self.assertEqual(answer.status, 200)

    def test_logout(self):
        service = self.serve(OPEN)
        for body, status in (({'session_token': 'ory_st_unknown'}, 403), ({}, 400), ({'session_token': 1}, 400)):
            self.assert_error(service.request('DELETE', '/self-service/logout/api', body), status)


class Kept(Case):
    def test_nothing_is_kept_in_clear(self):
        service = self.serve(OPEN, [*ACCOUNTS, MAJA_ACCOUNT])
        token, flow = service.recover(ANNA)
        page = service.get(f'/self-service/settings/flows?id={flow}', token)
        pending = page.node('totp_secret_key')['attributes']['text']['text']
        password = 'a password that is kept'
        secrets = [token, pending, SECRET, password, 'abcd1234', 'efgh5678', PASSWORD, service.letters()[-1][2]]
        answer = service.submit('settings', flow, {'method': 'password', 'password': password}, token)
        secret = answer.node('totp_secret_key')['attributes']['text']['text']
        body = {'method': 'totp', 'totp_code': totp(secret, service.now())}
        self.assert_says(service.submit('settings', flow, body, token), 200, 1050001)
        answer = service.submit('settings', flow, {'method': 'lookup_secret', 'lookup_secret_regenerate': True}, token)
        context = answer.node('lookup_secret_codes')['attributes']['text']['context']
        codes = [item['text'] for item in context['secrets']]
        for confirmed in (False, True):
            if confirmed:
                body = {'method': 'lookup_secret', 'lookup_secret_confirm': True}
                self.assert_says(service.submit('settings', flow, body, token), 200, 1050001)
            kept = b''
            for path in glob.glob(service.database + '*'):
                if not path.endswith('.key'):
                    with open(path, 'rb') as file:
                        kept += file.read()
            self.assertIn(ANNA.encode(), kept, 'what is looked at is the database')
            # Six digits stand in any database, so the mailed code is looked for where it could be, below.
            keys = [base64.b32decode(key) for key in (pending, secret, SECRET)]
            for value in [*(text.encode() for text in [*secrets[:-1], secret, *codes]), *keys]:
                self.assertNotIn(value, kept)
        database = sqlite3.connect(f'file:{service.database}?mode=ro', uri=True)
        for table, column in (('mail_code', 'digest'), ('session', 'token'), ('recovery_code', 'digest')):
            rows = database.execute(f'SELECT {column} FROM {table}').fetchall()
            self.assertTrue(rows)
            for (value,) in rows:
                self.assertEqual((type(value), len(value)), (bytes, 32), table)
        self.assertEqual(database.execute('PRAGMA journal_mode').fetchone(), ('wal',))
        self.assertEqual(database.execute('PRAGMA user_version').fetchone(), (1,))
        self.assertEqual(database.execute('PRAGMA foreign_key_check').fetchall(), [])
        for (data,) in database.execute('SELECT data FROM flow'):
            self.assertNotRegex(data, rf'\b{secrets[-1]}\b')
        hashes = [row[0] for row in database.execute('SELECT password FROM account WHERE password IS NOT NULL')]
        self.assertTrue(all(text.startswith('$argon2id$v=19$m=19456,t=2,p=1$') for text in hashes), hashes)
        database.close()

    def test_the_key_is_its_owners(self):
        service = self.serve(OPEN)
        self.assertEqual(stat.S_IMODE(os.stat(service.database + '.key').st_mode), 0o600)
        self.assertEqual(os.stat(service.database + '.key').st_size, 32)

    def test_a_killed_service_goes_on(self):
        service = self.serve(OPEN, [*ACCOUNTS, MAJA_ACCOUNT])
        token = service.sign_in(ERIK, PASSWORD).body['session_token']
        settings = service.flow('settings', token=token)
        node = service.get(f'/self-service/settings/flows?id={settings}', token).node('totp_secret_key')
        flow = service.ask_for_mail(ANNA).body['id']
        code = service.letters(1)[0][2]
        service.kill()
        service.start()
        self.assertEqual(service.get('/sessions/whoami', token).status, 200)
        page = service.get(f'/self-service/settings/flows?id={settings}', token)
        self.assertEqual(page.node('totp_secret_key'), node)
        answer = service.submit('recovery', flow, {'method': 'code', 'code': code})
        self.assertEqual(answer.body['state'], 'passed_challenge')
        self.assertEqual(service.sign_in(MAJA, PASSWORD).status, 200)

    def test_accounts_are_added_once(self):
        service = self.serve(OPEN)
        token, flow = service.recover(ANNA)
        body = {'method': 'password', 'password': 'a password of her own'}
        self.assert_says(service.submit('settings', flow, body, token), 200, 1050001)
        again = [{**ACCOUNTS[0], 'credentials': {'password': {'config': {'password': PASSWORD}}}}, *ACCOUNTS[1:],
                 MAJA_ACCOUNT]
        self.assertEqual(service.order('import ' + service.write('more.json', json.dumps(again))), 'done')
        self.assert_says(service.sign_in(ANNA, PASSWORD), 400, 4000006)
        self.assertEqual(service.sign_in(ANNA, 'a password of her own').status, 200)
        self.assertEqual(service.sign_in(MAJA, PASSWORD).status, 200)
        service.kill()
        service.write('accounts.json', json.dumps(again))
        service.start()
        self.assertEqual(service.sign_in(ANNA, 'a password of her own').status, 200)

    def test_a_database_that_another_program_holds(self):
        service = self.serve(OPEN)
        other = sqlite3.connect(service.database, isolation_level=None)
        other.execute('BEGIN IMMEDIATE')
        self.assert_error(service.get('/self-service/login/api'), 500)
        other.execute('COMMIT')
        other.close()
        self.assertEqual(service.sign_in(ERIK, PASSWORD).status, 200)

    def test_start_over(self):
        service = self.serve(NO_ROBOT)
        token, flow = service.recover(ANNA)
        body = {'method': 'password', 'password': 'a password of her own'}
        self.assert_says(service.submit('settings', flow, body, token), 200, 1050001)
        for _ in range(9):
            last = service.sign_in(ERIK, 'wrong wrong wrong')
        self.assert_rest(last, 1800)
        self.assertEqual(service.order('reset ' + service.accounts), 'done')
        self.assert_error(service.get('/sessions/whoami', token), 401)
        self.assert_error(service.get(f'/self-service/recovery/flows?id={flow}'), 404)
        self.assert_says(service.sign_in(ANNA, 'a password of her own'), 400, 4000006)
        self.assertEqual(service.sign_in(ERIK, PASSWORD).status, 200)
        self.assert_says(service.ask_for_mail(ANNA), 200, 1060003)

    def test_hashes_of_other_programs(self):
        account = {**ACCOUNTS[1], 'credentials': {'password': {'config': {'hashed_password': HASH}}}}
        service = self.serve(OPEN, [account])
        self.assert_says(service.sign_in(ERIK, PASSWORD + ' '), 400, 4000006)
        with sqlite3.connect(service.database, isolation_level=None) as database:
            for costs in ('m=8192,t=3', 'm=19456,t=2', 'm=19456,t=2'):
                kept, = database.execute('SELECT password FROM account').fetchone()
                self.assertIn(costs, kept, 'made anew at the first sign-in, so that it takes the time of any other')
                self.assertEqual(service.sign_in(ERIK, PASSWORD).status, 200)
            self.assertEqual((kept,), database.execute('SELECT password FROM account').fetchone())
        database.close()
        self.assert_says(service.sign_in(ERIK, PASSWORD + ' '), 400, 4000006)

    def test_imports_that_cannot_be_read_change_nothing(self):
        service = self.serve(OPEN)
        for number, wrong in enumerate(('', '[', '{}', '[1]', '[{"traits":{}}]', [{'traits': {'email': 'no address'}}],
                                        [{**ACCOUNTS[1], 'credentials': {'password': {}}}],
                                        [{**ACCOUNTS[1], 'credentials': {
                                            'password': {'config': {'hashed_password': '$2a$12$bcrypt'}}}}],
                                        [{**ACCOUNTS[1], 'credentials': {'password': {'config': {
                                            'hashed_password': HASH.replace('8192', '4194304')}}}}],
                                        [{**ACCOUNTS[1], 'credentials': {
                                            'password': {'config': {'hashed_password': HASH.rpartition('$')[0]}}}}],
                                        [{**ACCOUNTS[1], 'credentials': {'totp': {'config': {'totp_url': 'x'}}}}],
                                        [{**ACCOUNTS[1], 'credentials': {'lookup_secret': {'config': {'codes': [1]}}}}])):
            text = wrong if isinstance(wrong, str) else json.dumps(wrong)
            path = service.write(f'wrong-{number}.json', text)
            self.assertNotEqual(service.order('reset ' + path), 'done', text)
        self.assertEqual(service.sign_in(ERIK, PASSWORD).status, 200)


if __name__ == '__main__':
    sys.exit(main(sys.modules['__main__']))
