//! What an import would do, row by row, before anything is written.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::app::fault::Fault;
use crate::app::station::Station;
use crate::domain::decide::Command;
use crate::domain::fact::Acting;
use crate::domain::people::Action;
use crate::ledger::transact::Several;

use super::cells::Cells;
use super::problem::{Problem, Trouble};
use super::table::{self, Column};
use super::{gauge, order, person};

/// What a file is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Register {
    /// People with roles and qualifications.
    People,
    /// Gauges with their calibration.
    Gauges,
    /// Orders.
    Orders,
}

impl Register {
    /// Its columns.
    pub fn columns(self) -> &'static [Column] {
        match self {
            Self::People => &person::COLUMNS,
            Self::Gauges => &gauge::COLUMNS,
            Self::Orders => &order::COLUMNS,
        }
    }

    /// What its rows are, in the plural.
    pub fn word(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Gauges => "gauges",
            Self::Orders => "orders",
        }
    }

    /// What whoever applies it must be allowed.
    pub fn action(self) -> Action {
        match self {
            Self::People => Action::Administer,
            Self::Gauges => Action::KeepGauges,
            Self::Orders => Action::Plan,
        }
    }
}

/// How a row stands against what is known here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Not known here.
    New,
    /// Known here, and different.
    Changed,
    /// Known here as the row says.
    #[default]
    Unchanged,
    /// Older than what is known here.
    Older,
    /// It cannot be taken.
    Refused,
}

/// What a row would do.
#[derive(Debug, Default, Serialize)]
pub struct Planned {
    /// The line of the file.
    pub line: u64,
    /// What it is about; blank where that cannot be read.
    pub id: String,
    /// How it stands.
    pub standing: Standing,
    /// What would be different, in words.
    pub changes: Vec<String>,
    /// What remains to be done by hand.
    pub remarks: Vec<String>,
    /// Why it cannot be taken.
    pub problems: Vec<Problem>,
    /// What is asked for.
    #[serde(skip)]
    pub act: Several,
}

impl Planned {
    /// A row about something that is known here or not.
    pub fn about(id: impl ToString, known: bool) -> Self {
        let standing = if known { Standing::Unchanged } else { Standing::New };
        Self { id: id.to_string(), standing, ..Self::default() }
    }

    /// Adds something that would be different.
    pub fn change(&mut self, what: String) {
        if self.standing == Standing::Unchanged {
            self.standing = Standing::Changed;
        }
        self.changes.push(what);
    }

    /// Notes that what is known here is newer; what else is different counts all the same.
    pub fn older(&mut self) {
        if self.standing == Standing::Unchanged {
            self.standing = Standing::Older;
        }
    }

    /// Adds something that is asked for.
    pub fn ask(&mut self, what: String, command: Command) {
        self.change(what);
        self.act.commands.push(command);
    }
}

/// What a file would do.
#[derive(Debug, Default)]
pub struct Plan {
    /// What is wrong with the file itself.
    pub problems: Vec<Problem>,
    /// Row by row.
    pub rows: Vec<Planned>,
}

impl Plan {
    /// How many rows stand so.
    pub fn count(&self, standing: Standing) -> usize {
        self.rows.iter().filter(|row| row.standing == standing).count()
    }

    /// Whether every row can be taken.
    pub fn is_good(&self) -> bool {
        self.problems.is_empty() && self.count(Standing::Refused) == 0
    }

    /// Everything that is asked for, as one act.
    pub fn act(&mut self) -> Several {
        let mut act = Several::default();
        for row in &mut self.rows {
            act.commands.append(&mut row.act.commands);
            act.cards.append(&mut row.act.cards);
        }
        act
    }
}

/// What a row is read with.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// What is known here.
    pub station: &'a Station,
    /// How the identity of people was verified, where the file does not say.
    pub verified_by: Option<&'a str>,
}

/// Plans what a file would do; nobody's role is asked for where nobody acts.
pub fn plan(
    bytes: &[u8],
    register: Register,
    (around, acting): (Around<'_>, &Acting),
    told: &mut dyn FnMut(usize, usize),
) -> Result<Plan, Fault> {
    let columns = register.columns();
    let table = table::read(bytes, columns);
    let mut plan = Plan::default();
    let mut of_rows: BTreeMap<u64, Vec<Problem>> = BTreeMap::new();
    for problem in table.problems {
        let in_a_row = table.rows.iter().any(|row| row.line == problem.line);
        if in_a_row {
            of_rows.entry(problem.line).or_default().push(problem);
        } else {
            plan.problems.push(problem);
        }
    }
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    for (n, row) in table.rows.iter().enumerate() {
        told(n, table.rows.len());
        let mut cells = Cells::new(row, columns);
        cells.problems.extend(of_rows.remove(&row.line).unwrap_or_default());
        let read = match register {
            Register::People => person::read(&mut cells, around),
            Register::Gauges => gauge::read(&mut cells, around.station),
            Register::Orders => order::read(&mut cells, around.station),
        };
        let mut planned = read?.unwrap_or_default();
        planned.line = row.line;
        note_twice(&planned, &mut seen, &mut cells);
        planned.problems = cells.problems;
        if planned.problems.is_empty() {
            rehearse(&mut planned, around.station, acting)?;
        }
        if !planned.problems.is_empty() {
            planned.standing = Standing::Refused;
        }
        plan.rows.push(planned);
    }
    Ok(plan)
}

fn note_twice(planned: &Planned, seen: &mut BTreeMap<String, u64>, cells: &mut Cells<'_>) {
    let badges = planned.act.cards.iter().map(|(_, card)| format!("badge {}", card.badge));
    let named = std::iter::once(planned.id.clone()).filter(|id| !id.is_empty()).chain(badges);
    for name in named {
        if let Some(before) = seen.get(&name) {
            let what = format!("{name} stands in line {before} already.");
            let next = "keep one of the two lines";
            cells.problems.push(Problem::of_row(planned.line, Trouble::Twice, what, next));
        } else {
            seen.insert(name, planned.line);
        }
    }
}

/// The rules of the shop say what they would say when it is applied.
fn rehearse(planned: &mut Planned, station: &Station, acting: &Acting) -> Result<(), Fault> {
    let commands = planned.act.commands.clone();
    let refused = station.ledger.rehearse(acting, &station.moment(), commands)?;
    let reasons = refused.into_iter().flat_map(|refusal| refusal.reasons);
    let line = planned.line;
    planned.problems.extend(reasons.map(|reason| Problem::of_reason(line, &reason)));
    Ok(())
}
