# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of the wire that the product relies on, and that no recording has: looked at by plain HTTP."""

import email.utils
import http.client

from ground import PASSWORD
from service_host import totp
from transcript import expect

NEW = 'korrekt häst batteri'
UNKNOWN = '00000000-0000-4000-8000-000000000000'
CASES = []


def case(profile, name):
    """Decorates a fact that is looked at in that profile."""
    def remember(function):
        CASES.append((profile, name, function))
        return function
    return remember


def says(answer, status, *ids, node=None):
    """That status, and those message ids: of the form, or of one node."""
    expect(answer.status == status, f'{answer.status} is not {status}: {answer.data}')
    expect(answer.ids(node) == list(ids), f'{answer.ids(node)} is not {list(ids)}: {answer.data}')


def refuses(answer, status, error_id=None):
    expect(answer.status == status, f'{answer.status} is not {status}: {answer.data}')
    expect(answer.body['error']['code'] == status, f'another code: {answer.data}')
    expect(answer.body['error'].get('id') == error_id, f'another id: {answer.data}')


def ask_for_mail(server, address, flow=None):
    flow = flow or server.flow('recovery')
    answer = server.submit('recovery', flow, {'method': 'code', 'email': address, 'transient_payload': {'flow': flow}})
    says(answer, 200, 1060003)
    return flow


def redeem(server, flow, code):
    return server.submit('recovery', flow, {'method': 'code', 'code': code})


def get_secret(answer):
    return answer.node('totp_secret_key')['attributes']['text']['context']['secret']


def enrol(scene, token):
    """The key of a second factor that is on."""
    server = scene.server
    flow = server.get('/self-service/settings/api', token)
    key = get_secret(flow)
    says(server.submit('settings', flow.body['id'], {'method': 'totp', 'totp_code': scene.code(key)}, token), 200, 1050001)
    return key


@case('normal', 'every answer has the time of the server')
def date(scene):
    answers = [scene.server.get('/self-service/login/api'), scene.server.get('/sessions/whoami'),
               scene.server.submit('login', scene.server.flow('login'), {'method': 'password', 'identifier': 'x', 'password': 'x'})]
    for answer in answers:
        when = email.utils.parsedate_to_datetime(answer.headers['Date']).timestamp()
        expect(abs(when - scene.server.now()) < 60, f'{answer.headers["Date"]} is not now')


@case('normal', 'every answer is JSON by its type, and none leads elsewhere')
def content_type(scene):
    token = scene.server.sign_in(scene.erik())
    for path in ('/self-service/login/api', '/self-service/recovery/api', '/self-service/settings/api', '/sessions/whoami',
                 f'/self-service/login/flows?id={UNKNOWN}'):
        for answer in (scene.server.get(path), scene.server.get(path, token)):
            expect(answer.headers.get_content_type() == 'application/json', f'{path}: {answer.headers["Content-Type"]}')
            expect(not 300 <= answer.status < 400, f'{path}: {answer.status}')


@case('normal', 'a flow that is not known is 404, a garbled or missing one 400, of all three kinds')
def flows(scene):
    server = scene.server
    token = server.sign_in(scene.erik())
    bodies = {'login': {'method': 'password', 'identifier': 'x', 'password': 'x'}, 'recovery': {'method': 'code', 'code': '123456'},
              'settings': {'method': 'password', 'password': NEW}}
    for kind, body in bodies.items():
        key = token if kind == 'settings' else None
        refuses(server.submit(kind, UNKNOWN, body, key), 404)
        refuses(server.submit(kind, 'garbled', body, key), 400)
        refuses(server.get(f'/self-service/{kind}/flows?id={UNKNOWN}', key), 404)
    refuses(server.submit('settings', UNKNOWN, bodies['settings']), 401)
    refuses(server.get(f'/self-service/settings/flows?id={UNKNOWN}'), 401)


@case('normal', 'a right password may be sent again: the same flow gives a second session')
def twice(scene):
    server, erik = scene.server, scene.erik()
    flow = server.flow('login')
    body = {'method': 'password', 'identifier': erik, 'password': PASSWORD}
    tokens = {server.submit('login', flow, body).body['session_token'] for _ in range(2)}
    expect(len(tokens) == 2, 'both have the same session')
    for token in tokens:
        expect(server.get('/sessions/whoami', token).status == 200, 'one of the sessions is none')


@case('normal', 'no session, an invented one and one too many are told apart')
def sessions(scene):
    server = scene.server
    token = server.sign_in(scene.erik())
    refuses(server.get('/sessions/whoami'), 401)
    refuses(server.get('/sessions/whoami', f'ory_st_{"x" * 32}'), 401)
    refuses(server.get('/self-service/settings/api'), 401, 'session_inactive')
    refuses(server.get('/self-service/settings/api', f'ory_st_{"x" * 32}'), 401, 'session_inactive')
    refuses(server.get('/self-service/login/api', token), 400, 'session_already_available')
    refuses(server.get('/self-service/recovery/api', token), 400, 'session_already_available')


