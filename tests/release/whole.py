# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases: the real program on its real runtime's stand-in, from the build to computers with a network and without."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

from lab import APP, CHECKOUT, RUNTIME, arch, came_as_delta, run
from stick import install, offline
from tap import Skip, case

VERSION = re.search(r"^ *version: '(.+)'", (CHECKOUT / "meson.build").read_text(), re.MULTILINE)[1]
# As long as the real one, as it is put in its place in the program.
NEXT = VERSION[:-1] + ("8" if VERSION.endswith("9") else "9")


def built():
    """Where flatpak/build has left the app and the stand-in for the runtime: named on the command line, or else built."""
    out = pathlib.Path(sys.argv[1])
    if not (out / "repo").exists():
        tree = CHECKOUT / "build-debian13" / "tree"
        if os.geteuid() != 0 or not all(map(shutil.which, ("flatpak-builder", "debootstrap", "eu-strip"))):
            raise Skip("not built, and only root, with flatpak-builder and debootstrap, can")
        run(CHECKOUT / "tests" / "debian13" / "tree", tree)
        run(CHECKOUT / "flatpak" / "build", out, "--runtime-tree", tree)
    if subprocess.run(["bwrap", "--ro-bind", "/", "/", "true"], capture_output=True, check=False).returncode != 0:
        raise Skip("no sandbox can be made here")
    return out


def next_version(source, scratch):
    """The app once more, in a repository of its own, with the next version in its program."""
    tree, repo = scratch / "next", scratch / "next-repo"
    run("ostree", f"--repo={source}", "checkout", "-U", f"app/{APP}/{arch()}/stable", tree)
    program = tree / "files" / "bin" / "first-login"
    content = program.read_bytes()
    before, after = (version.encode() + b"\0" for version in (VERSION, NEXT))
    assert before in content, "the program does not hold its version"
    program.unlink()
    program.write_bytes(content.replace(before, after))
    program.chmod(0o755)
    run("flatpak", "build-export", repo, tree, "stable")
    return repo


def says_version(client):
    """What the installed program answers to --version."""
    return client.must("flatpak", "--user", "run", APP, "--version").split()[-1]


@case("the real program is installed over HTTP and from a stick, runs, is updated by a delta, and runs")
def _(lab):
    out = built()
    vendor = lab.new_vendor("real")
    vendor.configure(vendor.key("real"))
    vendor.built = out / "repo"
    vendor.release("--with-runtime", out / "runtime-repo")

    client, alone = lab.client(), lab.client(*offline())
    client.must("flatpak", "--user", "remote-add", "first-login", f"{vendor.url}/first-login.flatpakrepo")
    assert install(alone, vendor.usb, [vendor.keys]).returncode == 0
    done = client.install()
    assert done.returncode == 0, done.stderr
    for each in (client, alone):
        assert {APP, RUNTIME} <= set(each.installed()) and says_version(each) == VERSION

    before = vendor.app()
    vendor.built = next_version(out / "repo", lab.root)
    vendor.release()
    lab.server.asked.clear()
    done = client.update()
    assert done.returncode == 0, done.stderr
    assert says_version(client) == NEXT and client.installed()[APP] == vendor.app()
    assert came_as_delta(lab.server.asked, vendor.app(), before), lab.server.asked
