//! What changed in what the unit is made by: told as soon as it comes up, read before the first use.

use std::collections::BTreeSet;

use crate::domain::hash::Hash;
use crate::domain::ids::PersonId;
use crate::domain::people::Action;
use crate::ui::keys::Act;
use crate::ui::layer::Turn;
use crate::ui::message::Ticket;
use crate::ui::screens::difference::DifferenceScreen;
use crate::ui::screens::menu;
use crate::ui::speech::say;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::difference::Differences;
use crate::views::query::Query;

use super::TravelerScreen;
use super::next::Now;

/// What was told of newer definitions, and for whom it was looked whether they have read theirs.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// The newer blobs that were told.
    told: BTreeSet<Hash>,
    /// The pinned blob, and the person who works by it.
    looked: Option<(Hash, PersonId)>,
    asking: Option<Ticket>,
}

impl Changes {
    pub(super) fn awaits(&self, ticket: Ticket) -> bool {
        self.asking == Some(ticket)
    }

    pub(super) fn busy(&self) -> bool {
        self.asking.is_some()
    }

    /// Nothing came; the rule asks again at the first record.
    pub(super) fn nothing_came(&mut self) {
        self.asking = None;
    }
}

impl TravelerScreen {
    /// Says what is newer, once, and looks whether who works here has read what they work by.
    pub(super) fn note_changes(&mut self, world: &mut World) {
        let Some(view) = &self.view else { return };
        let open = view.news.iter().filter(|item| !item.kept);
        let fresh: Vec<_> = open.filter(|item| !self.changes.told.contains(&item.to.1)).collect();
        if let Some(first) = fresh.first() {
            let news = say!(
                "{what} rev {revision} is in effect: F10 says what changed",
                what = first.what,
                revision = first.to.0
            );
            // What was just saved stays said.
            let before = world.said.as_ref().filter(|said| said.text.starts_with(say!("saved")));
            let text = before.map_or(news.clone(), |said| format!("{}; {news}", said.text));
            world.say(text, Role::Warn);
        }
        let fresh: Vec<Hash> = fresh.into_iter().map(|item| item.to.1).collect();
        self.changes.told.extend(fresh);
        let at_work =
            matches!(self.now(), Now::Ask { .. } | Now::Count { .. } | Now::Complete { .. });
        let performs = |role: &crate::domain::people::Role| Action::Perform.roles().contains(role);
        let person = world.person.as_ref().filter(|who| who.roles.iter().any(performs));
        let (true, Some(person), Some(current)) = (at_work, person, self.current()) else { return };
        let looked = Some((current.operation.hash, person.person.clone()));
        if self.changes.looked != looked {
            let person = Some(person.person.clone());
            let ticket = world.load(Query::Differences { id: self.id.clone(), person });
            self.changes.looked = looked;
            self.changes.asking = Some(ticket);
        }
    }

    /// What the pinned revision changed comes up before the first work by it.
    pub(super) fn looked(&mut self, found: Option<Box<Differences>>, world: &mut World) -> Turn {
        self.changes.asking = None;
        if found.is_none_or(|found| found.unread.is_none()) {
            return Turn::Stay;
        }
        world.say(say!("read what changed before you work by it"), Role::Warn);
        Turn::Open(Box::new(DifferenceScreen::new(self.id.clone())))
    }

    /// Whether something newer waits for a choice.
    fn has_news(&self) -> bool {
        self.view.as_ref().is_some_and(|view| view.news.iter().any(|item| !item.kept))
    }

    /// Puts the way to what changed on the first page of the menu, behind what has its number there.
    pub(super) fn offer_changes(&self, acts: &mut Vec<Act>) {
        if self.view.as_ref().is_none_or(|view| view.news.is_empty()) {
            return;
        }
        let numbered = acts.iter().enumerate().filter(|(_, act)| act.in_menu());
        let last = numbered.map(|(at, _)| at).nth(menu::PAGE - 1);
        acts.insert(last.unwrap_or(acts.len()), Act::Difference);
    }

    /// Names the way to what changed among the keys that matter now, in place of what can wait.
    pub(super) fn show_changes(&self, footer: &mut Vec<Act>) {
        if self.has_news() {
            footer.retain(|act| !matches!(act, Act::Steps | Act::Picture));
            footer.push(Act::Difference);
        }
    }
}
