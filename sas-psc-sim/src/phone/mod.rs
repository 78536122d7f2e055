//! The e-CPS phone: the requests it shows, and what the person does with them.
//!
//! The password, then the right number among three. A wrong number refuses the request at once; leaving does too, and
//! the page that waits learns of it. On the card channel of CIBA the same place stands for CPS-Gestion and takes the
//! code of the card.

pub(crate) mod pages;

use crate::lock;
use crate::sim::{Shared, Sim};
use crate::wallet::{PIN, card_tries};
use crate::world::{AskState, Means, PIN_TRIES};

/// The password of every simulated phone.
pub(crate) const PASSWORD: &str = "e-cps";

/// A request that a phone shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneRequest {
    /// What the interface calls it.
    pub id: String,
    /// Key of the person in `people.json`.
    pub person: String,
    /// The service that asks.
    pub service: String,
    /// `MOBILE`, or `CARD` for CPS-Gestion.
    pub channel: &'static str,
    /// The numbers to choose from, in the order shown; none when the service gave none.
    pub numbers: Vec<String>,
    /// The right one among them.
    pub right: Option<String>,
    /// Simulated seconds left.
    pub seconds: u64,
    /// Whether the password was typed.
    pub(crate) unlocked: bool,
}

/// What became of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Approved,
    Refused,
    /// The code of the card was wrong; tries are left.
    WrongPin,
    /// The request had ended before: left, answered, out of time, or never there.
    Over,
}

/// The requests that wait, newest first; of one person when given.
pub(crate) fn pending(sim: &Sim, person: Option<usize>) -> Vec<PhoneRequest> {
    let now = sim.now();
    let world = lock(&sim.world);
    let waiting = world.asks.iter().rev().filter(|(_, ask)| {
        !ask.silent && ask.state_at(now) == AskState::Waiting && person.is_none_or(|person| person == ask.person)
    });
    let shown = waiting.map(|(id, ask)| PhoneRequest {
        id: id.clone(),
        person: sim.people[ask.person].key.clone(),
        service: ask.service.clone(),
        channel: ask.means.auth_mode(),
        numbers: ask.numbers.clone(),
        right: ask.right.clone(),
        seconds: ask.ends.since(now).as_secs(),
        unlocked: ask.unlocked,
    });
    shown.collect()
}

/// The password was typed: the numbers may be shown.
pub(crate) fn unlock(sim: &Sim, id: &str) {
    if let Some(ask) = lock(&sim.world).ask(id) {
        ask.unlocked = true;
    }
}

/// The person chose `answer`: a number, or the code of the card on the card channel.
pub(crate) fn choose(sim: &Sim, id: &str, answer: &str) -> Outcome {
    let now = sim.now();
    let mut world = lock(&sim.world);
    let Some(ask) = world.ask(id).filter(|ask| !ask.silent && ask.state_at(now) == AskState::Waiting).cloned() else {
        return Outcome::Over;
    };
    let (state, outcome) = match ask.means {
        Means::Mobile if ask.right.as_deref().is_none_or(|right| right == answer) => {
            (AskState::Approved, Outcome::Approved)
        }
        Means::Mobile => (AskState::Refused, Outcome::Refused),
        Means::Card => {
            let tries = card_tries(sim, &world, ask.person);
            let right = answer == PIN && tries > 0;
            world.pin_tries.insert(ask.person, if right { PIN_TRIES } else { tries.saturating_sub(1) });
            match tries {
                _ if right => (AskState::Approved, Outcome::Approved),
                0 | 1 => (AskState::Refused, Outcome::Refused),
                _ => return Outcome::WrongPin,
            }
        }
    };
    if let Some(ask) = world.ask(id) {
        ask.settle(state, now);
    }
    outcome
}

/// The person left; tells whether the request still waited.
pub(crate) fn leave(sim: &Sim, id: &str) -> bool {
    let now = sim.now();
    lock(&sim.world).ask(id).is_some_and(|ask| ask.settle(AskState::Refused, now))
}

/// How a request stands, for the page that follows an answer.
pub(crate) fn state(sim: &Sim, id: &str) -> Option<(AskState, String)> {
    let now = sim.now();
    lock(&sim.world).ask(id).map(|ask| (ask.state_at(now), ask.service.clone()))
}

/// The phones, in the hand of a test. A person is a key of `people.json`, an IdNat or an RPPS.
pub struct Phone<'a>(pub(crate) &'a Shared);

impl Phone<'_> {
    /// The newest request that waits on the person's phone.
    pub fn pending(&self, person: &str) -> Option<PhoneRequest> {
        pending(self.0, Some(self.0.person(person)?)).into_iter().next()
    }

    /// Chooses the right number of the newest request; `false` when none waits.
    pub fn approve(&self, person: &str) -> bool {
        let right = self.pending(person).map(|request| match request.channel {
            "CARD" => PIN.to_owned(),
            _ => request.right.unwrap_or_default(),
        });
        right.is_some_and(|right| self.choose(person, &right))
    }

    /// Chooses `number` for the newest request; `true` when it was accepted.
    pub fn choose(&self, person: &str, number: &str) -> bool {
        self.pending(person).is_some_and(|request| choose(self.0, &request.id, number) == Outcome::Approved)
    }

    /// Leaves the newest request; `false` when none waits.
    pub fn deny(&self, person: &str) -> bool {
        self.pending(person).is_some_and(|request| leave(self.0, &request.id))
    }
}
