//! One characteristic of a part: a chart of what was measured, and how it differs by revision, place and
//! shift. `list` has the characteristics of a specification.
//! Imports what the other screens import.
//! Invariant: from a line of a specification it leads back to each reading.

pub mod list;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use crate::domain::ids::{CharacteristicId, PartId};
use crate::domain::quantity::{Number, Verdict};
use crate::domain::traced::Traced;
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::list::{List, Shape, one_line};
use crate::ui::parts::words::{count, verdict_mark};
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::characteristic::{By, CharacteristicView, Group, Measured};
use crate::views::link::said_not_listed;
use crate::views::query::{Answer, Query};

use super::complete;
use super::record::RecordScreen;
use super::thread::trace::TraceScreen;

const PURPOSE: &str = "What was measured of one characteristic: the chart shows the last values between \
    the limits, the oldest at the left. Tab tells them apart by revision, place and shift, or lists \
    them; Enter opens the unit of the marked one.";
const NONE: &str = "Nothing was measured of it here.";
/// Of what is measured, the words that are ours.
const VALUES: [(&str, &str); 2] =
    [("conforms", "column|conforms"), ("does not conform", "column|does not conform")];
/// Rows of the chart: one above the upper limit, one below the lower, the rest between.
const CHART: u16 = 9;
const CHART_TOP: u16 = 4;
/// Where the chart begins, right of the limits.
const CHART_LEFT: u16 = 12;
/// Where the table below the chart begins.
const TABLE: u16 = CHART_TOP + CHART + 1;
/// Columns of the table, by where each ends.
const COLUMNS: [(u16, &str); 5] =
    [(36, "readings"), (45, "failing"), (56, "mean"), (66, "least"), (76, "most")];

/// What stands below the chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Below {
    Groups(By),
    Readings,
}

impl Below {
    fn next(self) -> Self {
        match self {
            Self::Groups(By::Revision) => Self::Groups(By::Place),
            Self::Groups(By::Place) => Self::Groups(By::Shift),
            Self::Groups(By::Shift) => Self::Readings,
            Self::Readings => Self::Groups(By::Revision),
        }
    }
}

/// The page of a characteristic.
#[derive(Debug)]
pub struct CharacteristicScreen {
    part: PartId,
    id: CharacteristicId,
    view: Option<Box<CharacteristicView>>,
    unknown: bool,
    below: Below,
    groups: List<Group>,
    /// The newest first.
    readings: List<Measured>,
    /// When it was asked for.
    as_of: String,
    loading: Option<Ticket>,
}

impl CharacteristicScreen {
    /// The page of a characteristic.
    pub fn new(part: PartId, id: CharacteristicId) -> Self {
        let shape = Shape::plain(one_line, NONE).from_line(TABLE + 1);
        let numbered = Shape::numbered(one_line, NONE).from_line(TABLE + 1);
        Self {
            part,
            id,
            view: None,
            unknown: false,
            below: Below::Groups(By::Revision),
            groups: List::new(shape),
            readings: List::new(numbered),
            as_of: String::new(),
            loading: None,
        }
    }

    fn of(&self) -> Traced {
        Traced::Characteristic(self.part.clone(), self.id.clone())
    }

    fn open(&self) -> Turn {
        let Some(reading) = self.readings.marked() else { return Turn::Stay };
        Turn::Open(Box::new(RecordScreen::new(reading.traveler.clone())))
    }

    fn group(&mut self) {
        if let (Some(view), Below::Groups(by)) = (&self.view, self.below) {
            self.groups.fill(view.groups(by), |one, other| one.of == other.of);
        }
    }
}

