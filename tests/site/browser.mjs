// A real Chromium for the tests of the sign-up site: fresh profile each time, loopback only, nothing of its own to say.
//
// Scenarios import `open`, `run`, `faults` and `picture`; they are `*.test.mjs` beside this file; tools/parts/counterpart-chromium runs them.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const root = new URL('../../', import.meta.url).pathname;

/** Where `picture` writes. */
export const pictures = join(root, 'target/site');

const CHROMIUM =
  process.env.SAS_PSC_CHROMIUM ??
  ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));

const ARGUMENTS = [
  '--no-sandbox', // containers have no user namespaces; only our own pages are loaded
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** No page may reach the world: names are those of the test alone. */
const resolver = (hosts) =>
  `--host-resolver-rules=${Object.entries(hosts).map(([host, port]) => `MAP ${host}:443 127.0.0.1:${port}, `).join('')}` +
  'MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1';

/**
 * Opens a browser with a fresh profile: its own cookies, so two of them are two people's machines.
 *
 * `options` are Playwright's: `locale`, `javaScriptEnabled`, `viewport`, `colorScheme`, `reducedMotion`, …
 * `hosts` gives https names of the test's own a port on loopback, `{ 'a.example': 4711 }`; their certificates are not asked for.
 * Returns `{ page, context, close, elsewhere, complaints }`. `elsewhere` lists the requests that left loopback,
 * `complaints` what pages wrote to the console as an error (a refused style or script, an exception).
 * `close` fails when `elsewhere` is not empty.
 */
export async function open({ hosts = {}, ...options } = {}) {
  assert.ok(CHROMIUM, 'no Chromium: run tools/setup chromium, or set SAS_PSC_CHROMIUM');
  const profile = await mkdtemp(join(tmpdir(), 'sas-psc-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    headless: true,
    args: [...ARGUMENTS, resolver(hosts)],
    ignoreHTTPSErrors: Object.keys(hosts).length > 0,
    env: { ...process.env, HOME: profile },
    locale: 'fr-FR',
    timezoneId: 'Europe/Paris',
    viewport: { width: 1280, height: 800 },
    ...options,
  });
  const elsewhere = [];
  const complaints = [];
  context.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (/^(https?|wss?):$/.test(protocol) && !['localhost', '127.0.0.1', ...Object.keys(hosts)].includes(hostname)) elsewhere.push(request.url());
  });
  context.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  context.on('weberror', (error) => complaints.push(String(error.error())));
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(10_000);
  const close = async () => {
    await context.close();
    await rm(profile, { recursive: true, force: true });
    assert.deepEqual(elsewhere, [], 'a page asked for something outside loopback');
  };
  return { page, context, close, elsewhere, complaints };
}

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * What axe-core finds wrong on the page, as `rule: element` lines; an empty list is the aim.
 *
 * The script goes in by the debugger's door, so a strict CSP stays as it is. It needs a page with JavaScript on.
 */
export async function faults(page) {
  await page.evaluate(AXE);
  const result = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return result.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 200)}`));
}

/** Writes `target/site/<name>.png`, the whole page. */
export async function picture(page, name) {
  await mkdir(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}

/**
 * Starts a program of ours and waits for the line that says it is ready.
 *
 * `ready` is a regular expression tried on each line of stdout and stderr; returns `{ match, output, stop, kill }`, `match` being
 * its match (put the address in a group); `kill` ends it without a warning. Fails with the output when the program ends first or is silent for 30 s.
 */
export function run(command, args, { ready, env = {}, within = 30_000 } = {}) {
  const child = spawn(command, args, { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const lines = [];
  const output = () => lines.join('\n');
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
    await ended;
    clearTimeout(timer);
  };
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  return new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`${command} ${args.join(' ')}: ${why}\n${output()}`));
    const timer = setTimeout(() => (fail('not ready in time'), stop()), within);
    for (const stream of [child.stdout, child.stderr]) {
      let rest = '';
      stream.setEncoding('utf8').on('data', (data) => {
        const parts = (rest + data).split('\n');
        rest = parts.pop();
        for (const line of parts) {
          lines.push(line);
          const match = ready.exec(line);
          if (match) {
            clearTimeout(timer);
            resolve({ match, output, stop, kill });
          }
        }
      });
    }
    child.once('error', (error) => fail(error.message));
    ended.then((code) => {
      clearTimeout(timer);
      fail(`ended with ${code}`);
    });
  });
}
