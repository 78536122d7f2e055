// The terms, the settings and two tabs: each mistake names its field, and no answer is lost.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byCard, platform, visitor, waiting } from './platform.mjs';

test('the terms: an unticked box, a refusal, a change of mind', async (t) => {
  const site = await platform(t);
  const { mail, page, arrive, press, follow, mistakes } = await waiting(t, site);
  await page.getByLabel('Code à 8 chiffres').fill(mail.code);
  await press('Valider le code');
  await arrive('Acceptez les conditions');
  assert.equal(await page.getByLabel('Vous acceptez').isChecked(), false);
  await press('Valider');
  await page.locator('.problems').waitFor();
  assert.match((await mistakes()).join(), /case des conditions n'est pas cochée/);
  await press('Refuser');
  await arrive('Vous avez refusé les conditions');
  await page.goto(site.base);
  await arrive('Vous avez refusé les conditions');
  await press('Relire les conditions');
  await arrive('Acceptez les conditions');
  await page.goto(`${page.url()}?lang=en`);
  await arrive('Accept the terms');
  await page.getByText("texte d'exemple").first().waitFor(); // what was shown stays until it is asked for in English
  await press('Read these documents in English');
  await page.getByText('sample text').first().waitFor();
  await page.getByLabel('You accept').check();
  await press('Confirm');
  await arrive('Participation settings');
});

test('the settings: each mistake names its field, and no answer is lost', async (t) => {
  const site = await platform(t);
  const { mail, page, arrive, press, follow, mistakes } = await waiting(t, site);
  await page.getByLabel('Code à 8 chiffres').fill(mail.code);
  await press('Valider le code');
  await page.getByLabel('Vous acceptez').check();
  await press('Valider');
  await arrive('Paramètres de participation');
  await page.getByLabel('Je participe au SAS').check();
  await press('Continuer');
  await page.locator('.problems').waitFor();
  assert.match((await mistakes()).join(), /comment vous participez/);
  await page.getByLabel('via ma MSP').check();
  await page.getByLabel('Indiquez le nom de votre MSP').fill('123456789');
  await page.getByLabel('Oui, je déclare').check();
  await page.getByLabel("Je refuse d'afficher").check();
  await press('Continuer');
  await page.locator('.problems').waitFor();
  const told = (await mistakes()).join();
  assert.match(told, /FINESS/);
  assert.match(told, /déclarer sur l'honneur/);
  assert.equal(await page.getByLabel('Indiquez le nom de votre MSP').inputValue(), '123456789');
  await page.getByLabel('Indiquez le nom de votre MSP').fill('MSP des Lilas (exemple)');
  await page.getByLabel('2 heures de disponibilité').check();
  await press('Continuer');
  await arrive("Relisez avant d'enregistrer");
  await follow('Modifier');
  await arrive('Paramètres de participation');
  assert.equal(await page.getByLabel('Indiquez le nom de votre MSP').inputValue(), 'MSP des Lilas (exemple)');
  // In another tab the answers change: what is saved is what was read.
  await page.goto(`${site.base}/participation/relecture`);
  const tab = await page.context().newPage();
  await tab.goto(`${site.base}/participation`);
  await tab.getByLabel('Je participe au forfait').check();
  await tab.getByRole('button', { name: 'Continuer' }).click();
  await tab.getByRole('heading', { name: 'Relisez' }).waitFor();
  await press('Enregistrer');
  await arrive("Relisez avant d'enregistrer");
  assert.match(await page.locator('.answers').textContent(), /forfait de réorientation des urgences\s*Oui/);
  await press('Enregistrer');
  await arrive('Votre compte est actif');
  await follow('Modifier ma participation');
  await arrive('Paramètres de participation');
  assert.ok(await page.getByLabel('via ma MSP').isChecked());
});

test('two tabs: the slower one is led to where the journey stands; a form of a session before is refused', async (t) => {
  const site = await platform(t);
  const { mail, page, arrive, press, follow } = await waiting(t, site);
  const tab = await page.context().newPage();
  await tab.goto(`${site.base}/courriel`);
  await page.getByLabel('Code à 8 chiffres').fill(mail.code);
  await press('Valider le code');
  await arrive('Acceptez les conditions');
  await tab.getByRole('button', { name: 'Soumettre' }).click();
  await tab.getByRole('heading', { name: 'Acceptez les conditions' }).waitFor();
  await page.getByRole('banner').getByRole('button', { name: 'Se déconnecter' }).click();
  await arrive('Vous êtes déconnecté');
  await tab.getByRole('button', { name: 'Valider' }).click();
  await tab.getByRole('heading', { name: "Cette page n'est plus à jour" }).waitFor();
  await tab.getByRole('link', { name: 'Reprendre' }).click();
  await tab.getByRole('heading', { name: 'Se connecter' }).waitFor();
  // Two tabs may leave for PSC at once: each comes back with its own answer.
  await page.goto(site.base);
  await press('Pro Santé Connect');
  await tab.getByRole('button', { name: 'Pro Santé Connect' }).click();
  await tab.getByRole('heading', { name: 'Connexion avec Pro Santé Connect' }).waitFor();
  await byCard(page, 'physician');
  await arrive('Acceptez les conditions');
});

test('the terms shown in another window since are shown again, not in a circle', async (t) => {
  const site = await platform(t);
  const { mail, page, arrive, press, mistakes } = await waiting(t, site);
  await page.getByLabel('Code à 8 chiffres').fill(mail.code);
  await press('Valider le code');
  await arrive('Acceptez les conditions');
  const other = await visitor(t);
  await other.signIn(site.base, 'physician');
  await other.arrive('Acceptez les conditions');
  for (const done of [false, true]) {
    await page.getByLabel('Vous acceptez').check();
    await press('Valider');
    if (!done) await page.locator('.problems').waitFor();
    if (!done) assert.match((await mistakes()).join(), /Lisez le nouveau texte/);
  }
  await arrive('Paramètres de participation');
  // The other window follows.
  await other.press('Valider');
  await other.arrive('Paramètres de participation');
});