impl Layer for CharacteristicScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        let mut acts = Vec::new();
        if self.below == Below::Readings && self.readings.marked().is_some() {
            acts.push(Act::Open);
        }
        acts.extend([Act::Apart, Act::Thread]);
        acts
    }

    fn footer(&self, world: &World) -> Vec<Act> {
        let mut acts = self.acts(world);
        acts.retain(|act| *act != Act::Thread);
        acts.extend([Act::Menu, Act::Help, Act::Back]);
        acts
    }

    fn about(&self) -> Option<Traced> {
        Some(self.of())
    }

    fn shown(&mut self, world: &mut World) {
        let (part, id) = (self.part.clone(), self.id.clone());
        self.as_of.clone_from(&world.time.hhmm);
        self.loading = Some(world.load(Query::Characteristic { part, id }));
    }

    // It is of many readings, and asked for anew when somebody comes back to it.
    fn news(&mut self, _world: &mut World) {}

    fn act(&mut self, act: Act, _world: &mut World) -> Turn {
        if act == Act::Open {
            return self.open();
        }
        if act == Act::Thread {
            return Turn::Open(Box::new(TraceScreen::new(self.of())));
        }
        if act == Act::Apart {
            self.below = self.below.next();
            self.group();
            return Turn::Stay;
        }
        Turn::Back
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        if self.below != Below::Readings {
            self.groups.key(key, world.size.1);
            return Turn::Stay;
        }
        if self.readings.key(key, world.size.1) { self.open() } else { Turn::Stay }
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        match world.answer(reply) {
            Some(Answer::Characteristic(Some(view))) => {
                self.unknown = false;
                let newest = view.readings.iter().rev().cloned().collect();
                self.readings.fill(newest, |one, other| one.reading == other.reading);
                self.view = Some(view);
                self.group();
            }
            Some(_) => self.unknown = true,
            None => {}
        }
        Turn::Stay
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        let title = format!("{}  {}", self.part, self.id);
        let x = canvas.put((1, 1), &title, Role::Title);
        if self.unknown {
            canvas.put((3, CHART_TOP), say!(NONE), Role::Plain);
        }
        let Some(view) = &self.view else { return };
        let mut said = format!("{}: {}", view.name, view.requirement);
        if view.older {
            let last = count(view.readings.len(), "reading", "readings");
            said = format!("{said}   {}", say!("the last {last}", last));
        }
        if let Some(words) = said_not_listed(view.not_here) {
            said = format!("{said}   {}", tell(&words));
        }
        canvas.put_in((x + 2, 1), canvas.width().saturating_sub(x + 3), &said, Role::Plain);
        let (complete, role) = complete::words(&view.complete, Role::Muted, world);
        let text = format!("{}{complete}", say!("as of {time}", time = self.as_of));
        canvas.put_in((1, 3), canvas.width().saturating_sub(2), &text, role);
        // Read line by line its dots mean nothing; the values stand below.
        if !canvas.is_in_lines() {
            chart(view, canvas);
        }
        match self.below {
            Below::Groups(by) => self.view_groups(by, canvas),
            Below::Readings => self.view_readings(world, canvas),
        }
    }
}

impl CharacteristicScreen {
    fn view_groups(&self, by: By, canvas: &mut Canvas<'_>) {
        let unit = self.view.as_ref().and_then(|view| view.unit());
        canvas.put((3, TABLE), &say!("by {what}", what = say!(by.word())), Role::Title);
        for (end, name) in COLUMNS {
            canvas.put_right(end, TABLE, say!(name), Role::Muted);
        }
        if let Some(unit) = unit {
            canvas.put((COLUMNS[4].0 + 1, TABLE), unit.symbol(), Role::Muted);
        }
        self.groups.view(canvas, |shown, canvas| {
            let (row, y) = (shown.row, shown.y);
            canvas.put_name((3, y), 24, &tell(&row.of), Role::Plain);
            let role = if row.failing > 0 { Role::Fail } else { Role::Muted };
            canvas.put_right(COLUMNS[0].0, y, &row.count.to_string(), Role::Plain);
            canvas.put_right(COLUMNS[1].0, y, &row.failing.to_string(), role);
            let Some(spread) = &row.spread else { return };
            let told = [spread.mean, spread.least, spread.most];
            for ((end, _), value) in COLUMNS.into_iter().skip(2).zip(told) {
                canvas.put_right(end, y, &value.to_string(), Role::Plain);
            }
        });
    }

