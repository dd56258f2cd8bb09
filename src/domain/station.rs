//! Stations: enrollment, sign of life, clock steps, and what the server judged of their facts.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use super::carried::Carried;
use super::context::Context;
use super::fact::{Head, Position};
use super::ids::{LedgerId, StationId, TerminalId, WorkCenterId};
use super::kinds::FactBody;
use super::moment::Moment;
use super::people::Action;
use super::refusal::route::RouteReason;
use super::refusal::{Reason, Refusal};
use super::sign_in::Tries;
use super::stream::{Subject, TravelerId};
use super::traveler::which_counts::Way;

/// What happens to a station.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum StationFact {
    /// May write its ledger and read its feeds.
    StationEnrolled {
        /// Its ledger.
        ledger: LedgerId,
        /// Its public key, hexadecimal.
        key: String,
        /// The work centers it serves.
        work_centers: Vec<WorkCenterId>,
    },
    /// May neither write nor read any more, until it is enrolled again.
    StationRevoked {
        /// Its ledger.
        ledger: LedgerId,
    },
    /// A new epoch of its ledger.
    EpochOpened {
        /// The last fact that the server knows of the epochs before.
        last_known: Option<Position>,
        /// Why.
        reason: String,
        /// What this station saved at positions that the server gave to other facts, and says again
        /// right after this one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        carried: Option<Carried>,
    },
    /// The wall clock jumped against the monotonic one.
    ClockStepped {
        /// By how much, forward positive.
        by_ms: i64,
    },
    /// Still here.
    Heartbeat {},
    /// A badge that nobody has, or a wrong PIN; whose, the person's stream says.
    SignInRefused {
        /// The terminal for which alone it counts; absent where it counts for the station as a whole.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        terminal: Option<TerminalId>,
    },
    /// Takes no badge for a while: too many wrong tries.
    StationLocked {
        /// From this fact on, in seconds.
        seconds: i64,
        /// The terminal that alone takes none; absent where no terminal of the station does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        terminal: Option<TerminalId>,
    },
    /// A supervisor unlocked it.
    StationUnlocked {
        /// The terminal that alone was locked; absent where the station was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        terminal: Option<TerminalId>,
    },
    /// The server judged a run of facts of one ledger.
    PageJudged {
        /// The first fact judged.
        from: Position,
        /// The last sequence number judged.
        to_seq: u64,
        /// Those not simply accepted.
        exceptions: Vec<Judgement>,
        /// The texts that were not at the server, in words: whether the work fits them was not
        /// judged.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        unread: Vec<String>,
    },
    /// A person answered what the judge held or rejected.
    ReviewAnswered {
        /// The fact in question.
        fact: Position,
        /// Whether work may go on.
        accepted: bool,
        /// Why.
        reason: String,
        /// The reasons of the judge that were there to be seen.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        reasons: Vec<String>,
    },
}

/// What the server says of one fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// The fact.
    pub fact: Position,
    /// Whether the unit that it is about is held for it.
    pub verdict: JudgeVerdict,
    /// Every reason, in words.
    pub reasons: Vec<String>,
    /// Every unit that is held for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<TravelerId>,
}

/// How a fact that is not accepted was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JudgeVerdict {
    /// A person decides; there was no unit that could be held.
    Held,
    /// Takes no effect elsewhere; the unit that it is about is held.
    Rejected,
}

/// What is asked for about a station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StationCommand {
    /// Note an enrollment (the server does, on behalf of an administrator).
    Enroll {
        /// Its ledger.
        ledger: LedgerId,
        /// Its public key.
        key: String,
        /// The work centers it serves.
        work_centers: Vec<WorkCenterId>,
    },
    /// Note that it may neither write nor read any more (the server does, on behalf of an
    /// administrator).
    Revoke {
        /// Its ledger.
        ledger: LedgerId,
    },
    /// Note a step of the clock.
    NoteClockStep {
        /// By how much.
        by_ms: i64,
    },
    /// Note a sign of life.
    Beat,
    /// Note that somebody tried a badge that nobody has.
    NoteWrongTry,
    /// Note a judgement (the judge does).
    Judge {
        /// The first fact judged.
        from: Position,
        /// The last sequence number judged.
        to_seq: u64,
        /// Those not simply accepted.
        exceptions: Vec<Judgement>,
        /// The texts that were not at the server, in words.
        unread: Vec<String>,
    },
    /// Answer what was held or rejected.
    AnswerReview {
        /// The fact in question.
        fact: Position,
        /// Whether work may go on.
        accepted: bool,
        /// Which decision counts, in its words, where two are about one hold.
        counts: Option<String>,
        /// Units that are held for it here. What another station recorded is answered wherever such
        /// a unit is: its own station may be gone for good.
        units: Vec<TravelerId>,
        /// Why.
        reason: String,
    },
}

