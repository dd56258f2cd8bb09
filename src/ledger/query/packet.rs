//! What the station works by without the server: its age, and until when it is good.

use jiff::{SignedDuration, Timestamp};

use crate::domain::moment::Moment;
use crate::domain::place::CredentialRules;
use crate::domain::station::StationState;
use crate::domain::stream::{StreamState, Subject};
use crate::ledger::contact;
use crate::ledger::error::LedgerError;
use crate::views::definition::is_released;
use crate::views::packet::{ClockStep, InstructionLimit, Packet, PacketStanding, UnreadText};

use super::Asked;

const DAY_S: i64 = 86_400;

impl Asked<'_> {
    /// Without the limits of single instructions.
    pub(super) fn packet_head(self) -> Result<Packet, LedgerError> {
        let last = contact::last(self.connection)?;
        let proven = contact::proven(self.connection, &self.ledger.identity.ledger)?;
        let policy = self.ledger.site_policy(self.connection, None)?;
        let rules = policy.map_or_else(CredentialRules::default, |p| p.rules.credentials);
        let age_s = last.as_ref().map(|last| self.now.age_s(last, proven));
        let left_s = age_s.map(|age| rules.seconds_max() - age);
        let warn_s = i64::from(rules.warn_days) * DAY_S;
        let standing = match left_s {
            None => PacketStanding::NeverReached,
            Some(..0) => PacketStanding::Ended,
            Some(left) if left <= warn_s => PacketStanding::EndsSoon,
            Some(_) => PacketStanding::Good,
        };
        Ok(Packet {
            last_contact: last.map(|last| last.effective()),
            age_s,
            days_max: rules.days_max,
            warn_days: rules.warn_days,
            good_until: left_s.and_then(|left| self.after(left, proven)),
            standing,
            instructions: Vec::new(),
            unread: Vec::new(),
            clock_steps: Vec::new(),
        })
    }

    pub(super) fn packet(self) -> Result<Packet, LedgerError> {
        let mut packet = self.packet_head()?;
        let proven = contact::proven(self.connection, &self.ledger.identity.ledger)?;
        let in_effect = self.definitions()?.into_iter();
        for row in in_effect.filter(|row| is_released(&row.standing)) {
            let Some(instruction) = self.ledger.instruction(self.connection, &row.hash)? else {
                continue;
            };
            let Some(seconds_max) = instruction.rules.offline_seconds_max else { continue };
            let left_s = packet.age_s.map(|age| i64::from(seconds_max) - age);
            packet.instructions.push(InstructionLimit {
                instruction: instruction.id.clone(),
                revision: instruction.revision.clone(),
                seconds_max,
                good_until: left_s.and_then(|left| self.after(left, proven)),
                good: left_s.is_some_and(|left| left >= 0),
            });
        }
        packet.unread = self.unread_texts()?;
        packet.clock_steps = self.clock_steps()?;
        Ok(packet)
    }

    /// The texts by which the server could not judge work of this station.
    fn unread_texts(self) -> Result<Vec<UnreadText>, LedgerError> {
        let here = Subject::Station(self.ledger.identity.station.clone());
        let folded = self.ledger.load(self.connection, &here)?;
        let StreamState::Station(StationState { unread, .. }) = &folded.stream.state else {
            return Ok(Vec::new());
        };
        let text =
            |(text, at): (&String, &Moment)| UnreadText { text: text.clone(), at: at.effective() };
        Ok(unread.iter().map(text).collect())
    }

    /// The times when the clock of this station was set, as far as they are remembered.
    pub(super) fn clock_steps(self) -> Result<Vec<ClockStep>, LedgerError> {
        let here = Subject::Station(self.ledger.identity.station.clone());
        let folded = self.ledger.load(self.connection, &here)?;
        let StreamState::Station(StationState { clock_steps, .. }) = &folded.stream.state else {
            return Ok(Vec::new());
        };
        let steps = clock_steps.iter().map(|(at, moment, by_ms)| ClockStep {
            fact: at.to_string(),
            at: moment.utc,
            by_ms: *by_ms,
        });
        Ok(steps.collect())
    }

    fn after(self, seconds: i64, proven: Option<Timestamp>) -> Option<Timestamp> {
        self.now.not_before(proven).checked_add(SignedDuration::from_secs(seconds)).ok()
    }
}
