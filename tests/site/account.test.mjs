// What a person does with an account: the one of before is found by their number; all that is held of them in one file; closed,
// opened again, erased.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { picture } from './browser.mjs';
import { EMAIL, WELCOME, platform, visitor } from './platform.mjs';

/** A platform that had these accounts before. */
async function with_accounts(t, rows) {
  const folder = await mkdtemp(join(tmpdir(), 'sas-psc-accounts-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'accounts.csv'), ['account;number', ...rows, ''].join('\n'));
  return platform(t, ['--local-accounts', join(folder, 'accounts.csv')]);
}

/** To an active account. */
async function finish(site, { page, arrive, press, give }) {
  await give(EMAIL);
  const [mail] = await site.mails(EMAIL);
  await page.getByLabel('Code à 8 chiffres').fill(mail.code);
  await press('Valider le code');
  await page.getByLabel('Vous acceptez').check();
  await press('Valider');
  await arrive('Paramètres de participation');
  await press('Continuer');
  await arrive("Relisez avant d'enregistrer");
  await press('Enregistrer');
  await arrive('Votre compte est actif');
}

test('the account of before, all of my data, closing, opening again, erasure', async (t) => {
  const site = await with_accounts(t, ['1742;99700218896', '1743;99700245667']);
  const person = await visitor(t);
  const { page, arrive, press, follow, signIn, mistakes, complaints } = person;
  await signIn(site.base, 'physician');
  await arrive('Nous avons retrouvé votre compte');
  assert.match(await page.locator('dl').textContent(), /1742/);
  await picture(page, 'account-found');
  await press("C'est bien le mien");
  await arrive(WELCOME);
  await finish(site, person);

  await follow('Mes données');
  await arrive('Mes données');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Télécharger' }).click()]);
  assert.equal(download.suggestedFilename(), 'mes-donnees.json');
  const data = JSON.parse(await readFile(await download.path(), 'utf8'));
  assert.equal(data.format, 'sas-psc person export v1');
  assert.deepEqual([data.account.email.typed, data.links[0].account, data.life.state], [EMAIL, '1742', 'open']);
  assert.equal(data.visits.length, 1);
  assert.ok(data.records.some((record) => record.what.event === 'accepted'));

  // The receipts come from the log, which follows within a second or two.
  const receipt = page.getByRole('link', { name: /^Acceptation de conditions d'utilisation \(CGU/ });
  for (let i = 0; i < 20 && !(await receipt.count()); i++) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    await page.reload();
  }
  const files = page.locator('.proofs a[download]');
  const read = async (kind) => {
    const link = await files.filter({ hasText: kind }).filter({ hasText: 'Acceptation' }).getAttribute('href');
    const answer = await page.request.get(site.base + link);
    assert.match(answer.headers()['content-disposition'], /^attachment; filename="[0-9a-f-]{36}\./);
    return answer.text();
  };
  assert.match(await read('tlog-proof'), /^c2sp\.org\/tlog-proof@v1\n/);
  assert.equal(JSON.parse(await read('json')).what.event, 'accepted');
  assert.match(await read('evidence'), /id_token/);
  await picture(page, 'my-data');
  const address = await receipt.getAttribute('href');
  const unknown = await page.request.get(`${site.base}${address.replace(/[0-9a-f]{12}\.html/, '000000000000.html')}`);
  assert.equal(unknown.status(), 404);
  await receipt.click();
  await arrive("Reçu : acceptation de conditions d'utilisation");
  assert.equal(await page.locator('table').first().evaluate((table) => getComputedStyle(table).borderCollapse), 'collapse', 'its style is let in');
  await picture(page, 'receipt');
  await page.goBack();
  await follow('Revenir à mon compte');
  await arrive('Votre compte est actif');

  await follow('Fermer mon compte');
  await arrive('Fermer mon compte');
  await press('Fermer mon compte');
  await page.locator('.problems').waitFor();
  assert.match((await mistakes()).join(), /case n'est pas cochée/);
  await page.getByLabel('Je veux fermer mon compte').check();
  await press('Fermer mon compte');
  await arrive('Votre compte est fermé');
  await picture(page, 'account-closed');
  await page.goto(`${site.base}/compte`);
  await arrive('Votre compte est fermé');
  await press('Rouvrir mon compte');
  await arrive('Acceptez les conditions');

  await page.goto(`${site.base}/compte/fermer`);
  await page.getByLabel('Je veux fermer mon compte').check();
  await press('Fermer mon compte');
  await arrive('Votre compte est fermé');
  await page.getByLabel('Je veux effacer mes données').check();
  await press('Effacer mon compte');
  await arrive('Votre compte est effacé');
  await signIn(site.base, 'physician');
  await arrive('Nous avons retrouvé votre compte'); // as somebody new
  // The browser notes the one form that came back with a mistake.
  assert.deepEqual(complaints.filter((line) => !line.includes('422')), []);
});

test('an account of before that is not mine', async (t) => {
  const site = await with_accounts(t, ['homonyme;99700218896']);
  const { arrive, press, signIn, page } = await visitor(t);
  await signIn(site.base, 'physician');
  await arrive('Nous avons retrouvé votre compte');
  await press("Ce n'est pas mon compte");
  await arrive(WELCOME);
  await page.getByRole('banner').getByRole('button', { name: 'Se déconnecter' }).click();
  await arrive('Vous êtes déconnecté');
  await signIn(site.base, 'physician');
  await arrive(WELCOME); // its number does not bring it back
});

test('several accounts of before: the person chooses one, or decides later', async (t) => {
  const site = await with_accounts(t, ['1742;99700218896', '1744;99700218896']);
  const { arrive, press, signIn, mistakes, page } = await visitor(t);
  await signIn(site.base, 'physician');
  await arrive('Plusieurs comptes portent votre numéro');
  await picture(page, 'accounts-several');
  await press('Garder ce compte');
  await page.locator('.problems').waitFor();
  assert.match((await mistakes()).join(), /Aucun compte n'est choisi/);
  await press('Décider plus tard');
  await arrive(WELCOME);
  await page.getByRole('banner').getByRole('button', { name: 'Se déconnecter' }).click();
  await arrive('Vous êtes déconnecté');
  await signIn(site.base, 'physician');
  await arrive('Plusieurs comptes portent votre numéro');
  await page.getByLabel('1744').check();
  await press('Garder ce compte');
  await arrive(WELCOME);
  await page.getByRole('banner').getByRole('button', { name: 'Se déconnecter' }).click();
  await arrive('Vous êtes déconnecté');
  await signIn(site.base, 'physician');
  await arrive(WELCOME); // asked once
});
