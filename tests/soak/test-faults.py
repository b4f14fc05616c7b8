#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A short walk through each kind of fault, of a seed that stays: what ./dev soak faults does a thousand times."""

import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "service"))

from faults import KINDS  # noqa: E402
from soak_faults import Walks  # noqa: E402


def main():
    walks = Walks(lambda name: random.Random(f"every day {name}"), sys.argv[1], len(KINDS) + 17)
    print(f"1..{len(KINDS)}", flush=True)
    walks.run()
    for number, kind in enumerate(KINDS, 1):
        good = walks.walked[kind] > 0 and not walks.wrong[kind]
        print(f"{'ok' if good else 'not ok'} {number} - {kind.what}", flush=True)
        for line in walks.wrong[kind]:
            print(f"# {line}", flush=True)
    sys.exit(1 if any(walks.wrong.values()) else 0)


main()
