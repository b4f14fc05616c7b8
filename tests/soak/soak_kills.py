# SPDX-License-Identifier: GPL-3.0-or-later
"""Stops the program by kill -9: at every click, at every moment between it and its answer, and at any time at all. Each way
goes on from where the next start stands, until everything is set up."""

import contextlib
import re
import threading
import time

from gi.repository import GLib

import outside
from screen import open_guide
from stops import ANNA, ANSWERED, LOST, MAJA, NEW, NEWCOMER, RETURNING, UNSENT, Click, Stops, Traveller
from world import Desk, World, wait_for

CONFIG = "[throttle]\nenabled=false\n"
SECONDS = 330     # for all of it: a busy machine stops less often, and the table says how often
SHORTEST = 45     # of them for stops at any time, however long those at a click have taken
LONGEST = 1.5     # seconds from a click to a stop at any time
FORGET = Click("Password", Traveller.forget_password, "", (), "", ())
NAMES = {"Email": "email", "Password": "password", "Create your password": "create-password", "Check your inbox": "inbox",
         "Two-factor code": "second-factor", "New password": "new-password",
         "Activate two-factor authentication": "enrol", "Recovery codes": "recovery-codes", "All set": None}
ORDER = list(NAMES)
LAST = ("Recovery codes", "Two-factor code")
WAYS = {ANNA: {click.page: click for click in (FORGET, *NEWCOMER)}, MAJA: {click.page: click for click in RETURNING}}


@contextlib.contextmanager
def travelling(world, programs, address):
    """Somebody at a desk, who has begun; what was set up in the end works from outside."""
    with Desk(world, programs, config=CONFIG) as desk, Stops(desk.url) as stops:
        desk.write_policy(f"[server]\nurl={stops.url}\n")
        person = Traveller(desk, stops, address)
        person.guide.begin()
        yield person
        person.guide.close()
        if address == ANNA:
            token = outside.sign_in(desk.url, ANNA, NEW)
            assert token and outside.second_factor(desk.url, token, lookup_secret=person.codes[0])


def written(desk):
    """The step that the record in the keyring names."""
    found = re.search(r"'step': <'([a-z-]+)'>", desk.kept().get("journal", ""))
    return found.group(1) if found else None


def stand(person, before):
    """Where the next start stands, which is never before `before`. After the last answer nothing may be left to go on with,
    or only a record of a session that has been ended: the first page then, which counts as the last one."""
    expected = written(person.desk)
    pages = set(ORDER[ORDER.index(before):])
    if before in LAST:
        pages |= {"Email"}
        wait_for(lambda: not expected or person.guide.titles() != ["Email"]
                 or any("signed out" in text for text in person.guide.texts()),
                 lambda: f"the record of {expected!r} to be heard; there is {person.guide.describe()}")
    elif expected not in (None, "email"):
        pages -= {"Email"}
    # an address that was still being typed belongs to nobody yet
    page = person.stand(pages, f"a stop on {before!r} with {expected!r} written", before == "Email" and expected is not None)
    return "All set" if page == "Email" and before in LAST else page


def every_click(world, programs, address, chance, counted):
    """Click by click: the request does not arrive, its answer is lost, or it is on its way for a while."""
    for second in (LOST, ANSWERED):
        with travelling(world, programs, address) as person:
            for click in NEWCOMER if address == ANNA else RETURNING:
                if click.page == "Create your password":
                    person.guide.forget_password()
                for moment in (UNSENT, second):
                    if person.guide.titles() == [click.page]:
                        page = person.stop(click, moment, chance.uniform(0, 0.1))
                        counted[moment] += 1
                        if moment != UNSENT and page == click.page == "Check your inbox":
                            person.send_again()
                if person.guide.titles() == ["Email"] and click.page != "Email":
                    break
                if person.guide.titles() == [click.page]:
                    click.do(person)


def hurried(person, click, seconds):
    """Clicks, and stops the program so many seconds after it was begun with, whatever has come of it by then."""
    process = person.guide.process
    stop = threading.Timer(seconds, process.kill)
    stop.start()
    try:
        if click is not None:
            click.do(person)
    except (AssertionError, GLib.Error):
        if stop.is_alive() and process.poll() is None:
            raise
    stop.join()
    process.wait()
    person.guide = open_guide(person.desk)


def any_time(world, programs, address, chance, until):
    """Stops all the way through, at any time, until everything is set up. Returns how often."""
    stops = 0
    with travelling(world, programs, address) as person:
        person.guide.wait_page("Email")
        page = "Email"
        while page != "All set":
            if page == "Check your inbox" and any("already been used" in text for text in person.guide.texts()):
                person.send_again()
            click = WAYS[address][page]
            if time.monotonic() > until:
                click.do(person)
                wait_for(lambda: person.guide.titles() not in ([], [page]), f"the page after {page!r}")
                page = person.guide.titles()[0]
                continue
            if page != "Email":
                wait_for(lambda: written(person.desk) == NAMES[page], f"the record of {page!r}")
            hurried(person, click, chance.uniform(0, LONGEST))
            stops += 1
            page = stand(person, page)
    return stops


def soak(report, programs):
    chance = report.chance("kills")
    end = time.monotonic() + SECONDS * report.share
    counted = dict.fromkeys((UNSENT, LOST, ANSWERED), 0)
    stops = ways = failed = 0
    with World() as world:
        for address in (ANNA, MAJA):
            every_click(world, programs, address, chance, counted)
        for moment, times in counted.items():
            report.row(f"`kill -9` at a click, {moment}", times, "same page, or the one that it had led to")
        end = max(end, time.monotonic() + SHORTEST)
        while time.monotonic() < end - 30:
            ways += 1
            try:
                stops += any_time(world, programs, ANNA if ways % 3 else MAJA, chance, end)
            except AssertionError as error:
                failed += 1
                report.note(f"way {ways}: {error}")
    report.row("`kill -9` at any time", stops, f"never thrown back; {ways - failed} of {ways} ways ended with everything set up",
               failed)
