# SPDX-License-Identifier: GPL-3.0-or-later
"""What the three programs are told in the same way: on the command line, or in SITE."""

import argparse
import sys

import variables

SITE = "/root/site"


class Parser(argparse.ArgumentParser):
    """Shows a program's own explanation, as it was written."""

    def __init__(self, explanation=None, **more):
        super().__init__(description=explanation, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False, **more)

    def add_engine(self):
        self.add_argument("--site", metavar="SITE", default=SITE, help=f"the variable file (default {SITE}); not read where everything is said here")
        self.add_argument("--admin", metavar="URL", help="the engine's admin API (default: KRATOS_ADMIN of SITE)")


class Site:
    """The variable file, read when something of it is wanted."""

    def __init__(self, path):
        self.path = path
        self.values = None

    def get(self, name, said=None):
        if said is not None:
            return said
        if self.values is None:
            self.values = variables.read_site(self.path)
        return self.values[name]


def positive(text):
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def complain(*lines):
    if lines and sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr)  # over what there is of a bar
    for line in lines:
        print(line, file=sys.stderr, flush=True)
