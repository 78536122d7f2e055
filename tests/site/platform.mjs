// The sign-up site and the simulator as two processes that meet over loopback, and what a person does with them.
//
// `platform(t)` starts both for one test and stops them after it; `visitor(t)` opens a browser for one person.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { faults, open, run } from './browser.mjs';

const root = new URL('../../', import.meta.url).pathname;
const program = (name) => join(root, process.env.CARGO_TARGET_DIR ?? 'target', 'debug', name);

/** Starts the simulator and the site. `options` are further options of the site. */
export async function platform(t, options = []) {
  const folder = await mkdtemp(join(tmpdir(), 'sas-psc-platform-'));
  const simulator = await run(program('sas-psc-sim'), ['serve'], { ready: /^\{.*\}$/ });
  const sim = JSON.parse(simulator.match[0]);
  await writeFile(join(folder, 'secret'), sim.client_secret);
  const start = (baseUrl) =>
    run(
      program('sas-psc-example-web'),
      [
        ['--issuer', sim.issuer],
        ['--client-id', sim.client_id],
        ['--client-secret-file', join(folder, 'secret')],
        ['--base-url', baseUrl],
        ['--listen', baseUrl.replace('http://', '')],
        ['--database', join(folder, 'site.sqlite')],
        ['--smtp', sim.mail],
        ['--sender', 'nepasrepondre@sante.fr'],
        ['--insecure-loopback'],
        options,
      ].flat(),
      { ready: /(http:\/\/127\.0\.0\.1:\d+)$/ },
    );
  let site = await start('http://127.0.0.1:0');
  const base = site.match[1];
  t.after(async () => {
    await site.stop();
    await simulator.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const api = async (path, init) => (await fetch(sim.web + path, init)).json();
  return {
    base,
    sim,
    /** The site's database: the files of SQLite, as bytes. */
    database: () => Promise.all(['', '-wal'].map((end) => readFile(join(folder, `site.sqlite${end}`), 'base64').catch(() => ''))),
    /** Kills the site, as a power cut does, and starts it again on the same address and database. */
    async restart() {
      await site.kill();
      site = await start(base);
    },
    /** The mails to an address, the latest last; waits until there are `count`. */
    async mails(to, count = 1) {
      for (let i = 0; i < 100; i++) {
        const mails = await api(`/mail/api/messages?to=${encodeURIComponent(to)}`);
        if (mails.length >= count) return mails;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      assert.fail(`no ${count} mails to ${to}`);
    },
    scenario: (rules) => api('/control/scenario', { method: 'PUT', body: JSON.stringify(rules) }),
    advance: (seconds) => api('/control/advance', { method: 'POST', body: JSON.stringify({ seconds }) }),
    /** In CPS-Gestion: the person types the code of their card, which the newest request asks for. */
    async card(rpps) {
      const [{ id }] = await api(`/phone/api/pending?person=${rpps}`);
      await api(`/phone/api/pending/${id}/approve`, { method: 'POST', body: JSON.stringify({ pin: '1234' }) });
    },
    /** On the phone of a person: the password, then what `act` does on the page. */
    async phone(person, act) {
      const { page, close } = await open();
      try {
        await page.goto(`${sim.web}/phone/${person}`);
        await page.getByLabel('Mot de passe e-CPS').fill('e-cps');
        await page.getByRole('button', { name: 'Valider' }).click();
        await act(page);
      } finally {
        await close();
      }
    },
  };
}

/** What a person does on the phone. */
export const choose = (number) => (phone) => phone.locator('.numbers').getByRole('button', { name: number, exact: true }).click();
export const chooseWrong = (number) => (phone) => phone.locator('.numbers button', { hasNotText: number }).first().click();
export const leave = (phone) => phone.getByRole('button', { name: "Quitter l'authentification" }).click();

/** A browser for one person. Each page that it comes to is given to axe-core. */
export async function visitor(t, options = {}) {
  const browser = await open(options);
  t.after(browser.close);
  const { page } = browser;
  /** Waits for a page by its heading, and checks it. */
  const arrive = async (heading) => {
    await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
    if (options.javaScriptEnabled !== false) assert.deepEqual(await faults(page), [], `axe on ${page.url()}`);
  };
  const main = page.getByRole('main');
  return {
    ...browser,
    arrive,
    press: (name) => main.getByRole('button', { name }).click(),
    follow: (name) => main.getByRole('link', { name }).click(),
    /** Signs in by card from the home page. */
    async signIn(base, person) {
      await page.goto(base);
      await main.getByRole('button', { name: 'Pro Santé Connect' }).click();
      await byCard(page, person);
    },
    /** Gives an address and waits for the page of the code. */
    async give(email) {
      await page.getByLabel('Adresse de courriel').fill(email);
      await main.getByRole('button', { name: 'Soumettre' }).click();
      await arrive('Ouvrez votre messagerie');
    },
    /** The mistakes that the page tells, and where it is. */
    mistakes: () => page.locator('.problems li').allTextContents(),
    path: () => new URL(page.url()).pathname,
  };
}

/** On PSC's pages: signs in with the CPS card of a person of the simulator. */
export async function byCard(page, person) {
  await page.getByRole('link', { name: 'carte CPS' }).click();
  await page.getByLabel('Carte dans le lecteur').selectOption(person);
  await page.getByLabel('Code porteur').fill('1234');
  await page.getByRole('button', { name: 'Valider' }).click();
  await page.getByLabel('IGC-SANTE').check();
  await page.getByRole('button', { name: 'OK' }).click();
}

/** The two digits on the page that waits for the phone. */
export async function digits(page) {
  return (await page.locator('.binding b').allTextContents()).join('');
}

export const EMAIL = 'camille.durand@exemple.fr';
export const WELCOME = "Bienvenue sur la plateforme Numérique du service d'accès aux soins";

/** A person who waits for the mail, and that mail. */
export async function waiting(t, site, person = 'physician', email = EMAIL) {
  const visit = await visitor(t);
  await visit.signIn(site.base, person);
  await visit.arrive(WELCOME);
  await visit.give(email);
  return { ...visit, mail: (await site.mails(email)).at(-1) };
}
