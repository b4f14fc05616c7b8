# SPDX-License-Identifier: GPL-3.0-or-later
"""Invites ten thousand people, with deploy/invite killed by chance all along; and looks at them with deploy/status, in little memory."""

import pathlib
import resource
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "production"))

from office import Office  # noqa: E402

MANY = 10_000
SECONDS = 150        # of being killed; then it may end
MEMORY = 256 << 20   # bytes of address space; some 40 MB of it are used


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def run(argv):
    return subprocess.run(argv, capture_output=True, text=True, preexec_fn=limit, check=False)


def kill_by_chance(office, path, chance):
    """Returns how often it was killed."""
    kills = 0
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        process = office.start("invite", path, "--send")
        try:
            ended = process.wait(chance.uniform(0.2, 20))
        except subprocess.TimeoutExpired:
            process.kill()
            ended = process.wait()
        process.stdout.close()
        kills += ended == -signal.SIGKILL
        if ended == 0:
            break
    return kills


def soak(report, _programs):
    many = int(MANY * report.share)
    chance = report.chance("people")
    with Office() as office:
        path = office.file("E-mail,First name,Last name\n" + "".join(f"person{number}@flexhrm.example,Åsa {number},Ek\n" for number in range(many)))
        began = time.monotonic()
        looked = run(office.argv("invite", path))
        report.row("people looked up by deploy/invite", many, f"{many / (time.monotonic() - began):.0f} a second", looked.returncode != 0)
        kills = kill_by_chance(office, path, chance)
        done = run(office.argv("invite", path, "--send"))
        report.row("runs of deploy/invite killed", kills, "each gone on with by the next", done.returncode != 0)
        wanted = sorted(f"person{number}@flexhrm.example" for number in range(many))
        report.row("people invited by them", many, "each has one account and one mail",
                   len(set(wanted) ^ set(office.api.names)) + abs(len(office.post.recipients()) - many) + (office.post.recipients() != wanted))
        began = time.monotonic()
        status = run(office.argv("status", "--csv"))
        report.row("people seen by deploy/status", many, f"{many / (time.monotonic() - began):.0f} a second, in 256 MB of address space",
                   status.returncode != 0 or status.stdout.count("not begun") != many)
