//! The numbers of a limiter, as a platform sets them; in JSON, durations are whole seconds.

use crate::error::{Code, Error, Result};
use core::net::IpAddr;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How often one mailbox, one person or one network may be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitRule {
    /// Mails of a day that need no wait.
    pub free: u16,
    /// The wait before the next one after them; it doubles with each.
    #[serde(with = "seconds")]
    pub first_wait: Duration,
    /// The longest such wait.
    #[serde(with = "seconds")]
    pub longest_wait: Duration,
    /// Mails in a day (24 to 25 hours: they are counted by the hour). After them, nothing until the oldest is a day old.
    pub a_day: u16,
}

impl LimitRule {
    const fn new(free: u16, first_wait: u64, longest_wait: u64, a_day: u16) -> LimitRule {
        let (first_wait, longest_wait) = (Duration::from_secs(first_wait), Duration::from_secs(longest_wait));
        LimitRule { free, first_wait, longest_wait, a_day }
    }
}

/// The numbers of a limiter. The default is the one to use, unless many people share one address of the network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct LimitRules {
    /// One mailbox, whoever asks: 3 at once, then 30 s and growing to 15 minutes, 10 a day. Beyond, a mail is late.
    pub address: LimitRule,
    /// One person, whatever the address: 4 at once (three corrections), then as above, 20 a day.
    pub person: LimitRule,
    /// One network: 60 at once, then 5 s and growing to 1 minute, 600 a day. A hospital is one network.
    pub network: LimitRule,
    /// How many leading bits of an IPv4 address are its network: 24.
    pub v4_prefix: u8,
    /// How many leading bits of an IPv6 address are its network: 48.
    pub v6_prefix: u8,
}

impl Default for LimitRules {
    fn default() -> LimitRules {
        LimitRules {
            address: LimitRule::new(3, 30, 900, 10),
            person: LimitRule::new(4, 30, 900, 20),
            network: LimitRule::new(60, 5, 60, 600),
            v4_prefix: 24,
            v6_prefix: 48,
        }
    }
}

impl LimitRules {
    /// Reads rules from JSON; what is absent is the default's:
    /// `{"person":{"free":4,"first_wait":30,"longest_wait":900,"a_day":20},"v6_prefix":56}`.
    ///
    /// # Errors
    /// `email-limit-rules` with the member at fault, where one is.
    pub fn from_json(json: &str) -> Result<LimitRules> {
        let rules: LimitRules = serde_json::from_str(json).map_err(|_| Error::new(Code::EMAIL_LIMIT_RULES))?;
        rules.check()?;
        Ok(rules)
    }

    /// Whether the numbers make sense.
    ///
    /// # Errors
    /// `email-limit-rules` with the member at fault: no mail a day, a longest wait below the first or above a day, a
    /// prefix that is longer than an address or names the whole Internet.
    pub fn check(&self) -> Result<()> {
        let day = Duration::from_secs(86_400);
        for (name, rule) in [("address", &self.address), ("person", &self.person), ("network", &self.network)] {
            if rule.a_day == 0 || rule.first_wait > rule.longest_wait || rule.longest_wait > day {
                return Err(Error::field(Code::EMAIL_LIMIT_RULES, name));
            }
        }
        for (name, bits, all) in [("v4_prefix", self.v4_prefix, 32), ("v6_prefix", self.v6_prefix, 128)] {
            if !(8..=all).contains(&bits) {
                return Err(Error::field(Code::EMAIL_LIMIT_RULES, name));
            }
        }
        Ok(())
    }

    /// The version and the leading bits of an address, the rest zero; none for an address that names no network of a
    /// person's: loopback (a proxy on this machine) and the unspecified one.
    pub(super) fn prefix(&self, ip: IpAddr) -> Option<(u8, [u8; 16])> {
        let ip = ip.to_canonical();
        if ip.is_loopback() || ip.is_unspecified() {
            return None;
        }
        let (version, bits, value) = match ip {
            IpAddr::V4(v4) => (4, self.v4_prefix.min(32), u128::from(v4.to_bits()) << 96),
            IpAddr::V6(v6) => (6, self.v6_prefix.min(128), v6.to_bits()),
        };
        let kept = value & u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
        Some((version, kept.to_be_bytes()))
    }
}

/// A duration as whole seconds.
mod seconds {
    use serde::{Deserialize, Deserializer, Serializer};
    use std::time::Duration;

    pub(super) fn serialize<S: Serializer>(wait: &Duration, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_u64(wait.as_secs())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_secs)
    }
}