@case('normal', 'the settings of one person are closed to another')
def foreign(scene):
    server = scene.server
    mine, other = server.sign_in(scene.erik()), server.sign_in(scene.erik())
    flow = server.flow('settings', token=mine)
    body = {'method': 'password', 'password': NEW}
    refuses(server.get(f'/self-service/settings/flows?id={flow}', other), 403, 'security_identity_mismatch')
    refuses(server.get(f'/self-service/settings/flows?id={flow}'), 401)
    refuses(server.submit('settings', flow, body, other), 403, 'security_identity_mismatch')
    refuses(server.submit('settings', flow, body), 401)
    says(server.submit('settings', flow, body, mine), 200, 1050001)


@case('normal', 'the key of the second factor changes with each change that is saved, and with nothing else')
def key(scene):
    server = scene.server
    token = server.sign_in(scene.erik())
    first = server.get('/self-service/settings/api', token)
    flow = first.body['id']
    refused = server.submit('settings', flow, {'method': 'password', 'password': 'short'}, token)
    says(refused, 400, 4000032, node='password')
    expect(get_secret(server.get(f'/self-service/settings/flows?id={flow}', token)) == get_secret(first), 'it has changed')
    saved = server.submit('settings', flow, {'method': 'password', 'password': NEW}, token)
    says(saved, 200, 1050001)
    expect(saved.body['id'] == flow, 'the flow is another one')
    expect(get_secret(saved) != get_secret(first), 'it is the same after a saved change')
    says(server.submit('settings', flow, {'method': 'totp', 'totp_code': totp(get_secret(first), server.now())}, token),
         400, 4000008, node='totp_code')
    says(server.submit('settings', flow, {'method': 'totp', 'totp_code': totp(get_secret(saved), server.now())}, token),
         200, 1050001)


@case('normal', 'a long password is taken, or refused as 4000033 with the limit')
def long(scene):
    server, erik = scene.server, scene.erik()
    token = server.sign_in(erik)
    answer = server.submit('settings', server.flow('settings', token=token), {'method': 'password', 'password': 'x' * 80}, token)
    if answer.status == 400:
        says(answer, 400, 4000033, node='password')
        expect(answer.node('password')['messages'][0]['context']['max_length'] == 72, f'{answer.data}')
    else:
        says(answer, 200, 1050001)
        server.sign_in(erik, 'x' * 80)


@case('normal', 'the second factor raises the same session, and is asked for where there is one only')
def raised(scene):
    server, erik = scene.server, scene.erik()
    token = server.sign_in(erik)
    none = server.get('/self-service/login/api?aal=aal2', token)
    expect(none.status == 200 and none.body['ui']['nodes'] is None, f'a second factor is offered: {none.data}')
    key = enrol(scene, token)
    expect(server.get('/sessions/whoami', token).body['authenticator_assurance_level'] == 'aal2', 'not raised by enrolling')
    second = server.sign_in(erik)
    refuses(server.get('/sessions/whoami', second), 403, 'session_aal2_required')
    flow = server.flow('login', '?aal=aal2', second)
    answer = server.submit('login', flow, {'method': 'totp', 'totp_code': scene.code(key)}, second)
    expect(answer.body['session_token'] == second, 'the token is another one')
    expect(answer.body['session']['authenticator_assurance_level'] == 'aal2', 'not raised')


@case('normal', 'recovery codes are compared letter by letter, and each counts once')
def letters(scene):
    server, erik = scene.server, scene.erik()
    token = server.sign_in(erik)
    flow = server.flow('settings', token=token)
    made = server.submit('settings', flow, {'method': 'lookup_secret', 'lookup_secret_regenerate': True}, token)
    codes = [each['context']['secret'] for each in made.node('lookup_secret_codes')['attributes']['text']['context']['secrets']]
    expect(len(set(codes)) == 12, f'{codes}')
    kept = server.get(f'/self-service/settings/flows?id={flow}', token)
    expect(kept.node('lookup_secret_codes') is not None, 'unconfirmed codes are gone when the flow is read again')
    says(server.submit('settings', flow, {'method': 'lookup_secret', 'lookup_secret_confirm': True}, token), 200, 1050001)
    code = next(each for each in codes if not each.isdigit())
    for word, status, ids in ((code.upper(), 400, [4000016]), (code, 200, None), (code, 400, [4000012])):
        second = server.sign_in(erik)
        answer = server.submit('login', server.flow('login', '?aal=aal2', second), {'method': 'lookup_secret', 'lookup_secret': word},
                               second)
        expect(answer.status == status, f'{word}: {answer.data}')
        expect(ids is None or answer.ids() == ids, f'{word}: {answer.data}')


@case('normal', 'a code that was tried too often is refused with a new flow named, and a new mail does not win tries back')
def tries(scene):
    server, anna = scene.server, scene.anna()
    flow = ask_for_mail(server, anna)
    first = scene.post(anna).letters(1)[0][2]
    for _ in range(4):
        says(redeem(server, flow, '000000' if first != '000000' else '000001'), 200, 4060006)
    ask_for_mail(server, anna, flow)
    second = scene.post(anna).letters(2)[1][2]
    says(redeem(server, flow, first if first != second else '000000'), 200, 4060006)
    answer = redeem(server, flow, second)
    refuses(answer, 400)
    action, = answer.body['error']['details']['continue_with']
    expect(action['action'] == 'show_recovery_ui' and action['flow']['id'] != flow, f'{action}')
    expect(server.get(f'/self-service/recovery/flows?id={action["flow"]["id"]}').body['state'] == 'choose_method', 'no new flow')


