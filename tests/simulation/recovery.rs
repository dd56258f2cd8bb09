//! The way back of a store of the model: restored from a backup, or one of two with one disk image.

use std::collections::BTreeSet;

use gemba::domain::carried::{Carrying, Run};
use gemba::domain::fact::{Fact, LedgerHead, Position, Written};
use gemba::domain::hash::Hash;
use gemba::domain::kinds::FactBody;
use gemba::domain::station::StationFact;
use gemba::domain::stream::Subject;
use gemba::ledger::recover::Witnessed;
use gemba::server::store::Store;
use gemba::sync::protocol::PAGE_FACTS_MAX;

use super::disk::Disk;

/// Who a store is from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Onto {
    /// The same station, after so many skipped epochs.
    Same { skip: u32 },
    /// Another station, with a key by its number.
    New { number: u8, code: String },
}

/// What becomes of what stands here alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tail {
    /// It is said again in a new epoch.
    SaidAgain,
    /// It is thrown away.
    Dropped,
    /// It is said again where it stood.
    InTheOldEpoch,
}

/// How a store stands to the server: what is witnessed there, and whether the store is the newest.
pub(super) fn witness(store: &Store, disk: &Disk) -> (Witnessed, bool) {
    let answer = store.head(&disk.ledger).unwrap();
    let (mut common, mut only_there) = ((1, 0), 0);
    for epoch in disk.epochs().into_iter().rev() {
        let same = |seq: &u64| {
            let id = disk.id(&disk.own(epoch, *seq));
            id.is_some() && id == store.id_of(&disk.ledger, (epoch, *seq)).unwrap()
        };
        let last = disk.own_after((epoch, 0)).len() as u64;
        common = (epoch, (1..=last).take_while(same).count() as u64);
        if common.1 > 0 {
            break;
        }
    }
    let mut missing = Vec::new();
    let epochs = store.epochs_of(&disk.ledger).unwrap();
    for epoch in epochs.into_iter().filter(|epoch| *epoch >= common.0) {
        let mut after = if epoch == common.0 { common.1 } else { 0 };
        loop {
            let facts = store.own(&disk.ledger, (epoch, after), PAGE_FACTS_MAX).unwrap().facts;
            if facts.is_empty() {
                break;
            }
            after += facts.len() as u64;
            only_there += facts.len();
            missing.extend(facts);
        }
    }
    let frozen = answer.frozen && answer.head.epoch == disk.epoch;
    let is_newest = answer.head.epoch <= disk.epoch
        && only_there == 0
        && !frozen
        && goes_on(disk, answer.head.epoch);
    let epochs = store.epochs_of(&disk.ledger).unwrap();
    let epochs = epochs.into_iter().filter(|epoch| *epoch > common.0).collect();
    (Witnessed { head: answer.head, common, missing, epochs }, is_newest)
}

/// Whether the newest epoch, and every other one that the server does not have yet, goes on from the end
/// of the one before it, as that is here.
fn goes_on(disk: &Disk, epoch_there: u32) -> bool {
    let epochs: Vec<u32> = disk.epochs().into_iter().rev().collect();
    let follows = |newer: u32, older: u32| {
        let opening = disk.find(&disk.own(newer, 1)).unwrap();
        let last = disk.own_after((older, 0));
        let last = last.iter().rev().find(|(at, _)| at.epoch == older).map(|(at, _)| at);
        matches!(Fact::read(&opening.bytes).unwrap().body,
            FactBody::Station(StationFact::EpochOpened { last_known, .. })
                if last_known.as_ref() == last)
    };
    let mut pairs = epochs.array_windows().enumerate();
    pairs.all(|(n, [newer, older])| (n > 0 && *newer <= epoch_there) || follows(*newer, *older))
}

