# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a program whose standard error is the journal, as a desktop does: journal.py PROGRAM [ARGUMENT...], in namespaces of
its own (unshare --map-current-user --mount). Prints each message as the journal gets it, with all its fields, and what is
written to the stream, as it comes."""

import os
import selectors
import socket
import subprocess
import sys

FOLDER = "/run/systemd/journal"


def print_all(*sockets):
    with selectors.DefaultSelector() as selector:
        for each in sockets:
            selector.register(each, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select():
                # a long message comes as a file instead, by its descriptor
                data, descriptors, _, _ = socket.recv_fds(key.fileobj, 2**20, 1)
                for descriptor in descriptors:
                    with open(descriptor, "rb") as file:
                        data += os.pread(file.fileno(), 2**24, 0)
                os.write(sys.stdout.fileno(), data)
                if key.fileobj.type == socket.SOCK_STREAM and not data:
                    return


subprocess.run(["mount", "-t", "tmpfs", "none", "/run"], check=True)
os.makedirs(FOLDER)
messages = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
messages.bind(f"{FOLDER}/socket")
listener = socket.socket(socket.AF_UNIX)
listener.bind(f"{FOLDER}/stdout")
listener.listen()
stream = socket.socket(socket.AF_UNIX)
stream.connect(f"{FOLDER}/stdout")
other_end, _ = listener.accept()
if os.fork():
    os.dup2(stream.fileno(), sys.stderr.fileno())
    os.execv(sys.argv[1], sys.argv[1:])
stream.close()
print_all(messages, other_end)
