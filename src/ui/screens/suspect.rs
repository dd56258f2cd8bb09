//! Suspect units: what failed checks make suspect, and every unit of one range (R16).

use crate::domain::people::Action;
use crate::domain::traveler::suspect::HeldStanding;
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::may;
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::list::{List, Shape, one_line, two_lines};
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::query::{Answer, Query};
use crate::views::suspect::{SuspectRange, SuspectUnit};

use super::line::{LineFor, LineScreen};
use super::traveler::TravelerScreen;

const PURPOSE: &str = "Each failed check with what was made at its place since the last good one. \
    Open one to see where each unit is and how it stands.";
const RANGE: &str = "Every unit that this failed check makes suspect. Open a unit to go to it; F3 lets \
    all that are held go on without measuring them, as quality or engineering.";
const UNMEASURED: &str = "Only quality or an engineer lets them go on without measuring.";
const NONE: &str = "No failed check holds other units.";
const TOP: u16 = 8;

/// What failed checks make suspect.
#[derive(Debug)]
pub struct SuspectsScreen {
    rows: List<SuspectRange>,
    loading: Option<Ticket>,
}

impl Default for SuspectsScreen {
    fn default() -> Self {
        Self { rows: List::new(Shape::numbered(two_lines, NONE)), loading: None }
    }
}

impl SuspectsScreen {
    fn open(&self) -> Turn {
        let row = self.rows.marked().cloned();
        row.map_or(Turn::Stay, |row| Turn::Open(Box::new(SuspectScreen::new(row))))
    }
}

pub(super) fn view_range(row: &SuspectRange, y: u16, canvas: &mut Canvas<'_>) {
    let x = canvas.mark((5, y), Mark::Fail, Role::Fail);
    canvas.put_name((x + 1, y), 16, &row.unit.to_string(), Role::Title);
    let what =
        say!("{name} {value} at {place}", name = row.name, value = row.value, place = row.place);
    canvas.put_in((25, y), canvas.width().saturating_sub(43), &what, Role::Plain);
    canvas.put_right(canvas.width().saturating_sub(1), y, &tell(&row.held_words()), Role::Warn);
    canvas.put_in((7, y + 1), canvas.width().saturating_sub(8), &tell(&row.since), Role::Muted);
}

impl Layer for SuspectsScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        if self.rows.marked().is_some() { vec![Act::Open] } else { Vec::new() }
    }

    fn shown(&mut self, world: &mut World) {
        self.loading = Some(world.load(Query::Suspects { all: false }));
    }

    fn act(&mut self, act: Act, _world: &mut World) -> Turn {
        if act == Act::Open { self.open() } else { Turn::Back }
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        if self.rows.key(key, world.size.1) { self.open() } else { Turn::Stay }
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        if let Some(Answer::Suspects(rows)) = world.answer(reply) {
            self.rows.fill(rows, |row, before| row.failed == before.failed);
        }
        Turn::Stay
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), say!("Suspect units"), Role::Title);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        self.rows.view(canvas, |shown, canvas| view_range(shown.row, shown.y, canvas));
    }
}

/// One range with its units.
#[derive(Debug)]
pub struct SuspectScreen {
    range: SuspectRange,
    units: List<SuspectUnit>,
    loading: Option<Ticket>,
}

impl SuspectScreen {
    /// A range as it was listed.
    pub fn new(range: SuspectRange) -> Self {
        let mut units = List::new(Shape::plain(one_line, "").from_line(TOP));
        units.fill(range.units.clone(), |_, _| false);
        Self { range, units, loading: None }
    }

    fn open(&self) -> Turn {
        let unit = self.units.marked().map(|unit| unit.traveler.clone());
        unit.map_or(Turn::Stay, |unit| Turn::Open(Box::new(TravelerScreen::new(unit))))
    }

    /// Whether who is signed in may let suspect units go on without a measurement.
    fn may_release(world: &World) -> bool {
        may::refused(&[Action::UseAsIs], world).is_none()
    }
}

