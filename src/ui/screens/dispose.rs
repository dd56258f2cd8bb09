//! Disposing a deviation: what becomes of the unit, from which step, why, and the signature.

use crate::domain::deviation::{Disposition, Share};
use crate::domain::ids::StepId;
use crate::domain::stream::TravelerId;
use crate::ui::effect::Signing;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn, saved};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::choices;
use crate::ui::parts::field::{Field, TEXT_MAX};
use crate::ui::parts::kept;
use crate::ui::parts::paged::Sheet;
use crate::ui::parts::prose::Line;
use crate::ui::speech::say;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::deviation::{ConcernedView, DeviationView};
use crate::views::query::{Answer, Query};
use crate::views::scan::ScanMeaning;

use super::approve::roles;
use super::shares;
use super::to_sign::ToSign;
use super::told;

const PURPOSE: &str = "Decide what becomes of the unit: a digit chooses, then the reason, \
    then your badge and PIN sign it. Nothing is decided before the signature.";
const WHAT: &str = "What becomes of the unit?";
const FROM: &str = "From which step is it done again?";
const WHY: &str = "Why?";
/// Steps that a digit can name.
const STEPS_MAX: usize = 9;

/// The choices by their digit.
const CHOICES: [(&str, &str); 7] = [
    ("Use as is", "accepted although outside; engineering and quality sign"),
    ("Rework", "done again from a step, to the same requirement"),
    ("Repair", "mended from a step, to a requirement that was agreed"),
    ("Scrap", "thrown away; the unit ends here"),
    ("Return", "sent back; the unit ends here"),
    ("Void", "there was no deviation"),
    ("Share out", "by quantity, or by unit where there are several"),
];

#[derive(Debug, Clone, PartialEq, Eq)]
enum Stage {
    What,
    Step { repair: bool },
    Share,
    Why(Vec<Share>),
    Sign(Vec<Share>),
}

/// The form of a disposition.
#[derive(Debug)]
pub struct DisposeScreen {
    deviation: Box<DeviationView>,
    stage: Stage,
    from: usize,
    shares: Field,
    reason: Field,
    signs: ToSign,
    pending: Option<Ticket>,
    /// How it stands after it was signed: whose signature is missing.
    after: Option<Ticket>,
}

/// A disposition in words, with the title of its step.
pub fn disposition(disposition: &Disposition, view: Option<&ConcernedView>) -> String {
    let word = say!(disposition.word());
    match disposition {
        Disposition::Rework { step } | Disposition::Repair { step } => {
            let mut steps = view.iter().flat_map(|view| &view.steps_before);
            let title = steps.find(|(id, _)| id == step);
            let title = title.map_or(step.as_str(), |(_, title)| title);
            say!("{word} from: {title}", word, title)
        }
        Disposition::UseAsIs | Disposition::Scrap | Disposition::Return | Disposition::Void => {
            word.to_owned()
        }
    }
}

impl DisposeScreen {
    /// Disposes a deviation.
    pub fn new(deviation: Box<DeviationView>) -> Self {
        Self {
            deviation,
            stage: Stage::What,
            from: 0,
            shares: Field::new(TEXT_MAX),
            reason: Field::new(TEXT_MAX),
            signs: ToSign::new(),
            pending: None,
            after: None,
        }
    }

    fn choose(&mut self, digit: usize) {
        let chosen = match (&self.stage, digit) {
            (Stage::What, 1) => Disposition::UseAsIs,
            (Stage::What, 2 | 3) => {
                self.stage = Stage::Step { repair: digit == 3 };
                return;
            }
            (Stage::What, 4) => Disposition::Scrap,
            (Stage::What, 5) => Disposition::Return,
            (Stage::What, 6) => Disposition::Void,
            (Stage::What, 7) => {
                self.stage = Stage::Share;
                return;
            }
            (Stage::Step { repair }, digit) => {
                let rank = (self.from + digit).checked_sub(1);
                let Some(step) = rank.and_then(|rank| self.step(rank)) else { return };
                if *repair { Disposition::Repair { step } } else { Disposition::Rework { step } }
            }
            (Stage::What | Stage::Share | Stage::Why(_) | Stage::Sign(_), _) => return,
        };
        self.stage = Stage::Why(Share::all(chosen));
    }

