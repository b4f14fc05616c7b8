#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the pictures for software centres come out the same each time: a change of one shows in the repository only
where the program looks different."""

import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "walk"))
import tap  # noqa: E402

STORE = sys.argv[1]
del sys.argv[1]
SCENES = ("inbox", "training")


@tap.case("the same picture is drawn twice, with nothing but shadow at its edge")
def test_twice():
    with tempfile.TemporaryDirectory(prefix="first-login-store-") as folder:
        drawn = []
        for name in ("first", "second"):
            subprocess.run([STORE, f"{folder}/{name}", *SCENES], check=True)
            drawn.append([(pathlib.Path(folder) / name / f"{scene}.png").read_bytes() for scene in SCENES])
        for scene, first, second in zip(SCENES, *drawn):
            assert first == second, f"{scene} differs"
        corner = subprocess.run(["convert", f"{folder}/first/{SCENES[0]}.png", "-format", "%[fx:p{0,0}.a] %[fx:p{w/2,h/2}.a]",
                                 "info:"], check=True, capture_output=True, text=True).stdout.split()
        assert float(corner[0]) < 0.02 and float(corner[1]) == 1, corner


tap.run()
