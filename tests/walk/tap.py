# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs test functions and reports in TAP, one line a case; a failure says what happened and goes on with the next."""

import sys
import traceback

cases = []


class Skip(Exception):
    """Raised by a case that cannot be tried here; says why."""


def case(name):
    """Decorates a function that is a case of this name; it fails by raising."""
    def remember(function):
        cases.append((name, function))
        return function
    return remember


def run(*arguments):
    """Runs all cases in their order, each with those arguments; words on the command line after the program choose among them."""
    words = sys.argv[2:]
    chosen = [each for each in cases if not words or any(word in each[0] for word in words)]
    print(f"1..{len(chosen)}", flush=True)
    failed = 0
    for number, (name, function) in enumerate(chosen, 1):
        try:
            function(*arguments)
            print(f"ok {number} - {name}", flush=True)
        except Skip as reason:
            print(f"ok {number} - {name} # SKIP {reason}", flush=True)
        except Exception:
            failed += 1
            for line in traceback.format_exc().splitlines():
                print(f"# {line}")
            print(f"not ok {number} - {name}", flush=True)
    sys.exit(1 if failed else 0)
