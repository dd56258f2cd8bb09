//! What must hold, watched from outside: it knows every fact that was ever saved.

use std::collections::{BTreeMap, BTreeSet};

use gemba::domain::fact::{Fact, Position, Written};
use gemba::domain::fold::fold;
use gemba::domain::hash::Hash;
use gemba::domain::ids::LedgerId;
use gemba::domain::stream::Subject;

use super::disk::Disk;
use super::facts;
use super::replica::{Habits, Replica};
use super::server::Server;
use super::world::{Broken, heads_of, rows_of};

/// An act that a station tried: all of it is there, or nothing.
#[derive(Debug)]
struct Act {
    replica: usize,
    saved: u64,
    count: u64,
}

/// A fact that was called saved, and whose disk answers for it.
#[derive(Debug)]
struct Saved {
    at: Position,
    written: Written,
    holders: BTreeSet<usize>,
}

/// Watches a run.
#[derive(Debug, Default)]
pub(super) struct Oracle {
    /// Every fact that was saved, by its id.
    saved: BTreeMap<Hash, Saved>,
    acts: Vec<Act>,
    /// Facts at the server in the order of the site's feed, with the rolling hash after them.
    arrived: Vec<(Fact, Written)>,
    /// Where each of them stands, and how often it is there.
    ids: BTreeMap<Hash, (Position, u32)>,
    rolling: Rolling,
    copied: bool,
    found: u64,
}

#[derive(Debug)]
struct Rolling(Hash);

impl Default for Rolling {
    fn default() -> Self {
        Self(Hash::ZERO)
    }
}

impl Oracle {
    pub(super) fn note_copy(&mut self, of: usize, copy: usize) {
        self.copied = true;
        for saved in self.saved.values_mut().filter(|saved| saved.holders.contains(&of)) {
            saved.holders.insert(copy);
        }
    }

    /// A disk is gone, and another one stands there; nobody answers for what only the first had.
    pub(super) fn note_lost(&mut self, at: usize, instead: &Disk) {
        for saved in self.saved.values_mut() {
            if instead.find(&saved.at) != Some(&saved.written) {
                saved.holders.remove(&at);
            }
        }
    }

    /// The server has only what its backup had.
    pub(super) fn note_restored_server(&mut self) {
        self.arrived.clear();
        self.ids.clear();
        self.rolling = Rolling::default();
    }

    pub(super) fn note_act(&mut self, replica: usize, disk: &Disk, before: u64, count: u64) {
        self.acts.push(Act { replica, saved: disk.last.0 - before, count });
        self.note(replica, disk, (disk.epoch, before));
    }

    /// A store was brought back: what it saved is said again, and what it says is saved as well.
    pub(super) fn note_recovered(&mut self, at: usize, disk: &Disk) -> Result<(), Broken> {
        self.note(at, disk, (1, 0));
        self.stands(at, disk)
    }

    fn note(&mut self, replica: usize, disk: &Disk, after: (u32, u64)) {
        for (at, written) in disk.own_after(after) {
            let new = || Saved { at, written: written.clone(), holders: BTreeSet::new() };
            self.saved.entry(written.id()).or_insert_with(new).holders.insert(replica);
        }
    }

    fn stands(&self, replica: usize, disk: &Disk) -> Result<(), Broken> {
        let held = self.saved.values().filter(|saved| saved.holders.contains(&replica));
        for Saved { at, written, .. } in held {
            if disk.stands(at, written).is_none() {
                return Err(format!("{at} vanished from the disk of station {replica}"));
            }
        }
        Ok(())
    }

    fn observe(&mut self, server: &mut dyn Server) {
        loop {
            let rows = server.arrived((self.arrived.len() as u64, self.rolling.0));
            if rows.is_empty() {
                return;
            }
            for row in rows {
                self.rolling.0 = Hash::of(&[&self.rolling.0.0, &row.id().0]);
                let fact = Fact::read(&row.bytes).unwrap();
                let at = fact.head.position.clone();
                self.ids.entry(row.id()).or_insert((at, 0)).1 += 1;
                self.arrived.push((fact, row));
            }
        }
    }

    fn times(&self, written: &Written) -> u32 {
        self.ids.get(&written.id()).map_or(0, |(_, times)| *times)
    }

