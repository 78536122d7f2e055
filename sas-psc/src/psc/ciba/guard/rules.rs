//! The rules: what is held of a person and a workstation, and the time, give a verdict and what is held next.

use super::state::{Lane, Running, Sent};
use super::{CibaGuard, GuardKey, PersonState, StationState};
use crate::base::Timestamp;
use crate::psc::ciba::Channel;
use serde::Serialize;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);
/// A push may stay on the phone a little longer than the screen counts: the provider's clock began after ours.
const LONGER: Duration = Duration::from_secs(15);

/// The numbers of a guard. The default is the one to use.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GuardRules {
    /// How long a start is shown: what PSC gives, 120 seconds.
    pub life: Duration,
    /// Refused or expired in a row before starts are held back.
    pub in_a_row: u8,
    /// How long: each longer than the one before, the last for every one after.
    pub waits: [Duration; 4],
    /// Requests in 24 hours that were not accepted.
    pub a_day: u8,
    /// Of these, how many are kept for the workstation where the person last signed in.
    pub kept: u8,
    /// Every start is answered at a multiple of this.
    pub beat: Duration,
}

impl Default for GuardRules {
    fn default() -> GuardRules {
        GuardRules {
            life: Duration::from_secs(120),
            in_a_row: 2,
            waits: [60, 300, 900, 3600].map(Duration::from_secs),
            a_day: 10,
            kept: 3,
            beat: Duration::from_millis(500),
        }
    }
}

/// A start that someone asks for.
#[derive(Debug, Clone, Copy)]
pub struct GuardAsk<'a> {
    /// The name of the sign-in: [`crate::psc::CibaPoll::attempt`].
    pub attempt: &'a str,
    /// Phone or card.
    pub channel: Channel,
    /// The person at the workstation that asks.
    pub station: GuardKey,
    /// The attempt goes on on another channel: what the workstation is shown is its own.
    pub switch: bool,
}

/// What is to be done with a start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Write this state, then send the request.
    Ring(PersonState),
    /// Send nothing and show a decoy; write this state, which counts it.
    HoldBack(PersonState, Option<GuardAlarm>),
    /// Show what runs for this workstation.
    Show,
    /// The workstation's own request was left and is still on the phone for this long.
    StillRunning(Duration),
}

/// Something for the hospital's alarm. It names nobody: keyed hashes only.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GuardAlarm {
    /// What.
    pub kind: GuardAlarmKind,
    /// The person.
    pub person: GuardKey,
    /// The person at the workstation concerned.
    pub station: GuardKey,
    /// How many: refused or expired in a row, or starts held back in 24 hours.
    pub count: u32,
    /// When.
    pub at: Timestamp,
}

impl GuardAlarm {
    /// The alarm as JSON shows it: `{"kind":"in-a-row","person":"1f…","station":"09…","count":2,"at":1795420800}`.
    pub fn report(&self) -> impl Serialize + use<> {
        AlarmReport {
            kind: self.kind.name(),
            person: self.person.to_string(),
            station: self.station.to_string(),
            count: self.count,
            at: self.at.unix(),
        }
    }
}

#[derive(Serialize)]
struct AlarmReport {
    kind: &'static str,
    person: String,
    station: String,
    count: u32,
    at: i64,
}

/// What an alarm is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum GuardAlarmKind {
    /// Several requests in a row were refused or ran out: someone may be calling a stranger's phone.
    InARow,
    /// Starts were held back: told at the 1st, 2nd, 4th, 8th… of a day.
    HeldBack,
}

impl GuardAlarmKind {
    /// `in-a-row`, `held-back`.
    pub const fn name(self) -> &'static str {
        match self {
            GuardAlarmKind::InARow => "in-a-row",
            GuardAlarmKind::HeldBack => "held-back",
        }
    }
}

/// What follows the end of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardEnded {
    /// What the store holds next.
    pub next: PersonState,
    /// The person at the workstation that asked.
    pub station: GuardKey,
    /// For the hospital, when it is one too many.
    pub alarm: Option<GuardAlarm>,
}

/// How a request ended, for the guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GuardEnd {
    /// The person accepted and signed in.
    SignedIn,
    /// They refused, or their time ran out.
    NotAnswered,
    /// They left the page: it cannot win any more and is still on the phone.
    Left,
    /// Nothing was sent: the provider refused the service, or was not there.
    NotSent,
}

