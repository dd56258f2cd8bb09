//! Bought-in material, and what a unit is made of.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::domain::ids::{LotId, PartId, PersonId, StepId};
use crate::domain::instruction::InstallBy;
use crate::domain::material::MaterialReceived;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::built::{AsBuilt, Built, Planned};
use crate::domain::traveler::component::ComponentSource;
use crate::domain::traveler::standing::{Instructions, StepStanding};
use crate::domain::traveler::state::TravelerState;
use crate::domain::words::{Words, words};

/// A lot of bought-in material.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MaterialRow {
    /// What it is.
    pub part: PartId,
    /// The number on its label.
    pub lot: LotId,
    /// Who delivered it.
    pub supplier: String,
    /// How many pieces came.
    pub quantity: Option<u32>,
    /// How many are built in, or were taken out and not kept.
    pub used: u32,
    /// Good through the end of this day.
    pub expires: Option<Date>,
    /// Whether that day has passed.
    pub expired: bool,
    /// The certificate that came with it.
    pub certificate: String,
    /// Why it is blocked.
    pub blocked: Option<String>,
    /// When it came.
    pub came: Option<Timestamp>,
}

/// What goods-in noted, in words: `from Sealco, 40 pieces, good until 2027-01-31, certificate C-7`.
pub fn received_words(received: &MaterialReceived) -> Words {
    let MaterialReceived { supplier, certificate, quantity, expires, corrects: _ } = received;
    let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let said = [
        some(supplier).map(|supplier| words!("from {supplier}", supplier)),
        quantity.map(|pieces| words!("{pieces} pieces", pieces)),
        expires.map(|date| words!("good until {date}", date)),
        some(certificate).map(|certificate| words!("certificate {certificate}", certificate)),
    ];
    Words::listed(said.into_iter().flatten(), "{these}, {one}")
}

/// What was corrected from what to what: `pieces 40 to 38, certificate none to C-7`.
pub fn corrected_words(before: &MaterialReceived, after: &MaterialReceived) -> Words {
    let or_none = |value: Option<String>| value.map_or_else(|| words!("noted|none"), Words::given);
    let both = sides(before).into_iter().zip(sides(after));
    let changed = both.filter(|((_, from), (_, to))| from != to);
    let changed = changed.map(|((what, from), (_, to))| {
        words!("{what} {from} to {to}", what => what, from => or_none(from), to => or_none(to))
    });
    let changed = Words::listed(changed, "{these}, {one}");
    if changed.is_empty() { words!("nothing changed") } else { changed }
}

/// What goods-in notes, by name; blank is nothing.
fn sides(received: &MaterialReceived) -> [(Words, Option<String>); 4] {
    let MaterialReceived { supplier, certificate, quantity, expires, corrects: _ } = received;
    let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    [
        (words!("supplier"), some(supplier)),
        (words!("pieces"), quantity.map(|quantity| quantity.to_string())),
        (words!("good until"), expires.map(|day| day.to_string())),
        (words!("certificate"), some(certificate)),
    ]
}

/// A place in a unit where its instructions build something in, or something that is built in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BuiltRow {
    /// The operation.
    pub operation: u32,
    /// The step.
    pub step: StepId,
    /// The ask's number.
    pub ask: u16,
    /// What people call it; blank where nothing is planned.
    pub name: String,
    /// Its part.
    pub part: PartId,
    /// `serial` or `lot`.
    pub by: String,
    /// How many are planned.
    pub planned: u32,
    /// How it stands: `open`, `built in`, `missing`, `skipped`, `before the split`, `more than
    /// once`, `not planned`, `taken out`.
    pub standing: String,
    /// What is there.
    pub components: Vec<ComponentRow>,
}

/// A component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ComponentRow {
    /// Its serial or lot.
    pub identity: String,
    /// How many pieces.
    pub pieces: u32,
    /// What was known of it when it was built in: `received`, `made here`, `not known`.
    pub known: String,
    /// The unit or lot of this plant that it is.
    pub made: Option<String>,
    /// Good through the end of this day, as known then.
    pub expires: Option<Date>,
    /// Who built it in.
    pub by: Option<PersonId>,
    /// When.
    pub at: Timestamp,
    /// The fact.
    pub fact: String,
    /// What became of it, once it was taken out.
    pub becomes: Option<String>,
    /// Why it was taken out.
    pub reason: Option<String>,
}

/// What a unit is made of, against plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AsBuiltView {
    /// The unit.
    #[serde(serialize_with = "super::as_text")]
    pub traveler: TravelerId,
    /// What is planned and what is there, then what is not planned, then what was taken out.
    pub rows: Vec<BuiltRow>,
    /// Where it is done and not as planned.
    pub gaps: Vec<String>,
}

impl AsBuiltView {
    /// What a unit is made of, as it stands.
    pub fn of(id: &TravelerId, state: &TravelerState, known: &Instructions) -> Self {
        let built = state.as_built(known);
        let gaps = built.gaps();
        let AsBuilt { planned, unplanned, removed } = built;
        let pieces = state.started.as_ref().and_then(|s| s.pieces).map_or(1, |_| state.pieces());
        let mut rows: Vec<BuiltRow> = planned.iter().map(|row| planned_row(row, pieces)).collect();
        rows.extend(unplanned.iter().map(|built| other_row(built, "not planned")));
        rows.extend(removed.iter().map(|built| other_row(built, "taken out")));
        Self { traveler: id.clone(), rows, gaps }
    }
}

fn planned_row(planned: &Planned<'_>, pieces: u32) -> BuiltRow {
    let standing = match (planned.built.len(), planned.standing) {
        (0, _) if planned.before => "before the split",
        (0, StepStanding::Skipped) => "skipped",
        (0, StepStanding::Done) => "missing",
        (0, StepStanding::Open | StepStanding::Begun | StepStanding::NotNeeded) => "open",
        (1, _) => "built in",
        (_, _) => "more than once",
    };
    BuiltRow {
        operation: planned.operation,
        step: planned.step.clone(),
        ask: planned.ask,
        name: planned.name.to_owned(),
        part: planned.part.clone(),
        by: by_word(planned.by).to_owned(),
        planned: if planned.standing == StepStanding::NotNeeded { 0 } else { pieces },
        standing: standing.to_owned(),
        components: planned.built.iter().map(component).collect(),
    }
}

fn other_row(built: &Built<'_>, standing: &str) -> BuiltRow {
    let (operation, step, ask) = built.slot();
    BuiltRow {
        operation,
        step: step.clone(),
        ask,
        name: String::new(),
        part: built.part.clone(),
        by: by_word(built.by).to_owned(),
        planned: 0,
        standing: standing.to_owned(),
        components: vec![component(built)],
    }
}

fn component(built: &Built<'_>) -> ComponentRow {
    let basis = built.entry.basis.as_ref();
    let removed = built.entry.removed.as_ref();
    let known = basis.map_or(ComponentSource::Unknown, |basis| basis.source);
    ComponentRow {
        identity: built.identity.to_owned(),
        pieces: built.pieces(),
        known: known.words().to_owned(),
        made: basis.and_then(|basis| basis.made.as_ref()).map(ToString::to_string),
        expires: basis.and_then(|basis| basis.expires),
        by: built.entry.by.clone(),
        at: built.entry.moment.effective(),
        fact: built.entry.at.to_string(),
        becomes: removed.map(|removed| removed.becomes.words().to_string()),
        reason: removed.map(|removed| removed.reason.clone()),
    }
}

fn by_word(by: InstallBy) -> &'static str {
    match by {
        InstallBy::Serial => "serial",
        InstallBy::Lot => "lot",
    }
}
