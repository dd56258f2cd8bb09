//! Choosing a gauge of a class: by a scan or from the list; remembered for the session.

use crate::domain::ids::GaugeClassId;
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::list::{List, Shape, one_line};
use crate::ui::speech::say;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::query::{Answer, Query};
use crate::views::register::GaugeRow;
use crate::views::scan::ScanMeaning;

const PURPOSE: &str = "Choose the gauge: scan it, or mark it by its number in the list or the \
    arrows and press Enter. It is used until you choose another.";
const NONE: &str = "No gauge of this class is known here.";

/// The gauges of a class.
#[derive(Debug)]
pub struct GaugeScreen {
    class: GaugeClassId,
    gauges: List<GaugeRow>,
    /// What was typed since the last choice. The page comes up by itself, before somebody who looks
    /// at the gauge and types on: a value chooses nothing.
    typed: String,
    loading: Option<Ticket>,
}

impl GaugeScreen {
    /// The gauges of a class.
    pub fn new(class: GaugeClassId) -> Self {
        let gauges = List::new(Shape::numbered(one_line, NONE).from_line(6));
        Self { class, gauges, typed: String::new(), loading: None }
    }

    fn take(&self, world: &mut World) -> Turn {
        let Some(row) = self.gauges.marked() else { return Turn::Stay };
        if let Some(why) = unusable(row) {
            world.warn(say!("{gauge} {why}: choose another", gauge = row.gauge, why));
            return Turn::Stay;
        }
        choose(row.clone(), Some(&self.class), world);
        Turn::Back
    }
}

/// Why a gauge may not be used.
fn unusable(row: &GaugeRow) -> Option<&'static str> {
    let overdue = row.overdue.then_some(say!("is not in calibration"));
    row.failed.as_ref().map(|_| say!("was found out of tolerance")).or(overdue)
}

/// Remembers a gauge for its class; says whether it is of the class that is wanted now.
pub fn choose(row: GaugeRow, wanted: Option<&GaugeClassId>, world: &mut World) {
    let Ok(class) = GaugeClassId::parse(&row.class) else { return };
    if let Some(why) = unusable(&row) {
        world.warn(say!("{gauge} {why}: scan another", gauge = row.gauge, why));
        return;
    }
    match wanted {
        Some(wanted) if *wanted != class => {
            let gauge = &row.gauge;
            world.warn(say!(
                "{gauge} is a {class}; this reading needs a {wanted}",
                gauge,
                class,
                wanted
            ));
        }
        Some(_) | None => {
            world.say(say!("gauge {gauge}: {name}", gauge = row.gauge, name = row.name), Role::Ok);
        }
    }
    world.gauges.insert(class, row);
}

impl Layer for GaugeScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        vec![Act::Choose]
    }

    fn footer(&self, _world: &World) -> Vec<Act> {
        vec![Act::Choose, Act::Menu, Act::Help, Act::Back]
    }

    /// It comes up where a value was typed without one: the next value is no row of it.
    fn takes_ahead(&self) -> bool {
        false
    }

    fn shown(&mut self, world: &mut World) {
        self.loading = Some(world.load(Query::Gauges { class: Some(self.class.clone()) }));
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act != Act::Choose {
            return Turn::Back;
        }
        let typed = std::mem::take(&mut self.typed);
        if typed.chars().count() > 1 {
            world.warn(say!(
                "{typed} is no row of this list: scan the gauge, or 1 and Enter",
                typed
            ));
            return Turn::Stay;
        }
        self.take(world)
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        let Key::Char(c) = key else {
            self.typed.clear();
            self.gauges.key(key, world.size.1);
            return Turn::Stay;
        };
        self.typed.push(c);
        // One digit marks a row; more of them are a value.
        if self.typed.chars().count() > 1 || !self.gauges.key(key, world.size.1) {
            world.warn(say!("first the gauge: scan it, or its number and Enter"));
        }
        Turn::Stay
    }

    fn scanned(&mut self, code: &str, meaning: &ScanMeaning, world: &mut World) -> Option<Turn> {
        let ScanMeaning::Gauge(gauge) = meaning else {
            // A value that came fast: an Enter after it chooses nothing either.
            code.clone_into(&mut self.typed);
            return None;
        };
        if !self.gauges.is_loaded() {
            return None;
        }
        if self.gauges.mark_where(|row| row.gauge == *gauge) {
            return Some(self.take(world));
        }
        world.warn(say!("{gauge} is not a {class}", gauge, class = self.class));
        Some(Turn::Stay)
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        if let Some(Answer::Gauges(rows)) = world.answer(reply) {
            // Those that can be used come first.
            let (good, bad): (Vec<_>, Vec<_>) =
                rows.into_iter().partition(|row| unusable(row).is_none());
            let rows = good.into_iter().chain(bad).collect();
            self.gauges.fill(rows, |row, before| row.gauge == before.gauge);
        }
        Turn::Stay
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), &say!("Choose a gauge: {class}", class = self.class), Role::Title);
        canvas.rule(2);
        canvas.put((3, 4), say!("Scan the gauge, or its number and Enter"), Role::Plain);
        canvas.cursor = Some((3, 4));
        self.gauges.view(canvas, |shown, canvas| view_row(shown.row, shown.y, canvas));
    }
}

fn view_row(row: &GaugeRow, y: u16, canvas: &mut Canvas<'_>) {
    canvas.put_name((6, y), 9, row.gauge.as_str(), Role::Title);
    canvas.put_in((16, y), 24, &row.name, Role::Plain);
    let shows = match (&row.unit, &row.resolution) {
        (Some(unit), Some(step)) => say!("shows {step} {unit}", step, unit),
        (Some(unit), None) => say!("shows {unit}", unit),
        (None, _) => String::new(),
    };
    canvas.put_in((41, y), 17, &shows, Role::Muted);
    let due = row.due.map_or(say!("never calibrated").to_owned(), |date| say!("due {date}", date));
    let (mark, role, words) = match (&row.failed, row.overdue, row.soon_days) {
        (Some(_), ..) => (Mark::Fail, Role::Fail, say!("out of tolerance").to_owned()),
        (None, true, _) => {
            let ended = row.due.map(|date| say!("expired {date}", date));
            (Mark::Fail, Role::Fail, ended.unwrap_or(due))
        }
        (None, false, Some(0)) => (Mark::Warn, Role::Warn, say!("due today").to_owned()),
        (None, false, Some(days)) => (Mark::Warn, Role::Warn, say!("due in {days} d", days)),
        (None, false, None) => (Mark::Pass, Role::Plain, due),
    };
    let x = canvas.mark((59, y), mark, if role == Role::Plain { Role::Ok } else { role });
    canvas.put((x + 1, y), &words, role);
}
