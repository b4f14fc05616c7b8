# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases: keys that are replaced, renewed, run out and are revoked, as clients live through it."""

import re

from lab import APP, POLICY, copy, run
from tap import case


def releases(vendor, version, keys=None, **more):
    """Configures the keys and releases a version."""
    vendor.configure(keys, **more)
    vendor.build(version)
    vendor.release(*([] if vendor.public.exists() else ["--with-runtime", vendor.runtime]))


def begin(lab, key):
    """A vendor who released “one” with this key, and a client that has it."""
    vendor = lab.new_vendor()
    vendor.build_runtime()
    fingerprint = vendor.key(key)
    (vendor.directory / "policy").mkdir()
    (vendor.directory / "policy" / "policy.conf").write_text("[First Login]\nserver=https://login.example.org\n")
    releases(vendor, "one", fingerprint, policy="policy")
    return vendor, fingerprint, client_of(lab, vendor)


def client_of(lab, vendor):
    client = lab.client()
    client.must("flatpak", "--user", "remote-add", "first-login", f"{vendor.url}/first-login.flatpakrepo")
    done = client.install(APP, POLICY)
    assert done.returncode == 0, done.stderr
    return client


def takes(client, version):
    done = client.update()
    assert done.returncode == 0, done.stderr
    assert client.version() == version, client.version()


def signers(vendor, ref):
    """The keys that signed the newest commit under a ref."""
    shown = run("ostree", f"--repo={vendor.repo}", "show", f"--gpg-homedir={vendor.homedir}", ref)
    return set(re.findall(r"using \w+ key ID ([0-9A-F]{16})", shown))


@case("a key is replaced: clients that update in between learn the new one, others are told it")
def _(lab):
    vendor, old, punctual = begin(lab, "old")
    late, later, new = client_of(lab, vendor), client_of(lab, vendor), vendor.key("new")

    releases(vendor, "two", f"{old} {new}")
    both = {old[-16:], new[-16:]}
    for ref in run("ostree", f"--repo={vendor.repo}", "refs").split():
        assert signers(vendor, ref) == both, ref
    takes(punctual, "two")
    assert new in punctual.keyring()

    releases(vendor, "three", new)
    for ref in run("ostree", f"--repo={vendor.repo}", "refs").split():
        assert signers(vendor, ref) == {new[-16:]}, ref
    takes(punctual, "three")
    assert client_of(lab, vendor).version() == "three"

    late.update()
    assert late.version() == "one" and "public key not found" in late.why_not()
    late.must("flatpak", "--user", "remote-modify", f"--gpg-import={vendor.public / 'first-login.gpg'}", "first-login")
    takes(late, "three")
    later.must("flatpak", "--user", "remote-delete", "--force", "first-login")
    assert later.version() == "one"
    later.must("flatpak", "--user", "remote-add", "first-login", f"{vendor.url}/first-login.flatpakrepo")
    takes(later, "three")


@case("a key is renewed: clients learn its new date with the next update")
def _(lab):
    vendor, key, client = begin(lab, "renewed")
    before = client.keyring()
    vendor.gpg("--quick-set-expire", key, "5y")
    releases(vendor, "two")
    takes(client, "two")
    dates = [re.search(r"^pub:.*", listing, re.MULTILINE)[0].split(":")[6] for listing in (before, client.keyring())]
    assert int(dates[1]) - int(dates[0]) > 2 * 365 * 24 * 3600, dates


@case("what was signed by a key that is over is refused, until it was renewed")
def _(lab):
    vendor = lab.new_vendor()
    vendor.build_runtime()
    past = vendor.homedir / "gpg.conf"
    past.write_text("faked-system-time 20200601T000000\n")
    key = vendor.key("over", "1y")
    releases(vendor, "one", key)
    past.unlink()

    client = lab.client()
    done = client.run("flatpak", "--user", "remote-add", f"--gpg-import={vendor.public / 'first-login.gpg'}", "first-login",
                      f"{vendor.url}/repo")
    assert done.returncode != 0 and "expired" in done.stderr, done.stderr
    vendor.gpg("--quick-set-expire", key, "1y")
    releases(vendor, "two")
    client.must("flatpak", "--user", "remote-modify", f"--gpg-import={vendor.public / 'first-login.gpg'}", "first-login")
    assert client.install().returncode == 0 and client.version() == "two"


@case("a revoked key is told to clients, which then refuse what it signs")
def _(lab):
    vendor, stolen, client = begin(lab, "stolen")
    late, other = client_of(lab, vendor), vendor.key("other")
    releases(vendor, "two", f"{stolen} {other}")
    takes(client, "two")
    vendor.close()
    copy(vendor.directory, lab.root / "thief")

    for key, word in ((stolen, "was not revoked"), ("0123456789" * 4, "has no key")):
        vendor.configure(other, revoked=key)
        done = vendor.try_to("--app", vendor.built)
        assert done.returncode == 1 and word in done.stderr, done.stderr
    vendor.configure(f"{stolen} {other}")
    certificate = vendor.homedir / "openpgp-revocs.d" / f"{stolen}.rev"
    certificate.write_text(certificate.read_text().replace(":-----BEGIN", "-----BEGIN"))
    vendor.gpg("--import", certificate)
    done = vendor.try_to("--app", vendor.built)
    assert done.returncode == 1 and "was revoked" in done.stderr, done.stderr
    releases(vendor, "three", other, revoked=stolen)
    takes(client, "three")
    assert re.search(rf"^pub:r:.*{stolen[-16:]}", client.keyring(), re.MULTILINE), client.keyring()

    thief = lab.new_vendor("thief")
    releases(thief, "evil", stolen)
    late.must("flatpak", "--user", "remote-modify", f"--gpg-import={vendor.public / 'first-login.gpg'}", "first-login")
    for each, version in ((client, "three"), (late, "one")):
        each.point(f"{thief.url}/repo")
        each.update()
        assert each.version() == version and "revoked" in each.why_not()