/// A station as known here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StationState {
    /// The work centers it serves.
    pub work_centers: Vec<WorkCenterId>,
    /// What the judge did not simply accept and nobody let go on yet.
    pub open_reviews: Vec<Judgement>,
    /// Texts by which work of this station could not be judged, with when that was last so.
    pub unread: BTreeMap<String, Moment>,
    /// What somebody let go on, with the reasons that were answered; judged again for one of these, it
    /// stays answered.
    pub reviewed: BTreeMap<Position, BTreeSet<String>>,
    /// Wrong tries that count for the station as a whole, and its lock-out.
    pub tries: Tries,
    /// The same of terminals for which alone they count; of those only that may still matter.
    #[serde(default)]
    pub lines: BTreeMap<TerminalId, Tries>,
    /// The last times when the wall clock was set: the fact, when, by how many milliseconds.
    pub clock_steps: VecDeque<(Position, Moment, i64)>,
}

/// Older times when a clock was set are in the record only.
const CLOCK_STEPS_KEPT: usize = 50;

/// More texts that the server lacks are in the record only.
const UNREAD_KEPT: usize = 50;

/// Why the judge does not accept what follows a record that it did not accept.
pub fn follows_words(at: &Position) -> String {
    format!("it follows {at}, which was not accepted")
}

/// A record that is reviewed, and every reason against it.
pub type Reviewed<'a> = (&'a Position, &'a [String]);

/// Those of open reviews against which nothing stands but that they follow a record, or one of these.
pub fn resting_on<'a>(
    fact: &Position,
    open: impl Iterator<Item = Reviewed<'a>>,
) -> Vec<Reviewed<'a>> {
    let mut open: Vec<Reviewed<'a>> = open.filter(|(at, _)| *at != fact).collect();
    let (mut found, mut answered) = (Vec::new(), BTreeSet::from([follows_words(fact)]));
    loop {
        let rests = |(_, reasons): &Reviewed<'_>| {
            !reasons.is_empty() && reasons.iter().all(|reason| answered.contains(reason))
        };
        let Some(at) = open.iter().position(rests) else { return found };
        let next = open.remove(at);
        answered.insert(follows_words(next.0));
        found.push(next);
    }
}

impl StationState {
    /// Takes one more fact.
    pub fn evolve(&mut self, head: &Head, fact: &StationFact) {
        match fact {
            StationFact::StationEnrolled { work_centers, .. } => {
                self.work_centers.clone_from(work_centers);
            }
            StationFact::PageJudged { exceptions, unread, .. } => {
                for text in unread {
                    let known = self.unread.contains_key(text);
                    if known || self.unread.len() < UNREAD_KEPT {
                        self.unread.insert(text.clone(), head.moment.clone());
                    }
                }
                for judged in exceptions {
                    self.open_review(judged);
                }
            }
            // Answered with no, below, it stays: the unit is held until somebody lets it go on.
            StationFact::ReviewAnswered { fact, accepted: true, reasons, .. } => {
                let answered = self.reviewed.entry(fact.clone()).or_default();
                answered.extend(reasons.iter().cloned());
                let all = |review: &Judgement| review.reasons.iter().all(|r| answered.contains(r));
                self.open_reviews.retain(|review| review.fact != *fact || !all(review));
            }
            StationFact::SignInRefused { terminal } => {
                self.tries_of(terminal.as_ref(), &head.moment).wrong_at(&head.moment);
            }
            StationFact::StationLocked { seconds, terminal } => {
                self.tries_of(terminal.as_ref(), &head.moment).lock(&head.moment, *seconds);
            }
            StationFact::StationUnlocked { terminal } => {
                *self.tries_of(terminal.as_ref(), &head.moment) = Tries::default();
            }
            StationFact::ClockStepped { by_ms } => {
                if self.clock_steps.len() == CLOCK_STEPS_KEPT {
                    self.clock_steps.pop_front();
                }
                let (at, moment) = (head.position.clone(), head.moment.clone());
                self.clock_steps.push_back((at, moment, *by_ms));
            }
            StationFact::ReviewAnswered { accepted: false, .. }
            | StationFact::StationRevoked { .. }
            | StationFact::EpochOpened { .. }
            | StationFact::Heartbeat {} => {}
        }
    }

    /// A page may be judged again: a fact is reviewed once for the same reasons.
    fn open_review(&mut self, judged: &Judgement) {
        let answered = self.reviewed.get(&judged.fact);
        let is_answered = |reason: &String| answered.is_some_and(|all| all.contains(reason));
        if answered.is_some() && judged.reasons.iter().all(is_answered) {
            return;
        }
        let Some(open) = self.open_reviews.iter_mut().find(|open| open.fact == judged.fact) else {
            return self.open_reviews.push(judged.clone());
        };
        if judged.verdict == JudgeVerdict::Rejected {
            open.verdict = JudgeVerdict::Rejected;
        }
        let more = judged.reasons.iter().filter(|reason| !open.reasons.contains(reason));
        let more: Vec<String> = more.cloned().collect();
        open.reasons.extend(more);
        let more = judged.units.iter().filter(|unit| !open.units.contains(unit));
        let more: Vec<TravelerId> = more.cloned().collect();
        open.units.extend(more);
    }
}

