# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of the house: what belongs to it, in a checkout and in an exported tree alike."""

import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
SKIPPED = ("build", "build-*", "shots", "node_modules", "__pycache__", ".git")


def files(*patterns, below="."):
    """The files below a folder that match one of the patterns (all of them without one), sorted, relative to the root."""
    found = [path for path in all_files() if path.is_relative_to(below)]
    return [path for path in found if not patterns or any(path.match(pattern) for pattern in patterns)]


def all_files():
    if not _known:
        listed = _listed_by_git() if (ROOT / ".git").exists() and shutil.which("git") else None
        _known.extend(sorted(_walked() if listed is None else listed))
    return _known


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def lines(path):
    return read(path).splitlines()


def run(*words, **options):
    """What a command prints; its failure fails the test, with what it said."""
    done = subprocess.run([str(word) for word in words], cwd=ROOT, capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{words[0]}: {done.stderr or done.stdout}"
    return done.stdout + done.stderr


def nothing(found, complaint):
    """Fails with everything that was found, one a line."""
    assert not found, f"{complaint}:\n" + "\n".join(str(thing) for thing in found)


_known = []


def _listed_by_git():
    """What is committed, or would be by `git add --all`; None where git does not trust the folder."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            cwd=ROOT, capture_output=True, text=True)
    if listed.returncode != 0:
        return None
    return {pathlib.Path(name) for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()}


def _walked():
    found = set()
    for path in ROOT.rglob("*"):
        inside = path.relative_to(ROOT)
        if path.is_file() and not any(pathlib.Path(part).match(skipped) for part in inside.parts for skipped in SKIPPED):
            found.add(inside)
    return found
