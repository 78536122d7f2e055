// Every page of the site as the preview writes it, with sample people: no fault for axe-core in either language, light or
// dark; nothing to scroll sideways at 320 px, which is 1280 px at 400 %; a title of its own; order by keyboard.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { faults, open, picture } from './browser.mjs';

const root = new URL('../../', import.meta.url).pathname;
const preview = join(root, 'target/preview');
const TYPES = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml' };
const CSP = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
let server, base, pages;

before(async () => {
  execFileSync('cargo', ['test', '-q', '--locked', '-p', 'sas-psc-example-web', 'preview'], { cwd: root, stdio: 'pipe' });
  pages = (await readdir(preview)).filter((file) => file.endsWith('.html') && !/^(index|vers-psc)/.test(file)).sort();
  server = createServer(async (request, response) => {
    const file = join(preview, new URL(request.url, 'http://x').pathname);
    const body = file.startsWith(preview) && (await readFile(file).catch(() => null));
    response.writeHead(body ? 200 : 404, { 'content-type': TYPES[extname(file)] ?? 'text/plain', 'content-security-policy': CSP });
    response.end(body || '');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${server.address().port}/`;
});

after(() => {
  server.closeAllConnections();
  server.close();
});

for (const colorScheme of ['light', 'dark']) {
  test(`axe finds nothing on any page, ${colorScheme}`, async () => {
    const { page, complaints, close } = await open({ colorScheme });
    const found = [];
    for (const file of pages) {
      await page.goto(base + file);
      found.push(...(await faults(page)).map((fault) => `${file}: ${fault}`));
      await picture(page, `${colorScheme}-${file.replace('.html', '')}`);
    }
    // The preview has no server behind it: what the pages ask it while they wait is not found.
    const others = complaints.filter((line) => !line.includes('404'));
    await close();
    assert.deepEqual([found, others], [[], []]);
  });
}

test('at 320 px, and with text twice as large, nothing is wider than the window', async () => {
  const { page, close } = await open({ viewport: { width: 320, height: 640 } });
  const wide = [];
  for (const file of pages) {
    await page.goto(base + file);
    await picture(page, `320-${file.replace('.html', '')}`);
    for (const size of ['100%', '200%']) {
      const over = await page.evaluate((size) => {
        document.documentElement.style.setProperty('font-size', size);
        return document.documentElement.scrollWidth - innerWidth;
      }, size);
      if (over > 0) wide.push(`${file} at ${size}: ${over} px`);
    }
  }
  await close();
  assert.deepEqual(wide, []);
});

test('each page has a title of its own, its language, one h1 and one line that says what to do', async () => {
  const { page, close } = await open({ javaScriptEnabled: true });
  const titles = new Map();
  for (const file of pages) {
    await page.goto(base + file);
    assert.equal(await page.locator('html').getAttribute('lang'), file.includes('.fr.') ? 'fr' : 'en', file);
    assert.equal(await page.locator('h1').count(), 1, file);
    assert.equal(await page.locator('.todo').count(), 1, file);
    const title = await page.title();
    // The same page in another state may keep its title: its name says so.
    const kind = file.replace(/-(quitte|patience|cpts|sos)\b/, '');
    if (titles.has(title)) assert.equal(titles.get(title), kind, `${title}: ${file}`);
    titles.set(title, kind);
  }
  await close();
});

test('every control is reached by Tab, in the order of the page, with a visible focus', async () => {
  const { page, close } = await open();
  for (const file of pages) {
    await page.goto(base + file);
    await page.evaluate(() => document.activeElement.blur());
    const expected = await page.evaluate(() => {
      const focusable = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), summary, [tabindex="0"]')];
      const seen = focusable.filter((e) => !e.disabled && e.checkVisibility());
      // Tab enters a group of radio buttons once.
      const entered = seen.filter((e) => e.type !== 'radio' || e.checked || (!document.querySelector(`input[name="${e.name}"]:checked`) && e === document.querySelector(`input[name="${e.name}"]`)));
      entered.forEach((e, i) => (e.dataset.order = i));
      return entered.length;
    });
    const order = [];
    for (let i = 0; i < expected; i++) {
      await page.keyboard.press('Tab');
      const [at, outline] = await page.evaluate(() => {
        const e = document.activeElement;
        const ring = (x) => x && getComputedStyle(x).outlineStyle !== 'none';
        return [Number(e.dataset?.order), ring(e) || ring(e.closest('.choice'))];
      });
      order.push(at);
      assert.ok(outline, `${file}: no visible focus on control ${at}`);
    }
    assert.deepEqual(order, Array.from({ length: expected }, (_, i) => i), file);
  }
  await close();
});
