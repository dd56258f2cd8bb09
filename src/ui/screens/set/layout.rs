//! How the screen of a set shares its rows: what is warned of and what is asked are always whole
//! where they fit, the table of units takes the rest; what it leaves is for the step's text.

use crate::domain::instruction::{Ask, Block, CalloutLevel};
use crate::ui::parts::prose::{Line, lines, wrapped};
use crate::ui::speech::say;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;

use super::SetScreen;
use super::now::{Here, Now, here};

/// So many units are always shown.
const UNITS_MIN: usize = 2;
/// The rows besides the text, the question and the table.
const ROWS_BESIDE: usize = 11;
const MORE: &str = "the text goes on: F9, open the unit";

/// What stands where.
pub(super) struct Layout {
    /// The warnings of the step, or the first line of its text.
    pub(super) text: Vec<Line>,
    /// The question, where it does not fit into the row of its answers.
    pub(super) question: Vec<Line>,
    /// The first row of the table.
    pub(super) top: u16,
    /// How many units are on a page.
    pub(super) rows: usize,
}

impl SetScreen {
    /// Shares the rows of a screen of a size.
    pub(super) fn layout(&self, now: &Now<'_>, (width, height): (u16, u16), ascii: bool) -> Layout {
        let cells = usize::from(width.saturating_sub(4));
        let here = self.standing.as_ref().and_then(|standing| here(&self.views, standing));
        let question = if let Now::Each { ask: Ask::Check { question, .. }, .. } = now {
            long(question, cells)
        } else {
            Vec::new()
        };
        let room = usize::from(height).saturating_sub(ROWS_BESIDE + question.len());
        let (mut text, warns) =
            here.map_or_else(|| (Vec::new(), false), |here| said(here, cells, ascii));
        // What warns of nothing takes no row from a unit.
        let units = if warns { UNITS_MIN } else { self.units.len().max(UNITS_MIN) };
        let most = room.saturating_sub(units).max(1);
        if text.len() > most {
            text.truncate(most.saturating_sub(1).max(1));
            match text.last_mut() {
                Some(line) if most == 1 => {
                    line.0.push((format!(" {}", Mark::More.glyph(ascii)), Role::Accent));
                }
                Some(_) | None => text.push(Line::of(say!(MORE), Role::Accent)),
            }
        }
        let used = text.len().max(1);
        let top = u16::try_from(used + 6).unwrap_or(u16::MAX);
        Layout { text, question, top, rows: room.saturating_sub(used) }
    }
}

/// The lines of a question that has no room beside its answers.
fn long(question: &str, cells: usize) -> Vec<Line> {
    const ANSWERS: usize = 46;
    let lines = wrapped(question, cells, Role::Title);
    let room = cells.saturating_sub(ANSWERS);
    if lines.len() == 1 && question.chars().count() <= room { Vec::new() } else { lines }
}

/// What a step warns of, and that it does; where it warns of nothing, its text.
fn said(here: Here<'_>, cells: usize, ascii: bool) -> (Vec<Line>, bool) {
    let warns = |block: &&Block| {
        matches!(block, Block::Callout { level: CalloutLevel::Warning | CalloutLevel::Caution, .. })
    };
    let mut out = Vec::new();
    for block in here.step.text.iter().filter(warns) {
        out.extend(lines(std::slice::from_ref(block), cells, ascii));
    }
    let warns = !out.is_empty();
    if !warns {
        // Two cells are left for the mark that it goes on.
        out.extend(lines(&here.step.text, cells.saturating_sub(2), ascii));
    }
    (out, warns)
}
