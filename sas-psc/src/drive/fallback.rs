//! An outage that a driver has seen, as local sign-in takes it: the two concepts do not know each other.

use crate::card::fallback::OutageSeen;
use crate::psc::Outage;

impl From<Outage> for OutageSeen {
    fn from(outage: Outage) -> OutageSeen {
        OutageSeen { since: outage.since, cause: outage.cause }
    }
}
