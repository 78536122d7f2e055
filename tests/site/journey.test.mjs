// The whole journey in a real browser, from the home page to an active account: both ways to sign in, both languages, with
// and without a script, by the keyboard alone, and over a site that is killed at every step.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { picture } from './browser.mjs';
import { EMAIL, WELCOME, choose, digits, platform, visitor } from './platform.mjs';

test('by card, in French, confirmed by the link', async (t) => {
  const site = await platform(t);
  const { page, arrive, press, signIn, give, complaints } = await visitor(t);
  await signIn(site.base, 'physician');
  await arrive(WELCOME);
  await give(EMAIL);
  const [mail] = await site.mails(EMAIL);
  assert.equal(mail.subject, 'Vérification du courriel');
  const until = (await page.getByText('Lien et code valables').textContent()).match(/\d+ h \d\d/)[0];
  assert.ok(mail.text.includes(until), `the mail says another end than ${until}: ${mail.text}`);
  const first = page.url();
  const second = await page.context().newPage();
  await second.goto(mail.link);
  await second.getByRole('heading', { name: 'Confirmez votre adresse' }).waitFor();
  await second.getByRole('button', { name: 'Confirmer mon adresse' }).click();
  await second.getByRole('heading', { name: 'Acceptez les conditions' }).waitFor();
  await second.close();
  // The first window goes on by itself.
  await arrive('Acceptez les conditions');
  assert.notEqual(page.url(), first);
  await page.getByLabel('Vous acceptez les conditions').check();
  await press('Valider');
  await arrive('Paramètres de participation');
  await page.getByLabel('Je participe au SAS').check();
  await page.getByLabel('via ma CPTS').check();
  await page.getByLabel('Indiquez le nom de votre CPTS').fill('CPTS des Coteaux (exemple)');
  await page.getByRole('group', { name: 'rattaché(s) à votre CPTS' }).getByRole('checkbox').first().check();
  await page.getByLabel('Non', { exact: true }).check();
  assert.ok(await page.getByLabel("Je refuse d'afficher").isDisabled(), 'without software there are no slots to show');
  await page.getByLabel('2 heures de disponibilité').check();
  await picture(page, 'journey-settings');
  await press('Continuer');
  await arrive("Relisez avant d'enregistrer");
  assert.match(await page.locator('.sworn').textContent(), /Je déclare sur l'honneur mettre en visibilité/);
  await press('Enregistrer');
  await arrive('Votre compte est actif');
  await picture(page, 'journey-account');
  assert.deepEqual(complaints, []);
});

test('by e-CPS from the site, in English, confirmed by the code', async (t) => {
  const site = await platform(t);
  const { page, arrive, press, follow, complaints } = await visitor(t, { locale: 'en-GB', colorScheme: 'dark' });
  await page.goto(site.base);
  await arrive('Sign in');
  await follow('Phone in hand?');
  await arrive('Sign in with e-CPS');
  await page.getByLabel('RPPS number').fill('99700 21889 6');
  await press('Sign in with e-CPS');
  await arrive('Authentication');
  await picture(page, 'journey-ecps-dark');
  await site.phone('physician', choose(await digits(page)));
  await arrive("Welcome to the digital platform of the service d'accès aux soins");
  await page.getByLabel('E-mail address').fill(EMAIL);
  await press('Submit');
  await arrive('Open your mailbox');
  const [mail] = await site.mails(EMAIL);
  assert.match(mail.subject, /^[ -~]+$/, 'an English subject');
  await page.getByLabel('8-digit code').fill(`${mail.code.slice(0, 4)} ${mail.code.slice(4)}`);
  await press('Confirm the code');
  await arrive('Accept the terms');
  await page.getByLabel('You accept the general terms').check();
  await press('Confirm');
  await arrive('Participation settings');
  await press('Continue');
  await arrive('Review before saving');
  await press('Save');
  await arrive('Your account is active');
  await press('Sign out');
  await arrive('You are signed out');
  assert.deepEqual(complaints, []);
});

test('without a script, at 320 px, by e-CPS at PSC', async (t) => {
  const site = await platform(t);
  const { page, arrive, press } = await visitor(t, { javaScriptEnabled: false, viewport: { width: 320, height: 640 } });
  await page.goto(site.base);
  await press('Pro Santé Connect');
  await page.getByRole('link', { name: 'e-CPS' }).click();
  await page.getByLabel('Numéro RPPS').fill('99700366240');
  await press('Se connecter avec e-CPS');
  await site.phone('physician-two-places', choose(await page.locator('#number').textContent()));
  await arrive("Vos lieux d'activité");
  await page.getByRole('checkbox').last().check();
  await press('Continuer');
  await arrive(WELCOME);
  await page.getByLabel('Adresse de courriel').fill(EMAIL);
  await press('Soumettre');
  await arrive('Ouvrez votre messagerie');
  const [mail] = await site.mails(EMAIL);
  await page.getByLabel('Code à 8 chiffres').fill(mail.code);
  await press('Valider le code');
  await arrive('Acceptez les conditions');
  await page.getByLabel('Vous acceptez les conditions').check();
  await press('Valider');
  await arrive('Paramètres de participation');
  // Each « Continuer » brings the questions that the answers call for; nothing typed is lost.
  await page.getByLabel('Je participe au SAS').check();
  assert.ok(await page.getByLabel('à titre individuel').isHidden());
  await press('Continuer');
  await page.getByText('Vos réponses appellent une précision').waitFor();
  await page.getByLabel('à titre individuel').check();
  await press('Continuer');
  await page.getByLabel('Non', { exact: true }).check();
  await press('Continuer');
  await page.getByLabel('2 heures de disponibilité').check();
  await press('Continuer');
  await arrive("Relisez avant d'enregistrer");
  await press('Enregistrer');
  await arrive('Votre compte est actif');
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
});

test('by the keyboard alone', async (t) => {
  const site = await platform(t);
  const { page, arrive } = await visitor(t);
  // Tab to what is called `name`, as a person would: by what is in focus.
  const to = async (name) => {
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab');
      const here = await page.evaluate(() => {
        const e = document.activeElement;
        return (e.labels?.[0] ?? e).textContent.replace(/\s+/g, ' ');
      });
      if (here.includes(name)) return;
    }
    assert.fail(`${name} is not reached by Tab`);
  };
  const heading = (name) => page.getByRole('heading', { level: 1, name }).waitFor();
  const press = async (name, then) => (await to(name), page.keyboard.press('Enter'), heading(then));
  const tick = async (name) => (await to(name), page.keyboard.press('Space'));
  const type = async (name, text) => (await to(name), page.keyboard.type(text));
  await page.goto(site.base);
  await press('Pro Santé Connect', 'Connexion avec Pro Santé Connect');
  await press('carte CPS', 'Carte CPS');
  await type('Code porteur', '1234');
  await press('Valider', 'Choix du certificat');
  await tick('IGC-SANTE');
  await press('OK', WELCOME);
  await arrive(WELCOME);
  await type('Adresse de courriel', 'camille.durand');
  await page.keyboard.press('Enter');
  await page.locator('.problems').waitFor();
  // The summary has the focus; its first link leads to the field.
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Shift+End');
  await page.keyboard.type(EMAIL);
  await page.keyboard.press('Enter');
  await arrive('Ouvrez votre messagerie');
  const [mail] = await site.mails(EMAIL);
  await type('Code à 8 chiffres', mail.code);
  await page.keyboard.press('Enter');
  await arrive('Acceptez les conditions');
  await to('CONDITIONS GÉNÉRALES'); // the document itself, which the arrows scroll
  await page.keyboard.press('End');
  await tick('Vous acceptez');
  await press('Valider', 'Paramètres de participation');
  await tick('Je participe au SAS');
  await to('à titre individuel');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown'); // via mon association SOS Médecins
  await type('Indiquez le nom', '18751275100020');
  await press('Continuer', "Relisez avant d'enregistrer");
  await press('Enregistrer', 'Votre compte est actif');
});

