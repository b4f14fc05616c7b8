# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuring, building and installing the checkout somewhere else."""

import os
import re
import subprocess


def run(*command, **environment):
    """Runs a command; what it printed, or an AssertionError with the end of it."""
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", env=os.environ | environment)
    assert done.returncode == 0, f"{command}: {done.returncode}\n" + "\n".join(done.stdout.splitlines()[-60:])
    return done.stdout


def build(source, folder, *options):
    run("meson", "setup", folder, source, "-Dwerror=true", *options)
    run("ninja", "-C", folder, "--quiet")


def needed(program):
    """The libraries that a program names itself."""
    return set(re.findall(r"\(NEEDED\).*\[(.*?)\.so", run("readelf", "--dynamic", program)))
