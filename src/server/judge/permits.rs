//! What the judge checks of permits: who proposed, granted and used them, and whether what was let go
//! on by one was within it, as its writer knew it (R4).
//!
//! That a permit was used is taken as it is: what was counted at one station is counted everywhere.
//! What is wrong about a use is told of the reading that went on by it, and holds the unit.

use jiff::Timestamp;

use crate::domain::context::site_zone;
use crate::domain::fact::{Fact, Position};
use crate::domain::ids::PermitId;
use crate::domain::kinds::FactBody;
use crate::domain::people::Action;
use crate::domain::permit::fit::widens;
use crate::domain::permit::second_look::{Went, objections};
use crate::domain::permit::{Permit, PermitFact, PermitState, PermitUse, ROLES, Withdrawn};
use crate::domain::refusal::permit::PermitReason;
use crate::domain::revision::RevisionStanding;
use crate::domain::signature::{Covers, Meaning, Signature};
use crate::domain::specification::{CharacteristicKind, Class, Specification};
use crate::domain::stream::{StreamState, Subject, TravelerId};
use crate::domain::traveler::fact::{HoldOutcome, TravelerFact};
use crate::domain::traveler::permitted::Permitted;
use crate::ledger::error::LedgerError;
use crate::ledger::store::Ledger;
use crate::server::store::Store;
use crate::server::store::error::StoreError;

use super::known::Known;
use super::pasts::Streams;
use super::rules::Case;

/// The most other uses that a reason names.
const NAMED_MAX: usize = 3;

/// A permit as whoever used it knew it, and when the server received that.
#[derive(Debug)]
pub(super) struct Then {
    pub(super) state: PermitState,
    pub(super) received: Option<Timestamp>,
}

/// What a fact says went on by a permit.
fn permitted(body: &FactBody) -> Option<&Permitted> {
    let FactBody::Traveler(TravelerFact::HoldReleased { outcome, .. }) = body else { return None };
    if let HoldOutcome::Permitted(permitted) = outcome { Some(permitted) } else { None }
}

/// The permit by which a fact lets a reading go on, as its writer knew it.
pub(super) fn then(
    fact: &Fact,
    received: Option<Timestamp>,
    (ledger, streams): (&Ledger, &mut Streams),
) -> Result<Option<Then>, LedgerError> {
    let Some(permitted) = permitted(&fact.body) else { return Ok(None) };
    let pasts = streams.load(ledger, &Subject::Permit(permitted.permit.clone()))?;
    let used = pasts.facts().find(|found| found.head.position == permitted.used).cloned();
    let Some(used) = used else { return Ok(None) };
    let Ok(as_of) = pasts.as_of(&used) else { return Ok(None) };
    let StreamState::Permit(state) = &as_of.past.state else { return Ok(None) };
    Ok(Some(Then { state: state.clone(), received }))
}

/// What does not fit about a proposed permit by the specification that it names, and the text that is
/// not here to be looked at.
pub(super) fn specified(
    fact: &Fact,
    known: &Known,
    store: &Store,
) -> Result<(Vec<String>, Option<String>), StoreError> {
    let FactBody::Permit(PermitFact::PermitProposed { permit, .. }) = &fact.body else {
        return Ok((Vec::new(), None));
    };
    let Permit { part, revision, name, .. } = &**permit;
    let released = known.specification(part).and_then(|revisions| revisions.find(revision));
    let released = released
        .filter(|found| matches!(found.standing, RevisionStanding::Released(_)))
        .map(|found| found.submitted.hash);
    let Some(hash) = released else {
        return Ok((vec![format!("specification {part} rev {revision} is not released")], None));
    };
    let bytes = store.blob(&hash)?;
    let text = bytes.and_then(|bytes| serde_json::from_slice::<Specification>(&bytes).ok());
    let Some(text) = text else {
        return Ok((Vec::new(), Some(format!("{part} {}", hash.short()))));
    };
    let Some(found) = text.characteristic(&permit.characteristic) else {
        let characteristic = &permit.characteristic;
        let why = format!("{part} rev {revision} has no characteristic {characteristic}");
        return Ok((vec![why], None));
    };
    let mut reasons = Vec::new();
    if found.kind != CharacteristicKind::Measured(permit.specified.clone()) {
        reasons.push(format!("{part} rev {revision} has other limits for {name}"));
    } else if !widens(&permit.specified, &permit.widened) {
        reasons.push(format!("the limits of {name} in {part} rev {revision} would not be wider"));
    }
    if found.class != permit.class {
        reasons.push(format!("{name} is {} by {part} rev {revision}", found.class.word()));
    }
    Ok((reasons, None))
}

/// The units that went on by a permit after it was withdrawn, each with the record that says so: their
/// stations had not heard of it.
pub(super) fn used_since(fact: &Fact, known: &Known) -> Vec<(TravelerId, Position, String)> {
    let (FactBody::Permit(PermitFact::PermitWithdrawn { .. }), Subject::Permit(id)) =
        (&fact.body, &fact.subject)
    else {
        return Vec::new();
    };
    let state = known.permit(id);
    let withdrawn = state.and_then(|state| state.withdrawn.as_ref());
    let Some((state, withdrawn)) = state.zip(withdrawn) else { return Vec::new() };
    let since = withdrawn.moment.effective();
    let after = state.uses.iter().filter(|found| found.moment.effective() >= since);
    let told = after.map(|found| {
        // The release is written right after the use, in one act.
        let words = withdrawn_words(id, withdrawn, known);
        (found.used.traveler.clone(), found.at.plus(1), words)
    });
    told.collect()
}

