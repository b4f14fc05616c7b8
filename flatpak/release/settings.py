# SPDX-License-Identifier: GPL-3.0-or-later
"""What an organisation says once about its releases: DIRECTORY/release.conf, where everything that is made goes too."""

import configparser
import os
import pathlib
import re
from dataclasses import dataclass

from tools import Refusal

EXAMPLE = pathlib.Path(__file__).with_name("release.conf")
MAKE_A_KEY = "gpg --quick-generate-key 'First Login releases <it@example.org>' ed25519 sign 2y"


@dataclass(frozen=True)
class Settings:
    """The settings of one directory of releases; paths in them are absolute."""
    directory: pathlib.Path
    url: str
    keys: tuple[str, ...]
    revoked: tuple[str, ...]
    homedir: pathlib.Path
    policy: pathlib.Path | None

    @property
    def public(self):
        """What is served at the URL."""
        return self.directory / "public"

    @property
    def repository(self):
        """The OSTree repository in it."""
        return self.public / "repo"


def read(directory):
    """Reads DIRECTORY/release.conf; refuses what is missing or not understood."""
    directory = pathlib.Path(directory).absolute()
    file = directory / "release.conf"
    if not file.exists():
        raise Refusal(f"There is no {file}: mkdir -p {directory} && cp {EXAMPLE} {file}, and fill it in.")

    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read(file, encoding="utf-8")
        given = dict(parser["release"])
    except (configparser.Error, KeyError, UnicodeDecodeError) as problem:
        raise Refusal(f"{file} is not understood: {problem}") from None
    unknown = set(given) - {"url", "keys", "revoked", "homedir", "policy"}
    if unknown:
        raise Refusal(f"{file}: “{min(unknown)}” is none of url, keys, revoked, homedir, policy.")

    url = given.get("url", "").rstrip("/")
    if not re.fullmatch(r"https?://[^\s?#]+", url):
        raise Refusal(f"{file}: url must be the http(s) address where {directory / 'public'} will be served.")
    return Settings(directory, url, fingerprints(file, given, "keys"), fingerprints(file, given, "revoked"),
                    homedir(directory, given), policy(directory, given))


def fingerprints(file, given, name):
    found = tuple(given.get(name, "").upper().split())
    for each in found:
        if not re.fullmatch(r"[0-9A-F]{40}", each):
            raise Refusal(f"{file}: {name} takes whole fingerprints of 40 hexadecimal digits (gpg --list-secret-keys), not “{each}”.")
    if name == "keys" and not found:
        raise Refusal(f"{file} names no key to sign with: make one with “{MAKE_A_KEY}” and put its fingerprint there as keys=.")
    return found


def homedir(directory, given):
    """Where GnuPG keeps the keys: never where it could be published."""
    path = pathlib.Path(given.get("homedir") or os.environ.get("GNUPGHOME") or "~/.gnupg").expanduser()
    path = (directory / path).resolve()
    if not path.is_dir():
        raise Refusal(f"GnuPG's directory {path} is not there: install -d -m 700 {path}, then {MAKE_A_KEY}.")
    if path.stat().st_mode & 0o077:
        raise Refusal(f"Others can look into GnuPG's directory: chmod 700 {path}")
    if path.is_relative_to((directory / "public").resolve()):
        raise Refusal(f"GnuPG's directory {path} would be published: keep it elsewhere.")
    return path


def policy(directory, given):
    if not given.get("policy"):
        return None
    path = directory / pathlib.Path(given["policy"]).expanduser()
    if not (path / "policy.conf").is_file():
        raise Refusal(f"There is no policy.conf in {path}, the directory that policy= names.")
    return path
