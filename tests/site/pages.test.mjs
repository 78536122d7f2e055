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

test('axe finds nothing on any page', async (t) => {
  const { page, complaints } = await window(t);
  const found = [];
  for (const file of pages) {
    await page.goto(base + file);
    found.push(...(await faults(page)).map((fault) => `${file}: ${fault}`));
    await picture(page, `light-${file.replace('.html', '')}`);
  }
  // The preview has no server behind it: what the pages ask it while they wait is not found.
  const others = complaints.filter((line) => !line.includes('404'));
  assert.deepEqual([found, others], [[], []]);
});

test('in the dark too', async (t) => {
  const { page } = await window(t, { colorScheme: 'dark' });
  const found = [];
  for (const file of pages.filter((file) => file.includes('.fr.'))) {
    await page.goto(base + file);
    found.push(...(await faults(page)).map((fault) => `${file}: ${fault}`));
    await picture(page, `dark-${file.replace('.html', '')}`);
  }
  assert.deepEqual(found, []);
});

test('at 320 px, and with text twice as large, nothing is wider than the window', async (t) => {
  const { page } = await window(t, { viewport: { width: 320, height: 640 } });
  const wide = [];
  for (const file of pages) {
    await page.goto(base + file);
    if (file.includes('.fr.')) await picture(page, `320-${file.replace('.html', '')}`);
    for (const size of ['100%', '200%']) {
      const over = await page.evaluate((size) => {
        document.documentElement.style.setProperty('font-size', size);
        return document.documentElement.scrollWidth - innerWidth;
      }, size);
      if (over > 0) wide.push(`${file} at ${size}: ${over} px`);
    }
  }
  assert.deepEqual(wide, []);
});

test('each page has a title of its own, its language, one h1 and one line that says what to do', async (t) => {
  const { page } = await window(t);
  const titles = new Map();
  for (const file of pages) {
    await page.goto(base + file);
    assert.equal(await page.locator('html').getAttribute('lang'), file.includes('.fr.') ? 'fr' : 'en', file);
    assert.equal(await page.locator('h1').count(), 1, file);
    assert.equal(await page.locator('.todo').count(), 1, file);
    const title = await page.title();
    // The same page in another state may keep its title: its name says so.
    const kind = file.replace(/^nouvelle-adresse-(?=code)/, '').replace(/-(quitte|patience|aide|carte|cpts|sos|msp|en-route|avis)\b/, '');
    if (titles.has(title)) assert.equal(titles.get(title), kind, `${title}: ${file}`);
    titles.set(title, kind);
  }
});

test('every control is reached by Tab, in the order of the page, with a visible focus', async (t) => {
  const { page } = await window(t);
  for (const file of pages.filter((file) => file.includes('.fr.'))) {
    await begun(page, file);
    // A page with mistakes begins at their summary: go back to the top of the page.
    await page.evaluate(() => {
      document.body.tabIndex = -1;
      document.body.focus();
      document.body.removeAttribute('tabindex');
    });
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
});

test('a page with mistakes begins at their summary, whose links lead to the fields', async (t) => {
  const { page } = await window(t);
  for (const file of pages.filter((file) => /-faux\./.test(file))) {
    await begun(page, file);
    assert.equal(await page.evaluate(() => document.activeElement.className), 'problems', file);
    const link = page.locator('.problems a').first();
    const field = (await link.getAttribute('href')).slice(1);
    await link.click();
    assert.equal(await page.evaluate(() => document.activeElement.id), field, file);
    const described = await page.evaluate((id) => {
      const named = document.getElementById(id).closest('[aria-describedby]');
      return named?.getAttribute('aria-describedby').split(' ').map((id) => document.getElementById(id)?.textContent ?? '');
    }, field);
    assert.ok(described?.includes(`${await link.textContent()} ${await page.evaluate(() => document.querySelector('.problems li').lastChild.textContent.trim())}`), `${file}: ${described}`);
  }
});

test('the countdown is said at 60, 30 and 10 seconds, and at no other', async (t) => {
  const { page } = await window(t);
  await page.clock.install();
  await page.goto(`${base}e-cps-attente.fr.html`);
  await page.evaluate(() => {
    globalThis.said = [];
    const said = document.querySelector('[data-announcer]');
    new MutationObserver(() => globalThis.said.push(said.textContent)).observe(said, { childList: true });
  });
  for (let i = 0; i < 130; i++) await page.clock.runFor(1000);
  const words = (n) => `Il vous reste ${n} secondes pour valider votre demande d'authentification`;
  assert.deepEqual(await page.evaluate(() => globalThis.said), [60, 30, 10].map(words));
  assert.equal(await page.locator('[role=timer]').textContent(), words(0));
});

test('help appears at 20 and at 60 seconds, by the script and without one', async (t) => {
  const { page } = await window(t);
  await page.clock.install();
  await page.goto(`${base}e-cps-attente.fr.html`); // 2 seconds old
  const help = page.locator('.help');
  const shown = async () => [await help.getByText('Ouvrez vous-même').isVisible(), await help.getByText('Toujours rien').isVisible()];
  const seen = [];
  for (const more of [17_000, 2_000, 38_000, 2_000]) {
    await page.clock.runFor(more);
    seen.push(await shown());
  }
  assert.deepEqual(seen, [[false, false], [true, false], [true, false], [true, true]]);
  const steps = await help.locator('li').allTextContents();
  assert.deepEqual(steps.map((step) => step.match(/Ouvrez|Mettez|Android|Nouveau|carte CPS/)[0]), ['Ouvrez', 'Mettez', 'Android', 'Nouveau', 'carte CPS']);

  const plain = (await window(t, { javaScriptEnabled: false })).page;
  const again = async (file) => {
    await plain.goto(`${base}${file}.fr.html`, { waitUntil: 'commit' });
    return [await plain.locator('meta[http-equiv=refresh]').getAttribute('content'), await plain.locator('.help h2').isVisible()];
  };
  assert.deepEqual(await again('e-cps-attente'), ['19', false]);
  assert.deepEqual(await again('e-cps-attente-aide'), ['40', true]);
});

test('the digits are said one by one', async (t) => {
  const { page } = await window(t);
  await page.goto(`${base}e-cps-attente.fr.html`);
  assert.match(await page.locator('main').ariaSnapshot(), /Code à choisir\s: zéro sept/);
  await page.goto(`${base}retrouvailles.fr.html`);
  assert.match(await page.locator('main').ariaSnapshot(), /Dr Camille DURAND, RPPS terminé par huit huit neuf six/);
});

/** Opens a page and waits until its own focus is set: a browser does that with a picture of the page, after its load. */
async function begun(page, file) {
  await page.goto(base + file);
  await page.waitForFunction(() => {
    const first = document.querySelector('[autofocus]');
    return !first || first === document.activeElement;
  });
}

/** A browser that is closed when the test ends, however it does. */
async function window(t, options) {
  const browser = await open(options);
  t.after(browser.close);
  return browser;
}
