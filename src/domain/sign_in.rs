//! Signing in: lock-outs by person, by terminal and by station, the age of a PIN and of what is known of
//! people.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::ids::{PersonId, TerminalId};
use super::kinds::FactBody;
use super::line;
use super::moment::{Elapsed, Moment};
use super::people::{PersonFact, PersonState, Purpose, Role};
use super::pin::PinRules;
use super::place::CredentialRules;
use super::refusal::signing::SigningReason;
use super::refusal::{Reason, Refusal};
use super::station::{StationFact, StationState};
use super::stream::Subject;

/// Wrong tries of the last ten minutes count toward the lock-out of a station.
const TRIES_MS: i64 = 10 * 60 * 1000;
const DAY_S: i64 = 86_400;
/// The fewest and the most wrong PINs in a row that a site may let lock a badge.
pub const PERSON_TRIES: (u8, u8) = (3, 10);

/// No rule asks for more wrong tries than a `u8` counts.
const WRONG_TRIES_KEPT: usize = 255;
/// Where more addresses than this have wrong tries at once, somebody uses many of them for it: any further
/// ones count as one terminal. The keys that are let in are few, and each is told apart.
const ADDRESSES_MAX: usize = 128;

/// Wrong tries to sign in, and the lock-out that follows from them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tries {
    /// The last that may count.
    pub wrong: VecDeque<Moment>,
    /// The last lock-out, unless a supervisor ended it: since when, and for how many seconds.
    pub locked: Option<(Moment, i64)>,
}

impl Tries {
    /// How long no badge is taken yet, in seconds. What cannot be proven to have passed has not.
    pub fn locked_for_s(&self, now: &Moment) -> Option<i64> {
        let (from, seconds) = self.locked.as_ref()?;
        left_s(from, *seconds, now)
    }

    /// Wrong tries that count, as of now.
    fn count(&self, now: &Moment) -> usize {
        let recent = |then: &&Moment| passed_ms(then, now) < TRIES_MS;
        self.wrong.iter().filter(recent).count()
    }

    /// Whether anything of it matters, as of now.
    fn matters(&self, now: &Moment) -> bool {
        self.locked_for_s(now).is_some() || self.count(now) > 0
    }

    pub(super) fn wrong_at(&mut self, now: &Moment) {
        if self.wrong.len() == WRONG_TRIES_KEPT {
            self.wrong.pop_front();
        }
        self.wrong.push_back(now.clone());
    }

    pub(super) fn lock(&mut self, now: &Moment, seconds: i64) {
        self.wrong.clear();
        self.locked = Some((now.clone(), seconds));
    }
}

/// Wrong PINs of somebody, and the lock-out that follows from them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WrongPins {
    /// In a row, since the last right one.
    pub failures: u32,
    /// The last lock-out, if no right PIN came since: since when, and for how many seconds.
    pub locked: Option<(Moment, i64)>,
}

impl WrongPins {
    fn locked_for_s(&self, now: &Moment) -> Option<i64> {
        let (from, seconds) = self.locked.as_ref()?;
        left_s(from, *seconds, now)
    }
}

impl PersonState {
    /// The wrong PINs among which one at a terminal counts: what strangers try where anybody comes locks
    /// nobody out elsewhere.
    fn wrong_at(&self, terminal: &TerminalId) -> &WrongPins {
        if line::is_anybodys(terminal) { &self.wrong_at_door } else { &self.wrong }
    }

    /// The same, for one more fact.
    pub(super) fn wrong_at_mut(&mut self, terminal: &TerminalId) -> &mut WrongPins {
        if line::is_anybodys(terminal) { &mut self.wrong_at_door } else { &mut self.wrong }
    }

    /// How long a lock-out still holds at a terminal, in seconds. What cannot be proven to have passed has
    /// not: a restart or a clock set forward or back does not open the lock early.
    pub fn locked_for_s(&self, terminal: &TerminalId, now: &Moment) -> Option<i64> {
        // One that holds everywhere holds at the door as well.
        self.wrong.locked_for_s(now).max(self.wrong_at(terminal).locked_for_s(now))
    }
}

/// A lock-out that stands in the way: of a terminal, or of the station as a whole; and for how many
/// seconds yet.
type Locked = (Option<TerminalId>, i64);

impl StationState {
    /// The tries for which one at a terminal counts; those of terminals that matter no more are
    /// forgotten first.
    pub(super) fn tries_of(&mut self, terminal: Option<&TerminalId>, now: &Moment) -> &mut Tries {
        let Some(terminal) = terminal else { return &mut self.tries };
        if !self.lines.contains_key(terminal) {
            self.lines.retain(|_, tries| tries.matters(now));
        }
        let terminal = self.told_apart(terminal, now);
        self.lines.entry(terminal).or_default()
    }

