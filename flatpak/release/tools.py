# SPDX-License-Identifier: GPL-3.0-or-later
"""What every part of a release needs: to run a program, and to stop with a sentence that says what to do."""

import subprocess

APP = "io.github.firstlogin.FirstLogin"
POLICY = f"{APP}.Policy"
REMOTE = "first-login"


class Refusal(Exception):
    """Why nothing was released; its text is one sentence for the person at the terminal."""


def run(*command, **options):
    """Runs a program to its end and returns what it printed; if it fails, its last words become the refusal."""
    command = [str(word) for word in command]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, **options)
    except FileNotFoundError:
        raise Refusal(f"{command[0]} is not installed.") from None
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip() or f"it ended with {done.returncode}"
        raise Refusal(f"{command[0]} failed: {said.splitlines()[-1]}")
    return done.stdout
