# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong on the way to a server with TLS, in a network of the walk's own: each time its own sentence, nothing that
was typed is lost, and the person goes on once it is right again."""

import network
from network import Way, answer, browse
from password_page import CAPTIVE, ERIK, GENEROUS, NOT_OURS, PORTAL, UNREACHABLE, come_to_password, date, leave, prove, target, try_password
from screen import open_guide
from tap import Skip, case
from world import walk

STRANGER = network.CERTIFICATES.parents[1] / "contract" / "certificates" / "stranger.pem"

isolated = network.isolate()


def open_server(desk):
    """A guide on the password page of the server with TLS, and the way to it."""
    desk.write_policy(f"[server]\nurl=https://{network.SERVER}\n")
    guide = open_guide(desk)
    come_to_password(guide)
    return guide


@case("over TLS: no network, no such name, certificates of all kinds, portals that only break TLS; each its sentence")
def encrypted(desk_with):
    if not isolated:
        raise Skip("no network of its own can be had")
    good = {"certificate": "good"}

    def home():
        """Says what time it is, when it is asked for: after a minute a clock would be taken for wrong."""
        return answer("200 OK", "first-login\n", Content_Type="text/plain", Date=date())
    home_in_2019 = answer("301 Moved Permanently", Location=f"https://{network.SERVER}/", Date="Sat, 01 Jun 2019 10:00:00 GMT")
    portal = answer("302 Found", Location="http://portal.example/")
    network.connect(True)
    with desk_with(config=GENEROUS) as desk, Way(target(desk), 443, **good) as way, Way(port=80, answer=home()) as doorstep:
        opened = browse(desk)
        guide = open_server(desk)
        assert doorstep.calls == 0, "plain HTTP was spoken without a reason"
        prove(guide, way, UNREACHABLE, good, is_shut=True)
        prove(guide, way, NOT_OURS, good, answer=answer("400 Bad Request", "<html>"))
        untrusted = "^The server could not prove that it is the right one, so nothing was sent. Tell your IT department.$"
        prove(guide, way, untrusted, good, certificate="foreign")
        prove(guide, way, untrusted, good, certificate="other-name")
        expired = "^The server\u2019s certificate is not valid today, so nothing was sent. Tell your IT department.$"
        for wrong in ("expired", "early"):
            doorstep.set(answer=home())
            prove(guide, way, expired, good, certificate=wrong)
        doorstep.set(is_shut=True)
        prove(guide, way, "^The server\u2019s certificate is not valid today. Check this computer\u2019s date,", good,
              certificate="expired")
        doorstep.set(answer=home_in_2019)
        prove(guide, way, r"^This computer\u2019s clock is \d+ days ahead, so nothing was sent. Set date and time right", good,
              certificate="expired")

        doorstep.set(answer=portal)
        for wrong in ({"certificate": "foreign"}, {"is_shut": True}, {"answer": answer("200 OK", "<html>")}):
            prove(guide, way, CAPTIVE, good, **wrong)
        way.set(is_silent=True)
        try_password(guide)
        guide.wait_text(CAPTIVE, 60)
        guide.press(PORTAL)
        assert opened() == f"http://{network.SERVER}/"
        way.set(**good)
        leave(guide)


@case("a company's own authority, which the system does not know: the policy names it, and the guide goes through")
def own_authority(desk_with):
    if not isolated:
        raise Skip("no network of its own can be had")
    network.connect(True)
    network.trust(STRANGER)
    with desk_with() as desk, Way(target(desk), 443, certificate="good"):
        company = desk.folder / "config" / "first-login" / "company.pem"
        company.write_bytes((network.CERTIFICATES / "authority.pem").read_bytes())
        company.chmod(0o644)
        desk.write_policy(f"[server]\nurl=https://{network.SERVER}\nca-file=company.pem\n")
        guide = open_guide(desk)
        guide.begin()
        guide.give_address(ERIK)
        leave(guide)
    network.trust(network.CERTIFICATES / "authority.pem")


@case("no network and an unknown name: what was typed stays, and it goes on when there is one again")
def offline(desk_with):
    if not isolated:
        raise Skip("no network of its own can be had")
    network.connect(True)
    network.know_server(False)
    with desk_with() as desk, Way(target(desk), 443, certificate="good"):
        desk.write_policy(f"[server]\nurl=https://{network.SERVER}\n")
        guide = open_guide(desk)
        guide.begin()
        guide.wait_page("Email")
        guide.fill("Email address", ERIK)
        guide.press("Next")
        guide.wait_text("^The server\u2019s name could not be found in this network. Check the network, or connect", 60)
        network.connect(False)
        guide.press("Next")
        guide.wait_text("^This computer is not connected to a network. Connect it, then try again.$", 60)
        assert guide.read("Email address") == ERIK
        network.connect(True)
        network.know_server(True)
        guide.press("Next")
        leave(guide)


walk()
