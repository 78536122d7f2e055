// openid-client (npm) before the bench of sas-psc-sim: each of its functions as its documentation shows it.
//
// Settings: issuer by discovery at the standard path (its issuer check is lost at another one), client_secret_basic, PKCE,
// state, nonce, the signature checked too (enableNonRepudiationChecks: off by default), a time-out of 10 s.
// Left to the application by the library, so not its matter here: acr, what PSC's identifiers mean.

import * as client from 'openid-client'
import { createInterface } from 'node:readline/promises'

const { PSC_ISSUER, PSC_CLIENT_ID, PSC_CLIENT_SECRET, PSC_REDIRECT_URI, PSC_FLOW, PSC_LOGIN_HINT, PSC_LOGINS, PSC_NEEDS } = process.env
if (PSC_FLOW === 'logout' || PSC_NEEDS.split(' ').some((need) => ['acr', 'identity', 'retry'].includes(need))) process.exit(77)

const say = (line) => console.log(JSON.stringify(line))
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const scope = 'openid scope_all', acr_values = 'eidas1'

try {
  const config = await client.discovery(
    new URL(PSC_ISSUER), PSC_CLIENT_ID, undefined, client.ClientSecretBasic(PSC_CLIENT_SECRET),
    { execute: [client.allowInsecureRequests], timeout: 10 },
  )
  client.enableNonRepudiationChecks(config)
  let tokens, subject
  for (let login = 0; login < Number(PSC_LOGINS); login++) {
    tokens = PSC_FLOW === 'ciba' ? await byCiba(config) : await byCode(config)
    subject = tokens.claims().sub
    await client.fetchUserInfo(config, tokens.access_token, subject)
  }
  if (PSC_FLOW === 'refresh') await client.refreshTokenGrant(config, tokens.refresh_token)
  say({ subject })
  process.exit(0)
} catch (error) {
  console.error(error.code ?? '', error.message, error.cause?.message ?? '')
  process.exit(1)
}

async function byCode(config) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const expectedState = client.randomState(), expectedNonce = client.randomNonce()
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: PSC_REDIRECT_URI, scope, acr_values, state: expectedState, nonce: expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: 'S256',
  })
  say({ authorization_url: url.href })
  const callback = new URL((await lines.next()).value)
  return client.authorizationCodeGrant(config, callback, { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true })
}

async function byCiba(config) {
  const begun = await client.initiateBackchannelAuthentication(config, {
    scope, acr_values, login_hint: PSC_LOGIN_HINT, binding_message: '07', channel: 'MOBILE',
  })
  return client.pollBackchannelAuthenticationGrant(config, begun)
}
