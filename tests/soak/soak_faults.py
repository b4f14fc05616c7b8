# SPDX-License-Identifier: GPL-3.0-or-later
"""Walks through the guide with a fault in each: fault, step, person and everything else by chance of the seed.
docs/faults.md keeps the table of a real run."""

import collections
import os
import pathlib
import threading

from faults import KINDS, Fault
from person import PATH_OF, Place, Walk, Wrong

WALKS = 1000
LANES = min(8, 2 * os.cpu_count())  # most of a walk is waiting
STEPS = ("email", "password", "create-password", "inbox", "second-factor", "new-password", "enrol", "recovery-codes")


class Walks:
    """What came of every walk so far."""

    def __init__(self, chance, build, number):
        self.chance = chance
        self.build = pathlib.Path(build)
        self.lock = threading.Lock()
        self.outcomes = collections.Counter()   # (kind, step, what was named)
        self.walked = collections.Counter()     # kind
        self.wrong = collections.defaultdict(list)
        self.queue = [(walk, *self.draw(walk)) for walk in range(number)]

    def draw(self, walk):
        """Who walks, into which fault: every kind as often as every other."""
        chance = self.chance(f"faults {walk}")
        return chance.choice(list(PATH_OF)), KINDS[walk % len(KINDS)], chance

    def run(self):
        """Walks them all, several side by side, and says how each ended."""
        lanes = [threading.Thread(target=self.lane, args=(self.queue[lane::LANES],)) for lane in range(LANES)]
        for lane in lanes:
            lane.start()
        for lane in lanes:
            lane.join()

    def lane(self, walks):
        if not walks:
            return
        place = Place(self.build / "tests/service/service-host", [(number, who) for number, who, _, _ in walks])
        try:
            for number, who, kind, chance in walks:
                self.walk(place, number, who, kind, chance)
        finally:
            place.service.remove()

    def walk(self, place, number, who, kind, chance):
        try:
            step, named = Walk(place, self.build / "tests/soak/walker", number, who, Fault(kind, chance), chance).go()
        except Exception as wrong:
            with self.lock:
                self.wrong[kind].append(f"walk {number}, {who}: {wrong if isinstance(wrong, Wrong) else repr(wrong)}")
        else:
            with self.lock:
                self.outcomes[kind, step, named] += 1
        with self.lock:
            self.walked[kind] += 1

    def cell(self, kind, step):
        """How often what was named there: "3 timed-out, 1 unseen"."""
        found = [(times, named) for (k, s, named), times in self.outcomes.items() if k is kind and s == step]
        return ", ".join(f"{times} {named}" for times, named in sorted(found, reverse=True))

    def note_table(self, report):
        for line in ("", f"| fault | {' | '.join(STEPS)} |", f"|--|{'--|' * len(STEPS)}"):
            report.note(line)
        for kind in KINDS:
            report.note(f"| {kind.what} | {' | '.join(self.cell(kind, step) for step in STEPS)} |")
        report.note()


def soak(report, programs):
    walks = Walks(report.chance, report.root, round(WALKS * report.share))
    walks.run()
    walks.note_table(report)
    for kind in KINDS:
        named = collections.Counter()
        for (each, _, what), times in walks.outcomes.items():
            if each is kind:
                named[what] += times
        report.row(kind.what, walks.walked[kind], ", ".join(f"{times} {what}" for what, times in named.most_common()),
                   len(walks.wrong[kind]))
        for line in walks.wrong[kind]:
            report.note(f"  {line}")
