# SPDX-License-Identifier: GPL-3.0-or-later
"""GNOME's runtime as far as Debian's packages can stand in for it, where the real one cannot be had: what flatpak/build
makes of a tree of Debian 13 (tests/debian13/tree), and the manifest that fits it, made from the real one. docs/flatpak.md
says what this shows and what it cannot show."""

import contextlib
import fcntl
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess

# Debian 13 has what GNOME has in this branch, whichever one the manifest names.
BRANCH = "48"
# What GNOME's runtime has of what the programs need. Shell, fonts and icons are its own too.
PLATFORM = """bash dash coreutils diffutils dbus-bin sed grep gawk findutils tar gzip ca-certificates libc-bin tzdata
    libgtk-4-1 libadwaita-1-0 libsoup-3.0-0 glib-networking libjson-glib-1.0-0 libsecret-1-0 libglib2.0-bin libnettle8t64
    libsqlite3-0 libxml2 libpng16-16t64 libgpgme11t64 libidn2-0 librsvg2-common
    adwaita-icon-theme fonts-cantarell shared-mime-info""".split()
SDK = PLATFORM + """gcc libc6-dev make patch autoconf automake libtool autopoint gettext pkg-config meson ninja-build
    desktop-file-utils appstream appstream-util libxml2-utils librsvg2-bin binutils
    libgtk-4-dev libadwaita-1-dev libsoup-3.0-dev libjson-glib-dev libsecret-1-dev nettle-dev libsqlite3-dev
    libxml2-dev libpng-dev""".split()
# Drivers come to the real runtime by an extension too; the program is drawn without them here.
CUT = {"libgl1-mesa-dri", "mesa-libgallium", "mesa-vulkan-drivers", "systemd", "procps", "dpkg"}
# In the tree for the runtime alone.
TOOLS = "make patch autoconf automake libtool autopoint appstream-util gawk dbus-bin".split()
# Of no use in a sandbox, or, as translations are, in an extension of the real runtime's own.
PRUNED = re.compile(r"usr/share/(doc|man|info|locale|gir-1\.0|lintian|bash-completion|bug|perl5/Debconf|zsh|vala)/"
                    r"|.*/__pycache__/|usr/lib/(python3/dist-packages/(numpy|gi)|systemd|udev|apt|dpkg|node_modules)/"
                    r"|usr/share/nodejs/")
ETC = ("alternatives", "ca-certificates", "ca-certificates.conf", "fonts", "gtk-3.0", "ld.so.conf", "ld.so.conf.d",
       "ld.so.cache", "mime.types", "nsswitch.conf", "ssl", "X11")

# Where Debian keeps a module's archive (its source package), and what is taken where it has none that fits (the -dev
# package, and the library in it).
DEBIAN = {
    "qrencode": ("qrencode", "libqrencode-dev", "libqrencode"),
    "libsodium": ("libsodium", "libsodium-dev", "libsodium"),
    "oath-toolkit": ("oath-toolkit", "liboath-dev", "liboath"),
    "zxcvbn-c": ("zxcvbn-c", "libzxcvbn-dev", "libzxcvbn"),
    "gmime": ("gmime", "libgmime-3.0-dev", "libgmime-3.0"),
    "zbar": ("zbar", "libzbar-dev", "libzbar"),
}


def run(*argv, **options):
    return subprocess.run([str(word) for word in argv], check=True, **options)


