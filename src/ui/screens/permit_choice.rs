//! What is done about a value that was typed again and stays outside: it goes on by a permit, signed, or
//! a deviation is raised. Nothing of it is done by default (R4).

use crate::domain::decide::Command;
use crate::domain::fact::Position;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::TravelerCommand;
use crate::domain::traveler::correction::same_value;
use crate::domain::traveler::fact::ReadingValue;
use crate::ui::effect::Signing;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn, saved};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::prose::wrapped;
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::permit::PermitOffer;
use crate::views::scan::ScanMeaning;
use crate::views::traveler::TravelerView;

use super::proof::{ASK, Proof};
use super::told;

const PURPOSE: &str = "The value stays outside its limits. A digit chooses a permit, which whoever \
    performs the step signs, or a deviation. Enter alone does nothing.";
/// Permits that a digit can name, besides the deviation.
const OFFERS_MAX: usize = 8;

/// The choice.
#[derive(Debug)]
pub struct PermitChoiceScreen {
    unit: TravelerId,
    reading: Position,
    name: String,
    requirement: String,
    value: ReadingValue,
    offers: Vec<PermitOffer>,
    /// The permit that is signed for; none while nothing is chosen.
    chosen: Option<usize>,
    proof: Proof,
    pending: Option<Ticket>,
    saved: String,
}

/// The choice that is asked for before a value is typed again with the same value; none where no permit
/// fits.
pub(super) fn choice(view: &TravelerView, command: &TravelerCommand) -> Option<Turn> {
    let TravelerCommand::Retype { reading: at, value } = command else { return None };
    let (_, reading) = view.state.reading(at)?;
    if view.permits.is_empty() || !same_value(value, reading.value()) {
        return None;
    }
    let screen = PermitChoiceScreen {
        unit: view.id.clone(),
        reading: at.clone(),
        name: reading.taken.name.clone(),
        requirement: reading.taken.requirement.clone(),
        value: value.clone(),
        offers: view.permits.iter().take(OFFERS_MAX).cloned().collect(),
        chosen: None,
        proof: Proof::empty(),
        pending: None,
        saved: String::new(),
    };
    Some(Turn::Open(Box::new(screen)))
}

impl PermitChoiceScreen {
    fn choose(&mut self, digit: usize, world: &mut World) {
        let Some(rank) = digit.checked_sub(1) else { return };
        if rank < self.offers.len() {
            self.proof = Proof::empty();
            self.proof.again_by_pin(world);
            self.chosen = Some(rank);
        } else if rank == self.offers.len() {
            let (reading, value) = (self.reading.clone(), self.value.clone());
            let command = TravelerCommand::Retype { reading, value };
            say!("saved: a deviation is raised").clone_into(&mut self.saved);
            self.pending = Some(world.record(Command::Traveler(self.unit.clone(), command)));
        }
    }

    fn enter(&mut self, world: &mut World) {
        let Some(offer) = self.chosen.and_then(|rank| self.offers.get(rank)) else { return };
        if let Some((badge, pin)) = self.proof.enter() {
            let signing = Signing::UsePermit {
                traveler: self.unit.clone(),
                reading: self.reading.clone(),
                value: self.value.clone(),
                permit: offer.permit.clone(),
            };
            self.saved = say!("saved: goes on by permit {permit}", permit = offer.permit);
            self.pending = Some(world.sign(badge, pin, signing));
        }
    }
}

