# SPDX-License-Identifier: GPL-3.0-or-later
"""The organisation's mail server, as far as whoever sends through it sees one: takes mails by SMTP (RFC 5321) and writes
each into a folder, or does what mail servers do on a bad day."""

import base64
import contextlib
import os
import pathlib
import socket
import socketserver
import ssl
import threading
import time

TAKES, TRIES_LATER, REFUSES, IS_SLOW = "takes", "tries later", "refuses", "is slow"


class MailServer:
    """Listens at 127.0.0.1:self.port, one that was free when it is given none. `mood` is what it does with a mail from now on:
    TAKES it, TRIES_LATER (451), REFUSES (550) or IS_SLOW (answers after self.seconds). down() and up() take the port away and
    bring it back. With an ssl.SSLContext it offers STARTTLS (RFC 3207), and takes mails over TLS only; with a login, (NAME,
    PASSWORD), only from whoever has it."""

    def __init__(self, folder, context=None, port=0, login=None):
        self.context = context
        self.login = login
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(exist_ok=True)
        self.mood = TAKES
        self.seconds = 5
        self.count = 0
        self.refused = 0
        self.lock = threading.Lock()
        self.port = port
        self.server = self.keeper = None
        self.up()

    def up(self):
        mail_server = self

        class Conversation(socketserver.StreamRequestHandler):
            def handle(self):
                # whoever sends may have gone
                with contextlib.suppress(ConnectionError, ssl.SSLError):
                    mail_server.converse(self)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
            request_queue_size = 256

        self.server = Server(("127.0.0.1", self.port), Conversation)
        self.port = self.server.server_address[1]
        if self.keeper:
            self.keeper.close()
        threading.Thread(target=self.server.serve_forever, args=[0.05], daemon=True).start()

    def down(self):
        """Whoever comes is refused by the system, and nobody else is given the port."""
        self.server.shutdown()
        self.server.server_close()
        self.server = None
        self.keeper = socket.socket()
        self.keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.keeper.bind(("127.0.0.1", self.port))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.server:
            self.down()
        self.keeper.close()

    def converse(self, conversation):
        def say(line):
            conversation.wfile.write(line.encode() + b"\r\n")

        conversation.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        say("220 mail.flexhrm.example ESMTP")
        recipients = []
        is_safe = self.context is None
        is_known = self.login is None
        while line := conversation.rfile.readline(2048):
            verb = line[:4].upper()
            if verb == b"DATA":
                say("354 go on")
                content = self.read(conversation.rfile)
                say(self.answer(recipients, content))
            elif verb == b"QUIT":
                say("221 bye")
                return
            elif verb == b"EHLO":
                say("250-mail.flexhrm.example")
                if not is_safe:
                    say("250-STARTTLS")
                elif not is_known:
                    say("250-AUTH PLAIN")
                say("250 8BITMIME")
            elif verb == b"STAR" and not is_safe:
                say("220 go on")
                connection = self.context.wrap_socket(conversation.connection, server_side=True)
                conversation.rfile, conversation.wfile = connection.makefile("rb"), connection.makefile("wb", buffering=0)
                is_safe = True
            elif not is_safe:
                say("530 STARTTLS first")
            elif verb == b"AUTH" and not is_known:
                # RFC 4616: who, as whom, password
                _, name, password = base64.b64decode(line.split()[2]).decode().split("\0")
                is_known = (name, password) == self.login
                say("235 welcome" if is_known else "535 not you")
            elif not is_known and verb == b"MAIL":
                say("530 who are you")
            else:
                if verb in (b"MAIL", b"RSET"):
                    recipients = []
                elif verb == b"RCPT":
                    recipients.append(line.split(b"<")[1].split(b">")[0].decode())
                say("250 ok")

    @staticmethod
    def read(file):
        """The mail up to the line with the dot, without the dots that were put before others (section 4.5.2)."""
        lines = []
        while (line := file.readline()) != b".\r\n":
            if not line:
                raise ConnectionError("hung up in the middle of a mail")
            lines.append(line.removeprefix(b"."))
        return b"".join(lines)

    def answer(self, recipients, content):
        mood = self.mood
        if mood == IS_SLOW:
            time.sleep(self.seconds)
        if mood in (TRIES_LATER, REFUSES):
            with self.lock:
                self.refused += 1
            return "451 try again later" if mood == TRIES_LATER else "550 not wanted"
        for recipient in recipients:
            self.write(recipient, content)
        return "250 taken"

    def write(self, recipient, content):
        with self.lock:
            self.count += 1
            number = self.count
        # numbered, so that the order is the one they came in; complete under their name
        hidden = self.folder / f".{number}"
        hidden.write_bytes(f"X-Recipient: {recipient}\r\n".encode() + content)
        os.rename(hidden, self.folder / f"{number:06}.eml")