impl Disk {
    /// Takes back what was witnessed, and says the rest again in epochs of its own; false where what was
    /// witnessed does not fit.
    pub(super) fn recover(&mut self, witnessed: &Witnessed, onto: &Onto, how: Tail) -> bool {
        let there: BTreeSet<Hash> = witnessed.missing.iter().map(Written::id).collect();
        let mut tail = self.own_after(witnessed.common);
        tail.retain(|(_, written)| !there.contains(&written.id()));
        let gone: BTreeSet<Position> = tail.iter().map(|(at, _)| at.clone()).collect();
        let mut kept = self.facts.clone();
        kept.retain(|(at, _)| !gone.contains(at));
        let was = self.epoch;
        self.replace(kept);
        let mut first = witnessed.head.epoch.max(was) + 1;
        match onto {
            Onto::Same { skip } => {
                first += skip;
                for written in &witnessed.missing {
                    self.take(written);
                }
            }
            Onto::New { number, code } => {
                self.rename(*number, code);
                first = 1;
            }
        }
        if how == Tail::Dropped {
            tail.clear();
        }
        self.open(&witnessed.head, first, (&tail, how));
        if matches!(onto, Onto::Same { .. }) {
            for epoch in self.epochs().range(witnessed.common.0..first) {
                let last = self.own_after((*epoch, 0)).into_iter().filter(|o| o.0.epoch == *epoch);
                self.at_server.insert(*epoch, last.count() as u64);
            }
        }
        true
    }

    fn open(
        &mut self,
        witnessed: &LedgerHead,
        first: u32,
        (tail, how): (&[(Position, Written)], Tail),
    ) {
        let mut runs: Vec<_> = tail.chunk_by(|(at, _), (next, _)| at.plus(1) == *next).collect();
        if runs.is_empty() {
            runs.push(&[]);
        }
        let old = how == Tail::InTheOldEpoch;
        let begin = if old { witnessed.last_seq + 1 } else { 2 };
        let run = |(epoch, run): (u32, &&[(Position, Written)])| {
            let ((from, _), (to, _)) = (run.first()?, run.last()?);
            let epoch = if old { witnessed.epoch } else { epoch };
            let onto = self.own(epoch, begin);
            Some(Run { from: from.clone(), to_seq: to.seq, onto })
        };
        let carrying = Carrying::new((first..).zip(&runs).filter_map(run).collect());
        let follows = witnessed.last_seq > 0 && first > 1;
        let mut last_known = follows.then(|| self.own(witnessed.epoch, witnessed.last_seq));
        for (epoch, run) in (first..).zip(runs) {
            if old {
                (self.epoch, self.last) =
                    (witnessed.epoch, (witnessed.last_seq, witnessed.last_id));
            } else {
                (self.epoch, self.last) = (epoch, (0, Hash::ZERO));
                let (reason, last_known) = ("brought back".to_owned(), last_known.take());
                let opened = StationFact::EpochOpened { last_known, reason, carried: None };
                let subject = Subject::Station(self.code.clone());
                self.append_after(Vec::new(), (subject, FactBody::Station(opened)));
            }
            for (at, written) in run {
                let again = carrying.carry(&written.bytes, &|at| self.id(at)).unwrap();
                let now = again.head.position.clone();
                self.say(Written { prev: self.last.1, bytes: again.write().unwrap() });
                self.aside.push((at.clone(), written.clone(), now));
            }
            last_known = Some(self.own(epoch, self.last.0));
        }
    }

    /// Whether a fact, or the saying again of one that was set aside, is here: where it stands now.
    pub(super) fn stands(&self, at: &Position, written: &Written) -> Option<Position> {
        if self.find(at) == Some(written) {
            return Some(at.clone());
        }
        let (_, _, now) = self.aside.iter().find(|(was, w, _)| (was, w) == (at, written))?;
        let again = self.find(now).cloned();
        let again = again.or_else(|| {
            self.aside.iter().find(|(was, _, _)| was == now).map(|(_, written, _)| written.clone())
        })?;
        let (before, after) = (Fact::read(&written.bytes).ok()?, Fact::read(&again.bytes).ok()?);
        let same =
            before.head.moment == after.head.moment && before.body.kind() == after.body.kind();
        same.then(|| self.stands(now, &again)).flatten()
    }
}