    /// At server means durable at the server, and the same fact.
    pub(super) fn at_server(
        &mut self,
        server: &mut dyn Server,
        disk: &Disk,
        epoch: u32,
    ) -> Result<(), Broken> {
        self.observe(server);
        let at = disk.own(epoch, disk.at_server[&epoch]);
        let Some(own) = disk.find(&at) else {
            return Err(format!("{at} counts as at the server and is not even here"));
        };
        if self.times(own) > 0 {
            return Ok(());
        }
        Err(format!("{at} counts as at the server, which does not have it"))
    }

    /// Holds after each step: what was saved is on its disk.
    pub(super) fn watch(replicas: &[Replica]) -> Result<(), Broken> {
        for replica in replicas {
            let (disk, last) = (&replica.disk, replica.disk.last.0);
            if last > 0 && disk.find(&disk.own(disk.epoch, last)).is_none() {
                return Err(format!("the last saved fact of {} vanished", disk.code));
            }
        }
        Ok(())
    }

    /// Holds in the end.
    pub(super) fn finish(
        &mut self,
        server: &mut dyn Server,
        replicas: &[Replica],
        habits: &dyn Habits,
    ) -> Result<(), Broken> {
        self.observe(server);
        self.acts_are_whole()?;
        Self::everybody_goes_on(replicas)?;
        self.nothing_vanished(replicas)?;
        self.everything_arrived_once(replicas)?;
        self.nobody_made_it_up(server)?;
        self.chains_verify(server)?;
        for replica in replicas {
            self.all_is_exchanged(server, replica)?;
            habits.is_sound(&replica.disk)?;
        }
        self.all_agree(replicas, habits)
    }

    fn acts_are_whole(&self) -> Result<(), Broken> {
        let half = self.acts.iter().find(|act| act.saved != 0 && act.saved != act.count);
        half.map_or(Ok(()), |act| {
            let Act { replica, saved, count } = act;
            Err(format!("station {replica} kept {saved} of the {count} facts of one act"))
        })
    }

    /// Nobody waits for a person any more, and no two machines write one ledger: forks surfaced.
    fn everybody_goes_on(replicas: &[Replica]) -> Result<(), Broken> {
        for (at, replica) in replicas.iter().enumerate() {
            if let Some(why) = replica.stopped.iter().flatten().next() {
                return Err(format!("station {at} does not come back: {why}"));
            }
            let twin = replicas[..at].iter().find(|one| one.disk.ledger == replica.disk.ledger);
            if twin.is_some_and(|twin| twin.disk.last != replica.disk.last) {
                return Err("two stations wrote one ledger and nobody was told".to_owned());
            }
        }
        Ok(())
    }

    fn nothing_vanished(&self, replicas: &[Replica]) -> Result<(), Broken> {
        for (at, replica) in replicas.iter().enumerate() {
            self.stands(at, &replica.disk)?;
            let mut positions: Vec<&Position> =
                replica.disk.facts.iter().map(|(at, _)| at).collect();
            positions.sort();
            if let Some([twice, _]) = positions.array_windows().find(|[one, two]| one == two) {
                return Err(format!("{twice} is twice at {}", replica.disk.code));
            }
        }
        Ok(())
    }

    /// What was saved is at the server once, as it was written or as it is said again.
    fn everything_arrived_once(&mut self, replicas: &[Replica]) -> Result<(), Broken> {
        let mut taken = BTreeSet::new();
        for (fact, _) in &self.arrived {
            if !taken.insert(&fact.head.position) {
                return Err(format!("{} is more than once at the server", fact.head.position));
            }
        }
        let mut found = 0;
        for saved in self.saved.values() {
            let Saved { at, written, holders } = saved;
            for holder in holders {
                let disk = &replicas[*holder].disk;
                let now = disk.stands(at, written).and_then(|now| disk.find(&now));
                let Some(now) = now else { return Err(format!("{at} vanished")) };
                if self.times(now) != 1 {
                    return Err(format!("{at} is not at the server as it was written"));
                }
                // What two machines had saved both may say again: neither can know of the other.
                if now != written && self.times(written) > 0 && !self.copied {
                    return Err(format!("{at} is at the server, and is said again there"));
                }
            }
            found += u64::from(!holders.is_empty());
        }
        self.found = found;
        Ok(())
    }

    /// Every fact of a station that is at the server was saved by somebody, and every fact that
    /// anybody has is there.
    fn nobody_made_it_up(&self, server: &mut dyn Server) -> Result<(), Broken> {
        let judge = judge_of(server);
        for (fact, written) in &self.arrived {
            let at = &fact.head.position;
            if at.ledger != judge && !self.saved.contains_key(&written.id()) {
                return Err(format!("{at} is at the server, and nobody wrote it"));
            }
        }
        Ok(())
    }

