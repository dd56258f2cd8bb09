//! A signature at a step: what is signed, what it means, over how many facts; badge and PIN.

use crate::domain::instruction::{SignAsk, Step};
use crate::domain::signature::Signer;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::StepAt;
use crate::domain::traveler::set::{SetAct, SetCommand};
use crate::ui::effect::{Pin, Signing};
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn, saved};
use crate::ui::message::{Outcome, Ticket};
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::paged::Sheet;
use crate::ui::parts::prose::Line;
use crate::ui::parts::words::count;
use crate::ui::speech::say;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::scan::ScanMeaning;
use crate::views::traveler::TravelerView;

use super::since::{Seen, Since};
use super::to_sign::ToSign;

const PURPOSE: &str = "Sign with your own badge and PIN; whoever is signed in stays \
    signed in. The page says what the signature means and what it covers; Esc goes back \
    unsigned.";

/// The column of what is said about the signature.
const VALUE: u16 = 15;
const CAME: &str = "Came after this page was shown to you:";

/// The signature that a step asks for.
#[derive(Debug)]
pub struct SignScreen {
    /// The unit or every one of a set, with the facts that the signer was shown.
    shown: Vec<Seen>,
    /// What came after the page was shown.
    since: Since,
    /// Whether one signature is given for a set, be it of one unit.
    of_set: bool,
    at: StepAt,
    ask: u16,
    lines: Vec<(&'static str, String)>,
    /// What one covered fact is called, and several.
    covers: (&'static str, &'static str),
    role: crate::domain::people::Role,
    signs: ToSign,
    pending: Option<Ticket>,
}

impl SignScreen {
    /// Signs what a step asks.
    pub fn step(view: &TravelerView, at: StepAt, number: u16, sign: &SignAsk) -> Self {
        let operation = view.state.operation(at.operation);
        let instruction = operation.and_then(|op| view.instructions.get(&op.hash));
        let title = instruction.and_then(|i| i.step(&at.step)).map(|step| step.title.clone());
        let covers = ("fact of this unit", "facts of this unit");
        let here = (at, title.unwrap_or_default());
        let mut screen =
            Self { of_set: false, ..Self::over(&[view], here, (number, sign), covers) };
        let permitted = view.state.permitted().count();
        if permitted > 0 {
            let readings = count(permitted, "failing reading", "failing readings");
            screen.lines.push(("By permit", readings));
        }
        screen.lines.insert(0, ("Unit", format!("{}  {}", view.id, view.order.part)));
        if !sign.not_same_person_as.is_empty() {
            let steps: Vec<String> =
                sign.not_same_person_as.iter().map(ToString::to_string).collect();
            screen
                .lines
                .push(("Not by", say!("whoever performed {steps}", steps = steps.join(", "))));
        }
        screen
    }

    /// Signs once what a step asks of every unit of a set.
    pub fn set(
        views: &[&TravelerView],
        (at, step): (StepAt, &Step),
        number: u16,
        sign: &SignAsk,
    ) -> Self {
        let covers = ("fact of these units", "facts of these units");
        Self::over(views, (at, step.title.clone()), (number, sign), covers)
    }

    fn over(
        views: &[&TravelerView],
        (at, title): (StepAt, String),
        (ask, sign): (u16, &SignAsk),
        covers: (&'static str, &'static str),
    ) -> Self {
        let shown: Vec<Seen> = views.iter().map(|view| Seen::of(view)).collect();
        let lines = vec![
            ("Step", say!("op {operation}  {title}", operation = at.operation, title)),
            ("Meaning", say!(sign.meaning.word()).to_owned()),
            ("In the role", say!(sign.role.word()).to_owned()),
        ];
        let (signs, role, since) = (ToSign::new(), sign.role, Since::default());
        Self { shown, since, of_set: true, at, ask, lines, covers, role, signs, pending: None }
    }

    /// How much is signed.
    fn covered(&self) -> String {
        let (one, many) = self.covers;
        count(self.shown.iter().map(Seen::count).sum(), one, many)
    }

    fn units(&self) -> Vec<TravelerId> {
        self.shown.iter().map(|seen| seen.unit.clone()).collect()
    }

    fn sign(&self, (badge, pin): (Option<String>, Pin), world: &mut World) -> Option<Ticket> {
        let (at, ask) = (self.at.clone(), self.ask);
        let shown = self.shown.iter().map(|seen| (seen.unit.clone(), seen.count()));
        if self.of_set {
            // Filled in once the signer has proven to be who they are.
            let by = Signer::by_badge("").having_seen(shown);
            let command = SetCommand::Sign { at, ask, by };
            return Some(world.sign_set(badge, pin, SetAct { units: self.units(), command }));
        }
        let (traveler, seen) = shown.take(1).next()?;
        Some(world.sign(badge, pin, Signing::Step { traveler, at, ask, seen }))
    }

