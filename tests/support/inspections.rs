//! Lots that come in and are inspected, for tests.

use gemba::domain::context::Context;
use gemba::domain::decide::{Command, Needs, OpeningsOf};
use gemba::domain::hash::Hash;
use gemba::domain::ids::LotId;
use gemba::domain::inspection::decide::{Anew, InspectionCommand};
use gemba::domain::inspection::fact::{Choice, LotEnd};
use gemba::domain::inspection::rule::InspectRule;
use gemba::domain::inspection::series::{Lot, SeriesId, SeriesState};
use gemba::domain::instruction::{Ask, Instruction};
use gemba::domain::material::{
    MaterialCommand, MaterialId, MaterialReceived, MaterialState, Suppliers,
};
use gemba::domain::signature::Signer;
use gemba::domain::stream::{StreamState, Subject};
use gemba::domain::traveler::fact::ReadingValue;

use super::shop::Shop;
use super::shop_plan::{id, inspection, reading};

/// Covers from Nordic.
pub(crate) fn covers() -> SeriesId {
    SeriesId::new(id("cover"), "Nordic").unwrap()
}

/// One diameter and one look at each piece.
pub(crate) fn by_piece(rule: &str, revision: &str) -> Instruction {
    let mut text = inspection();
    (text.id, text.part, text.revision) = (id("WI-60"), id("cover"), id(revision));
    text.specification = None;
    let Ask::Measure(diameter) = &mut text.steps[0].asks[0] else { panic!("{text:?}") };
    diameter.count = 1;
    diameter.on_fail = None;
    text.steps[1].asks.truncate(1);
    text.rules.inspect = Some(InspectRule::parse(rule).unwrap());
    text
}

pub(crate) fn about(command: InspectionCommand) -> Command {
    Command::Series(covers(), command)
}

pub(crate) fn receives(lot: &str, quantity: u32) -> Command {
    let (supplier, certificate) = ("Nordic".to_owned(), String::new());
    let quantity = Some(quantity);
    let received =
        MaterialReceived { supplier, certificate, quantity, expires: None, corrects: None };
    let material = MaterialId { part: id("cover"), lot: id(lot) };
    Command::Material(material, MaterialCommand::Receive(received))
}

/// Somebody would let a lot go without its inspection.
pub(crate) fn lets_go(lot: &str) -> Command {
    let material = MaterialId { part: id("cover"), lot: id(lot) };
    Command::Material(material, MaterialCommand::Release { reason: "in a hurry".to_owned() })
}

pub(crate) fn opens(lot: &str, size: Option<u32>) -> Command {
    let seed = Hash::of(&[b"chance", lot.as_bytes()]);
    let (lot, instruction) = (id(lot), id("WI-60"));
    let (unit, first_article) = (None, false);
    about(InspectionCommand::Open { lot, unit, instruction, size, first_article, seed })
}

pub(crate) fn finds(lot: &str, piece: u32, diameter: &str, correct: Option<&str>) -> Command {
    let values = vec![(reading(diameter, "mm"), None), (ReadingValue::Conforms(true), None)];
    let corrects = correct.map(|why| Anew::because(why.to_owned()));
    about(InspectionCommand::Record { lot: id(lot), piece, values, corrects })
}

pub(crate) fn decides(lot: &str, accept: bool) -> Command {
    about(decision(lot, accept, None))
}

/// A decision about a lot, for a deviation that there is.
pub(crate) fn decision(lot: &str, accept: bool, deviation: Option<&str>) -> InspectionCommand {
    let (by, note) = (Signer::by_badge("M. Okafor"), String::new());
    let deviation = deviation.map(id);
    InspectionCommand::Decide { lot: id(lot), accept, note, deviation, seen: None, by }
}

pub(crate) fn ends(lot: &str, end: LotEnd) -> Command {
    let (by, reason) = (Signer::by_badge("R. Tanaka"), "burrs".to_owned());
    about(InspectionCommand::Dispose { lot: id(lot), end, reason, by })
}

pub(crate) fn chooses(choice: Choice) -> Command {
    let reason = "steady since May".to_owned();
    about(InspectionCommand::Choose { instruction: id("WI-60"), choice, reason })
}

/// A shop in which covers are inspected by a plan.
pub(crate) fn inspecting(rule: &str) -> Shop {
    let mut shop = Shop::open();
    shop.release(&by_piece(rule, "A"));
    shop
}

/// Lots are rejected until inspection is discontinued; one is sorted, and it is taken up again.
pub(crate) fn discontinued() -> Shop {
    let mut shop = inspecting("AQL 0.65, level II, ISO 2859-1:1999");
    for lot in ["L-1", "L-2", "L-3", "L-4", "L-5", "L-6", "L-7"] {
        shop.whole_lot(lot, (150, 1));
    }
    shop.does("quell", ends("L-6", LotEnd::UseAsIs)).does("lind", ends("L-6", LotEnd::UseAsIs));
    shop.does("quell", ends("L-7", LotEnd::Sort)).does("quell", chooses(Choice::TakeUp));
    shop
}

