# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs fuzz targets side by side, each for a while, and says what they did; see docs/fuzzing.md.

Usage: fuzz.py BUILD [MINUTES] [TARGET...]

What they come upon is kept in BUILD/work: corpus/TARGET/ is where the next run goes on, findings/ has the inputs that
must not fail any more, logs/ what the target said. Exits with 1 when there is a finding.
"""

import collections
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TARGETS = sorted(path.stem.removeprefix('fuzz-') for path in HERE.glob('fuzz-*.c'))
INPUT_SECONDS = 60  # that one input may take, on a computer that does much else
MEMORY = 2048  # MB

# libsoup and GIO free some of what belongs to a session later, and LeakSanitizer would look through all memory after
# each input to see it.
TALKING = ('http', 'journal', 'problem', 'service')

Outcome = collections.namedtuple('Outcome', 'target runs seconds edges findings log')


def run(build, target, seconds, work, *options):
    """Runs one target; the new inputs go into work, the corpus of the repository is only read."""
    found = work / 'findings'
    fresh = work / 'corpus' / target
    log = work / 'logs' / f'{target}.log'
    for directory in (found, fresh, log.parent):
        directory.mkdir(parents=True, exist_ok=True)
    before = set(found.glob(f'{target}-*'))

    command = [pathlib.Path(build) / 'tests' / 'fuzz' / f'fuzz-{target}', f'-max_total_time={seconds}',
               f'-timeout={INPUT_SECONDS}', f'-report_slow_units={INPUT_SECONDS}', f'-rss_limit_mb={MEMORY}',
               f'-detect_leaks={int(target not in TALKING)}', '-print_final_stats=1',
               f'-artifact_prefix={found}/{target}-', *options, fresh]
    command += [f'-dict={path}' for path in [HERE / f'{target}.dict'] if path.exists()]
    command += [path for path in [HERE / 'corpus' / target] if path.exists()]
    environment = {**os.environ, 'UBSAN_OPTIONS': 'print_stacktrace=1',
                   'ASAN_OPTIONS': f'detect_leaks={int(target not in TALKING)}'}
    with open(log, 'wb') as output:
        ended = subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, env=environment, check=False)

    text = log.read_text(errors='replace')
    findings = sorted(set(found.glob(f'{target}-*')) - before)
    if ended.returncode != 0 and not findings:
        findings = [log]
    return Outcome(target, number(r'number_of_executed_units: (\d+)', text), number(r'in (\d+) second', text) or seconds,
                   number(r'cov: (\d+)', text), findings, log)


def number(pattern, text):
    """The last number that is said like that."""
    found = re.findall(pattern, text)
    return int(found[-1]) if found else 0


def run_all(build, targets, seconds, work, *options):
    """Runs targets, as many at once as there are cores, and yields each outcome as it comes."""
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        futures = [pool.submit(run, build, target, seconds, work, *options) for target in targets]
        for future in concurrent.futures.as_completed(futures):
            yield future.result()


def main():
    build = pathlib.Path(sys.argv[1])
    words = sys.argv[2:]
    minutes = float(words.pop(0)) if words and words[0].replace('.', '', 1).isdigit() else 1
    unknown = [word for word in words if word not in TARGETS]
    if unknown:
        sys.exit(f"There is no target {', '.join(unknown)}, only {', '.join(TARGETS)}.")

    outcomes = []
    for outcome in run_all(build, words or TARGETS, round(minutes * 60), build / 'work'):
        outcomes.append(outcome)
        print(f'{outcome.target}: {outcome.runs} runs in {outcome.seconds} s, {outcome.edges} edges, '
              f'{len(outcome.findings)} findings', flush=True)
        for path in outcome.findings:
            print(f'  {path}, see {outcome.log}')

    findings = sum(len(outcome.findings) for outcome in outcomes)
    print(f'{len(outcomes)} targets, {sum(outcome.runs for outcome in outcomes)} runs, '
          f'{sum(outcome.seconds for outcome in outcomes)} s, {findings} findings')
    return 1 if findings else 0


if __name__ == '__main__':
    sys.exit(main())