    fn view_readings(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((3, TABLE), say!("the newest first"), Role::Title);
        self.readings.view(canvas, |shown, canvas| {
            let (row, y) = (shown.row, shown.y);
            let ours = VALUES.into_iter().find(|(value, _)| *value == row.value);
            let value = ours.map_or(row.value.as_str(), |(_, word)| say!(word));
            canvas.put_in((6, y), 13, value, Role::Title);
            if let Some(verdict) = row.verdict {
                let (mark, role, named) = verdict_mark(verdict);
                let named = if verdict == Verdict::Marginal { "column|Marginal" } else { named };
                let x = canvas.mark((20, y), mark, role);
                canvas.put_in((x + 1, y), 8, say!(named), role);
            }
            canvas.put_name((31, y), 17, &row.traveler.to_string(), Role::Plain);
            canvas.put_in((49, y), 13, &world.site_time(row.at), Role::Muted);
            let place = row.place.as_ref().map_or("", |place| place.as_str());
            let words = format!("{place} {}", row.who);
            canvas.put_in((63, y), canvas.width().saturating_sub(64), &words, Role::Muted);
        });
    }
}

/// The last values, as many as there are columns. A line is drawn at a limit and nowhere else.
fn chart(view: &CharacteristicView, canvas: &mut Canvas<'_>) {
    let numbers: Vec<(Decimal, Option<Verdict>)> =
        view.readings.iter().filter_map(|one| Some((one.number?, one.verdict))).collect();
    let limit = |limit: Option<&Number>| limit.map(Number::value);
    let lower = limit(view.limits.as_ref().and_then(|limits| limits.lower.as_ref()));
    let upper = limit(view.limits.as_ref().and_then(|limits| limits.upper.as_ref()));
    let Some(ends) = ends((lower, upper), &numbers) else { return };
    let (top, bottom) = (CHART_TOP + 1, CHART_TOP + CHART - 2);
    let room = canvas.width().saturating_sub(CHART_LEFT + 1);
    for (y, limit) in [(top, upper), (bottom, lower)] {
        let Some(limit) = limit else { continue };
        canvas.put_right(CHART_LEFT - 2, y, &limit.normalize().to_string(), Role::Muted);
        for x in CHART_LEFT..CHART_LEFT + room {
            canvas.mark((x, y), Mark::Line, Role::Muted);
        }
    }
    let last = numbers.len().saturating_sub(usize::from(room));
    for (x, (number, verdict)) in (CHART_LEFT..).zip(numbers.into_iter().skip(last)) {
        let y = level(number, ends, bottom - top).map_or(top - 1, |up| bottom + 1 - up);
        let (mark, role) = match verdict.map(verdict_mark) {
            Some((Mark::Pass, role, _)) => (Mark::Dot, role),
            Some((mark, role, _)) => (mark, role),
            None => (Mark::Dot, Role::Accent),
        };
        canvas.mark((x, y), mark, role);
    }
}

/// Between which values the chart is drawn: the limits; where there is none, as far as the values go.
fn ends(
    (lower, upper): (Option<Decimal>, Option<Decimal>),
    numbers: &[(Decimal, Option<Verdict>)],
) -> Option<(Decimal, Decimal)> {
    let values = || numbers.iter().map(|(number, _)| *number);
    let (least, most) = (values().min()?, values().max()?);
    let low = lower.unwrap_or_else(|| upper.map_or(least, |upper| least.min(upper)));
    let high = upper.unwrap_or_else(|| lower.map_or(most, |lower| most.max(lower)));
    Some((low, high))
}

/// How many rows up from below the lower end a value stands: 0 below it, 1 on it; none above the upper.
fn level(number: Decimal, (low, high): (Decimal, Decimal), rows: u16) -> Option<u16> {
    if number < low {
        return Some(0);
    }
    if number > high {
        return None;
    }
    let part = || {
        let (over, span) = (number.checked_sub(low)?, high.checked_sub(low)?);
        over.checked_mul(Decimal::from(rows))?.checked_div(span)?.round().to_u16()
    };
    Some(part().unwrap_or(rows).min(rows) + 1)
}
