# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies what was released to where it is served, in an order in which a client never meets a name before the thing."""

from tools import REMOTE, Refusal, run

# What is named by its content comes first; what names it comes later; the summary, by which clients begin, after all of
# that. Within a phase the order does not matter, but for the last, which goes file by file. rsync replaces each file whole.
PHASES = (
    ("repo/objects",),
    ("repo/deltas", "repo/delta-indexes"),
    ("repo/config", "repo/refs", "repo/summaries"),
    ("repo/summary.idx",),
    ("repo/summary.idx.sig",),
    ("repo/summary",),
    ("repo/summary.sig",),
    (f"{REMOTE}.gpg", f"{REMOTE}.flatpakrepo", f"{REMOTE}.flatpakref"),
)


def copy(settings, names, target, *options):
    sources = [f"{settings.public}/./{name}" for name in names if (settings.public / name).exists()]
    return run("rsync", "--recursive", "--times", "--relative", "--mkpath", "--chmod=D755,F644", *options, *sources, f"{target}/")


def publish(settings, target):
    """Brings a directory, or HOST:DIRECTORY, up to what was released last. Removes nothing: a client may still be reading."""
    if not (settings.repository / "summary.sig").exists():
        raise Refusal("Nothing was released yet: ./dev release comes first.")
    for number, names in enumerate(PHASES):
        # Objects and deltas never change under their names, and are many; of the others, size and time may deceive.
        copy(settings, names, target, *(["--checksum"] if number > 1 else []))


def tidy(settings, target):
    """Removes from a published repository what the version released last no longer has."""
    if copy(settings, ["repo/summary.idx"], target, "--checksum", "--dry-run", "--out-format=%n").strip():
        raise Refusal(f"{target} does not have what was released last: publish first, and tidy once clients have had time to read.")
    copy(settings, ["repo"], target, "--delete", "--existing", "--ignore-existing")
