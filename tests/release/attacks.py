# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases: what was tampered with between the vendor and a client is refused, and nothing of it is installed."""

import gzip
import shutil

from lab import APP, arch, copy, run, spoil
from tap import case


def clients_of(lab, name):
    """A clean client, and one that has “one”, whose server became this copy."""
    fresh, older = lab.client(), lab.client_of_one()
    fresh.add(lab.at("one"), lab.key)
    for client in (fresh, older):
        client.point(lab.at(name))
    return fresh, older


def refused(lab, name):
    """A clean client refuses to install from this copy; one that has “one” to update. Returns what they said."""
    fresh, older = clients_of(lab, name)
    installing, updating = fresh.install(), older.update()
    assert installing.returncode != 0, f"{name}: installed by a clean client"
    assert updating.returncode != 0, f"{name}: taken as an update"
    unmoved(lab, fresh, older)
    return installing.stderr + updating.stderr


def distrusted(lab, name):
    """The same where the summary is not to be trusted: then an update warns, stays, and ends well; remote-ls tells."""
    fresh, older = clients_of(lab, name)
    installing, updating = fresh.install(), older.update()
    assert installing.returncode != 0, f"{name}: installed by a clean client"
    assert "Warning: Treating remote fetch error as non-fatal" in updating.stderr, updating.stderr
    unmoved(lab, fresh, older)
    return older.why_not()


def unmoved(lab, fresh, older):
    assert fresh.installed().get(APP) is None and fresh.version() is None, fresh.installed()
    assert older.installed()[APP] == lab.commit_one and older.version() == "one", older.installed()


def truncate(path):
    path.write_bytes(path.read_bytes()[:-20])


def without_deltas(lab, name):
    """A copy of “two” from which clients have to take object by object."""
    tree = copy(lab.two, lab.root / name)
    shutil.rmtree(tree / "repo" / "deltas")
    shutil.rmtree(tree / "repo" / "delta-indexes")
    return tree


def object_path(tree, checksum, kind):
    return tree / "repo" / "objects" / checksum[:2] / f"{checksum[2:]}.{kind}"


def checksum_of(lab, path):
    """The checksum of a file of the app's newest version."""
    listing = run("ostree", f"--repo={lab.vendor.repo}", "ls", "-C", f"app/{APP}/{arch()}/stable", path)
    return listing.split()[4]


@case("an untouched copy is taken, with deltas and without")
def _(lab):
    for tree in (copy(lab.two, lab.root / "same"), without_deltas(lab, "plain")):
        client = lab.client()
        client.add(lab.at(tree.name), lab.key)
        assert client.install().returncode == 0 and client.version() == "two"
        client = lab.client_of_one()
        client.point(lab.at(tree.name))
        assert client.update().returncode == 0 and client.version() == "two"


@case("a tampered object is refused")
def _(lab):
    tree = without_deltas(lab, "object")
    spoil(object_path(tree, checksum_of(lab, "/files/version"), "filez"))
    refused(lab, "object")


@case("an object put in the place of another is refused")
def _(lab):
    tree = without_deltas(lab, "swapped")
    shutil.copy(object_path(tree, checksum_of(lab, "/files/same"), "filez"),
                object_path(tree, checksum_of(lab, "/files/version"), "filez"))
    assert "checksum" in refused(lab, "swapped").lower()


@case("a tampered commit is refused")
def _(lab):
    tree = without_deltas(lab, "commit")
    spoil(object_path(tree, lab.commit_two, "commit"))
    refused(lab, "commit")


@case("a commit without its signature is refused")
def _(lab):
    tree = without_deltas(lab, "unsigned-commit")
    object_path(tree, lab.commit_two, "commitmeta").unlink()
    assert "signature" in refused(lab, "unsigned-commit")


@case("tampered, truncated, missing and swapped deltas are refused")
def _(lab):
    foreign = next(path for path in (lab.one / "repo" / "deltas").rglob("0") if "-" not in path.parent.name).read_bytes()
    for name, kind, harm in (("spoiled", "superblock", spoil), ("spoiled", "0", spoil), ("truncated", "superblock", truncate),
                             ("truncated", "0", truncate), ("swapped", "0", lambda path: path.write_bytes(foreign)),
                             ("missing", "0", lambda path: path.unlink())):
        tree = copy(lab.two, lab.root / f"{name}-{kind}")
        for path in (tree / "repo" / "deltas").rglob(kind):
            if path.read_bytes() != foreign:
                harm(path)
        refused(lab, tree.name)


@case("where a delta is not there at all, the objects are taken")
def _(lab):
    tree = copy(lab.two, lab.root / "no-superblocks")
    for path in (tree / "repo" / "deltas").rglob("superblock"):
        path.unlink()
    client = lab.client_of_one()
    client.point(lab.at(tree.name))
    assert client.update().returncode == 0 and client.version() == "two"


@case("a tampered summary is refused")
def _(lab):
    tree = copy(lab.two, lab.root / "summary")
    spoil(tree / "repo" / "summary.idx")
    spoil(tree / "repo" / "summary")
    assert "BAD signature" in distrusted(lab, "summary")


@case("the tampered list of contents that a good summary names is refused")
def _(lab):
    tree = copy(lab.two, lab.root / "contents")
    for path in (tree / "repo" / "summaries").iterdir():
        if path.suffix == ".gz":
            content = bytearray(gzip.decompress(path.read_bytes()))
            content[len(content) // 2] ^= 0x01
            path.write_bytes(gzip.compress(content))
        elif path.suffix == ".delta":
            path.unlink()
    refused(lab, "contents")


@case("an unsigned repository is refused")
def _(lab):
    tree = copy(lab.two, lab.root / "unsigned")
    for path in (*tree.rglob("*.sig"), *tree.rglob("*.commitmeta")):
        path.unlink()
    assert "no summary signatures found" in distrusted(lab, "unsigned")


@case("a repository signed by a foreign key is refused, however complete")
def _(lab):
    foreign = lab.new_vendor()
    foreign.configure(foreign.key("it"))
    foreign.build_runtime()
    foreign.build("evil")
    foreign.release("--with-runtime", foreign.runtime)
    copy(foreign.public, lab.root / "foreign")
    assert "public key not found" in distrusted(lab, "foreign")
    client = lab.client()
    done = client.run("flatpak", "--user", "remote-add", f"--gpg-import={lab.key}", "first-login", lab.at("foreign"))
    assert done.returncode != 0 and "public key not found" in done.stderr, done.stderr


@case("the vendor's summary does not make a foreign commit good")
def _(lab):
    foreign = lab.new_vendor()
    foreign.configure(foreign.key("it"))
    tree = without_deltas(lab, "resigned")
    meta = object_path(tree, lab.commit_two, "commitmeta")
    meta.unlink()
    run("ostree", f"--repo={tree / 'repo'}", "gpg-sign", f"--gpg-homedir={foreign.homedir}", lab.commit_two, foreign.keys)
    assert meta.exists() and "public key not found" in refused(lab, "resigned")


@case("an older state of the repository takes nobody back")
def _(lab):
    client = lab.client_of_one()
    client.point(lab.at("two"))
    assert client.update().returncode == 0 and client.version() == "two"
    client.point(lab.at("one"))
    done = client.update()
    assert done.returncode != 0 and "older" in done.stderr.lower(), done.stderr
    assert client.version() == "two" and client.installed()[APP] == lab.commit_two
