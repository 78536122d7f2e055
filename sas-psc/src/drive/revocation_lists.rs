//! Fetches the revocation lists that a cache wants, when it may: over any [`World`], conditionally, one at a time.
//!
//! Lists are published over plain HTTP and are signed; how large one may be is the world's setting
//! (`HttpConfig::with_largest_answer`, [`LARGEST_REVOCATION_LIST`]). Nothing is fetched during a sign-in: a
//! program calls this when [`CrlCache::due_at`] has come, and keeps [`CrlCache::to_stored`].

use super::World;
use crate::base::{Method, Request};
use crate::card::{CrlCache, CrlNeed, Trust};
use crate::error::{Code, Error, Result};

/// The largest list that a sender should take: two million entries.
pub const LARGEST_REVOCATION_LIST: usize = 64 << 20;

/// Fetches what is due now. Gives each address that was asked, with what came of it: true for a new list, false when the one
/// held is the newest.
///
/// # Errors
/// None of its own: each address has its own, those of [`CrlCache::fetched`], those of the world, and `crl-unavailable`
/// (`facts.http_status`) for any other answer. The cache waits before it is asked again.
///
/// ```no_run
/// use sas_psc::card::{CrlCache, CrlRules, Trust};
/// use sas_psc::drive::{World, fetch_revocation_lists};
///
/// # async fn example(http: &impl World) -> sas_psc::Result<()> {
/// let mut cache = CrlCache::new(CrlRules::default());
/// cache.want("http://igc-sante.esante.gouv.fr/CRL/ACI-FO-PP.crl")?;
/// for (address, outcome) in fetch_revocation_lists(http, &mut cache, &Trust::production()).await {
///     println!("{address}: {outcome:?}");
/// }
/// # Ok(())
/// # }
/// ```
pub async fn fetch_revocation_lists(
    world: &impl World,
    cache: &mut CrlCache,
    trust: &Trust,
) -> Vec<(String, Result<bool>)> {
    let mut outcomes = Vec::new();
    while let Some(need) = cache.next(world.now()) {
        let outcome = fetch(world, cache, trust, &need).await;
        outcomes.push((need.address, outcome));
    }
    outcomes
}

async fn fetch(world: &impl World, cache: &mut CrlCache, trust: &Trust, need: &CrlNeed) -> Result<bool> {
    let address = need.address.as_str();
    let mut headers = vec![("accept", "application/pkix-crl, */*;q=0.1".to_owned())];
    headers.extend(need.etag.clone().map(|etag| ("if-none-match", etag)));
    headers.extend(need.last_modified.clone().map(|date| ("if-modified-since", date)));
    let request = Request { method: Method::Get, url: need.address.clone(), headers, body: Vec::new() };
    let answer = match world.send(request).await {
        Ok(answer) => answer,
        Err(error) => {
            cache.failed(address, None, world.now());
            return Err(error);
        }
    };
    let conditional = need.etag.is_some() || need.last_modified.is_some();
    match answer.status {
        200 => {
            let marks = (answer.header("etag"), answer.header("last-modified"));
            cache.fetched(address, &answer.body, marks, trust, world.now())?;
            Ok(true)
        }
        304 if conditional => {
            cache.unchanged(address, world.now());
            Ok(false)
        }
        status => {
            cache.failed(address, Some(status), world.now());
            Err(Error::new(Code::CRL_UNAVAILABLE).with(|facts| facts.http_status = Some(status)))
        }
    }
}
