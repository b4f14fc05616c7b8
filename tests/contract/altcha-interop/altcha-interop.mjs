/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Proves that fl_altcha and ALTCHA's own library understand each other, and refuse the same forgeries.
 *
 * Arguments: the program altcha-peer, npm, and a directory of the build for the library. It prints TAP.
 */

import { spawnSync } from 'node:child_process';
import { webcrypto } from 'node:crypto';
import { copyFileSync, mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL, fileURLToPath } from 'node:url';

const [peer, npm, directory] = process.argv.slice(2);

/* The library expects it as a global, which Node.js has without a flag only since version 19. */
globalThis.crypto ??= webcrypto;

const ALGORITHM = 'PBKDF2/SHA-256';
const KEY = 'a key of this test';
const PURPOSE = 'recovery';
const NOW = Math.floor(Date.now() / 1000);
const EXPIRES_AT = NOW + 600;
const COST = 10;

const MALFORMED = 10;
const FORGED = 11;
const EXPIRED = 12;

function install() {
  mkdirSync(directory, { recursive: true });
  for (const name of ['package.json', 'package-lock.json'])
    copyFileSync(fileURLToPath(new URL(name, import.meta.url)), join(directory, name));

  const result = spawnSync(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline',
    '--fetch-retries=1', '--fetch-timeout=20000'], { cwd: directory, encoding: 'utf8' });
  if (result.status !== 0) {
    const reason = result.error?.message ?? result.stderr;
    console.log(`${reason}`.trim().replace(/^/gm, '# '));
    console.log('Bail out! npm ci cannot get altcha-lib: no registry, and it is not in the cache');
    process.exit(1);
  }
}

async function load(name) {
  return import(pathToFileURL(realpathSync(join(directory, 'node_modules/altcha-lib/dist/esm/v2', name))));
}

install();
const { createChallenge, solveChallenge, verifySolution } = await load('index.js');
const { deriveKey } = await load('algorithms/pbkdf2.js');

function runPeer(args, input = '') {
  const result = spawnSync(peer, args, { input, encoding: 'utf8' });
  return { status: result.status, output: result.stdout.trim() };
}

function output({ status, output }) {
  if (status !== 0)
    throw new Error(`altcha-peer ended with ${status}`);
  return output;
}

const encode = (payload) => Buffer.from(JSON.stringify(payload)).toString('base64');
const decode = (payload) => JSON.parse(Buffer.from(payload, 'base64').toString());

/* The four things either side does. Payloads are Base64 on their way. */
const ours = {
  create: async () => JSON.parse(output(runPeer(['challenge', KEY, PURPOSE, `${EXPIRES_AT}`, `${COST}`]))),
  solve: async (challenge) => output(runPeer(['solve'], JSON.stringify(challenge))),
  verify: async (payload) => runPeer(['verify', KEY, PURPOSE, `${NOW}`], payload).status,
};
const theirs = {
  create: (options = {}) => createChallenge({
    algorithm: ALGORITHM, cost: COST, deriveKey, hmacSignatureSecret: KEY,
    expiresAt: EXPIRES_AT, data: { purpose: PURPOSE }, ...options,
  }),
  solve: async (challenge) => encode({ challenge, solution: await solveChallenge({ challenge, deriveKey }) }),
  verify: (payload) => verifySolution({ ...decode(payload), deriveKey, hmacSignatureSecret: KEY }),
};

function expect(condition, message) {
  if (!condition)
    throw new Error(message);
}

async function expectAccepted(payload) {
  const result = await theirs.verify(payload);
  expect(result.verified, `the library says ${JSON.stringify(result)}`);
  const status = await ours.verify(payload);
  expect(status === 0, `altcha-peer ends with ${status}`);
}

async function expectRefused(payload, code) {
  const result = await theirs.verify(payload).catch(() => ({ verified: false }));
  expect(result.verified === false, 'the library accepts it');
  const status = await ours.verify(payload);
  expect(status === code, `altcha-peer ends with ${status}`);
}

const tests = [];
const test = (name, run) => tests.push({ name, run });

test('their challenge, our solution', async () => expectAccepted(await ours.solve(await theirs.create())));
test('our challenge, their solution', async () => expectAccepted(await theirs.solve(await ours.create())));
test('their challenge, their solution', async () => expectAccepted(await theirs.solve(await theirs.create())));
test('our challenge, our solution', async () => expectAccepted(await ours.solve(await ours.create())));

