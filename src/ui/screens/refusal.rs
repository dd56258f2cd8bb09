//! A refusal: every reason, each with what to do next (R7).

use crate::domain::refusal::Refusal;
use crate::domain::refusal::told::Told;
use crate::domain::stream::TravelerId;
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Turn};
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::prose::{Line, wrapped};
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::scan::ScanMeaning;

use super::traveler::TravelerScreen;

const PURPOSE: &str = "Says why something was refused, each reason with what to do about \
    it. Nothing was saved. Esc goes back, and what you typed is still there.";
const PURPOSE_ACT: &str = "Says why this is not for you to do, and who may. Where Enter goes on, \
    whoever may do it signs here with their own badge; you stay signed in.";
const SIGNED_BY_ANOTHER: &str = "Enter goes on: whoever may do it signs with their own badge.";
const PURPOSE_SCAN: &str = "Why a code was not taken: every reason, each with what to do next. Nothing \
    was recorded of it. Esc goes back to where you were.";
const PURPOSE_UNIT: &str = "Says why a unit cannot be worked on here now, and what to do about each \
    reason. Enter opens the unit all the same, to look at it or to put it right.";

/// A refusal on the screen.
#[derive(Debug)]
pub struct RefusalScreen {
    reasons: Vec<Told>,
    from: usize,
    about: About,
}

/// What is refused.
#[derive(Debug)]
enum About {
    /// Something was not saved.
    Saving,
    /// A code was not taken.
    Scan,
    /// Work on a unit, at an operation.
    Unit(TravelerId, u32),
    /// An act, to who is signed in; what it opens, where somebody else may do it here.
    Act(Option<Box<dyn Layer>>),
}

impl RefusalScreen {
    /// Shows why something was not saved.
    pub fn new(refusal: &Refusal) -> Self {
        Self { reasons: refusal.told(), from: 0, about: About::Saving }
    }

    /// Shows why a code is not taken.
    pub fn of_scan(refusal: &Refusal) -> Self {
        Self { reasons: refusal.told(), from: 0, about: About::Scan }
    }

    /// Shows why a unit is not worked on.
    pub fn of_unit((unit, operation): (TravelerId, u32), reasons: Vec<Told>) -> Self {
        Self { reasons, from: 0, about: About::Unit(unit, operation) }
    }

    /// Shows why an act is none for who is signed in.
    pub fn of_act(refusal: &Refusal, then: Option<Box<dyn Layer>>) -> Self {
        Self { reasons: refusal.told(), from: 0, about: About::Act(then) }
    }

    /// The reasons as lines.
    fn lines(&self, cells: usize, world: &World) -> Vec<Line> {
        lines(&self.reasons, cells, world.ascii)
    }

    /// What Enter does, where it does more than go back.
    fn enter(&self) -> Option<Act> {
        match self.about {
            About::Unit(..) => Some(Act::Open),
            About::Act(Some(_)) => Some(Act::Next),
            About::Saving | About::Scan | About::Act(None) => None,
        }
    }
}

/// The reasons as lines: number, what, code; then what to do.
pub fn lines(reasons: &[Told], cells: usize, ascii: bool) -> Vec<Line> {
    let mut out = Vec::new();
    let arrow = Mark::Arrow.glyph(ascii);
    for (n, Told { code, what, next }) in reasons.iter().enumerate() {
        let (what, next) = (format!("{}  ({code})", tell(what)), tell(next));
        for (row, mut line) in
            wrapped(&what, cells.saturating_sub(4), Role::Plain).into_iter().enumerate()
        {
            let lead = if row == 0 { format!("{:>2}  ", n + 1) } else { "    ".to_owned() };
            line.0.insert(0, (lead, Role::Title));
            out.push(line);
        }
        let next = wrapped(&next, cells.saturating_sub(7), Role::Accent);
        for (row, mut line) in next.into_iter().enumerate() {
            let lead = if row == 0 { format!("    {arrow} ") } else { "      ".to_owned() };
            line.0.insert(0, (lead, Role::Accent));
            out.push(line);
        }
        out.push(Line::default());
    }
    out
}

impl Layer for RefusalScreen {
    fn purpose(&self) -> &'static str {
        match self.about {
            About::Saving => PURPOSE,
            About::Scan => PURPOSE_SCAN,
            About::Unit(..) => PURPOSE_UNIT,
            About::Act(_) => PURPOSE_ACT,
        }
    }

    fn traveler(&self) -> Option<&TravelerId> {
        match &self.about {
            About::Unit(id, _) => Some(id),
            About::Act(then) => then.as_ref().and_then(|then| then.traveler()),
            About::Saving | About::Scan => None,
        }
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        self.enter().into_iter().chain([Act::Turn]).collect()
    }

    fn footer(&self, _world: &World) -> Vec<Act> {
        self.enter().into_iter().chain([Act::Menu, Act::Help, Act::Back]).collect()
    }

    fn shown(&mut self, _world: &mut World) {}

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act == Act::Turn {
            let rows = usize::from(world.size.1.saturating_sub(7));
            let all = self.lines(usize::from(world.size.0), world).len();
            self.from = if self.from + rows < all { self.from + rows } else { 0 };
            return Turn::Stay;
        }
        if act == Act::Back {
            return Turn::Back;
        }
        match std::mem::replace(&mut self.about, About::Saving) {
            About::Unit(id, operation) => {
                Turn::Replace(Box::new(TravelerScreen::at_operation(id, operation)))
            }
            About::Act(Some(then)) => Turn::Replace(then),
            About::Act(None) | About::Saving | About::Scan => Turn::Back,
        }
    }

    fn key(&mut self, key: Key, _world: &mut World) -> Turn {
        if key == Key::Enter { Turn::Back } else { Turn::Stay }
    }

    fn scanned(&mut self, _code: &str, meaning: &ScanMeaning, world: &mut World) -> Option<Turn> {
        // Whoever shows a badge here means to sign what was refused, and would take over instead.
        if *meaning != ScanMeaning::Badge {
            return None;
        }
        world.warn(say!("no badge is taken here: Esc first, then scan it again"));
        Some(Turn::Stay)
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        let count = self.reasons.len();
        let reasons = match count {
            1 => say!("for|this reason").to_owned(),
            _ => say!("these reasons ({count})", count),
        };
        let mark = Mark::Hold.glyph(canvas.ascii);
        let head = match &self.about {
            About::Saving => say!("This was not saved, for {reasons}", reasons),
            About::Scan => say!("This scan was not taken, for {reasons}", reasons),
            About::Act(_) => say!("This is not for you to do, for {reasons}", reasons),
            About::Unit(unit, operation) => say!(
                "{unit} op {operation} cannot be worked on here now, for {reasons}",
                unit,
                operation,
                reasons
            ),
        };
        canvas.put((1, 1), &format!("{mark} {head}"), Role::Hold);
        let width = usize::from(canvas.width());
        let all = self.lines(width.saturating_sub(2), world);
        let rows = canvas.body_end().saturating_sub(4);
        for (y, line) in (3..).zip(all.iter().skip(self.from).take(rows.into())) {
            line.view(canvas, (1, y), canvas.width().saturating_sub(2));
        }
        if all.len() > rows.into() {
            canvas.put((1, canvas.body_end() - 1), say!("more: PgDn"), Role::Muted);
        }
        if let About::Act(Some(_)) = &self.about {
            let y = canvas.body_end().saturating_sub(2);
            canvas.put((5, y), say!(SIGNED_BY_ANOTHER), Role::Plain);
        }
        canvas.cursor = Some((1, 1));
    }
}
