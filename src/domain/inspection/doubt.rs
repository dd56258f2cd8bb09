//! What was read on the pieces of a lot with a gauge that is in doubt (R10).

use jiff::tz::TimeZone;

use super::fact::PieceReading;
use super::series::{Lot, PieceRecord};
use crate::domain::fact::Position;
use crate::domain::gauge::GaugeFailure;
use crate::domain::ids::GaugeId;

impl Lot {
    /// Every value that was read with a gauge, in fold order, whether or not it still counts: with its
    /// record.
    pub fn read_with<'a>(
        &'a self,
        gauge: &'a GaugeId,
    ) -> impl Iterator<Item = (&'a PieceRecord, &'a PieceReading)> {
        self.records.iter().flat_map(move |record| {
            let readings = record.what.readings.iter();
            let with = readings.filter(move |reading| {
                reading.gauge.as_ref().is_some_and(|used| used.gauge == *gauge)
            });
            with.map(move |reading| (record, reading))
        })
    }

    /// The records with a value that a failure of its gauge puts in doubt, by the time at which they
    /// were made.
    pub fn doubted<'a>(
        &'a self,
        (gauge, failure): (&'a GaugeId, &'a GaugeFailure),
        zone: &'a TimeZone,
    ) -> impl Iterator<Item = &'a Position> {
        let read = self.read_with(gauge);
        let in_doubt = read.filter(|(record, _)| failure.doubts(record.moment.effective(), zone));
        in_doubt.map(|(record, _)| &record.at)
    }
}
