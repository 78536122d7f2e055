//! A life as a program that keeps its own accounts tells it, in JSON: what is due is decided here all the same.

use super::{Closing, Due, Life, LifeRules, LifeState};
use crate::base::Timestamp;
use crate::error::{Code, Error, Result};
use serde::{Deserialize, Serialize, Serializer};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    active_at: String,
    #[serde(default)]
    draft: bool,
    #[serde(default)]
    first_notice_at: Option<String>,
    #[serde(default)]
    last_notice_at: Option<String>,
    #[serde(default)]
    closed_at: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRules {
    first_notice_months: Option<u8>,
    last_notice_months: Option<u8>,
    closing_days: Option<u8>,
    draft_days: Option<u16>,
    closed_months: Option<u8>,
    tombstone_months: Option<u8>,
}

impl Life {
    /// Reads `{"active_at","draft","first_notice_at","last_notice_at","closed_at"}`, times in RFC 3339; what is absent or null
    /// did not happen.
    ///
    /// # Errors
    /// `life-unreadable`, also for notices without their order; `time-invalid`.
    pub fn from_json(json: &str) -> Result<Life> {
        let unreadable = || Error::new(Code::LIFE_UNREADABLE);
        let written: Written = serde_json::from_str(json).map_err(|_| unreadable())?;
        let time = |text: &Option<String>| text.as_deref().map(Timestamp::parse_rfc3339).transpose();
        let (first, last) = (time(&written.first_notice_at)?, time(&written.last_notice_at)?);
        if last.is_some_and(|last| first.is_none_or(|first| last < first)) {
            return Err(unreadable());
        }
        let mut life = Life::begin(Timestamp::parse_rfc3339(&written.active_at)?);
        (life.draft, life.first_notice_at, life.last_notice_at) = (written.draft, first, last);
        life.closed = time(&written.closed_at)?.map(|at| (at, Closing::Person));
        Ok(life)
    }

    /// Where it stands, what is due at `now` and what is next, for JSON:
    /// `{"state","due":null|"first-notice"|…,"next":{"due","at"}}`.
    pub fn described(&self, rules: &LifeRules, now: Timestamp) -> impl Serialize {
        let (due, at) = self.next(rules);
        DescribedLife { state: self.state(), due: self.due(rules, now), next: DescribedNext { due, at } }
    }
}

impl LifeRules {
    /// Reads the members that differ from the defaults.
    ///
    /// # Errors
    /// `life-unreadable`; `lifecycle-rules`.
    pub fn from_json(json: &str) -> Result<LifeRules> {
        let written: WrittenRules = serde_json::from_str(json).map_err(|_| Error::new(Code::LIFE_UNREADABLE))?;
        let usual = LifeRules::default();
        LifeRules {
            first_notice_months: written.first_notice_months.unwrap_or(usual.first_notice_months),
            last_notice_months: written.last_notice_months.unwrap_or(usual.last_notice_months),
            closing_days: written.closing_days.unwrap_or(usual.closing_days),
            draft_days: written.draft_days.unwrap_or(usual.draft_days),
            closed_months: written.closed_months.unwrap_or(usual.closed_months),
            tombstone_months: written.tombstone_months.unwrap_or(usual.tombstone_months),
        }
        .checked()
    }
}

#[derive(Serialize)]
struct DescribedLife {
    state: LifeState,
    due: Option<Due>,
    next: DescribedNext,
}

#[derive(Serialize)]
struct DescribedNext {
    due: Due,
    #[serde(serialize_with = "moment")]
    at: Timestamp,
}

fn moment<S: Serializer>(at: &Timestamp, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(at)
}
