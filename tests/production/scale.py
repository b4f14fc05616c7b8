# SPDX-License-Identifier: GPL-3.0-or-later
"""What a first login costs: CPU seconds of every process, through nginx, gate and engine against the engine alone, with
PostgreSQL and the way of the mail in both; what single calls cost; and what a person leaves in the database. The numbers
of docs/scale.md come from here.

WORDS are ROUNDS and PEOPLE: so many times, so many people each way, one way after the other; then which of `walks`, `calls`
and `courier` is wanted, all unless said."""

import collections
import concurrent.futures
import os
import random
import statistics
import time

from live import Live, arguments
from newcomer import PASSWORD
from world import wait_for

TICK = os.sysconf("SC_CLK_TCK")
AT_ONCE = 2
LOOKS = 10
ASKING = 1
DRAWS = 4000
MAIL_HELD, PASSWORD_HELD = 0.25, 0.85  # seconds: what the gate's grids add, of 0.5 and 1
HEAD = "\n| what | ms of CPU for one: median of the rounds (least to most) | of it |\n|--|--|--|"


def cpu_seconds():
    """User and system time of every process here, with that of its children that have ended: {pid: (parent, seconds)}."""
    found = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", encoding="utf-8") as file:
                    fields = file.read().rpartition(")")[2].split()
            except OSError:
                continue
            found[int(name)] = int(fields[1]), sum(int(field) for field in fields[11:15]) / TICK
    return found


class Meter:
    """Adds up what the parts of a stack have used while something was done."""

    def __init__(self, stack):
        self.stack = stack

    def read(self):
        found = cpu_seconds()
        children = collections.defaultdict(list)
        for pid, (parent, _) in found.items():
            children[parent].append(pid)
        sums = collections.Counter()
        for part in self.stack.parts:
            below = [part.process.pid]
            while below:
                pid = below.pop()
                sums[part.name.partition("-")[0]] += found[pid][1] if pid in found else 0
                below += children[pid]
        return sums

    def measure(self, do):
        before = self.read()
        do()
        after = self.read()
        return {name: after[name] - before[name] for name in after}


def at_once(do, everybody):
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for done in pool.map(do, everybody):
            pass


def hold(person, seconds):
    """Both ways at the same pace: the gate holds answers, and an engine that has paused has given the memory of its hashes
    back, and gets it again page by page."""
    if not person.has_robot:
        time.sleep(seconds)


def walk_all(come, addresses):
    def walk(address):
        person = come(address)
        person.walk(lambda page: hold(person, MAIL_HELD) if page == ASKING else None)

    at_once(walk, addresses)


def sign_in(come):
    def do(address):
        person = come(address)
        person.flow = person.begin("login")
        person.submit("login", {"method": "password", "identifier": address, "password": PASSWORD})
        person.connection.close()
    return do


def mistype(come):
    def do(address):
        person = come(address)
        person.flow = person.begin("login")
        person.submit("login", {"method": "password", "identifier": address, "password": "not this one"}, 400)
        hold(person, PASSWORD_HELD)
        person.connection.close()
    return do


def give_address(come):
    def do(address):
        person = come(address)
        person.give_address()
        person.connection.close()
    return do


def report(title, rows):
    """Milliseconds of CPU for one, part by part: the median of the rounds, and how the sums lie. Returns the sums."""
    names = sorted({name for row in rows for name in row})
    sums = sorted(1000 * sum(row.values()) for row in rows)
    print(f"| {title} | {statistics.median(sums):.1f} ({sums[0]:.1f} to {sums[-1]:.1f}) | " + ", ".join(
        f"{name} {statistics.median(1000 * row.get(name, 0) for row in rows):.1f}" for name in names) + " |", flush=True)
    return sums


