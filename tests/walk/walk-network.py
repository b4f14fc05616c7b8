# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong between the program and its server: each time its own sentence, nothing that was typed is lost, and the
person goes on once it is right again."""

import datetime
import re
import time

from network import Way, answer, browse
from password_page import CAPTIVE, ERIK, FAULT, GENEROUS, NOT_OURS, PORTAL, REFUSED, UNREACHABLE, come_to_password, date, leave, prove, \
    target, try_password
from relay import Relay
from screen import BUTTONS, open_guide
from tap import case
from world import PASSWORD, account, walk


@case("a server that is not there, cuts off, fails or is somebody else: each has its sentence, and nothing is lost")
def faults(desk_with):
    with desk_with(config=GENEROUS) as desk, Way(target(desk)) as way:
        desk.write_policy(f"[server]\nurl={way.url}\n")
        guide = open_guide(desk)
        come_to_password(guide)
        prove(guide, way, UNREACHABLE, is_shut=True)
        prove(guide, way, FAULT, answer=answer("500 Internal Server Error"))
        prove(guide, way, FAULT, answer=answer("502 Bad Gateway", "<html>", Content_Type="text/html"))
        prove(guide, way, FAULT, answer=answer("503 Service Unavailable"))
        prove(guide, way, NOT_OURS, answer=answer("200 OK", "<html>Welcome to nginx", Content_Type="text/html"))
        prove(guide, way, NOT_OURS, answer=answer("301 Moved Permanently", Location=way.url.replace("http", "https")))
        prove(guide, way, NOT_OURS, answer=b"SSH-2.0-OpenSSH_9.2\r\n")
        prove(guide, way, "^The proxy of this network wants a user name and a password.",
              answer=answer("407 Proxy Authentication Required", Proxy_Authenticate="Basic"))
        leave(guide)


@case("throttled and under maintenance: until when is said, the button rests, and works again then")
def waiting(desk_with):
    with desk_with(config=GENEROUS) as desk, Way(target(desk)) as way:
        desk.write_policy(f"[server]\nurl={way.url}\n")
        guide = open_guide(desk)
        come_to_password(guide)
        for wrong, sentence in (
                (answer("429 Too Many Requests", Retry_After=9), r"^Those were too many tries. Try again in 0:0\d.$"),
                (answer("503 Service Unavailable", Retry_After=9), r"^The server is being worked on until \d\d:\d\d. Try again then.$"),
                (answer("503 Service Unavailable", Retry_After=date(9), Date=date()), r"^The server is being worked on until"),
                (answer("503 Service Unavailable", Retry_After=date(3609), Date=date(3600)), r"^The server is being worked on until")):
            way.set(answer=wrong)
            try_password(guide)
            guide.wait_text(sentence)
            assert not guide.is_sensitive("Sign In")
            way.set()
            guide.wait_ready("Sign In")
            guide.wait_no_text(sentence)
            try_password(guide)
            guide.wait_error("Password", REFUSED)
        way.set(answer=answer("503 Service Unavailable", Retry_After=7200))
        try_password(guide)
        said = guide.wait_text(r"worked on until (\d\d:\d\d)").group(1)
        until = datetime.datetime.fromtimestamp(time.time() + 7200, datetime.timezone.utc)
        assert said in {f"{until + datetime.timedelta(seconds=late):%H:%M}" for late in (-60, 0)}, said
        guide.close()


@case("a captive portal: its button opens the server's address, for the network to answer, and the person goes on")
def captive_portal(desk_with):
    with desk_with(config=GENEROUS) as desk, Way(target(desk)) as way:
        desk.write_policy(f"[server]\nurl={way.url}\n")
        opened = browse(desk)
        guide = open_guide(desk)
        come_to_password(guide)
        assert not guide.find(PORTAL, BUTTONS)
        way.set(answer=answer("302 Found", Location="http://portal.example/login?secret"))
        try_password(guide)
        guide.wait_text(CAPTIVE)
        guide.press(PORTAL)
        assert opened() == f"{way.url}/"
        way.set()
        try_password(guide)
        guide.wait_error("Password", REFUSED)
        assert not guide.find(PORTAL, BUTTONS)
        leave(guide)


@case("an account that is switched off, and a server that sends no mail to native apps")
def refusals(desk_with):
    off = account("Olle", password={"password": PASSWORD}) | {"state": "inactive"}

    def old(method, path, _):
        if path.startswith("/self-service/recovery/api"):
            return 400, [("Content-Type", "application/json")], \
                b'{"error":{"code":400,"status":"Bad Request","message":"Recovery is not allowed because it was disabled."}}'
        return None
    with desk_with(accounts=[off]) as desk, Relay(desk.url, old) as relay:
        desk.write_policy(f"[server]\nurl={relay.url}\n")
        guide = open_guide(desk)
        guide.begin()
        guide.give_address("olle@flexhrm.example")
        guide.sign_in(PASSWORD)
        guide.wait_error("Password", "^This Visma Connect account is switched off. Your IT department can switch it on again.$")
        guide.forget_password()
        guide.tick("I am not a robot")
        guide.press("Reset password")
        guide.wait_text("^This server cannot send you an email for a new password. Ask your IT department for one.$")
        guide.close()


def of_another_time(desk, seconds):
    """A relay behind which it is so many seconds later than here."""
    relay = Relay(desk.url)
    fetch = relay.fetch

    def move(match):
        return f"{datetime.datetime.fromisoformat(match.group(1)) + datetime.timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S}Z"

    def fetch_moved(*request):
        status, headers, content = fetch(*request)
        moved = re.sub(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?Z", move, content.decode())
        return status, headers, moved.encode()
    relay.fetch = fetch_moved
    relay.server.RequestHandlerClass.date_time_string = lambda *_: date(seconds)
    return relay


@case("a computer whose clock is a day off: countdowns are right all the same, and the clock is spoken of where codes are typed")
def clock(desk_with):
    for seconds, sentence in ((-25 * 3600 - 180, "^This computer\u2019s clock is 25 h 3 min ahead. Set it right in Settings"),
                              (3 * 86400 + 60, "^This computer\u2019s clock is 3 days behind. Set it right in Settings")):
        with desk_with() as desk, of_another_time(desk, seconds) as relay:
            desk.write_policy(f"[server]\nurl={relay.url}\n")
            guide = open_guide(desk)
            guide.begin()
            guide.give_address("anna@flexhrm.example")
            guide.forget_password()
            before = time.time()
            mail = guide.ask_for_mail()
            until = guide.wait_text(r"^Works until (\d\d:\d\d)$").group(1)
            allowed = {time.strftime("%H:%M", time.gmtime(before + 1800 + late)) for late in range(-5, 65, 5)}
            assert until in allowed, (until, allowed)
            guide.wait_text(r"^Send again in 0:[0-5]\d$")
            assert not any("clock" in text for text in guide.texts())
            guide.type_mail_code(mail.code)
            guide.choose_password("lantern orbit thistle")
            guide.wait_page("Activate two-factor authentication")
            guide.wait_text(sentence)
            guide.activate()
            guide.keep_codes()
            guide.finish()


@case("a proxy that wants a login or lets nobody through is told from the server")
def proxies(desk_with):
    with Way(answer=answer("407 Proxy Authentication Required", Proxy_Authenticate="Negotiate")) as proxy, \
            desk_with(server=False, policy="[server]\nurl=https://server.invalid\n", https_proxy=proxy.url) as desk:
        guide = open_guide(desk)
        guide.begin()
        guide.wait_page("Email")
        guide.fill("Email address", ERIK)
        guide.press("Next")
        guide.wait_text("^The proxy of this network wants a user name and a password. Ask your IT department how to sign in to it.$")
        proxy.set(answer=answer("403 Forbidden", "<html>", Content_Type="text/html"))
        assert guide.read("Email address") == ERIK
        guide.press("Next")
        guide.wait_text("^The proxy of this network did not let the connection through. Ask your IT department.$")
        guide.close()


walk()
