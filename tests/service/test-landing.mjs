// SPDX-License-Identifier: GPL-3.0-or-later
// Runs the landing page's own script against as much of a browser as it uses. Usage: node test-landing.mjs PAGE
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import vm from 'node:vm';

const page = readFileSync(process.argv[2], 'utf8');
const script = /<script>(.*)<\/script>/s.exec(page)[1];
const FLOW = '5d3ee3ed-5ab2-4a6e-9d0b-0a3b5a4f7c11';

class Element {
  constructor(lang) {
    Object.assign(this, {lang, parts: {}, dataset: {}, hidden: true, textContent: 'Copy', removed: false, on: {}});
  }
  querySelector(name) { return this.parts[name] ??= Object.assign(new Element(), {dataset: {said: 'said', copied: 'copied'}}); }
  addEventListener(name, handler) { this.on[name] = handler; }
  remove() { this.removed = true; }
}

function open(hash, {language = 'en-GB', clipboard = true} = {}) {
  const sections = [...page.matchAll(/<section lang="(\w+)" data-title="([^"]+)">/g)]
    .map(([, lang, title]) => Object.assign(new Element(lang), {dataset: {title}}));
  const browser = {
    sections, copied: [], selected: [], opened: [], timers: [],
    location: {hash, pathname: '/reset'},
    history: {replaceState: (state, unused, url) => { browser.address = url; }},
    document: {documentElement: {}, querySelectorAll: () => sections},
    navigator: {language, clipboard: clipboard ? {writeText: async text => { browser.copied.push(text); }} : undefined},
    getSelection: () => ({selectAllChildren: element => browser.selected.push(element.textContent)}),
    addEventListener: (name, handler) => { browser.on = {[name]: handler}; },
    setTimeout: handler => browser.timers.push(handler),
  };
  vm.runInNewContext(script, browser);
  browser.section = sections.find(({removed}) => !removed);
  browser.part = name => browser.section.querySelector('.' + name);
  return browser;
}

const tests = {
  'a whole link opens the program and shows the code'() {
    const {part} = open(`#flow=${FLOW}&code=012345`);
    assert.equal(part('button').href, `first-login:recover?flow=${FLOW}&code=012345`);
    assert.equal(part('code').textContent, '012 345');
    assert.deepEqual([part('ready').hidden, part('manual').hidden], [false, true]);
  },
  'the link leaves the address bar, whole or not'() {
    for (const hash of [`#flow=${FLOW}&code=012345`, '#x', ''])
      assert.equal(open(hash).address, '/reset');
  },
  'anything else is not obeyed, and the page says how to type the code'() {
    for (const hash of ['', '#', '#x', `#flow=${FLOW}`, `#code=012345`, `#flow=${FLOW}&code=01234`, `#flow=${FLOW}&code=0123456`,
                        `#flow=${FLOW}&code=012345&x=1`, `#code=012345&flow=${FLOW}`, `#flow=${FLOW}x&code=012345`,
                        `#flow=${FLOW}&code=01234٥`, `#flow=${FLOW}&code=012345\n`, `#flow=javascript:alert(1)&code=012345`,
                        `#flow=${FLOW}%26&code=012345`, `#flow=${FLOW.replaceAll('-', '')}&code=012345`]) {
      const {part} = open(hash);
      assert.equal(part('button').href, '', hash);
      assert.equal(part('code').textContent.trim(), '', hash);
      assert.deepEqual([part('ready').hidden, part('manual').hidden, part('incomplete').hidden], [true, false, false], hash);
    }
  },
  'a second link in the same tab replaces the first'() {
    const browser = open(`#flow=${FLOW}&code=012345`);
    browser.location.hash = `#flow=${FLOW}&code=678901`;
    browser.on.hashchange();
    assert.equal(browser.part('code').textContent, '678 901');
    assert.match(browser.part('button').href, /678901$/);
  },
  'what to do when nothing opens is said after the click only'() {
    const {part} = open(`#flow=${FLOW}&code=012345`);
    assert.equal(part('after-opening').textContent, '');
    part('button').on.click();
    assert.equal(part('after-opening').textContent, 'said');
  },
  async 'copying gives the digits, says so, and takes it back'() {
    const browser = open(`#flow=${FLOW}&code=012345`);
    const button = browser.part('copy');
    for (let presses = 0; presses < 2; presses++)
      await button.on.click({currentTarget: button});
    assert.deepEqual(browser.copied, ['012345', '012345']);
    assert.equal(button.textContent, 'copied');
    assert.equal(browser.timers.length, 1);
    browser.timers[0]();
    assert.equal(button.textContent, 'Copy');
  },
  async 'without a clipboard the code is selected'() {
    const browser = open(`#flow=${FLOW}&code=012345`, {clipboard: false});
    const button = browser.part('copy');
    await button.on.click({currentTarget: button});
    assert.deepEqual(browser.selected, ['012 345']);
    assert.equal(button.textContent, 'Copy');
  },
  'the language is the browser\'s, or English'() {
    for (const [language, lang, title] of [['sv-SE', 'sv', 'Ange ditt nya lösenord'], ['sv', 'sv', 'Ange ditt nya lösenord'],
                                           ['en-US', 'en', 'Enter your new password'], ['de', 'en', 'Enter your new password']]) {
      const {document, sections} = open('', {language});
      assert.equal(document.documentElement.lang, lang);
      assert.equal(document.title, title);
      assert.deepEqual(sections.filter(({removed}) => removed).map(section => section.lang), lang === 'sv' ? ['en'] : ['sv']);
    }
  },
};

console.log(`1..${Object.keys(tests).length}`);
let number = 0;
for (const [name, test] of Object.entries(tests)) {
  let failure;
  await Promise.resolve().then(test).catch(error => { failure = error; });
  console.log(`${failure ? 'not ok' : 'ok'} ${++number} - ${name}`);
  if (failure) {
    console.log(String(failure.stack).replace(/^/gm, '# '));
    process.exitCode = 1;
  }
}
