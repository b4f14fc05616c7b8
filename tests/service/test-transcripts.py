#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sends the service every request that was recorded on a live Ory Kratos, and compares every answer with the one that
Kratos gave.

Usage: test-transcripts.py SERVICE-HOST TRANSCRIPTS"""

import glob
import os
import sys
import unittest

from service_host import OPEN, Service, main

HOST, TRANSCRIPTS = sys.argv[1:3]
sys.path.append(os.path.dirname(os.path.abspath(TRANSCRIPTS)))

import transcript  # noqa: E402

LIFESPANS = {'login_lifespan_s': 'login', 'code_lifespan_s': 'code', 'recovery_lifespan_s': 'recovery',
             'privileged_session_max_age_s': 'privileged'}
# Recorded are lives of seconds, which a slow computer needs for itself; and waiting costs nothing here.
STRETCH = 20


class Transcripts(unittest.TestCase):
    maxDiff = None


def make_test(path):
    def test(self):
        story = transcript.load(path)
        config = {**OPEN, 'lifespan': {LIFESPANS[key]: value * STRETCH for key, value in story['config'].items()}}
        service = Service(HOST, config)
        self.addCleanup(service.remove)
        transcript.Replay(service, service, STRETCH).tell(story)
    return test


for recording in sorted(glob.glob(os.path.join(TRANSCRIPTS, '*.json'))):
    name = os.path.basename(recording)[:-len('.json')]
    setattr(Transcripts, 'test_' + name.replace('-', '_'), make_test(recording))

if __name__ == '__main__':
    sys.exit(main(sys.modules['__main__']))