def interval(alone, through):
    """Where the ratio of the means lies, nineteen times of twenty: the percentile bootstrap (Efron and Tibshirani, An
    Introduction to the Bootstrap, chapter 13)."""
    chance = random.Random(1)
    ratios = sorted(statistics.fmean(chance.choices(through, k=len(through))) / statistics.fmean(chance.choices(alone, k=len(alone)))
                    for _ in range(DRAWS))
    return ratios[DRAWS // 40], ratios[-DRAWS // 40]


def compare(stack, title, do, everybody, rounds):
    """Does the same both ways, so many times one after the other. `everybody` gives new people for every time, `do`
    takes how they come, and them."""
    meter = Meter(stack)
    rows = {"the engine alone": [], "through everything": []}
    ways = [("the engine alone", stack.insider), ("through everything", stack.newcomer)]
    for _ in range(rounds):
        ways.reverse()
        for way, come in ways:
            people = everybody()
            spent = meter.measure(lambda: do(come, people))
            rows[way].append({name: seconds / len(people) for name, seconds in spent.items()})
    alone, through = (report(f"{title}, {way}", rows[way]) for way in rows)
    least, most = interval(alone, through)
    print(f"| {title}: ratio of the means | {statistics.fmean(through) / statistics.fmean(alone):.3f} ({least:.3f} to {most:.3f}) | "
          f"of the medians {statistics.median(through) / statistics.median(alone):.3f} |", flush=True)


def sizes(stack):
    rows = stack.sql("select relname || ' ' || pg_total_relation_size(relid) || ' ' || n_live_tup from pg_stat_user_tables")
    return {name: (int(size), int(count)) for name, size, count in (line.split() for line in rows.splitlines())}


def measure_courier(stack, addresses):
    """How many mails a second the courier hands to Postfix, from a table full of them."""
    stack.courier.stop()
    at_once(lambda address: ask_engine_for_mail(stack, address), addresses)
    before = stack.mail_server.count
    spent = Meter(stack)
    stack.courier.start()
    begin, used = time.monotonic(), spent.read()
    wait_for(lambda: stack.mail_server.count == before + len(addresses), "the mails", 600)
    seconds = time.monotonic() - begin
    cpu = spent.read()["courier"] - used["courier"]
    print(f"\n{len(addresses)} mails were through in {seconds:.1f} s: {len(addresses) / seconds:.0f} in a second, "
          f"{1000 * cpu / len(addresses):.1f} ms of the courier's CPU for one", flush=True)


def ask_engine_for_mail(stack, address):
    person = stack.insider(address)
    person.ask_for_mail()
    person.connection.close()


def look(come):
    """What the waiting page does: it begins one flow, and looks at it every ten seconds."""
    def do(address):
        person = come(address)
        flow = person.begin("recovery")
        for _ in range(LOOKS):
            person.ask("GET", f"/self-service/recovery/flows?id={flow}")
        person.connection.close()
    return do


def measure_walks(stack, rounds, people):
    numbers = iter(range(10**6))
    done = []

    def new_people():
        done.extend(stack.hire(*(f"person{next(numbers)}" for _ in range(people))))
        return done[-people:]

    stack.hire("first")
    stack.newcomer("first@flexhrm.example").walk()
    stack.sql("analyze")
    before = sizes(stack)
    print(HEAD)
    compare(stack, "a first login", walk_all, new_people, rounds)
    stack.sql("analyze")
    after = sizes(stack)
    print("\n| table | rows for one person | bytes for one person, with indexes |\n|--|--|--|")
    for name, (size, count) in sorted(after.items()):
        if count > before[name][1]:
            print(f"| {name} | {(count - before[name][1]) / len(done):.2f} | {(size - before[name][0]) / len(done):.0f} |")
    print(f"| all | | {sum(size - before[name][0] for name, (size, _) in after.items()) / len(done):.0f} |", flush=True)


def measure_calls(stack, rounds, people):
    known = stack.hire(*(f"known{number}" for number in range(people)))
    walk_all(stack.insider, known)
    print(HEAD)
    for title, call in (("signing in", sign_in), ("a wrong password", mistype), ("an address", give_address),
                        (f"a recovery flow and {LOOKS} looks at it", look)):
        compare(stack, title, lambda come, addresses, call=call: at_once(call(come), addresses), lambda: known, rounds)


def main():
    kratos, gate, words = arguments()
    rounds, people = (int(word) for word in words[:2] or ("5", "40"))
    with Live(kratos, gate, fsync="off") as stack:
        for name, measure in (("walks", measure_walks), ("calls", measure_calls)):
            if name in words or len(words) < 3:
                measure(stack, rounds, people)
        if "courier" in words or len(words) < 3:
            measure_courier(stack, stack.hire(*(f"mailed{number}" for number in range(400))))


main()