    /// The units that are decided: those that were shown as held and not decided yet.
    fn undecided(&self) -> impl Iterator<Item = &ConcernedView> {
        self.deviation.undecided()
    }

    /// The unit that the steps are of: the first that is not decided.
    fn unit(&self) -> Option<&ConcernedView> {
        self.undecided().next().or_else(|| self.deviation.unit())
    }

    /// What is signed.
    fn lines(&self, world: &World) -> Vec<Line> {
        let Stage::Sign(chosen) = &self.stage else { return Vec::new() };
        let view = &self.deviation;
        let units: Vec<String> = self.undecided().map(|unit| unit.traveler.to_string()).collect();
        let mut rows = vec![
            (if units.len() > 1 { say!("Units") } else { say!("Unit") }, units.join(", ")),
            (say!("Required"), told::required(&view.required)),
            (say!("Found"), told::found(&view.found)),
            (say!("Note"), told::noted(&view.note)),
            (say!("Decision"), self.words(chosen)),
            (say!("Why"), self.reason.text().trim().to_owned()),
        ];
        rows.retain(|(_, value)| !value.is_empty());
        rows.push((say!("Meaning"), say!("dispositioned").to_owned()));
        Sheet::of(world).rows(13, &rows)
    }

    fn open(&self) -> Vec<&ConcernedView> {
        self.undecided().collect()
    }

    fn steps(&self) -> &[(StepId, String)] {
        self.unit().map_or(&[], |unit| &unit.steps_before)
    }

    fn step(&self, rank: usize) -> Option<StepId> {
        self.steps().get(rank).map(|(id, _)| id.clone())
    }

    fn field(&mut self) -> Option<&mut Field> {
        match self.stage {
            Stage::What | Stage::Step { .. } => None,
            Stage::Share => Some(&mut self.shares),
            Stage::Why(_) => Some(&mut self.reason),
            Stage::Sign(_) => Some(self.signs.proof.field()),
        }
    }

    fn enter(&mut self, act: Act, world: &mut World) {
        match self.stage.clone() {
            Stage::What | Stage::Step { .. } => {}
            Stage::Share => match shares::read(&self.shares.text(), &self.open()) {
                Ok(shares) => self.stage = Stage::Why(shares),
                Err(why) => world.say(why, Role::Warn),
            },
            Stage::Why(chosen) => {
                if self.reason.text().trim().is_empty() {
                    world.say(say!("type a reason first"), Role::Warn);
                    return;
                }
                self.signs = ToSign::new();
                self.signs.proof.again_by_pin(world);
                // Who joins meanwhile is not decided with those that are shown.
                let open: Vec<TravelerId> =
                    self.undecided().map(|unit| unit.traveler.clone()).collect();
                self.stage = Stage::Sign(Share::of_each(chosen, &open));
            }
            Stage::Sign(shares) => {
                if let Some((badge, pin)) = self.signs.act(act, self.lines(world), world) {
                    let deviation = self.deviation.id.clone();
                    let reason = self.reason.text().trim().to_owned();
                    let signing = Signing::Dispose { deviation, shares, reason };
                    self.pending = Some(world.sign(badge, pin, signing));
                }
            }
        }
    }
}

