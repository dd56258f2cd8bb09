//! What was measured with a gauge since it was last good; where it failed, what it made is held
//! and let go again, each as one act (R10).

use std::collections::BTreeSet;

use crate::domain::fact::Position;
use crate::domain::ids::GaugeId;
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::list::{List, Shape, one_line};
use crate::ui::parts::words::{count, span};
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::gauge::{GaugePieceRow, GaugeReadingRow, GaugeTrace};
use crate::views::link::said_not_listed;
use crate::views::query::{Answer, Query};

use super::complete;
use super::gauge_words::{GaugeWordsScreen, WordsFor};
use super::told::{becomes, units_and_lots};

const PURPOSE: &str = "Every reading that is in doubt if this gauge is out of tolerance, what is \
    nearest to a limit first; then values on pieces of lots. Where it failed, all these units and lots \
    are held, and released, as one act.";
const TOP: u16 = 9;

/// A value in doubt.
#[derive(Debug, Clone)]
enum Row {
    /// Of a unit.
    Unit(GaugeReadingRow),
    /// Of a piece of a lot.
    Piece(GaugePieceRow),
}

impl Row {
    /// The fact, and which of its values.
    fn key(&self) -> (&Position, &str) {
        match self {
            Self::Unit(row) => (&row.fact, &row.name),
            Self::Piece(row) => (&row.fact, &row.name),
        }
    }
}

/// The readings of a gauge in doubt.
#[derive(Debug)]
pub struct GaugeDoubtScreen {
    gauge: GaugeId,
    trace: Option<Box<GaugeTrace>>,
    unknown: bool,
    readings: List<Row>,
    loading: Option<Ticket>,
    pending: Option<Ticket>,
}

impl GaugeDoubtScreen {
    /// The readings of a gauge.
    pub fn new(gauge: GaugeId) -> Self {
        let readings = List::new(Shape::plain(one_line, "").from_line(TOP));
        Self { gauge, trace: None, unknown: false, readings, loading: None, pending: None }
    }

    fn failed(&self) -> bool {
        let failure = self.trace.as_ref().and_then(|trace| trace.failure.as_ref());
        failure.is_some_and(|failure| !failure.over)
    }
}

fn view_head(trace: &GaugeTrace, world: &World, canvas: &mut Canvas<'_>) {
    let x = canvas.put((1, 1), trace.gauge.as_str(), Role::Title);
    canvas.put_in(((x + 2).max(12), 1), 30, &trace.name, Role::Plain);
    canvas.put_right(canvas.width().saturating_sub(1), 1, &trace.class, Role::Muted);
    let cells = canvas.width().saturating_sub(4);
    let due = trace
        .due
        .map_or_else(|| say!("never calibrated").to_owned(), |date| say!("due {date}", date));
    match &trace.failure {
        Some(failure) if !failure.over => {
            let x = canvas.mark((1, 3), Mark::Fail, Role::Fail);
            let (day, found) = (failure.on, &failure.found);
            let text = say!("out of tolerance since {day}: {found}", day, found);
            canvas.put_in((x + 1, 3), cells, &text, Role::Fail);
        }
        Some(failure) => {
            let text = say!("{due}; was out of tolerance on {day}", due, day = failure.on);
            canvas.put_in((1, 3), cells, &text, Role::Plain);
        }
        None if trace.overdue => {
            let x = canvas.mark((1, 3), Mark::Fail, Role::Fail);
            canvas.put_in((x + 1, 3), cells, &say!("expired, {due}", due), Role::Fail);
        }
        None => {
            canvas.put_in((1, 3), cells, &due, Role::Plain);
        }
    }
    let since =
        trace.since.map_or_else(|| say!("ever").to_owned(), |day| say!("since {time}", time = day));
    let (readings, units) = (trace.readings.len() + trace.pieces.len(), trace.units);
    let lots = match trace.lots {
        0 => String::new(),
        lots => format!(", {}", count(lots, "lot", "lots")),
    };
    let text = format!(
        "{since}: {}, {}{lots}",
        count(readings, "reading", "readings"),
        count(units, "unit", "units")
    );
    canvas.put((1, 4), &text, Role::Plain);
    let age = match trace.catalog_age_s {
        Some(age_s) => say!("as known here, server {time} ago", time = span(age_s)),
        None => say!("as known here, server never reached").to_owned(),
    };
    canvas.put_right(canvas.width().saturating_sub(1), 4, &age, Role::Muted);
    let (text, role) = complete::alone(&trace.complete, Role::Muted, world);
    canvas.put_in((1, 6), cells + 2, &text, role);
    if let Some(words) = said_not_listed(trace.not_here) {
        canvas.put_in((1, 7), cells + 2, &format!("! {}", tell(&words)), Role::Warn);
    }
    let held = units_and_lots(trace.held.len(), trace.lots_held.len());
    let text = match (units_and_lots(trace.to_hold.len(), trace.lots_to_hold.len()), held) {
        (None, None) => return,
        (None, Some(held)) => say!("{held} on hold", held),
        (Some(to_hold), None) => say!("{to_hold} to hold: F2", to_hold),
        (Some(more), Some(held)) => say!("{held} on hold, {more} more to hold: F2", held, more),
    };
    canvas.put((1, 5), &text, Role::Warn);
    if let Some(shipped) = shipped(trace) {
        canvas.put_right(canvas.width().saturating_sub(1), 5, &shipped, Role::Fail);
    }
}

