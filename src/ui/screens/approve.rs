//! Agreeing with a disposition that somebody else signed: what was decided, who signed, whose
//! signature is missing.

use crate::domain::people::Role as Person;
use crate::domain::stream::TravelerId;
use crate::ui::effect::Signing;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn, saved};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::prose::wrapped;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::deviation::{DeviationView, DisposedView};
use crate::views::scan::ScanMeaning;
use crate::views::signature::SignatureView;

use super::proof::{ASK, Proof};

const PURPOSE: &str = "Agree with what was decided: your badge and PIN sign it. Until the last \
    signature the unit stays held.";

/// The form of an approval.
#[derive(Debug)]
pub struct ApproveScreen {
    deviation: Box<DeviationView>,
    waits: Box<DisposedView>,
    proof: Proof,
    pending: Option<Ticket>,
}

impl ApproveScreen {
    /// Agrees with the decision that waits, as it is shown.
    pub fn new(deviation: Box<DeviationView>, waits: Box<DisposedView>) -> Self {
        Self { deviation, waits, proof: Proof::empty(), pending: None }
    }

    fn enter(&mut self, world: &mut World) {
        if let Some((badge, pin)) = self.proof.enter() {
            let (deviation, disposition) = (self.deviation.id.clone(), self.waits.fact.clone());
            let signing = Signing::Approve { deviation, disposition };
            self.pending = Some(world.sign(badge, pin, signing));
        }
    }
}

/// Roles in a line.
pub fn roles(open: &[Person]) -> String {
    open.iter().map(|role| role.word()).collect::<Vec<_>>().join(", ")
}

impl Layer for ApproveScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn traveler(&self) -> Option<&TravelerId> {
        self.deviation.unit().map(|unit| &unit.traveler)
    }

    fn focus(&self, _world: &World) -> Focus {
        Focus::Text
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        if self.proof.at_pin { vec![Act::Sign] } else { vec![Act::Next] }
    }

    fn footer(&self, world: &World) -> Vec<Act> {
        let mut acts = self.acts(world);
        acts.extend([Act::Menu, Act::Help, Act::Back]);
        acts
    }

    fn busy(&self) -> bool {
        self.pending.is_some()
    }

    fn person_changed(&mut self) {
        self.proof.again();
    }

    fn shown(&mut self, world: &mut World) {
        self.proof.again_by_pin(world);
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act == Act::Back {
            return Turn::Back;
        }
        self.enter(world);
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
        if *meaning != ScanMeaning::Badge {
            return None;
        }
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
            world.outcome(outcome, &format!("saved: {} approved", self.deviation.id));
            return Turn::Back;
        }
        self.proof.again();
        self.proof.again_by_pin(world);
        world.outcome(outcome, "")
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        let view = &self.deviation;
        canvas.put((1, 1), &format!("Approve {}", view.id), Role::Title);
        let width = canvas.width().saturating_sub(1);
        canvas.put_right(width, 1, &view.units_words(), Role::Plain);
        canvas.rule(2);
        let found = if view.found.is_empty() { &view.note } else { &view.found };
        let signed = self.waits.signatures.iter().map(SignatureView::words);
        let mut rows = vec![
            ("Required", view.required.clone()),
            ("Found", found.clone()),
            ("Decision", self.waits.words()),
            ("Why", self.waits.reason.clone()),
        ];
        rows.extend(signed.map(|words| ("Signed", words)));
        rows.push(("Open", roles(&self.waits.open)));
        let cells = width.saturating_sub(18);
        let mut y = 3;
        for (name, value) in rows {
            canvas.put((3, y), name, Role::Muted);
            for line in wrapped(&value, cells.into(), Role::Plain) {
                line.view(canvas, (15, y), cells);
                y += 1;
            }
        }
        canvas.put((3, y + 1), "Meaning     approved", Role::Plain);
        canvas.put((3, y + 3), ASK, Role::Title);
        self.proof.view(canvas, (3, y + 5));
    }
}
