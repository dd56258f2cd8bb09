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
use crate::ui::parts::paged;
use crate::ui::parts::prose::{Line, wrapped};
use crate::ui::parts::words::count;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::scan::ScanMeaning;
use crate::views::traveler::TravelerView;

use super::proof::{ASK, Proof};
use super::since::{Seen, Since};

const PURPOSE: &str = "Sign with your own badge and PIN; whoever is signed in stays signed in.";

/// The column of what is said about the signature.
const VALUE: u16 = 17;
/// The rows that the screen of a set has besides the names of its units.
const ROWS_BESIDE: u16 = 16;
/// So many lines of what came are on a page.
const CAME_LINES: u16 = 5;
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
    /// What of the set's names, and of what came, is shown where it is more than there is room for.
    page: usize,
    at: StepAt,
    ask: u16,
    lines: Vec<(&'static str, String)>,
    /// What one covered fact is called, and several.
    covers: (&'static str, &'static str),
    role: crate::domain::people::Role,
    proof: Proof,
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
            screen.lines.push(("Not by", format!("whoever performed {}", steps.join(", "))));
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
            ("Step", format!("op {}  {title}", at.operation)),
            ("Meaning", sign.meaning.word().to_owned()),
            ("In the role", sign.role.word().to_owned()),
        ];
        let (proof, role, since) = (Proof::empty(), sign.role, Since::default());
        let (page, pending) = (0, None);
        Self { shown, since, of_set: true, page, at, ask, lines, covers, role, proof, pending }
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

    /// Every unit that is signed, with its order where there are several, as lines of a width.
    fn names(&self, width: u16) -> Vec<Line> {
        let units = self.units();
        let Some(first) = units.first().filter(|_| self.of_set) else { return Vec::new() };
        let several = units.iter().any(|id| id.order != first.order);
        let name = |id: &TravelerId| if several { id.to_string() } else { id.unit.to_string() };
        let names: Vec<String> = units.iter().map(name).collect();
        let text = format!("{}: {}", names.len(), names.join(", "));
        wrapped(&text, width.saturating_sub(VALUE + 1).into(), Role::Plain)
    }

    /// How many rows there are for names, besides what else stands on the page.
    fn rows_for_names(&self, height: u16) -> u16 {
        let came = if self.since.count() > 0 { CAME_LINES + 1 } else { 0 };
        height.saturating_sub(ROWS_BESIDE + came)
    }

    /// Draws the names or a page of them; tells the row after them.
    fn view_names(&self, y: u16, canvas: &mut Canvas<'_>) -> u16 {
        let names = self.names(canvas.width());
        let (lines, pages) = pages(names.len(), self.rows_for_names(canvas.height()));
        let page = self.page % pages;
        let mut y = y;
        for (n, line) in names.iter().skip(page * lines).take(lines).enumerate() {
            if n == 0 {
                canvas.put((3, y), "Units", Role::Muted);
            }
            line.view(canvas, (VALUE, y), canvas.width().saturating_sub(VALUE + 1));
            y += 1;
        }
        if pages > 1 {
            let note = format!("page {} of {pages}: PgDn", page + 1);
            canvas.put((VALUE, y), &note, Role::Accent);
            y += 1;
        }
        y
    }
}

/// What came after the page was shown.
impl SignScreen {
    fn say_what_came(&self, world: &mut World) {
        let came = count(self.since.count(), "fact", "facts");
        world.warn(format!(
            "not signed (P41): {came} came since; look at what is marked, then sign"
        ));
    }

    /// Draws what came, or a page of it; tells the row after it.
    fn view_since(&self, y: u16, canvas: &mut Canvas<'_>) -> u16 {
        canvas.put((3, y), CAME, Role::Warn);
        let lines = self.since.lines(canvas.width().saturating_sub(6));
        let pages = lines.len().div_ceil(CAME_LINES.into()).max(1);
        let shown = CAME_LINES.min(u16::try_from(lines.len()).unwrap_or(CAME_LINES));
        paged::view(&lines, self.page % pages, (y + 1, shown), canvas);
        y + 1 + shown
    }
}

/// How many lines of names are on a page, and how many pages there are.
fn pages(lines: usize, rows: u16) -> (usize, usize) {
    let room = usize::from(rows).max(2);
    if lines <= room {
        return (lines, 1);
    }
    (room - 1, lines.div_ceil(room - 1))
}

impl Layer for SignScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn traveler(&self) -> Option<&TravelerId> {
        self.shown.first().map(|seen| &seen.unit)
    }

    fn focus(&self, _world: &World) -> Focus {
        Focus::Text
    }

    fn acts(&self, world: &World) -> Vec<Act> {
        let mut acts = vec![if self.proof.at_pin { Act::Sign } else { Act::Next }];
        let (width, height) = world.size;
        let came = self.since.lines(width.saturating_sub(6)).len();
        if pages(self.names(width).len(), self.rows_for_names(height)).1 > 1
            || came > CAME_LINES.into()
        {
            acts.push(Act::Turn);
        }
        acts
    }

    fn footer(&self, world: &World) -> Vec<Act> {
        let mut acts = self.acts(world);
        acts.extend([Act::Menu, Act::Help, Act::Back]);
        acts
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
            self.proof.again_by_pin(world);
        }
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act == Act::Back {
            return Turn::Back;
        }
        if act == Act::Turn {
            self.page += 1;
            return Turn::Stay;
        }
        if let Some(proof) = self.proof.enter() {
            self.pending = self.sign(proof, world);
        }
        Turn::Stay
    }

    fn key(&mut self, key: Key, _world: &mut World) -> Turn {
        if key == Key::PageUp {
            self.page = self.page.saturating_sub(1);
        } else {
            self.proof.key(key);
        }
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
            world.has_signed(&self.proof.badge_text());
            world.outcome(outcome, "saved: signed");
            return Turn::Back;
        }
        self.proof.again();
        // What this page shows is no longer so: whoever signs looks at what came first.
        if let Outcome::Refused(refusal) = &outcome
            && refusal.is_not_seen()
        {
            if !refusal.is_only_not_seen() {
                return world.refuse_instead(refusal.clone());
            }
            self.since.ask(&self.shown, world);
            self.proof.again_by_pin(world);
            return Turn::Stay;
        }
        world.outcome(outcome, "")
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        let title = format!("{} Signature", Mark::Sign.glyph(canvas.ascii));
        canvas.put((1, 1), &title, Role::Title);
        canvas.rule(2);
        let mut y = self.view_names(4, canvas);
        for (name, value) in &self.lines {
            canvas.put((3, y), name, Role::Muted);
            canvas.put((VALUE, y), value, Role::Plain);
            y += 1;
        }
        canvas.put((3, y), "Covers", Role::Muted);
        let role = if self.since.count() > 0 { Role::Warn } else { Role::Plain };
        canvas.put((VALUE, y), &self.covered(), role);
        y += 1;
        if self.since.count() > 0 {
            y = self.view_since(y, canvas);
        }
        canvas.put((3, y + 1), ASK, Role::Title);
        self.proof.view(canvas, (3, y + 3));
    }
}
