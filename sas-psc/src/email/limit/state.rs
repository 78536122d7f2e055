//! What is held of one mailbox, person or network: how many mails in each hour of the last day, and when the last was.
//!
//! By the hour, so that a row has a bounded size whatever its cap. What an instance wrote whose clock is ahead is not
//! believed for longer than the skew.

use super::rules::LimitRule;
use crate::base::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

const HOUR: i64 = 3600;
/// An hour is forgotten once all of it is older than a day.
const KEPT: i64 = 25;
/// How far apart the clocks of two instances may be.
const SKEW: Duration = Duration::from_secs(60);

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LimitState {
    last: Timestamp,
    /// The hour since 1970, and how many; in order.
    hours: Vec<(i64, u32)>,
}

impl Default for LimitState {
    fn default() -> LimitState {
        LimitState { last: Timestamp::from_unix(0), hours: Vec::new() }
    }
}

impl LimitState {
    /// When the next mail may be asked for; `now` when it may be now.
    pub(super) fn next_at(&mut self, rule: &LimitRule, now: Timestamp) -> Timestamp {
        self.forget(now);
        let mut count: u32 = self.hours.iter().map(|(_, count)| count).sum();
        let (free, a_day) = (u32::from(rule.free), u32::from(rule.a_day));
        let mut at = now;
        for (hour, of_hour) in &self.hours {
            if count < a_day {
                break;
            }
            count -= of_hour;
            at = at.max(Timestamp::from_unix((hour + KEPT) * HOUR));
        }
        let told: u32 = self.hours.iter().map(|(_, count)| count).sum();
        if told > 0 && told >= free && self.last <= now + SKEW {
            let doubled = rule.first_wait.saturating_mul(1 << (told - free).min(16));
            at = at.max(self.last.min(now) + doubled.min(rule.longest_wait));
        }
        at
    }

    /// One more, now.
    pub(super) fn count(&mut self, now: Timestamp) {
        self.forget(now);
        let hour = now.unix().div_euclid(HOUR);
        match self.hours.iter_mut().find(|(of, _)| *of == hour) {
            Some((_, count)) => *count = count.saturating_add(1),
            None => {
                self.hours.push((hour, 1));
                self.hours.sort_unstable();
            }
        }
        self.last = now;
    }

    /// Until when the row is of use.
    pub(super) fn ends(&self) -> Timestamp {
        Timestamp::from_unix((self.last.unix().div_euclid(HOUR) + KEPT) * HOUR)
    }

    fn forget(&mut self, now: Timestamp) {
        let hour = now.unix().div_euclid(HOUR);
        let ahead = (now + SKEW).unix().div_euclid(HOUR);
        self.hours.retain(|(of, _)| *of > hour - KEPT && *of <= ahead);
    }
}
