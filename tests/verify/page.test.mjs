// verify.html as a doctor or a court uses it, in a real Chromium: the receipt is dropped on the page, the answer read.
//
// Without network: the page is a file, and a request to anywhere fails the test. tools/parts/65-verify-page builds it first.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { faults, open, picture } from '../site/browser.mjs';

const root = new URL('../../', import.meta.url).pathname;
const folder = `${root}vectors/consent-log/`;
const cases = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => ({ name, ...JSON.parse(readFileSync(folder + name, 'utf8')) }));
const receipt = cases.find((one) => one.name === 'receipt.json');
const address = pathToFileURL(process.env.SAS_PSC_VERIFY_PAGE ?? `${root}target/verify.html`).href;

let browser;
before(async () => (browser = await open()));
after(async () => browser.close());

/** A fresh page, as when the file was double-clicked. */
async function fresh() {
  const { page } = browser;
  const requests = [];
  page.removeAllListeners('request');
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(address);
  await page.getByText("Aucun reçu n'a encore été examiné.").waitFor();
  return { page, requests };
}

/** Drops files on the page, as from a folder's window. */
async function drop(page, files) {
  const transfer = await page.evaluateHandle((given) => {
    const made = new DataTransfer();
    for (const [name, text] of given) made.items.add(new File([text], name));
    return made;
  }, files);
  await page.dispatchEvent('#drop', 'drop', { dataTransfer: transfer });
}

const files = ({ proof, opening }) => [['recu.tlog-proof', proof], ['recu.json', opening]];

test('a receipt dropped on the page is answered, and nothing leaves it', async () => {
  const { page, requests } = await fresh();
  await page.getByLabel('1. La clé publique').fill(receipt.vkey);
  await drop(page, files(receipt));
  await page.getByRole('heading', { name: 'Oui : cet enregistrement est inscrit' }).waitFor();
  const answer = await page.locator('#answer').innerText();
  const { what } = JSON.parse(receipt.opening);
  for (const words of ['Acceptation', what.record_id, what.terms.sha256 && what.terms.documents[0].sha256, 'entrée 7, dans un journal de 300 entrées']) {
    assert.ok(answer.includes(words), `${words}: ${answer}`);
  }
  assert.deepEqual(requests, [address], 'the page asked for something');
  assert.deepEqual(await faults(page), []);
  await picture(page, 'verify-oui');
  // Changed afterwards: the answer follows what is there.
  await page.getByLabel('1. La clé publique').fill(cases.find((one) => one.name.startsWith('not-signed-key-of')).vkey);
  await page.getByRole('heading', { name: "Non : ce reçu n'est pas vérifié" }).waitFor();
  assert.deepEqual(await faults(page), []);
  await picture(page, 'verify-non');
});

test('files are chosen by keyboard and mouse too, one after the other, the key among them', async () => {
  const { page } = await fresh();
  const choose = (name, text) =>
    page.getByLabel('2. Les deux fichiers').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
  await choose('recu.json', receipt.opening);
  await choose('recu.tlog-proof', receipt.proof);
  assert.match(await page.locator('#answer').innerText(), /Aucun reçu/, 'without the key there is no answer');
  await choose('key.vkey', receipt.vkey);
  await page.getByRole('heading', { name: /^Oui/ }).waitFor();
  assert.equal(await page.getByRole('status').count(), 1, 'the answer is said aloud');
});

test('every receipt of the vectors is answered as Rust, C, Python and Go answer it', async () => {
  const { page } = await fresh();
  let counted = 0;
  for (const one of cases) {
    await page.goto(address);
    await page.getByLabel('1. La clé publique').fill(one.vkey);
    await drop(page, files(one));
    const title = one.expect === null ? /^Oui/ : /^Non/;
    // Nothing at all dropped as a proof is no receipt: the page goes on waiting.
    if (one.proof === '') continue;
    await page.getByRole('heading', { name: title }).waitFor();
    if (one.expect !== null) assert.ok((await page.locator('#answer').innerText()).includes(one.expect), one.name);
    counted += 1;
  }
  assert.ok(counted > 20, `${counted} receipts`);
  assert.deepEqual(browser.complaints, []);
});

test('what a receipt holds is text, whatever it says', async () => {
  const { page } = await fresh();
  await page.getByLabel('1. La clé publique').fill(receipt.vkey);
  await drop(page, [['recu.tlog-proof', '<img src=x onerror=alert(1)>'], ['recu.json', '<script>alert(1)</script>']]);
  await page.getByRole('heading', { name: /^Non/ }).waitFor();
  assert.equal(await page.locator('#answer img, #answer script').count(), 0);
});
