# SPDX-License-Identifier: GPL-3.0-or-later
"""The contract as the product lives it: every call of its own client, what it makes of the answers, and of the refusals."""

from ground import PASSWORD
from transcript import expect

NEW = 'korrekt häst batteri'
CASES = []


def case(profile, name):
    """Decorates a story that is told in that profile."""
    def remember(function):
        CASES.append((profile, name, function))
        return function
    return remember


def wrong(code):
    return '000000' if code != '000000' else '000001'


@case('normal', 'a newcomer gets through by the mail, and every step can be taken up again')
def newcomer(scene):
    anna = scene.anna()
    scene.tell('a', 'prepare-sign-in')
    scene.tell('a', 'identify', anna)
    scene.tell('a', 'sign-in', anna, 'no idea at all', end='credentials-refused')
    scene.tell('a', 'prepare-recovery')
    scene.tell('a', 'start-recovery', anna, 'sv', end=f'done flow=* {anna}')
    scene.tell('b', 'resume', 'a', end=f'done flow=*{anna}')
    scene.redeem('a', anna, 1, f'done level=1 factor=no codes=no {anna}')
    scene.tell('c', 'resume', 'a', end=f'done level=1 factor=no codes=no {anna}')
    scene.tell('a', 'set-password', 'short', end='password-short limit=10')
    scene.tell('a', 'set-password', anna, end='password-similar')
    scene.tell('a', 'set-password', '', end='password-missing')
    scene.tell('a', 'set-password', NEW, end=f'done level=1 factor=no codes=no {anna}')
    scene.tell('a', 'set-password', NEW, end='password-repeated')
    scene.tell('a', 'confirm-totp', '12', end='code-refused')
    answer = scene.tell('a', 'start-totp', end=f'done level=1 factor=no codes=no key=* {anna}')
    key = answer['end'].split(' key=')[1].split()[0]
    scene.tell('a', 'confirm-totp', wrong(scene.code(key)), end='code-refused')
    scene.tell('a', 'confirm-totp', scene.code(key), end=f'done level=2 factor=yes codes=no {anna}')
    codes = scene.tell('a', 'issue-codes', end='done made=12')['codes']
    scene.tell('d', 'resume', 'a', end=f'done level=2 factor=yes codes=no {anna}')
    expect(scene.tell('d', 'issue-codes', end='done made=12')['codes'] == codes, 'unconfirmed codes have changed')
    scene.tell('a', 'confirm-codes', end=f'done level=2 factor=yes codes=yes {anna}')
    scene.tell('a', 'sign-out')
    scene.tell('d', 'confirm-codes', end='session-ended')
    scene.tell('a', 'sign-in', anna, NEW, end=f'second-factor-first level=1 {anna}')


@case('normal', 'a person with a password signs in, and is refused for what is wrong')
def returning(scene):
    erik = scene.erik()
    nobody = f'nobody.{erik}'
    scene.tell('e', 'prepare-sign-in')
    scene.tell('e', 'identify', erik)
    scene.tell('e', 'sign-in', erik, 'wrong wrong wrong', end='credentials-refused')
    scene.tell('e', 'sign-in', erik, '', end='password-missing')
    scene.tell('n', 'sign-in', nobody, PASSWORD, end='credentials-refused')
    scene.tell('e', 'sign-in', f'  {erik.upper()} ', PASSWORD, end=f'done level=1 {erik}')
    scene.tell('e', 'start-totp', end=f'done level=1 factor=no codes=no key=* {erik}')
    scene.tell('f', 'resume', 'e', end=f'done level=1 factor=no codes=no {erik}')
    scene.tell('e', 'sign-out')
    scene.tell('f', 'set-password', NEW, end='session-ended')
    scene.tell('e', 'sign-out')


@case('normal', 'a second factor is asked for: phone, recovery code, wrong ones, used ones')
def second_factor(scene):
    maja, key, codes = scene.maja()
    scene.tell('m', 'sign-in', maja, PASSWORD, end=f'second-factor-first level=1 {maja}')
    scene.tell('n', 'resume', 'm', end='second-factor-first*')
    scene.tell('m', 'start-totp', end='second-factor-first')
    scene.tell('m', 'totp', '000000', end='code-refused')
    scene.tell('m', 'totp', '123', end='code-malformed')
    scene.tell('m', 'recovery-code', 'zzzz zzzz', end='code-refused')
    scene.tell('m', 'totp', scene.code(key), end=f'done level=2 factor=yes codes=yes*{maja}')
    scene.tell('m', 'reauthenticate', 'wrong wrong wrong', end='credentials-refused')
    scene.tell('m', 'reauthenticate', PASSWORD, end=f'done level=2*{maja}')
    scene.tell('m', 'sign-out')
    scene.tell('m', 'sign-in', maja, PASSWORD, end=f'second-factor-first level=1 {maja}')
    scene.tell('m', 'recovery-code', f'{codes[0][:4]}-{codes[0][4:]}'.upper(), end=f'done level=2 factor=yes codes=yes*{maja}')
    scene.tell('m', 'sign-out')
    scene.tell('m', 'sign-in', maja, PASSWORD, end=f'second-factor-first level=1 {maja}')
    scene.tell('m', 'recovery-code', codes[0], end='code-used')
    scene.tell('m', 'recovery-code', codes[1], end=f'done level=2 factor=yes codes=yes*{maja}')