/// What the judge says of a record, by the holds that it placed for it on units that are here.
fn of_holds(fact: &Position, units: &[TravelerId], context: &Context) -> Option<Judgement> {
    let mut told = Judgement {
        fact: fact.clone(),
        verdict: JudgeVerdict::Rejected,
        reasons: Vec::new(),
        units: Vec::new(),
    };
    for unit in units {
        let known = context.units.get(unit);
        let reasons = known.map(|known| known.judged_open(fact)).unwrap_or_default();
        if !reasons.is_empty() {
            told.units.push(unit.clone());
        }
        let new = reasons.into_iter().filter(|reason| !told.reasons.contains(reason));
        let new: Vec<String> = new.collect();
        told.reasons.extend(new);
    }
    (!told.units.is_empty()).then_some(told)
}

/// The decision that counts from now on: none where only one was made.
fn which_counts(
    unit: &TravelerId,
    ways: Vec<Way>,
    counts: Option<&str>,
) -> Result<Option<Position>, RouteReason> {
    if ways.is_empty() {
        return Ok(None);
    }
    let unit = unit.clone();
    let chosen = counts.and_then(|words| ways.iter().find(|way| way.words == words.trim()));
    match chosen {
        Some(way) if way.may_count => Ok(way.decision.clone()),
        Some(way) => Err(RouteReason::CannotCount { unit, words: way.words.clone() }),
        None => {
            let (may, others): (Vec<Way>, Vec<Way>) =
                ways.into_iter().partition(|way| way.may_count);
            let words = |ways: Vec<Way>| ways.into_iter().map(|way| way.words).collect();
            let (decisions, others) = (words(may), words(others));
            Err(RouteReason::WhichCounts { unit, decisions, others })
        }
    }
}

/// Decides what is asked for about a station.
pub fn decide(
    id: &StationId,
    state: &StationState,
    command: StationCommand,
    context: &Context,
) -> Result<Vec<(Subject, FactBody)>, Refusal> {
    let mut reasons = Vec::new();
    let mut further = Vec::new();
    let fact = match command {
        StationCommand::Enroll { ledger, key, work_centers } => {
            StationFact::StationEnrolled { ledger, key, work_centers }
        }
        StationCommand::Revoke { ledger } => StationFact::StationRevoked { ledger },
        StationCommand::NoteClockStep { by_ms } => StationFact::ClockStepped { by_ms },
        StationCommand::Beat => StationFact::Heartbeat {},
        StationCommand::NoteWrongTry => {
            let tried = state.note_wrong_try(context)?.into_iter();
            let here = Subject::Station(id.clone());
            return Ok(tried.map(|fact| (here.clone(), FactBody::Station(fact))).collect());
        }
        StationCommand::Judge { from, to_seq, exceptions, unread } => {
            StationFact::PageJudged { from, to_seq, exceptions, unread }
        }
        StationCommand::AnswerReview { fact, accepted, counts, units, reason } => {
            context.require_role(Action::Review, &mut reasons);
            context.require_text("a reason", &reason, &mut reasons);
            let own = || state.open_reviews.iter().find(|review| review.fact == fact).cloned();
            let review = of_holds(&fact, &units, context).or_else(own);
            if review.is_none() {
                reasons.push(Reason::NothingToReview { fact: fact.clone() });
            }
            let answered = review.as_ref().map_or_else(Vec::new, |review| review.reasons.clone());
            let held = review.iter().filter(|_| accepted).flat_map(|review| &review.units);
            for unit in held {
                let known = context.units.get(unit);
                // Two feeds bring the judgement and its hold: answered before the hold is here, the
                // unit would be held by it with nothing left to answer.
                if !known.is_some_and(|known| known.was_held_by_judge((&fact, &answered))) {
                    reasons.push(RouteReason::HoldNotHere { unit: unit.clone() }.into());
                }
                let Some(known) = known else { continue };
                let way = which_counts(unit, known.ways(&fact), counts.as_deref());
                let way = way.map_err(|reason| reasons.push(reason.into())).unwrap_or_default();
                further.extend(known.release_judge_holds(unit, (&fact, &answered), way.as_ref()));
            }
            // What stands against others is this record alone: with it they are answered.
            let open = state.open_reviews.iter();
            let open = open.filter(|review| review.units.is_empty());
            let open = open.map(|review| (&review.fact, &review.reasons[..]));
            let with_it = if accepted { resting_on(&fact, open) } else { Vec::new() };
            for (fact, reasons) in with_it {
                let (fact, reason, reasons) = (fact.clone(), reason.clone(), reasons.to_vec());
                let answered = StationFact::ReviewAnswered { fact, accepted, reason, reasons };
                further.push((Subject::Station(id.clone()), FactBody::Station(answered)));
            }
            StationFact::ReviewAnswered { fact, accepted, reason, reasons: answered }
        }
    };
    Refusal::unless_empty(reasons)?;
    let mut facts = vec![(Subject::Station(id.clone()), FactBody::Station(fact))];
    facts.append(&mut further);
    Ok(facts)
}
