// Topic id-token: jose and fast-jwt on the token of vectors/id-token/ok-access-token.json, keys parsed before.

import { createPublicKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { createVerifier } from 'fast-jwt'
import { bench } from './bench.mjs'

const vector = JSON.parse(readFileSync(new URL('../../../vectors/id-token/ok-access-token.json', import.meta.url)))
const { token, options } = vector
const version = name => JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url))).version
const to = 'raw verify, aws-lc-rs'

function rest(claims) {
    if (claims.nonce !== options.nonce || claims.azp !== options.client_id || claims.acr !== 'eidas1') throw Error('claims')
}

const keys = createLocalJWKSet(vector.jwks)
const asked = {
    issuer: options.issuer, audience: options.client_id, algorithms: ['RS256'], clockTolerance: 30,
    currentDate: new Date(options.now * 1000),
}
await bench('id-token', `jose ${version('jose')} (Node)`, to, async () => rest((await jwtVerify(token, keys, asked)).payload))

const jwk = vector.jwks.keys.find(key => key.kid === 'test-main')
const verify = createVerifier({
    key: createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }),
    algorithms: ['RS256'], allowedIss: options.issuer, allowedAud: options.client_id, allowedNonce: options.nonce,
    clockTimestamp: options.now * 1000, clockTolerance: 30_000, cache: false,
})
await bench('id-token', `fast-jwt ${version('fast-jwt')} (Node), one fixed key`, to, () => rest(verify(token)))
