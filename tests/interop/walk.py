# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole assistant, in a real window and with real keys, against the server under test."""

import os
import pathlib
import sys

import ground
from ground import PASSWORD, TESTS
from transcript import expect

sys.path.append(str(TESTS / 'walk'))

import outside  # noqa: E402
from screen import Guide  # noqa: E402
from world import Desk, Mail, Programs, World, wait_for  # noqa: E402

NEW = 'lantern orbit thistle'
CASES = []


def case(name):
    """Decorates a walk."""
    def remember(function):
        CASES.append((name, function))
        return function
    return remember


class Table(Desk):
    """A person's computer, whose policy names the server under test; the mails are the person's, wherever they arrive."""

    def __init__(self, world, programs, base, *addresses):
        super().__init__(world, programs, server=False)
        self.base = base
        self.post = ground.Post(base.mails, *addresses)
        self.url = base.server.url

    def prepare(self):
        super().prepare()
        policy = f'[server]\nurl={self.url}\n'
        if self.base.server.ca:
            authority = self.folder / 'config' / 'first-login' / 'authority.pem'
            authority.write_bytes(pathlib.Path(self.base.server.ca).read_bytes())
            authority.chmod(0o644)
            policy += 'ca-file=authority.pem\n'
            # for curl, which looks from outside
            os.environ['CURL_CA_BUNDLE'] = str(authority)
        self.write_policy(policy)

    def mails(self):
        return self.base.mails.messages(self.post.addresses)


class Person(Guide):
    def ask_for_mail(self, number=1):
        """As there, but the box is there only where the server has a robot check."""
        self.wait_page('Create your password')
        if self.desk.base.server.has_robot:
            self.tick('I am not a robot')
        self.press('Reset password')
        self.wait_page('Check your inbox')
        return self.desk.wait_mail(number)


class Walk:
    """What a walk is given: a scene with people, and their computers."""

    def __init__(self, scene, world, programs):
        self.scene = scene
        self.world = world
        self.programs = programs

    def sit_down(self, *addresses):
        return Table(self.world, self.programs, self.scene.ground, *addresses)

    def open_guide(self, desk):
        return Person(desk, desk.start())

    def check(self, address, password, key, codes):
        """From outside: the password, the second factor and the recovery codes work, and without a factor nothing does."""
        url = self.scene.server.url
        token = outside.sign_in(url, address, password)
        expect(token, 'the password does not sign in')
        expect(outside.whoami(url, token).status == 403, 'the second factor is not asked for')
        expect(outside.second_factor(url, token, totp_code=self.scene.code(key)), 'the phone’s code does not work')
        expect(outside.whoami(url, token).status == 200, 'the session is none')
        other = outside.sign_in(url, address, password)
        expect(outside.second_factor(url, other, lookup_secret=codes[0]), 'a recovery code does not work')


def forget(guide, address):
    guide.begin()
    guide.give_address(address)
    guide.forget_password()
    return guide.ask_for_mail()


def set_up(walk, guide, password=None):
    """From the new password to the last page: key and codes."""
    if password:
        guide.choose_password(password)
    key, used = guide.activate()
    walk.scene.used.add(used)
    codes = guide.keep_codes()
    guide.finish()
    return key, codes


@case('anna gets through by the button in the mail')
def by_the_button(walk):
    anna = walk.scene.anna()
    with walk.sit_down(anna) as desk:
        guide = walk.open_guide(desk)
        mail = forget(guide, anna)
        desk.hand_over(mail.deep_link)
        key, codes = set_up(walk, guide, NEW)
        walk.check(anna, NEW, key, codes)


@case('anna gets through by the code in the mail, and is taken up again when the power fails')
def by_the_code(walk):
    anna = walk.scene.anna()
    with walk.sit_down(anna) as desk:
        guide = walk.open_guide(desk)
        mail = forget(guide, anna)
        guide.kill()
        guide = walk.open_guide(desk)
        guide.type_mail_code(f' {mail.code[:3]} {mail.code[3:]} ')
        guide.choose_password(NEW)
        guide.scan()
        wait_for(desk.session_token, 'the session in the keyring')
        guide.kill()
        guide = walk.open_guide(desk)
        key, codes = set_up(walk, guide)
        walk.check(anna, NEW, key, codes)


@case('erik signs in, activates two-factor authentication and keeps his codes')
def signs_in(walk):
    erik = walk.scene.erik()
    with walk.sit_down(erik) as desk:
        guide = walk.open_guide(desk)
        guide.begin()
        guide.give_address(erik)
        guide.sign_in('wrong wrong wrong')
        guide.wait_error('Password', '.')
        guide.sign_in(PASSWORD)
        key, codes = set_up(walk, guide)
        walk.check(erik, PASSWORD, key, codes)


@case('maja signs in with her phone, then with a recovery code')
def second_factor(walk):
    maja, key, codes = walk.scene.maja()
    with walk.sit_down(maja) as desk:
        guide = walk.open_guide(desk)
        guide.begin()
        guide.give_address(maja)
        guide.sign_in(PASSWORD)
        guide.answer_second_factor(walk.scene.code(key))
        guide.finish()
        guide = walk.open_guide(desk)
        guide.give_address(maja)
        guide.sign_in(PASSWORD)
        guide.wait_page('Two-factor code')
        guide.press('Use a recovery code instead')
        guide.fill('Recovery code', f'{codes[1][:4].upper()}-{codes[1][4:]}')
        guide.press('Continue')
        guide.finish()
        walk.check(maja, PASSWORD, key, codes)


@case('maja forgets her password: the second factor comes before the new one')
def forgotten(walk):
    maja, key, codes = walk.scene.maja()
    with walk.sit_down(maja) as desk:
        guide = walk.open_guide(desk)
        mail = forget(guide, maja)
        guide.type_mail_code(mail.code)
        guide.answer_second_factor(walk.scene.code(key))
        guide.choose_password(NEW)
        guide.finish()
        walk.check(maja, NEW, key, codes)


@case('anna has no mailbox: the administrator’s link lets her in, and no mail is sent')
def given(walk):
    anna = walk.scene.anna()
    flow, code = walk.scene.ground.people.code(anna)
    with walk.sit_down(anna) as desk:
        guide = walk.open_guide(desk)
        guide.begin()
        guide.wait_page('Email')
        desk.hand_over(f'first-login:recover?flow={flow}&code={code}')
        guide.wait_page('Continue with this link?')
        guide.press('Continue')
        guide.wait_page('Is this your account?')
        guide.wait_text(anna)
        guide.press('Continue')
        key, codes = set_up(walk, guide, NEW)
        walk.check(anna, NEW, key, codes)
        expect(desk.mails() == [], 'a mail was sent')


def make_cases(world, program):
    """(name, function of a scene) of each walk."""
    programs = Programs(program)
    return [(name, lambda scene, run=run: run(Walk(scene, world, programs))) for name, run in CASES]
