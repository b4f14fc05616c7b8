#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The training service and its database when the disk is full, somebody else keeps the database, nothing may be written,
or the program is killed in the middle of a change.

Usage: test-disk.py SERVICE-HOST FIRST-LOGIN-SERVICE"""

import os
import random
import resource
import shutil
import sqlite3
import subprocess
import sys

from service_host import ANNA, ERIK, OPEN, PASSWORD, Case, Service, at_once, main
from service_ledger import ACCOUNTS, Ledger

HOST, PROGRAM = sys.argv[1:3]


class Full(Case):
    def limit(self, service, size):
        """Lets no file of the service grow beyond so many bytes: for it, the disk is full."""
        hard = resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (hard if size is None else size, hard))

    def test_a_full_disk(self):
        # Python ignores the signal that comes with the limit; so must the service, else it would be killed by it.
        service = Service(HOST, OPEN, restore_signals=False)
        self.addCleanup(service.remove)
        token = service.sign_in(ERIK, PASSWORD).body['session_token']
        flow = service.flow('settings', token=token)
        kept = [service.flow('login') for _ in range(5)]
        self.limit(service, os.path.getsize(service.database + '-wal') + 20000)

        for _ in range(1000):
            answer = service.get('/self-service/login/api')
            if answer.status != 200:
                break
            kept.append(answer.body['id'])
        for _ in range(5):
            self.assert_error(service.get('/self-service/login/api'), 500)
            answer = service.submit('settings', flow, {'method': 'password', 'password': 'another good one'}, token)
            self.assert_error(answer, 500)
            body = {'method': 'password', 'identifier': ERIK, 'password': PASSWORD}
            self.assert_error(service.submit('login', kept[0], body), 500)
        self.assertEqual(service.get('/sessions/whoami', token).status, 200, 'what is there can still be read')
        self.assertEqual(service.get('/health/alive').status, 200)

        self.limit(service, None)
        for known in kept:
            self.assertEqual(service.get(f'/self-service/login/flows?id={known}').status, 200)
        self.assertEqual(service.sign_in(ERIK, PASSWORD).status, 200, 'what was refused has not happened')
        answer = service.submit('settings', flow, {'method': 'password', 'password': 'another good one'}, token)
        self.assert_says(answer, 200, 1050001)
        service.recover(ANNA)
        self.assertEqual(service.stop(), 0)


class Locked(Case):
    def test_a_database_that_somebody_else_keeps(self):
        service = self.serve(OPEN)
        token = service.sign_in(ERIK, PASSWORD).body['session_token']
        other = sqlite3.connect(service.database, isolation_level=None)
        self.addCleanup(other.close)
        other.execute('BEGIN EXCLUSIVE')
        # So many that the last would have given up, if each were kept waiting.
        for answer in at_once(20, lambda _: service.get('/sessions/whoami', token)):
            self.assert_error(answer, 500)
        self.assert_error(service.get('/self-service/login/api'), 500)
        other.execute('COMMIT')
        self.assertEqual(service.get('/sessions/whoami', token).status, 200)
        self.assertEqual(service.sign_in(ERIK, PASSWORD).status, 200)


class ReadOnly(Case):
    def start(self, service, folder):
        """Starts the program without the right to overrule permissions, which root has."""
        words = [PROGRAM, '--listen', '127.0.0.1:0', '--database', os.path.join(folder, 'service.db'), '--accounts',
                 service.accounts, '--mail-directory', service.mails]
        if os.geteuid() == 0:
            words = ['setpriv', '--inh-caps=-all', '--bounding-set=-all', *words]
        run = subprocess.run(words, capture_output=True, text=True, timeout=60)
        self.assertEqual((run.returncode, run.stdout), (2, ''), run.stderr)
        lines = [line for line in run.stderr.splitlines() if line.startswith('first-login-service: ')]
        self.assertEqual(len(lines), 1, run.stderr)

    def test_files_and_folders(self):
        service = Service(PROGRAM, OPEN, program=True)
        self.addCleanup(service.remove)
        token = service.sign_in(ERIK, PASSWORD).body['session_token']
        self.assertEqual(service.stop(), 0)
        folder = os.path.join(service.directory, 'kept')
        os.mkdir(folder)
        self.addCleanup(os.chmod, folder, 0o700)
        for name in ('service.db', 'service.db.key'):
            shutil.copy(os.path.join(service.directory, name), folder)
        for name, mode in (('service.db', 0o400), ('service.db', 0), ('service.db.key', 0), ('.', 0o500)):
            path = os.path.join(folder, name)
            before = os.stat(path).st_mode
            os.chmod(path, mode)
            self.start(service, folder)
            os.chmod(path, before)
        service.start()
        self.assertEqual(service.get('/sessions/whoami', token).status, 200)


class Killed(Case):
    def test_what_was_acknowledged_stands(self):
        chance = random.Random(4)
        service = self.serve(OPEN, ACCOUNTS)
        ledger = Ledger(service)
        for _ in range(5):
            self.assertEqual(ledger.work(chance.randrange(5, 30), chance.uniform(0, 0.03)), [])
            service.start()
            self.assertEqual(ledger.broken(), [])
        self.assertGreater(ledger.acknowledged, 50, 'nobody was kept from working')


if __name__ == '__main__':
    sys.exit(main(sys.modules['__main__']))
