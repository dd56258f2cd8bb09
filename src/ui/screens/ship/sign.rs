//! The signature by which a unit goes out.

use crate::domain::people::Action;
use crate::ui::effect::Signing;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn, saved};
use crate::ui::message::{Outcome, Ticket};
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::words::count;
use crate::ui::screens::proof::{ASK, Proof};
use crate::ui::speech::say;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::scan::ScanMeaning;
use crate::views::ship::ShipReview;

const PURPOSE: &str = "Sign that the unit may go out. The signature covers every fact of it and the list \
    of exceptions as it was shown.";

/// Badge and PIN of whoever releases.
#[derive(Debug)]
pub struct SignShipScreen {
    review: Box<ShipReview>,
    proof: Proof,
    pending: Option<Ticket>,
}

impl SignShipScreen {
    /// Signs what was reviewed.
    pub fn new(review: Box<ShipReview>) -> Self {
        Self { review, proof: Proof::empty(), pending: None }
    }
}

impl Layer for SignShipScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn focus(&self, _world: &World) -> Focus {
        Focus::Text
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        vec![if self.proof.at_pin { Act::Sign } else { Act::Next }]
    }

    fn busy(&self) -> bool {
        self.pending.is_some()
    }

    /// What is typed while a signature is on its way was typed before anybody saw what came of it.
    fn takes_ahead(&self) -> bool {
        !self.busy()
    }

    fn person_changed(&mut self) {
        self.proof = Proof::empty();
    }

    fn shown(&mut self, world: &mut World) {
        let roles = Action::ReleaseProduct.roles();
        if world.person.as_ref().is_some_and(|who| who.roles.iter().any(|r| roles.contains(r))) {
            self.proof.again_by_pin(world);
        }
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act == Act::Back {
            return Turn::Back;
        }
        if let Some((badge, pin)) = self.proof.enter() {
            let ShipReview { traveler, digest, facts, .. } = &*self.review;
            let (traveler, shown, seen) = (traveler.clone(), *digest, *facts);
            self.pending = Some(world.sign(badge, pin, Signing::Ship { traveler, shown, seen }));
        }
        Turn::Stay
    }

    fn key(&mut self, key: Key, _world: &mut World) -> Turn {
        self.proof.key(key);
        Turn::Stay
    }

    fn insert(&mut self, text: &str) {
        self.proof.field().insert(text);
    }

    fn take_back(&mut self, characters: usize) {
        self.proof.field().take_back(characters);
    }

    fn scanned(&mut self, code: &str, meaning: &ScanMeaning, _world: &mut World) -> Option<Turn> {
        // A badge that nobody has is taken like any other: its scan tells nobody which exist.
        let (ScanMeaning::Badge | ScanMeaning::Unknown) = meaning else { return None };
        self.proof.badge(code);
        Some(Turn::Stay)
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.pending == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.pending = None;
        let Reply::Recorded(outcome) = reply else { return Turn::Stay };
        if saved(&outcome).is_some() {
            world.has_signed(&self.proof.badge_text());
            world.outcome(
                outcome,
                &say!("saved: {unit} is released to ship", unit = self.review.traveler),
            );
            return Turn::Back;
        }
        // What was reviewed is no longer so: it is looked at again.
        if let Outcome::Refused(refusal) = &outcome {
            return world.refuse_instead(refusal.clone());
        }
        self.proof.again();
        self.proof.again_by_pin(world);
        world.outcome(outcome, "")
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        let end = canvas.width().saturating_sub(1);
        canvas.put((1, 1), say!("Release to ship"), Role::Title);
        canvas.put_right(end, 1, &self.review.traveler.to_string(), Role::Plain);
        canvas.rule(2);
        let exceptions = self.review.exceptions.len();
        let rows = [
            ("Unit", format!("{}  {}", self.review.traveler, self.review.part)),
            ("Meaning", say!("released").to_owned()),
            ("In the role", say!("quality").to_owned()),
            ("Covers", count(self.review.facts, "fact of this unit", "facts of this unit")),
            ("Shown", count(exceptions, "exception", "exceptions")),
        ];
        for (y, (name, value)) in (4..).zip(rows) {
            canvas.put_in((3, y), 13, say!(name), Role::Muted);
            canvas.put_in((17, y), end.saturating_sub(17), &value, Role::Plain);
        }
        canvas.put((3, 10), say!(ASK), Role::Title);
        self.proof.view(canvas, (3, 12));
    }
}
