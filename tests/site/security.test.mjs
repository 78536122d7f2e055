// What the site promises below its pages: headers, cookies, forms of its own only, and that a GET changes nothing.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { test } from 'node:test';
import { WELCOME, platform, visitor, waiting } from './platform.mjs';

const routes = await readFile(new URL('../../examples/rust/web/src/routes.rs', import.meta.url), 'utf8');
const PATHS = [...routes.matchAll(/\.route\("([^"]+)"/g)].map(([, path]) => path);

/** A request with any header, Host too. */
function raw(url, { method = 'GET', headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, setHost: !headers.host }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (data) => (text += data));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
    });
    sent.on('error', reject).end(body);
  });
}

test('every answer has its headers, and cookies are the strictest there are', async (t) => {
  const site = await platform(t);
  assert.ok(PATHS.length > 25, PATHS.join());
  for (const path of [...PATHS, '/nowhere']) {
    const { headers, status } = await raw(site.base + path);
    // 410: the page of a link that leads to nothing.
    assert.ok([200, 303, 404, 410].includes(status), `${path}: ${status}`);
    assert.match(headers['content-security-policy'], /^default-src 'none'; .*form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/);
    assert.doesNotMatch(headers['content-security-policy'], /unsafe|\*|http/);
    assert.equal(headers['referrer-policy'], 'no-referrer', path);
    assert.equal(headers['x-content-type-options'], 'nosniff', path);
    assert.equal(headers['cache-control'], path.startsWith('/assets/') ? 'public, max-age=600' : 'no-store', path);
    for (const cookie of headers['set-cookie'] ?? []) {
      assert.match(cookie, /^__Host-visit=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax$/);
    }
    assert.match(headers.location ?? '/', /^\/[a-z]?/, 'only to a page of ours');
  }
  const { headers } = await raw(`${site.base}/?lang=en`);
  assert.match(headers['set-cookie'].join(), /__Host-lang=en; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000/);
});

test('another host is not answered', async (t) => {
  const site = await platform(t);
  for (const host of ['evil.invalid', `evil.invalid:${new URL(site.base).port}`, 'localhost']) {
    assert.equal((await raw(site.base, { headers: { host } })).status, 421, host);
  }
});

test('a form without the token of its session, or from another site, changes nothing', async (t) => {
  const site = await platform(t);
  const home = await raw(site.base);
  const cookie = home.headers['set-cookie'][0].split(';')[0];
  const csrf = home.text.match(/name="csrf" value="([^"]+)"/)[1];
  const other = (await raw(site.base)).text.match(/name="csrf" value="([^"]+)"/)[1];
  const post = (token, headers = {}) =>
    raw(`${site.base}/connexion`, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: `csrf=${token}`,
    });
  const before = await site.database();
  for (const [token, headers] of [
    ['', {}],
    [other, {}],
    [csrf, { cookie: '' }],
    [csrf, { origin: 'https://evil.invalid' }],
    [csrf, { 'sec-fetch-site': 'cross-site' }],
    [csrf, { 'sec-fetch-site': 'same-site' }],
    [csrf, { 'content-type': 'text/plain' }],
    [csrf + 'x'.repeat(100_000), {}],
  ]) {
    assert.equal((await post(token, headers)).status, 403, JSON.stringify([token.slice(0, 50), headers]));
  }
  assert.deepEqual(await site.database(), before);
  assert.equal((await post(csrf, { origin: 'null', 'sec-fetch-site': 'same-origin' })).status, 200);
  assert.notDeepEqual(await site.database(), before);
});

test('GET and HEAD of every address change nothing, in the session itself', async (t) => {
  const site = await platform(t);
  const { page, context, mail, press, arrive } = await waiting(t, site);
  const visit = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const before = await site.database();
  const robot = async () => {
    for (const path of [...PATHS, `/lien?c=${new URL(mail.link).searchParams.get('c')}`, '/retour?code=x&state=y']) {
      for (const method of ['GET', 'HEAD']) await raw(site.base + path, { method, headers: { cookie: visit } });
    }
  };
  await robot();
  assert.deepEqual(await site.database(), before);
  await page.getByLabel('Code à 8 chiffres').fill(mail.code);
  await press('Valider le code');
  await arrive('Acceptez les conditions');
  const then = await site.database();
  await robot();
  assert.deepEqual(await site.database(), then);
});

test('the visit is new after each sign-in, and a cookie of before opens nothing', async (t) => {
  const site = await platform(t);
  const { context, signIn, arrive, page } = await visitor(t);
  await page.goto(site.base);
  const value = async () => (await context.cookies()).find(({ name }) => name === '__Host-visit').value;
  const before = await value();
  await signIn(site.base, 'physician');
  await arrive(WELCOME);
  const during = await value();
  assert.notEqual(during, before);
  await page.getByRole('banner').getByRole('button', { name: 'Se déconnecter' }).click();
  await arrive('Vous êtes déconnecté');
  for (const old of [before, during]) {
    const { headers } = await raw(`${site.base}/suite`, { headers: { cookie: `__Host-visit=${old}` } });
    assert.equal(headers.location, '/');
  }
});

test('the database shows no cookie, code, link or token of PSC', async (t) => {
  const site = await platform(t);
  const { mail, context } = await waiting(t, site);
  const visit = (await context.cookies()).find(({ name }) => name === '__Host-visit').value;
  const bytes = (await site.database()).map((file) => Buffer.from(file, 'base64').toString('latin1')).join();
  for (const secret of [visit, mail.code, new URL(mail.link).searchParams.get('c'), 'eyJ', 'access_token']) {
    assert.ok(!bytes.includes(secret), `${secret} is in the database`);
  }
});
