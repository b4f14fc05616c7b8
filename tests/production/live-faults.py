# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults of the whole stack with Ory Kratos in it. People stand on every page when something goes; while it is away each
presses the button once in a while, and when it is back each goes on to the end from where they stood. What is said
meanwhile is printed once, with the time; systemd's part, which starts again what has ended, is played here.

WORDS: `away MINUTES` (PostgreSQL), `killed` (engine, courier and gate, one after the other), `two` (two hosts; the engine
and the gate of each in turn are killed before every page)."""

import http.client
import re
import time

from live import Keeper, Live, arguments, say
from newcomer import Refused

PAGES = ("address", "mail", "inbox", "password", "two-factor", "codes")


class Crowd:
    """One person on every page."""

    def __init__(self, stack, tag=""):
        self.people = {page: stack.newcomer(address) for page, address in
                       zip(PAGES, stack.hire(*(f"{page}{tag}" for page in PAGES)))}
        self.codes = {}
        self.done = dict.fromkeys(PAGES, 0)
        for number, page in enumerate(PAGES):
            person = self.people[page]
            for step in (person.give_address, person.ask_for_mail, lambda: self.open_mail(person), person.choose_password,
                         person.activate)[:number]:
                step()
        self.codes["inbox"] = self.people["inbox"].wait_code()

    @staticmethod
    def open_mail(person):
        person.type_mail_code(person.wait_code())

    def steps(self, page):
        """What that person has to do still."""
        person = self.people[page]
        code = self.codes.get(page)
        return (person.give_address, person.ask_for_mail, lambda: person.type_mail_code(code or person.wait_code()),
                person.choose_password, person.activate, person.keep_codes, person.leave)[PAGES.index(page) + self.done[page]:]

    def press(self, heard):
        """Everybody presses once; what is said, and not heard yet, is printed."""
        for page in PAGES:
            try:
                if self.done[page]:
                    continue
                self.steps(page)[0]()
                self.done[page] = 1
                said = "goes through"
            except (Refused, OSError, http.client.HTTPException) as error:
                said = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", str(error) or type(error).__name__)
            if (page, said) not in heard:
                heard.add((page, said))
                say(f"  at {page}: {said}")

    def finish(self, page):
        for step in self.steps(page):
            step()

    def finish_all(self):
        for page in PAGES:
            try:
                self.finish(page)
                say(f"  from {page}: to the end")
            except (Refused, OSError, AssertionError, http.client.HTTPException) as error:
                say(f"  from {page}: NOT to the end: {error}")


def away(stack, minutes):
    crowd = Crowd(stack)
    waiting = stack.newcomer(*stack.hire("waiting"))
    stack.courier.kill()
    waiting.ask_for_mail()
    heard = set()
    with Keeper(stack.courier, *stack.engines, *stack.gates) as keeper:
        stack.postgres.stop()
        say("PostgreSQL has been stopped; a mail is still in its table")
        end = time.monotonic() + 60 * minutes
        stack.courier.start()
        while time.monotonic() < end:
            crowd.press(heard)
            time.sleep(10)
        stack.postgres.start()
        begin = time.monotonic()
        say("PostgreSQL has been started")
        while True:
            try:
                stack.newcomer("nobody@flexhrm.example").give_address()
                break
            except (Refused, OSError):
                time.sleep(0.1)
        say(f"first answer after {time.monotonic() - begin:.1f} s")
        waiting.type_mail_code(waiting.wait_code(600))
        say(f"the mail that was in the table has come after {time.monotonic() - begin:.1f} s, and its code works")
        crowd.finish_all()
        say(f"ended meanwhile: {keeper.ends or 'nothing'}")


def killed(stack):
    for name, part in (("the engine", stack.engines[0]), ("the courier", stack.courier), ("the gate", stack.gates[0])):
        crowd = Crowd(stack, f"-{part.name}")
        part.kill()
        say(f"{name} has been killed")
        crowd.press(set())
        part.start()
        say(f"{name} has been started")
        crowd.finish_all()


def two(stack):
    """Before every page another host is gone."""
    gone = [None]

    def kill_one(page):
        if gone[0] is not None:
            stack.engines[gone[0]].start()
            stack.gates[gone[0]].start()
        gone[0] = page % 2
        stack.engines[gone[0]].kill()
        stack.gates[gone[0]].kill()

    addresses = stack.hire(*(f"two{number}" for number in range(10)))
    for address in addresses:
        stack.newcomer(address).walk(kill_one)
    say(f"{len(addresses)} people have gone through, with one of two engines and one of two gates killed before each page")


def main():
    kratos, gate, words = arguments()
    with Live(kratos, gate, hosts=2 if words[0] == "two" else 1) as stack:
        say("everything stands")
        if words[0] == "away":
            away(stack, float(words[1]))
        else:
            {"killed": killed, "two": two}[words[0]](stack)


main()