impl Layer for DisposeScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn traveler(&self) -> Option<&TravelerId> {
        self.deviation.unit().map(|unit| &unit.traveler)
    }

    fn focus(&self, world: &World) -> Focus {
        match self.stage {
            Stage::What | Stage::Step { .. } => Focus::Choice,
            Stage::Share | Stage::Why(_) => Focus::Text,
            Stage::Sign(_) => self.signs.focus(&self.lines(world), world),
        }
    }

    fn has_words(&self) -> bool {
        match self.stage {
            Stage::What | Stage::Step { .. } | Stage::Sign(_) => false,
            Stage::Share => !self.shares.is_empty(),
            Stage::Why(_) => !self.reason.is_empty(),
        }
    }

    fn acts(&self, world: &World) -> Vec<Act> {
        match self.stage {
            Stage::Step { .. } if self.steps().len() > STEPS_MAX => vec![Act::Turn],
            Stage::What | Stage::Step { .. } => Vec::new(),
            Stage::Share | Stage::Why(_) => vec![Act::Next],
            Stage::Sign(_) => self.signs.acts(&self.lines(world), world),
        }
    }

    fn busy(&self) -> bool {
        self.pending.is_some() || self.after.is_some()
    }

    fn draft(&self) -> Option<(String, String)> {
        let key = format!("dispose {}", self.deviation.id);
        let fields = [("shares", &self.shares), ("reason", &self.reason)];
        let typed = fields.into_iter().filter(|(_, field)| !field.is_empty());
        let typed = typed.map(|(name, field)| (name, field.text()));
        (!self.busy()).then(|| (key, kept::written(typed)))
    }

    fn person_changed(&mut self) {
        self.reason.clear();
        self.shares.clear();
        self.signs.proof.again();
        self.stage = Stage::What;
    }

    fn shown(&mut self, world: &mut World) {
        let key = format!("dispose {}", self.deviation.id);
        for (name, text) in world.drafts.get(&key).iter().flat_map(|draft| kept::read(draft)) {
            let field = if name == "shares" { &mut self.shares } else { &mut self.reason };
            if field.is_empty() {
                field.keep(text);
            }
        }
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act == Act::Turn && matches!(self.stage, Stage::Step { .. }) {
            self.from += STEPS_MAX;
            if self.from >= self.steps().len() {
                self.from = 0;
            }
            return Turn::Stay;
        }
        if act != Act::Back {
            self.enter(act, world);
            return Turn::Stay;
        }
        self.stage = match &self.stage {
            Stage::What => return Turn::Back,
            Stage::Step { .. } | Stage::Share | Stage::Why(_) => Stage::What,
            Stage::Sign(chosen) => Stage::Why(chosen.clone()),
        };
        Turn::Stay
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        match (&self.stage, key) {
            (Stage::What | Stage::Step { .. }, Key::Char(_)) => {
                if let Some(digit) = key.digit() {
                    self.choose(digit);
                }
                if let Stage::Why(chosen) = &self.stage
                    && let Some(why) = shares::not_alike(chosen, &self.open())
                {
                    world.say(why, Role::Warn);
                    self.stage = Stage::What;
                }
            }
            (Stage::Share, key) => {
                self.shares.key(key);
            }
            (Stage::Why(_), key) => {
                self.reason.key(key);
            }
            (Stage::Sign(_), key) => {
                let lines = self.lines(world);
                self.signs.key(key, &lines, world);
            }
            (Stage::What | Stage::Step { .. }, _) => {}
        }
        Turn::Stay
    }

    fn insert(&mut self, text: &str) {
        if let Some(field) = self.field() {
            field.insert(text);
        }
    }

    fn take_back(&mut self, characters: usize) {
        if let Some(field) = self.field() {
            field.take_back(characters);
        }
    }

    fn scanned(&mut self, code: &str, meaning: &ScanMeaning, _world: &mut World) -> Option<Turn> {
        match (meaning, &self.stage) {
            (ScanMeaning::Badge, Stage::Sign(_)) => {
                self.signs.proof.badge(code);
                Some(Turn::Stay)
            }
            _ => None,
        }
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.pending == Some(ticket) || self.after == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        let Reply::Recorded(outcome) = reply else {
            self.after = None;
            if let Some(Answer::Deviation(Some(view))) = world.answer(reply)
                && let Some(waits) = view.waits()
            {
                let open = roles(&waits.open);
                let said =
                    say!("saved: {id} signed; still held until {open} signs", id = view.id, open);
                world.announce(said, Role::Hold);
            }
            return Turn::Back;
        };
        self.pending = None;
        if saved(&outcome).is_some() {
            world.drop_draft(&format!("dispose {}", self.deviation.id));
            self.reason.clear();
            self.shares.clear();
            world.has_signed(&self.signs.proof.badge_text());
            let said = say!("saved: {id} disposed", id = self.deviation.id);
            world.outcome(outcome, &said);
            let id = self.deviation.id.clone();
            self.after = Some(world.load(Query::Deviation { id }));
            return Turn::Stay;
        }
        self.signs.proof.again();
        self.signs.proof.again_by_pin(world);
        world.outcome(outcome, "")
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        let view = &self.deviation;
        canvas.put((1, 1), &say!("Dispose {id}", id = view.id), Role::Title);
        let width = canvas.width().saturating_sub(1);
        canvas.put_right(width, 1, &view.units_words(), Role::Plain);
        canvas.rule(2);
        if let Stage::Sign(_) = self.stage {
            self.signs.view(&self.lines(world), world, canvas);
            return;
        }
        let found = told::found_or_noted(view);
        let cells = width.saturating_sub(4);
        if !view.required.is_empty() {
            let text = say!("Required  {required}", required = told::required(&view.required));
            canvas.put_in((3, 3), cells, &text, Role::Plain);
        }
        canvas.put_in((3, 4), cells, &say!("Found     {found}", found), Role::Plain);
        match &self.stage {
            Stage::What => self.view_what(canvas),
            Stage::Step { .. } => self.view_steps(canvas),
            Stage::Share => shares::view(&self.shares, &self.open(), canvas),
            Stage::Why(chosen) | Stage::Sign(chosen) => {
                let chosen_words = self.words(chosen);
                let decision = say!("Decision  {decision}", decision = chosen_words);
                canvas.put((3, 6), &decision, Role::Title);
                canvas.put((3, 8), say!(WHY), Role::Plain);
                self.reason.view(canvas, (13, 8), width.saturating_sub(14), true);
            }
        }
    }
}

