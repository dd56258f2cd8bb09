//! What changed: read before the first work by a revision; then finish, move or hold where a newer
//! one is in effect (R1).

use crate::domain::decide::Command;
use crate::domain::ids::StepId;
use crate::domain::news::shown;
use crate::domain::people::PersonCommand;
use crate::domain::refusal::definition::DefinitionReason;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::stream::TravelerId;
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn, saved};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::paged;
use crate::ui::parts::prose::{Line, wrapped};
use crate::ui::speech::say;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::difference::{Differences, Unread};
use crate::views::query::{Answer, Query};

use super::compared::of_changes;
use super::note::{NoteFor, NoteScreen};

const PURPOSE: &str = "What changed in what you work by. Read it and press Enter; where something \
    newer is in effect, choose by its number.";

/// The page of what changed for a unit.
#[derive(Debug)]
pub struct DifferenceScreen {
    id: TravelerId,
    found: Option<Box<Differences>>,
    loading: Option<Ticket>,
    pending: Option<Ticket>,
    page: usize,
}

impl DifferenceScreen {
    /// What changed for a unit.
    pub fn new(id: TravelerId) -> Self {
        Self { id, found: None, loading: None, pending: None, page: 0 }
    }

    fn unread(&self) -> Option<&Unread> {
        self.found.as_ref()?.unread.as_ref()
    }

    /// What is chosen about: what is not decided yet, or all of it to move.
    fn note(&self, act: Act) -> Turn {
        let Some(found) = &self.found else { return Turn::Stay };
        let news: Vec<_> = found.news.iter().map(|difference| difference.news.clone()).collect();
        let open: Vec<_> = news.iter().filter(|item| !item.kept).cloned().collect();
        let what = if act == Act::Keep {
            NoteFor::Keep(shown(&open))
        } else if act == Act::Move {
            NoteFor::Move(shown(&news))
        } else {
            NoteFor::HoldDefinition
        };
        Turn::Replace(Box::new(NoteScreen::new(self.id.clone(), what)))
    }

    fn lines(&self, cells: usize) -> Vec<Line> {
        let Some(found) = &self.found else { return Vec::new() };
        let mut lines = Vec::new();
        if let Some(unread) = &found.unread {
            let (read, before) = (&unread.read, &unread.before);
            let (instruction, revision) = (&read.instruction, &read.revision);
            let head = say!(
                "{instruction} rev {revision} instead of rev {before}",
                instruction,
                revision,
                before
            );
            lines.push(Line::of(head, Role::Title));
            lines.extend(of_changes(unread.changes.as_deref(), cells));
            return lines;
        }
        for difference in &found.news {
            let news = &difference.news;
            let head = say!(
                "{what} rev {to} is in effect, this unit is made by rev {from}",
                what = news.what,
                to = news.to.0,
                from = news.from.0
            );
            lines.extend(wrapped(&head, cells, Role::Title));
            lines.extend(of_changes(difference.changes.as_deref(), cells));
            if !difference.again.is_empty() {
                let steps: Vec<&str> = difference.again.iter().map(StepId::as_str).collect();
                let again = say!("After a move, done again: {steps}", steps = steps.join(", "));
                lines.extend(wrapped(&again, cells, Role::Plain));
            }
            if news.kept {
                lines.push(Line::of(say!("Decided: finished without it."), Role::Muted));
            }
            lines.push(Line::default());
        }
        if found.news.is_empty() {
            let words = say!("Nothing newer is in effect for this unit.");
            lines.push(Line::of(words, Role::Plain));
        }
        lines
    }
}

/// Whether a refusal asks for nothing but a look at what changed.
pub(super) fn asks_to_look(refusal: &Refusal) -> bool {
    let looks = |reason: &Reason| {
        matches!(
            reason,
            Reason::Definition(
                DefinitionReason::Unread { .. }
                    | DefinitionReason::NewsUnanswered { .. }
                    | DefinitionReason::NewsStops { .. }
            )
        )
    };
    refusal.reasons.iter().all(looks)
}

impl Layer for DifferenceScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn traveler(&self) -> Option<&TravelerId> {
        Some(&self.id)
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        let Some(found) = &self.found else { return Vec::new() };
        if found.unread.is_some() {
            return vec![Act::Read, Act::Turn];
        }
        let mut acts = Vec::new();
        if found.news.iter().any(|difference| !difference.news.kept) {
            acts.push(Act::Keep);
        }
        if !found.news.is_empty() {
            acts.push(Act::Move);
        }
        acts.extend([Act::HoldUnit, Act::Turn]);
        acts
    }

    fn footer(&self, world: &World) -> Vec<Act> {
        let mut acts = self.acts(world);
        acts.retain(|act| *act != Act::Turn);
        acts.extend([Act::Menu, Act::Back]);
        acts
    }

    fn busy(&self) -> bool {
        self.pending.is_some()
    }

    fn takes_ahead(&self) -> bool {
        false
    }

    fn shown(&mut self, world: &mut World) {
        let person = world.person.as_ref().map(|who| who.person.clone());
        self.loading = Some(world.load(Query::Differences { id: self.id.clone(), person }));
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if matches!(act, Act::Keep | Act::Move | Act::HoldUnit) {
            return self.note(act);
        }
        if act == Act::Turn {
            self.page += 1;
            return Turn::Stay;
        }
        if act != Act::Read {
            return Turn::Back;
        }
        let who = world.person.as_ref().map(|who| who.person.clone());
        if let (Some(who), Some(unread)) = (who, self.unread()) {
            let read = PersonCommand::ReadRevision(unread.read.clone());
            self.pending = Some(world.record(Command::Person(who, read)));
        }
        Turn::Stay
    }

    fn key(&mut self, key: Key, _world: &mut World) -> Turn {
        if key == Key::PageUp {
            self.page = self.page.saturating_sub(1);
        }
        Turn::Stay
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket) || self.pending == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        if let Reply::Recorded(outcome) = reply {
            self.pending = None;
            let done = saved(&outcome).is_some();
            let turn = world.outcome(outcome, say!("saved: read"));
            return if done { Turn::Back } else { turn };
        }
        self.loading = None;
        if let Some(Answer::Differences(found)) = world.answer(reply) {
            self.found = found;
        }
        Turn::Stay
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), say!("What changed"), Role::Title);
        canvas.put_right(canvas.width().saturating_sub(1), 1, &self.id.to_string(), Role::Plain);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        let cells = canvas.width().saturating_sub(4);
        let rows = canvas.height().saturating_sub(7);
        paged::view(&self.lines(cells.into()), self.page, (4, rows), canvas);
    }
}
