# SPDX-License-Identifier: GPL-3.0-or-later
"""First frame and memory of a program's window, beside those of another."""

import os
import pathlib
import signal
import statistics
import subprocess
import time

from world import APP_ID, wait_for

BARE_ID = "io.github.firstlogin.Bare"
FRAMES = 21   # runs of each program that count, by turns
MEMORIES = 5
WARM_UP = 3   # runs before, that fill the caches
SETTLED = 10  # readings in a row, a tenth of a second apart, that agree to within one part in a hundred


def first_frames(desk, watcher, programs, runs=FRAMES):
    """Milliseconds from the start of each program to its first frame on the screen: the median of runs by turns."""
    times = [[] for _ in programs]
    for number in range(WARM_UP + runs):
        for program, measured in zip(programs, times):
            milliseconds = float(desk.run(watcher, *program))
            wait_until_gone(desk)
            if number >= WARM_UP:
                measured.append(milliseconds)
    return [statistics.median(measured) for measured in times]


def wait_until_gone(desk):
    """The bus hears of an end a little later, and whoever starts before that is taken for a second instance."""
    wait_for(lambda: not any(desk.world.has_name(name) for name in (APP_ID, BARE_ID)), "the bus to forget the program")


def family(leader):
    """A process and all that it has started."""
    parents = {}
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found = [leader]
    for pid in found:
        found += parents.get(pid, [])
    return found


def memory(leader):
    """Proportional set size of a process and its children, in kB."""
    total = 0
    for pid in family(leader):
        try:
            for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        except OSError:
            continue
    return total


def settled_memory(desk, program):
    process = subprocess.Popen([str(word) for word in program], env=desk.environment, start_new_session=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        desk.run("xdotool", "search", "--sync", "--onlyvisible", "--limit", "1", "--name", ".")
        readings = []
        while len(readings) < SETTLED or max(readings[-SETTLED:]) > 1.01 * min(readings[-SETTLED:]):
            assert process.poll() is None, f"{program[0]} ended with {process.poll()}"
            time.sleep(0.1)
            readings.append(memory(process.pid))
        return readings[-1]
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
        wait_until_gone(desk)


def memories(desk, programs, runs=MEMORIES):
    """kB that each program takes at its first page: the median of runs by turns."""
    sizes = [[] for _ in programs]
    for _ in range(runs):
        for program, measured in zip(programs, sizes):
            measured.append(settled_memory(desk, program))
    return [statistics.median(measured) for measured in sizes]
