//! The token with which a request goes to an API: the one at hand, or a new one, asked for once however many wait for it.

use crate::app::App;
use sas_psc::base::SecretString;
use sas_psc::drive::SystemRandom;
use sas_psc::psc::proxy::server::{Backend, Need, Session, SessionMark};
use sas_psc::{Code, Error, Result};

/// The token for `backend`. PSC's own tokens are kept as soon as they are new: the ones before may be spent.
pub async fn token(app: &App, mark: &SessionMark, session: &Session, backend: &Backend) -> Result<SecretString> {
    if let Need::Nothing(token) = session.need(backend, app.now())? {
        return Ok(token.clone());
    }
    let _one = app.changing(*mark).await;
    let mut session = app.load(mark)?;
    for _ in 0..3 {
        match session.need(backend, app.now())? {
            Need::Nothing(token) => return Ok(token.clone()),
            Need::Refresh => {
                let tokens = app.psc.refresh(session.tokens()).await?;
                session.refreshed(tokens);
            }
            Need::Exchange => {
                let exchange = backend.exchange().ok_or_else(|| Error::new(Code::BROKEN_INVARIANT))?;
                let begun = exchange.begin(session.tokens().access_token(), &mut SystemRandom, app.now())?;
                let token = app.psc.run(begun).await?;
                if let Some(Err(error)) = app.certificate.as_ref().map(|certificate| token.bound_to(certificate)) {
                    eprintln!("a token of {} is not for our certificate: {}", backend.name(), error.code());
                    return Err(error);
                }
                // The one before ends by itself: requests under way still carry it.
                session.exchanged(backend, token);
            }
        }
        app.save(mark, &session)?;
    }
    Err(Error::new(Code::TOKEN_EXCHANGE_REFUSED))
}

/// Forgets a token that an API refused: the next request asks for another.
pub async fn refused(app: &App, mark: &SessionMark, backend: &Backend) -> Result<()> {
    let _one = app.changing(*mark).await;
    let mut session = app.load(mark)?;
    session.forget(backend.name());
    app.save(mark, &session)
}
