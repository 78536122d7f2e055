//! From tokens received to evidence: the ID token verified with the provider's keys, then userinfo of the same subject.
//!
//! The second half of every sign-in, by code and by CIBA. Until the ID token has passed, nothing of the answer is used.

use super::exchange::Retry;
use super::verification::{Expected, Verification};
use super::{Acr, Endpoint, Next, ReturnTo, Service, SignIn, SignInEvidence, TokenSet, UserInfo};
use crate::base::{ExposeSecret, Method, Request, Response, Timestamp};
use crate::error::{Code, Error, Result};

/// A person signed in: the evidence, what PSC said of them, and their tokens, which only a server may keep.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SignedIn {
    /// The evidence.
    pub sign_in: SignIn,
    /// Every claim of userinfo.
    pub userinfo: UserInfo,
    /// The tokens.
    pub tokens: TokenSet,
}

pub(super) struct Completion {
    service: Service,
    acr: Acr,
    phase: Phase,
    too_old: bool,
}

enum Phase {
    Verify(Verification),
    Userinfo { evidence: Box<SignInEvidence>, tokens: TokenSet, retry: Retry },
    Done(Box<SignedIn>),
}

impl Completion {
    /// `acr` is the least level, of which an ID token without one is refused.
    pub(super) fn new(service: Service, acr: Acr, expected: Expected, tokens: TokenSet) -> Completion {
        let expected = Expected { acr: Some(acr), ..expected };
        Completion { service, acr, phase: Phase::Verify(Verification::new(expected, tokens)), too_old: false }
    }

    /// The tokens as received, for the stored form of a sign-in that is to go on after a restart.
    pub(super) fn tokens(&self) -> &TokenSet {
        match &self.phase {
            Phase::Verify(verification) => verification.tokens(),
            Phase::Userinfo { tokens, .. } => tokens,
            Phase::Done(signed_in) => &signed_in.tokens,
        }
    }

    /// Whether it ended because the authentication was too long ago.
    pub(super) fn too_old(&self) -> bool {
        self.too_old
    }

    pub(super) fn logout_url(&self, back: Option<&ReturnTo>) -> Result<String> {
        self.service.logout_url(self.tokens(), back.map(ReturnTo::as_str), None)
    }

    pub(super) fn next(&mut self, now: Timestamp) -> Result<Next<SignedIn>> {
        if let Phase::Verify(verification) = &self.phase {
            let checked = verification.next(&self.service, now);
            self.too_old = matches!(&checked, Err(error) if error.code() == Code::SIGN_IN_NOT_FRESH);
            let (token, keys) = match checked? {
                Next::Done(verified) => verified,
                Next::Send(request) => return Ok(Next::Send(request)),
                Next::Wait(until) => return Ok(Next::Wait(until)),
            };
            let tokens = TokenSet { subject: token.subject().to_owned(), ..verification.tokens().clone() };
            let (uri, id_token) = (self.service.metadata().endpoint(Endpoint::Jwks)?, tokens.id_token.expose_secret());
            let evidence = Box::new(SignInEvidence::of_verified(token, id_token, &keys, uri, now)?);
            self.phase = Phase::Userinfo { evidence, tokens, retry: Retry::default() };
        }
        match &self.phase {
            Phase::Userinfo { tokens, retry, .. } => match retry.waits(now) {
                Some(until) => Ok(Next::Wait(until)),
                None => userinfo_request(&self.service, tokens).map(Next::Send),
            },
            Phase::Done(signed_in) => Ok(Next::Done(SignedIn::clone(signed_in))),
            Phase::Verify(_) => Err(Error::new(Code::BROKEN_INVARIANT)),
        }
    }

    pub(super) fn answered(&mut self, response: &Response, now: Timestamp) -> Result<()> {
        match &mut self.phase {
            Phase::Verify(verification) => verification.answered(&self.service, response, now),
            Phase::Userinfo { evidence, tokens, .. } => {
                let userinfo = UserInfo::answered(response)?;
                let signed_in =
                    SignedIn { sign_in: sign_in(evidence, &userinfo, self.acr)?, userinfo, tokens: tokens.clone() };
                self.phase = Phase::Done(Box::new(signed_in));
                Ok(())
            }
            Phase::Done(_) => Err(Error::new(Code::REQUEST_SPENT)),
        }
    }

    /// Keys and userinfo may be asked for again without harm.
    pub(super) fn failed(&mut self, error: Error, now: Timestamp) -> Result<()> {
        match &mut self.phase {
            Phase::Verify(verification) => verification.failed(&self.service, error, now),
            Phase::Userinfo { retry, .. } => retry.failed(error, now),
            Phase::Done(_) => Err(error),
        }
    }
}

fn userinfo_request(service: &Service, tokens: &TokenSet) -> Result<Request> {
    let bearer = format!("Bearer {}", tokens.access_token.expose_secret());
    Ok(Request {
        method: Method::Get,
        url: service.metadata().endpoint_for(service.client(), Endpoint::Userinfo)?.to_owned(),
        headers: vec![("accept", "application/json".to_owned()), ("authorization", bearer)],
        body: Vec::new(),
    })
}

fn sign_in(evidence: &SignInEvidence, userinfo: &UserInfo, acr: Acr) -> Result<SignIn> {
    let token = evidence.token();
    if userinfo.subject() != token.subject() {
        return Err(Error::claim(Code::USERINFO_SUBJECT, "sub"));
    }
    let professional = userinfo.professional().clone();
    if token.id_nat().is_some_and(|id_nat| id_nat != professional.id_nat) {
        return Err(Error::claim(Code::USERINFO_SUBJECT, "SubjectNameID"));
    }
    Ok(SignIn {
        issuer: token.issuer().to_owned(),
        client_id: token.client_id().to_owned(),
        subject: token.subject().to_owned(),
        session_id: token.session_id().map(str::to_owned),
        professional,
        // A token without a level has passed only where it counts as `eidas1`, and that was asked for.
        acr: token.acr().unwrap_or(acr),
        auth_mode: token.auth_mode().or(userinfo.auth_mode()).cloned(),
        auth_time: token.auth_time(),
        issued_at: token.issued_at(),
        id_token_sha256: evidence.id_token_sha256(),
        evidence: Some(evidence.as_str().into()),
    })
}
