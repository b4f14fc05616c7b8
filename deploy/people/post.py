# SPDX-License-Identifier: GPL-3.0-or-later
"""Hands mails to the mail server on this host, not faster than was said."""

import smtplib
import socket
import time

SECONDS = 60  # RFC 5321, section 4.5.3.2 allows more; the server is on this host


class MailDown(Exception):
    """The mail server takes nothing from anybody now."""


class MailLater(Exception):
    """The mail server does not take this mail now."""


class MailRefused(Exception):
    """The mail server will never take this mail."""


class MailUnknown(Exception):
    """The connection was lost after the mail had been handed over, and before it was taken."""


class Post:
    def __init__(self, host, port, per_minute):
        self.host = host
        self.port = port
        self.gap = 60 / per_minute
        self.next_at = time.monotonic()
        self.server = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._close()

    def _close(self):
        if self.server:
            try:
                self.server.quit()
            except (OSError, smtplib.SMTPException):
                self.server.close()
            self.server = None

    def connect(self):
        """Raises MailDown while there is nobody."""
        if self.server:
            return
        try:
            self.server = smtplib.SMTP(self.host, self.port, local_hostname=socket.gethostname(), timeout=SECONDS)
            self.server.ehlo_or_helo_if_needed()
        except (OSError, smtplib.SMTPException) as error:
            self.server = None
            raise MailDown(f"the mail server at {self.host}:{self.port} does not answer: {_say(error)}") from None

    def wait(self):
        """Waits until the next mail may go."""
        now = time.monotonic()
        if self.next_at > now:
            time.sleep(self.next_at - now)
        self.next_at = max(now, self.next_at) + self.gap

    def send(self, mail, sender, recipient):
        """Returns once the mail has been taken."""
        data = mail.as_bytes()
        self.connect()
        handed_over = False
        try:
            self._expect(*self.server.mail(sender), MailLater, MailDown)
            self._expect(*self.server.rcpt(recipient), MailLater, MailRefused)
            handed_over = True
            self._expect(*self.server.data(data), MailLater, MailRefused)
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            self.server.close()
            self.server = None
            problem = f"the mail server has hung up: {_say(error)}"
            raise (MailUnknown if handed_over else MailDown)(problem) from None
        except smtplib.SMTPDataError as error:  # DATA itself was refused: nothing has been handed over
            self._expect(error.smtp_code, error.smtp_error, MailLater, MailRefused)

    def _expect(self, code, text, later, never):
        if 200 <= code < 300:
            return
        problem = f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}".replace("\n", " ")
        if code == 421:  # RFC 5321, section 3.8: it closes the connection
            self.server.close()
            self.server = None
            raise MailDown(f"the mail server stops: {problem}")
        self.server.rset()
        raise (never if code >= 500 else later)(problem)


def _say(error):
    return str(getattr(error, "strerror", None) or error) or type(error).__name__
