# SPDX-License-Identifier: GPL-3.0-or-later
"""A small repository for a fleet, made in seconds: a runtime that has a shell and nothing else, and an app whose
first-login is a script. It is signed, as the real one is."""

import base64
import pathlib
import re
import shutil
import subprocess

APP = "io.github.firstlogin.FirstLogin"
RUNTIME = "org.example.Platform"

# Says what a policy says, as the sandbox sees it.
PROGRAM = """#!/bin/sh
policy=/app/etc/xdg/first-login/policy.conf
case $1 in
  --check-policy) while read -r line; do case $line in *nonsense*) echo "line 2: nonsense" >&2; exit 1;; esac; done ;;
  --doctor)
    url= line=
    while read -r line; do case $line in url=*) url=${line#url=};; esac; done <$policy || true
    case $url in *down*) verdict=red;; *) verdict=green;; esac
    status=0; [ $verdict = green ] || status=2
    echo '{"version": "VERSION", "verdict": "'$verdict'", "server": "'$url'", "checks": ['
    echo '{"check": "tcp", "verdict": "'$verdict'", "cause": "x", "sentence": "It is '$verdict'.", "next": "Look.", "facts": {}},'
    echo '{"check": "keyring", "verdict": "red", "cause": "x", "sentence": "Nobody is logged in.", "next": null, "facts": {}}]}'
    exit $status ;;
  *) echo VERSION ;;
esac
"""


def run(*words, **options):
    done = subprocess.run([str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                          **options)
    assert done.returncode == 0, f"{words}: {done.stdout}"
    return done.stdout


class Remote:
    """What ./dev release leaves on a server, in small."""

    def __init__(self, folder):
        self.folder = folder
        self.repo = folder / "repo"
        self.keys = folder / "keys"
        self.keys.mkdir(parents=True, mode=0o700)
        self.arch = run("flatpak", "--default-arch").strip()
        self.description = folder / "first-login.flatpakrepo"
        self.make_key()
        self.export("runtime", self.runtime())
        self.release("1")

    def make_key(self):
        """Makes a key, and the description that tells desktops of it."""
        run("gpg", "--homedir", self.keys, "--batch", "--quiet", "--passphrase", "", "--quick-generate-key",
            f"fleet{len(list(self.keys.glob('openpgp-revocs.d/*')))}@example.com", "ed25519", "sign", "1d")
        listing = run("gpg", "--homedir", self.keys, "--with-colons", "--list-secret-keys")
        self.key = re.findall(r"^fpr:+([0-9A-F]+):", listing, re.M)[-1]
        public = subprocess.run(["gpg", "--homedir", self.keys, "--export", self.key], check=True, capture_output=True).stdout
        self.description.write_text(f"[Flatpak Repo]\nTitle=Fleet\nUrl=file://{self.repo}\n"
                                    f"GPGKey={base64.b64encode(public).decode()}\n")

    def change_key(self):
        """Signs with another key from now on, and what is there already anew."""
        self.make_key()
        shutil.rmtree(self.repo / "refs/heads")
        (self.repo / "refs/heads").mkdir()
        self.export("runtime", self.folder / "runtime")

    def end(self):
        """Ends the agent that gpg has started."""
        run("gpgconf", "--homedir", self.keys, "--kill", "gpg-agent")

    def runtime(self):
        tree = self.folder / "runtime"
        files = tree / "files"
        shell = pathlib.Path("/bin/sh").resolve()
        for path in [shell, *map(pathlib.Path, re.findall(r"(/\S+)", run("ldd", shell)))]:
            place = files / str(path).removeprefix("/usr").lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, place)
        (files / "bin" / shell.name).rename(files / "bin/sh")
        (files / "etc").mkdir()
        (tree / "metadata").write_text(f"[Runtime]\nname={RUNTIME}\nruntime={RUNTIME}/{self.arch}/1\nsdk={RUNTIME}/{self.arch}/1\n")
        return tree

    def release(self, version, app=APP):
        """Publishes a version of the app, or of another one that is like it."""
        tree = self.folder / f"{app}-{version}"
        program = tree / "files/bin/first-login"
        program.parent.mkdir(parents=True)
        program.write_text(PROGRAM.replace("VERSION", version))
        program.chmod(0o755)
        (tree / "files/etc/xdg/first-login").mkdir(parents=True)
        (tree / "export").mkdir()
        (tree / "metadata").write_text(
            f"[Application]\nname={app}\nruntime={RUNTIME}/{self.arch}/1\nsdk={RUNTIME}/{self.arch}/1\ncommand=first-login\n\n"
            f"[Context]\nshared=network;\n\n[Extension {APP}.Policy]\nversion=1\ndirectory=etc/xdg/first-login\n"
            "no-autodownload=true\nautodelete=true\n")
        self.export("stable", tree)

    def export(self, kind, tree):
        branch = "1" if kind == "runtime" else kind
        sign = [f"--gpg-homedir={self.keys}", f"--gpg-sign={self.key}"]
        run("flatpak", "build-export", *(["--runtime", "--files=files"] if kind == "runtime" else []), *sign, self.repo, tree, branch)
        run("flatpak", "build-update-repo", *sign, self.repo)
