//! What must hold, watched from outside: it knows every fact that was ever saved.

use std::collections::{BTreeMap, BTreeSet};

use gemba::domain::fact::{Fact, Position, Written};
use gemba::domain::fold::fold;
use gemba::domain::hash::Hash;
use gemba::domain::stream::Subject;

use super::facts;
use super::network::{DOWN, UP};
use super::replica::{Disk, Replica};
use super::server::Server;
use super::world::{Broken, heads_of, rows_of};

/// An act that a station tried: all of it is there, or nothing.
#[derive(Debug)]
struct Act {
    replica: usize,
    saved: u64,
    count: u64,
}

/// Watches a run.
#[derive(Debug, Default)]
pub(super) struct Oracle {
    /// Every fact that was saved, by the replica that did.
    saved: BTreeMap<(usize, Position), Written>,
    acts: Vec<Act>,
    /// Facts at the server in the order of the site's feed, with the rolling hash after them.
    arrived: Vec<(Fact, Written)>,
    ids: BTreeMap<Hash, Position>,
    rolling: Rolling,
    /// The replica whose disk was copied, and its last number then.
    copied: Option<(usize, u64)>,
}

#[derive(Debug)]
struct Rolling(Hash);

impl Default for Rolling {
    fn default() -> Self {
        Self(Hash::ZERO)
    }
}

impl Oracle {
    pub(super) fn note_copy(&mut self, of: usize, last: u64) {
        self.copied = Some((of, last));
        let shared: Vec<_> = self.saved.iter().filter(|((replica, _), _)| *replica == of).collect();
        let shared: Vec<_> =
            shared.into_iter().map(|((_, at), w)| ((3, at.clone()), w.clone())).collect();
        self.saved.extend(shared);
    }

    pub(super) fn note_act(&mut self, replica: usize, disk: &Disk, before: u64, count: u64) {
        let saved = disk.own_last.0 - before;
        self.acts.push(Act { replica, saved, count });
        for seq in before + 1..=disk.own_last.0 {
            let at = facts::at(&disk.ledger, seq);
            if let Some(written) = disk.find(&at) {
                self.saved.insert((replica, at), written.clone());
            }
        }
    }

    /// Whether a replica is one of two on the same disk image.
    fn is_copied(&self, replica: usize) -> bool {
        self.copied.is_some_and(|(of, _)| replica == of || replica == 3)
    }

