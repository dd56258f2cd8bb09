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
use crate::ui::parts::paged::Sheet;
use crate::ui::parts::prose::Line;
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::deviation::{DeviationView, DisposedView};
use crate::views::scan::ScanMeaning;

use super::to_sign::ToSign;
use super::told;

const PURPOSE: &str = "Agree with what was decided: your badge and PIN sign it. Until the last \
    signature the unit stays held.";

/// The form of an approval.
#[derive(Debug)]
pub struct ApproveScreen {
    deviation: Box<DeviationView>,
    waits: Box<DisposedView>,
    signs: ToSign,
    pending: Option<Ticket>,
}

impl ApproveScreen {
    /// Agrees with the decision that waits, as it is shown.
    pub fn new(deviation: Box<DeviationView>, waits: Box<DisposedView>) -> Self {
        Self { deviation, waits, signs: ToSign::new(), pending: None }
    }

    /// What is signed.
    fn lines(&self, world: &World) -> Vec<Line> {
        let view = &self.deviation;
        let found = told::found_or_noted(view);
        let mut rows = vec![
            (say!("Required"), told::required(&view.required)),
            (say!("Found"), found),
            (say!("Decision"), tell(&self.waits.words())),
            (say!("Why"), self.waits.reason.clone()),
        ];
        rows.extend(
            self.waits.signatures.iter().map(|signed| (say!("Signed"), tell(&signed.told()))),
        );
        rows.push((say!("signature|Open"), roles(&self.waits.open)));
        rows.push((say!("Meaning"), say!("approved").to_owned()));
        Sheet::of(world).rows(13, &rows)
    }

    fn enter(&mut self, act: Act, world: &mut World) {
        if let Some((badge, pin)) = self.signs.act(act, self.lines(world), world) {
            let (deviation, disposition) = (self.deviation.id.clone(), self.waits.fact.clone());
            let signing = Signing::Approve { deviation, disposition };
            self.pending = Some(world.sign(badge, pin, signing));
        }
    }
}

/// Roles in a line.
pub fn roles(open: &[Person]) -> String {
    open.iter().map(|role| say!(role.word())).collect::<Vec<_>>().join(", ")
}

impl Layer for ApproveScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn traveler(&self) -> Option<&TravelerId> {
        self.deviation.unit().map(|unit| &unit.traveler)
    }

    fn focus(&self, world: &World) -> Focus {
        self.signs.focus(&self.lines(world), world)
    }

    fn acts(&self, world: &World) -> Vec<Act> {
        self.signs.acts(&self.lines(world), world)
    }

    fn busy(&self) -> bool {
        self.pending.is_some()
    }

    fn person_changed(&mut self) {
        self.signs.proof.again();
    }

    fn shown(&mut self, world: &mut World) {
        self.signs.proof.again_by_pin(world);
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act == Act::Back {
            return Turn::Back;
        }
        self.enter(act, world);
        Turn::Stay
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        let lines = self.lines(world);
        self.signs.key(key, &lines, world);
        Turn::Stay
    }

    fn insert(&mut self, text: &str) {
        self.signs.proof.field().insert(text);
    }

    fn take_back(&mut self, characters: usize) {
        self.signs.proof.field().take_back(characters);
    }

    fn scanned(&mut self, code: &str, meaning: &ScanMeaning, _world: &mut World) -> Option<Turn> {
        if *meaning != ScanMeaning::Badge {
            return None;
        }
        self.signs.proof.badge(code);
        Some(Turn::Stay)
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.pending == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.pending = None;
        let Reply::Recorded(outcome) = reply else { return Turn::Stay };
        if saved(&outcome).is_some() {
            world.has_signed(&self.signs.proof.badge_text());
            world.outcome(outcome, &say!("saved: {id} approved", id = self.deviation.id));
            return Turn::Back;
        }
        self.signs.proof.again();
        self.signs.proof.again_by_pin(world);
        world.outcome(outcome, "")
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        let view = &self.deviation;
        canvas.put((1, 1), &say!("Approve {id}", id = view.id), Role::Title);
        let width = canvas.width().saturating_sub(1);
        canvas.put_right(width, 1, &view.units_words(), Role::Plain);
        canvas.rule(2);
        self.signs.view(&self.lines(world), world, canvas);
    }
}