/// The units in doubt that are not here any more; none where all are.
fn shipped(trace: &GaugeTrace) -> Option<String> {
    let shipped = trace.readings.iter().filter(|row| row.shipped);
    let units: BTreeSet<_> = shipped.map(|row| &row.traveler).collect();
    let first = units.first()?;
    Some(match units.len() {
        1 => say!("{first} is shipped", first),
        many => say!("{many} units are shipped, {first} first", many, first),
    })
}

fn view_row(row: &Row, y: u16, canvas: &mut Canvas<'_>) {
    match row {
        Row::Unit(row) => view_unit(row, y, canvas),
        Row::Piece(row) => view_piece(row, y, canvas),
    }
}

fn view_piece(row: &GaugePieceRow, y: u16, canvas: &mut Canvas<'_>) {
    let unit = row.unit.as_ref().map(ToString::to_string);
    let lot = unit.unwrap_or_else(|| format!("{}/{}", row.part, row.lot));
    canvas.put_name((3, y), 15, &lot, Role::Title);
    let what = format!("{}: {}", row.piece, row.name);
    canvas.put_in((19, y), 16, &what, Role::Plain);
    canvas.put_in((36, y), 11, &row.value, Role::Plain);
    canvas.put_in((48, y), 11, &row.margin_words().unwrap_or_default(), Role::Plain);
    let place = row.place.as_ref().map_or("", |place| place.as_str());
    canvas.put_in((60, y), 6, place, Role::Muted);
    let stands = tell(&row.standing);
    let (mark, role, words) = match row.hold.as_deref() {
        _ if row.ended => (Mark::Unset, Role::Muted, stands.as_str()),
        Some("held") => (Mark::Hold, Role::Fail, say!("held")),
        Some(_) => (Mark::Pass, Role::Ok, say!("unit|released")),
        None => (Mark::Open, Role::Plain, stands.as_str()),
    };
    let x = canvas.mark((67, y), mark, role);
    canvas.put_in((x + 1, y), 10, words, role);
}

