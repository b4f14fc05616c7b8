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
AGAIN = """
build=$1
shift
export XDG_DATA_DIRS="$build/root/share:/usr/local/share:/usr/share"
meson test -C "$build" --no-rebuild --num-processes=1 --logbase=againlog "$@"
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


def read(logs, base):
    """What each program said, and how it ended, by its name."""
    if not (logs / f"{base}.json").exists():
        return {}
    tests = map(json.loads, (logs / f"{base}.json").read_text().splitlines())
    return {test["name"].rpartition(" / ")[2]: test for test in tests}


def failed(said):
    return [name for name, test in said.items() if test["result"] not in ("OK", "SKIP", "EXPECTEDFAIL")]


def report(cases, logs, base, but=()):
    """Every case of what meson has logged, `but` those of some programs; one that ended badly without naming a failed case is a
    case itself."""
    said = read(logs, base)
    named = set(but)
    for suite in ElementTree.parse(logs / f"{base}.junit.xml").getroot().iter("testsuite"):
        for case in suite.iter("testcase"):
            name = suite.get("name").partition(".")[2] or case.get("name")
            if name.rpartition(" / ")[2] in but:
                continue
            holds = case.find("failure") is None and case.find("error") is None
            test = said.get(name.rpartition(" / ")[2], {})
            if not holds:
                named.add(name.rpartition(" / ")[2])
            skipped = case.find("skipped")
            cases.tell(f"{name}: {case.get('name')}" if name != case.get("name") else name, holds,
                       f"{test.get('stdout', '')}\n{test.get('stderr', '')}",
                       None if skipped is None else skipped.get("message") or skipped.text or "skipped")
    for name in failed(said):
        if name not in named:
            test = said[name]
            cases.tell(f"{name}: ended with {test['result']}", False, f"{test.get('stdout', '')}\n{test.get('stderr', '')}")


def report_suite(cases, tree, build):
    """What fails beside the others is tried once more by itself, and that is said: a defect fails twice."""
    logs = build / "meson-logs"
    again = failed(read(logs, "testlog"))
    if again:
        print(f"# once more, by themselves: {', '.join(again)}", flush=True)
        run(HERE / "enter", tree, "sh", "-c", AGAIN, "sh", build, *again)
    for base in ("testlog", "againlog", "installlog"):
        if (logs / f"{base}.json").exists():
            report(cases, logs, base, again if base == "testlog" else ())


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
    for stale in (build / "built", *(build / "meson-logs" / f"{base}.json" for base in ("testlog", "againlog", "installlog"))):
        stale.unlink(missing_ok=True)

    made = run(HERE / "tree", tree)
    cases.tell("a tree of Debian 13", made.returncode == 0, made.stdout)
    cases.took("tree")
    if made.returncode == 0:
        suite = run(HERE / "enter", tree, "sh", "-c", SUITE, "sh", build, checkout)
        cases.tell("builds without a warning", (build / "built").exists(), suite.stdout)
        before = cases.number
        report_suite(cases, tree, build)
        cases.tell("the suite has run to its end", cases.number > before, suite.stdout)
        cases.took("build and suite")
    print(f"1..{cases.number}")
    return 1 if cases.failed else 0


sys.exit(main())
