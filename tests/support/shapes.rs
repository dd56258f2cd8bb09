//! What the shape of a fact is called: its kind, and what it says besides.

use gemba::domain::fact::Fact;
use gemba::domain::inspection::fact::InspectionFact;
use gemba::domain::kinds::FactBody;
use gemba::domain::material::MaterialFact;
use gemba::domain::order::OrderFact;
use gemba::domain::place::{PolicySet, SiteFact};
use gemba::domain::station::StationFact;
use gemba::domain::stream::Subject;
use gemba::domain::traveler::fact::{HoldOutcome, HoldReason, TravelerFact};

/// A kind has one shape; only what is signed differs by stream.
pub(crate) fn shape_of(fact: &Fact) -> String {
    let kind = fact.body.kind();
    let stream = match (&fact.subject, kind) {
        (Subject::Instruction(_), "Signed") => "-instruction",
        (Subject::Specification(_), "Signed") => "-specification",
        _ => special(&fact.body),
    };
    format!("{kind}{stream}")
}

/// What is said besides, where it is: done on a set, sampled, or instead of an entry before.
#[expect(clippy::too_many_lines, reason = "one table, a line a shape")]
fn special(body: &FactBody) -> &'static str {
    if let FactBody::Site(SiteFact::PolicySet(PolicySet { change: Some(_), .. })) = body {
        return "-change";
    }
    if let FactBody::Order(OrderFact::OrderClosed { left, .. }) = body
        && !left.is_none()
    {
        return "-left";
    }
    if let FactBody::Material(
        MaterialFact::MaterialBlocked { inspection: Some(by), .. }
        | MaterialFact::MaterialReleased { inspection: Some(by), .. },
    ) = body
    {
        return if by.opened == by.at { "-inspection" } else { "-decided" };
    }
    if let FactBody::Material(MaterialFact::MaterialBlocked { doubted: Some(_), .. }) = body {
        return "-doubted";
    }
    if let FactBody::Material(MaterialFact::MaterialReleased { ends, .. }) = body
        && !ends.is_empty()
    {
        return "-ends";
    }
    if let FactBody::Inspection(fact) = body {
        return match fact {
            InspectionFact::LotDisposed(disposed) if !disposed.needs.is_empty() => "-needs",
            InspectionFact::LotOpened(opened) if opened.first_article.is_some() => "-first-article",
            InspectionFact::LotOpened(opened) if opened.unit.is_some() => "-own",
            InspectionFact::LotDecided(decided) if decided.deviation.is_some() => "-rejected",
            InspectionFact::LotDecided(decided) if decided.open.is_some() => "-open",
            InspectionFact::PieceInspected(what)
                if what.corrects.as_ref().is_some_and(|corrects| !corrects.also.is_empty()) =>
            {
                "-corrects"
            }
            InspectionFact::PieceInspected(what) if what.cells.is_some() => "-value",
            InspectionFact::LotOpened(_)
            | InspectionFact::PieceInspected(_)
            | InspectionFact::PieceConfirmed(_)
            | InspectionFact::PieceNoted(_)
            | InspectionFact::LotDecided(_)
            | InspectionFact::LotDisposed(_)
            | InspectionFact::SeverityChosen(_) => "",
        };
    }
    if let FactBody::Station(
        StationFact::SignInRefused { terminal: Some(_) }
        | StationFact::StationLocked { terminal: Some(_), .. }
        | StationFact::StationUnlocked { terminal: Some(_) },
    ) = body
    {
        return "-line";
    }
    let FactBody::Traveler(fact) = body else { return "" };
    if let TravelerFact::StepCompleted { read_in: Some(_), .. } = fact {
        return "-translated";
    }
    if let TravelerFact::WaitStarted { set, .. }
    | TravelerFact::StepCompleted { set, .. }
    | TravelerFact::Signed { set, .. } = fact
        && !set.is_empty()
    {
        return "-set";
    }
    if let TravelerFact::StepStarted(started) = fact
        && !started.samples.is_empty()
    {
        return "-sampled";
    }
    if let Some(of_suspect) = suspect(fact) {
        return of_suspect;
    }
    if fact.corrects().is_some() { "-corrected" } else { "" }
}

/// What is said of suspect units, and of pieces that were split off.
fn suspect(fact: &TravelerFact) -> Option<&'static str> {
    if let TravelerFact::HoldPlaced(placed) = fact {
        let suspect = matches!(placed.reason, HoldReason::Suspect(_)).then_some("-suspect");
        let inspected = matches!(placed.reason, HoldReason::Inspection { .. });
        return suspect.or(inspected.then_some("-inspection"));
    }
    if let TravelerFact::HoldReleased { outcome, .. } = fact {
        let cleared = matches!(outcome, HoldOutcome::Cleared { .. }).then_some("-cleared");
        let sorted = matches!(outcome, HoldOutcome::Sorted).then_some("-sorted");
        let inspected = matches!(outcome, HoldOutcome::Inspected).then_some("-inspected");
        return cleared.or(sorted).or(inspected);
    }
    if let TravelerFact::ReadingTaken(taken) = fact {
        return taken.sorting.is_some().then_some("-sorting");
    }
    if let TravelerFact::UpstreamAccepted { closed, .. } = fact {
        return (!closed.is_empty()).then_some("-records");
    }
    let TravelerFact::SplitOff(origin) = fact else { return None };
    let accepted = (!origin.accepted.is_empty()).then_some("-accepted");
    accepted.or((!origin.settled.is_empty()).then_some("-settled"))
}