    /// The terminal itself, or where too many addresses have wrong tries already, the one that all others
    /// share.
    fn told_apart(&self, terminal: &TerminalId, now: &Moment) -> TerminalId {
        let matters =
            |(line, tries): &(&TerminalId, &Tries)| line::is_anybodys(line) && tries.matters(now);
        let has_room = !line::is_anybodys(terminal)
            || self.lines.contains_key(terminal)
            || self.lines.iter().filter(matters).count() < ADDRESSES_MAX;
        if has_room { terminal.clone() } else { line::of_others() }
    }

    /// For whom a wrong try at a terminal counts: for a terminal alone, or for the station as a whole.
    fn counts_for(&self, terminal: &TerminalId, now: &Moment) -> Option<TerminalId> {
        line::alone(terminal).map(|terminal| self.told_apart(terminal, now))
    }

    /// Every lock-out at a terminal, as of now.
    fn locks_at(&self, terminal: &TerminalId, now: &Moment) -> Vec<Locked> {
        let station = self.tries.locked_for_s(now).map(|seconds| (None, seconds));
        let own = self.counts_for(terminal, now).and_then(|terminal| {
            let seconds = self.lines.get(&terminal)?.locked_for_s(now)?;
            Some((Some(terminal), seconds))
        });
        station.into_iter().chain(own).collect()
    }

    /// Every lock-out of this station and of its terminals, as of now.
    pub fn locks(&self, now: &Moment) -> Vec<(Option<TerminalId>, i64)> {
        let station = self.tries.locked_for_s(now).map(|seconds| (None, seconds));
        let lines = self.lines.iter().filter_map(|(terminal, tries)| {
            Some((Some(terminal.clone()), tries.locked_for_s(now)?))
        });
        station.into_iter().chain(lines).collect()
    }

    /// What follows from one more wrong try.
    pub(super) fn wrong_try(&self, context: &Context) -> Vec<StationFact> {
        let (now, rules) = (&context.now, rules(context));
        let terminal = self.counts_for(&context.acting.terminal, now);
        let tries = match &terminal {
            Some(terminal) => self.lines.get(terminal).map_or(0, |tries| tries.count(now)),
            None => self.tries.count(now),
        };
        let mut facts = vec![StationFact::SignInRefused { terminal: terminal.clone() }];
        if tries + 1 >= usize::from(rules.station_tries_max.max(5)) {
            let seconds = i64::from(rules.station_locked_minutes.max(1)) * 60;
            facts.push(StationFact::StationLocked { seconds, terminal });
        }
        facts
    }

    /// Notes that somebody tried a badge that nobody has. What stands in the way of a badge that
    /// somebody has stands in the way of this one, in the same words.
    pub(super) fn note_wrong_try(&self, context: &Context) -> Result<Vec<StationFact>, Refusal> {
        let mut reasons = Vec::new();
        require_known_people(context, &mut reasons);
        let locks = self.locks_at(&context.acting.terminal, &context.now);
        reasons.extend(locks.iter().map(reason));
        Refusal::unless_empty(reasons)?;
        Ok(self.wrong_try(context))
    }
}

fn reason((terminal, seconds): &Locked) -> Reason {
    let seconds = *seconds;
    match terminal {
        Some(_) => SigningReason::TerminalLocked { seconds }.into(),
        None => SigningReason::StationLocked { seconds }.into(),
    }
}

/// What is left of a lock-out, in seconds, rounded up, so that waiting as told is enough.
pub(super) fn left_s(from: &Moment, seconds: i64, now: &Moment) -> Option<i64> {
    let left = seconds.saturating_mul(1000).saturating_sub(passed_ms(from, now));
    (left > 0).then_some(left.saturating_add(999) / 1000)
}

/// Milliseconds that have passed for certain. Across a start of the machine: at least the time
/// since then.
fn passed_ms(from: &Moment, now: &Moment) -> i64 {
    let passed = Elapsed::between(from, now);
    match passed.at_most_ms {
        Some(_) => passed.at_least_ms,
        None => now.mono_ms.max(0),
    }
}

fn rules(context: &Context) -> PinRules {
    context.policy().map_or_else(PinRules::default, |policy| policy.rules.pin.clone())
}

