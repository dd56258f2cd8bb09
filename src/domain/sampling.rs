//! Sampling: on which units a characteristic is measured, and the counter that says so (R16).
//!
//! A lot takes as many places in a count as it has pieces, for `1 in 10` says how many pieces go by
//! without a check, whatever they travel in. It is measured where any of its pieces is due; on how
//! many of them is what the instruction's `count:` says. Counted as one unit, a hundred lots of a
//! hundred pieces would pass with ten of them looked at.

use std::fmt;

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use super::context::Context;
use super::fact::Position;
use super::ids::OrderId;
use super::moment::{Elapsed, Moment};
use super::place::{PlaceActed, PlaceState};
use super::stream::TravelerId;
use super::words::{Words, words};

/// The most units between two checks.
pub const EVERY_MAX: u32 = 10_000;

/// On which units a characteristic is measured; where nothing is said, on each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sampling {
    /// On the first one of each count.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub first: bool,
    /// On each so manieth one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<u32>,
    /// What begins the count anew.
    pub per: Per,
}

/// What begins the count of units anew, besides a setup, another tool, other material and a stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Per {
    /// Another order.
    Order,
    /// Nothing else: it goes on for good at a place.
    Place,
    /// A setup.
    Setup,
    /// A shift.
    Shift,
}

impl Per {
    /// Every word.
    pub const WORDS: [(&'static str, Self); 4] = [
        ("order", Self::Order),
        ("place", Self::Place),
        ("setup", Self::Setup),
        ("shift", Self::Shift),
    ];

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(word, _)| *word == text.trim()).map(|(_, per)| *per)
    }

    /// The word.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, per)| *per == self).map_or("", |(word, _)| word)
    }
}

/// Why a text is no sampling; each says what to write instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SamplingError {
    /// Neither `first` nor `1 in N`.
    #[error("write first, 1 in 10 per setup, or first, then 1 in 10 per setup")]
    Form,
    /// `1 in N` without what is counted by.
    #[error("say what begins the count: per order, per place, per setup or per shift")]
    PerMissing,
    /// Something else is counted by.
    #[error("count per order, per place, per setup or per shift")]
    PerUnknown,
    /// One in too few or too many.
    #[error("write 1 in a number from 2 to {EVERY_MAX}; to measure every unit, leave it empty")]
    Every,
}

impl Sampling {
    /// Reads `first`, `1 in 10 per order`, `first, then 1 in 10 per setup`; `first` alone is the
    /// first after each setup.
    pub fn parse(text: &str) -> Result<Self, SamplingError> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let (words, per) = match words.as_slice() {
            [rest @ .., "per", word] => {
                (rest, Some(Per::parse(word).ok_or(SamplingError::PerUnknown)?))
            }
            [rest @ .., "per"] if !rest.is_empty() => return Err(SamplingError::PerUnknown),
            all => (all, None),
        };
        let (first, rest) = match words {
            ["first"] => {
                return Ok(Self { first: true, every: None, per: per.unwrap_or(Per::Setup) });
            }
            ["first,", "then", rest @ ..] => (true, rest),
            rest => (false, rest),
        };
        let ["1", "in", every] = rest else { return Err(SamplingError::Form) };
        if !every.bytes().all(|b| b.is_ascii_digit()) {
            return Err(SamplingError::Form);
        }
        let every = every.parse().ok().filter(|every| (2..=EVERY_MAX).contains(every));
        let every = Some(every.ok_or(SamplingError::Every)?);
        Ok(Self { first, every, per: per.ok_or(SamplingError::PerMissing)? })
    }
}

/// As written in a source.
impl Sampling {
    /// It as people read it.
    pub fn words(&self) -> Words {
        let per = self.per.word();
        match (self.first, self.every) {
            (_, None) if self.per == Per::Setup => words!("first"),
            (_, None) => words!("first per {per}", per => per),
            (true, Some(every)) => words!("first, then 1 in {every} per {per}", every, per => per),
            (false, Some(every)) => words!("1 in {every} per {per}", every, per => per),
        }
    }
}

