//! What came to the units of a page after it was shown, fact by fact, so that it is looked at before
//! it is signed.

use std::collections::BTreeSet;

use crate::domain::fact::Position;
use crate::domain::stream::TravelerId;
use crate::ui::message::Ticket;
use crate::ui::parts::paged::Sheet;
use crate::ui::parts::prose::Line;
use crate::ui::parts::words::count;
use crate::ui::speech::{say, tell};
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::query::{Answer, Query};
use crate::views::trace::{Trace, TraceLine};
use crate::views::traveler::TravelerView;

/// A unit with the facts that were there to be seen.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) unit: TravelerId,
    facts: BTreeSet<Position>,
}

impl Seen {
    /// Everything that a view shows.
    pub(super) fn of(view: &TravelerView) -> Self {
        Self { unit: view.id.clone(), facts: view.state.facts.keys().cloned().collect() }
    }

    /// How many facts.
    pub(super) fn count(&self) -> usize {
        self.facts.len()
    }
}

/// What is being looked up, and what was found.
#[derive(Debug, Default)]
pub(super) struct Since {
    asked: Option<Ticket>,
    /// Units to which something came, with what, that is not put into words yet.
    open: Vec<(TravelerId, BTreeSet<Position>)>,
    words: Vec<String>,
}

impl Since {
    /// Looks the units up again.
    pub(super) fn ask(&mut self, seen: &[Seen], world: &mut World) {
        let ids = seen.iter().map(|seen| seen.unit.clone()).collect();
        self.asked = Some(world.load(Query::Travelers { ids, place: world.place.clone() }));
    }

    /// Whether it is being looked up.
    pub(super) fn is_asking(&self) -> bool {
        self.asked.is_some()
    }

    /// Whether an answer is for this.
    pub(super) fn awaits(&self, ticket: Ticket) -> bool {
        self.asked == Some(ticket)
    }

    /// How many things came.
    pub(super) fn count(&self) -> usize {
        self.words.len()
    }

    /// Takes an answer: first the units as they are now, then what came to each, in words.
    pub(super) fn take(&mut self, answer: Option<Answer>, seen: &mut [Seen], world: &mut World) {
        self.asked = None;
        match answer {
            Some(Answer::Travelers(views)) => {
                for seen in seen.iter_mut() {
                    let Some(view) = views.iter().find(|view| view.id == seen.unit) else {
                        continue;
                    };
                    let now = Seen::of(view);
                    let came: BTreeSet<Position> =
                        now.facts.difference(&seen.facts).cloned().collect();
                    if !came.is_empty() {
                        self.open.push((seen.unit.clone(), came));
                    }
                    *seen = now;
                }
            }
            Some(Answer::Trace(Some(trace))) => self.tell(&trace, seen.len() > 1, world),
            Some(_) | None => self.not_told(),
        }
        if let Some((unit, _)) = self.open.first() {
            self.asked = Some(world.load(Query::Trace { id: unit.clone() }));
        }
    }

    fn tell(&mut self, trace: &Trace, of_several: bool, world: &World) {
        let Some(at) = self.open.iter().position(|(unit, _)| *unit == trace.traveler) else {
            return self.not_told();
        };
        let (unit, came) = self.open.remove(at);
        let is_new = |line: &&TraceLine| {
            Position::parse(&line.position).is_some_and(|position| came.contains(&position))
        };
        for line in trace.lines.iter().filter(is_new) {
            let what = tell(&line.what);
            let unit = if of_several { format!("{} ", unit.unit) } else { String::new() };
            let step = if line.step.is_empty() {
                String::new()
            } else {
                format!("{}: ", tell(&line.step))
            };
            let (time, who) = (world.site_time(line.at), &line.who);
            self.words.push(format!("! {unit}{time} {who}: {step}{what}"));
        }
    }

    /// What came cannot be told here: that it came is.
    fn not_told(&mut self) {
        for (unit, came) in self.open.drain(..) {
            let came = count(came.len(), "fact", "facts");
            let words =
                say!("{unit}: {came}, which cannot be told here: open the unit", unit, came);
            self.words.push(format!("! {words}"));
        }
    }

    /// What came, as lines of a page.
    pub(super) fn lines(&self, sheet: Sheet) -> Vec<Line> {
        self.words.iter().flat_map(|words| sheet.text(words, 1, Role::Warn)).collect()
    }
}
