//! What a unit is made of against what its instructions plan; what is built in can be taken out.

use crate::domain::fact::Position;
use crate::domain::ids::DeviationId;
use crate::domain::instruction::InstallBy;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::built::{Built, Planned};
use crate::domain::traveler::standing::StepStanding;
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::list::{List, Shape, Shown, mark_line};
use crate::ui::speech::say;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::query::{Answer, Query};
use crate::views::traveler::TravelerView;

use super::take_out::{TakeOutScreen, becomes_words};

const PURPOSE: &str = "Each component that the instructions plan with what is built in, then what is not \
    planned and what was taken out. Enter takes the marked one out, with a reason; what is missing is \
    scanned at its step.";
const NONE: &str = "The instructions of this unit build nothing in.";

/// Which part of the page a row belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Planned,
    Unplanned,
    TakenOut,
}

/// One component, there or missing.
#[derive(Debug)]
struct Row {
    part: Part,
    step: String,
    what: String,
    number: String,
    note: String,
    mark: (Mark, Role),
    /// The fact that built it in, where it is there.
    entry: Option<(Position, String)>,
}

/// What a unit is made of.
#[derive(Debug)]
pub struct BuiltScreen {
    unit: TravelerId,
    rows: List<Row>,
    gaps: usize,
    deviations: Vec<DeviationId>,
    loading: Option<Ticket>,
}

impl BuiltScreen {
    /// Of a unit.
    pub fn new(unit: TravelerId) -> Self {
        let rows = List::new(Shape::plain(lines, NONE).marking_itself());
        Self { unit, rows, gaps: 0, deviations: Vec::new(), loading: None }
    }

    fn take(&mut self, view: &TravelerView) {
        let built = view.state.as_built(&view.instructions);
        self.gaps = built.gaps().len();
        self.deviations = view.state.deviations().into_iter().cloned().collect();
        let planned = built.planned.iter().flat_map(of_plan);
        let unplanned = built.unplanned.iter().map(|one| there(one, Part::Unplanned));
        let out = built.removed.iter().map(taken_out);
        let rows = planned.chain(unplanned).chain(out).collect();
        self.rows.fill(rows, |one: &Row, other: &Row| {
            (one.part, &one.step, &one.what) == (other.part, &other.step, &other.what)
        });
    }

    fn entry(&self) -> Option<&(Position, String)> {
        self.rows.marked().and_then(|row| row.entry.as_ref())
    }
}

fn lines(row: &Row, above: Option<&Row>) -> u16 {
    if above.is_none_or(|above| above.part != row.part) { 2 } else { 1 }
}

fn by(by: InstallBy) -> &'static str {
    match by {
        InstallBy::Serial => "serial",
        InstallBy::Lot => "lot",
    }
}

/// A planned component with what is there; where there are several, each.
fn of_plan(planned: &Planned<'_>) -> Vec<Row> {
    let what = format!("{} ({} {})", planned.name, planned.part, say!(by(planned.by)));
    if !planned.built.is_empty() {
        let rows = planned.built.iter().map(|built| there(built, Part::Planned));
        return rows.map(|row| Row { what: what.clone(), ..row }).collect();
    }
    let done = planned.standing == StepStanding::Done && !planned.before;
    let (note, mark) = match (done, planned.before) {
        (true, _) => ("MISSING: scan it at its step", (Mark::Fail, Role::Fail)),
        (false, true) => ("in the lot before", (Mark::Skipped, Role::Muted)),
        (false, false) => ("to be built in", (Mark::Open, Role::Plain)),
    };
    vec![Row {
        part: Part::Planned,
        step: format!("{} {}", planned.operation, planned.step),
        what,
        number: String::new(),
        note: say!(note).to_owned(),
        mark,
        entry: None,
    }]
}