impl fmt::Display for Sampling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.words())
    }
}

/// Whether a unit is measured at an ask, decided when its step was begun, with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleDecided {
    /// The ask's number in the step, from 1.
    pub ask: u16,
    /// What is counted for: a characteristic of a part, or an ask of an instruction.
    pub counter: String,
    /// How often it is measured.
    pub plan: Sampling,
    /// Whether this unit is.
    pub sampled: bool,
    /// Why.
    pub why: Why,
    /// The rank of this unit since the count began, from 1, of a lot that of its last piece; 0 where
    /// it is not counted.
    pub rank: u32,
    /// In how many more units or pieces the next one is measured, where that is known.
    pub left: Option<u32>,
    /// How many places it takes in the count: the pieces of a lot, else one.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub pieces: u32,
    /// Of how many readings the check is.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub readings: u32,
    /// Since when units are counted.
    pub since: Since,
}

const fn one() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
const fn is_one(pieces: &u32) -> bool {
    *pieces == 1
}

/// Why a unit is measured or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The count began anew.
    First(Anew),
    /// It is the one in so many.
    Due,
    /// The unit that was to be measured before left without it.
    Missed,
    /// A check failed, and nothing that was begun since was checked good.
    Failed,
    /// A unit that is to be measured is begun, and nobody measured it yet.
    Owed,
    /// The step is done again.
    Again,
    /// The count is by shifts, and the site does not say when they begin.
    ShiftsUnknown,
    /// The count is by shifts, and by the calendar none is on.
    NoShift,
    /// It is none of these.
    Between,
}

/// What began a count anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Anew {
    /// Nothing was counted at this place by this station.
    Begun,
    /// Another order.
    Order,
    /// Another shift.
    Shift,
    /// A setup, or other work that ended one.
    Setup,
    /// Another tool.
    Tool,
    /// Another lot of material.
    Material,
    /// A stop.
    Stop,
    /// Another plan.
    Plan,
}

/// Since when units are counted: another value of any of these begins the count anew.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Since {
    /// The order, or the beginning of the shift, where it is counted by one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The setup of the place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setup: Option<Position>,
    /// The last change of its tool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<Position>,
    /// The last change of its material.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub material: Option<Position>,
}

/// The last unit that was counted, and when it was last worked on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// What was decided for it.
    pub decided: SampleDecided,
    /// Its last moment in the step.
    pub last: Moment,
}

/// How a counter stands at one place, by one station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counter {
    /// The last unit.
    pub last: Counted,
    /// Whether the last unit that was to be measured left without it.
    pub missed: bool,
    /// Whether a check failed, and nothing that was begun since was checked good.
    pub failed: bool,
    /// The units that are begun, to be measured and not measured yet.
    pub owed: Vec<Owed>,
}

/// A unit that is begun, to be measured and not measured yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    /// The unit.
    pub unit: TravelerId,
    /// Since when units were counted as it was begun.
    pub since: Since,
}

/// What is to be decided.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    /// The ask's number.
    pub ask: u16,
    /// What is counted for.
    pub counter: String,
    /// How often.
    pub plan: Sampling,
    /// The order of the unit.
    pub order: &'a OrderId,
    /// How many pieces it is; one where it is no lot.
    pub pieces: u32,
    /// Of how many readings a check is.
    pub readings: u32,
    /// Whether the step was attempted before on this unit.
    pub again: bool,
}

