# SPDX-License-Identifier: GPL-3.0-or-later
"""How far somebody has come, from what the engine shows of an account.

Everybody who was invited has a password from the first moment: one that nobody knows. What was seen on Kratos v26.2.0
tells it from a chosen one: both times of the credential are the same instant from the import until a password is set, which
moves `updated_at` alone; and redeeming a mailed code moves `verified_at` of the address behind its `created_at`."""

import dataclasses
import datetime

from people.engine import address_of

NOT_BEGUN, BEGUN, STUCK, BOUNCED = "not begun", "begun", "stuck", "mail bounced"
PASSWORD_SET, TWO_FACTOR_ON, DISABLED = "password set", "two-factor on", "disabled"
ORDER = (NOT_BEGUN, BEGUN, STUCK, BOUNCED, PASSWORD_SET, TWO_FACTOR_ON, DISABLED)
MARK = "first_login"  # the member of metadata_admin that is ours
SECOND_FACTORS = ("totp", "webauthn")


@dataclasses.dataclass(frozen=True)
class Standing:
    """`where` is the page of the guide on which somebody is, or was left; `why` what the mail system said."""

    state: str
    since: datetime.datetime | None
    where: str = ""
    why: str = ""


@dataclasses.dataclass(frozen=True)
class Mail:
    """The latest mail with a code that was asked for."""

    at: datetime.datetime
    is_abandoned: bool


def read_time(text):
    """A time of the engine (RFC 3339); None for none, also in Go's way of saying so."""
    if not text or text.startswith("0001-"):
        return None
    return datetime.datetime.fromisoformat(text)


def is_invited(identity):
    """Whether the account's first password was invented here."""
    return MARK in (identity.get("metadata_admin") or {})


def password_set_at(identity):
    """When the person has chosen a password; None while there is only the invented one."""
    password = identity.get("credentials", {}).get("password")
    if not password:
        return None
    created, updated = read_time(password["created_at"]), read_time(password["updated_at"])
    return updated if updated != created or not is_invited(identity) else None


def code_used_at(identity):
    """When a mailed code of that address was last redeemed."""
    for address in identity.get("verifiable_addresses") or []:
        verified = read_time(address.get("verified_at"))
        if address["value"] == address_of(identity) and verified and verified > read_time(address["created_at"]):
            return verified
    return None


def two_factor_at(identity):
    found = [read_time(identity["credentials"][kind]["created_at"]) for kind in SECOND_FACTORS if kind in identity.get("credentials", {})]
    return min(found) if found else None


def judge(identity, mail, bounce, now, patience):
    """`mail` is the latest Mail to that address, `bounce` (time, why) of one that came back; both may be None. Whoever has
    not moved for `patience` is stuck."""
    if identity.get("state") == "inactive":
        return Standing(DISABLED, read_time(identity.get("state_changed_at")))
    password, code, second = password_set_at(identity), code_used_at(identity), two_factor_at(identity)
    returned = _returned(mail, bounce)
    if returned and all(step is None or step < returned[0] for step in (password, code, second)):
        return Standing(BOUNCED, returned[0], "Check your inbox", returned[1])
    if second and password:
        return Standing(TWO_FACTOR_ON, second)
    if password:
        since, where, moving = password, "Activate two-factor authentication", PASSWORD_SET
    elif code:
        since, where, moving = code, "New password", BEGUN
    elif mail:
        since, where, moving = mail.at, "Check your inbox", BEGUN
    else:
        # of an account that was given another address: since then
        invented = identity.get("credentials", {}).get("password", identity)
        return Standing(NOT_BEGUN, read_time(invented["created_at"]))
    return Standing(STUCK if now - since > patience else moving, since, where)


def _returned(mail, bounce):
    """The latest of what did not arrive: (time, why)."""
    abandoned = (mail.at, "the engine has given the mail up") if mail and mail.is_abandoned else None
    found = [each for each in (abandoned, bounce) if each]
    return max(found, key=lambda each: each[0]) if found else None


def latest_mails(messages):
    """{address: Mail} of the engine's messages, which come newest first."""
    mails = {}
    for message in messages:
        address = message["recipient"].lower()
        if message["template_type"] == "recovery_code_valid" and address not in mails:
            mails[address] = Mail(read_time(message["created_at"]), message["status"] == "abandoned")
    return mails
