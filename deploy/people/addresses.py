# SPDX-License-Identifier: GPL-3.0-or-later
"""Mail addresses, as people sign in with them: the assistant's own rules, and what the engine can send a code to."""

import re
import unicodedata

# RFC 5321, section 4.5.3.1, and RFC 1035, section 2.3.4; all in octets.
LOCAL_PART_MAX = 64
DOMAIN_MAX = 255
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


class BadAddress(ValueError):
    """Says what is wrong with an address, and what to do."""


def trim(text):
    """Takes away what is blank or invisible at both ends, as pasted cells have it, and composes letters (NFC)."""
    text = unicodedata.normalize("NFC", text)

    def is_blank(character):
        return character.isspace() or unicodedata.category(character) in ("Cc", "Cf", "Zs", "Zl", "Zp")
    start, end = 0, len(text)
    while start < end and is_blank(text[start]):
        start += 1
    while end > start and is_blank(text[end - 1]):
        end -= 1
    return text[start:end]


def canonical(text):
    """The one form in which an address is compared and stored. The engine tells no capital letter from a small one."""
    address = trim(text)
    if not address:
        raise BadAddress("there is no address")
    if address.count("@") != 1:
        inside = re.search(r"<([^<>@\s]+@[^<>@\s]+)>", address)
        hint = f"; did you mean {inside[1]}?" if inside else ""
        raise BadAddress(f"{shown(address)} is no address: it wants exactly one @{hint}")
    inside = re.search(r"<([^<>]+)>|^mailto:(.+)", address, re.IGNORECASE)
    if inside:
        raise BadAddress(f"{shown(address)} is more than an address; did you mean {shown(inside[1] or inside[2])}?")
    if not address.isascii():
        odd = next(character for character in address if not character.isascii())
        raise BadAddress(f"{shown(address)} has {unicodedata.name(odd, 'a character without name')} in it: codes cannot be mailed "
                         "to it. Wants letters a to z, and a domain as its mail server has it (xn--...)")
    local, _, domain = address.partition("@")
    wrong = re.search(r"[^A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]", local)
    if wrong:
        raise BadAddress(f"{shown(address)} has {wrong[0]!r} before the @")
    if not local or len(local) > LOCAL_PART_MAX or local.startswith(".") or local.endswith(".") or ".." in local:
        raise BadAddress(f"{shown(address)} has nothing, too much or stray dots before the @")
    domain = domain.lower()
    if len(domain) > DOMAIN_MAX or not all(LABEL.fullmatch(label) for label in domain.split(".")):
        raise BadAddress(f"{shown(address)} has no domain behind the @")
    return f"{local.lower()}@{domain}"


def shown(text, length=80):
    """A text of others that is safe on a terminal and in a log, in quotation marks, and not longer than a line."""
    return "“" + plain(text, length) + "”"


def plain(text, length=80):
    """The same without quotation marks: what is invisible, or steers a terminal, is shown as a question mark."""
    text = "".join("?" if unicodedata.category(character)[0] in "CZ" and character != " " else character
                   for character in text[:length + 1])
    return text if len(text) <= length else text[:length - 1] + "…"
