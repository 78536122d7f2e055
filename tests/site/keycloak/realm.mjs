// A Keycloak realm that opens accounts as the guide of "SAS - Se connecter" shows it: Pro Santé Connect, an e-mail address, the
// mail, the terms. Made by Keycloak's administration in the server of tools/keycloak/run, beside the realm that is PSC there.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';

const setting = (name) => process.env[name] ?? assert.fail(`${name} is not set: run tools/test keycloak`);
export const pki = (file) => join(setting('SAS_PSC_PKI'), file);
export const base = () => setting('SAS_PSC_ISSUER').replace(/\/realms\/.*/, '');
const PSC = () => `${setting('SAS_PSC_ISSUER')}/protocol/openid-connect`;

/** Sends a request that trusts the test's authority; the answer's JSON, or its text. */
export function call(method, url, { body, headers = {} } = {}) {
  const sent = typeof body === 'string' ? body : body && JSON.stringify(body);
  const type = typeof body === 'string' ? 'application/x-www-form-urlencoded' : 'application/json';
  return new Promise((resolve, reject) => {
    const options = { method, ca: readFileSync(pki('ca.pem')), headers: { ...(sent && { 'content-type': type }), ...headers } };
    const asked = request(url, options, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (data) => (text += data));
      answer.on('end', () => {
        if (answer.statusCode >= 300) return reject(new Error(`${method} ${url}: ${answer.statusCode} ${text}`));
        resolve(/json/.test(answer.headers['content-type']) ? JSON.parse(text) : text);
      });
    });
    asked.on('error', reject).end(sent);
  });
}

async function admin(method, path, body) {
  const [username, password] = setting('SAS_PSC_ADMIN').split(' ');
  const form = new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', username, password });
  const { access_token } = await call('POST', `${base()}/realms/master/protocol/openid-connect/token`, { body: String(form) });
  return call(method, `${base()}/admin${path}`, { body, headers: { authorization: `Bearer ${access_token}` } });
}

const step = (priority, authenticator, requirement = 'REQUIRED', more = {}) => ({ priority, authenticator, requirement, ...more });
const below = (priority, flowAlias, requirement) => ({ priority, flowAlias, requirement, authenticatorFlow: true });
const flow = (alias, topLevel, ...authenticationExecutions) => ({ alias, topLevel, providerId: 'basic-flow', builtIn: false, authenticationExecutions });
const action = (alias, priority, defaultAction) => ({ alias, name: alias, providerId: alias, enabled: true, priority, defaultAction, config: {} });
const attribute = (name, edit, more = {}) => ({ name, permissions: { view: ['admin', 'user'], edit }, ...more });

/** Takes the realm away, and what stands for it at PSC. */
export async function unmake() {
  await admin('DELETE', '/realms/sas').catch(() => {});
  for (const { id } of await admin('GET', '/realms/esante-wallet/clients?clientId=sas-seconnecter')) {
    await admin('DELETE', `/realms/esante-wallet/clients/${id}`);
  }
}

/** Makes the realm anew; mails go to the SMTP server at `smtp`, the portal may have any address of loopback. */
export async function make(smtp) {
  await unmake();
  const [host, port] = smtp.split(':');
  const secret = 'seconnecter-not-a-secret';
  await admin('POST', '/realms/esante-wallet/clients', {
    clientId: 'sas-seconnecter', secret, clientAuthenticatorType: 'client-secret', standardFlowEnabled: true,
    redirectUris: [`${base()}/realms/sas/broker/psc/endpoint`], optionalClientScopes: ['scope_all'],
  });
  const profile = {
    attributes: [
      attribute('username', ['admin']),
      attribute('email', ['admin', 'user'], { validations: { email: {} }, required: { roles: ['user'] } }),
      attribute('firstName', ['admin']), // PSC says who somebody is: the page asks for the address alone
      attribute('lastName', ['admin']),
    ],
  };
  await admin('POST', '/realms', {
    realm: 'sas', enabled: true, displayName: "Service d'accès aux soins", verifyEmail: true, registrationAllowed: false,
    internationalizationEnabled: true, supportedLocales: ['fr'], defaultLocale: 'fr', actionTokenGeneratedByUserLifespan: 300,
    smtpServer: { host, port, from: 'nepasrepondre@sante.fr', auth: 'false', ssl: 'false', starttls: 'false' },
    components: {
      'org.keycloak.userprofile.UserProfileProvider': [
        { providerId: 'declarative-user-profile', config: { 'kc.user.profile.config': [JSON.stringify(profile)] } },
      ],
    },
    browserFlow: 'sas browser',
    authenticationFlows: [
      flow('sas browser', true, step(10, 'auth-cookie', 'ALTERNATIVE'), step(20, 'identity-provider-redirector', 'ALTERNATIVE'), below(30, 'sas forms', 'ALTERNATIVE')),
      flow('sas forms', false, step(10, 'auth-username-password-form')),
      flow('sas first sign-in', true, step(10, 'idp-review-profile', 'REQUIRED', { authenticatorConfig: 'ask the address' }), below(20, 'sas account', 'REQUIRED')),
      flow('sas account', false, step(10, 'idp-create-user-if-unique')),
    ],
    authenticatorConfig: [{ alias: 'ask the address', config: { 'update.profile.on.first.login': 'on' } }],
    requiredActions: [action('VERIFY_EMAIL', 50, false), action('TERMS_AND_CONDITIONS', 60, true)],
    identityProviders: [
      {
        alias: 'psc', displayName: 'Pro Santé Connect', providerId: 'oidc', enabled: true, trustEmail: false,
        firstBrokerLoginFlowAlias: 'sas first sign-in',
        config: {
          issuer: setting('SAS_PSC_ISSUER'), authorizationUrl: `${PSC()}/auth`, tokenUrl: `${PSC()}/token`,
          userInfoUrl: `${PSC()}/userinfo`, jwksUrl: `${PSC()}/certs`, useJwksUrl: 'true', validateSignature: 'true',
          clientId: 'sas-seconnecter', clientSecret: secret, clientAuthMethod: 'client_secret_basic',
          defaultScope: 'openid scope_all', pkceEnabled: 'true', pkceMethod: 'S256', syncMode: 'IMPORT',
        },
      },
    ],
    identityProviderMappers: [
      {
        name: 'username', identityProviderAlias: 'psc', identityProviderMapper: 'oidc-username-idp-mapper',
        config: { template: '${CLAIM.SubjectNameID}', target: 'LOCAL', syncMode: 'INHERIT' },
      },
    ],
    clients: [
      {
        clientId: 'portail', publicClient: true, standardFlowEnabled: true, redirectUris: ['http://127.0.0.1/*'],
        attributes: { 'pkce.code.challenge.method': 'S256' },
      },
    ],
  });
}