@case('normal', 'a forgotten password with two-factor on: the code first, then the new password in the same flow')
def forgotten(scene):
    maja, key, _ = scene.maja()
    scene.tell('m', 'start-recovery', maja, 'sv', end=f'done flow=* {maja}')
    scene.redeem('m', maja, 1, f'second-factor-first level=1 {maja}')
    scene.tell('n', 'resume', 'm', end='second-factor-first*')
    scene.tell('m', 'set-password', 'another good passphrase', end='second-factor-first')
    scene.tell('m', 'totp', scene.code(key), end=f'done level=2 factor=yes codes=yes {maja}')
    scene.tell('m', 'set-password', 'another good passphrase', end=f'done level=2 factor=yes codes=yes {maja}')
    scene.tell('m', 'sign-out')
    scene.tell('m', 'sign-in', maja, PASSWORD, end='credentials-refused')
    scene.tell('m', 'sign-in', maja, 'another good passphrase', end=f'second-factor-first level=1 {maja}')


@case('normal', 'nobody is told whether an address is known, and a malformed one is named')
def unknown(scene):
    scene.tell('n', 'start-recovery', f'nobody.{scene.anna()}', 'en', end='done flow=*')
    scene.tell('m', 'start-recovery', 'not an address', 'en', end='address-malformed')


@case('normal', 'a second mail makes the first code worthless')
def again(scene):
    anna = scene.anna()
    scene.tell('a', 'start-recovery', anna, 'en', end=f'done flow=* {anna}')
    _, flow, first = scene.post(anna).letters(1)[0]
    scene.tell('a', 'send-again', anna, 'en', end=f'done flow={flow}* {anna}')
    second = scene.post(anna).letters(2)[1]
    expect(second[1] == flow, 'the second mail is of another flow')
    expect(second[2] != first, 'the second mail has the same code')
    scene.tell('a', 'redeem', flow, first, end='code-refused')
    scene.tell('a', 'look-again', end=f'done flow={flow}* {anna}')
    scene.tell('a', 'redeem', flow, second[2], end=f'done level=1 factor=no codes=no {anna}')


@case('normal', 'a mail that was used in another place is known as used')
def elsewhere(scene):
    anna = scene.anna()
    scene.tell('a', 'start-recovery', anna, 'en', end=f'done flow=* {anna}')
    flow, code = scene.redeem('elsewhere', anna, 1, f'done level=1 factor=no codes=no {anna}')
    scene.tell('b', 'resume', 'a', end='mail-used')
    scene.tell('a', 'look-again', end='mail-used')
    scene.tell('a', 'redeem', flow, code, end='mail-used')
    scene.tell('elsewhere', 'redeem', flow, code, end=f'done level=1 factor=no codes=no {anna}')
    scene.tell('elsewhere', 'set-password', NEW, end=f'done level=1 factor=no codes=no {anna}')


@case('normal', 'a code that was tried too often is spent, and a new mail helps')
def too_often(scene):
    anna = scene.anna()
    scene.tell('a', 'start-recovery', anna, 'en', end=f'done flow=* {anna}')
    _, flow, code = scene.post(anna).letters(1)[0]
    for _ in range(5):
        scene.tell('a', 'redeem', flow, wrong(code), end='code-refused')
    scene.tell('a', 'redeem', flow, wrong(code), end='tries-spent')
    scene.tell('a', 'redeem', flow, code, end='tries-spent')
    scene.tell('a', 'send-again', anna, 'en', end=f'done flow=* {anna}')
    scene.redeem('a', anna, 2, f'done level=1 factor=no codes=no {anna}')


@case('normal', 'a new password ends the sessions that were begun in other places')
def revoked(scene):
    erik = scene.erik()
    scene.tell('other', 'sign-in', erik, PASSWORD, end=f'done level=1 {erik}')
    scene.tell('e', 'sign-in', erik, PASSWORD, end=f'done level=1 {erik}')
    scene.tell('e', 'start-totp', end=f'done level=1 factor=no codes=no key=* {erik}')
    scene.tell('e', 'set-password', NEW, end=f'done level=1 factor=no codes=no {erik}')
    scene.tell('other', 'start-totp', end='session-ended')
    # the key changes with every change that is saved: what is shown after it is the one that counts
    scene.enrol('e', erik)


@case('normal', 'a recovery ends the sessions that were begun before it')
def recovered(scene):
    erik = scene.erik()
    scene.tell('other', 'sign-in', erik, PASSWORD, end=f'done level=1 {erik}')
    scene.tell('e', 'start-recovery', erik, 'en', end=f'done flow=* {erik}')
    scene.redeem('e', erik, 1, f'done level=1 factor=no codes=no {erik}')
    scene.tell('other', 'start-totp', end='session-ended')
    scene.tell('e', 'set-password', PASSWORD, end='password-repeated')
    scene.tell('e', 'set-password', NEW, end=f'done level=1 factor=no codes=no {erik}')


