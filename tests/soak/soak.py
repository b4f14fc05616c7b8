#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tries what takes minutes, and says what came of it: ./dev soak [--seed N] [PART...]

Each part is the module of its name, with a function soak (report, programs). All chance comes from report.chance (name), so
that a seed brings the same again. docs/reliability.md keeps what a real run printed.
"""

import argparse
import importlib
import pathlib
import random
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "walk"))
sys.path.insert(0, str(HERE.parent / "service"))

from world import Programs  # noqa: E402

PARTS = sorted(path.stem for path in HERE.glob("*.py") if path.stem.startswith("soak_"))


class Report:
    """What was tried, how often, and what came of it."""

    def __init__(self, seed, root):
        self.seed = seed
        self.root = root
        self.tried = self.failed = 0

    def chance(self, name):
        """A source of chance of that name's own: parts may run alone, or in another order, and meet the same."""
        return random.Random(f"{self.seed} {name}")

    def row(self, what, times, outcome, failed=0):
        """`what` was tried so many `times`; `failed` of them did not come out as they must."""
        self.tried += times
        self.failed += failed
        print(f"| {what} | {times} | {outcome}{f' (**{failed} FAILED**)' if failed else ''} |", flush=True)


def main():
    names = [name.removeprefix("soak_") for name in PARTS]
    parser = argparse.ArgumentParser(description="Tries what takes minutes, and says what came of it.")
    parser.add_argument("--root", type=pathlib.Path, required=True, help="the build directory")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6), help="the same seed brings the same")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"what to try, of {', '.join(names)}; everything without a word")
    options = parser.parse_args()
    unknown = set(options.parts) - set(names)
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}")

    report = Report(options.seed, options.root.resolve())
    programs = Programs(report.root / "root" / "bin" / "first-login")
    began = time.monotonic()
    print(f"seed {report.seed}\n\n| what | how often | what came of it |\n|--|--|--|", flush=True)
    for name in options.parts or names:
        importlib.import_module(f"soak_{name}").soak(report, programs)
    print(f"\nseed {report.seed}: {report.tried} tried, {report.failed} failed, {(time.monotonic() - began) / 60:.0f} min")
    sys.exit(1 if report.failed or not report.tried else 0)


main()
