# SPDX-License-Identifier: GPL-3.0-or-later
"""test-problems.py PRINT-PROBLEMS PAGE: whether the table in docs/problems.md names every problem with the very sentences
that pages show, what it comes of, and who can do what about it."""

import pathlib
import subprocess
import sys

said = subprocess.run([sys.argv[1]], check=True, capture_output=True, text=True).stdout.splitlines()
rows = [line for line in pathlib.Path(sys.argv[2]).read_text().splitlines() if line.startswith("| `")]

print(f"1..{len(said) + 1}")
for number, beginning in enumerate(said, 1):
    name = beginning.split("`")[1]
    row = next((row for row in rows if row.startswith(f"| `{name}` |")), "")
    cells = [cell.strip() for cell in row[len(beginning):].strip().removesuffix("|").split(" | ")]
    good = row.startswith(beginning) and len(cells) == 3 and all(cells)
    if not good:
        print(f"# wanted: {beginning} cause | person | IT |")
        print(f"# found:  {row or 'nothing'}")
    print(f"{'ok' if good else 'not ok'} {number} - {name}")
names = [row.split("`")[1] for row in rows]
good = names == [beginning.split("`")[1] for beginning in said]
print(f"{'ok' if good else 'not ok'} {len(said) + 1} - each problem once, in their order")
