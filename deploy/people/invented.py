# SPDX-License-Identifier: GPL-3.0-or-later
"""The password that nobody has: a whole Argon2id hash without a password behind it.

Everybody who is invited gets one, made of a random salt and a random tag. It costs the engine as much to refuse a password
against it as against anybody's, so that the time of an answer does not tell who has not begun. To sign in with it, one
would have to find a password to a random tag of 256 bits."""

import base64
import dataclasses
import re
import secrets

VERSION = 19  # RFC 9106, section 3.1: 0x13
PHC = re.compile(r"\$argon2id\$v=(\d+)\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)")


@dataclasses.dataclass(frozen=True)
class Cost:
    """What the engine's own hashes cost; another one here would tell newcomers by the time."""

    memory: int  # KiB
    iterations: int
    parallelism: int
    salt: int = 16
    tag: int = 32


def _encode(data):
    return base64.b64encode(data).decode().rstrip("=")


def _decode(text):
    if len(text) % 4 == 1:
        raise ValueError("base64 that is cut off")
    data = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    if _encode(data) != text:
        raise ValueError("base64 with stray bits, which the engine refuses")
    return data


def invent(cost):
    phc = (f"$argon2id$v={VERSION}$m={cost.memory},t={cost.iterations},p={cost.parallelism}"
           f"${_encode(secrets.token_bytes(cost.salt))}${_encode(secrets.token_bytes(cost.tag))}")
    check(phc, cost)
    return phc


def check(phc, cost):
    """Reads a hash as the engine will, which takes malformed ones at import and fails at every sign-in from then on: at once,
    which tells the account apart, and for ever."""
    match = PHC.fullmatch(phc)
    if not match:
        raise ValueError("no Argon2id hash in the form of the PHC")
    version, memory, iterations, parallelism = (int(match[index]) for index in range(1, 5))
    if version != VERSION:
        raise ValueError(f"version {version} of Argon2; the engine knows {VERSION}")
    # RFC 9106, section 3.1
    if not (1 <= parallelism < 1 << 24 and 1 <= iterations < 1 << 32 and 8 * parallelism <= memory < 1 << 32):
        raise ValueError("a cost that Argon2 does not have")
    if (memory, iterations, parallelism) != (cost.memory, cost.iterations, cost.parallelism):
        raise ValueError("another cost than the engine's own hashes")
    if (len(_decode(match[5])), len(_decode(match[6]))) != (cost.salt, cost.tag):
        raise ValueError("a salt or a tag of another length than the engine's own")
