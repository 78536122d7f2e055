// The account of the guide, played at Keycloak's own pages and at our site by one and the same person: the same steps in the
// same order, asking for the same things, with the words that the guide fixes. Where ours differs, it says so here, and why.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { open } from '../browser.mjs';
import { byCard, platform, visitor } from '../platform.mjs';
import { base, call, make, pki, unmake } from './realm.mjs';

const guide = readFileSync(new URL('../../../vectors/guide/fr.txt', import.meta.url), 'utf8');
/** The sentences of a section of the guide. */
const sentences = (section) => guide.split(`# ${section}\n`)[1].split('\n\n')[0].split('\n').filter((line) => line && !line.startsWith('#'));
const folded = (text) => text.replace(/\s+/g, ' ').replaceAll('’', "'");

/** What a page asks of the person, by what stands on it and not by its address. */
async function asks(page) {
  await page.waitForLoadState('load');
  const main = page.locator('body');
  const there = (locator) => locator.first().isVisible();
  if (await there(page.locator('input[name=email], input[type=email]'))) return 'an address';
  if (await there(main.getByRole('button', { name: 'Confirmer mon adresse' }))) return 'a click';
  if (await there(page.locator('[name=accept], form:has-text("Vous acceptez") input[type=checkbox]'))) return 'the terms';
  if (await there(page.locator('[href*="broker/psc"]').or(main.getByRole('button', { name: 'Pro Santé Connect' })))) return 'Pro Santé Connect';
  if (/vérifi.*courriel|messagerie/i.test(folded(await main.innerText()))) return 'the mail';
  return 'nothing';
}

/** Goes from page to page until nothing is asked; what was asked, in its order, and the mail. */
async function walk({ page, email, hands }) {
  const asked = [];
  let mail;
  for (let wait = 0; wait < 100; ) {
    const now = await asks(page).catch(() => undefined); // a page that is just leaving
    if (now === undefined || now === asked.at(-1)) {
      wait += 1;
      await page.waitForTimeout(100);
      continue;
    }
    asked.push(now);
    if (now === 'nothing') return { asked, mail };
    if (now === 'Pro Santé Connect') await hands.signIn(page);
    if (now === 'an address') {
      const field = page.locator('input[name=email], input[type=email]');
      const send = page.locator('form').filter({ has: field }).locator('[type=submit], button').first();
      const problems = [];
      for (const wrong of ['', 'pas une adresse']) {
        await page.locator('form').evaluateAll((forms) => forms.forEach((form) => (form.noValidate = true)));
        await field.evaluate((input) => (input.type = 'text')); // the browser's own check is not the site's
        await field.fill(wrong);
        await send.click();
        await page.waitForLoadState('load');
        assert.equal(await asks(page), 'an address', `after ${wrong}`);
        problems.push(await page.locator('.problems, [id^=input-error], .kc-feedback-text').first().innerText());
      }
      assert.ok(problems.every((problem) => problem.trim().length > 5), 'each mistake is told on the page');
      assert.equal(await page.locator('form').filter({ has: field }).locator('input:visible:not([type=submit])').count(), 1, 'the address and no more');
      await field.fill(email);
      await send.click();
    }
    if (now === 'the mail') {
      mail = (await site.mails(email)).at(-1);
      await page.goto(mail.link);
    }
    if (now === 'a click') await page.getByRole('button', { name: 'Confirmer mon adresse' }).click();
    if (now === 'the terms') await hands.accept(page);
  }
  assert.fail(`nothing goes on after ${asked.join(', ')} on ${page.url()}: ${folded(await page.locator('body').innerText()).slice(0, 500)}`);
}

