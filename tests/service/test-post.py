#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the service's mails with a second implementation, Python's own, and watches both ways of delivery.

Usage: test-post.py POST-LETTERS"""

import ctypes
import email
import email.policy
import glob
import html.parser
import json
import os
import re
import socketserver
import stat
import struct
import subprocess
import sys
import tempfile
import threading
import unittest

POST_LETTERS = sys.argv[1]
FLOW = '5d3ee3ed-5ab2-4a6e-9d0b-0a3b5a4f7c11'
LETTER = {
    'to': 'anna@flexhrm.example', 'name': 'Anna', 'lang': 'en', 'flow': FLOW, 'code': '012345',
    'landing': 'https://login.example/reset', 'from': 'Visma Connect <no-reply@flexhrm.example>',
    'product': 'Flex HRM', 'sent_at': 1790078400, 'expires_at': 1790080200,
}
LINK = f'https://login.example/reset#flow={FLOW}&code=012345'


def post(target, *letters):
    lines = ''.join(json.dumps(letter) + '\n' for letter in letters)
    run = subprocess.run([POST_LETTERS, target], input=lines, capture_output=True, text=True, check=True)
    return run.stdout.splitlines()


def compose(**changes):
    """The bytes of one mail and what Python makes of it."""
    with tempfile.TemporaryDirectory() as directory:
        outcome = post(directory, {**LETTER, **changes})
        assert outcome == ['delivered'], outcome
        [name] = glob.glob(directory + '/*.eml')
        with open(name, 'rb') as file:
            raw = file.read()
    return raw, email.message_from_bytes(raw, policy=email.policy.default)


def luminance(colour):
    """Relative luminance, WCAG 2.2."""
    channels = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a, b):
    lighter, darker = sorted((luminance(a), luminance(b)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


class Page(html.parser.HTMLParser):
    """Every text of an HTML mail with the colours that it stands in, and the links."""
    VOID = ('meta', 'br', 'img', 'hr', 'link')

    def __init__(self, source):
        super().__init__()
        self.open, self.texts, self.links, self.tags = [], [], [], []
        self.feed(source)
        self.close()
        assert not self.open, 'not closed: %s' % self.open

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append((tag, attributes))
        style = dict(re.findall(r'([a-z-]+):([^;]+)', attributes.get('style', '')))
        colours = dict(self.open[-1][1]) if self.open else {}
        for name in ('color', 'background-color'):
            colours[name] = style.get(name, colours.get(name))
        if tag == 'a':
            self.links.append([attributes['href'], ''])
        if tag not in self.VOID:
            self.open.append((tag, colours))

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag, 'closed out of turn: ' + tag

    def handle_data(self, data):
        if data.strip() and self.open:
            self.texts.append((self.open[-1][0], data, self.open[-1][1]))
            if self.open[-1][0] == 'a':
                self.links[-1][1] += data


class Mail(unittest.TestCase):
    def parts(self, message):
        return [part.get_content() for part in message.iter_parts()]

    def test_structure(self):
        raw, message = compose()
        self.assertEqual(message.get_content_type(), 'multipart/alternative')
        self.assertEqual([part.get_content_type() for part in message.iter_parts()], ['text/plain', 'text/html'])
        for part in message.iter_parts():
            self.assertEqual(part['Content-Transfer-Encoding'], 'quoted-printable')
            self.assertEqual(part.get_content_charset(), 'utf-8')
        for part in message.walk():
            self.assertEqual(part.defects, [])
        for header in message.values():
            self.assertEqual(header.defects, ())
        self.assertEqual(message['Date'].datetime.timestamp(), LETTER['sent_at'])
        self.assertEqual(message['MIME-Version'], '1.0')

    def test_lines(self):
        for lang in ('en', 'sv'):
            raw, _ = compose(lang=lang, product='Å' * 700, name='\U0001f600' * 400)
            self.assertNotRegex(raw, rb'(?<!\r)\n|\r(?!\n)')
            self.assertTrue(raw.isascii())
            self.assertLessEqual(max(map(len, raw.split(b'\r\n'))), 998)

    def test_every_mail_has_its_own_id(self):
        self.assertNotEqual(compose()[1]['Message-ID'], compose()[1]['Message-ID'])

    def test_link(self):
        _, message = compose()
        text, source = self.parts(message)
        self.assertIn(LINK, text.splitlines())
        self.assertEqual(Page(source).links, [[LINK, 'Enter new password']])

    def test_swedish(self):
        _, message = compose(lang='sv', name='Åsa Öhrn', product='Löner & tid')
        text, source = self.parts(message)
        self.assertEqual(message['Subject'], 'Välj ditt nya lösenord till Löner & tid')
        self.assertEqual(message['Content-Language'], 'sv')
        self.assertIn('Hej Åsa Öhrn,', text)
        self.assertEqual(Page(source).links, [[LINK, 'Ange nytt lösenord']])
        self.assertIn(('html', {'lang': 'sv'}), Page(source).tags)

    def test_code_is_not_where_a_lock_screen_shows_it(self):
        raw, message = compose()
        self.assertNotRegex(''.join(message.values()), '012 ?345')
        preview = Page(self.parts(message)[1]).texts[1][1]
        self.assertIn('its code in First Login', preview)
        self.assertNotRegex(preview, '012 ?345')

    def test_hostile_names(self):
        hostile = '<script>alert(1)</script>"&{code}'
        _, message = compose(name=hostile, product=hostile)
        text, source = self.parts(message)
        page = Page(source)
        self.assertIn(f'Hello {hostile},', text)
        self.assertNotIn('script', [tag for tag, _ in page.tags])
        self.assertIn(f'Hello {hostile},', [data for _, data, _ in page.texts])
        self.assertEqual(len(page.links), 1)

    def test_hostile_landing(self):
        _, message = compose(landing='https://login.example/"><b>')
        self.assertEqual([link for link, _ in Page(self.parts(message)[1]).links],
                         [LINK.replace('/reset', '/"><b>')])

    def test_no_line_is_injected(self):
        _, message = compose()
        expected, lines = sorted(message.keys()), self.parts(message)[0].count('\n')
        for end in ('\n', '\r\n', '\r', '\r\n\r\n', '\u2028', '\x85'):
            evil = f'Anna{end}Bcc: eve@evil.example{end}{end}body'
            _, message = compose(name=evil, product=evil, **{'from': f'"Visma{end}Bcc: e" <a@b.example>'})
            self.assertEqual(sorted(message.keys()), expected)
            self.assertEqual(message['To'], LETTER['to'])
            self.assertEqual(self.parts(message)[0].count('\n'), lines)

    def test_contrast(self):
        """White on the button's green is 5.02:1; nothing is below the 4.5:1 of WCAG AA, dark mode or not, as every
        text stands in a colour and on a colour of its own."""
        _, message = compose()
        texts = [text for text in Page(self.parts(message)[1]).texts if text[0] != 'title']
        self.assertGreater(len(texts), 8)
        for _, data, colours in texts:
            self.assertGreaterEqual(contrast(colours['color'], colours['background-color']), 4.5, data)
        [button] = [colours for tag, _, colours in texts if tag == 'a']
        self.assertAlmostEqual(contrast(button['color'], button['background-color']), 5.02, 2)

    def test_no_outside_resource(self):
        _, message = compose()
        page = Page(self.parts(message)[1])
        self.assertEqual([link for link, _ in page.links], [LINK])
        for tag, attributes in page.tags:
            self.assertNotIn(tag, ('img', 'link', 'style', 'script', 'form', 'iframe'))
            self.assertFalse({'src', 'background', 'srcset'} & set(attributes))
            self.assertNotIn('url(', attributes.get('style', ''))
            if tag == 'table':
                self.assertEqual(attributes['role'], 'presentation')


class Directory(unittest.TestCase):
    def test_many(self):
        with tempfile.TemporaryDirectory() as parent:
            directory = parent + '/mails'
            letters = [{**LETTER, 'code': '%06d' % number} for number in range(40)]
            self.assertEqual(post(directory, *letters), ['delivered'] * 40)
            self.assertEqual(stat.S_IMODE(os.stat(directory).st_mode), 0o700)
            codes = set()
            for name in os.listdir(directory):
                self.assertRegex(name, r'^[0-9]{16}-[0-9a-f]{8}\.eml$')
                self.assertEqual(stat.S_IMODE(os.stat(f'{directory}/{name}').st_mode), 0o600)
                with open(f'{directory}/{name}', 'rb') as file:
                    codes.add(re.search(rb'code=3D([0-9]{6})', file.read().replace(b'=\r\n', b'')).group(1))
            self.assertEqual(len(codes), 40)

    def test_nobody_sees_half_a_mail(self):
        """What the kernel saw: a name that ends in .eml appears by being renamed to, and is not touched afterwards."""
        IN_MODIFY, IN_MOVED_TO, IN_CREATE = 0x2, 0x80, 0x100
        libc = ctypes.CDLL(None, use_errno=True)
        with tempfile.TemporaryDirectory() as directory:
            watch = libc.inotify_init1(os.O_NONBLOCK)
            self.assertGreaterEqual(watch, 0)
            self.addCleanup(os.close, watch)
            libc.inotify_add_watch(watch, directory.encode(), IN_MODIFY | IN_MOVED_TO | IN_CREATE)
            post(directory, *[LETTER] * 5)
            events, seen = os.read(watch, 65536), []
            while events:
                _, mask, _, length = struct.unpack_from('iIII', events)
                seen.append((events[16:16 + length].rstrip(b'\0').decode(), mask))
                events = events[16 + length:]
        shown = [mask for name, mask in seen if not name.startswith('.')]
        self.assertEqual(shown, [IN_MOVED_TO] * 5)
        self.assertEqual(len([mask for name, mask in seen if name.startswith('.') and mask == IN_CREATE]), 5)

    def test_failures(self):
        with tempfile.NamedTemporaryFile() as file:
            [outcome] = post(file.name + '/mails', LETTER)
            self.assertRegex(outcome, '^g-io-error-quark')
            self.assertNotRegex(outcome, 'anna@|012 ?345')
        with tempfile.TemporaryDirectory() as directory:
            os.mkdir(directory + '/mails')
            self.assertRegex(post(directory + '/mails', {**LETTER, 'to': 'nobody'})[0], '^g-io-error-quark')
            self.assertEqual(os.listdir(directory + '/mails'), [])


class Relay(socketserver.ThreadingTCPServer):
    """An ESMTP relay as small as RFC 5321 lets it be. It refuses recipients whose name is in `refused`."""
    daemon_threads = True
    allow_reuse_address = True
    refused = ()

    def __init__(self):
        super().__init__(('127.0.0.1', 0), Conversation)
        self.mails = []
        self.url = 'smtp://127.0.0.1:%d' % self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Conversation(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b'\r\n')

    def handle(self):
        envelope = []
        self.say('220 relay.example ESMTP')
        for line in self.rfile:
            verb, _, rest = line.decode().strip().partition(' ')
            if verb in ('EHLO', 'HELO'):
                self.say('250-relay.example')
                self.say('250 8BITMIME')
            elif verb == 'RCPT' and any(name in rest for name in self.server.refused):
                self.say(f'550 5.1.1 {rest} is not known here')
            elif verb in ('MAIL', 'RCPT'):
                envelope.append(re.search('<(.*)>', rest).group(1))
                self.say('250 OK')
            elif verb == 'DATA':
                self.say('354 Go on')
                lines = list(iter(self.rfile.readline, b'.\r\n'))
                self.server.mails.append((envelope, b''.join(x[1:] if x.startswith(b'.') else x for x in lines)))
                self.say('250 OK')
            elif verb == 'QUIT':
                self.say('221 Bye')
                return
            else:
                self.say('502 Not here')


class Smtp(unittest.TestCase):
    def setUp(self):
        self.relay = Relay()
        self.addCleanup(self.relay.server_close)
        self.addCleanup(self.relay.shutdown)

    def test_mail_arrives_whole(self):
        # A line that begins with a dot has to be stuffed on the way: RFC 5321, section 4.5.2.
        dots = {**LETTER, 'name': '.' * 300}
        self.assertEqual(post(self.relay.url, dots), ['delivered'])
        [(envelope, raw)] = self.relay.mails
        self.assertEqual(envelope, ['no-reply@flexhrm.example', 'anna@flexhrm.example'])
        self.assertRegex(raw, rb'\r\n\.')
        self.assertNotRegex(raw, rb'(?<!\r)\n')
        message = email.message_from_bytes(raw, policy=email.policy.default)
        text, _ = [part.get_content() for part in message.iter_parts()]
        self.assertIn('Hello %s,' % ('.' * 300), text)
        self.assertTrue(raw.rstrip().endswith(b'--'))

    def test_many(self):
        letters = [{**LETTER, 'to': f'person{number}@flexhrm.example'} for number in range(12)]
        self.assertEqual(post(self.relay.url, *letters), ['delivered'] * 12)
        self.assertEqual({envelope[1] for envelope, _ in self.relay.mails}, {letter['to'] for letter in letters})

    def test_refused(self):
        self.relay.refused = ('anna',)
        [outcome] = post(self.relay.url, LETTER)
        self.assertRegex(outcome, '^g-io-error-quark .*550')
        self.assertNotIn('anna', outcome)
        self.assertEqual(self.relay.mails, [])

    def test_nobody_there(self):
        url = self.relay.url
        self.relay.shutdown()
        self.relay.server_close()
        [outcome] = post(url, LETTER)
        self.assertRegex(outcome, '^g-io-error-quark 39 ')  # G_IO_ERROR_CONNECTION_REFUSED

    def test_urls_of_another_form(self):
        for url in ('smtp://127.0.0.1', 'smtp://user:pw@127.0.0.1:25', 'smtp://127.0.0.1:25/x', 'smtp:'):
            run = subprocess.run([POST_LETTERS, url], input='', capture_output=True, text=True)
            self.assertEqual(run.returncode, 2, url)


class Tap(unittest.TestResult):
    def report(self, test, ok, note=''):
        print('%s %d - %s' % ('ok' if ok else 'not ok', self.testsRun, test.id().removeprefix('__main__.')))
        for line in note.splitlines():
            print('# ' + line)

    def addSuccess(self, test):
        self.report(test, True)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.report(test, False, self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self.report(test, False, self.errors[-1][1])


if __name__ == '__main__':
    tests = unittest.defaultTestLoader.loadTestsFromModule(sys.modules['__main__'])
    print('1..%d' % tests.countTestCases())
    sys.exit(0 if tests.run(Tap()).wasSuccessful() else 1)
