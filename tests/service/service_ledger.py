# SPDX-License-Identifier: GPL-3.0-or-later
"""What a service has acknowledged, and whether it still stands by it after it was killed in the middle of its work."""

import glob
import http.client
import sqlite3
import threading
import time

from service_host import PASSWORD, read_letter

NAMES = ('visitor', 'changer', 'forgetful', 'careful', 'passer')
ACCOUNTS = [{'traits': {'email': f'{name}@flexhrm.example'},
             'credentials': {'password': {'config': {'password': PASSWORD}}}} for name in NAMES]
VISITOR, CHANGER, FORGETFUL, CAREFUL, _ = (f'{name}@flexhrm.example' for name in NAMES)
GONE = (OSError, http.client.HTTPException)


class Ledger:
    """People who work with a service, each at one thing, until it is gone: what they were told is written down."""

    def __init__(self, service):
        self.service = service
        self.acknowledged = 0
        self.tokens, self.ended, self.flows, self.redeemed, self.used = [], [], [], [], []
        self.passwords = {PASSWORD}  # one of these is right: more than one when a change was not answered
        self.changes = 0
        self.shown, self.codes = [], []

    def note(self, entries, entry):
        entries.append(entry)
        self.acknowledged += 1

    def visit(self):
        token = self.service.sign_in(VISITOR, PASSWORD).body['session_token']
        self.note(self.tokens, token)
        if len(self.tokens) % 2 == 0:
            leaving = self.tokens.pop()
            if self.service.request('DELETE', '/self-service/logout/api', {'session_token': leaving}).status == 204:
                self.note(self.ended, leaving)

    def change(self):
        for password in list(self.passwords):
            answer = self.service.sign_in(CHANGER, password)
            if answer.status == 200:
                self.passwords = {password}
                break
        token = answer.body['session_token']
        flow = self.service.flow('settings', token=token)
        self.changes += 1
        wanted = f'another good one {self.changes}'
        self.passwords.add(wanted)
        if self.service.submit('settings', flow, {'method': 'password', 'password': wanted}, token).status == 200:
            self.passwords = {wanted}
            self.acknowledged += 1

    def forget(self):
        flow = self.service.ask_for_mail(FORGETFUL).body['id']
        while not (code := next((code for path in glob.glob(self.service.mails + '/*.eml')
                                 for _, named, code in [read_letter(path)] if named == flow), None)):
            if self.service.process.poll() is not None:
                raise ConnectionError('nobody will send that mail')
            time.sleep(0.01)
        answer = self.service.submit('recovery', flow, {'method': 'code', 'code': code})
        if answer.status == 200:
            self.note(self.redeemed, (flow, code))

    def take_care(self):
        """Makes recovery codes, and uses them up one by one."""
        token = self.service.sign_in(CAREFUL, PASSWORD).body['session_token']
        if self.codes:
            flow = self.service.flow('login', '?aal=aal2', token)
            code = self.codes.pop()  # not counted on any more, whether or not an answer comes
            if self.service.submit('login', flow, {'method': 'lookup_secret', 'lookup_secret': code}, token).status == 200:
                self.note(self.used, code)
            return
        if self.used:
            return
        answer = self.service.get('/self-service/settings/api', token)
        if answer.status == 403:  # they count: only the answer that said so was lost
            assert self.shown, answer.data
            self.codes = self.shown
            return
        flow = answer.body['id']
        answer = self.service.submit('settings', flow, {'method': 'lookup_secret', 'lookup_secret_regenerate': True}, token)
        self.shown = [secret['text'] for secret in answer.node('lookup_secret_codes')['attributes']['text']['context']['secrets']]
        answer = self.service.submit('settings', flow, {'method': 'lookup_secret', 'lookup_secret_confirm': True}, token)
        if answer.status == 200:
            self.codes = self.shown
            self.acknowledged += 1

    def pass_by(self):
        self.note(self.flows, self.service.flow('login'))

    def work(self, entries, lag):
        """Lets everybody work, and kills the service so many seconds after so many entries; returns what else went wrong."""
        troubles = []
        enough = self.acknowledged + entries

        def repeat(task):
            try:
                while True:
                    task()
            except GONE:
                pass
            except Exception as trouble:  # whatever it is, it is told of below
                if self.service.process.poll() is None:
                    troubles.append(f'{task.__name__}: {trouble!r}')

        tasks = (self.visit, self.change, self.forget, self.take_care, self.pass_by)
        people = [threading.Thread(target=repeat, args=(task,)) for task in tasks]
        for person in people:
            person.start()
        while self.acknowledged < enough and any(person.is_alive() for person in people):
            time.sleep(0.001)
        time.sleep(lag)
        self.service.process.kill()
        for person in people:
            person.join()
        self.service.kill()
        return troubles

    def broken(self):
        """What the service, which runs again, does not stand by; the entries are settled with it."""
        service = self.service
        wrong = [f'session {token}' for token in self.tokens if service.get('/sessions/whoami', token).status != 200]
        wrong += [f'end of {token}' for token in self.ended if service.get('/sessions/whoami', token).status != 401]
        wrong += [f'flow {flow}' for flow in self.flows
                  if service.get(f'/self-service/login/flows?id={flow}').status != 200]
        wrong += [f'used mail code of {flow}' for flow, code in self.redeemed
                  if service.submit('recovery', flow, {'method': 'code', 'code': code}).status != 400]
        good = [password for password in self.passwords if service.sign_in(CHANGER, password).status == 200]
        wrong += ['password'] * (len(good) != 1)
        wrong += self.broken_codes()
        database = sqlite3.connect(service.database, timeout=30)
        wrong += [text for text, in database.execute('PRAGMA integrity_check') if text != 'ok']
        wrong += [f'reference {row}' for row in database.execute('PRAGMA foreign_key_check')]
        database.close()
        self.passwords = set(good)
        self.tokens, self.ended, self.flows, self.redeemed = [], [], [], []
        return wrong

    def broken_codes(self):
        token = self.service.sign_in(CAREFUL, PASSWORD).body['session_token']
        flow = self.service.flow('login', '?aal=aal2', token)
        return [f'used recovery code {code}' for code in self.used if self.service.submit(
            'login', flow, {'method': 'lookup_secret', 'lookup_secret': code}, token).ids() != [4000012]]
