//! Every gauge with its class, its calibration and where it was last used; Enter opens what it
//! measured since it was last good.

use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::list::{List, Shape, Shown, two_lines};
use crate::ui::speech::say;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::query::{Answer, Query};
use crate::views::register::GaugeRow;
use crate::views::scan::ScanMeaning;

use super::gauge_doubt::GaugeDoubtScreen;

const PURPOSE: &str = "Each gauge with its calibration. Scan one, or mark it and press Enter, to see \
    what was measured with it since it was last good.";
const NONE: &str = "No gauge is known here.";

/// The list of gauges.
#[derive(Debug)]
pub struct GaugesScreen {
    gauges: List<GaugeRow>,
    loading: Option<Ticket>,
}

impl Default for GaugesScreen {
    fn default() -> Self {
        Self { gauges: List::new(Shape::numbered(two_lines, NONE)), loading: None }
    }
}

/// Whether a gauge may be used: the symbol, how it looks, and in words.
pub fn standing(row: &GaugeRow) -> (Mark, Role, String) {
    let due = row
        .due
        .map_or_else(|| say!("never calibrated").to_owned(), |date| say!("due {date}", date));
    match (&row.failed, row.soon_days) {
        (Some(found), _) => (Mark::Fail, Role::Fail, say!("out of tolerance: {found}", found)),
        (None, _) if row.overdue => (Mark::Fail, Role::Fail, say!("expired, {due}", due)),
        (None, Some(0)) => (Mark::Warn, Role::Warn, say!("{due}, today", due)),
        (None, Some(days)) => (Mark::Warn, Role::Warn, say!("{due}, in {days} d", due, days)),
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
    fn open(&self) -> Turn {
        let Some(row) = self.gauges.marked() else { return Turn::Stay };
        Turn::Open(Box::new(GaugeDoubtScreen::new(row.gauge.clone())))
    }
}

fn view_row(shown: &Shown<'_, GaugeRow>, world: &World, canvas: &mut Canvas<'_>) {
    let (row, y) = (shown.row, shown.y);
    canvas.put_name((6, y), 10, row.gauge.as_str(), Role::Title);
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

impl Layer for GaugesScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        if self.gauges.rows().is_empty() { Vec::new() } else { vec![Act::Open] }
    }

    fn shown(&mut self, world: &mut World) {
        self.loading = Some(world.load(Query::Gauges { class: None }));
    }

    fn act(&mut self, act: Act, _world: &mut World) -> Turn {
        if act == Act::Open { self.open() } else { Turn::Back }
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        if self.gauges.key(key, world.size.1) { self.open() } else { Turn::Stay }
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
            self.gauges.fill(rows, |row, before| row.gauge == before.gauge);
        }
        Turn::Stay
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), say!("Gauges"), Role::Title);
        let heard = match world.link.last_contact {
            Some(at) => say!("as known here; server reached {time}", time = world.site_time(at)),
            None => say!("as known here; server never reached").to_owned(),
        };
        canvas.put_right(canvas.width().saturating_sub(1), 1, &heard, Role::Muted);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        self.gauges.view(canvas, |shown, canvas| view_row(shown, world, canvas));
    }
}