test('the site is killed at every step, and nothing is lost', async (t) => {
  const site = await platform(t);
  const { page, arrive, press, follow } = await visitor(t);
  const kill = async () => {
    await site.restart();
    await page.reload();
  };
  await page.goto(site.base);
  await follow('Téléphone en main');
  await page.getByLabel('Numéro RPPS').fill('99700366240');
  await press('Se connecter avec e-CPS');
  await arrive('Authentification');
  const number = await digits(page);
  await kill();
  assert.equal(await digits(page), number, 'the same request goes on');
  await site.phone('physician-two-places', choose(number));
  await arrive("Vos lieux d'activité");
  await kill();
  await page.getByRole('checkbox').first().check();
  await site.restart(); // between the page and its form, too
  await press('Continuer');
  await arrive(WELCOME);
  await page.getByLabel('Adresse de courriel').fill(EMAIL);
  await site.restart();
  await press('Soumettre');
  await arrive('Ouvrez votre messagerie');
  await kill();
  const [mail] = await site.mails(EMAIL);
  await page.getByLabel('Code à 8 chiffres').fill(mail.code);
  await site.restart();
  await press('Valider le code');
  await arrive('Acceptez les conditions');
  await kill();
  await page.getByLabel('Vous acceptez les conditions').check();
  await site.restart();
  await press('Valider');
  await arrive('Paramètres de participation');
  await page.getByLabel('Je participe au SAS').check();
  await page.getByLabel('à titre individuel').check();
  await page.getByLabel('Non', { exact: true }).check();
  await page.getByLabel('2 heures de disponibilité').check();
  await site.restart();
  await press('Continuer');
  await arrive("Relisez avant d'enregistrer");
  await kill();
  await press('Enregistrer');
  await arrive('Votre compte est actif');
  await kill();
  assert.match(await page.getByRole('main').textContent(), /à titre individuel/);
  assert.equal((await site.mails(EMAIL)).length, 1);
});