    fn chains_verify(&self, server: &mut dyn Server) -> Result<(), Broken> {
        let judge = judge_of(server);
        let mut chains: BTreeMap<&Position, &Written> = BTreeMap::new();
        chains.extend(self.arrived.iter().map(|(fact, written)| (&fact.head.position, written)));
        for (at, written) in &chains {
            let before = Position { seq: at.seq - 1, ..(*at).clone() };
            let id = match chains.get(&before) {
                _ if at.seq == 1 => Some(Hash::ZERO),
                Some(before) => Some(before.id()),
                // Stations have parts of what a judge wrote that was lost with its server.
                None if at.ledger == judge => None,
                None => return Err(format!("{at} follows nothing at the server")),
            };
            if id.is_some_and(|id| id != written.prev) {
                return Err(format!("{at} does not follow the fact before it"));
            }
        }
        Ok(())
    }

    /// Cursors stand at the heads, everything below them is here, and nothing waits.
    fn all_is_exchanged(&self, server: &mut dyn Server, replica: &Replica) -> Result<(), Broken> {
        let (code, disk) = (&replica.disk.code, &replica.disk);
        for epoch in disk.epochs() {
            let of = |at: &Position| at.ledger == disk.ledger && at.epoch == epoch;
            let last = disk.facts.iter().filter(|(at, _)| of(at)).count() as u64;
            let at_server = disk.at_server.get(&epoch).copied().unwrap_or(0);
            if at_server != last {
                return Err(format!("{code} has {at_server} of {last} facts at the server"));
            }
        }
        for (fact, written) in &self.arrived {
            let at = &fact.head.position;
            if at.ledger == disk.ledger && disk.find(at) != Some(written) {
                return Err(format!("{code} does not have its own {at}, which is at the server"));
            }
        }
        for (at, written) in &disk.facts {
            if self.times(written) != 1 {
                return Err(format!("{code} has {at}, and the server does not"));
            }
        }
        for head in heads_of(server, &replica.station) {
            let Some(cursor) = disk.cursors.get(&head.feed) else {
                return Err(format!("{code} does not follow {}", head.feed));
            };
            if (cursor.position, cursor.rolling) != (head.position, head.rolling) {
                let (feed, at, head) = (&head.feed, cursor.position, head.position);
                return Err(format!("{code} is at {at} of {head} in {feed}"));
            }
            for row in rows_of(server, &replica.station, &head) {
                let (at, _) = &self.ids[&row.id()];
                if disk.find(at) != Some(&row) {
                    return Err(format!("{code} passed {at} in {} without it", head.feed));
                }
            }
        }
        Ok(())
    }

    /// Who follows a work center on an order's route has all of the order, byte for byte, and
    /// folds it to the same state as everybody else.
    fn all_agree(&self, replicas: &[Replica], habits: &dyn Habits) -> Result<(), Broken> {
        let mut orders: BTreeMap<&Subject, String> = BTreeMap::new();
        let mut routes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (fact, _) in &self.arrived {
            if let Some(order) = facts::order_of(fact) {
                orders.entry(&fact.subject).or_insert_with(|| order.clone());
                routes.entry(order).or_default().extend(facts::route_of(fact));
            }
        }
        for (subject, order) in &orders {
            let all: Vec<(Fact, Hash)> = self
                .arrived
                .iter()
                .filter(|(fact, _)| fact.subject == **subject)
                .map(|(fact, written)| (fact.clone(), written.id()))
                .collect();
            let state = fold(subject, &all);
            for replica in replicas {
                let mut centers = replica.station.work_centers.iter();
                if !centers.any(|c| routes[order].contains(c.as_str())) {
                    continue;
                }
                let folded = habits.state(&replica.disk, subject);
                let shown = (&folded.stream.state, &folded.waiting);
                if shown != (&state.stream.state, &state.waiting) {
                    let code = &replica.disk.code;
                    return Err(format!("{code} shows another state of {subject}"));
                }
            }
        }
        Ok(())
    }

    /// How many facts were saved that somebody answers for, and how many of them arrived.
    pub(super) fn counts(&self) -> (u64, u64) {
        let held = self.saved.values().filter(|saved| !saved.holders.is_empty());
        (held.count() as u64, self.found)
    }
}

fn judge_of(server: &mut dyn Server) -> LedgerId {
    server.honest().any().plant().judge.clone()
}
