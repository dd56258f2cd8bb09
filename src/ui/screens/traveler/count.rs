//! Counting the pieces of a lot: `+` takes all that are left as good, `/2` all but two; Enter reports.

use crate::domain::traveler::command::TravelerCommand;
use crate::domain::traveler::lot::Pieces;
use crate::domain::traveler::standing::Current;
use crate::ui::layer::Turn;
use crate::ui::screens::note::{NoteFor, NoteScreen};
use crate::ui::screens::told;
use crate::ui::speech::say;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::traveler::TravelerView;

use super::TravelerScreen;
use super::asks::Row;
use super::next::Now;
use super::view::line;

/// What stands at a step that counts: what was reported, and the field for the rest.
pub(super) fn rows(
    view: &TravelerView,
    current: Current<'_>,
    missing: u32,
    ascii: bool,
) -> Vec<Row<'static>> {
    let label = current.step.rules.quantity.as_ref().map_or(say!("Pieces"), |rule| &rule.label);
    let done = view.state.reported(current.operation.operation);
    let mut rows = vec![line("", Role::Plain)];
    if done != Pieces::default() {
        rows.push(line(say!("reported: {pieces}", pieces = told::pieces(done)), Role::Plain));
    }
    let mark = Mark::Now.glyph(ascii);
    rows.push(Row::Field(format!("{mark} {label}"), say!("of {missing}", missing)));
    rows.push(line(say!("  + and Enter: all {missing} are good", missing), Role::Muted));
    rows.push(line(say!("  /2 and Enter: 2 are scrap, all others good"), Role::Muted));
    rows.push(line(say!("  10/2: 10 good, 2 scrap; 9/2/1: and 1 to rework"), Role::Muted));
    rows
}

/// The pieces as typed: `+` are all that are left, and before a slash stands what the rest leaves.
fn typed(text: &str, missing: u32) -> Option<Pieces> {
    if text == "+" {
        return Some(Pieces { good: missing, ..Pieces::default() });
    }
    let Some(rest) = text.strip_prefix('/') else { return Pieces::parse(text) };
    let bad = Pieces::parse(&format!("0/{rest}"))?;
    Some(Pieces { good: missing.saturating_sub(bad.named()), ..bad })
}

impl TravelerScreen {
    /// Reports what was typed; where not all is good, it is asked why.
    pub(super) fn report(&mut self, world: &mut World) -> Turn {
        let Now::Count { missing, .. } = self.now() else { return Turn::Stay };
        let Some(view) = &self.view else { return Turn::Stay };
        let Some(at) = self.at() else { return Turn::Stay };
        let offered = view.scrap_reasons.clone();
        let text = self.recording.text();
        if text.is_empty() {
            // An Enter too many after the step before reports nothing, however often it comes.
            world.say(say!("type how many are good, or + for all {missing}", missing), Role::Warn);
            return Turn::Stay;
        }
        let Some(pieces) = typed(&text, missing) else {
            self.recording.field.refuse();
            world.warn(say!("not saved: type a number, + for all, or good/scrap such as 10/2"));
            return Turn::Stay;
        };
        if pieces.scrap > 0 || pieces.rework > 0 {
            self.recording.field.clear();
            let note = NoteScreen::new(self.id.clone(), NoteFor::Pieces(at, pieces));
            return Turn::Open(Box::new(note.offering(offered)));
        }
        let saved = say!("saved: {pieces}", pieces = told::pieces(pieces));
        let reason = String::new();
        self.record(TravelerCommand::ReportPieces { at, pieces, reason }, saved, world);
        Turn::Stay
    }
}
