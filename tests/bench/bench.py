#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures, and prints ratios beside their goals: ./dev bench [frame] [memory] [robot] [clicks] [service] [gate]

docs/performance.md says how to read it.
"""

import argparse
import os
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "walk"))

import clicks  # noqa: E402
import gate_load  # noqa: E402
import load  # noqa: E402
import window  # noqa: E402
from world import PASSWORD, Desk, Programs, World  # noqa: E402

PARTS = ("frame", "memory", "robot", "clicks", "service", "gate")
NO_LIMITS = "[throttle]\nenabled=false\n"


class Bench:
    """What is measured, where it was built, and the table of what came out."""

    def __init__(self, world, root):
        self.world = world
        self.tools = root / "tests" / "bench"
        self.root = root
        self.programs = Programs(root / "root" / "bin" / "first-login")
        self.missed = []

    def desk(self, **options):
        return Desk(self.world, self.programs, **options)

    def heading(self, text):
        print(f"\n{text}", flush=True)

    def line(self, name, value, goal=None, is_met=True, detail=""):
        met = "" if goal is None else f"goal {goal}: {'met' if is_met else 'MISSED'}"
        print(f"  {name:<44} {value:>12}  {met:<22} {detail}".rstrip(), flush=True)
        if not is_met:
            self.missed.append(name)

    def ratio(self, name, ours, theirs, most, detail):
        value = ours / theirs
        self.line(name, f"{value:.2f}", f"<= {most:.2f}", round(value, 2) <= most, detail)

    def windows(self, desk):
        """The program at its first page, and what it is measured against."""
        assistant = [self.programs.application, "--server", desk.url]
        bare = [self.tools / "bare"]
        browser = shutil.which("chromium")
        if browser is None:
            return assistant, bare, None
        words = [browser, f"--user-data-dir={desk.folder}/chromium", "--no-first-run", "--disable-background-networking",
                 "--kiosk", f"{desk.url}/reset"]
        return assistant, bare, words + ["--no-sandbox"] if os.geteuid() == 0 else words

    def compare(self, name, measure, most, unit, scale=1):
        """Runs by turns against the bare window; the browser apart, as it is another league."""
        with self.desk() as desk:
            assistant, bare, browser = self.windows(desk)
            ours, theirs = (value / scale for value in measure(desk, [assistant, bare]))
            self.ratio(f"{name} / bare window", ours, theirs, most, f"{ours:.1f} {unit} / {theirs:.1f} {unit}")
            if browser is None:
                self.line(f"{name} / Chromium", "not measured", detail="no chromium here")
                return
            other = measure(desk, [browser], 3)[0] / scale
            self.line(f"{name} / Chromium", f"{ours / other:.2f}", detail=f"{ours:.1f} {unit} / {other:.1f} {unit}")

    def frame(self):
        self.heading("First frame: from the start of the process until the picture is on the screen")
        if not (self.tools / "first-frame").exists():
            self.line("first-login", "not measured", detail="built without libXdamage; meson setup --reconfigure finds it")
            return
        self.compare("first-login", lambda desk, programs, runs=window.FRAMES: window.first_frames(
            desk, self.tools / "first-frame", programs, runs), 1.10, "ms")

    def memory(self):
        self.heading("Memory: proportional set size at the first page")
        self.compare("first-login", window.memories, 1.15, "MB", 1024)

    def robot(self):
        self.heading(f"Robot check: {load.CHALLENGES} challenges of the service, on one core")
        with self.desk() as desk:
            median, p95 = load.robot_check(desk.url, self.tools / "solve")
        self.line("95th percentile / one second", f"{p95 / 1000:.2f}", "< 1.00", p95 < 1000,
                  f"median {median:.0f} ms, 95th percentile {p95:.0f} ms")

    def clicks(self):
        self.heading("Round trips per click: how many answers the next page waits for")
        with self.desk(config=clicks.CONFIG) as desk:
            rows = clicks.measure(desk)
        for who, click, (round_trips, waited, background, connections) in rows:
            detail = ", ".join(waited)
            if background:
                detail += f" (meanwhile: {', '.join(background)})"
            if connections:
                detail += f" [connections opened: {connections}]"
            self.line(f"{who}: {click}", str(round_trips), "<= 1", round_trips <= 1, detail.strip())

    def service(self):
        self.heading(f"Service: sign-ins a second over {load.CLIENTS} warm connections, without limits")
        with self.desk(config=NO_LIMITS, keyring=False) as desk:
            service, alone = load.sign_ins(desk.url, "erik@flexhrm.example", PASSWORD, self.tools / "argon2")
        self.line("sign-ins / Argon2id alone", f"{service / alone:.2f}", ">= 0.90", round(service / alone, 2) >= 0.9,
                  f"{service:.1f} a second / {alone:.1f} a second, {load.THREADS} threads each")

    def gate(self):
        self.heading("Gate: what one core does, and what one call costs")
        with gate_load.Stand(self.root) as stand:
            for store in stand.stores:
                for name, (rate, came), goal in gate_load.rates(stand, store):
                    met = "" if goal is None else f">= {goal}"
                    self.line(f"{store}: {name} a second", f"{rate:.0f}", met or None, goal is None or rate >= goal,
                              f"came at {came:.0f} a second")
                for name, (median, p95) in gate_load.delays(stand, store):
                    self.line(f"{store}: added to {name}", f"{median:.2f} ms", "< 1.00 ms", median < 1,
                              f"95th percentile {p95:.2f} ms")
            if "PostgreSQL" not in stand.stores:
                self.line("PostgreSQL", "not measured", detail="no PostgreSQL here")


def main():
    parser = argparse.ArgumentParser(description="Measures, and prints ratios beside their goals.")
    parser.add_argument("--root", type=pathlib.Path, required=True, help="the build directory")
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="what to measure; everything without a word")
    options = parser.parse_args()
    with World() as world:
        bench = Bench(world, options.root.resolve())
        for part in options.parts or PARTS:
            getattr(bench, part)()
    print(f"\n{len(bench.missed)} goals missed" + "".join(f"\n  {name}" for name in bench.missed))


main()
