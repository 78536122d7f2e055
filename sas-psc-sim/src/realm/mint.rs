//! The tokens: what they claim, and the faults that a scenario puts into an ID token.
//!
//! Claims are those of real BAS tokens (October 2022, February 2023): an ID token without e-mail nor `amr`, an access
//! token without `aud`, lifetimes of 120 s, a refresh token that only this realm can read.

use crate::keys::at_hash;
use crate::lock;
use crate::mtls;
use crate::people::object;
use crate::scenario::Fault;
use crate::sim::Sim;
use crate::world::{REFRESH, SESSION, Session, TOKEN};
use sas_psc::base::Timestamp;
use serde_json::{Map, Value, json};

/// What tokens are made for.
pub(super) struct Grant<'a> {
    pub client: &'a str,
    pub sid: &'a str,
    pub scope: &'a str,
    pub nonce: Option<&'a str>,
    /// The thumbprint of the connection's certificate, to which access and refresh token are bound.
    pub certificate: Option<&'a str>,
}

/// The scope that is granted: wider than what was asked, as at PSC.
fn granted(asked: &str) -> String {
    let mut scope = Vec::new();
    if asked.split(' ').any(|word| word == "openid") {
        scope.push("openid");
    }
    scope.push("profile");
    if asked.split(' ').any(|word| word == "scope_all") {
        scope.extend(["scope_all", "identity"]);
    }
    scope.join(" ")
}

/// The body of a token answer. The session has just been used.
pub(super) fn tokens(sim: &Sim, grant: &Grant, session: &mut Session, now: Timestamp) -> Value {
    session.used = now;
    session.services.insert(grant.client.to_owned());
    if let Some(withdraw) =
        sim.fault(Fault::RotateKeys).map(|_| false).or_else(|| sim.fault(Fault::WithdrawKeys).map(|_| true))
    {
        let mut keys = lock(&sim.keys);
        keys.rotate();
        if withdraw {
            keys.withdraw();
        }
    }
    let keys = lock(&sim.keys);
    let person = &sim.people[session.person];
    let scope = granted(grant.scope);
    let refresh_for = REFRESH.min(SESSION.saturating_sub(now.since(session.started)));
    let common = |exp: Timestamp, jti: String, typ: &str| {
        object(json!({
            "exp": exp.unix(), "iat": now.unix(), "jti": jti, "iss": sim.issuer(), "sub": person.sub(),
            "typ": typ, "azp": grant.client, "sid": grant.sid, "session_state": grant.sid,
        }))
    };

    let mut access = common(now + TOKEN, format!("onrtac:{}", sim.random.uuid()), "Bearer");
    access.extend(object(json!({
        "auth_time": session.auth_time.unix(), "nonce": grant.nonce.unwrap_or(""), "acr": "eidas1", "scope": scope,
        "authMode": session.means.auth_mode(), "otherIds": person.other_ids(), "preferred_username": person.id_nat,
    })));
    let cnf = grant.certificate.map(|certificate| json!({ "x5t#S256": mtls::bound(sim, certificate) }));
    access.extend(cnf.iter().map(|cnf| ("cnf".to_owned(), cnf.clone())));
    let access = keys.sign(&access, None);

    let mut refresh = common(now + refresh_for, sim.random.uuid(), "Refresh");
    refresh.extend(object(json!({ "aud": sim.issuer(), "scope": grant.scope })));
    refresh.extend(cnf.map(|cnf| ("cnf".to_owned(), cnf)));

    let mut answer = json!({
        "access_token": access, "expires_in": TOKEN.as_secs(), "refresh_expires_in": refresh_for.as_secs(),
        "refresh_token": keys.seal(&refresh), "token_type": "Bearer", "not-before-policy": 0,
        "session_state": grant.sid, "scope": scope,
    });
    if scope.starts_with("openid") {
        let mut id = common(now + TOKEN, sim.random.uuid(), "ID");
        id.extend(object(json!({
            "auth_time": session.auth_time.unix(), "aud": grant.client, "at_hash": at_hash(&access), "acr": "eidas1",
            "authMode": session.means.auth_mode(), "SubjectNameID": person.id_nat,
            "preferred_username": person.id_nat, "given_name": person.given_name, "family_name": person.family_name,
        })));
        if let Some(nonce) = grant.nonce {
            id.insert("nonce".into(), nonce.into());
        }
        spoil(sim, &mut id, now);
        let kid = sim.fault(Fault::UnknownKid).map(|_| "sim-nobody-published-this");
        let mut token = keys.sign(&id, kid);
        if sim.fault(Fault::WrongSignature).is_some() {
            let signed = token.rfind('.').unwrap_or(0);
            let other = keys.sign(&Map::new(), None);
            token.replace_range(signed.., &other[other.rfind('.').unwrap_or(0)..]);
        }
        answer["id_token"] = token.into();
    }
    answer
}

/// Puts the scenario's faults into the claims of an ID token.
fn spoil(sim: &Sim, id: &mut Map<String, Value>, now: Timestamp) {
    let values = [
        (Fault::WrongNonce, "nonce", json!("another-nonce")),
        (Fault::WrongAudience, "aud", json!("another-client")),
        (Fault::WrongIssuer, "iss", json!("https://auth.invalid/auth/realms/esante-wallet")),
        (Fault::ExpiredIdToken, "exp", json!(now.unix() - 600)),
        (Fault::LowAcr, "acr", json!("eidas0")),
        (Fault::WrongAtHash, "at_hash", json!(at_hash("another token"))),
    ];
    for (fault, claim, value) in values {
        if sim.fault(fault).is_some() {
            id.insert(claim.into(), value);
        }
    }
    if sim.fault(Fault::MissingAcr).is_some() {
        id.remove("acr");
    }
}
