//! A little history: one unit finished, one on hold, by the commands that people give.

use std::time::Duration;

use super::found::{acting, holder};
use super::plant::Plant;
use crate::app::cli::step::{Named, step_at};
use crate::app::cli::traveler::view;
use crate::app::clock::Clock;
use crate::app::fault::Fault;
use crate::app::station::Station;
use crate::domain::decide::Command;
use crate::domain::ids::GaugeId;
use crate::domain::instruction::{Ask, InstallBy, Measure, ScanMatch};
use crate::domain::people::Role;
use crate::domain::signature::Signer;
use crate::domain::specification::CharacteristicKind;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::{Entry, StepAt, TravelerCommand};
use crate::domain::traveler::typed;

/// A unit that was finished, and one that was held.
const FINISHED: &str = "WO-1890/0013";
const HELD: &str = "WO-1890/0014";
/// Where it happened.
pub(super) const PLACE: &str = "ASM-1";
/// A bolt that was overtightened.
const FAILING_TORQUE: &str = "27.6";
/// More than any step of a small history takes.
const ACTS_MAX: usize = 200;

/// Makes the history; each act takes half a minute of the demo's time.
pub(super) fn make(station: &mut Station, clock: &Clock, plant: &Plant) -> Result<(), Fault> {
    let id = |text: &str| {
        TravelerId::parse(text).ok_or_else(|| Fault::cannot("the history has a wrong unit", text))
    };
    let mut worker = Worker { station, clock, plant, unit: id(FINISHED)?, torque: None };
    worker.work()?;
    let held = Worker { unit: id(HELD)?, torque: Some(FAILING_TORQUE), ..worker };
    let mut worker = held;
    worker.work()
}

struct Worker<'a> {
    station: &'a mut Station,
    clock: &'a Clock,
    plant: &'a Plant,
    unit: TravelerId,
    /// What the wrench shows, where it is not the value aimed at.
    torque: Option<&'static str>,
}

impl Worker<'_> {
    /// Works the unit until it is finished or held.
    fn work(&mut self) -> Result<(), Fault> {
        self.perform(TravelerCommand::Start)?;
        for _ in 0..ACTS_MAX {
            let view = view(self.station, &self.unit)?;
            if view.state.finished(&view.instructions) {
                return Ok(());
            }
            if let Some((_, reading, recorded)) = view.state.to_retype() {
                let value = recorded.value().clone();
                return self.perform(TravelerCommand::Retype { reading: reading.clone(), value });
            }
            let (at, step) = step_at(&view, Named::default())?;
            match view.open_ask(at.operation, step) {
                None => self.perform(TravelerCommand::CompleteStep { at, read_in: None })?,
                Some((number, sample, ask)) => self.answer(at, (number, sample), ask)?,
            }
        }
        Err(Fault::cannot("the history does not come to its end", &self.unit))
    }

    fn answer(&mut self, at: StepAt, (ask, sample): (u16, u16), asked: &Ask) -> Result<(), Fault> {
        let entry = match asked {
            Ask::Scan { matches, .. } => Entry::Text(self.scanned(*matches)),
            Ask::Install { by: InstallBy::Serial, .. } => {
                Entry::Text(format!("H{}", self.unit.unit))
            }
            Ask::Install { by: InstallBy::Lot, .. } => Entry::Text("L-0815".to_owned()),
            Ask::Check { .. } => Entry::Answer(true),
            Ask::Measure(measure) => self.read(measure)?,
            Ask::Enter { .. } => Entry::Text("as seen".to_owned()),
            Ask::Wait(wait) => {
                self.perform(TravelerCommand::Record { at, ask, sample, entry: Entry::BeginWait })?;
                let seconds = wait.seconds_min.unwrap_or(0);
                self.clock.advance(Duration::from_secs(u64::from(seconds)));
                return Ok(());
            }
            Ask::Sign(_) => {
                let inspector = holder(self.plant, Role::Inspector)?;
                let by = Signer::by_badge(&inspector.name);
                let sign = TravelerCommand::Sign { at, ask, by };
                let acting = acting(inspector, Some(PLACE))?;
                self.station.transact(&acting, Command::Traveler(self.unit.clone(), sign))?;
                return Ok(());
            }
        };
        self.perform(TravelerCommand::Record { at, ask, sample, entry })
    }

    fn scanned(&self, matches: ScanMatch) -> String {
        match matches {
            ScanMatch::Unit | ScanMatch::Any | ScanMatch::Part => self.unit.unit.to_string(),
            ScanMatch::Order => self.unit.order.to_string(),
            ScanMatch::Place => PLACE.to_owned(),
        }
    }

    /// The value aimed at, by the first gauge of the class.
    fn read(&mut self, measure: &Measure) -> Result<Entry, Fault> {
        let nominal = match &measure.kind {
            CharacteristicKind::Attribute => "go".to_owned(),
            CharacteristicKind::Measured(limits) | CharacteristicKind::Reference(limits) => {
                let aimed = limits.nominal.as_ref().or(limits.upper.as_ref());
                aimed.map_or_else(|| "0".to_owned(), |number| number.text().to_owned())
            }
        };
        let torque = measure.gauge.as_ref().is_some_and(|class| class.as_str() == "torque-wrench");
        let text = self.torque.take_if(|_| torque).map_or(nominal, str::to_owned);
        let value = typed::value(&text, &measure.kind, None)
            .map_err(|why| Fault::cannot("the history has a wrong value", why))?;
        Ok(Entry::Reading { value, gauge: self.gauge(measure) })
    }

    fn gauge(&self, measure: &Measure) -> Option<GaugeId> {
        let class = measure.gauge.as_ref()?;
        let gauges = self.plant.gauge.iter();
        gauges.filter(|gauge| gauge.class == *class).map(|gauge| gauge.id.clone()).next()
    }

    fn perform(&mut self, command: TravelerCommand) -> Result<(), Fault> {
        self.clock.advance(Duration::from_secs(15));
        let acting = acting(holder(self.plant, Role::Operator)?, Some(PLACE))?;
        self.station.transact(&acting, Command::Traveler(self.unit.clone(), command))?;
        Ok(())
    }
}
