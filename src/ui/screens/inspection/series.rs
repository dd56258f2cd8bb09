//! The history of a series: every lot with how strictly it was inspected and why, and what is next.

use crate::domain::inspection::series::SeriesId;
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::list::{List, Shape};
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::inspection::{LotView, NextView};
use crate::views::query::{Answer, Query};

use super::lot::LotScreen;

const PURPOSE: &str = "Every lot of this part from this supplier, the newest first: how strictly it was \
    inspected, why, and what came of it. Above stands how the next one is inspected.";
const NONE: &str = "No lot of this series was opened here.";
const TOP: u16 = 7;
/// By how many instructions the next lot is told.
const NEXT_MAX: usize = 3;

/// A series.
#[derive(Debug)]
pub struct SeriesScreen {
    id: SeriesId,
    next: Vec<NextView>,
    lots: List<LotView>,
    loading: Option<Ticket>,
}

fn three_lines(_: &LotView, _: Option<&LotView>) -> u16 {
    3
}

impl SeriesScreen {
    /// A series by its part and supplier.
    pub fn new(id: SeriesId) -> Self {
        let shape = Shape::numbered(three_lines, NONE).from_line(TOP);
        Self { id, next: Vec::new(), lots: List::new(shape), loading: None }
    }

    fn open(&self) -> Turn {
        let Some(lot) = self.lots.marked() else { return Turn::Stay };
        Turn::Open(Box::new(LotScreen::new(self.id.clone(), lot.opened.clone())))
    }
}

/// `next by WI-2100 rev A: tightened, 2 of 5 …; switching score 0`.
fn next_words(next: &NextView) -> (String, Role) {
    let NextView { instruction, revision, score, .. } = next;
    let by = say!("Next by {instruction} rev {revision}: ", instruction, revision);
    if next.discontinued {
        let words = say!("discontinued; quality takes it up again");
        return (format!("{by}{words}"), Role::Fail);
    }
    if let Some(lot) = &next.opened_twice {
        let words = say!("stopped: two stations opened {lot}; quality takes it up again", lot);
        return (format!("{by}{words}"), Role::Fail);
    }
    let earned = if next.may_be_reduced { say!("; reduced may be approved") } else { "" };
    let (severity, why) = (say!(next.severity.word()), tell(&next.why));
    let score = say!("score {score}", score);
    (format!("{by}{severity}, {why}; {score}{earned}"), Role::Accent)
}

fn view_lot(lot: &LotView, y: u16, canvas: &mut Canvas<'_>) {
    super::view_row(lot, y, canvas);
    let LotView { instruction, revision, why, .. } = lot;
    let why = tell(why);
    let words = say!("{instruction} rev {revision}; {why}", instruction, revision, why);
    canvas.put_in((8, y + 2), canvas.width().saturating_sub(9), &words, Role::Muted);
}

impl Layer for SeriesScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        if self.lots.marked().is_some() { vec![Act::Open] } else { Vec::new() }
    }

    fn shown(&mut self, world: &mut World) {
        self.loading = Some(world.load(Query::Series { id: self.id.clone() }));
    }

    fn act(&mut self, act: Act, _world: &mut World) -> Turn {
        if act == Act::Open { self.open() } else { Turn::Back }
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        if self.lots.key(key, world.size.1) { self.open() } else { Turn::Stay }
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        if let Some(Answer::Series(found)) = world.answer(reply) {
            let (next, mut lots) =
                found.map_or_else(Default::default, |found| (found.next, found.lots));
            lots.reverse();
            self.next = next;
            self.lots.fill(lots, |row, before| row.opened == before.opened);
        }
        Turn::Stay
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        let end = canvas.width().saturating_sub(1);
        canvas.put((1, 1), say!("History of the series"), Role::Title);
        let name = say!("{part} of {supplier}", part = self.id.part, supplier = self.id.supplier);
        canvas.put_right(end, 1, &name, Role::Plain);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        for (y, next) in (3..).zip(self.next.iter().take(NEXT_MAX)) {
            let (words, role) = next_words(next);
            canvas.put_in((1, y), end.saturating_sub(1), &words, role);
        }
        self.lots.view(canvas, |shown, canvas| view_lot(shown.row, shown.y, canvas));
    }
}