@case('normal', 'a code counts once, and what came with it is not given again')
def once(scene):
    server, anna = scene.server, scene.anna()
    flow = ask_for_mail(server, anna)
    code = scene.post(anna).letters(1)[0][2]
    answer = redeem(server, flow, code)
    expect([each['action'] for each in answer.body['continue_with']] == ['set_ory_session_token', 'show_settings_ui'],
           f'{answer.data}')
    refuses(redeem(server, flow, code), 400)
    again = server.get(f'/self-service/recovery/flows?id={flow}')
    expect(again.body['state'] == 'passed_challenge' and 'continue_with' not in again.body, f'{again.data}')


@case('normal', 'no mail is sent for a flow whose code has been taken')
def taken(scene):
    server, anna = scene.server, scene.anna()
    flow = ask_for_mail(server, anna)
    redeem(server, flow, scene.post(anna).letters(1)[0][2])
    try:
        answer = server.submit('recovery', flow, {'method': 'code', 'email': anna, 'transient_payload': {'flow': flow}})
        expect(answer.status >= 400, f'{answer.status} {answer.data}')
    except (http.client.RemoteDisconnected, ConnectionError):
        pass  # v26.2.0 hangs up: the handler has crashed
    expect(server.get(f'/self-service/recovery/flows?id={flow}').body['state'] == 'passed_challenge', 'the flow has gone on')
    expect(len(scene.post(anna).letters()) == 1, 'a mail was sent')


@case('normal', 'signing out ends the session at once')
def signed_out(scene):
    server = scene.server
    token = server.sign_in(scene.erik())
    for _ in range(2):
        answer = server.request('DELETE', '/self-service/logout/api', {'session_token': token})
        expect(answer.status == 204, f'{answer.status} {answer.data}')
    refuses(server.get('/sessions/whoami', token), 401)


@case('normal', 'what a mail is asked for with comes back, and its flow and code are in the mail')
def payload(scene):
    server, anna = scene.server, scene.anna()
    flow = server.flow('recovery')
    answer = server.submit('recovery', flow, {'method': 'code', 'email': anna, 'transient_payload': {'flow': flow, 'lang': 'sv'}})
    says(answer, 200, 1060003)
    to, named, code = scene.post(anna).letters(1)[0]
    expect((to, named) == (anna, flow), f'{to} {named}')
    expect(code is not None, 'there is no code in the mail')


@case('short', 'a settings flow that has expired is 410, read and submitted')
def settings_gone(scene):
    server = scene.server
    token = server.sign_in(scene.erik())
    flow = server.flow('settings', token=token)
    scene.wait(21)
    answer = server.submit('settings', flow, {'method': 'password', 'password': NEW}, token)
    refuses(answer, 410, 'self_service_flow_expired')
    refuses(server.get(f'/self-service/settings/flows?id={flow}', token), 410)


@case('short', 'a second-factor flow that has expired answers as the old flow, with the global 4000001')
def second_factor_gone(scene):
    server, erik = scene.server, scene.erik()
    key = enrol(scene, server.sign_in(erik))
    token = server.sign_in(erik)
    flow = server.flow('login', '?aal=aal2', token)
    scene.wait(7)
    answer = server.submit('login', flow, {'method': 'totp', 'totp_code': scene.code(key)}, token)
    says(answer, 400, 4000001)
    expect(answer.body['id'] == flow, f'{answer.data}')


@case('short', 'a session that is too old changes nothing until the password has been given again')
def too_old(scene):
    server, erik = scene.server, scene.erik()
    token = server.sign_in(erik)
    flow = server.get('/self-service/settings/api', token)
    scene.wait(5)
    for body in ({'method': 'password', 'password': NEW}, {'method': 'totp', 'totp_code': scene.code(get_secret(flow))},
                 {'method': 'lookup_secret', 'lookup_secret_regenerate': True}):
        refuses(server.submit('settings', flow.body['id'], body, token), 403, 'session_refresh_required')
    again = server.get('/self-service/login/api?refresh=true', token)
    expect(again.node('identifier')['attributes']['value'] == erik, f'{again.data}')
    answer = server.submit('login', again.body['id'], {'method': 'password', 'identifier': erik, 'password': PASSWORD}, token)
    expect(answer.body['session_token'] == token, 'the session is another one')
    says(server.submit('settings', flow.body['id'], {'method': 'password', 'password': NEW}, token), 200, 1050001)


@case('short', 'a person without a password is offered none to give again')
def nothing_to_give(scene):
    server, anna = scene.server, scene.anna()
    flow = ask_for_mail(server, anna)
    token = redeem(server, flow, scene.post(anna).letters(1)[0][2]).body['continue_with'][0]['ory_session_token']
    expect(server.get('/self-service/login/api?refresh=true', token).node('password') is None, 'a password is asked for')