/// Adds a reason when the people known here were not confirmed for too long.
fn require_known_people(context: &Context, reasons: &mut Vec<Reason>) {
    let policy = context.policy();
    let rules = policy.map_or_else(CredentialRules::default, |p| p.rules.credentials.clone());
    if let Some(age_s) = context.contact_age_s
        && age_s > rules.seconds_max()
    {
        let most_days = rules.days_max;
        reasons.push(SigningReason::CredentialsExpired { age_s, most_days }.into());
    }
}

pub(super) fn sign_in(
    id: &PersonId,
    state: &PersonState,
    (pin_right, purpose): (bool, Purpose),
    context: &Context,
) -> Result<Vec<(Subject, FactBody)>, Refusal> {
    let mut reasons = in_the_way(id, state, context);
    let unlocks = pin_right && state.roles.contains(&Role::Supervisor);
    let locks_at = |state: &StationState| state.locks_at(&context.acting.terminal, &context.now);
    let locks = context.shown_at.as_ref().map(|(_, state)| locks_at(state)).unwrap_or_default();
    if !unlocks {
        reasons.extend(locks.iter().map(reason));
    }
    Refusal::unless_empty(reasons)?;
    let mut person = Vec::new();
    let mut station = Vec::new();
    if pin_right {
        require_fresh_pin((id, state), purpose, context)?;
        let slips = state.wrong_at(&context.acting.terminal).failures;
        if purpose == Purpose::Session || slips > 0 {
            person.push(PersonFact::SessionOpened {});
        }
        let unlocked = locks.into_iter().map(|(terminal, _)| terminal);
        station.extend(unlocked.map(|terminal| StationFact::StationUnlocked { terminal }));
    } else {
        person.extend(wrong_pin(state, context));
        station.extend(context.shown_at.iter().flat_map(|(_, state)| state.wrong_try(context)));
    }
    let own = Subject::Person(id.clone());
    let mut facts: Vec<_> =
        person.into_iter().map(|fact| (own.clone(), FactBody::Person(fact))).collect();
    if let Some((here, _)) = &context.shown_at {
        let here = Subject::Station(here.clone());
        facts.extend(station.into_iter().map(|fact| (here.clone(), FactBody::Station(fact))));
    }
    Ok(facts)
}

/// What keeps somebody from signing in, whatever is locked where they are.
fn in_the_way(id: &PersonId, state: &PersonState, context: &Context) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if let Some(seconds) = state.locked_for_s(&context.acting.terminal, &context.now) {
        reasons.push(Reason::LockedOut { person: id.clone(), seconds });
    }
    if state.roles.is_empty() {
        reasons.push(Reason::PersonUnknown { person: id.clone() });
    }
    if state.revoked.is_some() {
        reasons.push(Reason::PersonRevoked { person: id.clone() });
    }
    require_known_people(context, &mut reasons);
    reasons
}

/// What follows for a person from one more wrong PIN.
fn wrong_pin(state: &PersonState, context: &Context) -> Vec<PersonFact> {
    let mut facts = vec![PersonFact::SignInFailed {}];
    let failures = state.wrong_at(&context.acting.terminal).failures.saturating_add(1);
    let free = u32::from(rules(context).person_tries_max.clamp(PERSON_TRIES.0, PERSON_TRIES.1));
    if failures >= free {
        let minutes = 1_i64 << (failures - free).min(10);
        facts.push(PersonFact::LockedOut { seconds: minutes * 60 });
    }
    facts
}

/// Notes a wrong PIN where no badge is taken now: a lock-out is no time in which the PIN of whoever
/// may end it can be guessed.
pub(super) fn note_wrong_pin(
    id: &PersonId,
    state: &PersonState,
    context: &Context,
) -> Result<Vec<PersonFact>, Refusal> {
    Refusal::unless_empty(in_the_way(id, state, context))?;
    Ok(wrong_pin(state, context))
}

/// An aged PIN is changed before anything else. Only who typed it right is told.
fn require_fresh_pin(
    (id, state): (&PersonId, &PersonState),
    purpose: Purpose,
    context: &Context,
) -> Result<(), Refusal> {
    let Some(most) = rules(context).age_days_max else { return Ok(()) };
    let Some(since) = state.pin_since.as_ref().filter(|_| purpose != Purpose::ChangePin) else {
        return Ok(());
    };
    let days = context.now.age_s(since, context.proven) / DAY_S;
    if days > i64::from(most) {
        let person = id.clone();
        return Err(Refusal::one(SigningReason::PinAged { person, days, most }.into()));
    }
    Ok(())
}