fn view_unit(range: &SuspectRange, unit: &SuspectUnit, y: u16, canvas: &mut Canvas<'_>) {
    canvas.put_name((3, y), 18, &unit.traveler.to_string(), Role::Title);
    let (mark, role) = match (&unit.ended, unit.standing) {
        (Some(_), _) => (Mark::Unset, Role::Muted),
        (None, HeldStanding::Untouched | HeldStanding::Raised) => (Mark::Hold, Role::Fail),
        (None, HeldStanding::Sorted) => (Mark::Pass, Role::Ok),
        // Let go without a measurement.
        (None, HeldStanding::Decided) => (Mark::Skipped, Role::Ok),
        (None, HeldStanding::Cleared) => (Mark::Open, Role::Muted),
    };
    let x = canvas.mark((23, y), mark, role);
    canvas.put_in((x + 1, y), 26, &tell(&unit.words()), role);
    let held = unit.standing.is_open();
    let (away, role) = match (unit.shipped, range.is_elsewhere(unit)) {
        (true, _) => (Some(Mark::Warn), if held { Role::Fail } else { Role::Plain }),
        (false, true) => (Some(Mark::Arrow), if held { Role::Warn } else { Role::Plain }),
        (false, false) => (None, Role::Plain),
    };
    if let Some(away) = away {
        canvas.mark((52, y), away, role);
    }
    canvas.put_in((55, y), canvas.width().saturating_sub(56), &tell(&unit.whereabouts()), role);
}

impl Layer for SuspectScreen {
    fn purpose(&self) -> &'static str {
        RANGE
    }

    fn acts(&self, world: &World) -> Vec<Act> {
        let mut acts = Vec::new();
        if self.units.marked().is_some() {
            acts.push(Act::Open);
        }
        if self.range.held().next().is_some() && Self::may_release(world) {
            acts.push(Act::ReleaseAll);
        }
        acts
    }

    fn shown(&mut self, world: &mut World) {
        self.loading = Some(world.load(Query::SuspectRange { failed: self.range.failed.clone() }));
    }

    fn act(&mut self, act: Act, _world: &mut World) -> Turn {
        if act == Act::Open {
            return self.open();
        }
        if act != Act::ReleaseAll {
            return Turn::Back;
        }
        let what = LineFor::ReleaseSuspects(Box::new(self.range.clone()));
        Turn::Open(Box::new(LineScreen::new(what)))
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        if self.units.key(key, world.size.1) { self.open() } else { Turn::Stay }
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        if let Some(Answer::Suspects(ranges)) = world.answer(reply)
            && let Some(range) = ranges.into_iter().find(|one| one.failed == self.range.failed)
        {
            self.units.fill(range.units.clone(), |row, before| row.hold == before.hold);
            self.range = range;
        }
        Turn::Stay
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        let SuspectRange { unit, name, value, place, since, .. } = &self.range;
        canvas.put((1, 1), say!("Suspect"), Role::Title);
        let found = say!("{unit} was found at {value}", unit, value);
        canvas.put_in((12, 1), canvas.width().saturating_sub(13), &found, Role::Plain);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        let cells = canvas.width().saturating_sub(2);
        canvas.put_in((1, 3), cells, &say!("{name}: made at {place}", name, place), Role::Plain);
        canvas.put_in((1, 4), cells, &tell(since), Role::Plain);
        let by = self.range.good_by.as_ref().zip(self.range.good_at);
        let words = by.map_or_else(String::new, |(by, at)| {
            say!("checked good by {by}, {time}", by, time = world.site_time(at))
        });
        canvas.put_in((1, 5), cells.saturating_sub(16), &words, Role::Muted);
        let end = canvas.width().saturating_sub(1);
        canvas.put_right(end, 5, &tell(&self.range.held_words()), Role::Warn);
        if self.range.held().next().is_some() && !Self::may_release(world) {
            canvas.put_in((1, 6), cells, say!(UNMEASURED), Role::Muted);
        }
        self.units.view(canvas, |shown, canvas| view_unit(&self.range, shown.row, shown.y, canvas));
    }
}