impl Layer for PermitChoiceScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn traveler(&self) -> Option<&TravelerId> {
        Some(&self.unit)
    }

    fn focus(&self, _world: &World) -> Focus {
        if self.chosen.is_some() { Focus::Text } else { Focus::Choice }
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        match self.chosen {
            None => Vec::new(),
            Some(_) if self.proof.at_pin => vec![Act::Sign],
            Some(_) => vec![Act::Next],
        }
    }

    fn busy(&self) -> bool {
        self.pending.is_some()
    }

    fn person_changed(&mut self) {
        self.proof.again();
        self.chosen = None;
    }

    fn shown(&mut self, _world: &mut World) {}

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act != Act::Back {
            self.enter(world);
            return Turn::Stay;
        }
        if self.chosen.take().is_none() {
            return Turn::Back;
        }
        Turn::Stay
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        if self.chosen.is_some() {
            self.proof.key(key);
        } else if let Some(digit) = key.digit() {
            self.choose(digit, world);
        }
        Turn::Stay
    }

    fn insert(&mut self, text: &str) {
        if self.chosen.is_some() {
            self.proof.field().insert(text);
        }
    }

    fn take_back(&mut self, characters: usize) {
        if self.chosen.is_some() {
            self.proof.field().take_back(characters);
        }
    }

    fn scanned(&mut self, code: &str, meaning: &ScanMeaning, _world: &mut World) -> Option<Turn> {
        match (meaning, self.chosen) {
            (ScanMeaning::Badge, Some(_)) => {
                self.proof.badge(code);
                Some(Turn::Stay)
            }
            _ => None,
        }
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.pending == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.pending = None;
        let Reply::Recorded(outcome) = reply else { return Turn::Stay };
        if saved(&outcome).is_some() {
            if self.chosen.is_some() {
                world.has_signed(&self.proof.badge_text());
            }
            let said = self.saved.clone();
            world.outcome(outcome, &said);
            return Turn::Back;
        }
        self.proof.again();
        self.proof.again_by_pin(world);
        world.outcome(outcome, "")
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), say!("This value is outside its limits"), Role::Title);
        let width = canvas.width().saturating_sub(1);
        canvas.put_right(width, 1, &self.unit.to_string(), Role::Plain);
        canvas.rule(2);
        let cells = width.saturating_sub(4);
        let required = format!("{} {}", self.name, self.requirement);
        let y = put_labeled(canvas, 4, cells, ("Required", &required, Role::Plain));
        let value = say!("{value}, typed again", value = told::value(&self.value));
        let y = put_labeled(canvas, y, cells, ("Found", &value, Role::Fail)) + 1;
        let Some(offer) = self.chosen.and_then(|rank| self.offers.get(rank)) else {
            self.view_choice(canvas, y);
            return;
        };
        let permit = format!("{}: {}", offer.permit, tell(&offer.words()));
        let y = put_labeled(canvas, y, cells, ("Permit", &permit, Role::Title));
        let meaning = say!("Meaning   performed; the value stays failing");
        canvas.put((3, y), meaning, Role::Plain);
        canvas.put((3, y + 2), say!(ASK), Role::Title);
        self.proof.view(canvas, (3, y + 4));
    }
}

impl PermitChoiceScreen {
    fn view_choice(&self, canvas: &mut Canvas<'_>, top: u16) {
        canvas.put((3, top), say!("How does it go on?"), Role::Title);
        canvas.cursor = Some((3, top));
        let cells = canvas.width().saturating_sub(8);
        let permits = self.offers.iter();
        let permits = permits.map(|offer| {
            say!(
                "Use permit {permit} ({words})",
                permit = offer.permit,
                words = tell(&offer.words())
            )
        });
        let raise = say!("Raise a deviation; the unit stays on hold").to_owned();
        let choices: Vec<String> = permits.chain([raise]).collect();
        let rows = |text: &String| wrapped(text, usize::from(cells), Role::Plain).len();
        // Every choice is there; where there are too many for whole words, each has a line.
        let room = usize::from(canvas.body_end().saturating_sub(top + 2));
        let whole = choices.iter().map(rows).sum::<usize>() <= room;
        let mut y = top + 2;
        for (words, digit) in choices.iter().zip(1..) {
            canvas.put((3, y), &format!("{digit}"), Role::Accent);
            if whole {
                y = put_whole(canvas, (6, y), cells, (words, Role::Plain));
            } else {
                canvas.put_in((6, y), cells, words, Role::Plain);
                y += 1;
            }
        }
    }
}

/// Words behind their label, as [`put_whole`].
fn put_labeled(
    canvas: &mut Canvas<'_>,
    y: u16,
    cells: u16,
    (label, text, role): (&'static str, &str, Role),
) -> u16 {
    let x = (canvas.put_in((3, y), cells / 2, say!(label), role) + 1).max(13);
    put_whole(canvas, (x, y), cells.saturating_sub(x - 3), (text, role))
}

/// Words on as many lines as they take; tells the line below.
fn put_whole(
    canvas: &mut Canvas<'_>,
    (x, mut y): (u16, u16),
    cells: u16,
    (text, role): (&str, Role),
) -> u16 {
    for line in wrapped(text, usize::from(cells), role) {
        line.view(canvas, (x, y), cells);
        y += 1;
    }
    y
}