/// Decides whether a unit is measured; where in doubt, it is.
pub fn decide(wanted: Wanted<'_>, context: &Context) -> SampleDecided {
    let Wanted { ask, counter, plan, order, pieces, readings, again } = wanted;
    let pieces = pieces.max(1);
    let known = context.counters.get(&counter);
    let since = since(&plan, order, context);
    let decided = |sampled: bool, why: Why, (rank, left): (u32, Option<u32>)| SampleDecided {
        ask,
        counter: counter.clone(),
        plan,
        sampled,
        why,
        rank,
        left,
        pieces,
        readings,
        since: since.clone(),
    };
    if again {
        return decided(true, Why::Again, (0, None));
    }
    if plan.per == Per::Shift && since.scope.is_none() {
        let unknown = context.shifts.is_none();
        let why = if unknown { Why::ShiftsUnknown } else { Why::NoShift };
        return decided(true, why, (pieces, None));
    }
    let Some(counter) = known else {
        return began((&plan, pieces), Anew::Begun, &since, decided);
    };
    if let Some(anew) = anew(&counter.last, &plan, &since, context) {
        let begun = began((&plan, pieces), anew, &since, decided);
        let goes_by = counter.failed && !begun.sampled;
        return if goes_by {
            SampleDecided { sampled: true, why: Why::Failed, ..begun }
        } else {
            begun
        };
    }
    let last = &counter.last.decided;
    let rank = last.rank.saturating_add(pieces);
    if counter.missed || counter.failed {
        let why = if counter.failed { Why::Failed } else { Why::Missed };
        return decided(true, why, (rank, left_after(plan.every, pieces - 1)));
    }
    let (sampled, why) =
        if owes(counter, &since, context) { (true, Why::Owed) } else { (false, Why::Between) };
    match last.left {
        Some(left) if left <= pieces => {
            let after = pieces - left.max(1);
            decided(true, Why::Due, (rank, left_after(plan.every, after)))
        }
        Some(left) => decided(sampled, why, (rank, Some(left - pieces))),
        None => decided(sampled, why, (rank, None)),
    }
}

/// Whether a unit that was begun before under the same count is to be measured and was not: a first
/// piece that was put aside says nothing of what comes after it. Units that are begun as one set are
/// in hand together, and wait for the same check.
fn owes(counter: &Counter, since: &Since, context: &Context) -> bool {
    counter.owed.iter().any(|owed| owed.since == *since && !context.set.contains(&owed.unit))
}

/// In how many pieces the next one is due, where so many went by since one was.
fn left_after(every: Option<u32>, gone: u32) -> Option<u32> {
    every.map(|every| every - gone % every.max(1))
}

/// The first unit of a count. A count that merely begins measures it only where the plan says so;
/// after anything that changed the work, it is always measured.
fn began(
    (plan, pieces): (&Sampling, u32),
    anew: Anew,
    since: &Since,
    decided: impl Fn(bool, Why, (u32, Option<u32>)) -> SampleDecided,
) -> SampleDecided {
    let anew = match (anew, plan.per) {
        (Anew::Begun, Per::Order) => Anew::Order,
        (Anew::Begun, Per::Shift) => Anew::Shift,
        (Anew::Begun, Per::Setup) if since.setup.is_some() => Anew::Setup,
        (anew, _) => anew,
    };
    let merely = match anew {
        Anew::Begun => plan.per != Per::Setup,
        Anew::Order | Anew::Shift => true,
        Anew::Setup | Anew::Tool | Anew::Material | Anew::Stop | Anew::Plan => false,
    };
    if merely && !plan.first {
        // The count begins before its first piece: `1 in 10` is due at the tenth.
        let due = plan.every.is_some_and(|every| every <= pieces);
        let why = if due { Why::Due } else { Why::Between };
        return decided(due, why, (pieces, left_after(plan.every, pieces)));
    }
    decided(true, Why::First(anew), (pieces, left_after(plan.every, pieces - 1)))
}

