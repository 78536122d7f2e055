// The base itself: that it sees faults where there are some, and none where there are none.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { faults, open, picture, pictures, run } from './browser.mjs';

const page = (body) => `<!doctype html><html lang="fr"><head><title>Essai</title></head><body><main>${body}</main></body></html>`;
const PAGES = {
  '/bonne': page('<h1>Bonjour</h1><form><label for="a">Nom</label><input id="a"></form>'),
  '/mauvaise': page('<h1>Bonjour</h1><form><input></form><img src="data:,">'),
  '/ailleurs': page('<h1>Bonjour</h1><img alt="" src="http://example.com/x.png">'),
};
let server, base, browser;

before(async () => {
  server = createServer((request, response) => {
    response.setHeader('content-security-policy', "default-src 'none'; img-src *");
    response.setHeader('content-type', 'text/html; charset=utf-8').end(PAGES[request.url] ?? '');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${server.address().port}`;
  browser = await open();
});

after(async () => {
  await browser.close();
  server.closeAllConnections();
  server.close();
});

test('axe finds nothing on a good page, under a strict CSP', async () => {
  await browser.page.goto(`${base}/bonne`);
  assert.deepEqual(await faults(browser.page), []);
});

test('axe finds the field without a label and the picture without a text', async () => {
  await browser.page.goto(`${base}/mauvaise`);
  const rules = (await faults(browser.page)).map((fault) => fault.split(':')[0]);
  assert.deepEqual(rules.sort(), ['image-alt', 'label']);
});

test('a picture is written', async () => {
  await browser.page.goto(`${base}/bonne`);
  await picture(browser.page, 'base');
  assert.ok(existsSync(join(pictures, 'base.png')));
});

test('a page that asks for something elsewhere is found out, and gets nothing', async () => {
  const other = await open();
  const failed = other.page.waitForEvent('requestfailed');
  await other.page.goto(`${base}/ailleurs`);
  assert.match((await failed).failure().errorText, /ERR_NAME_NOT_RESOLVED|ERR_ADDRESS/);
  assert.deepEqual(other.elsewhere, ['http://example.com/x.png']);
  await assert.rejects(other.close(), /outside loopback/);
});

test('a program is waited for, and one that ends or is silent is told', async () => {
  const wait = 'setTimeout(() => {}, 60000)';
  const good = await run(process.execPath, ['-e', `console.log("listening on 127.0.0.1:81"); ${wait}`], { ready: /on (\S+)/ });
  assert.equal(good.match[1], '127.0.0.1:81');
  await good.stop();
  await assert.rejects(run(process.execPath, ['-e', 'console.log("no"); process.exit(3)'], { ready: /yes/ }), /ended with 3\nno/);
  await assert.rejects(run(process.execPath, ['-e', wait], { ready: /yes/, within: 100 }), /not ready/);
});
