//! Signing that a lot is accepted or not: which of both the plan asks for is said before the PIN.

use crate::domain::inspection::series::{LotStanding, SeriesId};
use crate::domain::people::Action;
use crate::ui::effect::Signing;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn, saved};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::paged::Sheet;
use crate::ui::parts::prose::Line;
use crate::ui::parts::words::count;
use crate::ui::screens::to_sign::ToSign;
use crate::ui::speech::say;
use crate::ui::speech::tell;
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
    signs: ToSign,
    loading: Option<Ticket>,
    pending: Option<Ticket>,
}

impl DecideLotScreen {
    /// The decision that the plan asks for.
    pub fn new(lot: Box<LotView>, series: SeriesId, accept: bool) -> Self {
        Self { lot, series, accept, signs: ToSign::new(), loading: None, pending: None }
    }

    fn word(&self) -> &'static str {
        if self.accept { "accepted" } else { "rejected" }
    }

    /// Whether a first article is ended that lacks results, whatever its plan says so far.
    fn ends(&self) -> bool {
        !self.accept && self.lot.accepts != Some(false)
    }

    /// Why the plan asks for it, or what a first article lacks.
    fn because(&self) -> String {
        if let Some(first) = self.lot.first_article.as_ref().filter(|_| self.ends()) {
            let balloons = first.missing.join(", ");
            return say!("not every piece has a result of balloon {balloons}", balloons);
        }
        let LotView { nonconforming, accept, reject, .. } = &*self.lot;
        let found = nonconforming.len();
        if self.accept {
            say!("{found} nonconforming, and up to {accept} are accepted", found, accept)
        } else {
            say!("{found} nonconforming, and {reject} or more are not accepted", found, reject)
        }
    }

    /// What is signed: what the plan asks for and why, and everything that was found.
    fn lines(&self, world: &World) -> Vec<Line> {
        let (mark, role, what) = if self.accept {
            (Mark::Pass, Role::Ok, say!("ACCEPT"))
        } else {
            (Mark::Fail, Role::Fail, say!("REJECT"))
        };
        let (lot, sheet) = (&self.lot, Sheet::of(world));
        let mark = mark.glyph(world.ascii);
        let says = if self.ends() {
            say!("A first article that is not finished: {mark} {what}", mark, what)
        } else {
            say!("The plan asks to {mark} {what}", mark, what)
        };
        let mut lines = sheet.text(&says, 1, role);
        lines.extend(sheet.text(&self.because(), 1, Role::Plain));
        lines.push(Line::default());
        let pieces = count(lot.records.len(), "record of a piece", "records of pieces");
        let bad: Vec<String> = lot.nonconforming.iter().map(ToString::to_string).collect();
        let bad = if bad.is_empty() { say!("none").to_owned() } else { bad.join(", ") };
        let mut rows = vec![
            (say!("Plan"), format!("{}, {}", say!(lot.severity.word()), tell(&lot.plan()))),
            (say!("Found"), tell(&lot.found())),
            (say!("Bad"), bad),
        ];
        rows.extend(lot.first_article.as_ref().map(|first| ("", tell(&first.words()))));
        rows.extend(lot.recorded_twice.iter().map(|words| (say!("Twice"), tell(words))));
        let named: Vec<String> = lot.deviations.iter().map(ToString::to_string).collect();
        rows.extend((!named.is_empty()).then(|| (say!("Named by"), named.join(", "))));
        rows.push((say!("Meaning"), say!(self.word()).to_owned()));
        rows.push((say!("Covers"), say!("how it was opened, and {pieces}", pieces)));
        lines.extend(sheet.rows(11, &rows));
        lines
    }

    /// What was recorded meanwhile is looked at before it is signed.
    fn take(&mut self, found: Option<Box<LotView>>, world: &mut World) -> Turn {
        let Some(lot) = found.filter(|_| self.pending.is_none()) else { return Turn::Stay };
        if lot.records.len() == self.lot.records.len() && lot.stands == self.lot.stands {
            return Turn::Stay;
        }
        // Whoever ends a first article does not sign for one that is complete by now.
        let same = |accept: &bool| *accept == self.accept || !self.ends();
        let open = lot.stands == LotStanding::Open;
        let says = if self.ends() { lot.to_decide() } else { lot.accepts };
        let Some(accept) = says.filter(|_| open).filter(same) else {
            let words = say!("! what was found changed meanwhile: nothing was signed");
            world.announce(words, Role::Warn);
            return Turn::Back;
        };
        (self.lot, self.accept) = (lot, accept);
        self.signs.proof.again();
        world.warn(say!("more was recorded meanwhile; look at it, then sign"));
        Turn::Stay
    }
}

impl Layer for DecideLotScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
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

    /// Who signs has seen what was found last, and what came of a signature that is on its way.
    fn takes_ahead(&self) -> bool {
        false
    }

    fn person_changed(&mut self) {
        self.signs = ToSign::new();
    }

    fn shown(&mut self, world: &mut World) {
        let roles = Action::DecideLot.roles();
        if world.person.as_ref().is_some_and(|who| who.roles.iter().any(|r| roles.contains(r))) {
            self.signs.proof.again_by_pin(world);
        }
        let (series, opened) = (self.series.clone(), self.lot.opened.clone());
        self.loading = Some(world.load(Query::Lot { series, opened }));
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act == Act::Back {
            return Turn::Back;
        }
        if let Some((badge, pin)) = self.signs.act(act, self.lines(world), world) {
            let (series, lot, accept) = (self.series.clone(), self.lot.lot.clone(), self.accept);
            let seen = self.lot.records.len();
            let signing = Signing::Lot { series, lot, accept, seen };
            self.pending = Some(world.sign(badge, pin, signing));
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
            world.has_signed(&self.signs.proof.badge_text());
            let (lot, decided) = (tell(&self.lot.name()), say!(self.word()));
            world.outcome(outcome, &say!("saved: {lot} is {word}", lot, word = decided));
            return Turn::Back;
        }
        self.signs.proof.again();
        self.signs.proof.again_by_pin(world);
        world.outcome(outcome, "")
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        let end = canvas.width().saturating_sub(1);
        canvas.put((1, 1), say!("Decide a lot"), Role::Title);
        canvas.put_right(end, 1, &tell(&self.lot.name()), Role::Plain);
        canvas.rule(2);
        self.signs.view(&self.lines(world), world, canvas);
    }
}
