//! Every gauge with its class, its calibration and where it was last used; Enter opens what it
//! measured since it was last good.

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

use super::deviations::mark_row;
use super::gauge_doubt::GaugeDoubtScreen;

const PURPOSE: &str = "Each gauge with its calibration. Scan one, or mark it and press Enter, to see \
    what was measured with it since it was last good.";
const NONE: &str = "No gauge is known here.";
/// Two lines each.
const PAGE: usize = 8;

/// The list of gauges.
#[derive(Debug, Default)]
pub struct GaugesScreen {
    rows: Option<Vec<GaugeRow>>,
    pager: Pager,
    loading: Option<Ticket>,
}

/// Whether a gauge may be used: the symbol, how it looks, and in words.
pub fn standing(row: &GaugeRow) -> (Mark, Role, String) {
    let due = row.due.map_or_else(|| "never calibrated".to_owned(), |due| format!("due {due}"));
    match (&row.failed, row.soon_days) {
        (Some(found), _) => (Mark::Fail, Role::Fail, format!("out of tolerance: {found}")),
        (None, _) if row.overdue => (Mark::Fail, Role::Fail, format!("expired, {due}")),
        (None, Some(0)) => (Mark::Warn, Role::Warn, format!("{due}, today")),
        (None, Some(days)) => (Mark::Warn, Role::Warn, format!("{due}, in {days} d")),
        (None, None) => (Mark::Pass, Role::Ok, due),
    }
}

/// What needs somebody comes first.
fn rank(row: &GaugeRow) -> (u8, Option<jiff::civil::Date>) {
    let rank = match (&row.failed, row.overdue, row.soon_days) {
        (Some(_), ..) => 0,
        (None, true, _) => 1,
        (None, false, Some(_)) => 2,
        (None, false, None) => 3,
    };
    (rank, row.due)
}

impl GaugesScreen {
    fn rows(&self) -> &[GaugeRow] {
        self.rows.as_deref().unwrap_or_default()
    }

    fn open(&self, rank: usize) -> Turn {
        let Some(row) = self.rows().get(rank) else { return Turn::Stay };
        Turn::Open(Box::new(GaugeDoubtScreen::new(row.gauge.clone())))
    }

    fn view_row(
        &self,
        (rank, row): (usize, &GaugeRow),
        (y, number): (u16, u16),
        world: &World,
        canvas: &mut Canvas<'_>,
    ) {
        if rank == self.pager.selected {
            mark_row(y, canvas);
        }
        canvas.put((3, y), &number.to_string(), Role::Accent);
        canvas.put_in((6, y), 10, row.gauge.as_str(), Role::Title);
        canvas.put_in((17, y), 18, &row.class, Role::Plain);
        let (mark, role, words) = standing(row);
        let x = canvas.mark((36, y), mark, role);
        let cells = canvas.width().saturating_sub(x + 2);
        canvas.put_in((x + 1, y), cells, &words, role);
        canvas.put_in((17, y + 1), 28, &row.name, Role::Muted);
        if let Some(last) = &row.last_used {
            let place = last.place.as_ref().map_or_else(String::new, |place| format!(" {place}"));
            let text = format!("{} {}{place}", world.site_time(last.at), last.traveler);
            canvas.put_right(canvas.width().saturating_sub(1), y + 1, &text, Role::Muted);
        }
    }
}

impl Layer for GaugesScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn focus(&self, _world: &World) -> Focus {
        Focus::Choice
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        if self.rows().is_empty() { Vec::new() } else { vec![Act::Open] }
    }

    fn footer(&self, world: &World) -> Vec<Act> {
        let mut acts = self.acts(world);
        acts.extend([Act::Menu, Act::Help, Act::Back]);
        acts
    }

    fn shown(&mut self, world: &mut World) {
        self.loading = Some(world.load(Query::Gauges { class: None }));
    }

    fn act(&mut self, act: Act, _world: &mut World) -> Turn {
        if act == Act::Open { self.open(self.pager.selected) } else { Turn::Back }
    }

    fn key(&mut self, key: Key, _world: &mut World) -> Turn {
        let count = self.rows().len();
        if let Some(rank) = self.pager.named(key, count, PAGE) {
            return self.open(rank);
        }
        self.pager.key(key, count, PAGE);
        Turn::Stay
    }

    fn scanned(&mut self, _code: &str, meaning: &ScanMeaning, _world: &mut World) -> Option<Turn> {
        let ScanMeaning::Gauge(gauge) = meaning else { return None };
        Some(Turn::Open(Box::new(GaugeDoubtScreen::new(gauge.clone()))))
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        if let Some(Answer::Gauges(mut rows)) = world.answer(reply) {
            rows.sort_by_key(rank);
            self.pager.keep_within(rows.len());
            self.rows = Some(rows);
        }
        Turn::Stay
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), "Gauges", Role::Title);
        let heard = match world.link.last_contact {
            Some(at) => format!("as known here; server reached {}", world.site_time(at)),
            None => "as known here; server never reached".to_owned(),
        };
        canvas.put_right(canvas.width().saturating_sub(1), 1, &heard, Role::Muted);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        if self.rows.as_ref().is_some_and(Vec::is_empty) {
            canvas.put((3, 4), NONE, Role::Plain);
        }
        let shown = self.pager.page(self.rows().len(), PAGE);
        let rows = self.rows().iter().enumerate().skip(shown.start).take(PAGE);
        for ((y, number), row) in (4..).step_by(2).zip(1..).zip(rows) {
            self.view_row(row, (y, number), world, canvas);
        }
        if shown.end < self.rows().len() {
            let text = format!("{} more: PgDn", self.rows().len() - shown.end);
            canvas.put((3, canvas.body_end() - 1), &text, Role::Muted);
        }
    }
}
