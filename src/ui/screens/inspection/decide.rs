//! Signing that a lot is accepted or not: which of both the plan asks for is said before the PIN.

use crate::domain::inspection::series::{LotStanding, SeriesId};
use crate::domain::people::Action;
use crate::ui::effect::Signing;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn, saved};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::words::count;
use crate::ui::screens::proof::{ASK, Proof};
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::inspection::LotView;
use crate::views::query::{Answer, Query};
use crate::views::scan::ScanMeaning;

const PURPOSE: &str = "Sign what the plan says of the lot. The signature covers how it was opened and \
    every piece as shown; a lot that is accepted may be built in from then on.";

/// The decision of a lot.
#[derive(Debug)]
pub struct DecideLotScreen {
    lot: Box<LotView>,
    series: SeriesId,
    accept: bool,
    proof: Proof,
    loading: Option<Ticket>,
    pending: Option<Ticket>,
}

impl DecideLotScreen {
    /// The decision that the plan asks for.
    pub fn new(lot: Box<LotView>, series: SeriesId, accept: bool) -> Self {
        Self { lot, series, accept, proof: Proof::empty(), loading: None, pending: None }
    }

    fn word(&self) -> &'static str {
        if self.accept { "accepted" } else { "rejected" }
    }

    /// Why the plan asks for it.
    fn because(&self) -> String {
        let LotView { nonconforming, accept, reject, .. } = &*self.lot;
        let found = nonconforming.len();
        if self.accept {
            format!("{found} nonconforming, and up to {accept} are accepted")
        } else {
            format!("{found} nonconforming, and {reject} or more are not accepted")
        }
    }

    /// What was recorded meanwhile is looked at before it is signed.
    fn take(&mut self, found: Option<Box<LotView>>, world: &mut World) -> Turn {
        let Some(lot) = found.filter(|_| self.pending.is_none()) else { return Turn::Stay };
        if lot.records.len() == self.lot.records.len() && lot.stands == self.lot.stands {
            return Turn::Stay;
        }
        let open = lot.stands == LotStanding::Open;
        let Some(accept) = lot.accepts.filter(|_| open) else {
            world.announce("! what was found changed meanwhile: nothing was signed", Role::Warn);
            return Turn::Back;
        };
        (self.lot, self.accept) = (lot, accept);
        self.proof.again();
        world.warn("more was recorded meanwhile; look at it, then sign");
        Turn::Stay
    }
}

impl Layer for DecideLotScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn focus(&self, _world: &World) -> Focus {
        Focus::Text
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        vec![if self.proof.at_pin { Act::Sign } else { Act::Next }]
    }

    fn footer(&self, world: &World) -> Vec<Act> {
        let mut acts = self.acts(world);
        acts.extend([Act::Menu, Act::Help, Act::Back]);
        acts
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
        let roles = Action::DecideLot.roles();
        if world.person.as_ref().is_some_and(|who| who.roles.iter().any(|r| roles.contains(r))) {
            self.proof.again_by_pin(world);
        }
        let (series, opened) = (self.series.clone(), self.lot.opened.clone());
        self.loading = Some(world.load(Query::Lot { series, opened }));
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act == Act::Back {
            return Turn::Back;
        }
        if let Some((badge, pin)) = self.proof.enter() {
            let (series, lot, accept) = (self.series.clone(), self.lot.lot.clone(), self.accept);
            let seen = self.lot.records.len();
            let signing = Signing::Lot { series, lot, accept, seen };
            self.pending = Some(world.sign(badge, pin, signing));
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
        self.loading == Some(ticket) || self.pending == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        let Reply::Recorded(outcome) = reply else {
            self.loading = None;
            let Some(Answer::Lot(found)) = world.answer(reply) else { return Turn::Stay };
            return self.take(found, world);
        };
        self.pending = None;
        if saved(&outcome).is_some() {
            world.has_signed(&self.proof.badge_text());
            world.outcome(outcome, &format!("saved: {} is {}", self.lot.name(), self.word()));
            return Turn::Back;
        }
        self.proof.again();
        self.proof.again_by_pin(world);
        world.outcome(outcome, "")
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        let end = canvas.width().saturating_sub(1);
        let (mark, role, what) = if self.accept {
            (Mark::Pass, Role::Ok, "ACCEPT")
        } else {
            (Mark::Fail, Role::Fail, "REJECT")
        };
        canvas.put((1, 1), "Decide a lot", Role::Title);
        canvas.put_right(end, 1, &self.lot.name(), Role::Plain);
        canvas.rule(2);
        let x = canvas.put((3, 4), "The plan asks to ", Role::Title);
        let x = canvas.mark((x, 4), mark, role);
        canvas.put((x + 1, 4), what, role);
        canvas.put_in((3, 5), end - 3, &self.because(), Role::Plain);
        let pieces = count(self.lot.records.len(), "record of a piece", "records of pieces");
        let bad: Vec<String> = self.lot.nonconforming.iter().map(ToString::to_string).collect();
        let bad = if bad.is_empty() { "none".to_owned() } else { bad.join(", ") };
        let rows = [
            ("Plan", format!("{}, {}", self.lot.severity, self.lot.plan())),
            ("Found", self.lot.found()),
            ("Bad", bad),
            ("Meaning", self.word().to_owned()),
            ("Covers", format!("how it was opened, and {pieces}")),
        ];
        for (y, (name, value)) in (7..).zip(rows) {
            canvas.put((3, y), name, Role::Muted);
            canvas.put_in((13, y), end.saturating_sub(13), &value, Role::Plain);
        }
        canvas.put((3, 13), ASK, Role::Title);
        self.proof.view(canvas, (3, 15));
    }
}
