# SPDX-License-Identifier: GPL-3.0-or-later
"""A vendor who releases, a server on this computer, and clean installations that know nothing but what they are told."""

import base64
import functools
import http.server
import os
import pathlib
import re
import shutil
import subprocess
import threading

CHECKOUT = pathlib.Path(__file__).resolve().parents[2]
RELEASE = ["/usr/bin/python3", str(CHECKOUT / "flatpak" / "release" / "release.py")]
APP = "io.github.firstlogin.FirstLogin"
POLICY = f"{APP}.Policy"
RUNTIME = "org.gnome.Platform"


def arch():
    return subprocess.check_output(["flatpak", "--default-arch"], text=True).strip()


def run(*command, **options):
    """Runs a program that must succeed; returns what it printed."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, f"{command} ended with {done.returncode}: {done.stderr}"
    return done.stdout


def copy(source, target):
    """A copy of a directory, to be tampered with."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("S.*"))
    return target


def spoil(path):
    """Changes one byte in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x01
    path.write_bytes(content)


class Server:
    """Serves a directory on the loopback interface and remembers what was asked for."""

    def __init__(self, directory):
        asked = self.asked = []

        class Handler(http.server.SimpleHTTPRequestHandler):
            """Says nothing, notes the paths."""
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                asked.append(self.path)
                super().do_GET()

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=directory))
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    def close(self):
        self.http.shutdown()
        self.http.server_close()


class Vendor:
    """Somebody with keys and a directory of releases; the app and the runtime are a few bytes unless they are given."""

    def __init__(self, directory, url):
        self.directory, self.url = directory, url
        self.homedir = directory / "gnupg"
        self.homedir.mkdir(parents=True, mode=0o700, exist_ok=True)
        self.built, self.runtime = directory / "built", directory / "runtime"
        self.public, self.usb, self.repo = directory / "public", directory / "usb", directory / "public" / "repo"
        self.keys = ""

    def gpg(self, *arguments, **options):
        return run("gpg", "--homedir", self.homedir, "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "",
                   *arguments, **options)

    def key(self, owner, expires="2y", *options):
        """Makes a throw-away key; returns its fingerprint."""
        self.gpg(*options, "--quick-generate-key", f"{owner} <{owner}@example.org>", "ed25519", "sign", expires)
        listing = self.gpg("--with-colons", "--list-keys", f"<{owner}@example.org>")
        return re.search(r"^fpr:+([0-9A-F]{40}):", listing, re.MULTILINE)[1]

    def configure(self, keys=None, **more):
        """Writes release.conf."""
        self.keys = self.keys if keys is None else keys
        given = {"url": self.url, "keys": self.keys, "homedir": self.homedir, **more}
        (self.directory / "release.conf").write_text("[release]\n" + "".join(f"{key} = {value}\n" for key, value in given.items()))

    def build(self, version):
        """A version of the app that is a file with the version in it, and some that stay the same."""
        tree = self.directory / "tree"
        (tree / "files").mkdir(parents=True, exist_ok=True)
        (tree / "export").mkdir(exist_ok=True)
        (tree / "files" / "version").write_text(version)
        (tree / "files" / "same").write_bytes(bytes(range(256)) * 400)
        (tree / "metadata").write_text(f"[Application]\nname={APP}\nruntime={RUNTIME}/{arch()}/48\nsdk=org.gnome.Sdk/{arch()}/48\n\n"
                                       f"[Extension {POLICY}]\nversion=1\ndirectory=etc/xdg/first-login\nno-autodownload=true\n")
        run("flatpak", "build-export", self.built, tree, "stable")

    def build_runtime(self, extensions="", **more):
        """A runtime of one file, in a repository that has another one, too, and more (names and branches)."""
        for name, branch in {RUNTIME: "48", "org.gnome.Sdk": "48", **more}.items():
            tree = self.directory / name
            (tree / "files").mkdir(parents=True)
            (tree / "files" / "blob").write_bytes(name.encode() * 1000)
            (tree / "metadata").write_text(f"[Runtime]\nname={name}\nruntime={RUNTIME}/{arch()}/48\nsdk=org.gnome.Sdk/{arch()}/48\n\n"
                                           + (extensions if name == RUNTIME else ""))
            run("flatpak", "build-export", "--runtime", "--files=files", self.runtime, tree, branch)

    def try_to(self, *arguments, **options):
        """Runs ./dev release's program; returns how it ended."""
        return subprocess.run([*RELEASE, "--directory", str(self.directory), *map(str, arguments)], capture_output=True, text=True,
                              check=False, stdin=subprocess.DEVNULL, **options)

    def release(self, *arguments):
        """Releases what was built, as it must succeed; returns what was said on the side."""
        done = self.try_to("--app", self.built, *arguments)
        assert done.returncode == 0, done.stderr
        return done.stderr

    def commit(self, ref):
        return run("ostree", f"--repo={self.repo}", "rev-parse", ref).strip()

    def app(self):
        """The commit that is the newest version of the app."""
        return self.commit(f"app/{APP}/{arch()}/stable")

    def close(self):
        run("gpgconf", "--homedir", self.homedir, "--kill", "all")


