# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole suite on Debian 13: builds the checkout inside a tree of it, and reports every case that ran there.

usage: test-debian13.py CHECKOUT"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree

HERE = pathlib.Path(__file__).resolve().parent
LINES = 60  # of what a failed test has said

# What the fuzz targets are built with, and what they find, is the same on every system.
SUITE = """
set -eu
[ -e "$1/build.ninja" ] || meson setup "$1" "$2" --prefix="$1/root" -Dwerror=true
ninja -C "$1" --quiet
meson install -C "$1" --no-rebuild --only-changed --quiet
export XDG_DATA_DIRS="$1/root/share:/usr/local/share:/usr/share"
touch "$1/built"
status=0
meson test -C "$1" --no-rebuild --no-suite long --no-suite fuzz || status=1
meson test -C "$1" --no-rebuild --logbase installlog install || status=1
exit $status
"""


class Cases:
    """Numbers the cases, and says how long each part took."""

    def __init__(self):
        self.number = self.failed = 0
        self.began = time.monotonic()

    def tell(self, name, holds=True, said="", reason=None):
        self.number += 1
        self.failed += not holds
        print(f"{'ok' if holds else 'not ok'} {self.number} - {name}{f' # SKIP {reason}' if reason else ''}")
        if not holds:
            for line in said.splitlines()[-LINES:]:
                print(f"# {line}")
        sys.stdout.flush()

    def took(self, what):
        now = time.monotonic()
        print(f"# {what}: {(now - self.began) / 60:.1f} min", flush=True)
        self.began = now


def run(*command):
    return subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace")


def report(cases, logs, base):
    """Every case of what meson has logged; a test that ended badly without naming a failed case is a case itself."""
    said = {}
    for line in (logs / f"{base}.json").read_text().splitlines():
        test = json.loads(line)
        said[test["name"].rpartition(" / ")[2]] = test
    named = set()
    for suite in ElementTree.parse(logs / f"{base}.junit.xml").getroot().iter("testsuite"):
        for case in suite.iter("testcase"):
            name = suite.get("name").partition(".")[2] or case.get("name")
            holds = case.find("failure") is None and case.find("error") is None
            test = said.get(name.rpartition(" / ")[2], {})
            if not holds:
                named.add(name.rpartition(" / ")[2])
            skipped = case.find("skipped")
            cases.tell(f"{name}: {case.get('name')}" if name != case.get("name") else name, holds,
                       f"{test.get('stdout', '')}\n{test.get('stderr', '')}",
                       None if skipped is None else skipped.get("message") or skipped.text or "skipped")
    for name, test in said.items():
        if test["result"] not in ("OK", "SKIP", "EXPECTEDFAIL") and name not in named:
            cases.tell(f"{name}: ended with {test['result']}", False, f"{test.get('stdout', '')}\n{test.get('stderr', '')}")


def main():
    checkout = pathlib.Path(sys.argv[1]).resolve()
    if os.getuid() != 0:
        print("1..0 # SKIP only root can make a tree of another system")
        return 0
    for program in ("debootstrap", "unshare"):
        if not shutil.which(program):
            print(f"1..0 # SKIP there is no {program}")
            return 0

    cases = Cases()
    tree = checkout / "build-debian13" / "tree"
    build = checkout / "build-debian13" / "build"
    for stale in (build / "built", build / "meson-logs" / "testlog.json", build / "meson-logs" / "installlog.json"):
        stale.unlink(missing_ok=True)

    made = run(HERE / "tree", tree)
    cases.tell("a tree of Debian 13", made.returncode == 0, made.stdout)
    cases.took("tree")
    if made.returncode == 0:
        suite = run(HERE / "enter", tree, "sh", "-c", SUITE, "sh", build, checkout)
        cases.tell("builds without a warning", (build / "built").exists(), suite.stdout)
        before = cases.number
        for base in ("testlog", "installlog"):
            if (build / "meson-logs" / f"{base}.json").exists():
                report(cases, build / "meson-logs", base)
        cases.tell("the suite has run to its end", cases.number > before and (suite.returncode == 0 or cases.failed > 0),
                   suite.stdout)
        cases.took("build and suite")
    print(f"1..{cases.number}")
    return 1 if cases.failed else 0


sys.exit(main())