impl Shop {
    pub(crate) fn series(&self) -> SeriesState {
        let state = self.stream(&Subject::Series(covers())).state;
        let StreamState::Series(state) = state else { panic!("{state:?}") };
        state
    }

    /// The last opening of a lot.
    pub(crate) fn lot(&self, lot: &str) -> Lot {
        self.series().lot(&id(lot)).unwrap().clone()
    }

    pub(crate) fn covers_in(&self, lot: &str) -> MaterialState {
        let material = MaterialId { part: id("cover"), lot: id(lot) };
        let state = self.stream(&Subject::Material(material)).state;
        let StreamState::Material(state) = state else { panic!("{state:?}") };
        state
    }

    /// A lot comes in and is opened.
    #[track_caller]
    pub(crate) fn comes_in(&mut self, lot: &str, quantity: u32) -> &mut Self {
        self.does("quell", receives(lot, quantity)).does("okafor", opens(lot, None))
    }

    /// Every piece of the sample is looked at; the first so many are too thick.
    #[track_caller]
    pub(crate) fn looks_at_all(&mut self, lot: &str, bad: usize) -> &mut Self {
        for (rank, piece) in self.lot(lot).remaining().into_iter().enumerate() {
            let diameter = if rank < bad { "74.030" } else { "74.000" };
            self.does("okafor", finds(lot, piece, diameter, None));
        }
        self
    }

    /// A lot comes in, is inspected and decided.
    #[track_caller]
    pub(crate) fn whole_lot(&mut self, lot: &str, (quantity, bad): (u32, usize)) -> &mut Self {
        self.comes_in(lot, quantity).looks_at_all(lot, bad);
        let accept = bad < usize::try_from(self.lot(lot).opened.plan.single.reject).unwrap();
        self.does("okafor", decides(lot, accept))
    }

    /// The suppliers of everything that came in.
    pub(crate) fn suppliers(&self) -> Suppliers {
        let mut came: Vec<_> = self
            .here()
            .streams()
            .filter_map(|(_, stream)| {
                let StreamState::Material(state) = &stream.state else { return None };
                Some((state.came.clone()?.effective(), state.received.clone()?.supplier))
            })
            .collect();
        came.sort();
        Suppliers(came.into_iter().map(|(_, supplier)| supplier).collect())
    }

    /// A lot that is noted of a part and whose number differs from one by capitals alone.
    pub(crate) fn lot_alike(&self, material: &MaterialId) -> Option<LotId> {
        let mut noted = self.here().streams().filter_map(|(subject, _)| {
            let Subject::Material(noted) = subject else { return None };
            (noted.part == material.part).then_some(&noted.lot)
        });
        let alike = |lot: &&LotId| {
            lot.as_str().eq_ignore_ascii_case(material.lot.as_str()) && **lot != material.lot
        };
        noted.find(alike).cloned()
    }

    /// The lot that is inspected, with the texts.
    pub(crate) fn load_inspection(&self, context: &mut Context, needs: &Needs) {
        if let OpeningsOf::Material(material) = &needs.openings {
            let lots = self.series().lots;
            context.inspected = lots.into_iter().filter(|l| l.opened.lot == material.lot).collect();
        }
        if needs.openings == OpeningsOf::Traveler
            && let Some(started) = self.state().started
            && let StreamState::Series(own) =
                self.stream(&Subject::Series(SeriesId::own(started.part))).state
        {
            let here = |lot: &Lot| lot.opened.unit.as_ref() == Some(&self.traveler);
            context.inspected = own.lots.into_iter().filter(here).collect();
        }
        let Some(needs) = &needs.inspection else { return };
        for deviation in &needs.deviations {
            let stream = self.stream(&Subject::Deviation(deviation.clone()));
            if let StreamState::Deviation(state) = stream.state
                && !stream.heads.is_empty()
            {
                context.deviations.insert(deviation.clone(), state);
            }
        }
        if let Some(part) = &needs.specified
            && let StreamState::Specification(known) =
                self.stream(&Subject::Specification(part.clone())).state
        {
            self.judge(context, &known.revisions);
            context.specification = Some(known);
        }
        context.specifications.clone_from(&self.specifications);
        if let Some(material) = &needs.material {
            let stream = self.stream(&Subject::Material(material.clone()));
            if let StreamState::Material(state) = stream.state
                && !stream.heads.is_empty()
            {
                context.material = Some(state);
            }
        }
        if let Some(instruction) = &needs.instruction
            && let StreamState::Instruction(known) =
                self.stream(&Subject::Instruction(instruction.clone())).state
        {
            self.judge(context, &known.revisions);
            context.instruction_states.insert(instruction.clone(), known);
        }
        context.instructions.clone_from(&self.instructions);
    }
}
