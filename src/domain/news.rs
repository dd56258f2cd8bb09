//! News: a newer definition is in effect than the one that a unit is made by (R1).

use std::collections::BTreeSet;

use super::context::Context;
use super::hash::Hash;
use super::ids::RevisionId;
use super::stream::TravelerId;
use super::traveler::state::TravelerState;

/// One definition of a unit of which a newer revision is in effect for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// The operation; none where it is the specification.
    pub operation: Option<u32>,
    /// The definition, such as `WI-1040`.
    pub what: String,
    /// The revision it is made by, with its compiled blob.
    pub from: (RevisionId, Hash),
    /// The newest revision in effect for it, with its compiled blob.
    pub to: (RevisionId, Hash),
    /// Whether it was decided that the unit is finished without it.
    pub kept: bool,
}

/// The news for a unit: of its operations that are not closed, and of its specification; of closed
/// operations too where the specification is newer, because the whole unit is measured by one.
///
/// Looks at the definitions that the context has; what is not loaded has no news.
pub fn news(id: &TravelerId, state: &TravelerState, context: &Context) -> Vec<News> {
    let Some(started) = &state.started else { return Vec::new() };
    let open = |n: u32| {
        let operation = state.operation(n);
        operation.is_some_and(|op| !state.operation_closed(op, &context.instructions))
    };
    let wanted = context.wanted_for(id);
    let mut found = Vec::new();
    let any_open = started.operations.iter().any(|op| open(op.operation));
    let measured = started.specification.as_ref().zip(context.specification.as_ref());
    let measured = measured.filter(|_| any_open).and_then(|(pinned, known)| {
        let from = (&pinned.revision, pinned.hash);
        let newer = known.revisions.newer_than(from, &wanted, &context.effective)?;
        Some((pinned, newer))
    });
    let concerned = |op: u32| open(op) || measured.is_some();
    for pinned in started.operations.iter().filter(|op| concerned(op.operation)) {
        let known = context.instruction_states.get(&pinned.instruction);
        let from = (&pinned.revision, pinned.hash);
        let newer = known.and_then(|k| k.revisions.newer_than(from, &wanted, &context.effective));
        if let Some(newer) = newer {
            let to = (newer.submitted.revision.clone(), newer.submitted.hash);
            found.push(News {
                operation: Some(pinned.operation),
                what: pinned.instruction.to_string(),
                from: (pinned.revision.clone(), pinned.hash),
                kept: state.kept.contains(&(Some(pinned.operation), to.1)),
                to,
            });
        }
    }
    if let Some((pinned, newer)) = measured {
        let to = (newer.submitted.revision.clone(), newer.submitted.hash);
        found.push(News {
            operation: None,
            what: format!("specification {}", started.part),
            from: (pinned.revision.clone(), pinned.hash),
            kept: state.kept.contains(&(None, to.1)),
            to,
        });
    }
    found
}

/// What identifies a set of news: a choice is about what was shown and nothing else.
pub fn shown(news: &[News]) -> BTreeSet<Hash> {
    news.iter().map(|item| item.to.1).collect()
}
