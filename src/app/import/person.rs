//! People out of a file: roles and qualifications. PINs are never in a file; name and badge wait
//! here until the person gets a PIN.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::app::fault::Fault;
use crate::domain::decide::Command;
use crate::domain::ids::{PersonId, QualificationId};
use crate::domain::nearest::suggest;
use crate::domain::people::{PersonCommand, PersonState, Role};
use crate::domain::stream::{StreamState, Subject};
use crate::ledger::cards::Wanted;

use super::cells::{Cells, date, several};
use super::plan::{Around, Planned};
use super::table::Column;

/// The columns of a file of people.
pub const COLUMNS: [Column; 6] = [
    Column::required("person", &["id", "person-id"]),
    Column::new("name", &[]),
    Column::new("badge", &[]),
    Column::required("roles", &["role"]),
    Column::new("qualifications", &["qualification"]),
    Column::new("verified-by", &["identity-verified-by"]),
];

/// Reads one row.
pub fn read(cells: &mut Cells<'_>, around: Around<'_>) -> Result<Option<Planned>, Fault> {
    let Some(id) = cells.needed_id("person") else { return Ok(None) };
    let id: PersonId = id;
    let folded = around.station.ledger.stream(&Subject::Person(id.clone()))?;
    let StreamState::Person(known) = folded.stream.state else { return Ok(None) };
    let mut planned = Planned::about(&id, !known.roles.is_empty());
    if known.revoked.is_some() {
        let what = format!("{id} was revoked.");
        let next = "take the line out, or admit the person again by gemba person add";
        cells.not_by_import("person", what, next);
        return Ok(Some(planned));
    }
    admission(cells, (&id, &known), around.verified_by, &mut planned);
    qualifications(cells, (&id, &known), &mut planned);
    card(cells, &id, around, &mut planned)?;
    Ok(Some(planned))
}

fn admission(
    cells: &mut Cells<'_>,
    (id, known): (&PersonId, &PersonState),
    verified_by: Option<&str>,
    planned: &mut Planned,
) {
    let Some(text) = cells.needed("roles") else { return };
    let mut roles = BTreeSet::new();
    for word in several(text).flat_map(str::split_whitespace) {
        if let Some(role) = Role::parse(&word.to_lowercase()) {
            roles.insert(role);
        } else {
            let next = suggest(word, Role::WORDS.map(|(word, _)| word));
            cells.unread("roles", format!("{word:?} is no role."), &next);
        }
    }
    if roles.is_empty() || roles == known.roles {
        return;
    }
    let Some(verified) = cells.text("verified-by").or(verified_by) else {
        let next = "say how the identity was verified, or give --verified-by for all";
        return cells.empty("verified-by", next);
    };
    let words =
        |roles: &BTreeSet<Role>| roles.iter().map(|role| role.word()).collect::<Vec<_>>().join(" ");
    let what = if known.roles.is_empty() {
        words(&roles)
    } else {
        format!("roles {} → {}", words(&known.roles), words(&roles))
    };
    let admit = PersonCommand::Admit { roles, identity_verified_by: verified.to_owned() };
    planned.ask(what, Command::Person(id.clone(), admit));
}

/// What a person is qualified for. What the file does not name stays as it is.
fn qualifications(
    cells: &mut Cells<'_>,
    (id, known): (&PersonId, &PersonState),
    planned: &mut Planned,
) {
    for part in cells.text("qualifications").into_iter().flat_map(several) {
        let (qualification, until) = match qualification(part) {
            Ok(found) => found,
            Err(why) => {
                let next = "write it such as torque-1 until 2027-06-30; torque-2";
                cells.unread("qualifications", format!("{part:?}: {why}."), next);
                continue;
            }
        };
        if known.qualifications.get(&qualification) == Some(&until) {
            continue;
        }
        let end = until.map_or_else(String::new, |until| format!(" until {until}"));
        let what = format!("{qualification}{end}");
        let qualify = PersonCommand::Qualify { qualification, until };
        planned.ask(what, Command::Person(id.clone(), qualify));
    }
}

fn qualification(text: &str) -> Result<(QualificationId, Option<Date>), String> {
    let parted = text.split_once(" until ").or_else(|| text.split_once(':'));
    let (name, until) = parted.or_else(|| text.split_once(' ')).unwrap_or((text, ""));
    let name = QualificationId::parse(name).map_err(|error| error.to_string())?;
    let until = Some(until.trim()).filter(|until| !until.is_empty()).map(date).transpose()?;
    Ok((name, until))
}

/// A card has a PIN, which is given in person; until then its name and badge wait here.
fn card(
    cells: &mut Cells<'_>,
    id: &PersonId,
    around: Around<'_>,
    planned: &mut Planned,
) -> Result<(), Fault> {
    let ledger = &around.station.ledger;
    let name = cells.name("name", "the name on the card");
    let badge = cells.name("badge", "the badge");
    if let Some(badge) = badge
        && let Some(holder) = ledger.badge_holder(badge)?.filter(|holder| holder != id)
    {
        let what = format!("The badge {badge} is that of {holder}.");
        cells.not_by_import("badge", what, "give each person a badge of their own");
    }
    if let Some(card) = ledger.card_of(id)? {
        if name.is_some_and(|name| name != card.name) {
            let what = format!("The card of {id} has another name.");
            cells.not_by_import("name", what, "change it by gemba person pin --name");
        }
        if badge.is_some_and(|badge| badge != card.badge) {
            let what = format!("{id} has another badge.");
            cells.not_by_import("badge", what, "replace it by gemba person badge --new");
        }
        return Ok(());
    }
    let (Some(name), Some(badge)) = (name, badge) else { return Ok(()) };
    let wanted = Wanted { name: name.to_owned(), badge: badge.to_owned() };
    if ledger.wanted_card(id)?.as_ref() != Some(&wanted) {
        planned.change(format!("{name}, badge {badge}"));
        planned.act.cards.push((id.clone(), wanted));
    }
    planned.remarks.push(format!("has no PIN yet: gemba person pin {id}"));
    Ok(())
}