/// What begins the count anew after the last unit, if anything does.
fn anew(last: &Counted, plan: &Sampling, since: &Since, context: &Context) -> Option<Anew> {
    let was = &last.decided;
    if was.plan != *plan {
        return Some(Anew::Plan);
    }
    if was.since.setup != since.setup {
        return Some(Anew::Setup);
    }
    if was.since.tool != since.tool {
        return Some(Anew::Tool);
    }
    if was.since.material != since.material {
        return Some(Anew::Material);
    }
    if stopped(&last.last, context) {
        return Some(Anew::Stop);
    }
    if was.since.scope != since.scope {
        return Some(if plan.per == Per::Shift { Anew::Shift } else { Anew::Order });
    }
    None
}

/// Whether nothing was counted for so long that the place has to prove itself again; a time that
/// cannot be proven to be short counts as long.
fn stopped(last: &Moment, context: &Context) -> bool {
    let rules = context.policy().map(|policy| policy.rules.clone()).unwrap_or_default();
    let most_ms = i64::from(rules.long_stop_minutes()) * 60_000;
    let passed = Elapsed::between(last, &context.now);
    passed.at_most_ms.is_none_or(|passed| passed > most_ms)
}

fn since(plan: &Sampling, order: &OrderId, context: &Context) -> Since {
    let scope = match plan.per {
        Per::Order => Some(order.to_string()),
        Per::Shift => shift_began(context).map(|began| began.to_string()),
        Per::Place | Per::Setup => None,
    };
    let here = context.here.as_ref();
    let at = |act: fn(&PlaceState) -> Option<&PlaceActed>| {
        here.and_then(act).map(|acted| acted.at.clone())
    };
    let set_up = |here: &&PlaceState| here.setup.is_some();
    Since {
        scope,
        setup: here.filter(set_up).and_then(|h| h.last_setup.as_ref()).map(|a| a.at.clone()),
        tool: at(|here| here.last_tool.as_ref()),
        material: at(|here| here.last_material.as_ref()),
    }
}

/// When the shift began that is on now, in the site's time; none where none is on.
fn shift_began(context: &Context) -> Option<DateTime> {
    let now = context.now.not_before(context.proven);
    Some(context.shifts.as_ref()?.at(now, &context.zone())?.began)
}

impl SampleDecided {
    /// Whether the unit takes a place in the count.
    pub fn is_counted(&self) -> bool {
        self.why != Why::Again
    }

    /// What was decided and why, as people read it.
    pub fn words(&self) -> Words {
        let per = self.plan.per.word();
        let why = match self.why {
            Why::First(Anew::Setup) if self.since.setup.is_none() => {
                words!("first after other work")
            }
            Why::First(anew) => words!("first {anew}", anew => anew.words()),
            Why::Due => match self.plan.every {
                Some(every) => words!("1 in {every} per {per}", every, per => per),
                None => self.plan.words(),
            },
            Why::Missed => words!("the unit before it was not measured"),
            Why::Failed => words!("the last check failed"),
            Why::Owed => words!("a unit begun before it is not measured yet"),
            Why::Again => words!("the step is done again"),
            Why::ShiftsUnknown => words!("the shifts of the site are not known"),
            Why::NoShift => words!("no shift is on now"),
            Why::Between => match (self.left, self.plan.per) {
                (Some(1), _) => words!("the next unit is"),
                (Some(left), _) => words!("next in {left}", left),
                (None, Per::Place | Per::Setup) => words!("next after a setup"),
                (None, Per::Order | Per::Shift) => words!("next in another {per}", per => per),
            },
        };
        if self.sampled {
            words!("sampled: {why}", why => why)
        } else {
            words!("not sampled, {why}", why => why)
        }
    }
}

impl Anew {
    fn words(self) -> &'static str {
        match self {
            Self::Begun => "counted here",
            Self::Order => "of the order",
            Self::Shift => "of the shift",
            Self::Setup => "after setup",
            Self::Tool => "after tool change",
            Self::Material => "after other material",
            Self::Stop => "after a stop",
            Self::Plan => "by another plan",
        }
    }
}