impl CibaGuard {
    /// What to do with a start, given what the store holds.
    pub fn start(
        &self,
        person: Option<&PersonState>,
        station: Option<&StationState>,
        ask: &GuardAsk<'_>,
        key: GuardKey,
        now: Timestamp,
    ) -> Verdict {
        if let Some(shown) = station.filter(|shown| !ask.switch && now < shown.until && shown.attempt != ask.attempt) {
            return if shown.left { Verdict::StillRunning(shown.until.since(now)) } else { Verdict::Show };
        }
        let mut next = person.cloned().unwrap_or_default();
        let known = next.known;
        let is_known = known == Some(ask.station);
        let rules = &self.rules;
        let lane = next.lane(ask.channel);
        lane.forget(rules, now);
        // A card request rings nowhere but where the card is: the known workstation takes its place over.
        let free = lane.running.as_ref().is_none_or(|_| is_known && ask.channel == Channel::Card);
        let general = lane.sent.iter().filter(|sent| !sent.kept).count();
        let kept = lane.sent.len() - general;
        let all_left = lane.sent.len() < usize::from(rules.a_day);
        let for_all = usize::from(rules.a_day) - if known.is_some() { usize::from(rules.kept) } else { 0 };
        let by_kept = is_known && kept < usize::from(rules.kept);
        let by_all = general < for_all && lane.not_before.is_none_or(|until| until <= now);
        if free && all_left && (by_kept || by_all) {
            let kept = by_kept;
            lane.sent.push(Sent { at: now, kept });
            lane.running = Some(Running {
                attempt: ask.attempt.to_owned(),
                station: ask.station,
                until: now + rules.life + LONGER,
                sent_at: now,
                kept,
                dead: false,
            });
            return Verdict::Ring(next);
        }
        if next.withheld_since.is_none_or(|since| now.since(since) >= DAY) {
            (next.withheld, next.withheld_since) = (0, Some(now));
        }
        next.withheld = next.withheld.saturating_add(1);
        let count = next.withheld;
        let alarm = count.is_power_of_two().then_some(GuardAlarm {
            kind: GuardAlarmKind::HeldBack,
            person: key,
            station: ask.station,
            count,
            at: now,
        });
        Verdict::HoldBack(next, alarm)
    }

    /// What the store holds after a request ended, or none when that request no longer counts: another took its place,
    /// or it was left. An acceptance of such a one must not be used.
    pub fn end(
        &self,
        person: &PersonState,
        attempt: &str,
        channel: Channel,
        end: GuardEnd,
        key: GuardKey,
        now: Timestamp,
    ) -> Option<GuardEnded> {
        let mut next = person.clone();
        let rules = &self.rules;
        let lane = next.lane(channel);
        let running = lane.running.clone().filter(|running| running.attempt == attempt)?;
        let (mut alarm, station) = (None, running.station);
        match end {
            GuardEnd::SignedIn => {
                if running.dead || now >= running.until {
                    return None;
                }
                lane.sent.retain(|sent| sent.at != running.sent_at);
                (lane.running, lane.row, lane.not_before) = (None, 0, None);
                next.known = Some(running.station);
            }
            GuardEnd::NotAnswered => {
                lane.count(&running, rules, now);
                if lane.row >= rules.in_a_row && !running.kept {
                    let (kind, count) = (GuardAlarmKind::InARow, lane.row.into());
                    alarm = Some(GuardAlarm { kind, person: key, station: running.station, count, at: now });
                }
            }
            GuardEnd::Left => lane.running = Some(Running { dead: true, ..running }),
            GuardEnd::NotSent => {
                lane.sent.retain(|sent| sent.at != running.sent_at);
                lane.running = None;
            }
        }
        Some(GuardEnded { next, station, alarm })
    }

    /// How long a person's row is of use.
    pub fn keep_person(&self, now: Timestamp) -> Timestamp {
        // The known workstation outlives the day: it is what locks no doctor out.
        now + DAY * 90
    }

    /// How long a workstation's row is of use.
    pub fn keep_station(&self, now: Timestamp) -> Timestamp {
        now + self.rules.life + DAY
    }
}

impl Lane {
    /// What ran out while nobody looked is counted at its time; what is older than a day is forgotten.
    fn forget(&mut self, rules: &GuardRules, now: Timestamp) {
        if let Some(running) = self.running.clone().filter(|running| running.until <= now) {
            self.count(&running, rules, running.until);
        }
        // What an instance wrote whose clock was far ahead must not hold anyone back for as long.
        let longest = rules.waits.iter().max().copied().unwrap_or_default();
        self.running.take_if(|running| running.until.since(now) > 2 * (rules.life + LONGER));
        self.not_before.take_if(|until| until.since(now) > longest);
        self.sent.retain(|sent| now.since(sent.at) < DAY && sent.at.since(now) < DAY);
        if self.sent.is_empty() {
            self.row = 0;
        }
    }

    /// One more that was not accepted. Those of the known workstation's allowance hold nobody back.
    fn count(&mut self, running: &Running, rules: &GuardRules, at: Timestamp) {
        self.running = None;
        if running.kept {
            return;
        }
        self.row = self.row.saturating_add(1);
        if self.row >= rules.in_a_row {
            let which = usize::from(self.row - rules.in_a_row).min(rules.waits.len() - 1);
            self.not_before = Some(at + rules.waits[which]);
        }
    }
}

#[cfg(test)]
mod tests;
