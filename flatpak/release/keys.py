# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys that sign a release, as GnuPG keeps them: private keys stay there, gpg-agent asks for a passphrase."""

import datetime
import os
import sys

from tools import Refusal, run

WARN_DAYS = 60


class Keyring:
    """The signing keys of some settings; made only if each of them can sign now and for a while."""

    def __init__(self, settings):
        self.homedir = settings.homedir
        self.fingerprints = settings.keys
        self.revoked = settings.revoked
        if sys.stdin.isatty():
            os.environ["GPG_TTY"] = os.ttyname(sys.stdin.fileno())
        for key in self.revoked:
            self.must_be_revoked(key)
        self.warnings = [warning for key in self.fingerprints if (warning := self.examine(key))]

    def gpg(self, *arguments, **options):
        return run("gpg", "--homedir", self.homedir, "--no-tty", "--quiet", *arguments, **options)

    def must_be_revoked(self, fingerprint):
        """Refuses a key that clients would be told to trust although the settings say that it was revoked."""
        try:
            listing = self.gpg("--with-colons", "--list-keys", fingerprint).decode()
        except Refusal:
            raise Refusal(f"GnuPG's directory {self.homedir} has no key {fingerprint}, which revoked= names.") from None
        if not any(line.startswith("pub:r:") for line in listing.splitlines()):
            raise Refusal(f"Key {fingerprint}, which revoked= names, was not revoked: gpg --homedir {self.homedir} --import its certificate.")

    def examine(self, fingerprint):
        """Refuses a key that cannot sign; returns a warning about one that expires soon, or None."""
        try:
            listing = self.gpg("--with-colons", "--list-secret-keys", fingerprint).decode()
        except Refusal:
            raise Refusal(f"GnuPG's directory {self.homedir} has no private key {fingerprint}.") from None
        rows = [line.split(":") for line in listing.splitlines()]
        validity = next(row[1] for row in rows if row[0] == "sec")
        renew = f"gpg --homedir {self.homedir} --quick-set-expire {fingerprint} 2y"
        if validity == "r":
            raise Refusal(f"Key {fingerprint} was revoked: name it in revoked=, and another one in keys=.")
        if validity == "e":
            raise Refusal(f"Key {fingerprint} has expired: renew it with “{renew}”, or replace it.")

        signing = [row[6] for row in rows if row[0] == "sec" or row[0] == "ssb" and "s" in row[11] and row[1] not in "er"]
        if not all(signing):
            raise Refusal(f"Key {fingerprint} never expires; whoever got it could sign for ever: give it a date with “{renew}”.")
        try:
            self.sign(b"", fingerprint)
        except Refusal as problem:
            raise Refusal(f"Key {fingerprint} cannot sign ({problem})") from None

        expires = datetime.datetime.fromtimestamp(min(map(int, signing)), datetime.timezone.utc)
        days = (expires - datetime.datetime.now(datetime.timezone.utc)).days
        if days >= WARN_DAYS:
            return None
        return f"Key {fingerprint} expires in {days} days: renew it with “{renew}” and release again before {expires:%Y-%m-%d}."

    def sign(self, content, *fingerprints):
        """A detached signature of the content by these keys, or by all."""
        users = [word for key in fingerprints or self.fingerprints for word in ("--local-user", key)]
        return self.gpg(*users, "--detach-sign", "--output", "-", input=content)

    def public(self):
        """The public keys: those that sign, and those that were revoked, so that clients learn it."""
        return self.gpg("--export-options", "export-minimal", "--export", *self.fingerprints, *self.revoked)

    def options(self):
        """How flatpak's commands are told to sign."""
        return [f"--gpg-homedir={self.homedir}", *(f"--gpg-sign={key}" for key in self.fingerprints)]
