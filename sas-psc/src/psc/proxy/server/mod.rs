//! The rules of a Proxy e-Santé, as values without I/O: who may ask, for how long, what goes through, what is written down.
//!
//! A proxy holds what would let anyone act as a doctor, so each rule refuses rather than guesses: workstations are
//! enrolled before it obeys them ([`Enrolment`]), a session belongs to one workstation's key ([`Session`]), a request
//! goes to an API of the operator's list or nowhere ([`Backends`]), carries no header that the proxy or the API would
//! believe ([`forward_request`]), and can be read in one way only ([`Framing`]). `examples/rust/proxy` is a server on
//! these rules.
//!
//! Source: ansforge/psc-edc-proxy-esante (API 1.0, traces); ansforge/IG-securisation-transport-api-rest (lifetimes, token
//! exchange); RFC 8693, RFC 9110 §7.6, RFC 9112 §6 and §11.

mod actor;
mod api_token;
mod backend;
mod connection;
mod framing;
mod headers;
mod notice;
mod refusal;
mod session;
mod trace;
mod workstation;

pub use actor::{Actor, ActorKey};
pub use api_token::{ApiToken, Exchanged, TokenExchange};
pub use backend::{Backend, Backends, Target};
pub use connection::Connection;
pub use framing::Framing;
pub use headers::{forward_request, forward_response, session_cookie};
pub use notice::Notice;
pub use refusal::Refusal;
pub use session::{Need, Rules, Session, SessionMark};
pub use trace::{ApiRequest, Origin, Trace, TraceKind};
pub use workstation::{Enrolment, EnrolmentStatus, WorkstationKey};

#[cfg(test)]
mod tests;