    /// Every unit that is signed, with its order where there are several.
    fn names(&self) -> Option<String> {
        let units = self.units();
        let first = units.first().filter(|_| self.of_set)?;
        let several = units.iter().any(|id| id.order != first.order);
        let name = |id: &TravelerId| if several { id.to_string() } else { id.unit.to_string() };
        let names: Vec<String> = units.iter().map(name).collect();
        Some(format!("{}: {}", names.len(), names.join(", ")))
    }

    /// What is signed, and what came after it was shown.
    fn lines(&self, world: &World) -> Vec<Line> {
        let sheet = Sheet::of(world);
        let came = self.since.count() > 0;
        let row = |name: &'static str, value: &str, role: Role| {
            sheet.named((say!(name), Role::Muted), VALUE, (value, role))
        };
        let mut lines =
            self.names().map_or_else(Vec::new, |names| row("Units", &names, Role::Plain));
        lines.extend(self.lines.iter().flat_map(|(name, value)| row(name, value, Role::Plain)));
        let role = if came { Role::Warn } else { Role::Plain };
        lines.extend(row("Covers", &self.covered(), role));
        if came {
            lines.extend(sheet.text(say!(CAME), 1, Role::Warn));
            lines.extend(self.since.lines(sheet));
        }
        lines
    }

    fn say_what_came(&self, world: &mut World) {
        let came = count(self.since.count(), "fact", "facts");
        world.warn(say!(
            "not signed (P41): {came} came since; look at what is marked, then sign",
            came
        ));
    }
}

impl Layer for SignScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn traveler(&self) -> Option<&TravelerId> {
        self.shown.first().map(|seen| &seen.unit)
    }

    fn focus(&self, world: &World) -> Focus {
        self.signs.focus(&self.lines(world), world)
    }

    fn acts(&self, world: &World) -> Vec<Act> {
        self.signs.acts(&self.lines(world), world)
    }

    fn before_key(&self, world: &World) -> Option<&'static str> {
        self.signs.is_read(&self.lines(world), world).then(|| self.signs.proof.before_key())
    }

    fn busy(&self) -> bool {
        self.pending.is_some() || self.since.is_asking()
    }

    /// What is typed while a signature is on its way was typed before anybody saw what came of it.
    fn takes_ahead(&self) -> bool {
        !self.busy()
    }

    fn shown(&mut self, world: &mut World) {
        if world.person.as_ref().is_some_and(|person| person.roles.contains(&self.role)) {
            self.signs.proof.again_by_pin(world);
        }
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act == Act::Back {
            return Turn::Back;
        }
        if let Some(proof) = self.signs.act(act, self.lines(world), world) {
            self.pending = self.sign(proof, world);
        }
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
        // A badge that nobody has is taken like any other: its scan tells nobody which exist.
        let (ScanMeaning::Badge | ScanMeaning::Unknown) = meaning else { return None };
        self.signs.proof.badge(code);
        Some(Turn::Stay)
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.pending == Some(ticket) || self.since.awaits(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        let Reply::Recorded(outcome) = reply else {
            let answer = world.answer(reply);
            self.since.take(answer, &mut self.shown, world);
            if !self.since.is_asking() && self.since.count() > 0 {
                self.say_what_came(world);
            }
            return Turn::Stay;
        };
        self.pending = None;
        if saved(&outcome).is_some() {
            world.has_signed(&self.signs.proof.badge_text());
            world.outcome(outcome, say!("saved: signed"));
            return Turn::Back;
        }
        self.signs.proof.again();
        // What this page shows is no longer so: whoever signs looks at what came first.
        if let Outcome::Refused(refusal) = &outcome
            && refusal.is_not_seen()
        {
            if !refusal.is_only_not_seen() {
                return world.refuse_instead(refusal.clone());
            }
            self.since.ask(&self.shown, world);
            self.signs.proof.again_by_pin(world);
            return Turn::Stay;
        }
        world.outcome(outcome, "")
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        let title = format!("{} {}", Mark::Sign.glyph(canvas.ascii), say!("Signature"));
        canvas.put((1, 1), &title, Role::Title);
        canvas.rule(2);
        self.signs.view(&self.lines(world), world, canvas);
    }
}
