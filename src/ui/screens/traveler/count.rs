//! Counting the pieces of a lot: Enter twice reports all that are left as good, `38/2` two as scrap.

use crate::domain::traveler::command::TravelerCommand;
use crate::domain::traveler::lot::Pieces;
use crate::domain::traveler::standing::Current;
use crate::ui::layer::Turn;
use crate::ui::parts::prose::Line;
use crate::ui::screens::note::NoteFor;
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
    let label = current.step.rules.quantity.as_ref().map_or("Pieces", |rule| &rule.label);
    let done = view.state.reported(current.operation.operation);
    let mut rows = vec![line("", Role::Plain)];
    if done != Pieces::default() {
        rows.push(line(format!("reported: {}", done.words()), Role::Plain));
    }
    let mark = Mark::Now.glyph(ascii);
    rows.push(Row::Field(format!("{mark} {label}"), format!("of {missing}")));
    let all = Line::of(format!("  Enter twice: all {missing} are good"), Role::Muted);
    rows.push(Row::Text(all));
    rows.push(line("  10/2: 10 good, 2 scrap; 9/2/1: and 1 to rework", Role::Muted));
    rows
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
            // Shown before it is saved: an Enter too many after the step before reports nothing.
            self.recording.field.fill(&missing.to_string());
            world.say(format!("Enter again: all {missing} are good"), Role::Accent);
            return Turn::Stay;
        }
        let Some(pieces) = Pieces::parse(&text) else {
            self.recording.field.refuse();
            world.warn("not saved: type a number, or good/scrap such as 10/2".to_owned());
            return Turn::Stay;
        };
        if pieces.scrap > 0 || pieces.rework > 0 {
            self.recording.field.clear();
            return self.open_note(NoteFor::Pieces(at, pieces, offered));
        }
        let saved = format!("saved: {}", pieces.words());
        let reason = String::new();
        self.record(TravelerCommand::ReportPieces { at, pieces, reason }, saved, world);
        Turn::Stay
    }
}
