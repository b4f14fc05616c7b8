#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints the accounts that one run of the contract uses up, as a training service imports them:
tests/interop/accounts.py > accounts.json"""

import json

import ground


# Of ground.PASSWORD, with as little work as there can be: nobody waits for forty hashes.
HASH = '$argon2id$v=19$m=8192,t=1,p=1$oC7anSus0IpgG2WbkOem9A$VOzRL4gy38V/bQbtKUOu+eYpY5FOUxYhXt58j8BG5jM'


def accounts(count=40):
    """So many of either kind."""
    people = [ground.account(name, f'{name}.{number}@{ground.DOMAIN}') for number in range(count) for name in ('anna', 'erik')]
    for person in people:
        if 'credentials' in person:
            person['credentials']['password']['config'] = {'hashed_password': HASH}
    return people


if __name__ == '__main__':
    print(json.dumps(accounts(), indent=1))
