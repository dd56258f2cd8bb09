//! What becomes of a lot that was not accepted: a digit, why, and a signature.

use crate::domain::inspection::fact::LotEnd;
use crate::domain::inspection::series::SeriesId;
use crate::ui::effect::Signing;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn, saved};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::choices;
use crate::ui::parts::field::{Field, TEXT_MAX};
use crate::ui::parts::paged::Sheet;
use crate::ui::parts::prose::Line;
use crate::ui::screens::to_sign::ToSign;
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::inspection::LotView;
use crate::views::scan::ScanMeaning;

const PURPOSE: &str = "Decide what becomes of a lot that was not accepted: a digit chooses, then the \
    reason, then badge and PIN sign it.";

/// The choices by their digit.
const CHOICES: [(&str, &str); 4] = [
    ("Sort", "every piece is looked at; the good ones come again as a lot"),
    ("Return", "it goes back to the supplier"),
    ("Scrap", "it is thrown away"),
    ("Use as is", "it is built in although rejected; quality or engineering signs"),
];
const ENDS: [LotEnd; 4] = [LotEnd::Sort, LotEnd::Return, LotEnd::Scrap, LotEnd::UseAsIs];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    What,
    Why(LotEnd),
    Sign(LotEnd),
}

/// The form of what becomes of a lot.
#[derive(Debug)]
pub struct DisposeLotScreen {
    lot: Box<LotView>,
    series: SeriesId,
    stage: Stage,
    reason: Field,
    signs: ToSign,
    pending: Option<Ticket>,
}

impl DisposeLotScreen {
    /// Of a rejected lot.
    pub fn new(lot: Box<LotView>, series: SeriesId) -> Self {
        let (reason, signs) = (Field::new(TEXT_MAX), ToSign::new());
        Self { lot, series, stage: Stage::What, reason, signs, pending: None }
    }

    /// What is signed.
    fn lines(&self, world: &World) -> Vec<Line> {
        let Stage::Sign(chosen) = self.stage else { return Vec::new() };
        let (end, follows) = chosen_words(chosen);
        let lot = &self.lot;
        let rows = [
            (say!("Lot"), tell(&lot.name())),
            (say!("Plan"), tell(&lot.plan())),
            (say!("Found"), too_many(lot)),
            (say!("Decision"), format!("{}: {}", say!(end), say!(follows))),
            (say!("Why"), self.reason.text().trim().to_owned()),
            (say!("Meaning"), say!("dispositioned").to_owned()),
        ];
        Sheet::of(world).rows(13, &rows)
    }

    fn slot(&self) -> String {
        format!("dispose lot {} {}", self.series, self.lot.opened)
    }

    fn field(&mut self) -> Option<&mut Field> {
        match self.stage {
            Stage::What => None,
            Stage::Why(_) => Some(&mut self.reason),
            Stage::Sign(_) => Some(self.signs.proof.field()),
        }
    }

    fn enter(&mut self, act: Act, world: &mut World) {
        let reason = self.reason.text().trim().to_owned();
        match self.stage {
            Stage::What => {}
            Stage::Why(_) if reason.is_empty() => {
                world.say(say!("type a reason first"), Role::Warn);
            }
            Stage::Why(end) => {
                self.signs = ToSign::new();
                self.signs.proof.again_by_pin(world);
                self.stage = Stage::Sign(end);
            }
            Stage::Sign(end) => {
                if let Some((badge, pin)) = self.signs.act(act, self.lines(world), world) {
                    let (series, lot) = (self.series.clone(), self.lot.lot.clone());
                    let signing = Signing::DisposeLot { series, lot, end, reason };
                    self.pending = Some(world.sign(badge, pin, signing));
                }
            }
        }
    }
}

/// What was found, and how much is too much.
fn too_many(lot: &LotView) -> String {
    say!("{found}; {reject} or more are too many", found = tell(&lot.found()), reject = lot.reject)
}

/// The words of a choice.
fn chosen_words(end: LotEnd) -> (&'static str, &'static str) {
    let rank = ENDS.iter().position(|known| *known == end);
    rank.and_then(|rank| CHOICES.get(rank)).copied().unwrap_or_default()
}