/// Something that is built in.
fn there(built: &Built<'_>, part: Part) -> Row {
    let (operation, step, _) = built.slot();
    let pieces = built.pieces();
    let pieces = if pieces == 1 { String::new() } else { say!("{pieces} pieces", pieces) };
    let source = built.entry.basis.as_ref().map_or("", |basis| say!(basis.source.words()));
    let note = [pieces.as_str(), source].into_iter().filter(|word| !word.is_empty());
    let mark = match part {
        Part::Planned | Part::TakenOut => (Mark::Pass, Role::Ok),
        Part::Unplanned => (Mark::Fail, Role::Fail),
    };
    Row {
        part,
        step: format!("{operation} {step}"),
        what: built.part.to_string(),
        number: built.identity.to_owned(),
        note: note.collect::<Vec<_>>().join(", "),
        mark,
        entry: Some((built.entry.at.clone(), format!("{} {}", built.part, built.identity))),
    }
}

fn taken_out(built: &Built<'_>) -> Row {
    let removed = built.entry.removed.as_ref();
    let note = removed.map(|out| format!("{}: {}", becomes_words(&out.becomes), out.reason));
    let row = there(built, Part::TakenOut);
    Row { note: note.unwrap_or_default(), mark: (Mark::Skipped, Role::Muted), entry: None, ..row }
}

fn view_row(shown: &Shown<'_, Row>, canvas: &mut Canvas<'_>) {
    let row = shown.row;
    let mut y = shown.y;
    if shown.above.is_none_or(|above| above.part != row.part) {
        let title = match row.part {
            Part::Planned => "planned",
            Part::Unplanned => "not planned",
            Part::TakenOut => "taken out",
        };
        canvas.put((1, y), say!(title), Role::Title);
        y += 1;
    }
    if shown.marked {
        mark_line(y, canvas);
    }
    canvas.put_in((3, y), 12, &row.step, Role::Muted);
    canvas.put_name((16, y), 26, &row.what, Role::Plain);
    let x = canvas.mark((43, y), row.mark.0, row.mark.1);
    canvas.put_in((x + 1, y), 14, &row.number, Role::Plain);
    let note = if row.number.is_empty() { x + 1 } else { 60 };
    canvas.put_in((note, y), canvas.width().saturating_sub(note + 1), &row.note, row.mark.1);
}

impl Layer for BuiltScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn traveler(&self) -> Option<&TravelerId> {
        Some(&self.unit)
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        if self.entry().is_some() { vec![Act::TakeOut] } else { Vec::new() }
    }

    fn shown(&mut self, world: &mut World) {
        let (id, place) = (self.unit.clone(), world.place.clone());
        self.loading = Some(world.load(Query::Traveler { id, place }));
    }

    fn act(&mut self, act: Act, _world: &mut World) -> Turn {
        match (act, self.entry()) {
            (Act::TakeOut, Some((entry, what))) => {
                let about = (self.unit.clone(), entry.clone(), what.clone());
                Turn::Open(Box::new(TakeOutScreen::new(about, self.deviations.clone())))
            }
            (Act::TakeOut, None) => Turn::Stay,
            (_, _) => Turn::Back,
        }
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        self.rows.key(key, world.size.1);
        Turn::Stay
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        if let Some(Answer::Traveler(Some(view))) = world.answer(reply) {
            self.take(&view);
        }
        Turn::Stay
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        let x = canvas.put((1, 1), say!("Made of"), Role::Title);
        canvas.put((x + 2, 1), &self.unit.to_string(), Role::Plain);
        if self.rows.is_loaded() {
            let end = canvas.width().saturating_sub(1);
            let (words, role) = match self.gaps {
                0 => (say!("as planned, so far").to_owned(), Role::Ok),
                1 => (say!("1 thing is not as planned").to_owned(), Role::Fail),
                gaps => (say!("{gaps} things are not as planned", gaps), Role::Fail),
            };
            canvas.put_right(end, 1, &words, role);
        }
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        self.rows.view(canvas, view_row);
    }
}
