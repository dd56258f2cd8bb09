//! What the judge says of pieces that were counted or split off, and did not come to the operation.

use crate::domain::fact::Position;
use crate::domain::traveler::fact::TravelerFact;
use crate::server::store::Store;

use super::JudgeError;
use super::told::{Told, Work};

/// More pieces than came to an operation were counted or split off, told of what takes them: two stations
/// that did not see each other may have counted the same pieces, and of a lot that went on by a ticket or
/// on evidence, what came is known after what was counted of it.
pub(super) fn counted(
    work: &Work<'_>,
    (store, told): (&Store, &mut Told),
) -> Result<Vec<(Position, String)>, JudgeError> {
    let Some(takes_at) = takes_at(work) else { return Ok(Vec::new()) };
    let Some((operation, more)) = work.now.counted_twice(work.texts) else {
        return Ok(Vec::new());
    };
    let words =
        format!("{more} more pieces than came to operation {operation} were counted or split off");
    let here = &work.fact.head.position;
    let about = match takes_at {
        Takes::Split => Some(here),
        Takes::Count(at) if at == operation => Some(here),
        // Whoever puts a count right may do so in more than one step.
        Takes::Recount(at) if at == operation => None,
        Takes::Count(_) | Takes::Recount(_) => {
            let counts = &work.now.lot.reports;
            counts.iter().rfind(|count| count.what.operation == operation).map(|count| &count.at)
        }
    };
    let Some(about) = about else { return Ok(Vec::new()) };
    let own = about == here;
    // A count that is not judged yet is told of when it is.
    if !own && !store.is_judged(about)? {
        return Ok(Vec::new());
    }
    let first = told.of_record(about, &words);
    Ok(if own || first { vec![(about.clone(), words)] } else { Vec::new() })
}

/// How a record says what became of pieces, and at which operation.
enum Takes {
    Split,
    Count(u32),
    Recount(u32),
}

fn takes_at(work: &Work<'_>) -> Option<Takes> {
    if let TravelerFact::LotSplit(_) = work.body {
        return Some(Takes::Split);
    }
    if let TravelerFact::QuantityReported(report) = work.body {
        return Some(Takes::Count(report.operation));
    }
    let TravelerFact::QuantityCorrected(corrected) = work.body else { return None };
    let count = work.now.lot.reports.iter().find(|count| count.at == corrected.report)?;
    Some(Takes::Recount(count.what.operation))
}
