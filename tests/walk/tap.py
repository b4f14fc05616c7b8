# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs test functions and reports in TAP, one line a case; a failure says what happened and goes on with the next."""

import sys
import traceback


def run(cases):
    """cases: (name, function) pairs; a function fails by raising."""
    print(f"1..{len(cases)}", flush=True)
    failed = 0
    for number, (name, function) in enumerate(cases, 1):
        try:
            function()
            print(f"ok {number} - {name}", flush=True)
        except Exception:
            failed += 1
            for line in traceback.format_exc().splitlines():
                print(f"# {line}")
            print(f"not ok {number} - {name}", flush=True)
    sys.exit(1 if failed else 0)
