//! Choosing a piece that was recorded wrongly, and saying why it is recorded again (R3).

use crate::domain::inspection::series::SeriesId;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Turn};
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::field::{Field, TEXT_MAX};
use crate::ui::parts::list::{List, Shape, one_line};
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::inspection::{LotView, PieceView};

use super::lot::LotScreen;

const PURPOSE: &str = "Choose the piece that was recorded wrongly, say why, and record it again. What \
    was recorded stays in the record beside it.";

/// The pieces that are recorded, and why one is recorded again.
#[derive(Debug)]
pub struct CorrectPieceScreen {
    lot: Box<LotView>,
    series: SeriesId,
    rows: List<PieceView>,
    piece: Option<u32>,
    reason: Field,
}

impl CorrectPieceScreen {
    /// The pieces of a lot.
    pub fn new(lot: Box<LotView>, series: SeriesId) -> Self {
        let mut rows = List::new(Shape::numbered(one_line, "Nothing is recorded yet."));
        let standing =
            lot.records.iter().rev().filter(|record| !record.corrected && !record.by_value);
        rows.fill(standing.cloned().collect(), |row: &PieceView, before| row == before);
        Self { lot, series, rows, piece: None, reason: Field::new(TEXT_MAX) }
    }

    fn choose(&mut self) {
        self.piece = self.rows.marked().map(|row| row.piece);
    }
}

impl Layer for CorrectPieceScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn focus(&self, _world: &World) -> Focus {
        if self.piece.is_some() { Focus::Text } else { Focus::Choice }
    }

    fn has_words(&self) -> bool {
        self.piece.is_some() && !self.reason.is_empty()
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        vec![if self.piece.is_some() { Act::Next } else { Act::Choose }]
    }

    fn person_changed(&mut self) {
        self.reason.clear();
    }

    fn shown(&mut self, _world: &mut World) {}

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        let reason = self.reason.text().trim().to_owned();
        match (act, self.piece) {
            (Act::Choose, _) => self.choose(),
            (Act::Next, Some(_)) if reason.is_empty() => {
                world.say(say!("type a reason first"), Role::Warn);
            }
            (Act::Next, Some(piece)) => {
                let again = LotScreen::correcting(&self.lot, self.series.clone(), (piece, reason));
                return Turn::Replace(Box::new(again));
            }
            (_, Some(_)) => self.piece = None,
            (_, None) => return Turn::Back,
        }
        Turn::Stay
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        if self.piece.is_some() {
            self.reason.key(key);
        } else if self.rows.key(key, world.size.1) {
            self.choose();
        }
        Turn::Stay
    }

    fn insert(&mut self, text: &str) {
        self.reason.insert(text);
    }

    fn take_back(&mut self, characters: usize) {
        self.reason.take_back(characters);
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        let end = canvas.width().saturating_sub(1);
        canvas.put((1, 1), say!("Correct a piece"), Role::Title);
        canvas.put_right(end, 1, &tell(&self.lot.name()), Role::Plain);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        let Some(piece) = self.piece else {
            self.rows.view(canvas, |shown, canvas| view_row(shown.row, shown.y, canvas));
            return;
        };
        let row = self.rows.rows().iter().find(|row| row.piece == piece);
        let found = row.map_or_else(String::new, words);
        canvas.put_in((3, 4), end - 3, &say!("Piece {piece}  {found}", piece, found), Role::Plain);
        canvas.put((3, 6), say!("Why is it recorded again?"), Role::Title);
        self.reason.view(canvas, (3, 8), end - 4, true);
    }
}

fn words(row: &PieceView) -> String {
    let values: Vec<String> = row.values.iter().map(|value| tell(&value.words())).collect();
    values.join("; ")
}

fn view_row(row: &PieceView, y: u16, canvas: &mut Canvas<'_>) {
    let (mark, role) =
        if row.nonconforming { (Mark::Fail, Role::Fail) } else { (Mark::Pass, Role::Ok) };
    let x = canvas.mark((6, y), mark, role);
    let text = say!("piece {piece}  {found}", piece = row.piece, found = words(row));
    canvas.put_in((x + 1, y), canvas.width().saturating_sub(x + 2), &text, Role::Plain);
}
