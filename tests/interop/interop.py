#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tries the whole protocol contract that the assistant relies on, against any server: what was recorded on a live Ory
Kratos is replayed, the product's own client goes through every call, and the facts of the wire are looked at.

Exit status: 0 the contract holds, 1 it does not, 2 it could not be tried."""

import argparse
import collections
import concurrent.futures
import os
import pathlib
import sys
import traceback

import ground
import product
import transcript
import wire

# By what the waits of the recordings are stretched: lives in kratos-short.yaml are twice as long as recorded.
STRETCH = 2
# What depends on the engine's hasher: bcrypt takes 72 bytes, Argon2id more. See wire.py.
HASHER = ['over 72 bytes']
# What the product never sends, and whatever stands in front answers itself, in fewer words, or takes away.
GUARDED = ['unknown method', 'with a cookie', 'with an origin', 'too long']
# The pages for browsers are wherever the configuration has them.
PAGES = {'<ui>/settings?': '<ui>?', 'http%3A%2F%2F<ui-host>%2Fsettings%3F': '<ui-host>%3F',
         'http%3A%2F%2F<server-host>': '<server-host>'}

Case = collections.namedtuple('Case', 'part name run')


def replay(path, scene):
    """One recording, about new people."""
    anna, erik = scene.anna(), scene.erik()
    people = {f'anna@{ground.DOMAIN}': anna, f'erik@{ground.DOMAIN}': erik, f'nobody@{ground.DOMAIN}': f'nobody.{anna}'}
    story = transcript.load(path, people | PAGES)
    transcript.Replay(scene.server, scene.post(*people.values()), STRETCH if story['config'] else 1, HASHER,
                      GUARDED).tell(story)


def are_meant(cases, words):
    """With words, those that have one of them in their names."""
    return [case for case in cases if not words or any(word in f'{case.part}: {case.name}' for word in words)]


def find_cases(profile, words=None):
    """All of that profile."""
    cases = []
    for path in sorted((ground.TESTS / 'contract' / 'transcripts').glob('*.json')):
        story = transcript.load(path)
        if bool(story['config']) == (profile == 'short'):
            cases.append(Case('transcript', f'{path.stem}: {story["title"]}', lambda scene, path=path: replay(path, scene)))
    for part, module in (('client', product), ('wire', wire)):
        cases += [Case(part, name, run) for where, name, run in module.CASES if where == profile]
    return are_meant(cases, words)


def try_case(case, base):
    """(outcome, why): "ok", "skipped" or "broken"."""
    try:
        with ground.Scene(base) as scene:
            case.run(scene)
        return 'ok', ''
    except ground.Skip as reason:
        return 'skipped', str(reason)
    except AssertionError as error:
        return 'broken', str(error)
    except ground.Trouble:
        raise
    except Exception:
        return 'broken', traceback.format_exc()


def say(number, case, outcome, why):
    name = f'{case.part}: {case.name}'
    if outcome == 'broken':
        for line in why.splitlines():
            print(f'# {line}')
    print(f'{"not ok" if outcome == "broken" else "ok"} {number} - {name}{f" # SKIP {why}" if outcome == "skipped" else ""}',
          flush=True)


def walk_through(program, words, base):
    """Tries the whole assistant, one walk after the other; returns [(case, outcome)]."""
    import walk  # wants a display's libraries, which nothing else here does

    with walk.World() as world:
        cases = are_meant([Case('walk', *each) for each in walk.make_cases(world, program)], words)
        return run(cases, base, at_once=1)


def run(cases, base, at_once):
    """Tries all cases and reports in TAP; returns [(case, outcome)]."""
    print(f'1..{len(cases)}', flush=True)
    outcomes = []
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        for number, (case, end) in enumerate([(case, pool.submit(try_case, case, base)) for case in cases], 1):
            outcome, why = end.result()
            say(number, case, outcome, why)
            outcomes.append((case, outcome))
    return outcomes


def table(profile, outcomes):
    """The counts, as Markdown."""
    lines = [f'| {profile} profile | cases | hold | broken | skipped |', '|---|---:|---:|---:|---:|']
    parts = list(dict.fromkeys(case.part for case, _ in outcomes))
    for part in parts + ['all']:
        ends = collections.Counter(outcome for case, outcome in outcomes if part in (case.part, 'all'))
        lines.append(f'| {part} | {sum(ends.values())} | {ends["ok"]} | {ends["broken"]} | {ends["skipped"]} |')
    return '\n'.join(lines)


def parse():
    parser = argparse.ArgumentParser(prog='dev interop', description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--profile', choices=['normal', 'short'], required=True,
                        help='which lives the server has been given: those of tests/interop/kratos-PROFILE.yaml')
    parser.add_argument('--accounts', metavar='FILE', help='where a training service has its accounts from (see accounts.py)')
    parser.add_argument('--ca', metavar='FILE', help='authorities to trust, for https')
    parser.add_argument('--markdown', metavar='FILE', help='write the counts there')
    parser.add_argument('--teller', metavar='PROGRAM', default=os.environ.get('FIRST_LOGIN_TELLER'), help=argparse.SUPPRESS)
    parser.add_argument('--only', metavar='WORD', action='append', help='only cases with that word in their names')
    parser.add_argument('--at-once', metavar='N', type=int, default=4,
                        help='so many cases at the same time, 4 by default; Kratos on DSN=memory can do no more than 1')
    parser.add_argument('--walk', action='store_true', help='go through the whole assistant instead, in windows of its own')
    parser.add_argument('--program', default=os.environ.get('FIRST_LOGIN_PROGRAM'), help=argparse.SUPPRESS)
    parser.add_argument('url', metavar='URL', help='the server under test, as the assistant is told it')
    parser.add_argument('rest', nargs='+', metavar='[ADMIN_URL] MAIL_DIR',
                        help='the admin API that makes and removes accounts, unless --accounts; the folder with the mails')
    arguments = parser.parse_args()
    if len(arguments.rest) != (1 if arguments.accounts else 2):
        parser.error('either --accounts FILE and MAIL_DIR, or ADMIN_URL and MAIL_DIR')
    if not arguments.teller:
        parser.error('start this as ./dev interop')
    return arguments


def main():
    arguments = parse()
    people = None
    try:
        server = ground.Server(arguments.url, arguments.ca)
        mails = ground.Mails(arguments.rest[-1])
        people = ground.Listed(arguments.accounts) if arguments.accounts else ground.Imported(arguments.rest[0])
        base = ground.Ground(server, people, mails, arguments.teller)
        if arguments.walk:
            outcomes = walk_through(arguments.program, arguments.only, base)
        else:
            outcomes = run(find_cases(arguments.profile, arguments.only), base, arguments.at_once)
    except (ground.Trouble, OSError) as trouble:
        print(f'interop: {trouble}', file=sys.stderr)
        return 2
    finally:
        if people:
            people.close()
    if arguments.markdown:
        pathlib.Path(arguments.markdown).write_text(table(arguments.profile, outcomes) + '\n', encoding='utf-8')
    print('# ' + table(arguments.profile, outcomes).replace('\n', '\n# '))
    return 1 if any(outcome == 'broken' for _, outcome in outcomes) else 0


if __name__ == '__main__':
    sys.exit(main())