@case('normal', 'a code that the administrator gave out is typed, and no mail is sent')
def given(scene):
    anna = scene.anna()
    flow, code = scene.ground.people.code(anna)
    scene.tell('a', 'redeem', flow, wrong(code), end='code-refused')
    scene.tell('a', 'redeem', flow, code, end=f'done level=1 factor=no codes=no {anna}')
    scene.tell('a', 'set-password', NEW, end=f'done level=1 factor=no codes=no {anna}')
    scene.enrol('a', anna)
    expect(scene.post(anna).letters() == [], 'a mail was sent')


@case('short', 'a session that has grown old asks for the password, and goes on in the same flow')
def grown_old(scene):
    erik = scene.erik()
    scene.tell('e', 'sign-in', erik, PASSWORD, end=f'done level=1 {erik}')
    answer = scene.tell('e', 'start-totp', end=f'done level=1 factor=no codes=no key=* {erik}')
    key = answer['end'].split(' key=')[1].split()[0]
    scene.wait(5)
    code = scene.code(key)
    scene.tell('e', 'confirm-totp', code, end='password-first')
    scene.tell('e', 'reauthenticate', 'wrong wrong wrong', end='credentials-refused')
    scene.tell('e', 'reauthenticate', PASSWORD, end=f'done level=1 {erik}')
    scene.tell('e', 'confirm-totp', code, end=f'done level=2 factor=yes codes=no {erik}')


@case('short', 'a recovered session that has grown old, of a person without a password, needs a new mail')
def no_way_on(scene):
    anna = scene.anna()
    scene.tell('a', 'start-recovery', anna, 'en', end=f'done flow=* {anna}')
    scene.redeem('a', anna, 1, f'done level=1 factor=no codes=no {anna}')
    scene.wait(5)
    scene.tell('a', 'set-password', NEW, end='mail-first')
    scene.tell('a', 'start-recovery', anna, 'en', end=f'done flow=* {anna}')
    scene.redeem('a', anna, 2, f'done level=1 factor=no codes=no {anna}')
    scene.tell('a', 'set-password', NEW, end=f'done level=1 factor=no codes=no {anna}')


@case('short', 'a login flow that has expired is replaced unseen')
def login_expired(scene):
    erik = scene.erik()
    scene.tell('e', 'prepare-sign-in')
    scene.tell('e', 'identify', erik)
    scene.wait(7)
    scene.tell('e', 'sign-in', erik, PASSWORD, end=f'done level=1 {erik}')


@case('short', 'a second-factor flow that has expired is replaced unseen')
def second_factor_expired(scene):
    maja, key, _ = scene.maja()
    scene.tell('m', 'sign-in', maja, PASSWORD, end=f'second-factor-first level=1 {maja}')
    # so that the flow is there, not still on its way
    scene.tell('m', 'totp', '000000', end='code-refused')
    scene.wait(7)
    scene.tell('m', 'totp', scene.code(key), end=f'done level=2 factor=yes codes=yes*{maja}')


@case('short', 'a code that has expired is refused, then its mail is')
def mail_expired(scene):
    anna = scene.anna()
    scene.tell('a', 'start-recovery', anna, 'en', end=f'done flow=* {anna}')
    _, flow, code = scene.post(anna).letters(1)[0]
    scene.wait(9)
    scene.tell('a', 'redeem', flow, code, end='code-refused')
    scene.wait(8)
    scene.tell('b', 'resume', 'a', end='mail-expired')
    scene.tell('a', 'redeem', flow, code, end='mail-expired')
    scene.tell('a', 'send-again', anna, 'en', end=f'done flow=* {anna}')
    scene.redeem('a', anna, 2, f'done level=1 factor=no codes=no {anna}')


@case('short', 'a settings flow that has expired is replaced, and its new key is told')
def settings_expired(scene):
    erik = scene.erik()
    scene.tell('e', 'sign-in', erik, PASSWORD, end=f'done level=1 {erik}')
    first = scene.tell('e', 'start-totp', end=f'done level=1 factor=no codes=no key=* {erik}')['end']
    scene.wait(21)
    scene.tell('e', 'reauthenticate', PASSWORD, end=f'done level=1 {erik}')
    second = scene.tell('e', 'start-totp', end=f'done level=1 factor=no codes=no key=* {erik}')['end']
    expect(first != second, 'the key is still the same')
    scene.enrol('e', erik)


@case('short', 'a session that has ended by itself is told as ended')
def session_expired(scene):
    erik = scene.erik()
    scene.tell('e', 'sign-in', erik, PASSWORD, end=f'done level=1 {erik}')
    scene.wait(41)
    scene.tell('e', 'start-totp', end='session-ended')
    scene.tell('e', 'sign-in', erik, PASSWORD, end=f'done level=1 {erik}')


@case('short', 'an administrator’s code that has expired is not taken')
def given_expired(scene):
    anna = scene.anna()
    flow, code = scene.ground.people.code(anna, '5s')
    scene.wait(6)
    scene.tell('a', 'redeem', flow, code, end='mail-expired')
