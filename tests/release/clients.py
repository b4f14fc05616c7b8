# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases: clean installations install and update, also while somebody publishes."""

import filecmp
import os
import pathlib
import shutil

from lab import APP, POLICY, RUNTIME, arch, came_as_delta, run
from tap import case

import vendor


@case("a clean installation installs the app, the runtime and the policy")
def _(lab):
    client = lab.client()
    lab.server.asked.clear()
    client.must("flatpak", "--user", "remote-add", "first-login", f"{lab.vendor.url}/first-login.flatpakrepo")
    done = client.install(APP, POLICY)
    assert done.returncode == 0, done.stderr
    installed = client.installed()
    assert set(installed) == {APP, RUNTIME, POLICY}, installed
    assert installed[APP] == lab.commit_two and client.version() == "two"
    policy = next((client.directory / "user" / "runtime" / POLICY).glob("*/1/active/files/policy.conf"))
    assert "login.example.org" in policy.read_text()
    assert all(came_as_delta(lab.server.asked, commit) for commit in installed.values()), lab.server.asked


@case("the .flatpakref alone is enough")
def _(lab):
    client = lab.client()
    client.must("flatpak", "--user", "install", "--noninteractive", f"{lab.vendor.url}/first-login.flatpakref")
    assert client.installed()[APP] == lab.commit_two
    assert "first-login" in client.must("flatpak", "--user", "remotes", "--columns=name").split()


@case("an update comes as the delta from the version before")
def _(lab):
    client = lab.client_of_one()
    assert client.installed()[APP] == lab.commit_one
    client.point(lab.at("two"))
    lab.server.asked.clear()
    done = client.update()
    assert done.returncode == 0, done.stderr
    assert client.installed()[APP] == lab.commit_two and client.version() == "two"
    assert came_as_delta(lab.server.asked, lab.commit_two, lab.commit_one), lab.server.asked


@case("without the runtime, the .flatpakref says where to get it, and there is no USB set")
def _(lab):
    alone = lab.new_vendor()
    alone.configure(alone.key("alone"))
    alone.build("one")
    alone.release()
    assert "RuntimeRepo=https://dl.flathub.org/" in (alone.public / "first-login.flatpakref").read_text()
    assert not alone.usb.exists()
    client = lab.client()
    client.add(f"{alone.url}/repo", alone.public / "first-login.gpg")
    done = client.install()
    assert done.returncode != 0 and RUNTIME in done.stderr, done.stderr
    assert client.installed() == {}


@case("the runtime is mirrored from another vendor, with the extensions that it names")
def _(lab):
    other, own = lab.new_vendor(), lab.new_vendor()
    extensions = {f"{RUNTIME}.Locale": "48", "org.freedesktop.Platform.GL.default": "24.08"}
    other.build_runtime(f"[Extension {RUNTIME}.Locale]\ndirectory=share/runtime/locale\n\n"
                        "[Extension org.freedesktop.Platform.GL]\nversions=24.08;1.4\nsubdirectories=true\ndirectory=lib/GL\n",
                        **extensions, **{"org.freedesktop.Platform.GLX": "24.08", f"{RUNTIME}.Docs": "48"})
    other.build("one")
    other.configure(other.key("other"))
    other.release("--with-runtime", other.runtime)

    named = {f"runtime/{name}/{arch()}/{branch}" for name, branch in {RUNTIME: "48", **extensions}.items()}
    mirror = own.directory / "mirror"
    run("ostree", f"--repo={mirror}", "init", "--mode=archive")
    run("ostree", f"--repo={mirror}", "remote", "add", f"--gpg-import={other.public / 'first-login.gpg'}", "other", f"{other.url}/repo")
    run("ostree", f"--repo={mirror}", "pull", "--mirror", "other", *named)
    own.configure(own.key("own"))
    own.build("one")
    own.release("--with-runtime", mirror)
    for repo in (own.repo, own.usb / "repo"):
        refs = run("ostree", f"--repo={repo}", "refs").split()
        assert {ref for ref in refs if ref.startswith("runtime/")} == named, refs
    client = lab.client()
    client.add(f"{own.url}/repo", own.public / "first-login.gpg")
    assert client.install().returncode == 0 and set(extensions) - {f"{RUNTIME}.Locale"} <= set(client.installed())


def interrupting_rsync(directory, limit):
    """A PATH with an rsync that breaks in its call number LIMIT (from 0), having copied only small files."""
    directory.mkdir()
    real = shutil.which("rsync")
    script = directory / "rsync"
    script.write_text(f"""#!/bin/sh
count=$(cat {directory}/count 2>/dev/null || echo 0)
echo $((count + 1)) > {directory}/count
[ $count -ge {limit} ] || exec {real} "$@"
[ $count -gt {limit} ] || {real} --max-size=250 "$@"
exit 20
""")
    script.chmod(0o755)
    return {**os.environ, "PATH": f"{directory}:{os.environ['PATH']}"}


@case("whoever reads while something is published, gets the old or the new version, whole")
def _(lab):
    seen = []
    for limit in range(len(vendor.PHASES) + 1):
        target = lab.root / f"web{limit}"
        run("cp", "-a", f"{lab.one}/.", target)
        environment = interrupting_rsync(lab.root / f"rsync{limit}", limit)
        updated, fresh = lab.client_of_one(), lab.client()
        updated.point(lab.at(target.name))
        fresh.add(lab.at(target.name), lab.key)

        done = lab.vendor.try_to("--publish", target, env=environment)
        assert (done.returncode == 0) == (limit == len(vendor.PHASES)), done.stderr
        for client, does in ((updated, updated.update), (fresh, fresh.install)):
            done = does()
            assert done.returncode == 0, f"after phase {limit}: {done.stderr}"
            assert client.version() in ("one", "two") and client.installed()[APP] in (lab.commit_one, lab.commit_two)
        assert updated.version() == fresh.version()
        seen.append(fresh.version())
    assert seen == sorted(seen) and set(seen) == {"one", "two"}, seen


@case("published is what was released, and tidying removes what it no longer has, later")
def _(lab):
    many = lab.new_vendor()
    many.configure(many.key("many"))
    many.build_runtime()
    target = lab.root / "many"
    for version in ("one", "two", "three", "four", "five"):
        many.build(version)
        many.release("--with-runtime", many.runtime)
        if version == "five":
            done = many.try_to("--tidy", target)
            assert done.returncode != 0 and "publish first" in done.stderr, done.stderr
        assert many.try_to("--publish", target).returncode == 0
    (target / "somebody-elses").write_text("stays")

    old = left_over(many.public, target)
    assert old, "nothing of the first version was left to be tidied up"
    assert many.try_to("--tidy", target).returncode == 0
    assert left_over(many.public, target) == {pathlib.Path("somebody-elses")}
    for path in (path for path in target.rglob("*") if path.is_file() and path.name != "somebody-elses"):
        assert filecmp.cmp(path, many.public / path.relative_to(target), shallow=False), f"{path} is not what was released"
    client = lab.client()
    client.add(lab.at("many"), many.public / "first-login.gpg")
    assert client.install().returncode == 0 and client.version() == "five"


def left_over(source, target):
    """The files of the target that the source has not."""
    return {path.relative_to(target) for path in target.rglob("*") if path.is_file()} - \
           {path.relative_to(source) for path in source.rglob("*") if path.is_file()}
