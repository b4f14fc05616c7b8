# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases: the set for a USB stick, on computers that have no network."""

import os
import shutil
import subprocess

from lab import APP, POLICY, RUNTIME, copy, run, spoil
from tap import Skip, case


def offline():
    """What to put before a command so that it has no network."""
    words = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]
    if not shutil.which("unshare") or subprocess.run([*words, "true"], capture_output=True, check=False).returncode != 0:
        raise Skip("no network namespace can be made here")
    return words


def install(client, stick, fingerprint):
    return client.run("sh", stick / "install", "--user", *fingerprint)


def grouped(fingerprint):
    """As people write it: in small letters and groups of four."""
    return [fingerprint[at:at + 4].lower() for at in range(0, 40, 4)]


def refuses(lab, stick, word, fingerprint=None):
    """The script refuses in words, and neither installs anything nor trusts anybody."""
    client = lab.client()
    done = install(client, stick, [fingerprint or lab.vendor.keys])
    assert done.returncode == 1 and "Nothing was installed" in done.stderr and word in done.stderr, done.stderr
    assert client.installed() == {} and client.must("flatpak", "--user", "remotes", "--columns=name").strip() == ""


@case("a clean computer without a network installs from a stick, and updates from the next")
def _(lab):
    client = lab.client(*offline())
    done = client.run("curl", "--silent", lab.server.url)
    assert done.returncode != 0, "this computer has a network"
    done = install(client, lab.usb_one, grouped(lab.vendor.keys))
    assert done.returncode == 0, done.stderr
    assert set(client.installed()) == {APP, RUNTIME, POLICY} and client.version() == "one"

    done = install(client, copy(lab.vendor.usb, lab.root / "100% second #stick?"), grouped(lab.vendor.keys))
    assert done.returncode == 0, done.stderr
    assert client.version() == "two" and client.installed()[APP] == lab.commit_two
    client.prefix = ()
    assert client.must("flatpak", "--user", "remotes", "--columns=url").strip() == f"{lab.vendor.url}/repo"


@case("what came from a stick is updated from the network")
def _(lab):
    client = lab.client()
    assert install(client, lab.usb_one, [lab.vendor.keys]).returncode == 0 and client.version() == "one"
    assert client.update().returncode == 0 and client.version() == "two"


@case("an older stick takes nobody back")
def _(lab):
    client = lab.client()
    assert install(client, lab.vendor.usb, [lab.vendor.keys]).returncode == 0
    install(client, lab.usb_one, [lab.vendor.keys])
    assert client.version() == "two"
    assert client.must("flatpak", "--user", "remotes", "--columns=url").strip() == f"{lab.vendor.url}/repo"


@case("the script wants the fingerprint")
def _(lab):
    client = lab.client()
    for words in ([], ["1234"]):
        done = install(client, lab.vendor.usb, words)
        assert done.returncode == 2 and "FINGERPRINT" in done.stderr, done.stderr
    refuses(lab, lab.vendor.usb, "not signed by", "0123456789" * 4)


@case("a stick that was tampered with is refused")
def _(lab):
    def of(name):
        return copy(lab.vendor.usb, lab.root / f"stick-{name}")

    stick = of("object")
    spoil(max((stick / "repo" / "objects").rglob("*.filez"), key=lambda path: path.stat().st_size))
    refuses(lab, stick, "damaged")
    stick = of("summary")
    shutil.copy(lab.usb_one / "repo" / "summary.idx", stick / "repo" / "summary.idx")
    refuses(lab, stick, "damaged")
    stick = of("missing")
    next((stick / "repo" / "objects").rglob("*.filez")).unlink()
    refuses(lab, stick, "damaged")
    stick = of("added")
    (stick / "repo" / "extra").write_text("x")
    refuses(lab, stick, "added")
    stick = of("link")
    (stick / "repo" / "deltas").symlink_to("/tmp")
    refuses(lab, stick, "added")
    stick = of("sums")
    with (stick / "SHA256SUMS").open("a", encoding="ascii") as sums:
        sums.write(f"{'0' * 64}  ./more\n")
    refuses(lab, stick, "not signed by")
    stick = of("unsigned")
    (stick / "SHA256SUMS.sig").unlink()
    refuses(lab, stick, "not signed by")


@case("a stick of somebody else, good in itself, is refused")
def _(lab):
    foreign = lab.new_vendor()
    foreign.configure(foreign.key("it"))
    foreign.build_runtime()
    foreign.build("evil")
    foreign.release("--with-runtime", foreign.runtime)
    refuses(lab, foreign.usb, "not signed by")
    client = lab.client()
    assert install(client, foreign.usb, [foreign.keys]).returncode == 0 and client.version() == "evil"


@case("a stick signed by a key that is over is refused")
def _(lab):
    late = lab.new_vendor()
    late.build_runtime()
    late.build("one")
    (late.homedir / "gpg.conf").write_text("faked-system-time 20200601T000000\n")
    late.configure(late.key("late", "1y"))
    late.release("--with-runtime", late.runtime)
    refuses(lab, late.usb, "not signed by", late.keys)


@case("while a key is replaced, the stick is good by either")
def _(lab):
    changing = lab.new_vendor()
    changing.build_runtime()
    changing.build("one")
    pair = [changing.key("old"), changing.key("new")]
    changing.configure(" ".join(pair))
    changing.release("--with-runtime", changing.runtime)
    for key in pair:
        client = lab.client()
        assert install(client, changing.usb, [key]).returncode == 0 and client.version() == "one"


@case("SHA256SUMS is checked by the two commands of the document, before anything of the stick is run")
def _(lab):
    run("gpgv", "--keyring", lab.key, "SHA256SUMS.sig", "SHA256SUMS", cwd=lab.vendor.usb)
    run("sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS", cwd=lab.vendor.usb)