for (const keyPrefix of ['0', 'A', '7f', '5a7'])
  test(`their challenge with the prefix ${keyPrefix}, our solution`, async () =>
    expectAccepted(await ours.solve(await theirs.create({ keyPrefix }))));

test('both find the same solution', async () => {
  const challenge = await theirs.create();
  const a = decode(await ours.solve(challenge)).solution;
  const b = decode(await theirs.solve(challenge)).solution;
  expect(a.counter === b.counter && a.derivedKey === b.derivedKey, `${JSON.stringify(a)} and ${JSON.stringify(b)}`);
});

test('a challenge with more in it than we know comes back as it was', async () => {
  const note = 'å "\\/\b\n\t\u2028😀 \u007f';
  const data = { purpose: PURPOSE, note, list: [1, -2, 1.5, true, null, { b: 1, a: 2 }], '': {} };
  const result = await theirs.verify(await ours.solve(await theirs.create({ data })));
  expect(result.verified, `the library says ${JSON.stringify(result)}`);
});

const forgeries = {
  'another counter': (payload) => { payload.solution.counter += 1; },
  'another derived key': ({ solution }) => {
    solution.derivedKey = solution.derivedKey.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
  },
  'a smaller cost': (payload) => { payload.challenge.parameters.cost -= 1; },
  'a shorter prefix': (payload) => { payload.challenge.parameters.keyPrefix = '0'; },
  'a later end': (payload) => { payload.challenge.parameters.expiresAt += 1; },
  'another purpose': (payload) => { payload.challenge.parameters.data.purpose = 'sign-in'; },
  'another nonce': (payload) => { payload.challenge.parameters.nonce = '0'.repeat(32); },
  'another salt': (payload) => { payload.challenge.parameters.salt = '0'.repeat(32); },
  'another signature': (payload) => { payload.challenge.signature = '0'.repeat(64); },
};
for (const [name, forge] of Object.entries(forgeries)) {
  for (const [side, creator] of Object.entries({ their: theirs, our: ours })) {
    test(`${side} challenge with ${name} is refused by both`, async () => {
      const payload = decode(await theirs.solve(await creator.create()));
      forge(payload);
      await expectRefused(encode(payload), FORGED);
    });
  }
}

test('a right key for a counter that solves nothing is refused by both', async () => {
  const challenge = await theirs.create();
  const { nonce, salt } = challenge.parameters;
  for (let counter = 0; ; counter += 1) {
    const password = Buffer.concat([Buffer.from(nonce, 'hex'), Buffer.of(0, 0, 0, counter)]);
    const result = await deriveKey(challenge.parameters, Buffer.from(salt, 'hex'), password);
    const derivedKey = result.derivedKey.toString('hex');
    if (derivedKey.startsWith('00'))
      continue;
    await expectRefused(encode({ challenge, solution: { counter, derivedKey } }), FORGED);
    break;
  }
});

const malformations = {
  'a parameter that was not signed': (payload) => { payload.challenge.parameters.memoryCost = 1; },
  'no signature': (payload) => { delete payload.challenge.signature; },
  'a counter beyond 32 bits': (payload) => { payload.solution.counter += 2 ** 32; },
  'a counter in quotes': (payload) => { payload.solution.counter = `${payload.solution.counter}`; },
  'capital letters in the derived key': ({ solution }) => {
    solution.derivedKey = `${solution.derivedKey.slice(0, -1)}F`;
  },
  'no solution': (payload) => { delete payload.solution; },
};
for (const [name, malform] of Object.entries(malformations)) {
  test(`a payload with ${name} is refused by both`, async () => {
    const payload = decode(await theirs.solve(await ours.create()));
    malform(payload);
    await expectRefused(encode(payload), MALFORMED);
  });
}

test('a challenge that has expired is refused by both', async () =>
  expectRefused(await theirs.solve(await theirs.create({ expiresAt: NOW - 60 })), EXPIRED));
test('a challenge signed with another key is refused by both', async () =>
  expectRefused(await theirs.solve(await theirs.create({ hmacSignatureSecret: 'another key' })), FORGED));

console.log(`1..${tests.length}`);
let failed = 0;
for (const [index, { name, run }] of tests.entries()) {
  try {
    await run();
    console.log(`ok ${index + 1} - ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`not ok ${index + 1} - ${name}`);
    console.log(`${error.stack}`.replace(/^/gm, '# '));
  }
}
process.exit(failed > 0 ? 1 : 0);
