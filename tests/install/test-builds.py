# SPDX-License-Identifier: GPL-3.0-or-later
"""Every choice of what to build compiles without a warning, links no more than it needs, and passes what can be tested of it.

usage: test-builds.py CHECKOUT"""

import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "walk"))

import tap
from install import build, needed, run

SOURCE = pathlib.Path(sys.argv[1]).resolve()
OF_THE_ASSISTANT = {"libgtk-4", "libadwaita-1", "libsecret-1", "libqrencode"}
OF_THE_TRAINING = {"libzbar", "libgmime-3.0", "libxml2"}
OF_THE_SERVICE = {"libsqlite3", "libgmime-3.0", "libpng16"}
CURL = {"libcurl-gnutls", "libcurl"}


def try_out(folder, *suites, **environment):
    """What the build in `folder` has of these suites; the ordinary suite has the rest."""
    chosen = [word for suite in suites for word in ("--suite", suite)]
    said = run("meson", "test", "-C", folder, "--no-rebuild", "--print-errorlogs", *chosen, **environment)
    for suite in suites:
        assert re.search(rf"first-login:(\w+\+)*{suite}(\+\w+)* / ", said), f"nothing of {suite} was tested:\n{said}"


def built(folder):
    return {name for name in ("first-login", "training/first-login-training", "service/first-login-service", "gate/first-login-gate")
            if (folder / "src" / name).exists()}


@tap.case("the assistant alone: no server, no database, no mail, no camera")
def alone(work):
    folder = work / "alone"
    build(SOURCE, folder, "-Dtraining=false", "-Dservice=false", "-Dgate=disabled")
    assert built(folder) == {"first-login"}, built(folder)
    links = needed(folder / "src/first-login")
    assert "libgtk-4" in links, links
    assert not links & (OF_THE_TRAINING | OF_THE_SERVICE | CURL), links
    try_out(folder, "proof", "journey", "contract", "desktop", "pages", "doctor", "data")


@tap.case("with the training, but not the service's program: no curl")
def with_training(work):
    folder = work / "training"
    build(SOURCE, folder, "-Dtraining=true", "-Dservice=false", "-Dgate=disabled")
    assert built(folder) == {"first-login", "training/first-login-training"}, built(folder)
    links = needed(folder / "src/training/first-login-training")
    assert {"libsqlite3", "libzbar"} <= links and not links & CURL, links
    assert not needed(folder / "src/first-login") & (OF_THE_TRAINING | OF_THE_SERVICE | CURL)
    try_out(folder, "proof", "service", "training")


@tap.case("with the service's program, but not the training: no camera")
def with_service(work):
    folder = work / "service"
    prefix = folder / "root"
    build(SOURCE, folder, "-Dtraining=false", "-Dservice=true", "-Dgate=disabled", f"--prefix={prefix}", "--libdir=lib")
    assert built(folder) == {"first-login", "service/first-login-service"}, built(folder)
    links = needed(folder / "src/service/first-login-service")
    assert links & CURL and "libsqlite3" in links and "libzbar" not in links and "libgtk-4" not in links, links
    run("meson", "install", "-C", folder, "--no-rebuild", "--quiet")
    shared = {"XDG_DATA_DIRS": f"{prefix}/share:/usr/local/share:/usr/share"}
    try_out(folder, "proof", "service", "doctor", **shared)
    # the one walk that shows what is not there
    said = run("meson", "test", "-C", folder, "--no-rebuild", "--print-errorlogs", "command-line", **shared)
    assert "command-line" in said, said


@tap.case("the gate alone, for a server: no GTK")
def the_gate(work):
    folder = work / "gate"
    build(SOURCE, folder, "-Dassistant=false", "-Dtraining=false", "-Dservice=false", "-Dgate=enabled", "-Dtests=false")
    assert built(folder) == {"gate/first-login-gate"}, built(folder)
    links = needed(folder / "src/gate/first-login-gate")
    assert {"libsoup-3.0", "libsqlite3", "libpq"} <= links, links
    assert not links & (OF_THE_ASSISTANT | OF_THE_TRAINING | CURL), links
    refused = subprocess.run(["meson", "setup", work / "nothing", SOURCE, "-Dassistant=false"], capture_output=True, text=True, check=False)
    assert refused.returncode != 0 and "-Dassistant=false wants" in refused.stdout, refused.stdout


with tempfile.TemporaryDirectory(prefix="first-login-builds-") as name:
    tap.run(pathlib.Path(name))
