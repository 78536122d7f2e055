//! The map: which address does what. A GET shows, a POST acts and leads on; nothing else does either.

use crate::app::App;
use crate::failure::Failure;
use crate::pages::{
    account, address, arrival, before, data, ecps, email, home, legal, link, message, participation, proofs, terms,
};
use crate::security;
use crate::session::Session;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use std::sync::Arc;

/// The whole site.
pub fn router(app: Arc<App>) -> Router {
    let pages = Router::new()
        // Sign in
        .route("/", get(home::show))
        .route("/connexion", post(home::leave).get(arrival::place))
        .route("/retour", get(home::back).head(nothing))
        .route("/e-cps", get(ecps::show).post(ecps::ring))
        .route("/e-cps/attente", get(ecps::wait))
        .route("/e-cps/suite", post(ecps::ask).get(arrival::place))
        .route("/e-cps/canal", post(ecps::switch).get(arrival::place))
        .route("/e-cps/quitter", post(ecps::quit).get(arrival::place))
        .route("/retrouvailles", get(arrival::show_came_back).post(arrival::confirm))
        .route("/sans-compte", get(arrival::show_turned_away))
        .route("/deconnexion", post(arrival::sign_out).get(arrival::place))
        .route("/deconnecte", get(arrival::signed_out))
        // Sign up
        .route("/suite", get(arrival::place))
        .route("/ou", get(arrival::place_as_text))
        .route("/lieux", get(arrival::show_places).post(arrival::choose_places))
        .route("/courriel", get(email::show).post(email::submit))
        .route("/courriel/code", get(email::show_sent).post(email::answer_code))
        .route("/courriel/renvoi", post(email::resend).get(arrival::place))
        .route("/lien", get(link::open).post(link::confirm))
        .route("/conditions", get(terms::show).post(terms::accept))
        .route("/conditions/lire", post(terms::read).get(arrival::place))
        .route("/conditions/avis", post(terms::noticed).get(arrival::place))
        .route("/conditions/refus", get(terms::refused).post(terms::refuse))
        .route("/participation", get(participation::show).post(participation::answer))
        .route("/participation/relecture", get(participation::review).post(participation::save))
        .route("/compte", get(account::show))
        .route("/compte/courriel", get(address::show).post(address::submit))
        .route("/compte/courriel/code", get(address::show_sent).post(address::answer_code))
        .route("/compte/courriel/renvoi", post(address::resend).get(arrival::place))
        .route("/compte/courriel/annuler", post(address::drop_change).get(arrival::place))
        .route("/objection", get(address::show_objection).post(address::object))
        .route("/compte/donnees", get(data::show).post(data::export))
        .route("/compte/donnees/{file}", get(proofs::file))
        .route("/compte/fermer", get(data::ask_close).post(data::close))
        .route("/compte/ferme", get(data::show_closed))
        .route("/compte/rouvrir", post(data::reopen).get(arrival::place))
        .route("/compte/effacer", post(data::erase).get(arrival::place))
        .route("/compte-retrouve", get(before::show).post(before::answer))
        // Footer
        .route("/cgu", get(legal::cgu))
        .route("/credits", get(legal::credits))
        .route("/cookies", get(legal::cookies))
        .route("/mentions-legales", get(legal::notice))
        .fallback(message::not_found)
        .layer(from_fn_with_state(Arc::clone(&app), session))
        .layer(DefaultBodyLimit::max(64 * 1024));
    let base_url: Arc<str> = app.settings.base_url.as_str().into();
    Router::new()
        .route("/assets/style.css", get(|| asset("text/css; charset=utf-8", include_str!("../assets/style.css"))))
        .route("/assets/site.js", get(|| asset("text/javascript; charset=utf-8", include_str!("../assets/site.js"))))
        .route("/assets/icon.svg", get(|| asset("image/svg+xml", include_str!("../assets/icon.svg"))))
        .merge(pages)
        .layer(from_fn_with_state(base_url, security::guard))
}

/// Gives each request its session, and a failed one its page.
async fn session(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let session = match Session::of(app, &parts).await {
        Ok(session) => session,
        Err(error) => {
            crate::app::report(&error);
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    };
    let mut request = Request::from_parts(parts, body);
    request.extensions_mut().insert(session.clone());
    let response = next.run(request).await;
    match response.extensions().get::<Failure>() {
        Some(failure) => failure.page(&session),
        None => response,
    }
}

async fn asset(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=600")], text)
}

async fn nothing() -> StatusCode {
    StatusCode::METHOD_NOT_ALLOWED
}
