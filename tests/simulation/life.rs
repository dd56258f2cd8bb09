//! What stations and people do in a run, and what befalls them.

use gemba::domain::fact::Fact;
use gemba::domain::kinds::FactBody;
use gemba::domain::station::StationFact;
use gemba::sync::protocol::Offered;

use super::chance::Chance;
use super::facts;
use super::recovery::{Onto, witness};
use super::replica::{Mishap, Replica};
use super::world::{Broken, Disasters, World};

/// A year, for clocks that jump.
const YEAR_S: i64 = 365 * 86_400;
/// Which centers the copy of a disk serves, where it becomes a station of its own.
const CENTERS: [&str; 2] = ["W1", "W2"];

impl Disasters {
    pub(super) fn of(chance: &mut Chance) -> Self {
        let (early, late) = (chance.between(8_000, 25_000), chance.between(26_000, 42_000));
        let what = chance.between(0, 100);
        Self {
            copied: (what < 30).then_some(early),
            restored: (30..55).contains(&what).then_some((early, late)),
            server: (what >= 65).then_some((early, late)),
        }
    }
}

impl World {
    /// Works a little, stops now and then, exchanges what is not exchanged.
    pub(super) fn turn(&mut self, at: usize) -> Result<(), Broken> {
        if self.faults() {
            if self.chance.percent(4) {
                self.stop(at);
            }
            if self.chance.percent(2) {
                self.replicas[at].full_until_ms = self.now_ms + self.chance.between(500, 6_000);
            }
            if self.chance.percent(2) {
                let sign = if self.chance.percent(50) { 1 } else { -1 };
                self.replicas[at].disk.clock_s += sign * YEAR_S;
                self.seen.add("clock_jumps", 1);
            }
            if self.chance.percent(60) {
                self.work(at);
            }
            self.turn_in(at, 500, 3_000);
        } else if self.heals() {
            self.turn_in(at, 20_000, 40_000);
        }
        self.look_after(at)?;
        self.begin(at)
    }

    fn work(&mut self, at: usize) {
        let act = facts::act(&mut self.chance, &self.replicas[at].disk.code.clone());
        let stops = self.chance.percent(5);
        let full = self.is_full(at);
        let mishap = if stops { Mishap::Stops } else { Mishap::None };
        let mishap = if full { Mishap::Full } else { mishap };
        let disk = &mut self.replicas[at].disk;
        let (before, count) = (disk.last.0, act.len() as u64);
        self.habits.save(disk, act, mishap);
        self.oracle.note_act(at, disk, before, count);
        if mishap == Mishap::Stops {
            self.stop(at);
        }
    }

    /// What befalls the run at this moment.
    pub(super) fn disasters(&mut self) {
        if self.faults() && self.chance.percent(1) {
            self.server.stop();
        }
        if self.faults() && self.chance.percent(1) {
            let older = self.chance.percent(50);
            self.server.honest().judge_changes(older);
            self.seen.add("judges", 1);
        }
        if self.disasters.copied.is_some_and(|at_ms| self.now_ms > at_ms) {
            self.disasters.copied = None;
            self.copy_a_disk();
        }
        if let Some((early, late)) = self.disasters.restored {
            if self.now_ms > late {
                self.disasters.restored = None;
                self.put_a_disk_back();
            } else if self.now_ms > early && self.backup.is_none() {
                let of = usize::try_from(self.chance.between(0, 3)).unwrap();
                self.backup = Some((of, self.habits.copy(&self.replicas[of].disk)));
            }
        }
        if let Some((early, late)) = self.disasters.server {
            if self.now_ms > late {
                self.disasters.server = None;
                self.put_the_server_back();
            } else if self.now_ms > early && early > 0 {
                self.server.honest().back_up();
                self.disasters.server = Some((0, late));
            }
        }
    }

    /// A disk image is copied and put to work beside the first.
    fn copy_a_disk(&mut self) {
        let of = usize::try_from(self.chance.between(0, 3)).unwrap();
        let disk = self.habits.copy(&self.replicas[of].disk);
        let mut copy = Replica::new(self.replicas[of].station.clone(), disk);
        copy.suspect = true;
        self.replicas[of].suspect = true;
        self.replicas.push(copy);
        self.oracle.note_copy(of, 3);
        self.seen.add("forks", 1);
        self.turn_in(3, 1, 100);
    }

    /// The disk dies, and a backup of it is put in its place.
    fn put_a_disk_back(&mut self) {
        let Some((at, disk)) = self.backup.take() else { return };
        self.oracle.note_lost(at, &disk);
        self.replicas[at].disk = disk;
        self.replicas[at].suspect = true;
        self.replicas[at].stop();
        self.seen.add("restored", 1);
    }

