// Signing in, with what goes wrong at PSC, on the phone and in a shared browser: each has its page and the way on.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMAIL, WELCOME, byCard, choose, chooseWrong, digits, leave, platform, visitor, waiting } from './platform.mjs';

/** Longer than what is called "just now". */
const aWhile = () => new Promise((resolve) => setTimeout(resolve, 7_000));

test('on the phone: a wrong number, leaving there; on the page: a wrong key', async (t) => {
  const site = await platform(t);
  const { page, arrive, press, mistakes } = await visitor(t);
  await page.goto(`${site.base}/e-cps`);
  const ring = async (rpps) => {
    await page.getByLabel('Numéro RPPS').fill(rpps);
    await press('Se connecter avec e-CPS');
  };
  await ring('99700218897');
  await page.locator('.problems').waitFor();
  assert.match((await mistakes()).join(), /clé/);
  assert.equal(await page.getByLabel('Numéro RPPS').inputValue(), '99700218897');
  const refusals = [
    ['physician', '99700218896', async () => chooseWrong(await digits(page))],
    ['physician-two-places', '99700366240', async () => leave],
  ];
  for (const [person, number, act] of refusals) {
    await ring(number);
    await arrive('Authentification');
    await site.phone(person, await act());
    await arrive('Se connecter avec e-CPS');
    assert.match((await mistakes()).join(), /refusée sur le téléphone/);
    assert.equal(await page.getByLabel('Numéro RPPS').inputValue(), number, 'the number is kept');
  }
  await ring('99700218896');
  await arrive('Authentification');
  await press("J'ai validé sur mon téléphone");
  await page.getByText("Votre téléphone n'a pas encore répondu").waitFor();
  await site.phone('physician', choose(await digits(page)));
  await arrive(WELCOME);
});

test('an RPPS number is public: nobody bombards a phone, and nobody learns whose number it is', async (t) => {
  const site = await platform(t);
  const ring = async ({ page, arrive, press }, rpps) => {
    await page.goto(`${site.base}/e-cps`);
    await page.getByLabel('Numéro RPPS').fill(rpps);
    await press('Se connecter avec e-CPS');
    await arrive('Authentification');
    return digits(page);
  };
  const waits = async () => (await fetch(`${site.sim.web}/phone/api/pending?person=99700218896`)).json();
  const [doctor, stranger] = [await visitor(t), await visitor(t)];
  const number = await ring(doctor, '99700218896');
  await doctor.page.getByText("Si vous n'êtes pas à l'origine de cette demande, refusez-la").waitFor();
  await ring(stranger, '99700218896');
  assert.equal((await waits()).length, 1, 'one request at a time');
  assert.equal(await ring(doctor, '99700218896'), number, 'the own browser sees its own again');
  const texts = async ({ page }) => (await page.locator('main').textContent()).replace(/\d+ secondes|Code à choisir\s:.*/g, '');
  const held = await texts(stranger);
  await ring(stranger, '99700111117'); // nobody's
  assert.equal(await texts(stranger), held);
  assert.equal((await waits()).length, 1);
  await site.phone('physician', choose(number));
  await doctor.arrive(WELCOME);
});

test('help comes after 20 seconds, and the card goes on with the attempt', async (t) => {
  const site = await platform(t);
  const { page, arrive, press } = await visitor(t);
  await page.clock.install();
  await page.goto(`${site.base}/e-cps`);
  await page.getByLabel('Numéro RPPS').fill('99700218896');
  await press('Se connecter avec e-CPS');
  await arrive('Authentification');
  const card = page.getByRole('button', { name: 'Continuer avec ma carte CPS' });
  assert.ok(!(await card.isVisible()));
  await page.clock.runFor(20_500);
  await page.getByText("Ouvrez vous-même l'application e-CPS").waitFor();
  await card.click();
  await page.getByText('CPS-Gestion').first().waitFor();
  await arrive('Authentification');
  await site.card('99700218896');
  await page.clock.runFor(8_000);
  await arrive(WELCOME);
});

test('an answer of the phone after leaving, or after the time, signs nobody in', async (t) => {
  const site = await platform(t, ['--e-cps-seconds', '6']);
  const { page, arrive, press, mistakes, path } = await visitor(t);
  await page.goto(`${site.base}/e-cps`);
  await page.getByLabel('Numéro RPPS').fill('99700218896');
  await press('Se connecter avec e-CPS');
  await arrive('Authentification');
  const number = await digits(page);
  await press("Quitter l'authentification");
  await arrive('Se connecter');
  await page.getByText('Authentification quittée').waitFor();
  await site.phone('physician', choose(number));
  await page.goto(`${site.base}/suite`);
  assert.equal(path(), '/');

  await page.goto(`${site.base}/e-cps`);
  await page.getByLabel('Numéro RPPS').fill('99700366240');
  await press('Se connecter avec e-CPS');
  await arrive('Authentification');
  await arrive('Se connecter avec e-CPS');
  assert.match((await mistakes()).join(), /validée à temps/);
});

