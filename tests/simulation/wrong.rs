//! Stations that are wrong on purpose, each in a way that somebody's product once was.

use std::collections::BTreeSet;

use gemba::domain::fact::{Fact, LedgerHead, Position};
use gemba::domain::feeds::FeedPage;
use gemba::domain::fold::{Folded, fold};
use gemba::domain::kinds::FactBody;
use gemba::domain::station::StationFact;
use gemba::domain::stream::Subject;
use gemba::ledger::recover::Witnessed;
use gemba::sync::protocol::PageUp;

use super::disk::Disk;
use super::recovery::{Onto, Tail};
use super::replica::{Apply, Habits, Mishap, chained};

/// Two transactions for what is one: the cursor, then the page.
pub(super) struct CursorBeforeApply;

impl Habits for CursorBeforeApply {
    fn apply(&self, disk: &mut Disk, page: &FeedPage, mishap: Mishap) -> Apply {
        let Some(known) = disk.cursors.get(&page.feed) else { return Apply::Misfit };
        let after = disk.after(known, page);
        let Some(cursor) = disk.cursors.get_mut(&page.feed) else { return Apply::Misfit };
        if page.from != cursor.position + 1 {
            return Apply::Misfit;
        }
        let Some(after) = after else { return Apply::Differs };
        *cursor = after;
        if mishap != Mishap::None {
            return Apply::Stopped;
        }
        for row in &page.rows {
            disk.take(row);
        }
        Apply::Done
    }
}

/// Applies whatever page comes and believes its end.
pub(super) struct AppliesAGap;

impl Habits for AppliesAGap {
    fn takes_any_page(&self) -> bool {
        true
    }

    fn apply(&self, disk: &mut Disk, page: &FeedPage, _mishap: Mishap) -> Apply {
        let Some(cursor) = disk.cursors.get_mut(&page.feed) else { return Apply::Misfit };
        let end = page.from + page.count() - 1;
        if end <= cursor.position {
            return Apply::Done;
        }
        (cursor.position, cursor.rolling) = (end, page.rolling);
        for row in &page.rows {
            disk.take(row);
        }
        Apply::Done
    }
}

/// Believes the number and does not look at the id.
pub(super) struct AtServerWithoutId;

impl Habits for AtServerWithoutId {
    fn note(&self, disk: &mut Disk, head: &LedgerHead) -> bool {
        disk.at_server.insert(head.epoch, head.last_seq);
        true
    }
}

/// An outbox that forgets what it handed to the line.
pub(super) struct EmptiesOutbox;

impl Habits for EmptiesOutbox {
    fn sent(&self, disk: &mut Disk, page: &PageUp) {
        let mut facts = disk.facts.clone();
        facts.retain(|(_, written)| !page.facts.contains(written));
        disk.replace(facts);
    }
}

/// Parses facts and writes them again, with its own idea of the order of keys.
pub(super) struct SerializesAgain;

impl Habits for SerializesAgain {
    fn apply(&self, disk: &mut Disk, page: &FeedPage, mishap: Mishap) -> Apply {
        let mut own = disk.clone();
        let done = super::replica::Honest.apply(&mut own, page, mishap);
        let mut facts = own.facts.clone();
        for (_, written) in facts.iter_mut().skip(disk.facts.len()) {
            let value: serde_json::Value = serde_json::from_str(&written.bytes).unwrap();
            written.bytes = value.to_string();
        }
        own.replace(facts);
        *disk = own;
        done
    }
}

/// Stores only what it can fold at once.
pub(super) struct DropsOrphans;

impl Habits for DropsOrphans {
    fn apply(&self, disk: &mut Disk, page: &FeedPage, mishap: Mishap) -> Apply {
        let mut own = disk.clone();
        let done = super::replica::Honest.apply(&mut own, page, mishap);
        let mut facts = own.facts.clone();
        facts.retain(|(_, written)| {
            let fact = Fact::read(&written.bytes).unwrap();
            fact.head.after.iter().all(|parent| own.find(parent).is_some())
        });
        own.replace(facts);
        *disk = own;
        done
    }
}

/// A transaction that is left open on an error and committed with the next one.
pub(super) struct NoRollback;

impl Habits for NoRollback {
    fn save(&self, disk: &mut Disk, act: Vec<(Subject, FactBody)>, mishap: Mishap) {
        let kept = if mishap == Mishap::None { act.len() } else { act.len() - 1 };
        for one in act.into_iter().take(kept) {
            disk.append(one);
        }
    }
}

/// Takes of a page what there is room for, and moves on.
pub(super) struct HalfAPage;

impl Habits for HalfAPage {
    fn apply(&self, disk: &mut Disk, page: &FeedPage, mishap: Mishap) -> Apply {
        if mishap != Mishap::Full {
            return super::replica::Honest.apply(disk, page, mishap);
        }
        let Some(known) = disk.cursors.get(&page.feed) else { return Apply::Misfit };
        let after = disk.after(known, page);
        let Some(cursor) = disk.cursors.get_mut(&page.feed) else { return Apply::Misfit };
        if page.from != cursor.position + 1 {
            return Apply::Misfit;
        }
        let Some(after) = after else { return Apply::Differs };
        *cursor = after;
        for row in page.rows.iter().take(page.rows.len() / 2) {
            disk.take(row);
        }
        Apply::Done
    }
}

/// Folds in the order of the wall clocks.
pub(super) struct FoldsByClock;

impl Habits for FoldsByClock {
    fn state(&self, disk: &Disk, subject: &Subject) -> Folded {
        let mut facts = disk.stream(subject).to_vec();
        facts.sort_by_key(|(fact, _)| (fact.head.moment.utc, fact.head.position.clone()));
        fold(subject, &chained(facts))
    }
}

/// Folds in the order in which facts came here.
pub(super) struct FoldsByArrival;

impl Habits for FoldsByArrival {
    fn state(&self, disk: &Disk, subject: &Subject) -> Folded {
        fold(subject, &chained(disk.stream(subject).to_vec()))
    }
}

/// Leaves out what the judge did not accept, where it knows of that.
pub(super) struct Unfolds;

impl Habits for Unfolds {
    fn state(&self, disk: &Disk, subject: &Subject) -> Folded {
        let here = Subject::Station(disk.code.clone());
        let rejected: BTreeSet<&Position> = disk
            .stream(&here)
            .iter()
            .filter_map(|(fact, _)| {
                let FactBody::Station(station) = &fact.body else { return None };
                let StationFact::PageJudged { exceptions, .. } = station else { return None };
                Some(exceptions)
            })
            .flatten()
            .map(|judgement| &judgement.fact)
            .collect();
        let mut facts = disk.stream(subject).to_vec();
        facts.retain(|(fact, _)| !rejected.contains(&fact.head.position));
        fold(subject, &facts)
    }
}

/// Throws away what the server has otherwise.
pub(super) struct DropsTheTail;

impl Habits for DropsTheTail {
    fn recover(&self, disk: &mut Disk, witnessed: &Witnessed, onto: &Onto) -> bool {
        disk.recover(witnessed, onto, Tail::Dropped)
    }
}

/// Writes on in the epoch that was given away twice.
pub(super) struct KeepsItsEpoch;

impl Habits for KeepsItsEpoch {
    fn recover(&self, disk: &mut Disk, witnessed: &Witnessed, onto: &Onto) -> bool {
        disk.recover(witnessed, onto, Tail::InTheOldEpoch)
    }
}
