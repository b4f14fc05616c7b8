# SPDX-License-Identifier: GPL-3.0-or-later
"""What Postfix's log knows: whether a mail was taken, and which mails came back."""

import datetime
import os
import re
import shutil
import subprocess

FILE = "/var/log/mail.log"
DAYS = 8  # how far back the journal is read: what people are asked about within a week
LINE = re.compile(r"^(\S+(?: +\d+ [\d:]{8})?) \S+ postfix[^/ ]*/(?:\S+/)?(\w+)\[\d+\]: ([0-9A-Za-z]{6,}): (.*)$")
BAD = ("bounced", "expired")


def default_source():
    """The file where there is one, else systemd's journal, else nothing."""
    if os.access(FILE, os.R_OK):
        return FILE
    return "journal" if shutil.which("journalctl") and os.path.isdir("/run/systemd/system") else ""


def _lines(source):
    if source != "journal":
        with open(source, encoding="utf-8", errors="replace") as file:
            yield from file
        return
    words = ["journalctl", "--quiet", "--no-pager", "--output=short-iso", f"--since=-{DAYS}d", "--facility=mail"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, errors="replace") as process:
        yield from process.stdout


def _entries(source):
    """Gives (time, daemon, queue id, text)."""
    for line in _lines(source):
        match = LINE.match(line)
        if match:
            yield match.groups()


def read_time(text):
    """A log's time, in UTC: ISO 8601, or the old form, which has no year and no zone."""
    try:
        return datetime.datetime.fromisoformat(text).astimezone(datetime.timezone.utc)
    except ValueError:
        now = datetime.datetime.now().astimezone()
        when = datetime.datetime.strptime(f"{now.year} {text}", "%Y %b %d %H:%M:%S").replace(tzinfo=now.tzinfo)
        if when > now + datetime.timedelta(days=1):
            when = when.replace(year=now.year - 1)
        return when.astimezone(datetime.timezone.utc)


def find_taken(source, message_ids):
    """Those of the Message-IDs whose mail is Postfix's now, and those that are still coming in. The name alone is not enough:
    it is logged before the mail has come to its end."""
    coming = {}
    taken = set()
    for _, daemon, queue, text in _entries(source):
        name = re.match(r"message-id=(<[^>]*>)", text) if daemon == "cleanup" else None
        if name and name[1] in message_ids:
            coming[queue] = name[1]
        elif daemon == "qmgr" and queue in coming and "(queue active)" in text:
            taken.add(coming.pop(queue))
        elif "reject:" in text:
            coming.pop(queue, None)
    return taken, set(coming.values()) - taken


def find_bounced(source):
    """{address: (time, why)} of those whose latest mail did not arrive. Of a mail that it gives up, being too old, Postfix
    says only which it was: whom it was for stands where it was put off, and why."""
    bounced = {}
    put_off = {}
    for when, daemon, queue, text in _entries(source):
        if daemon == "qmgr":
            if re.match(r"from=<[^>]*>, status=expired\b", text):
                bounced |= {address: (read_time(when), why) for address, why in put_off.get(queue, {}).items()}
            if text == "removed":
                put_off.pop(queue, None)
            continue
        match = re.match(r"(?:to=<([^>]*)>, (?:orig_to=<([^>]*)>, )?.*?\bstatus=(\w+) ?(.*))", text)
        if not match:
            continue
        address = (match[2] or match[1]).lower()
        put_off.get(queue, {}).pop(address, None)
        if match[3] in BAD:
            bounced[address] = read_time(when), match[4].strip("()")
        elif match[3] == "deferred":
            put_off.setdefault(queue, {})[address] = match[4].strip("()")
        elif match[3] == "sent":
            bounced.pop(address, None)
    return bounced
