//! The grid of a lot's sample: a row a piece, a column what is asked of it, each value saved at Enter.
//! `entry` makes commands of what was typed, `walk` moves, `gauges` says with what is measured, `heads`
//! says what the columns are, `view` draws.
//! Invariant: what is shown as recorded comes from the store; what is typed and not saved says so.

mod entry;
mod gauges;
mod heads;
mod screen;
mod view;
mod walk;

use std::collections::BTreeMap;

use crate::domain::fact::Position;
use crate::domain::inspection::asks::PieceAsk;
use crate::domain::inspection::by_cell::CellValue;
use crate::domain::inspection::cells::CellAt;
use crate::domain::inspection::series::{LotStanding, SeriesId};
use crate::ui::parts::field::{Field, TEXT_MAX};
use crate::ui::screens::recording::Recording;
use crate::ui::world::World;
use crate::views::grid::{CellView, GridView};
use crate::views::register::GaugeRow;

use gauges::Choosing;

/// The setting of a person that Enter goes right, as a draft knows it.
const ENTER_RIGHT: &str = "grid: Enter goes right";
/// The setting of a person that failing values are asked for again at the end.
const ASK_LATER: &str = "grid: ask again at the end";

/// The grid of one opening of a lot.
#[derive(Debug)]
pub struct GridScreen {
    series: SeriesId,
    opened: Position,
    grid: Option<Box<GridView>>,
    unknown: bool,
    /// The rank of the piece and of the ask that have the focus.
    focus: (usize, usize),
    /// The column in which Tab began, to which Enter goes back.
    tab_from: Option<usize>,
    recording: Recording,
    asking: Asking,
    /// Where the focus goes once what was sent is saved and shown.
    then: Option<Then>,
    /// The gauge of a column, where it is another than what is chosen of its class.
    gauges: BTreeMap<u16, GaugeRow>,
    /// The column for which a gauge is being chosen, with what was chosen of its class before.
    choosing: Option<Choosing>,
}

/// What is asked beside values.
#[derive(Debug)]
enum Asking {
    /// Nothing.
    Nothing,
    /// A comment on the value that has the focus.
    Comment(Field),
    /// Why the value that has the focus is recorded again.
    Reason(Field),
    /// The value is typed anew, for this reason.
    Again(String),
    /// Whether a pasted block is recorded.
    Block(Block),
}

/// Lines that were pasted and are not recorded.
#[derive(Debug)]
struct Block {
    text: String,
    /// What it amounts to, in words.
    words: String,
    /// The values that were asked about.
    values: Vec<CellValue>,
}

/// Where the focus goes after something was saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    /// On from a value, by the way that it was left.
    On(CellAt, Way),
    /// Nowhere.
    Stay,
    /// Nowhere, and what was pasted is no draft any more.
    Block,
}

/// How a value is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Enter,
    Tab,
}

/// What a value is to whoever stands at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    /// Nothing is recorded.
    Open,
    /// It failed and is to be typed again.
    Again,
    /// It is recorded.
    Recorded,
    /// It is being corrected.
    Corrected,
}

impl GridScreen {
    /// The grid of an opening.
    pub fn new(series: SeriesId, opened: Position) -> Self {
        Self {
            series,
            opened,
            grid: None,
            unknown: false,
            focus: (0, 0),
            tab_from: None,
            recording: Recording::new(),
            asking: Asking::Nothing,
            then: None,
            gauges: BTreeMap::new(),
            choosing: None,
        }
    }

    fn asks(&self) -> &[PieceAsk] {
        self.grid.as_ref().and_then(|grid| grid.asks.as_deref()).unwrap_or_default()
    }

    fn pieces(&self) -> &[u32] {
        self.grid.as_ref().map_or(&[], |grid| grid.pieces.as_slice())
    }

    /// Whether values are recorded at all.
    fn is_open(&self) -> bool {
        self.grid.as_ref().is_some_and(|grid| grid.lot.stands == LotStanding::Open)
    }

    /// Which value is at a row and a column.
    fn at(&self, (row, column): (usize, usize)) -> Option<CellAt> {
        self.asks().get(column)?;
        Some((*self.pieces().get(row)?, u16::try_from(column + 1).ok()?))
    }

    /// The value that has the focus.
    fn here(&self) -> Option<CellAt> {
        self.at(self.focus)
    }

    fn ask(&self) -> Option<&PieceAsk> {
        self.asks().get(self.focus.1)
    }

    fn cell(&self, at: CellAt) -> Option<&CellView> {
        self.grid.as_ref()?.cells.get(&at)
    }

    fn stands(&self, at: CellAt) -> Stands {
        match (self.cell(at), &self.asking) {
            (None, _) => Stands::Open,
            (Some(cell), _) if cell.again => Stands::Again,
            (Some(_), Asking::Again(_)) if Some(at) == self.here() => Stands::Corrected,
            (Some(_), _) => Stands::Recorded,
        }
    }

    /// Whether a value can be typed where the focus is.
    fn takes_value(&self) -> bool {
        let stands = self.here().map(|at| self.stands(at));
        self.is_open() && stands.is_some_and(|stands| stands != Stands::Recorded)
    }

    /// Whether it is typed, and not answered by a digit.
    fn takes_number(&self) -> bool {
        self.takes_value() && self.ask().is_some_and(|ask| ask.kind.limits().is_some())
    }

    /// The field for words that are asked for.
    fn words(&mut self) -> Option<&mut Field> {
        match &mut self.asking {
            Asking::Comment(field) | Asking::Reason(field) => Some(field),
            Asking::Nothing | Asking::Again(_) | Asking::Block(_) => None,
        }
    }

    /// The name of what is typed at a value, as drafts know it.
    fn slot(&self, (piece, ask): CellAt) -> String {
        format!("cell {} {} {piece} {ask}", self.series, self.opened)
    }

    /// Makes the field ready for the value that has the focus.
    fn ready(&mut self, world: &World) {
        let slot = self.here().filter(|_| self.takes_number()).map(|at| self.slot(at));
        self.recording.ready_for(slot, world);
    }

    /// Whether a failing value is asked for again before anything else is typed.
    fn asks_at_once(world: &World) -> bool {
        !world.drafts.contains_key(ASK_LATER)
    }

    fn enter_goes_right(world: &World) -> bool {
        world.drafts.contains_key(ENTER_RIGHT)
    }
}

fn empty_field() -> Field {
    Field::new(TEXT_MAX)
}
