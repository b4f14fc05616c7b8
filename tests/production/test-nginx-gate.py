# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that is sent to the gate by itself in tests/gate, sent to the real nginx with the real gate and the training
service behind it: none of it sends a mail, and what is no good question comes to nobody.

Usage: test-nginx-gate.py SERVICE-HOST FIRST-LOGIN-GATE"""

import http.client
import importlib.util
import ssl
import sys

from front import NAME, TESTS, Front, program

sys.path.insert(0, str(TESTS / "gate"))
from gate_host import Gate, main  # noqa: E402
from service_host import exchange  # noqa: E402


def load(name):
    """A module whose file is named as a program."""
    spec = importlib.util.spec_from_file_location(name.replace("-", "_"), TESTS / "gate" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


forms = load("test-forms")


class BehindNginx(Gate):
    """A gate that is asked as people's computers ask it; `front` is what they reach."""

    def request(self, method, path, body=None, headers=None, token=None, source=None):
        context = ssl.create_default_context(cafile=self.front.folder / "certificate.pem")
        connection = http.client.HTTPSConnection(NAME, self.front.https, timeout=60, context=context)
        return exchange(connection, method, path, body, headers, token)


class Forms(forms.Forms):
    test_paths_and_methods = None  # test-nginx has all of them: more passes here than to the gate

    def open(self, settings=None, **options):
        gate = BehindNginx(self.PROGRAM, self.upstream.url, settings, **options)
        self.addCleanup(gate.remove)
        gate.front = Front(behind={"KRATOS_PUBLIC": f"127.0.0.1:{self.service.port}", "GATE": f"127.0.0.1:{gate.port}"},
                           NETWORK_REQUESTS=100000, NETWORK_BURST=10000)
        gate.front.__enter__()
        self.addCleanup(gate.front.__exit__)
        return gate

    def finish(self):
        super().finish()
        self.assertNotIn(self.flow, self.gate.front.logs())
        self.assertNotIn(forms.VICTIM, self.gate.front.logs())

    def test_headers(self):
        """An Origin goes on and is refused; what does not go on changes nothing."""
        proof = {"X-Altcha": self.proof}
        self.refuse("origin", self.gate.submit("recovery", self.flow, forms.MAIL, headers={**proof, "Origin": "https://evil.example"}))
        for token in ("a b", "x" * 129):
            self.refuse(token, self.gate.submit("recovery", self.flow, forms.MAIL, headers={**proof, "X-Session-Token": token}))
        self.finish()

    def test_another_spelling_is_the_same_call(self):
        """To nginx it is no call at all; of the query the gate makes one spelling."""
        for path in ("/self-service/%72ecovery?flow=", "/self-service/./recovery?flow=", "/x/../self-service/recovery?flow="):
            self.assert_error(self.gate.request("POST", path + self.flow, forms.MAIL), 404)
        self.assert_says(self.gate.request("POST", f"/self-service/recovery?f%6cow={self.flow}", forms.MAIL), 400, 4000038)
        self.finish()

    def test_who_asks(self):
        """Whoever says that it is somebody else is counted as itself."""
        gate = self.open({"PASSWORD_PER_PERSON": "3/900"})
        statuses = [self.sign_in(gate, forms.VICTIM, "wrong", **{"X-Real-IP": f"192.0.2.{number}", "X-Forwarded-For": f"192.0.2.{number}"}).status
                    for number in range(5)]
        self.assertEqual(statuses, [400, 400, 400, 429, 429])


if __name__ == "__main__":
    program("nginx")
    forms.Case.HOST, forms.Case.PROGRAM = sys.argv[1:3]
    sys.exit(main(sys.modules[__name__]))
