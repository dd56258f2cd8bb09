//! Permits for tests.

use std::collections::BTreeSet;

use gemba::domain::context::Context;
use gemba::domain::decide::{Command, Needs};
use gemba::domain::fact::Fact;
use gemba::domain::ids::PermitId;
use gemba::domain::kinds::FactBody;
use gemba::domain::permit::second_look::{Went, objections};
use gemba::domain::permit::{
    PermitCommand, PermitFact, PermitState, PermitWanted, PermitsKnown, PermitsWanted,
};
use gemba::domain::signature::Signer;
use gemba::domain::stream::{StreamState, Subject, TravelerId};
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::fact::{HoldOutcome, TravelerFact};
use gemba::domain::traveler::permitted::Use;
use gemba::domain::traveler::state::TravelerState;

use super::shop::Shop;
use super::shop_plan::{id, number, reading, specification, torque};

/// The first permit.
pub(crate) const PERMIT: &str = "DP-ASM1-0001";

/// Torque up to 27.5 is to pass on three units, for a month.
pub(crate) fn wanted() -> PermitWanted {
    PermitWanted {
        only: None,
        characteristic: id("c-torque"),
        lower: None,
        upper: Some(number("27.5")),
        unit: None,
        orders: BTreeSet::new(),
        units: BTreeSet::new(),
        quantity: Some(3),
        from: None,
        through: "2026-12-24".parse().unwrap(),
        reason: "bolts of lot 88".to_owned(),
        reference: Some("CR-12".to_owned()),
    }
}

/// A permit is proposed.
pub(crate) fn proposes_permit(wanted: PermitWanted) -> Command {
    Command::ProposePermit(id("CP-40"), Box::new(wanted), Signer::by_badge("L. Lind"))
}

/// A permit is granted.
pub(crate) fn grants(permit: &str) -> Command {
    Command::Permit(id(permit), PermitCommand::Grant { by: Signer::by_badge("Q. Quell") })
}

/// A permit is withdrawn.
pub(crate) fn withdraws(permit: &str) -> Command {
    Command::Permit(id(permit), PermitCommand::Withdraw { reason: "bolts are sorted".to_owned() })
}

/// The torque step, with a permit that was granted and is known at both stations.
pub(crate) fn permitted_shop(wanted: PermitWanted) -> Shop {
    let mut shop = Shop::reaching("torque");
    shop.does("lind", proposes_permit(wanted)).does("quell", grants(PERMIT)).share();
    shop
}

/// A torque outside its limits, within what is permitted.
pub(crate) fn failing(mut shop: Shop) -> Shop {
    shop.does("novak", torque(1, "27.3"));
    shop
}

/// Everything that happens to a permit, once.
pub(crate) fn whole_permit() -> Shop {
    let mut shop = failing(permitted_shop(wanted()));
    let used = shop.uses(PERMIT, 1, "27.3");
    shop.does("novak", used).does("quell", withdraws(PERMIT));
    shop
}

impl Shop {
    /// The reading of a sample goes on by a permit, its value typed again.
    pub(crate) fn uses(&self, permit: &str, sample: u16, text: &str) -> TravelerCommand {
        let (reading_at, value) = (self.torque_at(sample), reading(text, "N·m"));
        let by = Signer::by_badge("A. Novak");
        let wanted = Use { reading: reading_at, value, permit: id(permit), by };
        TravelerCommand::UsePermit(Box::new(wanted))
    }

    /// A permit as known at the station at hand.
    pub(crate) fn permit(&self, permit: &str) -> PermitState {
        let state = self.stream(&Subject::Permit(id(permit))).state;
        let StreamState::Permit(state) = state else { panic!("{state:?}") };
        state
    }

    /// Loads permits as the ledger does.
    pub(crate) fn load_permits(&self, context: &mut Context, (command, needs): (&Command, &Needs)) {
        let station = self.here();
        let mut known = PermitsKnown::default();
        match &needs.permits {
            PermitsWanted::None => {}
            PermitsWanted::Proposal(only) => {
                let ours = station.all_facts().filter(|(fact, _)| {
                    fact.body.kind() == "PermitProposed"
                        && fact.head.position.ledger == context.next.ledger
                });
                let next = format!("DP-{}-{:04}", station.name, ours.count() + 1);
                known.next = self.enrolled.then(|| id(&next));
                let StreamState::Specification(state) = self.stream(&command.subject()).state
                else {
                    panic!("a specification's stream holds one");
                };
                let released = state
                    .revisions
                    .find(&id("F"))
                    .is_some_and(|r| r.withdrawn.is_none() && !r.approvals.is_empty());
                let fits = only.as_ref().is_none_or(|only| *only == id("F"));
                known.specification = (released && fits && self.judged).then(specification);
            }
            PermitsWanted::OfUnit(named) => {
                let part = self.state().started.map(|started| started.part);
                for (subject, stream) in station.streams() {
                    let (Subject::Permit(permit), StreamState::Permit(state)) =
                        (subject, &stream.state)
                    else {
                        continue;
                    };
                    let of_part = state.permit().map(|permit| &permit.part) == part.as_ref();
                    if of_part || named == &Some(permit.clone()) {
                        known.permits.insert(permit.clone(), state.clone());
                    }
                }
            }
        }
        context.permits = known;
    }
}

/// What the server would say against a reading that went on by a permit, by what its writer knew.
pub(crate) fn against_permit(
    shop: &Shop,
    (unit, fact): (&TravelerId, &Fact),
    state: &TravelerState,
) -> Vec<String> {
    let FactBody::Traveler(TravelerFact::HoldReleased {
        outcome: HoldOutcome::Permitted(permitted),
        ..
    }) = &fact.body
    else {
        return Vec::new();
    };
    let subject = Subject::Permit(permitted.permit.clone());
    let mut pasts = gemba::domain::as_of::Pasts::new(subject.clone());
    for (known, id) in shop.here().facts_of(&subject) {
        pasts.arrive(known.clone(), *id);
    }
    let found = shop.here().facts_of(&subject).iter();
    let found = found.map(|(known, _)| known).find(|k| k.head.position == permitted.used);
    let Some(found) = found.cloned() else { return vec!["no use is known".to_owned()] };
    let FactBody::Permit(PermitFact::PermitUsed(used)) = &found.body else {
        return vec!["that is no use".to_owned()];
    };
    let as_of = pasts.as_of(&found).unwrap();
    let StreamState::Permit(permit) = &as_of.past.state else { panic!("no permit") };
    let zone = gemba::domain::context::time_zone("Europe/Berlin").unwrap();
    let happened = fact.head.moment.effective().to_zoned(zone).date();
    let texts = &shop.instructions;
    objections(Went { unit, permitted, used, permit, state, texts, happened })
}

/// The first of the permits that are known at the station at hand.
pub(crate) fn some_permit(shop: &Shop, nth: u64) -> PermitId {
    let known: Vec<&PermitId> = shop
        .here()
        .streams()
        .filter_map(|(subject, _)| if let Subject::Permit(id) = subject { Some(id) } else { None })
        .collect();
    let at = usize::try_from(nth).unwrap();
    known.get(at % known.len().max(1)).map_or_else(|| id(PERMIT), |permit| (*permit).clone())
}