impl DisposeScreen {
    fn view_what(&self, canvas: &mut Canvas<'_>) {
        canvas.put((3, 6), say!(WHAT), Role::Title);
        canvas.cursor = Some((3, 6));
        let suggested = self.unit().and_then(|unit| unit.suggested.as_ref());
        let suggests = suggested.map(Disposition::word);
        let offered = CHOICES.map(|(word, about)| {
            let is = suggests.is_some_and(|suggested| word.eq_ignore_ascii_case(suggested));
            (say!(word), if is { Role::Title } else { Role::Plain }, say!(about))
        });
        choices::view(offered, (8, 18), canvas);
        if let Some(suggested) = suggested {
            let suggested = disposition(suggested, self.unit());
            let text = say!("The instruction suggests: {suggested}", suggested);
            canvas.put((3, 16), &text, Role::Accent);
        }
    }

    /// Shares in words, with the titles of the steps.
    fn words(&self, shares: &[Share]) -> String {
        let words = shares.iter().map(|share| {
            let several = self.deviation.units.len() > 1;
            let unit = share.unit.as_ref().filter(|_| several).map(|unit| format!("{unit} "));
            let pieces = share.pieces.map(|pieces| format!("{pieces} "));
            let (unit, pieces) = (unit.unwrap_or_default(), pieces.unwrap_or_default());
            format!("{unit}{pieces}{}", disposition(&share.disposition, self.unit()))
        });
        words.collect::<Vec<_>>().join(", ")
    }

    fn view_steps(&self, canvas: &mut Canvas<'_>) {
        if self.steps().is_empty() {
            return shares::view_no_steps(self.unit(), canvas);
        }
        canvas.put((3, 6), say!(FROM), Role::Title);
        canvas.cursor = Some((3, 6));
        let steps = self.steps().iter().skip(self.from).take(STEPS_MAX);
        let offered = steps.map(|(_, title)| (title.as_str(), Role::Plain, ""));
        choices::view(offered, (8, 18), canvas);
    }
}
