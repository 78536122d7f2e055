// Another address for an active account, in a real browser; and robots in both mailboxes, which open the mail, follow its
// links, run scripts and send every form: nothing is confirmed, and nobody objects.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open } from './browser.mjs';
import { EMAIL, platform, visitor, waiting } from './platform.mjs';

const NEW = 'camille.durand@nouveau.exemple.fr';

/**
 * What a scanner does with a mail: shows it with scripts on, opens each link, and on each page that comes sends each form,
 * with what is in it and with something in every field. Gives the paths that it came to.
 */
async function robot(mail) {
  const came = [];
  const { page, close } = await open();
  try {
    await page.setContent(mail.html);
    const links = await page.locator('a[href]').evaluateAll((all) => all.map((a) => a.href));
    assert.ok(links.length > 0);
    for (const link of links) {
      for (const fill of [false, true]) {
        await page.goto(link);
        came.push(new URL(page.url()).pathname);
        const forms = await page.locator('main form').count();
        for (let i = 0; i < forms; i++) {
          await page.goto(link);
          const form = page.locator('main form').nth(i);
          if (fill) for (const field of await form.locator('input:not([type=hidden])').all()) await field.fill('12345678');
          await form.evaluate((it) => HTMLFormElement.prototype.requestSubmit.call(it));
          await page.waitForLoadState('networkidle');
          came.push(new URL(page.url()).pathname);
        }
        // And every button by itself, as a script that waits for no person does.
        await page.goto(link);
        await page.evaluate(() => document.querySelectorAll('main button').forEach((button) => button.click()));
        await page.waitForLoadState('networkidle');
      }
    }
  } finally {
    await close();
  }
  return came;
}

/** A person with an active account. */
async function active(t, site) {
  const visit = await waiting(t, site);
  const { page, press, arrive } = visit;
  await page.getByLabel('Code à 8 chiffres').fill(visit.mail.code);
  await press('Valider le code');
  await arrive('Acceptez les conditions');
  await page.getByLabel('Vous acceptez les conditions').check();
  await press('Valider');
  await arrive('Paramètres de participation');
  await press('Continuer');
  await arrive("Relisez avant d'enregistrer");
  await press('Enregistrer');
  await arrive('Votre compte est actif');
  return visit;
}

/** Asks for the new address; its mail and the one to the old. */
async function changing(t, site) {
  const visit = await active(t, site);
  const { page, follow, press, arrive } = visit;
  await follow("Changer d'adresse");
  await arrive("Changer l'adresse de votre compte");
  await page.getByLabel('Nouvelle adresse').fill(NEW);
  await press('Soumettre');
  await arrive('Ouvrez votre messagerie');
  const [proof] = await site.mails(NEW);
  const [, notice] = await site.mails(EMAIL, 2);
  assert.equal(notice.subject, "L'adresse de votre compte va changer");
  return { ...visit, proof, notice };
}

test('a robot in the mailbox of a sign-up confirms nothing', async (t) => {
  const site = await platform(t);
  const { mail, page, press, arrive } = await waiting(t, site);
  for (let twice = 0; twice < 2; twice++) assert.ok((await robot(mail)).every((path) => path === '/lien'));
  await page.goto(`${site.base}/suite`);
  await arrive('Ouvrez votre messagerie');
  await page.getByLabel('Code à 8 chiffres').fill(mail.code);
  await press('Valider le code');
  await arrive('Acceptez les conditions');
});

test('an address is changed by the code, then objected to by whoever reads the old mailbox', async (t) => {
  const site = await platform(t);
  const { page, press, arrive, proof, notice } = await changing(t, site);
  assert.ok(!notice.text.includes(NEW) && !notice.html.includes(NEW));
  await robot(proof);
  await page.getByLabel('Code à 8 chiffres').fill('00000000');
  await press('Valider le code');
  await page.locator('.problems').waitFor();
  await page.getByLabel('Code à 8 chiffres').fill(proof.code);
  await press('Valider le code');
  await arrive('Votre compte est actif');
  assert.match(await page.getByRole('main').textContent(), new RegExp(NEW));

  const reader = await visitor(t);
  await reader.page.goto(notice.link);
  await reader.arrive("S'opposer à un changement d'adresse");
  const shown = (await reader.page.content()).replaceAll(/href="\?c=[^"]*"/g, '');
  for (const secret of [EMAIL, NEW, notice.code, 'DOC0']) assert.ok(!shown.includes(secret), `the page shows ${secret}`);
  await reader.page.getByLabel('Code à 8 chiffres').fill(proof.code);
  await reader.press("Je m'oppose");
  await reader.page.locator('.problems').waitFor();
  await reader.page.getByLabel('Code à 8 chiffres').fill(notice.code);
  await reader.press("Je m'oppose");
  await reader.arrive('Votre opposition est enregistrée');
  await page.goto(`${site.base}/compte`);
  await arrive('Votre compte est actif');
  assert.match(await page.getByRole('main').textContent(), new RegExp(EMAIL));
});

test('a robot in the old mailbox objects to nothing, and the person may still keep their address', async (t) => {
  const site = await platform(t);
  const { page, press, arrive, notice, proof } = await changing(t, site);
  assert.ok((await robot(notice)).every((path) => path === '/objection'));
  await page.goto(`${site.base}/compte/courriel/code`);
  await arrive('Ouvrez votre messagerie');
  await press("Garder l'adresse actuelle");
  await arrive('Votre compte est actif');
  assert.match(await page.getByRole('main').textContent(), new RegExp(EMAIL));
  await page.goto(proof.link);
  assert.doesNotMatch(await page.locator('h1').textContent(), /Confirmez votre adresse/);
});