    /// A way stopped for a person: right only where a disk was copied.
    pub(super) fn stopped(&self, replica: usize, why: &str) -> Result<(), Broken> {
        if self.is_copied(replica) {
            return Ok(());
        }
        Err(format!("station {replica} stopped: {why}"))
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
                self.ids.insert(row.id(), fact.head.position.clone());
                self.arrived.push((fact, row));
            }
        }
    }

    /// At server means durable at the server, and the same fact.
    pub(super) fn at_server(&mut self, server: &mut dyn Server, disk: &Disk) -> Result<(), Broken> {
        self.observe(server);
        let at = facts::at(&disk.ledger, disk.at_server);
        let Some(own) = disk.find(&at) else {
            return Err(format!("{at} counts as at the server and is not even here"));
        };
        if self.arrived.iter().any(|(_, written)| written == own) {
            return Ok(());
        }
        Err(format!("{at} counts as at the server, which does not have it"))
    }

    /// Holds after each step: what was saved is on its disk.
    pub(super) fn watch(replicas: &[Replica]) -> Result<(), Broken> {
        for replica in replicas {
            let (disk, last) = (&replica.disk, replica.disk.own_last.0);
            if last > 0 && disk.find(&facts::at(&disk.ledger, last)).is_none() {
                return Err(format!("the last saved fact of {} vanished", replica.station.code));
            }
        }
        Ok(())
    }

    /// Holds in the end.
    pub(super) fn finish(
        &mut self,
        server: &mut dyn Server,
        replicas: &[Replica],
    ) -> Result<(), Broken> {
        self.observe(server);
        self.acts_are_whole()?;
        self.nothing_vanished(replicas)?;
        self.everything_arrived_once()?;
        self.forks_surfaced(replicas)?;
        self.chains_verify()?;
        for (at, replica) in replicas.iter().enumerate() {
            if !self.is_copied(at) {
                self.all_is_exchanged(server, replica)?;
            }
        }
        self.all_agree(replicas)
    }

    fn acts_are_whole(&self) -> Result<(), Broken> {
        let half = self.acts.iter().find(|act| act.saved != 0 && act.saved != act.count);
        half.map_or(Ok(()), |act| {
            let Act { replica, saved, count } = act;
            Err(format!("station {replica} kept {saved} of the {count} facts of one act"))
        })
    }

    fn nothing_vanished(&self, replicas: &[Replica]) -> Result<(), Broken> {
        for ((replica, at), written) in &self.saved {
            if replicas[*replica].disk.find(at) != Some(written) {
                return Err(format!("{at} vanished from its disk"));
            }
        }
        for replica in replicas {
            let mut positions: Vec<&Position> =
                replica.disk.facts.iter().map(|(at, _)| at).collect();
            positions.sort();
            if let Some([twice, _]) = positions.array_windows().find(|[one, two]| one == two) {
                return Err(format!("{twice} is twice at {}", replica.station.code));
            }
        }
        Ok(())
    }

    fn everything_arrived_once(&self) -> Result<(), Broken> {
        let mut by_position: BTreeMap<Position, Vec<&Written>> = BTreeMap::new();
        for (fact, written) in &self.arrived {
            by_position.entry(fact.head.position.clone()).or_default().push(written);
        }
        for ((replica, at), written) in &self.saved {
            let found = by_position.get(at).map_or(&[][..], Vec::as_slice);
            if found.len() > 1 {
                return Err(format!("{at} is {} times at the server", found.len()));
            }
            if !self.is_copied(*replica) && found != [written] {
                return Err(format!("{at} is not at the server as it was written"));
            }
        }
        Ok(())
    }

    /// Two disks with one name that both wrote on: at least one of them says so.
    fn forks_surfaced(&self, replicas: &[Replica]) -> Result<(), Broken> {
        let Some((of, last)) = self.copied else { return Ok(()) };
        let (first, second) = (&replicas[of], &replicas[3]);
        let wrote = |replica: &Replica| replica.disk.own_last.0 > last;
        let told =
            |replica: &Replica| replica.stopped[UP].is_some() || replica.stopped[DOWN].is_some();
        if wrote(first) && wrote(second) && !told(first) && !told(second) {
            return Err("two stations wrote one ledger and nobody was told".to_owned());
        }
        Ok(())
    }

    fn chains_verify(&self) -> Result<(), Broken> {
        let mut last: BTreeMap<String, (u64, Hash)> = BTreeMap::new();
        for (fact, written) in &self.arrived {
            let at = &fact.head.position;
            let (seq, id) = last.get(at.ledger.as_str()).copied().unwrap_or((0, Hash::ZERO));
            if (at.seq, written.prev) != (seq + 1, id) {
                return Err(format!("{at} does not follow fact {seq} of its ledger"));
            }
            last.insert(at.ledger.to_string(), (at.seq, written.id()));
        }
        Ok(())
    }

    /// Cursors stand at the heads, everything below them is here, and nothing waits.
    fn all_is_exchanged(&self, server: &mut dyn Server, replica: &Replica) -> Result<(), Broken> {
        let (code, disk) = (&replica.station.code, &replica.disk);
        if disk.at_server != disk.own_last.0 {
            let (at_server, last) = (disk.at_server, disk.own_last.0);
            return Err(format!("{code} has {at_server} of {last} facts at the server"));
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
                let at = &self.ids[&row.id()];
                if disk.find(at) != Some(&row) {
                    return Err(format!("{code} passed {at} in {} without it", head.feed));
                }
            }
        }
        Ok(())
    }

    /// Who follows a work center on an order's route has all of the order, byte for byte, and
    /// folds it to the same state as everybody else.
    fn all_agree(&self, replicas: &[Replica]) -> Result<(), Broken> {
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
            for (at, replica) in replicas.iter().enumerate() {
                let mut centers = replica.station.work_centers.iter();
                if self.is_copied(at) || !centers.any(|c| routes[order].contains(c.as_str())) {
                    continue;
                }
                let folded = fold(subject, replica.disk.stream(subject));
                if folded != state {
                    let code = &replica.station.code;
                    return Err(format!("{code} shows another state of {subject}"));
                }
            }
        }
        Ok(())
    }

    /// How many facts were saved by stations whose disk nobody copied, and how many arrived.
    pub(super) fn counts(&self, replicas: &[Replica]) -> (u64, u64) {
        let own = |(replica, _): &&(usize, Position)| !self.is_copied(*replica);
        let saved = self.saved.keys().filter(own).count();
        let ledgers: BTreeSet<_> = replicas
            .iter()
            .enumerate()
            .filter(|(at, _)| !self.is_copied(*at))
            .map(|(_, replica)| replica.disk.ledger.clone())
            .collect();
        let of_station =
            |(fact, _): &&(Fact, Written)| ledgers.contains(&fact.head.position.ledger);
        (saved as u64, self.arrived.iter().filter(of_station).count() as u64)
    }
}
