# SPDX-License-Identifier: GPL-3.0-or-later
"""What a packager gets: meson install with DESTDIR puts everything below it, as it will lie below /usr, and nothing else.

usage: test-install.py CHECKOUT"""

import os
import pathlib
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "walk"))

import tap
from install import build, run

SOURCE = pathlib.Path(sys.argv[1]).resolve()
APP_ID = "io.github.firstlogin.FirstLogin"
EXPECTED = {
    "usr/bin/first-login",
    "usr/bin/first-login-gate",
    "usr/bin/first-login-service",
    "usr/libexec/first-login-training",
    f"usr/share/applications/{APP_ID}.desktop",
    f"usr/share/dbus-1/services/{APP_ID}.service",
    "usr/share/first-login/example.conf",
    "usr/share/first-login/policy.conf",
    f"usr/share/glib-2.0/schemas/{APP_ID}.gschema.xml",
    f"usr/share/icons/hicolor/scalable/apps/{APP_ID}.svg",
    f"usr/share/icons/hicolor/symbolic/apps/{APP_ID}-symbolic.svg",
    "usr/share/locale/sv/LC_MESSAGES/first-login.mo",
    f"usr/share/metainfo/{APP_ID}.metainfo.xml",
}
PROGRAMS = ["usr/bin/first-login", "usr/bin/first-login-gate", "usr/bin/first-login-service", "usr/libexec/first-login-training"]
# What installing elsewhere would touch if its last steps did not know about DESTDIR.
OF_THE_SYSTEM = ["/usr/share/glib-2.0/schemas/gschemas.compiled", "/usr/share/applications/mimeinfo.cache",
                 "/usr/share/icons/hicolor/icon-theme.cache"]


def stamps():
    return {path: os.stat(path).st_mtime_ns for path in OF_THE_SYSTEM if os.path.exists(path)}


@tap.case("what is installed is what is expected, below DESTDIR, and the system is left as it is")
def files(work):
    before = stamps()
    build(SOURCE, work / "build", "--prefix=/usr", "-Dtests=false")
    run("meson", "install", "-C", work / "build", "--no-rebuild", DESTDIR=str(work / "stage"))
    found = {str(path.relative_to(work / "stage")) for path in (work / "stage").rglob("*") if not path.is_dir()}
    assert found == EXPECTED, f"not expected: {sorted(found - EXPECTED)}; missing: {sorted(EXPECTED - found)}"
    assert stamps() == before, "the last steps of installing went to the system"


@tap.case("no file knows where it was built or staged")
def no_paths(work):
    for name in EXPECTED:
        data = (work / "stage" / name).read_bytes()
        if name in PROGRAMS:
            # debugging information, which packagers take out, is all that may name the sources
            run("strip", "--strip-debug", "-o", work / "stripped", work / "stage" / name)
            data = (work / "stripped").read_bytes()
            assert "RUNPATH" not in run("readelf", "--dynamic", work / "stage" / name), f"{name} has a RUNPATH"
        for place in (work, SOURCE):
            # an assertion names its source as seen from the build, which begins with dots
            assert not re.search(rb"(?<!\.)" + re.escape(bytes(place)), data), f"{name} names {place}"


@tap.case("what names a program names it where it will be")
def names(work):
    share = work / "stage/usr/share"
    assert "Exec=first-login %u" in (share / f"applications/{APP_ID}.desktop").read_text()
    assert "Exec=/usr/bin/first-login --gapplication-service" in (share / f"dbus-1/services/{APP_ID}.service").read_text()


@tap.case("modes: programs can be run, nothing can be written by others")
def modes(work):
    for name in EXPECTED:
        mode = (work / "stage" / name).stat().st_mode & 0o777
        assert mode == (0o755 if name in PROGRAMS else 0o644), f"{name}: {mode:o}"


@tap.case("the programs start from where they are staged")
def starts(work):
    for name in PROGRAMS[:3]:
        said = run(work / "stage" / name, "--help")
        assert "--" in said and "libc" not in said, said
    assert run(work / "stage" / PROGRAMS[0], "--version").startswith("first-login ")


if __name__ == "__main__":
    os.umask(0o022)
    with tempfile.TemporaryDirectory(prefix="first-login-install-") as directory:
        tap.run(pathlib.Path(directory))
