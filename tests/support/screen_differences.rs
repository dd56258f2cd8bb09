//! What changed for a unit, as the store behind the screens would tell it.

use gemba::domain::difference::{diff_instructions, with_recorded};
use gemba::domain::effectivity::Use;
use gemba::domain::ids::PersonId;
use gemba::domain::news::{News, news};
use gemba::domain::people::RevisionRead;
use gemba::domain::revision::RevisionStanding;
use gemba::domain::stream::{StreamState, Subject, TravelerId};
use gemba::domain::traveler::command::TravelerCommand;
use gemba::domain::traveler::definitions::done_again;
use gemba::views::definition::{DefinitionKind, DefinitionUserRow, DefinitionView, Seen, rows};
use gemba::views::difference::{Difference, Differences, Unread};

use super::screen_answers::BADGES;
use super::screen_floor::redlines;
use super::shop::Shop;
use super::shop_plan::specification;

fn aimed(unit: &TravelerId, shop: &Shop) -> Shop {
    let mut shop = shop.clone();
    shop.traveler = unit.clone();
    shop
}

/// A definition with its revisions, and the units of the shop that are made by it.
pub(crate) fn definition(subject: &Subject, shop: &Shop) -> Option<DefinitionView> {
    let state = shop.stream(subject).state;
    let (revisions, specified) = if let StreamState::Instruction(state) = state {
        (state.revisions, None)
    } else if let StreamState::Specification(state) = state {
        (state.revisions, Some(specification()))
    } else {
        return None;
    };
    let newest = revisions.list.last()?.submitted.clone();
    let judged = revisions.list.iter().filter_map(|revision| match &revision.standing {
        RevisionStanding::Released(at) => Some(at.clone()),
        RevisionStanding::Submitted => None,
    });
    let (judged, missing) = (judged.collect(), shop.blobs_missing.clone());
    let wanted = Use { today: "2026-11-23".parse().unwrap(), traveler: None };
    let seen = Seen { wanted: &wanted, judged: &judged, missing: &missing };
    let name = |person: &PersonId| {
        let known = BADGES.iter().find(|(_, who, ..)| *who == person.as_str());
        known.map_or_else(|| person.to_string(), |(_, _, name, _)| (*name).to_owned())
    };
    let user = DefinitionUserRow {
        kind: "traveler".to_owned(),
        id: shop.traveler.to_string(),
        revision: None,
        uses: revisions.list[0].submitted.revision.clone(),
        outdated: revisions.list.len() > 1,
        standing: "20 Torque the bolts".to_owned(),
    };
    let kind = match specified {
        Some(_) => DefinitionKind::Specification,
        None => DefinitionKind::Instruction,
    };
    let mut rows = rows(&revisions, seen, &name);
    for row in &mut rows {
        row.specification.clone_from(&specified);
    }
    Some(DefinitionView {
        kind,
        id: subject.to_string().split_once('/').unwrap().1.to_owned(),
        title: newest.title,
        revisions: rows,
        users: vec![user],
        redlines: redlines(shop)
            .into_iter()
            .filter(|row| *subject == Subject::Instruction(row.instruction.clone()))
            .collect(),
    })
}

/// The news for a unit.
pub(crate) fn news_of(unit: &TravelerId, shop: &Shop) -> Vec<News> {
    let shop = aimed(unit, shop);
    let command = TravelerCommand::HoldForDefinition { reason: String::new() };
    let command = gemba::domain::decide::Command::Traveler(unit.clone(), command);
    news(unit, &shop.state(), &shop.context("", &command))
}

/// What changed for a unit, and what a person has not read.
pub(crate) fn differences(
    unit: &TravelerId,
    person: Option<&PersonId>,
    shop: &Shop,
) -> Differences {
    let shop = aimed(unit, shop);
    let state = shop.state();
    let known = &shop.instructions;
    let found = news_of(unit, &shop).into_iter().map(|news| {
        let (old, new) = (known.get(&news.from.1), known.get(&news.to.1));
        let (Some(old), Some(new), Some(operation)) = (old, new, news.operation) else {
            return Difference { news, changes: None, again: Vec::new() };
        };
        let changes = with_recorded(diff_instructions(old, new), new, (&state, operation));
        let again = done_again(operation, (old, new), &state);
        Difference { news, changes: Some(changes), again }
    });
    let found = found.collect();
    Differences { id: unit.clone(), unread: unread(&shop, person), news: found }
}

fn unread(shop: &Shop, person: Option<&PersonId>) -> Option<Unread> {
    let state = shop.state();
    let current = state.current(&shop.instructions)?;
    let StreamState::Person(who) = shop.stream(&Subject::Person(person?.clone())).state else {
        return None;
    };
    let operation = current.operation;
    let subject = Subject::Instruction(operation.instruction.clone());
    let StreamState::Instruction(known) = shop.stream(&subject).state else { return None };
    let before = known.revisions.before(&operation.revision, operation.hash)?;
    let old = shop.instructions.get(&before.submitted.hash)?;
    (!who.read.contains(&operation.hash)).then(|| Unread {
        read: RevisionRead {
            instruction: operation.instruction.clone(),
            revision: operation.revision.clone(),
            hash: operation.hash,
        },
        before: before.submitted.revision.clone(),
        changes: Some(diff_instructions(old, current.instruction)),
    })
}
