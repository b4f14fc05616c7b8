# SPDX-License-Identifier: GPL-3.0-or-later
"""The set for a USB stick: all that a clean computer without a network needs, and a script that checks it before it installs."""

import hashlib
import pathlib
import shutil

from tools import POLICY, REMOTE, run
from repository import is_of, refs_of

SCRIPT = pathlib.Path(__file__).with_name("install")


def make(settings, keyring, repository, app):
    """Makes DIRECTORY/usb anew, of the newest versions only."""
    stick = settings.directory / "usb"
    shutil.rmtree(stick, ignore_errors=True)
    (stick / "repo").mkdir(parents=True)

    refs = [app, *repository.runtime(app)]
    refs += [ref for ref in refs_of(repository.path) if is_of(ref, POLICY) or is_of(ref, f"{app.split('/')[1]}.Locale")]
    run("ostree", f"--repo={stick / 'repo'}", "init", "--mode=archive")
    run("ostree", f"--repo={stick / 'repo'}", "pull-local", repository.path, *refs)
    repository.update(stick / "repo", "--no-update-appstream")

    for name in (f"{REMOTE}.gpg", f"{REMOTE}.flatpakrepo"):
        shutil.copy(settings.public / name, stick)
    shutil.copy(SCRIPT, stick)
    (stick / "repo" / ".lock").unlink(missing_ok=True)
    files = sorted(path for path in stick.rglob("*") if path.is_file())
    sums = "".join(f"{digest(path)}  ./{path.relative_to(stick)}\n" for path in files).encode()
    (stick / "SHA256SUMS").write_bytes(sums)
    (stick / "SHA256SUMS.sig").write_bytes(keyring.sign(sums))


def digest(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
