#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that makes Kratos send a mail past somebody who only looks at what is asked, and what else is no good question:
none of it sends a mail, nor comes to Kratos at all.

Usage: test-forms.py SERVICE-HOST FIRST-LOGIN-GATE"""

import json
import sys

from gate_host import Case, main

Case.HOST, Case.PROGRAM = sys.argv[1:3]
VICTIM = 'anna@flexhrm.example'
MAIL = {'method': 'code', 'email': VICTIM}
LOGIN = {'method': 'password', 'identifier': VICTIM, 'password': 'wrong'}

# What stands behind the path. {} is a flow that is there.
QUERIES = [
    '', '?', '?flow=', '?flow={}&email=' + VICTIM, '?email=' + VICTIM + '&flow={}', '?flow={}&flow={}', '?flow={}&',
    '?&flow={}', '?flow={}%26email=' + VICTIM, '?flow={};email=' + VICTIM, '?Flow={}', '?flow={}x', '?flow=+{}',
    '?flow=%7b{}%7d', '?flow[]={}', '?flow={}#x', '?flow={}&method=code&code=123456', '?id={}', '?flow={}&recovery_address=x',
    '?flow={}%00', '??flow={}', '?flow={}?email=' + VICTIM, '?flow=' + 'a' * 4000,
    '?flow=00000000-0000-0000-0000-00000000000G',
]

# What may be said of the body.
TYPES = [
    'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain', 'text/json', '', 'application/json;',
    'application/json; charset=utf-8', 'application/json; charset=utf-16', 'Application/JSON', 'application/json ,x',
    'application/json, application/x-www-form-urlencoded', 'application/vnd.api+json', 'application/ld+json', 'json', '*/*',
]

# Bodies of a recovery.
RECOVERIES = [
    b'method=code&email=' + VICTIM.encode(),
    b'',
    b'null', b'[]', b'""', b'1', b'{', b'}', b'{}', b'[{"method":"code","email":"x"}]',
    json.dumps({**MAIL, 'code': '123456'}),
    json.dumps({'method': 'code', 'code': '123456', 'email': ''}),
    '{"method":"code","code":"123456","email":"%s"}' % VICTIM,
    '{"method":"code","email":"nobody@flexhrm.example","email":"%s"}' % VICTIM,
    '{"method":"code","code":"1","code":"2"}',
    '{"method":"code","method":"code","email":"%s"}' % VICTIM,
    '{"method":"code","\\u0065mail":"%s"}' % VICTIM,
    '{"method":"code","em\\u0061il":"%s","code":"1"}' % VICTIM,
    '{"method":"code","Email":"%s"}' % VICTIM, '{"method":"code","EMAIL":"%s"}' % VICTIM, '{"METHOD":"code"}',
    '{"method":"CODE","email":"%s"}' % VICTIM, '{"method":" code","email":"%s"}' % VICTIM,
    '{"method":"link","email":"%s"}' % VICTIM, '{"method":"","email":"%s"}' % VICTIM, '{"email":"%s"}' % VICTIM,
    '{"method":["code"],"email":"%s"}' % VICTIM, '{"method":null,"email":"%s"}' % VICTIM,
    '{"method":"code","email":["%s"]}' % VICTIM, '{"method":"code","email":{"x":"%s"}}' % VICTIM,
    '{"method":"code","email":null}', '{"method":"code","email":true}', '{"method":"code","email":1}',
    '{"method":"code","code":123456}', '{"method":"code","code":{"email":"%s"}}' % VICTIM,
    '{"method":"code","recovery_address":"%s"}' % VICTIM, '{"method":"code","recovery_confirm_address":"%s"}' % VICTIM,
    '{"method":"code","recovery_select_address":"x","recovery_address":"%s"}' % VICTIM,
    '{"method":"code","screen":"previous","email":"%s"}' % VICTIM, '{"method":"code","email":"%s","csrf_token":""}' % VICTIM,
    '{"method":"code","traits.email":"%s"}' % VICTIM, '{"method":"code","traits":{"email":"%s"}}' % VICTIM,
    '{"method":"code","email":"%s","transient_payload.flow":"x"}' % VICTIM,
    '{"method":"code","email":"%s","transient_payload":"x"}' % VICTIM,
    '{"method":"code","email":"%s","transient_payload":[]}' % VICTIM,
    '{"method":"code","email":"%s","transient_payload":{"flow":"x"}}' % VICTIM,
    '{"method":"code","email":"%s","transient_payload":{"flow":"00000000-0000-4000-8000-000000000000"}}' % VICTIM,
    '{"method":"code","email":"%s","transient_payload":{"url":"https://evil.example"}}' % VICTIM,
    '{"method":"code","email":"%s","transient_payload":{"flow":{"flow":"x"}}}' % VICTIM,
    '{"method":"code","email":"%s","transient_payload":{},"transient_payload":{}}' % VICTIM,
    '{"method":"code","email":"%s","transient_payload":{"lang":["sv"]}}' % VICTIM,
    '{"method":"code","code":"123456","transient_payload":{}}',
    '{"method":"code","email":"%s\\u0000"}' % VICTIM, '{"method":"code","email":"%s\\n"}' % VICTIM,
    '{"method":"code","email":"\\r\\nRCPT TO:<x>%s"}' % VICTIM,
    b'{"method":"code","email":"' + VICTIM.encode() + b'\x00"}', b'{"method":"code","email":"\xff' + VICTIM.encode() + b'"}',
    b'{"method":"code","email":"\xc0\xaf' + VICTIM.encode() + b'"}', b'{"method":"code","email":"\\ud800' + VICTIM.encode() + b'"}',
    b'\xef\xbb\xbf' + json.dumps(MAIL).encode(), json.dumps(MAIL).encode('utf-16'), json.dumps(MAIL).encode('utf-16-le'),
    json.dumps(MAIL) + '{}', json.dumps(MAIL) + 'x', json.dumps(MAIL) + '\0', json.dumps(MAIL) + ',',
    json.dumps(MAIL)[:-1] + ',}', json.dumps(MAIL)[:-1] + ']', json.dumps(MAIL)[:-1], "{'method':'code'}",
    '{"method":"code",/* */"email":"%s"}' % VICTIM, '{"method":"code" "email":"%s"}' % VICTIM,
    '{"method"="code","email":"%s"}' % VICTIM, '{"method":"code","email":"%s"' % ('x' * 9000) + '"}',
    json.dumps({'method': 'code', 'email': 'x' * 321}), '{"a":' * 70 + '1' + '}' * 70, json.dumps({**MAIL, '': ''}),
    json.dumps({**MAIL, 'method ': 'code'}), json.dumps({**MAIL, 'identifier': VICTIM}), json.dumps(LOGIN),
]

# Bodies of a login.
LOGINS = [
    {**LOGIN, 'password_identifier': 'erik@flexhrm.example'}, {'method': 'password', 'password_identifier': VICTIM, 'password': 'x'},
    {'method': 'code', 'identifier': VICTIM}, {'method': 'code', 'address': VICTIM}, {'method': 'code', 'code': '123456'},
    {'method': 'oidc', 'provider': 'x'}, {'method': 'passkey'}, {'method': 'link_recovery', 'email': VICTIM},
    {'method': 'identifier_first'}, {'method': 'identifier_first', 'identifier': VICTIM, 'password': 'x'},
    {**LOGIN, 'totp_code': '123456'}, {'method': 'totp', 'totp_code': '123456', 'lookup_secret': 'x'},
    {'method': 'totp', 'totp_code': '123456', 'identifier': VICTIM}, {'method': 'lookup_secret', 'lookup_secret': ['a', 'b']},
    {**LOGIN, 'via': VICTIM}, {**LOGIN, 'resend': 'code'}, {**LOGIN, 'transient_payload': {}}, {**LOGIN, 'identifier': [VICTIM]},
    '{"method":"password","identifier":"a","identifier":"b","password":"x"}', {**LOGIN, 'identifier.x': 'y'},
    {**LOGIN, 'password': 'x' * 1025}, {**LOGIN, 'identifier': 'a\u0000b'}, {**LOGIN, 'identifier': 'a\nb'}, MAIL,
]


class Forms(Case):
    def setUp(self):
        super().setUp()
        self.gate = self.open()
        self.flow = self.service.flow('recovery')
        self.proof = self.gate.proof()

    def finish(self):
        """Nothing has come through, and the proof that went along was good and is not used up: it was not for want of one."""
        self.assertEqual(self.upstream.seen, [])
        self.assert_no_mails()
        answer = self.gate.submit('recovery', self.flow, MAIL, headers={'X-Altcha': self.proof})
        self.assertEqual(answer.status, 200, answer.data)
        self.assertEqual(len(self.upstream.seen), 1)
        self.assertEqual(self.service.letters(2)[1][0], VICTIM)

    def refuse(self, what, answer):
        self.assertIn(answer.status, (400, 404, 405), (what, answer.data))
        self.assertEqual(answer.headers['Content-Type'], 'application/json; charset=utf-8')
        said = answer.body['error']['code'] if 'error' in answer.body else answer.ids()[0]
        self.assertIn(said, (answer.status, 4010002, 4010005), (what, answer.data))

    def test_queries(self):
        for query in QUERIES:
            path = '/self-service/recovery' + query.replace('{}', self.flow)
            self.refuse(query, self.gate.request('POST', path, MAIL, {'X-Altcha': self.proof}))
        self.finish()

    def test_upper_case_flow(self):
        self.refuse('upper', self.gate.submit('recovery', self.flow.upper(), MAIL, headers={'X-Altcha': self.proof}))
        self.finish()

    def test_content_types(self):
        for kind in TYPES:
            headers = {'X-Altcha': self.proof, 'Content-Type': kind}
            self.refuse(kind, self.gate.submit('recovery', self.flow, MAIL, headers=headers))
            self.refuse(kind, self.gate.submit('recovery', self.flow, 'method=code&email=' + VICTIM, headers=headers))
        self.finish()

    def test_recovery_bodies(self):
        for body in RECOVERIES:
            headers = {'X-Altcha': self.proof}
            self.refuse(body, self.gate.submit('recovery', self.flow, body, headers=headers))
        self.finish()

    def test_login_bodies(self):
        login = self.service.flow('login')
        for body in LOGINS:
            self.refuse(body, self.gate.submit('login', login, body, headers={'X-Altcha': self.proof}))
        self.finish()

    def test_headers(self):
        for headers in ({'Origin': 'https://evil.example'}, {'Cookie': 'ory_kratos_session=x'}, {'Content-Encoding': 'gzip'},
                        {'Content-Encoding': 'identity'}, {'X-Session-Token': 'a b'}, {'X-Session-Token': ''},
                        {'X-Session-Token': 'x' * 129}):
            self.refuse(headers, self.gate.submit('recovery', self.flow, MAIL, headers={'X-Altcha': self.proof, **headers}))
        self.finish()

    def test_paths_and_methods(self):
        headers = {'X-Altcha': self.proof}
        for path in ('/self-service/recovery/', '//self-service/recovery', '/self-service//recovery',
                     '/self-service/recovery;x', '/Self-Service/recovery',
                     '/self-service/recovery/api', '/self-service/settings', '/self-service/registration', '/metrics', '/',
                     '/self-service/recovery%3fflow=' + self.flow, '/sessions/whoami', '/admin/identities'):
            self.refuse(path, self.gate.request('POST', f'{path}?flow={self.flow}', MAIL, headers))
        for method in ('GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'post', 'FOO'):
            self.refuse(method, self.gate.request(method, f'/self-service/recovery?flow={self.flow}', MAIL, headers))
        override = {**headers, 'X-HTTP-Method-Override': 'POST'}
        self.refuse('override', self.gate.request('GET', f'/self-service/recovery?flow={self.flow}', MAIL, override))
        self.finish()

    def test_another_spelling_is_the_same_call(self):
        """libsoup makes one spelling of all before anybody sees the path: what is there is asked for as everywhere."""
        for path in ('/self-service/%72ecovery?flow=', '/self-service/./recovery?flow=', '/x/../self-service/recovery?flow=',
                     '/self-service/recovery?f%6cow='):
            self.assert_says(self.gate.request('POST', path + self.flow, MAIL), 400, 4000038)
        self.finish()


class Wires(Case):
    """What HTTP itself can be used for; written by hand, as no client writes it."""

    def setUp(self):
        super().setUp()
        self.gate = self.open()
        self.flow = self.service.flow('recovery')
        self.proof = self.gate.proof()
        self.head = (f'POST /self-service/recovery?flow={self.flow} HTTP/1.1\r\nHost: x\r\nX-Altcha: {self.proof}\r\n'
                     'Content-Type: application/json\r\n')

    def finish(self):
        self.assertEqual(self.upstream.seen, [])
        self.assert_no_mails()

    def statuses(self, text, count=1):
        """The statuses of all answers, until nothing more is said."""
        connection = self.connect(self.gate, text)
        connection.shutdown(1)
        data = self.read_all(connection)
        return [int(part[:3]) for part in data.split(b'HTTP/1.1 ')[1:]]

    def test_chunks(self):
        body = json.dumps(MAIL)
        chunked = f'{len(body):x}\r\n{body}\r\n0\r\n\r\n'
        for headers in ('Transfer-Encoding: chunked\r\n', 'Transfer-Encoding: chunked\r\nContent-Length: 5\r\n',
                        f'Content-Length: {len(chunked)}\r\nTransfer-Encoding: chunked\r\n',
                        'Transfer-Encoding: identity\r\n', 'Transfer-Encoding: x, chunked\r\n',
                        'Transfer-Encoding : chunked\r\n'):
            found = self.statuses(self.head + headers + '\r\n' + chunked)
            self.assertTrue(all(status >= 400 for status in found), (headers, found))
        self.finish()

    def test_lengths(self):
        body = json.dumps(MAIL)
        hidden = self.head + f'Content-Length: {len(body)}\r\n\r\n{body}'
        for headers in ('Content-Length: 0\r\nContent-Length: {}\r\n', 'Content-Length: -1\r\n', 'Content-Length: 0x10\r\n',
                        'Content-Length: 99999999999999999999\r\n', 'Content-Length: {},{}\r\n', 'Content-Length: +{}\r\n'):
            found = self.statuses(self.head + headers.replace('{}', str(len(body))) + '\r\n' + body)
            self.assertTrue(all(status >= 400 for status in found), (headers, found))
        # a body that looks like a request of its own is a body
        found = self.statuses(self.head.replace('application/json', 'text/plain') + f'Content-Length: {len(hidden)}\r\n\r\n{hidden}')
        self.assertEqual(found, [400])
        self.finish()

    def test_pipeline(self):
        """Of several questions in one go each is looked at by itself."""
        bad = [b'{"method":"code","code":"1","email":"%s"}' % VICTIM.encode(), b'method=code&email=' + VICTIM.encode(), b'{}']
        text = b''.join(self.head.encode() + b'Content-Length: %d\r\n\r\n' % len(body) + body for body in bad)
        self.assertEqual(self.statuses(text), [400] * len(bad))
        self.finish()

    def test_doubled_headers(self):
        body = json.dumps(MAIL)
        length = f'Content-Length: {len(body)}\r\n'
        for more in ('Content-Type: application/x-www-form-urlencoded\r\n', 'Content-Type: application/json\r\n',
                     'X-Session-Token: a\r\nX-Session-Token: b\r\n', f'X-Altcha: {self.proof}\r\n', 'content-type:\r\n'):
            found = self.statuses(self.head + more + length + '\r\n' + body)
            self.assertEqual(found, [400], more)
        self.finish()

    def test_folded_and_broken_heads(self):
        body = json.dumps(MAIL)
        length = f'Content-Length: {len(body)}\r\n'
        for head in (self.head.replace('json\r\n', 'json\r\n ; charset=utf-16\r\n'), self.head.replace('HTTP/1.1', 'HTTP/9.9'),
                     self.head.replace(' HTTP/1.1', ''), self.head.replace('Content-Type', 'Content Type')):
            found = self.statuses(head + length + '\r\n' + body)
            self.assertTrue(all(status >= 400 for status in found), (head, found))
        self.finish()


class Rebuilt(Case):
    """What does come to Kratos is the gate's own."""

    def setUp(self):
        super().setUp()
        self.gate = self.open()

    def take(self):
        self.assertEqual(len(self.upstream.seen), 1)
        path, headers, body = self.upstream.seen.pop()
        names = [name.lower() for name, _ in headers]
        self.assertEqual(len(set(names)), len(names))
        return path, dict(zip(names, (value for _, value in headers))), body

    def test_mail(self):
        flow = self.service.flow('recovery')
        headers = {'X-Altcha': self.gate.proof(), 'User-Agent': 'first-login/' + 'x' * 400, 'X-Real-IP': '198.51.100.7',
                   'True-Client-IP': '203.0.113.1', 'Cf-Connecting-IP': '203.0.113.2', 'X-Forwarded-For': '203.0.113.3',
                   'Forwarded': 'for=203.0.113.4', 'X-Session-Token': 'ory_st_x', 'Authorization': 'Bearer ory_st_y',
                   'X-Forwarded-Host': 'evil.example', 'Referer': 'x', 'Accept': 'text/html', 'Accept-Encoding': 'gzip'}
        body = {'transient_payload': {'lang': 'sv', 'flow': flow}, 'email': ' \u00c5NNA@flexhrm.example', 'method': 'code'}
        self.assertEqual(self.gate.submit('recovery', flow, body, headers=headers).status, 400)  # no such shape of address
        path, sent, kept = self.take()
        self.assertEqual(path, '/self-service/recovery?flow=' + flow)
        self.assertEqual(kept, body)
        self.assertEqual({name: sent[name] for name in ('accept', 'content-type', 'x-real-ip', 'x-forwarded-for')},
                         {'accept': 'application/json', 'content-type': 'application/json', 'x-real-ip': '198.51.100.7',
                          'x-forwarded-for': '198.51.100.7'})
        self.assertEqual(sent['user-agent'], ('first-login/' + 'x' * 400)[:256])
        self.assertEqual(set(sent), {'accept', 'content-type', 'content-length', 'user-agent', 'x-real-ip', 'x-forwarded-for',
                                     'host', 'connection'} & set(sent))

    def test_for_whom(self):
        """What nginx says is one address; whatever else it says, it asks for itself."""
        for said, known in (('198.51.100.7', '198.51.100.7'), ('2001:db8::7', '2001:db8::7'), ('2001:DB8:0::7', '2001:db8::7'),
                            ('::ffff:198.51.100.7', '198.51.100.7'), ('198.51.100.7, 203.0.113.9', '127.0.0.1'),
                            ('198.51.100.7:443', '127.0.0.1'), ('198.51.100.0/24', '127.0.0.1'), ('localhost', '127.0.0.1'),
                            ('', '127.0.0.1'), ('unknown', '127.0.0.1')):
            self.gate.submit('login', self.service.flow('login'), {'method': 'identifier_first', 'identifier': VICTIM},
                             headers={'X-Real-IP': said})
            sent = self.take()[1]
            self.assertEqual((sent['x-real-ip'], sent['x-forwarded-for']), (known, known), said)

    def test_languages(self):
        """One that is not spoken here is left out, and no reason to refuse the mail."""
        for language, kept in (('sv', {'lang': 'sv'}), ('en', {'lang': 'en'}), ('de', {}), ('../../x', {})):
            flow = self.service.flow('recovery')
            body = {'method': 'code', 'email': VICTIM, 'transient_payload': {'flow': flow, 'lang': language}}
            self.assertEqual(self.gate.submit('recovery', flow, body, headers={'X-Altcha': self.gate.proof()}).status, 200)
            self.assertEqual(self.take()[2]['transient_payload'], {'flow': flow, **kept})

    def test_session(self):
        """Goes along with a password and a second factor, and with nothing else."""
        login = self.service.flow('login')
        recovery = self.service.flow('recovery')
        for kind, flow, body, goes in (
                ('login', login, {'method': 'identifier_first', 'identifier': VICTIM}, False),
                ('login', login, LOGIN, True),
                ('login', login, {'method': 'totp', 'totp_code': '123456'}, True),
                ('login', login, {'method': 'lookup_secret', 'lookup_secret': 'abcd1234'}, True),
                ('recovery', recovery, {'method': 'code', 'code': '123456'}, False)):
            self.gate.submit(kind, flow, body, token='ory_st_abc')
            _, sent, kept = self.take()
            self.assertEqual(sent.get('x-session-token'), 'ory_st_abc' if goes else None, body)
            self.assertEqual(kept, body)

    def test_texts_are_the_same(self):
        """A password comes through letter by letter, whatever JSON calls the letters."""
        password = '\U0001f600 "\\/\b\f\n\r\t\u00e5\u2028\x7f'
        written = '"\\uD83D\\uDE00 \\"\\\\\\/\\b\\f\\n\\r\\t\\u00E5\\u2028\x7f"'
        body = '{ "method":"password" ,\n\t"identifier" : "a@b" , "password":%s }\r\n' % written
        self.gate.submit('login', self.service.flow('login'), body.encode())
        self.assertEqual(self.take()[2], {'method': 'password', 'identifier': 'a@b', 'password': password})


if __name__ == '__main__':
    sys.exit(main(sys.modules[__name__]))
