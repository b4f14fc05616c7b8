# SPDX-License-Identifier: GPL-3.0-or-later
"""The corpora hold, and so does what comes of them in a few seconds; and a finding would be told.

Usage: test-fuzz.py BUILD, in which ./dev has built the targets
"""

import pathlib
import sys
import tempfile

import fuzz

SECONDS = 2


def tell(number, holds, name, log):
    print(f"{'ok' if holds else 'not ok'} {number} - {name}", flush=True)
    if not holds:
        for line in log.read_text(errors='replace').splitlines()[-60:]:
            print(f'# {line}')


def main():
    build = pathlib.Path(sys.argv[1])
    if not (build / 'tests' / 'fuzz' / 'fuzz-broken').exists():
        print('1..0 # SKIP the targets are built by ./dev test and ./dev fuzz')
        return 0

    print(f'1..{len(fuzz.TARGETS) + 1}')
    failed = 0
    with tempfile.TemporaryDirectory() as directory:
        work = pathlib.Path(directory)
        outcomes = fuzz.run_all(build, fuzz.TARGETS, SECONDS, work, '-seed=1')
        for number, outcome in enumerate(outcomes, 1):
            holds = not outcome.findings and outcome.runs > 0
            failed += not holds
            tell(number, holds, f'{outcome.target} holds', outcome.log)

        broken = fuzz.run(build, 'broken', SECONDS, work, '-seed=1')
        told = [path.read_bytes()[:1] for path in broken.findings] == [b'!']
        failed += not told
        tell(len(fuzz.TARGETS) + 1, told, 'a target that does not hold is found out', broken.log)
    return 1 if failed else 0


sys.exit(main())
