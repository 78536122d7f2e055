// The mail, its link and its code: late, twice, elsewhere, by a robot, of somebody else. Nothing is lost or revealed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMAIL, WELCOME, platform, visitor, waiting } from './platform.mjs';

test('the link opened elsewhere says to go back, and shows no form, name, code or address', async (t) => {
  const site = await platform(t);
  const { mail, page, press, arrive } = await waiting(t, site);
  for (const session of ['a fresh browser', 'another person']) {
    const other = await visitor(t);
    if (session === 'another person') {
      await other.signIn(site.base, 'intern');
      await other.arrive(WELCOME);
    }
    await other.page.goto(mail.link);
    await other.arrive('Revenez à la première fenêtre');
    assert.equal(await other.page.locator('form, input, button').count(), 0, session);
    const shown = await other.page.content();
    for (const secret of [EMAIL, mail.code, 'DOC0', 'camille', new URL(mail.link).searchParams.get('c')]) {
      // The language link keeps the address of the page, which its reader has.
      assert.ok(!shown.replaceAll(/href="\?c=[^"]*"/g, '').includes(secret), `${session} sees ${secret}`);
    }
  }
  // And the first window still goes on.
  await page.getByLabel('Code à 8 chiffres').fill(mail.code);
  await press('Valider le code');
  await arrive('Acceptez les conditions');
});

test('a robot that opens, peeks at and posts the link changes nothing', async (t) => {
  const site = await platform(t);
  const { mail, page, press, arrive } = await waiting(t, site);
  const token = new URL(mail.link).searchParams.get('c');
  for (let i = 0; i < 3; i++) {
    for (const method of ['GET', 'HEAD']) assert.equal((await fetch(mail.link, { method })).status, 200);
    const body = new URLSearchParams({ c: token, csrf: 'x' });
    assert.equal((await fetch(`${site.base}/lien`, { method: 'POST', body, redirect: 'manual' })).status, 403);
  }
  await page.goto(mail.link);
  await press('Confirmer mon adresse');
  await arrive('Acceptez les conditions');
});

test('the link opened twice leads on', async (t) => {
  const site = await platform(t);
  const { mail, page, press, follow, arrive } = await waiting(t, site);
  await page.goto(mail.link);
  await press('Confirmer mon adresse');
  await arrive('Acceptez les conditions');
  await page.goto(mail.link);
  await arrive('Ce lien a déjà servi');
  await follow('Continuer');
  await arrive('Acceptez les conditions');
});

test('a code of another session, wrong codes, and five of them', async (t) => {
  const site = await platform(t);
  const { mail, page, press, arrive, mistakes } = await waiting(t, site);
  const other = await waiting(t, site, 'intern', 'interne@exemple.fr');
  const wrong = async (code) => {
    await page.getByLabel('Code à 8 chiffres').fill(code);
    await press('Valider le code');
    await page.locator('.problems').waitFor();
    return (await mistakes()).join();
  };
  assert.match(await wrong('12'), /8 chiffres/); // not a code: no try is counted
  for (const left of [4, 3, 2, 1]) assert.match(await wrong(other.mail.code), new RegExp(`Essais restants\\s: ${left}`));
  await wrong('00000000');
  await arrive('Trop de codes faux');
  assert.equal(await page.getByLabel('Code à 8 chiffres').count(), 0);
  await page.goto(mail.link);
  await arrive('Trop de codes faux');
});

test('a new mail replaces the old one; too soon, it says how long', async (t) => {
  const site = await platform(t);
  const { mail, page, press, arrive, mistakes } = await waiting(t, site);
  await press('Renvoyer le courriel');
  await page.locator('.problems').waitFor();
  assert.match((await mistakes()).join(), /possible dans \d+ s/);
  // Another address needs no wait.
  await page.getByRole('link', { name: "Changer d'adresse" }).click();
  await arrive(WELCOME);
  assert.equal(await page.getByLabel('Adresse de courriel').inputValue(), EMAIL);
  await page.getByLabel('Adresse de courriel').fill('autre@exemple.fr');
  await press('Soumettre');
  await arrive('Ouvrez votre messagerie');
  const [second] = await site.mails('autre@exemple.fr');
  await page.goto(mail.link);
  assert.match(await page.locator('h1').textContent(), /courriel plus récent|expiré|abouti/);
  await page.goto(`${site.base}/courriel/code`);
  await page.getByLabel('Code à 8 chiffres').fill(mail.code);
  await press('Valider le code');
  await page.locator('.problems').waitFor();
  await page.getByLabel('Code à 8 chiffres').fill(second.code);
  await press('Valider le code');
  await arrive('Acceptez les conditions');
});

test('the mail that came too late is sent again in one click', { timeout: 200_000 }, async (t) => {
  const site = await platform(t, ['--mail-minutes', '1']);
  const { mail, page, press, arrive } = await waiting(t, site);
  await new Promise((resolve) => setTimeout(resolve, 61_000));
  await page.goto(mail.link);
  await arrive('Ce lien a expiré');
  await page.goto(`${site.base}/courriel/code`);
  await arrive('Courriel arrivé trop tard');
  await press('Renvoyer le courriel');
  await arrive('Ouvrez votre messagerie');
  const [, second] = await site.mails(EMAIL, 2);
  await page.goto(second.link);
  await press('Confirmer mon adresse');
  await arrive('Acceptez les conditions');
});

test('an address that another account has is neither linked nor told', async (t) => {
  const site = await platform(t);
  const first = await waiting(t, site);
  await first.page.getByLabel('Code à 8 chiffres').fill(first.mail.code);
  await first.press('Valider le code');
  await first.arrive('Acceptez les conditions');
  const other = await visitor(t);
  await other.signIn(site.base, 'intern');
  await other.arrive(WELCOME);
  await other.give(EMAIL); // the same page as for a free address
  const [, told] = await site.mails(EMAIL, 2);
  assert.equal(told.subject, 'Votre courriel est déjà lié à un compte');
  assert.ok(!told.link && !told.code);
});

