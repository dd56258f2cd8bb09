//! Deviations in the shop: what a station knows of them, and what people say about them.

use std::collections::BTreeMap;

use gemba::domain::context::Context;
use gemba::domain::decide::{Command, Needs};
use gemba::domain::deviation::{DeviationCommand, DeviationKind, Disposition, Raise, Share};
use gemba::domain::deviation_actions::{ActionAsked, ToDo};
use gemba::domain::deviation_gate::Planned;
use gemba::domain::deviation_rules::{CheckAfter, DeviationCode, DeviationRulesChange, Severity};
use gemba::domain::deviation_state::DeviationState;
use gemba::domain::fact::Position;
use gemba::domain::floor::FloorCommand;
use gemba::domain::ids::DeviationId;
use gemba::domain::order::OrderOpened;
use gemba::domain::signature::Signer;
use gemba::domain::site_change::{SiteChange, SiteCommand};
use gemba::domain::stream::{StreamState, Subject, TravelerId};
use gemba::domain::traveler::command::TravelerCommand;

use super::shop::{SITE, Shop};
use super::shop_plan::{at, disposes, id};

pub(crate) const FIRST: &str = "NCR-ASM1-0001";

/// A unit of the shop's order.
pub(crate) fn unit_of(unit: &str) -> TravelerId {
    TravelerId { order: id("WO-1"), unit: id(unit) }
}

pub(crate) fn on(deviation: &str, command: DeviationCommand) -> Command {
    Command::Deviation(id::<DeviationId>(deviation), command)
}

/// Decides in shares; of a unit by its number, of all that is open without one.
pub(crate) fn shares_out(deviation: &str, shares: &[(&str, Option<u32>, Disposition)]) -> Command {
    let shares = shares.iter().map(|(unit, pieces, disposition)| Share {
        unit: (!unit.is_empty()).then(|| unit_of(unit)),
        pieces: *pieces,
        disposition: disposition.clone(),
    });
    let (reason, by) = ("seen".to_owned(), Signer::by_badge("S. Brandt"));
    on(deviation, DeviationCommand::Dispose { shares: shares.collect(), reason, by })
}

/// Raises at a step, with what else is said.
pub(crate) fn raises_with(step: &str, raise: Raise) -> TravelerCommand {
    TravelerCommand::RaiseDeviation { at: at(step), raise: Box::new(raise) }
}

/// Raises what was found on no unit.
pub(crate) fn raises_here(raise: Raise) -> Command {
    Command::Floor(id("ASM-1"), FloorCommand::RaiseDeviation(Box::new(raise)))
}

impl Shop {
    pub(crate) fn deviation(&self, number: &str) -> DeviationState {
        let state = self.stream(&Subject::Deviation(id(number))).state;
        let StreamState::Deviation(state) = state else { panic!("{state:?}") };
        state
    }

    /// Agrees with the last decision.
    pub(crate) fn approval_of(&self, number: &str) -> Command {
        let decided = self.deviation(number).dispositions.pop();
        let nothing = || Position::parse("ledger-ASM1.1.1").unwrap();
        let disposition = decided.map_or_else(nothing, |decided| decided.at);
        on(number, DeviationCommand::Approve { disposition, by: Signer::by_badge("J. Lind") })
    }

    /// Quality accepts it as it is, and engineering agrees.
    #[track_caller]
    pub(crate) fn used_as_is(&mut self, number: &str) -> &mut Self {
        self.accepted(number, Disposition::UseAsIs)
    }

    /// Quality decides, and engineering agrees.
    #[track_caller]
    pub(crate) fn accepted(&mut self, number: &str, disposition: Disposition) -> &mut Self {
        self.does("quell", disposes(number, disposition));
        let agrees = self.approval_of(number);
        self.does("lind", agrees)
    }

    /// The deviations of a unit, and of the lots that its pieces were of, that are to be closed by a
    /// step.
    pub(crate) fn gates_of(&self, unit: &TravelerId) -> BTreeMap<DeviationId, DeviationState> {
        let (mut kin, mut next) = (vec![unit.clone()], 0);
        while let Some(one) = kin.get(next).cloned() {
            next += 1;
            let state = self.stream(&Subject::Traveler(one)).state;
            let StreamState::Traveler(state) = state else { continue };
            let origins = state.lot.origins.iter().map(|origin| origin.what.from.clone());
            let new: Vec<_> = origins.filter(|from| !kin.contains(from)).collect();
            kin.extend(new);
        }
        let gated = self.here().streams().filter_map(|(subject, stream)| {
            let (Subject::Deviation(id), StreamState::Deviation(state)) = (subject, &stream.state)
            else {
                return None;
            };
            let of = state.travelers().into_iter().any(|unit| kin.contains(unit));
            (of && !state.gates.is_empty()).then(|| (id.clone(), state.clone()))
        });
        gated.collect()
    }

    /// What is known of the units that a deviation concerns.
    pub(crate) fn load_units(&self, context: &mut Context, needs: &Needs) {
        for unit in &needs.units {
            let stream = self.stream(&Subject::Traveler(unit.clone()));
            let StreamState::Traveler(state) = stream.state else { continue };
            let StreamState::Order(order) = self.stream(&Subject::Order(unit.order.clone())).state
            else {
                continue;
            };
            let opened = order.opened.as_ref();
            let named = opened.is_some_and(|o| o.units.ids().contains(&unit.unit));
            if stream.heads.is_empty() && !named {
                continue;
            }
            let pinned = state.started.iter().flat_map(|started| &started.operations);
            for hash in pinned.map(|op| op.hash).filter(|hash| !self.blobs_missing.contains(hash)) {
                if let Some(text) = self.instructions.get(&hash) {
                    context.instructions.insert(hash, text.clone());
                }
            }
            if let (Some(operation), Some(opened), None) = (needs.passes, opened, &state.started) {
                self.load_planned(context, (unit, opened, operation));
            }
            context.units.insert(unit.clone(), state);
        }
    }

