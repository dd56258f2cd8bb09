//! Choosing a gauge of a class: by a scan or from the list; remembered for the session.

use crate::domain::ids::GaugeClassId;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::pager::Pager;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::query::{Answer, Query};
use crate::views::register::GaugeRow;
use crate::views::scan::ScanMeaning;

const PURPOSE: &str = "Choose the gauge: scan it, or mark it by its number in the list or the \
    arrows and press Enter. It is used until you choose another.";
const NONE: &str = "No gauge of this class is known here.";
const PAGE: usize = 9;

/// The gauges of a class.
#[derive(Debug)]
pub struct GaugeScreen {
    class: GaugeClassId,
    rows: Option<Vec<GaugeRow>>,
    pager: Pager,
    /// What was typed since the last choice. The page comes up by itself, before somebody who looks
    /// at the gauge and types on: a value chooses nothing.
    typed: String,
    loading: Option<Ticket>,
}

impl GaugeScreen {
    /// The gauges of a class.
    pub fn new(class: GaugeClassId) -> Self {
        Self { class, rows: None, pager: Pager::default(), typed: String::new(), loading: None }
    }

    fn count(&self) -> usize {
        self.rows.as_ref().map_or(0, Vec::len)
    }

    fn take(&self, rank: usize, world: &mut World) -> Turn {
        let Some(row) = self.rows.as_ref().and_then(|rows| rows.get(rank)) else {
            return Turn::Stay;
        };
        if let Some(why) = unusable(row) {
            world.warn(format!("{} {why}: choose another", row.gauge));
            return Turn::Stay;
        }
        choose(row.clone(), Some(&self.class), world);
        Turn::Back
    }
}

/// Why a gauge may not be used.
fn unusable(row: &GaugeRow) -> Option<&'static str> {
    let overdue = row.overdue.then_some("is not in calibration");
    row.failed.as_ref().map(|_| "was found out of tolerance").or(overdue)
}

/// Remembers a gauge for its class; says whether it is of the class that is wanted now.
pub fn choose(row: GaugeRow, wanted: Option<&GaugeClassId>, world: &mut World) {
    let Ok(class) = GaugeClassId::parse(&row.class) else { return };
    if let Some(why) = unusable(&row) {
        world.warn(format!("{} {why}: scan another", row.gauge));
        return;
    }
    match wanted {
        Some(wanted) if *wanted != class => {
            world.warn(format!("{} is a {class}; this reading needs a {wanted}", row.gauge));
        }
        Some(_) | None => {
            world.say(format!("gauge {}: {}", row.gauge, row.name), Role::Ok);
        }
    }
    world.gauges.insert(class, row);
}

impl Layer for GaugeScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn focus(&self, _world: &World) -> Focus {
        Focus::Choice
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        vec![Act::Choose]
    }

    fn footer(&self, _world: &World) -> Vec<Act> {
        vec![Act::Choose, Act::Menu, Act::Help, Act::Back]
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
            world.warn(format!("{typed} is no row of this list: scan the gauge, or 1 and Enter"));
            return Turn::Stay;
        }
        self.take(self.pager.selected, world)
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        let count = self.count();
        let Key::Char(c) = key else {
            self.typed.clear();
            self.pager.key(key, count, PAGE);
            return Turn::Stay;
        };
        self.typed.push(c);
        match self.pager.named(key, count, PAGE) {
            Some(rank) if self.typed.chars().count() == 1 => self.pager.selected = rank,
            Some(_) | None => world.warn("first the gauge: scan it, or its number and Enter"),
        }
        Turn::Stay
    }

    fn scanned(&mut self, code: &str, meaning: &ScanMeaning, world: &mut World) -> Option<Turn> {
        let ScanMeaning::Gauge(gauge) = meaning else {
            // A value that came fast: an Enter after it chooses nothing either.
            code.clone_into(&mut self.typed);
            return None;
        };
        let rank = self.rows.as_ref()?.iter().position(|row| row.gauge == *gauge);
        if let Some(rank) = rank {
            return Some(self.take(rank, world));
        }
        world.warn(format!("{gauge} is not a {}", self.class));
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
            self.rows = Some(good.into_iter().chain(bad).collect());
            let count = self.count();
            self.pager.keep_within(count);
        }
        Turn::Stay
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), &format!("Choose a gauge: {}", self.class), Role::Title);
        canvas.rule(2);
        canvas.put((3, 4), "Scan the gauge, or its number and Enter", Role::Plain);
        canvas.cursor = Some((3, 4));
        let Some(rows) = &self.rows else { return };
        if rows.is_empty() {
            canvas.put((3, 6), NONE, Role::Warn);
        }
        let page = self.pager.page(rows.len(), PAGE);
        for ((y, number), (rank, row)) in
            (6..).zip(1..).zip(rows.iter().enumerate().skip(page.start).take(PAGE))
        {
            if rank == self.pager.selected {
                canvas.mark((1, y), Mark::Now, Role::Focus);
                canvas.cursor = Some((1, y));
            }
            canvas.put((3, y), &format!("{number}"), Role::Accent);
            canvas.put_in((6, y), 9, row.gauge.as_str(), Role::Title);
            canvas.put_in((16, y), 26, &row.name, Role::Plain);
            let shows = match (&row.unit, &row.resolution) {
                (Some(unit), Some(step)) => format!("shows {step} {unit}"),
                (Some(unit), None) => format!("shows {unit}"),
                (None, _) => String::new(),
            };
            canvas.put_in((43, y), 17, &shows, Role::Muted);
            let due = row.due.map_or("never calibrated".to_owned(), |due| format!("due {due}"));
            if row.failed.is_some() {
                let x = canvas.mark((61, y), Mark::Fail, Role::Fail);
                canvas.put((x + 1, y), "out of tolerance", Role::Fail);
            } else if row.overdue {
                let x = canvas.mark((61, y), Mark::Fail, Role::Fail);
                let ended =
                    row.due.map(|due| format!("expired {:02}-{:02}", due.month(), due.day()));
                canvas.put((x + 1, y), &ended.unwrap_or(due), Role::Fail);
            } else if let Some(days) = row.soon_days {
                let x = canvas.mark((61, y), Mark::Warn, Role::Warn);
                canvas.put((x + 1, y), &format!("due in {days} d"), Role::Warn);
            } else {
                let x = canvas.mark((61, y), Mark::Pass, Role::Ok);
                canvas.put((x + 1, y), &due, Role::Plain);
            }
        }
    }
}