impl Layer for DisposeLotScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn focus(&self, world: &World) -> Focus {
        match self.stage {
            Stage::What => Focus::Choice,
            Stage::Why(_) => Focus::Text,
            Stage::Sign(_) => self.signs.focus(&self.lines(world), world),
        }
    }

    fn has_words(&self) -> bool {
        matches!(self.stage, Stage::Why(_)) && !self.reason.is_empty()
    }

    fn acts(&self, world: &World) -> Vec<Act> {
        match self.stage {
            Stage::What => Vec::new(),
            Stage::Why(_) => vec![Act::Next],
            Stage::Sign(_) => self.signs.acts(&self.lines(world), world),
        }
    }

    fn busy(&self) -> bool {
        self.pending.is_some()
    }

    fn draft(&self) -> Option<(String, String)> {
        self.pending.is_none().then(|| (self.slot(), self.reason.text()))
    }

    fn person_changed(&mut self) {
        self.reason.clear();
        self.signs = ToSign::new();
        self.stage = Stage::What;
    }

    fn shown(&mut self, world: &mut World) {
        if self.reason.is_empty()
            && let Some(text) = world.drafts.get(&self.slot())
        {
            self.reason.keep(text);
        }
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act != Act::Back {
            self.enter(act, world);
            return Turn::Stay;
        }
        self.stage = match self.stage {
            Stage::What => return Turn::Back,
            Stage::Why(_) => Stage::What,
            Stage::Sign(end) => Stage::Why(end),
        };
        Turn::Stay
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        match self.stage {
            Stage::What => {
                if let Some(end) = choices::chosen(key, &ENDS) {
                    self.stage = Stage::Why(*end);
                }
            }
            Stage::Why(_) => {
                self.reason.key(key);
            }
            Stage::Sign(_) => {
                let lines = self.lines(world);
                self.signs.key(key, &lines, world);
            }
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
        // A badge that nobody has is taken like any other: its scan tells nobody which exist.
        let (ScanMeaning::Badge | ScanMeaning::Unknown, Stage::Sign(_)) = (meaning, self.stage)
        else {
            return None;
        };
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
            world.drop_draft(&self.slot());
            self.reason.clear();
            world.has_signed(&self.signs.proof.badge_text());
            let name = tell(&self.lot.name());
            world.outcome(outcome, &say!("saved: what becomes of {name}", name));
            return Turn::Back;
        }
        self.signs.proof.again();
        self.signs.proof.again_by_pin(world);
        world.outcome(outcome, "")
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        let end = canvas.width().saturating_sub(1);
        canvas.put((1, 1), say!("Rejected lot"), Role::Title);
        canvas.put_right(end, 1, &tell(&self.lot.name()), Role::Plain);
        canvas.rule(2);
        let chosen = match self.stage {
            Stage::Sign(_) => return self.signs.view(&self.lines(world), world, canvas),
            Stage::Why(chosen) => Some(chosen),
            Stage::What => None,
        };
        let plan = format!("{:<10}{}", say!("Plan"), tell(&self.lot.plan()));
        canvas.put_in((3, 3), end - 3, &plan, Role::Plain);
        let found = format!("{:<10}{}", say!("Found"), too_many(&self.lot));
        canvas.put_in((3, 4), end - 3, &found, Role::Plain);
        let Some(chosen) = chosen else {
            canvas.put((3, 6), say!("What becomes of the lot?"), Role::Title);
            canvas.cursor = Some((3, 6));
            let choices = CHOICES.map(|(word, about)| (say!(word), Role::Plain, say!(about)));
            choices::view(choices, (8, 18), canvas);
            return;
        };
        let (decided, follows) = chosen_words(chosen);
        let decided = format!("{:<10}{}", say!("Decision"), say!(decided));
        let x = canvas.put((3, 6), &decided, Role::Title);
        canvas.put_in((x + 2, 6), end.saturating_sub(x + 2), say!(follows), Role::Muted);
        canvas.put((3, 8), say!("Why?"), Role::Plain);
        self.reason.view(canvas, (13, 8), end.saturating_sub(13), true);
    }
}