    /// The server dies, and its backup is put in its place. Somebody tells it what nobody wrote.
    fn put_the_server_back(&mut self) {
        let judge_too = self.chance.percent(50);
        self.server.restore(judge_too);
        self.oracle.note_restored_server();
        // Its connections ended with it.
        for replica in &mut self.replicas {
            replica.born = self.questions;
        }
        self.seen.add("servers_restored", 1);
        let of = usize::try_from(self.chance.between(0, 3)).unwrap();
        let mut liar = self.replicas[of].disk.clone();
        let head = self.server.honest().any().head(&liar.ledger).unwrap().head;
        (liar.epoch, liar.last) = (head.epoch, (head.last_seq, head.last_id));
        let beat = FactBody::Station(StationFact::Heartbeat {});
        let at = liar.append_after(Vec::new(), (facts::made_up(), beat));
        let written = liar.facts.last().unwrap().1.clone();
        assert_eq!(Fact::read(&written.bytes).unwrap().head.position, at);
        self.server.offer(&[Offered { written, seal: None }]);
    }

    pub(super) fn seen_restore(&self) -> bool {
        self.seen.of("servers_restored") > 0
    }

    /// Offers a restored server what is here of others; an answer may be lost on the way.
    pub(super) fn offer_back(&mut self, at: usize) {
        if !self.replicas[at].disk.to_offer {
            return;
        }
        let offers = self.habits.offers(&self.replicas[at].disk);
        loop {
            let (mut count, mut taken) = (0, 0);
            for chunk in offers.chunks(10) {
                let known: Vec<_> = chunk.iter().map(|(known, _)| known.clone()).collect();
                let missing = self.server.missing(&known);
                let offered = chunk.iter().filter(|(known, _)| missing.contains(&known.at));
                let offered: Vec<_> = offered.map(|(_, offered)| offered.clone()).collect();
                count += offered.len();
                taken += self.server.offer(&offered);
                if self.faults() && self.chance.percent(15) {
                    return;
                }
            }
            self.seen.add("offered", count as u64);
            // What was taken proves what stands before it.
            if taken == 0 || taken == count {
                break;
            }
        }
        self.habits.offered(&mut self.replicas[at].disk);
    }

    /// A person looks at a station that stopped: asks the server, and later brings the store back.
    fn look_after(&mut self, at: usize) -> Result<(), Broken> {
        let stopped = self.replicas[at].stopped.iter().any(Option::is_some);
        if !stopped || (self.faults() && self.chance.percent(60)) {
            return Ok(());
        }
        let Some(witnessed) = self.replicas[at].witnessed.take() else {
            let (witnessed, newest) = witness(self.server.honest().any(), &self.replicas[at].disk);
            if newest {
                // It stopped by what was true some moments ago.
                self.replicas[at].stop();
            } else {
                self.replicas[at].witnessed = Some(witnessed);
            }
            return Ok(());
        };
        if self.is_full(at) {
            return Ok(());
        }
        let twin =
            self.replicas.len() > 3 && self.replicas.iter().filter(|r| r.suspect).count() > 1;
        let other_went_on = self.replicas.iter().enumerate().any(|(other, replica)| {
            other != at
                && replica.disk.ledger == self.replicas[at].disk.ledger
                && replica.disk.epoch > 1
        });
        let leaves = twin && at == 3 && self.chance.percent(70) || other_went_on;
        let same_name =
            self.replicas.iter().filter(|r| r.disk.ledger == self.replicas[at].disk.ledger).count()
                > 1;
        let onto = if leaves && same_name {
            let number = u8::try_from(50 + at).unwrap();
            let code = format!("ST{number}");
            Onto::New { number, code }
        } else {
            Onto::Same { skip: 0 }
        };
        let disk = &mut self.replicas[at].disk;
        if !self.habits.recover(disk, &witnessed, &onto) {
            return Err(format!("station {at} cannot be brought back"));
        }
        self.seen.add("recovered", 1);
        if matches!(onto, Onto::New { .. }) {
            let station = Replica::introduced(&self.replicas[at].disk, &CENTERS);
            self.server.honest().admit(station.clone());
            self.replicas[at].station = station;
            self.seen.add("renamed", 1);
        }
        self.oracle.note_recovered(at, &self.replicas[at].disk)?;
        self.replicas[at].stop();
        self.replicas[at].born = self.questions;
        Ok(())
    }
}
