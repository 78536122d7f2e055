// A sign-in between two sites as browsers judge them, over https: which cookies come back with the answer, and to whom.
//
// The service keeps nothing (tests/src/bin/two-sites.rs): all that it knows of a sign-in is in cookies of the SDK.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { before, after, test } from 'node:test';
import { open, run } from './browser.mjs';
import { byCard } from './platform.mjs';

const root = new URL('../../', import.meta.url).pathname;
const SERVICE = 'logiciel.clinique.example';
const WALLET = 'wallet.esante.test';
const CALLBACK = `https://${SERVICE}/retour`;

/** What the service's cookies become on their way to the browser: the test breaks them, never the service. */
let tampered = (cookie) => cookie;
/** Who takes the answer before the service has it, if anybody. */
let thief;
let hosts;
const ended = [];

/** TLS in front of a program on loopback: its port. */
function front(tls, backend, onAnswer = (headers) => headers) {
  const server = createServer(tls, async (asked, answer) => {
    if (thief && asked.url.startsWith('/retour')) {
      const body = await text(asked);
      thief({ url: `https://${SERVICE}${asked.url}`, body: asked.method === 'POST' ? body : null });
      return answer.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Pris</h1>');
    }
    const url = new URL(asked.url, backend());
    const sent = request(url, { method: asked.method, headers: { ...asked.headers, host: url.host } }, (got) => {
      answer.writeHead(got.statusCode, onAnswer({ ...got.headers }));
      got.pipe(answer);
    });
    sent.on('error', () => answer.writeHead(502).end());
    asked.pipe(sent);
  });
  ended.push(() => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))));
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
}

before(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sas-psc-two-sites-'));
  ended.push(() => rm(folder, { recursive: true, force: true }));
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name));
  const names = `subjectAltName=DNS:${SERVICE},DNS:${WALLET}`;
  const asked = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=test', '-addext', names, '-keyout', key, '-out', cert];
  execFileSync('openssl', asked, { stdio: 'ignore' });
  const tls = { key: readFileSync(key), cert: readFileSync(cert) };
  const program = join(root, process.env.CARGO_TARGET_DIR ?? 'target', 'debug', 'two-sites');
  const running = await run(program, [CALLBACK, `https://${WALLET}/auth`], { ready: /^\{.*\}$/ });
  ended.push(running.stop);
  const said = JSON.parse(running.match[0]);
  const cookies = (headers) => ({ ...headers, ...(headers['set-cookie'] && { 'set-cookie': headers['set-cookie'].map((cookie) => tampered(cookie)) }) });
  hosts = { [SERVICE]: await front(tls, () => said.service, cookies), [WALLET]: await front(tls, () => said.wallet) };
});

after(async () => {
  for (const end of ended.reverse()) await end();
});

async function browser(t, broken = (cookie) => cookie) {
  tampered = broken;
  const opened = await open({ hosts });
  t.after(opened.close);
  return opened;
}

const begin = (page, asked = '') => page.goto(`https://${SERVICE}/connexion?${asked}`);

async function signedIn(page, to) {
  await page.getByRole('heading', { name: 'Connecté' }).waitFor();
  assert.equal(new URL(page.url()).hostname, SERVICE);
  assert.equal(await page.locator('#who').textContent(), 'SPECIALISTE0021889');
  assert.equal(await page.locator('#to').textContent(), to);
}

async function refused(page, code) {
  await page.getByRole('heading', { name: 'Refusé' }).waitFor();
  assert.equal(await page.locator('#code').textContent(), code);
}

/** Takes the answer on its way to the service: what the browser was about to send. */
async function caught(page) {
  const answer = new Promise((resolve) => (thief = resolve));
  await byCard(page, 'physician');
  await page.getByRole('heading', { name: 'Pris' }).waitFor();
  thief = undefined;
  return answer;
}

/** Brings an answer to the service, as a page of the provider's site does. */
async function bring(page, { url, body }) {
  if (body === null) return page.goto(url);
  await page.goto(`https://${WALLET}/auth`);
  await page.evaluate(
    ([action, fields]) => {
      const form = Object.assign(document.createElement('form'), { method: 'post', action });
      for (const [name, value] of fields) form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
      document.body.append(form);
      form.submit();
    },
    [url, [...new URLSearchParams(body)]],
  );
}

test('an answer in the address comes with Lax cookies, and not with Strict ones', async (t) => {
  const { page, context } = await browser(t);
  await begin(page, '/agenda');
  assert.ok((await context.cookies()).filter(({ name }) => name.startsWith('__Host-psc-')).every(({ sameSite, secure }) => sameSite === 'Lax' && secure));
  await byCard(page, 'physician');
  await signedIn(page, '/agenda');
  const left = (await context.cookies(`https://${SERVICE}`)).map(({ name }) => name);
  assert.deepEqual(left, ['__Host-psc-browser'], 'the sealed sign-in is gone');

  const strict = await browser(t, (cookie) => cookie.replace('SameSite=Lax', 'SameSite=Strict'));
  await begin(strict.page);
  await byCard(strict.page, 'physician');
  await refused(strict.page, 'authorization-state');
});

test('an answer posted from the provider’s site comes with its own None cookies, and not with Lax ones', async (t) => {
  const { page, context } = await browser(t);
  await begin(page, 'post/dossier');
  const ours = (await context.cookies(`https://${SERVICE}`)).filter(({ name }) => name.startsWith('__Host-psc-'));
  assert.ok(ours.length === 2 && ours.every(({ sameSite, secure, httpOnly }) => sameSite === 'None' && secure && httpOnly), JSON.stringify(ours));
  await byCard(page, 'physician');
  await signedIn(page, '/dossier');

  for (const other of ['SameSite=Lax', 'SameSite=Strict']) {
    const broken = await browser(t, (cookie) => cookie.replace('SameSite=None', other));
    await begin(broken.page, 'post/dossier');
    await byCard(broken.page, 'physician');
    await refused(broken.page, 'authorization-state');
  }
});

test('two tabs have two sign-ins: both end, each where it was going', async (t) => {
  for (const [first, second] of [['/agenda', '/dossier'], ['post/agenda', 'post/dossier'], ['/agenda', 'post/dossier']]) {
    const { page, context } = await browser(t);
    const other = await context.newPage();
    await begin(page, first);
    await begin(other, second);
    const states = new Set();
    context.on('request', (asked) => {
      const answer = asked.url().startsWith(CALLBACK) && (asked.postData() ?? asked.url().split('?')[1]);
      if (answer) states.add(new URLSearchParams(answer).get('state'));
    });
    await byCard(other, 'physician');
    await signedIn(other, '/dossier');
    await byCard(page, 'physician');
    await signedIn(page, '/agenda');
    assert.equal(states.size, 2);
  }
});

test('an answer caught on its way is of no use in another browser, and its own still takes it, once', async (t) => {
  for (const asked of ['/agenda', 'post/agenda']) {
    const victim = await browser(t);
    await begin(victim.page, asked);
    const answer = await caught(victim.page);
    assert.equal(answer.body === null, asked === '/agenda');

    const { page } = await browser(t);
    await bring(page, answer);
    await refused(page, 'authorization-state');
    await begin(page, asked); // with a sign-in of its own under way
    await bring(page, answer);
    await refused(page, 'authorization-state');

    await bring(victim.page, answer);
    await signedIn(victim.page, '/agenda');
    await bring(victim.page, answer);
    await refused(victim.page, 'authorization-state');
  }
});
