# SPDX-License-Identifier: GPL-3.0-or-later
"""The signed OSTree repository that clients install from, and the two small files that tell them how."""

import base64
import configparser
import pathlib
import shutil
import tempfile

from tools import APP, POLICY, REMOTE, Refusal, run

# So many versions before the newest one stay: a client that has just read the old summary still finds all of its own.
VERSIONS_BEFORE = 2
FLATHUB = "https://dl.flathub.org/repo/flathub.flatpakrepo"


def refs_of(repo):
    """All refs of a repository."""
    return run("ostree", f"--repo={repo}", "refs").decode().split()


def is_of(ref, name):
    """Whether a ref (kind/name/arch/branch) is of that name."""
    return ref.split("/")[1:2] == [name]


def metadata_of(repo, ref):
    """The key file that describes an app or a runtime to Flatpak."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str
    parser.read_string(run("ostree", f"--repo={repo}", "cat", ref, "/metadata").decode())
    return parser


def runtime_refs(source, app_metadata):
    """The refs of a repository that make up the runtime of an app: it, and the extensions that it names and that are there."""
    runtime = "runtime/" + app_metadata["Application"]["runtime"]
    there = refs_of(source)
    if runtime not in there:
        raise Refusal(f"{source} has no {runtime}, on which the app runs.")
    _, _, arch, branch = runtime.split("/")
    wanted = [runtime]
    metadata = metadata_of(source, runtime)
    for group in metadata.sections():
        if not group.startswith("Extension "):
            continue
        name, about = group.split()[1], metadata[group]
        branches = about.get("versions", about.get("version", branch)).split(";")
        for ref in there:
            kind, found, *rest = ref.split("/")
            named = found == name or about.get("subdirectories") == "true" and found.startswith(name + ".")
            if kind == "runtime" and named and rest[0] == arch and rest[1] in branches:
                wanted.append(ref)
    return wanted


class Repository:
    """A repository that grows by a commit for each version; everything in it is signed by all keys of the keyring."""

    def __init__(self, settings, keyring):
        self.settings, self.keyring = settings, keyring
        self.path = settings.repository
        self.path.mkdir(parents=True, exist_ok=True)
        if not (self.path / "config").exists():
            run("ostree", f"--repo={self.path}", "init", "--mode=archive")
        self.anew = self.keys_changed()
        self.taken = set()

    def keys_changed(self):
        """Whether what was published is signed by other keys than what will be: then unchanged content is committed again."""
        published = self.settings.public / f"{REMOTE}.gpg"
        if not published.exists():
            return True
        listing = self.keyring.gpg("--with-colons", "--show-keys", published).decode()
        primary = [line.split(":")[9] for before, line in zip(listing.splitlines(), listing.splitlines()[1:])
                   if before.startswith("pub:") and line.startswith("fpr:")]
        return set(primary) != {*self.keyring.fingerprints, *self.keyring.revoked}

    def take(self, source, ref):
        """Commits, signed, what another repository has under the ref; unchanged content only if the keys have changed."""
        run("flatpak", "build-commit-from", "--no-update-summary", "--timestamp=NOW", *(["--force"] if self.anew else []),
            *self.keyring.options(), f"--src-repo={source}", f"--src-ref={ref}", self.path, ref)
        self.taken.add(ref)

    def take_app(self, source):
        """Takes the app and its translations; returns the ref of the app."""
        apps = [ref for ref in refs_of(source) if ref.startswith("app/") and is_of(ref, APP)]
        if len(apps) != 1:
            raise Refusal(f"{source} must have exactly one branch of {APP}, and has {len(apps)}.")
        self.take(source, apps[0])
        for ref in refs_of(source):
            if is_of(ref, f"{APP}.Locale"):
                self.take(source, ref)
        return apps[0]

    def take_runtime(self, source, app):
        for ref in runtime_refs(source, metadata_of(self.path, app)):
            self.take(source, ref)

    def take_policy(self, directory, app):
        """Makes the policy extension of a directory: its content is what the app sees in etc/xdg/first-login."""
        runtime = metadata_of(self.path, app)["Application"]["runtime"]
        with tempfile.TemporaryDirectory() as scratch:
            tree = pathlib.Path(scratch) / "tree"
            shutil.copytree(directory, tree / "files")
            (tree / "metadata").write_text(f"[Runtime]\nname={POLICY}\nruntime={runtime}\n\n[ExtensionOf]\nref={app}\n")
            source = pathlib.Path(scratch) / "repo"
            run("flatpak", "build-export", "--runtime", "--files=files", source, tree, "1")
            for ref in refs_of(source):
                if is_of(ref, POLICY):
                    self.take(source, ref)

    def runtime(self, app):
        """The refs of the runtime in this repository; none if clients get it from elsewhere."""
        metadata = metadata_of(self.path, app)
        if "runtime/" + metadata["Application"]["runtime"] not in refs_of(self.path):
            return []
        return runtime_refs(self.path, metadata)

    def update(self, path, *options):
        """Writes the summary of a repository, signed; it carries the public keys, so that clients learn of new ones."""
        with tempfile.NamedTemporaryFile() as keys:
            keys.write(self.keyring.public())
            keys.flush()
            run("flatpak", "build-update-repo", "--title=First Login", f"--gpg-import={keys.name}",
                *self.keyring.options(), *options, path)

    def finish(self, app):
        """Deltas, AppStream branch, summary, and the files that describe the repository to clients."""
        if self.anew:
            for ref in refs_of(self.path):
                if ref.startswith("appstream"):
                    run("ostree", f"--repo={self.path}", "refs", "--delete", ref)
                elif ref not in self.taken:
                    self.take(self.path, ref)
        self.update(self.path, "--generate-static-deltas", "--prune", f"--prune-depth={VERSIONS_BEFORE}")
        self.describe(app)

    def describe(self, app):
        """Writes the public keys, the .flatpakrepo and the .flatpakref; the keys last, as keys_changed() goes by them."""
        public, url, key = self.settings.public, self.settings.url, self.keyring.public()
        embedded = base64.b64encode(key).decode()
        runtime_repo = f"{url}/{REMOTE}.flatpakrepo" if self.runtime(app) else FLATHUB
        (public / f"{REMOTE}.flatpakrepo").write_text(
            f"[Flatpak Repo]\nTitle=First Login\nUrl={url}/repo\nGPGKey={embedded}\n")
        (public / f"{REMOTE}.flatpakref").write_text(
            f"[Flatpak Ref]\nTitle=First Login\nName={APP}\nBranch={app.split('/')[3]}\nIsRuntime=false\nUrl={url}/repo\n"
            f"SuggestRemoteName={REMOTE}\nRuntimeRepo={runtime_repo}\nGPGKey={embedded}\n")
        (public / f"{REMOTE}.gpg").write_bytes(key)
