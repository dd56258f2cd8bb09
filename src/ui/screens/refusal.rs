//! A refusal: every reason, each with what to do next (R7).

use crate::domain::refusal::Refusal;
use crate::domain::refusal::told::Told;
use crate::domain::stream::TravelerId;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Turn};
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::prose::{Line, wrapped};
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::scan::ScanMeaning;

use super::traveler::TravelerScreen;

const PURPOSE: &str = "Says why something was refused, and what to do about each reason.";
const PURPOSE_UNIT: &str = "Says why a unit cannot be worked on here now, and what to do about each \
    reason. Enter opens the unit all the same, to look at it or to put it right.";

/// A refusal on the screen.
#[derive(Debug)]
pub struct RefusalScreen {
    reasons: Vec<Told>,
    from: usize,
    /// The unit that is stopped, with its operation; none where something was not saved.
    unit: Option<(TravelerId, u32)>,
}

impl RefusalScreen {
    /// Shows why something was not saved.
    pub fn new(refusal: &Refusal) -> Self {
        Self { reasons: refusal.told(), from: 0, unit: None }
    }

    /// Shows why a unit is not worked on.
    pub fn of_unit(unit: (TravelerId, u32), reasons: Vec<Told>) -> Self {
        Self { reasons, from: 0, unit: Some(unit) }
    }
}

/// The reasons as lines: number, what, code; then what to do.
pub fn lines(reasons: &[Told], cells: usize, ascii: bool) -> Vec<Line> {
    let mut out = Vec::new();
    let arrow = Mark::Arrow.glyph(ascii);
    for (n, Told { code, what, next }) in reasons.iter().enumerate() {
        let what = format!("{what}  ({code})");
        for (row, mut line) in
            wrapped(&what, cells.saturating_sub(4), Role::Plain).into_iter().enumerate()
        {
            let lead = if row == 0 { format!("{:>2}  ", n + 1) } else { "    ".to_owned() };
            line.0.insert(0, (lead, Role::Title));
            out.push(line);
        }
        let next = wrapped(next, cells.saturating_sub(7), Role::Accent);
        for (row, mut line) in next.into_iter().enumerate() {
            let lead = if row == 0 { format!("    {arrow} ") } else { "      ".to_owned() };
            line.0.insert(0, (lead, Role::Accent));
            out.push(line);
        }
        out.push(Line::default());
    }
    out
}

/// Goes back; what was read is not said any longer.
fn leave(world: &mut World) -> Turn {
    world.said = None;
    Turn::Back
}

impl Layer for RefusalScreen {
    fn purpose(&self) -> &'static str {
        if self.unit.is_some() { PURPOSE_UNIT } else { PURPOSE }
    }

    fn traveler(&self) -> Option<&TravelerId> {
        self.unit.as_ref().map(|(id, _)| id)
    }

    fn focus(&self, _world: &World) -> Focus {
        Focus::Choice
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        let open = self.unit.is_some().then_some(Act::Open);
        open.into_iter().chain([Act::Turn]).collect()
    }

    fn footer(&self, _world: &World) -> Vec<Act> {
        let open = self.unit.is_some().then_some(Act::Open);
        open.into_iter().chain([Act::Menu, Act::Help, Act::Back]).collect()
    }

    fn shown(&mut self, _world: &mut World) {}

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act == Act::Turn {
            let rows = usize::from(world.size.1.saturating_sub(7));
            let all = lines(&self.reasons, usize::from(world.size.0), world.ascii).len();
            self.from = if self.from + rows < all { self.from + rows } else { 0 };
            return Turn::Stay;
        }
        match self.unit.take().filter(|_| act == Act::Open) {
            Some((id, operation)) => {
                Turn::Replace(Box::new(TravelerScreen::at_operation(id, operation)))
            }
            None => leave(world),
        }
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        if key == Key::Enter { leave(world) } else { Turn::Stay }
    }

    fn scanned(&mut self, _code: &str, meaning: &ScanMeaning, world: &mut World) -> Option<Turn> {
        // Whoever shows a badge here means to sign what was refused, and would take over instead.
        if *meaning != ScanMeaning::Badge {
            return None;
        }
        world.warn("no badge is taken here: Esc first, then scan it again");
        Some(Turn::Stay)
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        let count = self.reasons.len();
        let reasons = match count {
            1 => "this reason".to_owned(),
            _ => format!("these reasons ({count})"),
        };
        let mark = Mark::Hold.glyph(canvas.ascii);
        let head = match &self.unit {
            None => format!("{mark} This was not saved, for {reasons}"),
            Some((id, operation)) => {
                format!("{mark} {id} op {operation} cannot be worked on here now, for {reasons}")
            }
        };
        canvas.put((1, 1), &head, Role::Hold);
        let width = usize::from(canvas.width());
        let all = lines(&self.reasons, width.saturating_sub(2), world.ascii);
        let rows = canvas.body_end().saturating_sub(4);
        for (y, line) in (3..).zip(all.iter().skip(self.from).take(rows.into())) {
            line.view(canvas, (1, y), canvas.width().saturating_sub(2));
        }
        if all.len() > rows.into() {
            canvas.put((1, canvas.body_end() - 1), "more: PgDn", Role::Muted);
        }
        canvas.cursor = Some((1, 1));
    }
}