/** The portal that SAS sends the person back to: a page that asks for nothing. */
async function portal(t) {
  const server = createServer((_, answer) => answer.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Portail</h1>'));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${server.address().port}/portail`;
}

async function atKeycloak(t, portalAt, person) {
  const opened = await open({
    ignoreHTTPSErrors: true,
    clientCertificates: [{ origin: new URL(base()).origin, certPath: pki(`card-${person}.pem`), keyPath: pki(`card-${person}.key`) }],
  });
  t.after(opened.close);
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const query = new URLSearchParams({
    response_type: 'code', client_id: 'portail', redirect_uri: portalAt, scope: 'openid', state: 's', nonce: 'n',
    code_challenge: challenge, code_challenge_method: 'S256',
  });
  await opened.page.goto(`${base()}/realms/sas/protocol/openid-connect/auth?${query}`);
  return { ...opened, verifier };
}

let site;
const ended = [];
before(async () => {
  site = await platform({ after: (end) => ended.push(end) });
  await make(site.sim.mail);
  ended.push(unmake);
});
after(async () => {
  for (const end of ended) await end();
});

/** At Keycloak's pages; `accept` is what the person presses under the terms. */
async function theirs(t, person, email, accept = 'accept') {
  const portalAt = await portal(t);
  const there = await atKeycloak(t, portalAt, person);
  const signIn = (page) => page.locator('[href*="broker/psc"]').first().click();
  const walked = await walk({ ...there, email, hands: { signIn, accept: (page) => page.locator(`[name=${accept}]`).click() } });
  const answer = new URL(there.page.url());
  assert.equal(answer.pathname, '/portail');
  return { ...walked, portalAt, verifier: there.verifier, answer: answer.searchParams };
}

/** At our site's. */
async function ours(t, person, email, accept = 'Valider') {
  const here = await visitor(t);
  await here.page.goto(site.base);
  const main = here.page.getByRole('main');
  const signIn = async (page) => {
    await main.getByRole('button', { name: 'Pro Santé Connect' }).click();
    await byCard(page, person);
  };
  const agree = async (page) => {
    if (accept === 'Valider') await page.getByLabel('Vous acceptez').check();
    await main.getByRole('button', { name: accept }).click();
  };
  return { ...(await walk({ ...here, email, hands: { signIn, accept: agree } })), page: here.page };
}

test('one person opens an account at Keycloak and at our site: the same is asked, in the same order', async (t) => {
  const there = await theirs(t, '899700218896', 'camille.durand@exemple.fr');
  const form = new URLSearchParams({
    grant_type: 'authorization_code', client_id: 'portail', redirect_uri: there.portalAt, code: there.answer.get('code'), code_verifier: there.verifier,
  });
  const { id_token } = await call('POST', `${base()}/realms/sas/protocol/openid-connect/token`, { body: String(form) });
  const claims = JSON.parse(Buffer.from(id_token.split('.')[1], 'base64url'));
  assert.deepEqual([claims.preferred_username, claims.email, claims.email_verified], ['899700218896', 'camille.durand@exemple.fr', true]);
  const here = await ours(t, 'physician', 'c.durand@exemple.fr');

  assert.deepEqual(there.asked, ['Pro Santé Connect', 'an address', 'the mail', 'the terms', 'nothing']);
  // A scanner that opens every link of a mail confirms nothing here: one click more, for the person alone.
  assert.deepEqual(here.asked, there.asked.toSpliced(3, 0, 'a click'));

  for (const mail of [there.mail, here.mail]) {
    assert.match(mail.from, /nepasrepondre@sante\.fr/);
    assert.equal(mail.subject, sentences('mail: verification-subject')[0]);
  }
  // Ours says every sentence of the guide. Keycloak has written three of them otherwise since, and says the others still.
  const since = [/^Bonjour/, /^Quelqu'un vient de créer/, /^Sinon/];
  const says = (mail, sentence) => folded(mail.text).includes(folded(sentence).replace(/\.$/, ''));
  for (const sentence of sentences('mail: verification')) {
    assert.ok(says(here.mail, sentence), `our mail does not say: ${sentence}\n${here.mail.text}`);
    assert.equal(says(there.mail, sentence), !since.some((other) => other.test(sentence)), `${sentence}\n${there.mail.text}`);
  }

  // The next sign-in asks for nothing that is known.
  assert.deepEqual((await theirs(t, '899700218896')).asked, ['Pro Santé Connect', 'nothing']);
  assert.deepEqual((await ours(t, 'physician')).asked, ['Pro Santé Connect', 'nothing']);
});

test('who declines the terms has no account and is asked again, at Keycloak and here', async (t) => {
  const declined = await theirs(t, '899700245667', 'noa.petit@exemple.fr', 'cancel');
  assert.equal(declined.answer.get('error'), 'access_denied');
  const refused = await ours(t, 'nurse', 'n.petit@exemple.fr', 'Refuser');
  await refused.page.getByRole('heading', { name: 'Vous avez refusé les conditions' }).waitFor();
  assert.deepEqual(refused.asked.filter((what) => what !== 'a click'), declined.asked);
  assert.deepEqual((await theirs(t, '899700245667')).asked, ['Pro Santé Connect', 'the terms', 'nothing']);
});
