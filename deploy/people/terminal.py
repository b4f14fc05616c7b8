# SPDX-License-Identifier: GPL-3.0-or-later
"""What is shown on a terminal while something long runs, and what is asked there."""

import os
import sys
import termios
import time

BETWEEN = 0.2  # seconds between two pictures of the bar


class Progress:
    """A bar on the terminal; nothing where standard error is none."""

    def __init__(self, what, total):
        self.what = what
        self.total = total
        self.done = 0
        self.began = time.monotonic()
        self.shown_at = 0.0
        self.is_on = sys.stderr.isatty() and total > 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.is_on:
            self.shown_at = 0
            self._show()
            print(file=sys.stderr)

    def step(self, count=1):
        self.done += count
        if self.is_on:
            self._show()

    def _show(self):
        now = time.monotonic()
        if now - self.shown_at < BETWEEN:
            return
        self.shown_at = now
        share = min(1, self.done / self.total)
        left = (now - self.began) * (1 - share) / share if share else 0
        bar = "#" * round(30 * share)
        print(f"\r{self.what} [{bar:<30}] {self.done}/{self.total}  {left:5.0f} s left ", end="", file=sys.stderr, flush=True)


class NoTerminal(Exception):
    """There is nobody to show a secret to."""


def show_once(lines):
    """Shows lines on the terminal itself, whatever standard output is, until Return is pressed; then they are gone from it,
    and they never were in what can be scrolled back."""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        raise NoTerminal("there is no terminal to show the code on; it is shown nowhere else") from None
    try:
        text = "\x1b[?1049h\x1b[2J\x1b[H" + "\r\n".join(lines) + "\r\n"
        termios.tcflush(terminal, termios.TCIFLUSH)
        os.write(terminal, text.encode())
        while os.read(terminal, 1) not in (b"\n", b"\r", b""):
            pass
    finally:
        os.write(terminal, b"\x1b[2J\x1b[?1049l")
        os.close(terminal)


def has_terminal():
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC))
    except OSError:
        return False
    return True