class Packages:
    """What dpkg knows of a tree."""

    def __init__(self, tree):
        self.tree = tree
        self.fields = {}
        self.providers = {}
        for paragraph in (tree / "var/lib/dpkg/status").read_text(errors="replace").split("\n\n"):
            fields = dict(re.findall(r"^([A-Za-z-]+): (.*)$", paragraph, re.M))
            if not fields.get("Status", "").endswith(" installed"):
                continue
            self.fields[fields["Package"]] = fields
            for name in self.names(fields.get("Provides", "")):
                self.providers.setdefault(name[0], []).append(fields["Package"])

    @staticmethod
    def names(text):
        """A relation field: for each that is asked for, what would do."""
        return [[re.match(r"\s*([a-z0-9][a-z0-9+.-]*)", each).group(1) for each in one.split("|")]
                for one in text.split(",") if one.strip()]

    def find(self, name):
        return name if name in self.fields else next(iter(self.providers.get(name, [])), None)

    def closure(self, roots):
        """Those packages, and what they depend on."""
        found, waiting = set(), []
        for root in roots:
            waiting.append(self.find(root))
            if waiting[-1] is None:
                raise SystemExit(f"the tree has no {root}")
        while waiting:
            package = waiting.pop()
            if package is None or package in found or package in CUT:
                continue
            found.add(package)
            for kind in ("Pre-Depends", "Depends"):
                for choice in self.names(self.fields[package].get(kind, "")):
                    waiting.append(next(filter(None, map(self.find, choice)), None))
        return found

    def files(self, packages):
        """The paths below usr/ that belong to those packages, or to none: those were made when packages were set up."""
        owned, ours = set(), set()
        for path in (self.tree / "var/lib/dpkg/info").glob("*.list"):
            package = path.stem.split(":")[0]
            lines = {re.sub(r"^/(bin|sbin|lib|lib64)/", r"/usr/\1/", line)[1:] for line in path.read_text().splitlines()}
            owned |= lines
            if package in packages:
                ours |= lines
        for folder, folders, names in os.walk(self.tree / "usr"):
            here = os.path.relpath(folder, self.tree)
            links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
            for name in names + links:
                path = f"{here}/{name}"
                if (path in ours or path not in owned) and not PRUNED.match(path):
                    yield path


