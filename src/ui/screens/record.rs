//! Everything that was recorded about one unit, step by step, as an auditor reads it.

use crate::domain::ids::GaugeId;
use crate::domain::stream::TravelerId;
use crate::domain::traced::Traced;
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::list::{List, Shape, Shown, mark_line};
use crate::ui::parts::prose::wrapped;
use crate::ui::speech::{say, tell};
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::query::{Answer, Query};
use crate::views::trace::{Trace, TraceLine};

use super::thread::trace::TraceScreen;

const PURPOSE: &str = "Everything that was recorded about this unit, step by step, with who, when, \
    verdict and gauge; below, the marked record in full. Enter goes on to the gauge it was measured with.";
const NONE: &str = "Nothing is recorded about it here.";
/// Lines at the bottom for the marked record.
const BELOW: u16 = 5;

/// Where the marked record is told in full, from the left.
const INDENT: u16 = 3;

/// The record of one unit.
#[derive(Debug)]
pub struct RecordScreen {
    unit: TravelerId,
    /// The record but for its lines.
    record: Option<Box<Trace>>,
    unknown: bool,
    lines: List<TraceLine>,
    loading: Option<Ticket>,
}

/// The first line of a step has its name above it.
fn height(line: &TraceLine, above: Option<&TraceLine>) -> u16 {
    if begins(line, above) { 2 } else { 1 }
}

fn begins(line: &TraceLine, above: Option<&TraceLine>) -> bool {
    above.is_none_or(|above| above.step != line.step)
}

impl RecordScreen {
    /// Of a unit or lot.
    pub fn new(unit: TravelerId) -> Self {
        let lines = List::new(Shape::plain(height, NONE).leaving(BELOW).marking_itself());
        Self { unit, record: None, unknown: false, lines, loading: None }
    }

    /// The gauge of the marked record.
    fn gauge(&self) -> Option<GaugeId> {
        let gauge = self.lines.marked()?.gauge.as_ref()?;
        GaugeId::parse(gauge).ok()
    }

    fn open(&self) -> Turn {
        let Some(gauge) = self.gauge() else { return Turn::Stay };
        Turn::Open(Box::new(TraceScreen::new(Traced::Gauge(gauge))))
    }
}

impl Layer for RecordScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        let mut acts = Vec::new();
        if self.gauge().is_some() {
            acts.push(Act::Open);
        }
        acts
    }

    fn footer(&self, world: &World) -> Vec<Act> {
        let mut acts = self.acts(world);
        acts.retain(|act| *act == Act::Open);
        acts.extend([Act::Menu, Act::Help, Act::Back]);
        acts
    }

    fn traveler(&self) -> Option<&TravelerId> {
        Some(&self.unit)
    }

    fn shown(&mut self, world: &mut World) {
        self.loading = Some(world.load(Query::Trace { id: self.unit.clone() }));
    }

    fn act(&mut self, act: Act, _world: &mut World) -> Turn {
        if act == Act::Open { self.open() } else { Turn::Back }
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        self.lines.key(key, world.size.1);
        Turn::Stay
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        match world.answer(reply) {
            Some(Answer::Trace(Some(mut trace))) => {
                self.unknown = false;
                let lines = std::mem::take(&mut trace.lines);
                self.lines.fill(lines, |one, other| one.position == other.position);
                self.record = Some(trace);
            }
            Some(_) => self.unknown = true,
            None => {}
        }
        Turn::Stay
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        if self.unknown {
            canvas.put((1, 1), &say!("{unit} is not known here", unit = self.unit), Role::Warn);
            return;
        }
        let Some(record) = &self.record else { return };
        let x = canvas.put((1, 1), &self.unit.to_string(), Role::Title);
        let x = canvas.put((x + 2, 1), &record.part, Role::Muted);
        let role = if record.standing.says("on hold") { Role::Hold } else { Role::Plain };
        let cells = canvas.width().saturating_sub(x + 3);
        canvas.put_in((x + 2, 1), cells, &tell(&record.standing), role);
        self.lines.view(canvas, |shown, canvas| view_line(shown, world, canvas));
        self.view_marked(world, canvas);
    }
}

fn view_line(shown: &Shown<'_, TraceLine>, world: &World, canvas: &mut Canvas<'_>) {
    let (line, mut y) = (shown.row, shown.y);
    if begins(line, shown.above) {
        let step =
            if line.step.is_empty() { say!("the unit").to_owned() } else { tell(&line.step) };
        canvas.put((1, y), &step, Role::Title);
        y += 1;
    }
    if shown.marked {
        mark_line(y, canvas);
    }
    canvas.put_in((INDENT, y), 13, &world.site_time(line.at), Role::Muted);
    let end = canvas.width().saturating_sub(1);
    let (words, mark, role) = verdict(line);
    let room = end.saturating_sub(canvas.cells(&words) + 4);
    if !words.is_empty() {
        let x = canvas.mark((room + 1, y), mark, role);
        canvas.put((x + 1, y), &words, role);
    }
    canvas.put_start((17, y), room.saturating_sub(17), &tell(&line.what), Role::Plain);
}

/// The verdict in a word, and what the server did not accept.
fn verdict(line: &TraceLine) -> (String, Mark, Role) {
    let refused = line.not_accepted.is_some();
    let Some(verdict) = &line.verdict else {
        let words = if refused { say!("not accepted") } else { "" };
        return (words.to_owned(), Mark::Hold, Role::Hold);
    };
    let (mark, role) = match verdict.as_str() {
        "Pass" => (Mark::Pass, Role::Ok),
        "Marginal" => (Mark::Warn, Role::Warn),
        _ => (Mark::Fail, Role::Fail),
    };
    let verdict = word(verdict);
    let words = if refused { say!("{verdict}, not accepted", verdict) } else { verdict.to_owned() };
    (words, mark, role)
}

/// A verdict as it is said.
fn word(verdict: &str) -> &str {
    let known = ["Pass", "Marginal", "Fail"].into_iter().find(|known| *known == verdict);
    known.map_or(verdict, |known| say!(known))
}

impl RecordScreen {
    /// The marked record in full.
    fn view_marked(&self, world: &World, canvas: &mut Canvas<'_>) {
        let Some(line) = self.lines.marked() else { return };
        let top = canvas.height().saturating_sub(3 + BELOW);
        canvas.rule(top);
        let cells = canvas.width().saturating_sub(INDENT + 1);
        let saved = if line.at_server { say!("at server") } else { say!("saved") };
        let mut said = vec![line.who.clone(), world.site_time(line.at)];
        if !line.place.is_empty() {
            said.push(line.place.clone());
        }
        if let Some(gauge) = &line.gauge {
            said.push(say!("gauge {gauge}", gauge));
        }
        said.extend([saved.to_owned(), line.position.clone()]);
        canvas.put_in((INDENT, top + 1), cells, &said.join("  "), Role::Muted);
        let verdict = line.verdict.as_ref().map(|verdict| format!("{}: ", word(verdict)));
        let mut text = format!("{}{}", verdict.unwrap_or_default(), tell(&line.what));
        if let Some(permit) = &line.permit {
            text = say!("{text}; goes on by {permit}", text, permit = tell(permit));
        }
        let rows = BELOW - 2;
        let lines = wrapped(&text, cells.into(), Role::Plain);
        for (row, told) in (0..rows).zip(&lines) {
            told.view(canvas, (INDENT, top + 2 + row), cells);
        }
        if lines.len() > usize::from(rows) {
            canvas.mark(
                (canvas.width().saturating_sub(2), top + 1 + rows),
                Mark::More,
                Role::Muted,
            );
        }
    }
}
