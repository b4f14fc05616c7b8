#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tries what takes minutes, and says what came of it: ./dev soak [--seed N] [PART...]

Each part is the module of its name, with a function soak (report, programs). All chance comes from report.chance (name), so
that a seed brings the same again, and what is done by the hundred is done report.share as often. docs/reliability.md keeps
what a real run printed; ./dev test --all runs a share of it as a test (--tap).
"""

import argparse
import concurrent.futures
import importlib
import multiprocessing
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

    def __init__(self, seed, root, share, tap):
        self.seed = seed
        self.root = root
        self.share = share
        self.tap = tap
        self.rows = self.tried = self.failed = 0

    def begin(self):
        print(f"# seed {self.seed}" if self.tap else
              f"seed {self.seed}\n\n| what | how often | what came of it |\n|--|--|--|", flush=True)

    def chance(self, name):
        """A source of chance of that name's own: parts may run alone, or in another order, and meet the same."""
        return random.Random(f"{self.seed} {name}")

    def count(self, later):
        """Goes on from where a part has come to."""
        self.rows, self.tried, self.failed = later.rows, later.tried, later.failed

    def note(self, line=""):
        """Something to read beside the rows."""
        print(f"# {line}" if self.tap else line, flush=True)

    def row(self, what, times, outcome, failed=0):
        """`what` was tried so many `times`; `failed` of them did not come out as they must."""
        self.rows += 1
        self.tried += times
        self.failed += failed
        if self.tap:
            print(f"{'not ok' if failed else 'ok'} {self.rows} - {what}: {times}, {outcome.replace('#', '')}", flush=True)
            return
        print(f"| {what} | {times} | {outcome}{f' (**{failed} FAILED**)' if failed else ''} |", flush=True)


def soak(name, report):
    importlib.import_module(f"soak_{name}").soak(report, Programs(report.root / "root" / "bin" / "first-login"))
    return report


def main():
    names = [name.removeprefix("soak_") for name in PARTS]
    parser = argparse.ArgumentParser(description="Tries what takes minutes, and says what came of it.")
    parser.add_argument("--root", type=pathlib.Path, required=True, help="the build directory")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6), help="the same seed brings the same")
    parser.add_argument("--share", type=float, default=1, help="how much of what is done by the hundred: 0.1 is a tenth")
    parser.add_argument("--tap", action="store_true", help="print a case for every row, not a table")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"what to try, of {', '.join(names)}; everything without a word")
    options = parser.parse_args()
    unknown = set(options.parts) - set(names)
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}")

    report = Report(options.seed, options.root.resolve(), options.share, options.tap)
    began = time.monotonic()
    report.begin()
    # Each in a process of its own: what one does to its own is not the next one's trouble.
    with concurrent.futures.ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), max_tasks_per_child=1) as processes:
        for name in options.parts or names:
            report.count(processes.submit(soak, name, report).result())
    if options.tap:
        print(f"1..{report.rows}")
    report.note(f"seed {report.seed}: {report.tried} tried, {report.failed} failed, {(time.monotonic() - began) / 60:.0f} min")
    sys.exit(1 if report.failed or not report.tried else 0)


if __name__ == "__main__":
    main()