fn withdrawn_words(id: &PermitId, withdrawn: &Withdrawn, known: &Known) -> String {
    let zone = site_zone(known.policy());
    let when = withdrawn.moment.effective().to_zoned(zone).strftime("%Y-%m-%d %H:%M").to_string();
    let reason = &withdrawn.reason;
    format!("{id} had been withdrawn {when}, of which the station had not heard: {reason}")
}

impl Case<'_> {
    pub(super) fn permit(&mut self, body: &PermitFact) {
        match body {
            PermitFact::PermitProposed { permit, signature } => {
                self.require(&[Action::Permit]);
                self.approves(signature);
                if permit.class == Class::Critical {
                    self.reject(format!("{} is critical: no permit is given for it", permit.name));
                }
            }
            PermitFact::PermitGranted { signature } => {
                self.require(&[Action::Permit]);
                self.approves(signature);
                self.grants(signature);
            }
            PermitFact::PermitWithdrawn { .. } => self.require(&[Action::Permit]),
            // It counts whoever wrote it; what is wrong with it is told of the reading.
            PermitFact::PermitUsed(_) => {}
        }
    }

    fn approves(&mut self, signature: &Signature) {
        self.signature(signature);
        if signature.meaning != Meaning::Approved || !ROLES.contains(&signature.role) {
            self.reject("the signature does not approve as engineering or quality");
        }
    }

    /// The other role, another person, and over what was proposed.
    fn grants(&mut self, signature: &Signature) {
        let Subject::Permit(id) = &self.fact.subject else { return };
        let known = self.known.permit(id);
        let Some(proposed) = known.and_then(|state| state.proposed.as_ref()) else {
            return self.reject("the server does not know what was proposed");
        };
        if proposed.signature.signer == signature.signer {
            self.reject(format!("{} proposed it", signature.signer));
        }
        if proposed.signature.role == signature.role {
            let role = signature.role.word();
            self.reject(format!("proposed and granted in one role, {role}"));
        }
        if signature.covers != Covers::over([(&proposed.at, &proposed.id)]) {
            self.reject("the signature does not cover what was proposed");
        }
    }

    /// What goes on by a permit is what was counted there, within it by all that its writer knew, and
    /// among as many as it allows.
    pub(super) fn by_permit(&mut self) {
        let Some(permitted) = permitted(&self.fact.body) else { return };
        let Subject::Traveler(unit) = &self.fact.subject else { return };
        let id = &permitted.permit;
        let Some(known) = self.known.permit(id) else {
            return self.reject(format!("the server does not know {id}"));
        };
        if known.granted.is_none() {
            self.reject(format!("{id} is not granted at the server"));
        }
        let Some(used) = known.uses.iter().find(|found| found.at == permitted.used) else {
            return self.reject(format!("nothing accepted says that {id} was used for it"));
        };
        self.require(&[Action::Perform]);
        self.signature(&used.used.signature);
        self.fits_permit(unit, (permitted, used), known);
        self.over_used(id, (used, known));
    }

    /// The rules of the bench, asked once more with what the bench knew.
    fn fits_permit(
        &mut self,
        unit: &TravelerId,
        (permitted, used): (&Permitted, &PermitUse),
        known: &PermitState,
    ) {
        let id = &permitted.permit;
        let (Some(then), Some(state)) = (self.permit_then, self.then()) else {
            return self.reject(format!("what the station knew of {id} is not at the server"));
        };
        let zone = site_zone(self.known.policy());
        let day = |at: Timestamp| at.to_zoned(zone.clone()).date();
        let when = self.fact.head.moment.effective();
        let (used, permit, texts, happened) = (&used.used, &then.state, self.texts, day(when));
        for why in objections(Went { unit, permitted, used, permit, state, texts, happened }) {
            self.reject(why);
        }
        let from = known.permit().map(|permit| permit.from);
        if let (Some(from), Some(received)) = (from, then.received)
            && from > day(received)
            && from <= permitted.on
        {
            let why = PermitReason::NotYet { permit: id.clone(), from }.what();
            self.reject(why.to_string());
        }
        if let Some(withdrawn) = known.withdrawn.as_ref().filter(|_| then.state.withdrawn.is_none())
            && when >= withdrawn.moment.effective()
        {
            self.reject(withdrawn_words(id, withdrawn, self.known));
        }
    }

    /// Stations that did not see each other may have used more than there were.
    fn over_used(&mut self, id: &PermitId, (used, known): (&PermitUse, &PermitState)) {
        let quantity = known.permit().and_then(|permit| permit.quantity);
        let Some((after, quantity)) = known.over(&used.at).zip(quantity) else { return };
        let seen = |at: &Position| {
            self.permit_then.is_some_and(|then| then.state.uses.iter().any(|u| u.at == *at))
        };
        let zone = site_zone(self.known.policy());
        let before = known.uses.iter().take_while(|other| other.at != used.at);
        let unseen: Vec<String> = before
            .filter(|other| !seen(&other.at))
            .map(|other| {
                let when = other.moment.effective().to_zoned(zone.clone());
                let place = other.place.as_ref().map_or("no place", |place| place.as_str());
                let when = when.strftime("%m-%d %H:%M");
                format!("{} at {place} {when}", other.used.traveler)
            })
            .collect();
        let named = unseen.iter().take(NAMED_MAX).cloned().collect::<Vec<_>>().join(", ");
        let more = unseen.len().saturating_sub(NAMED_MAX);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let others =
            if named.is_empty() { String::new() } else { format!(", unseen: {named}{more}") };
        self.reject(format!("{id} is for {quantity}, and this is number {after}{others}"));
    }
}
