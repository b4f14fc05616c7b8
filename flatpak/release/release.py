# SPDX-License-Identifier: GPL-3.0-or-later
"""./dev release: from a built Flatpak to a signed repository, a set for a USB stick, and onto a server. See docs/release.md."""

import argparse
import pathlib
import subprocess
import sys

import publish
import settings
import stick
from keys import Keyring
from repository import Repository
from tools import Refusal

CHECKOUT = pathlib.Path(__file__).parents[2]


def release(options):
    """Signs the app, and what goes with it, into the repository of the directory."""
    given = settings.read(options.directory)
    keyring = Keyring(given)
    for warning in keyring.warnings:
        print(f"Soon to be done: {warning}", file=sys.stderr)
    source = options.app or build()

    repository = Repository(given, keyring)
    app = repository.take_app(source)
    if options.with_runtime:
        repository.take_runtime(options.with_runtime, app)
    if given.policy:
        repository.take_policy(given.policy, app)
    repository.finish(app)
    print(f"{given.public} is ready to be served at {given.url} (./dev release --publish TARGET copies it in the right order).")

    if repository.runtime(app):
        stick.make(given, keyring, repository, app)
        print(f"{given.directory / 'usb'} is the set for a USB stick.")
    else:
        print("No USB set: the runtime is not in the repository (--with-runtime REPO puts it there).")


def build():
    """Builds the app as the manifest says; returns the repository that it is in."""
    out = CHECKOUT / "build-flatpak"
    if subprocess.run([CHECKOUT / "flatpak" / "build", out], check=False).returncode != 0:
        raise Refusal("The Flatpak could not be built, so nothing was released.")
    return out / "repo"


def main():
    parser = argparse.ArgumentParser(prog="./dev release", description="Makes a signed Flatpak repository and a USB set, "
                                     "or copies them to where they are served.")
    parser.add_argument("--directory", metavar="DIR", default=CHECKOUT / "release",
                        help="has release.conf, and gets all that is made (default: release/)")
    parser.add_argument("--app", metavar="REPO", help="take the app from this repository instead of building it")
    parser.add_argument("--with-runtime", metavar="REPO", help="take the runtime from this repository into the own one")
    parser.add_argument("--publish", metavar="TARGET", help="only copy what was released last to [HOST:]DIRECTORY, summary last")
    parser.add_argument("--tidy", metavar="TARGET", help="only remove from [HOST:]DIRECTORY what no version there needs any longer")
    options = parser.parse_args()
    try:
        if options.publish:
            publish.publish(settings.read(options.directory), options.publish)
        elif options.tidy:
            publish.tidy(settings.read(options.directory), options.tidy)
        else:
            release(options)
    except Refusal as refusal:
        sys.exit(str(refusal))


main()