fn view_unit(row: &GaugeReadingRow, y: u16, canvas: &mut Canvas<'_>) {
    canvas.put_name((3, y), 15, &row.traveler.to_string(), Role::Title);
    let what = format!("{} {}", row.name, row.sample);
    canvas.put_in((19, y), 16, &what, Role::Plain);
    canvas.put_in((36, y), 11, &row.value, Role::Plain);
    canvas.put_in((48, y), 11, &row.margin_words().unwrap_or_default(), Role::Plain);
    let place = row.place.as_ref().map_or("", |place| place.as_str());
    canvas.put_in((60, y), 6, place, Role::Muted);
    let ended = row.ended.as_deref().map(becomes);
    let (mark, role, words) = match (&row.hold, &ended, row.finished) {
        (_, Some(how), _) => (Mark::Unset, Role::Muted, how.as_str()),
        (Some(hold), None, _) if hold == "held" => {
            (Mark::Hold, Role::Fail, if row.shipped { say!("shipped") } else { say!("held") })
        }
        (Some(_), None, _) => (Mark::Pass, Role::Ok, say!("unit|released")),
        (None, None, _) if row.shipped => (Mark::Hold, Role::Fail, say!("shipped")),
        (None, None, true) => (Mark::Pass, Role::Plain, say!("finished")),
        (None, None, false) => (Mark::Open, Role::Plain, say!("state|open")),
    };
    let x = canvas.mark((67, y), mark, role);
    canvas.put_in((x + 1, y), 10, words, role);
}

impl Layer for GaugeDoubtScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        let Some(trace) = &self.trace else { return Vec::new() };
        let mut acts = Vec::new();
        if trace.to_hold_words().is_some() {
            acts.push(Act::HoldAll);
        }
        if trace.held_words().is_some() {
            acts.push(Act::ReleaseAll);
        }
        if !self.failed() {
            acts.push(Act::GaugeFailed);
        }
        acts
    }

    fn busy(&self) -> bool {
        self.pending.is_some()
    }

    fn shown(&mut self, world: &mut World) {
        let (gauge, since) = (self.gauge.clone(), None);
        self.loading = Some(world.load(Query::GaugeTrace { gauge, since }));
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        let Some(trace) = &self.trace else { return Turn::Back };
        if act == Act::HoldAll {
            self.pending = Some(world.record_all(trace.holds()));
            return Turn::Stay;
        }
        let what = if act == Act::ReleaseAll {
            WordsFor::Release(trace.clone())
        } else if act == Act::GaugeFailed {
            WordsFor::Found
        } else {
            return Turn::Back;
        };
        Turn::Open(Box::new(GaugeWordsScreen::new(self.gauge.clone(), what)))
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        self.readings.key(key, world.size.1);
        Turn::Stay
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket) || self.pending == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        if let Reply::Recorded(outcome) = reply {
            self.pending = None;
            let (units, lots) = self
                .trace
                .as_ref()
                .map_or((0, 0), |trace| (trace.to_hold.len(), trace.lots_to_hold.len()));
            let held = units_and_lots(units, lots).unwrap_or_default();
            let saved = if units + lots == 1 {
                say!("saved: {held} is on hold", held)
            } else {
                say!("saved: {held} are on hold", held)
            };
            let turn = world.outcome(outcome, &saved);
            self.shown(world);
            return turn;
        }
        self.loading = None;
        if let Some(Answer::GaugeTrace(trace)) = world.answer(reply) {
            self.unknown = trace.is_none();
            let units = trace.iter().flat_map(|trace| trace.readings.iter().cloned());
            let pieces = trace.iter().flat_map(|trace| trace.pieces.iter().cloned());
            let rows = units.map(Row::Unit).chain(pieces.map(Row::Piece)).collect();
            self.readings.fill(rows, |row, before| row.key() == before.key());
            self.trace = trace;
        }
        Turn::Stay
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        let Some(trace) = &self.trace else {
            let text =
                if self.unknown { say!("This gauge is not known at this station.") } else { "" };
            canvas.put((1, 1), self.gauge.as_str(), Role::Title);
            canvas.put((1, 4), text, Role::Warn);
            return;
        };
        view_head(trace, world, canvas);
        if !(trace.readings.is_empty() && trace.pieces.is_empty()) {
            let y = TOP - 1;
            for (x, cells, word) in [
                (3, 15, "unit or lot"),
                (19, 16, "reading"),
                (36, 11, "value"),
                (48, 11, "margin"),
                (60, 6, "place"),
            ] {
                canvas.put_in((x, y), cells, say!(word), Role::Muted);
            }
            canvas.put((67, y), say!("it is"), Role::Muted);
        }
        self.readings.view(canvas, |shown, canvas| view_row(shown.row, shown.y, canvas));
    }
}