    /// How a unit that is not begun would pass an operation.
    fn load_planned(
        &self,
        context: &mut Context,
        (unit, opened, operation): (&TravelerId, &OrderOpened, u32),
    ) {
        let route = opened.route.iter().find(|route| route.operation == operation);
        let stream = route.map(|r| self.stream(&Subject::Instruction(r.instruction.clone())));
        let known = stream.as_ref().map(|stream| {
            let StreamState::Instruction(known) = &stream.state else { panic!("{stream:?}") };
            &known.revisions
        });
        if let Some(revisions) = known {
            self.judge(context, revisions);
        }
        let wanted = context.wanted_for(unit);
        let planned = Planned::of(route, known, (&wanted, &context.effective));
        if let Planned::By(Some(hash)) = planned
            && let Some(text) = self.instructions.get(&hash)
            && !self.blobs_missing.contains(&hash)
        {
            context.instructions.insert(hash, text.clone());
        }
        context.planned.insert(unit.clone(), planned);
    }
}

/// Everything that happens to a deviation: of a process, with a unit that joins, reviewed, accepted.
pub(crate) fn deviated(shop: &mut Shop) {
    let number = "NCR-ASM1-0002";
    let process = Raise { kind: DeviationKind::Process, ..Raise::noted("oven chart out") };
    shop.does("novak", raises_here(process));
    let units = vec![unit_of("0002")];
    let (kind, note) = (Some(DeviationKind::Product), "the unit, too".to_owned());
    let review = DeviationCommand::Review { kind, code: None, close_by: None, note };
    shop.does("quell", on(number, review));
    shop.does("novak", on(number, DeviationCommand::AddUnits { units }));
    shop.used_as_is(number);
    followed(shop, number);
}

/// The site has a code, and looks after thirty days whether what was done helped.
pub(crate) fn looks_later(shop: &mut Shop) {
    let codes = vec![DeviationCode {
        code: "DIM".to_owned(),
        text: "out of size".to_owned(),
        severity: Severity::Major,
    }];
    let check_after = Some(vec![CheckAfter { severity: Severity::Major, days: 30 }]);
    let deviations = DeviationRulesChange { codes: Some(codes), check_after, ..Default::default() };
    let change = SiteChange { deviations, ..SiteChange::default() };
    shop.does("admin", Command::Site(id(SITE), SiteCommand::Change(Box::new(change))));
}

/// What follows from a deviation, until it is found that it did not help.
fn followed(shop: &mut Shop, number: &str) {
    looks_later(shop);
    let (code, note) = (Some("DIM".to_owned()), "looked at".to_owned());
    let review = DeviationCommand::Review { kind: None, code, close_by: None, note };
    shop.does("brandt", on(number, review));
    let to_do = Some(ToDo { by: Some(id("ito")), place: Some(id("ASM-1")) });
    let contain = DeviationCommand::Contain { action: "sort bin 4".to_owned(), to_do };
    shop.does("brandt", on(number, contain));
    let containment = shop.deviation(number).containments[0].at.clone();
    let confirm = DeviationCommand::Confirm { containment, note: "2 found".to_owned() };
    shop.does("ito", on(number, confirm));
    let cause = DeviationCommand::FindCause { code: None, text: "pawl worn".to_owned() };
    shop.does("lind", on(number, cause));
    let (action, due) = ("check pawls".to_owned(), "2026-12-14".parse().unwrap());
    let asked = ActionAsked { action, owner: id("brandt"), due };
    shop.does("quell", on(number, DeviationCommand::AskAction(asked)));
    let action = shop.deviation(number).actions[0].at.clone();
    let note = "on the card".to_owned();
    let done = DeviationCommand::NoteDone { action: action.clone(), note: note.clone() };
    shop.does("brandt", on(number, done));
    shop.does("quell", on(number, DeviationCommand::Verify { action, note }));
    shop.does("quell", on(number, DeviationCommand::Close { note: "done".to_owned() }));
    let (effective, note) = (false, "two more since".to_owned());
    shop.does("quell", on(number, DeviationCommand::Check { effective, note }));
    let (action, due) = ("check springs".to_owned(), "2026-12-14".parse().unwrap());
    let asked = ActionAsked { action, owner: id("brandt"), due };
    shop.does("quell", on(number, DeviationCommand::AskAction(asked)));
    let (asked, reason) =
        (shop.deviation(number).actions[1].at.clone(), "asked for twice".to_owned());
    shop.does("quell", on(number, DeviationCommand::Withdraw { asked, reason }));
    // What the site asks for from now on is no part of the day.
    let deviations = DeviationRulesChange {
        codes: Some(Vec::new()),
        check_after: Some(Vec::new()),
        ..Default::default()
    };
    let change = SiteChange { deviations, ..SiteChange::default() };
    shop.does("admin", Command::Site(id(SITE), SiteCommand::Change(Box::new(change))));
}