def came_as_delta(asked, commit, before=None):
    """Whether the commit came as a delta, from the one before or from nothing.

    OSTree looks at the commit while the parts come, and then asks for a file or two that is not there yet.
    """
    name = "-".join(base64.b64encode(bytes.fromhex(each)).decode().rstrip("=").replace("/", "_")
                    for each in (before, commit) if each)
    return any(path.endswith(f"/deltas/{name[:2]}/{name[2:]}/0") for path in asked)


class Client:
    """A computer on which nothing was installed yet: its own home, its own Flatpak."""

    def __init__(self, directory, *prefix):
        self.directory, self.prefix = directory, prefix
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith(("XDG_", "FLATPAK_", "GNUPG", "DBUS_", "GIO_", "http_", "https_"))}
        for name, at in {"HOME": "home", "XDG_RUNTIME_DIR": "run", "FLATPAK_USER_DIR": "user", "FLATPAK_SYSTEM_DIR": "system",
                         "FLATPAK_CONFIG_DIR": "etc", "FLATPAK_SYSTEM_CACHE_DIR": "cache"}.items():
            (directory / at).mkdir(parents=True, mode=0o700)
            self.environment[name] = str(directory / at)

    def run(self, *command):
        return subprocess.run([str(word) for word in (*self.prefix, *command)], env=self.environment, capture_output=True, text=True,
                              check=False, stdin=subprocess.DEVNULL)

    def must(self, *command):
        done = self.run(*command)
        assert done.returncode == 0, f"{command} ended with {done.returncode}: {done.stderr}"
        return done.stdout

    def add(self, url, key):
        """Trusts a key for a repository."""
        self.must("flatpak", "--user", "remote-add", f"--gpg-import={key}", "first-login", url)

    def install(self, *names):
        return self.run("flatpak", "--user", "install", "--noninteractive", "first-login", *(names or [APP]))

    def update(self):
        return self.run("flatpak", "--user", "update", "--noninteractive")

    def installed(self):
        """What is installed, by name, with its commit."""
        listing = self.must("flatpak", "--user", "list", "--columns=application,active")
        rows = [line.split() for line in listing.splitlines() if line.strip()]
        commits = {}
        for name, _ in rows:
            commits[name] = self.must("flatpak", "--user", "info", "--show-commit", name).strip()
        return commits

    def version(self):
        """What the installed app has in its file, or None."""
        file = self.directory / "user" / "app" / APP / "current" / "active" / "files" / "version"
        return file.read_text() if file.exists() else None

    def point(self, url):
        """Has the same remote at another address: a server that turned bad."""
        self.must("flatpak", "--user", "remote-modify", f"--url={url}", "first-login")

    def why_not(self):
        """Why the remote is not trusted, as flatpak remote-ls says; it must fail."""
        done = self.run("flatpak", "--user", "remote-ls", "first-login")
        assert done.returncode != 0, done.stdout
        return done.stderr

    def keyring(self):
        return self.must("gpg", "--with-colons", "--show-keys", self.directory / "user" / "repo" / "first-login.trustedkeys.gpg")


class Lab:
    """What the cases share: a server, and a vendor who released “one” and then “two”, both kept as they were published."""

    def __init__(self, directory):
        self.root = directory
        self.server = Server(directory)
        self.vendors, self.count = [], 0
        vendor = self.vendor = self.new_vendor()
        vendor.configure(vendor.key("it"), policy="policy")
        (vendor.directory / "policy").mkdir()
        (vendor.directory / "policy" / "policy.conf").write_text("[First Login]\nserver=https://login.example.org\n")
        vendor.build_runtime()
        vendor.build("one")
        vendor.release("--with-runtime", vendor.runtime)
        self.one, self.key = copy(vendor.public, directory / "one"), vendor.public / "first-login.gpg"
        self.usb_one, self.commit_one = copy(vendor.usb, directory / "usb one"), vendor.app()
        vendor.build("two")
        vendor.release()
        self.two, self.commit_two = copy(vendor.public, directory / "two"), vendor.app()

    def new_vendor(self, name=None):
        name = name or f"vendor{len(self.vendors)}"
        self.vendors.append(Vendor(self.root / name, f"{self.server.url}/{name}/public"))
        return self.vendors[-1]

    def client(self, *prefix):
        self.count += 1
        return Client(self.root / f"client{self.count}", *prefix)

    def client_of_one(self):
        """A client that installed “one”, and trusts the key."""
        client = self.client()
        client.add(self.at("one"), self.key)
        done = client.install()
        assert done.returncode == 0, done.stderr
        assert client.version() == "one"
        return client

    def at(self, name):
        """Where the repository of a published directory is served."""
        return f"{self.server.url}/{name}/repo"

    def close(self):
        self.server.close()
        for vendor in self.vendors:
            vendor.close()
