// The verifier of verify.html without a browser: every receipt of vectors/consent-log, judged as Rust judges it; and what
// the page could reach. Arguments: verify.html.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";

const page = readFileSync(process.argv[2], "utf8");
const script = page.match(/<script>([\s\S]*)<\/script>/)[1];
const wasm = await WebAssembly.compile(Buffer.from(script.match(/const WASM = "([^"]*)"/)[1], "base64"));
assert.deepEqual(WebAssembly.Module.imports(wasm), [], "the verifier asks nothing of the page");
assert.match(page, /default-src 'none'/);
assert.doesNotMatch(page.replace(/const WASM = "[^"]*"/, ""), /https?:|fetch\(|XMLHttpRequest|WebSocket|import\(/);

// The page's own function, over its own module.
const verify = new Function(`${script.slice(0, script.indexOf("function show"))}; return verify;`)();
const folder = "vectors/consent-log/";
let count = 0;
for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
  const { expect, vkey, proof, opening } = JSON.parse(readFileSync(folder + file, "utf8"));
  const found = await verify(...[proof, opening, vkey].map((text) => new TextEncoder().encode(text)));
  if (expect === null) assert.equal(found.proven.tree_size, 300, file);
  else assert.equal(found.code, expect, file);
  count += 1;
}
assert.ok(count > 20);
console.log(`${count} receipts`);
