#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""./dev release, from both ends: what a vendor is told, and what clean installations take from it and what they refuse."""

import pathlib
import shutil
import sys
import tempfile

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "walk")]
import tap  # noqa: E402

import attacks  # noqa: E402, F401
import clients  # noqa: E402, F401
import keys  # noqa: E402, F401
import stick  # noqa: E402, F401
import vendor  # noqa: E402, F401
import whole  # noqa: E402, F401
from lab import Lab  # noqa: E402


def main():
    missing = [tool for tool in ("flatpak", "ostree", "gpg", "gpgv", "rsync") if not shutil.which(tool)]
    if missing:
        print(f"1..0 # SKIP not here: {' '.join(missing)}")
        return
    with tempfile.TemporaryDirectory(prefix="fl-", ignore_cleanup_errors=True) as scratch:
        lab = Lab(pathlib.Path(scratch))
        try:
            tap.run(lab)
        finally:
            lab.close()


main()