def place(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:  # another file system
        shutil.copy2(source, target, follow_symlinks=False)


def export(tree, packages, kind, roots, folder, repository):
    """Exports those packages, with all that they depend on, as org.gnome.KIND."""
    shutil.rmtree(folder, ignore_errors=True)
    for path in packages.files(packages.closure(roots)):
        place(tree / path, folder / "files" / path.removeprefix("usr/"))
    for name in ETC:
        for root, folders, names in os.walk(tree / "etc" / name) if (tree / "etc" / name).is_dir() else \
                [(tree / "etc", [], [name])]:
            for each in names + [each for each in folders if os.path.islink(os.path.join(root, each))]:
                source = pathlib.Path(root) / each
                if source.is_symlink() or source.exists():
                    place(source, folder / "files" / source.relative_to(tree))
    place_of = "org.gnome.{}/" + f"{os.uname().machine}/{BRANCH}"
    (folder / "metadata").write_text(f"[Runtime]\nname=org.gnome.{kind}\nruntime={place_of.format('Platform')}\n"
                                     f"sdk={place_of.format('Sdk')}\n")
    run("flatpak", "build-export", "--runtime", "--files=files", "--disable-sandbox", "--no-update-summary",
        repository, folder, BRANCH, stdout=subprocess.DEVNULL)
    shutil.rmtree(folder)


def prepare_tree(tree, more):
    """Puts into the tree what the runtime needs besides."""
    enter = pathlib.Path(__file__).resolve().parent.parent / "tests/debian13/enter"
    packages = Packages(tree)
    missing = [name for name in TOOLS + more if packages.find(name) is None]
    if missing:
        with open(f"{tree}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            run(enter, tree, "sh", "-c", 'apt-get update -q && apt-get install -y -q --no-install-recommends "$@"', "sh",
                *missing, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return Packages(tree)


def export_runtime(tree, repository, more, folder):
    """Leaves Platform and Sdk in the repository, unless they are there; the Sdk has `more` packages."""
    packages = prepare_tree(tree, more)
    recipe = hashlib.sha256(pathlib.Path(__file__).read_bytes())
    recipe.update(repr((sorted(packages.fields.items()), BRANCH, more)).encode())
    made = repository / "made-of"
    if made.exists() and made.read_text() == recipe.hexdigest():
        return
    shutil.rmtree(repository, ignore_errors=True)
    run("ostree", "init", f"--repo={repository}", "--mode=archive")
    run("ostree", "config", f"--repo={repository}", "set", "archive.zlib-level", "1")
    export(tree, packages, "Platform", PLATFORM, folder, repository)
    export(tree, packages, "Sdk", SDK + more, folder, repository)
    run("flatpak", "build-update-repo", repository, stdout=subprocess.DEVNULL)
    made.write_text(recipe.hexdigest())


def archives(module):
    return [source for source in module.get("sources", []) if source["type"] == "archive"]


def fetch_sources(modules, folder):
    """Leaves in the folder, where flatpak-builder looks for them, those of the modules' archives that Debian has as they
    were published. Returns the modules that it has not."""
    apt = folder / "apt"
    for path in ("lists/partial", "cache/archives/partial", "sources"):
        (apt / path).mkdir(parents=True, exist_ok=True)
    mirror = next(iter(subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Label: Debian"],
        check=True, capture_output=True, text=True).stdout.split()), "http://deb.debian.org/debian")
    (apt / "sources.list").write_text(f"deb-src {mirror} trixie main\n")
    options = [word for pair in (f"Dir::Etc::sourcelist={apt}/sources.list", "Dir::Etc::sourceparts=-",
                                 f"Dir::State::lists={apt}/lists", f"Dir::Cache={apt}/cache", "APT::Sandbox::User=root")
               for word in ("-o", pair)]
    run("apt-get", *options, "update", "-qq", stdout=subprocess.DEVNULL)
    for module in modules:
        # what is not to be had is told by its absence
        subprocess.run(["apt-get", *options, "source", "-qq", "--download-only", "--only-source", DEBIAN[module["name"]][0]],
                       cwd=apt / "sources", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    found = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in (apt / "sources").glob("*.orig.*")}
    for module in modules:
        for archive in archives(module):
            with contextlib.suppress(KeyError):
                place(found[archive["sha256"]],
                      folder / "downloads" / archive["sha256"] / archive["url"].rsplit("/", 1)[1])
    shutil.rmtree(apt)
    return [module["name"] for module in modules if any(archive["sha256"] not in found for archive in archives(module))]


def stage_checkout(checkout, folder):
    """Copies what belongs to the project: an open checkout has build directories too."""
    shutil.rmtree(folder, ignore_errors=True)
    names = run("git", "-C", checkout, "ls-files", "-z", "--cached", "--others", "--exclude-standard",
                capture_output=True).stdout.decode().split("\0")
    for name in filter(None, names):
        if (checkout / name).exists():
            place(checkout / name, folder / name)


def borrow(module):
    """The module as it is where its source cannot be had: the library of Debian's package, from the Sdk."""
    files = f"/usr/lib/*-linux-gnu/{DEBIAN[module['name']][2]}.so.*"
    return {"name": module["name"], "buildsystem": "simple",
            "build-commands": ["mkdir -p ${FLATPAK_DEST}/lib", f"cp -a {files} ${{FLATPAK_DEST}}/lib/"]}


def write_manifest(manifest, checkout, out):
    """Makes of the real manifest one that can be built here. Returns its path, and the modules whose source cannot be had."""
    fetched = json.loads(run("flatpak-builder", "--show-manifest", manifest, cwd=out, capture_output=True, text=True).stdout)
    theirs = [module for module in fetched["modules"] if archives(module)]
    missing = fetch_sources(theirs, out / "sources")
    stage_checkout(checkout, out / "checkout")
    modules = []
    for module in fetched["modules"]:
        if module["name"] in missing:
            module = borrow(module)
        for source in module.get("sources", []):
            if source["type"] == "dir":
                source["path"] = str(out / "checkout")
                source.pop("skip", None)
            elif "path" in source:
                source["path"] = str(manifest.parent / pathlib.Path(source["path"]).name)
        modules.append(module)
    path = out / manifest.with_suffix(".json").name
    path.write_text(json.dumps(fetched | {"runtime-version": BRANCH, "modules": modules}, indent=2) + "\n")
    return path, missing
