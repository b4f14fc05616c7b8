# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts test cases in what meson has logged, and prints "N passed, N failed, N skipped" as the last line.

A program that reports in TAP counts by its cases, any other as one. A program that ended badly without naming a
failed case (a crash, a time-out, a wrong plan) counts as one failure more.
"""

import json
import pathlib
import sys
import xml.etree.ElementTree as ElementTree


def main():
    logs = pathlib.Path(sys.argv[1])
    passed = failed = skipped = 0
    named = set()  # tests of which a failed case has been counted

    for suite in ElementTree.parse(logs / "testlog.junit.xml").getroot().iter("testsuite"):
        for case in suite.iter("testcase"):
            # a test in TAP is a suite, "project.name"; any other test is a case of the project's suite
            name = suite.get("name").partition(".")[2] or case.get("name")
            if case.find("failure") is not None or case.find("error") is not None:
                failed += 1
                named.add(name)
                print(f"failed: {name}" + (f": {case.get('name')}" if name != case.get("name") else ""))
            elif case.find("skipped") is not None:
                skipped += 1
            else:
                passed += 1

    for line in (logs / "testlog.json").read_text().splitlines():
        test = json.loads(line)
        if test["result"] not in ("OK", "SKIP", "EXPECTEDFAIL") and test["name"] not in named:
            failed += 1
            print(f"failed: {test['name']}: ended with {test['result']}")

    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


sys.exit(main())
