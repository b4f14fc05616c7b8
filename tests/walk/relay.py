# SPDX-License-Identifier: GPL-3.0-or-later
"""A relay between the program and the service, for what happens on the way: it hands on what it gets, but may change it."""

import datetime
import http.client
import http.server
import re
import threading
import time
import urllib.parse


class Relay:
    """Listens at self.url. `change(method, path, headers)` may change the headers of a request, which is then handed on
    to self.target, or return (status, headers, body), which is then the answer. `ahead` is by how many seconds all times in
    the answers are ahead of the service's: what a computer gets to see whose own clock is behind."""

    ahead = 0

    def __init__(self, target=None, change=None):
        self.target = target
        self.change = change
        relay = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def hand_on(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                answer = relay.change(self.command, self.path, self.headers) if relay.change else None
                status, headers, content = answer or relay.fetch(self.command, self.path, self.headers, body)
                self.send_response(status)
                for name, value in headers:
                    if name.lower() not in ("transfer-encoding", "content-length", "connection", "date", "server"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def date_time_string(self, timestamp=None):
                return super().date_time_string((timestamp or time.time()) + relay.ahead)

            do_GET = do_POST = do_DELETE = hand_on

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def fetch(self, method, path, headers, body):
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(self.target).netloc)
        connection.request(method, path, body or None, dict(headers))
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, answer.getheaders(), self.shift(content) if self.ahead else content

    def shift(self, content):
        """Moves every time in an answer, as RFC 3339 has them."""
        def move(found):
            when = datetime.datetime.fromisoformat(found[1].decode()) + datetime.timedelta(seconds=self.ahead)
            return when.isoformat().encode() + found[2]
        return re.sub(rb"\b(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+Z|Z)", move, content)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
