# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts test cases in what meson has logged, and prints "N passed, N failed, N skipped" as the last line.

usage: count.py LOGS BASE..., the folder of the logs and the name of each run's (meson test --logbase)

A program that reports in TAP counts by its cases, any other as one. A program that ended badly without naming a
failed case (a crash, a time-out, a wrong plan) counts as one failure more. What took minutes is named with them, and
what a failed program said of its cases is told again, since meson tells only what came on its standard error.
"""

import json
import pathlib
import sys
import xml.etree.ElementTree as ElementTree

LONG = 120  # seconds
LINES = 60  # of what a failed program said


class Count:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def add(self, log):
        if not log.with_suffix(".json").exists():
            self.failed += 1
            print(f"failed: nothing was logged in {log}")
            return
        named = set()  # tests of which a failed case has been counted
        for suite in ElementTree.parse(log.with_suffix(".junit.xml")).getroot().iter("testsuite"):
            for case in suite.iter("testcase"):
                # a test in TAP is a suite, "project.name"; any other test is a case of the project's suite
                name = suite.get("name").partition(".")[2] or case.get("name")
                if case.find("failure") is not None or case.find("error") is not None:
                    self.failed += 1
                    named.add(name)
                    print(f"failed: {name}" + (f": {case.get('name')}" if name != case.get("name") else ""))
                elif case.find("skipped") is not None:
                    self.skipped += 1
                else:
                    self.passed += 1

        for entry in log.with_suffix(".json").read_text().splitlines():
            test = json.loads(entry)
            if test["duration"] > LONG:
                print(f"{test['name']}: {test['duration'] / 60:.1f} min")
            if test["result"] in ("OK", "SKIP", "EXPECTEDFAIL"):
                continue
            said = [line for line in test.get("stdout", "").splitlines() if line.startswith(("#", "not ok"))]
            for line in said[-LINES:]:
                print(f"{test['name']}: {line}")
            if test["name"] not in named:
                self.failed += 1
                print(f"failed: {test['name']}: ended with {test['result']}")


def main():
    count = Count()
    for base in sys.argv[2:]:
        count.add(pathlib.Path(sys.argv[1]) / base)
    print(f"{count.passed} passed, {count.failed} failed, {count.skipped} skipped")
    return 1 if count.failed or not count.passed else 0


sys.exit(main())