test('leaving at PSC, PSC down, and an answer that is not ours', async (t) => {
  const site = await platform(t);
  const { page, arrive, press, follow } = await visitor(t);
  await page.goto(site.base);
  await press('Pro Santé Connect');
  await page.getByRole('button', { name: 'Annuler' }).click();
  await arrive("L'opération n'a pas abouti");
  await page.getByText('annulée').waitFor();
  await follow('Reprendre');
  await arrive('Se connecter');
  await site.scenario([{ fault: 'answer', at: 'token', status: 503, body: '<html>', times: 3 }]);
  await press('Pro Santé Connect');
  await byCard(page, 'physician');
  await arrive("L'opération n'a pas abouti");
  await site.scenario([{ fault: 'wrong-state', times: 1 }]);
  await aWhile();
  await page.goto(site.base);
  await press('Pro Santé Connect');
  await arrive("L'opération n'a pas abouti"); // PSC's session is open: it comes straight back
  await page.goto(site.base);
  await press('Pro Santé Connect');
  await arrive('Est-ce bien vous ?');
  await press('Continuer');
  await arrive(WELCOME);
});

test('who comes back says whether it is them; who does not, ends both sessions', async (t) => {
  const site = await platform(t);
  const { page, context, arrive, press, signIn } = await visitor(t);
  await signIn(site.base, 'physician');
  await arrive(WELCOME);
  await context.clearCookies({ name: '__Host-visit' }); // our session is over, PSC's is not
  await aWhile();
  await page.goto(site.base);
  await press('Pro Santé Connect');
  await arrive('Est-ce bien vous ?');
  assert.match(await page.locator('.identity').textContent(), /Vous êtes .+, RPPS •{7}8896/);
  for (const early of ['/courriel', '/compte', '/suite']) {
    await page.goto(site.base + early);
    await arrive('Est-ce bien vous ?');
  }
  await press("Ce n'est pas moi");
  await page.getByRole('heading', { name: 'Vous êtes déconnecté' }).waitFor();
  await page.getByText('Retirez votre carte du lecteur').waitFor();
  await page.goto(site.base);
  await press('Pro Santé Connect');
  await page.getByRole('heading', { name: 'Connexion avec Pro Santé Connect' }).waitFor(); // asks for a card again
});

test('another person in the same browser inherits nothing; the first finds everything again', async (t) => {
  const site = await platform(t);
  const { mail, page, arrive, press, signIn } = await waiting(t, site);
  const out = async () => {
    await page.getByRole('banner').getByRole('button', { name: 'Se déconnecter' }).click();
    await arrive('Vous êtes déconnecté');
  };
  await out();
  await signIn(site.base, 'intern');
  await arrive(WELCOME);
  assert.equal(await page.getByLabel('Adresse de courriel').inputValue(), '');
  await page.goto(mail.link);
  await arrive('Revenez à la première fenêtre');
  await page.goto(site.base);
  await arrive(WELCOME);
  await out();
  await signIn(site.base, 'physician');
  await arrive('Reprenez votre inscription'); // the mail belongs to the visit before
  await page.getByText(EMAIL).waitFor();
});

test('staff cards stop with the role to ask for', async (t) => {
  const site = await platform(t);
  for (const [person, role] of [['staff-finess', 'gestionnaire de structure'], ['staff-cabinet', 'délégataire'], ['opaque', 'gestionnaire de comptes']]) {
    const { page, arrive, press, signIn } = await visitor(t);
    await signIn(site.base, person);
    await arrive("Cette carte n'ouvre pas ce compte");
    await page.getByRole('main').getByText(role).waitFor();
    await press('Me connecter avec une autre carte');
    await arrive('Vous êtes déconnecté');
  }
});

test('people without a practice, with an ADELI number, and of a PSI pass', async (t) => {
  const site = await platform(t);
  for (const person of ['locum', 'pharmacist', 'adeli', 'psi']) {
    const { arrive, signIn } = await visitor(t);
    await signIn(site.base, person);
    await arrive(WELCOME);
  }
});

