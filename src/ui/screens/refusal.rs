//! A refusal: every reason, each with what to do next (R7).

use crate::domain::refusal::Refusal;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Turn};
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::prose::{Line, wrapped};
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;

const PURPOSE: &str = "Says why something was refused, and what to do about each reason.";

/// A refusal on the screen.
#[derive(Debug)]
pub struct RefusalScreen {
    refusal: Refusal,
    from: usize,
}

impl RefusalScreen {
    /// Shows a refusal.
    pub fn new(refusal: Refusal) -> Self {
        Self { refusal, from: 0 }
    }
}

/// The reasons as lines: number, what, code; then what to do.
pub fn lines(refusal: &Refusal, cells: usize, world: &World) -> Vec<Line> {
    let mut out = Vec::new();
    let arrow = Mark::Arrow.glyph(world.ascii);
    for (n, reason) in refusal.reasons.iter().enumerate() {
        let what = format!("{}  ({})", named(reason.what(), world), reason.code());
        for (row, mut line) in
            wrapped(&what, cells.saturating_sub(4), Role::Plain).into_iter().enumerate()
        {
            let lead = if row == 0 { format!("{:>2}  ", n + 1) } else { "    ".to_owned() };
            line.0.insert(0, (lead, Role::Title));
            out.push(line);
        }
        let next = wrapped(&reason.next(), cells.saturating_sub(7), Role::Accent);
        for (row, mut line) in next.into_iter().enumerate() {
            let lead = if row == 0 { format!("    {arrow} ") } else { "      ".to_owned() };
            line.0.insert(0, (lead, Role::Accent));
            out.push(line);
        }
        out.push(Line::default());
    }
    out
}

/// The opaque id of the person signed in gives way to the name.
fn named(what: String, world: &World) -> String {
    match &world.person {
        Some(who) => {
            let name = |word: &str| {
                if word == who.person.as_str() { who.name.clone() } else { word.to_owned() }
            };
            what.split(' ').map(name).collect::<Vec<_>>().join(" ")
        }
        None => what,
    }
}

impl Layer for RefusalScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn focus(&self, _world: &World) -> Focus {
        Focus::Choice
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        vec![Act::Turn]
    }

    fn footer(&self, _world: &World) -> Vec<Act> {
        vec![Act::Back, Act::Menu, Act::Help]
    }

    fn shown(&mut self, _world: &mut World) {}

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act == Act::Turn {
            let rows = usize::from(world.size.1.saturating_sub(7));
            let all = lines(&self.refusal, usize::from(world.size.0), world).len();
            self.from = if self.from + rows < all { self.from + rows } else { 0 };
            return Turn::Stay;
        }
        Turn::Back
    }

    fn key(&mut self, key: Key, _world: &mut World) -> Turn {
        if key == Key::Enter { Turn::Back } else { Turn::Stay }
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        let count = self.refusal.reasons.len();
        let reasons = if count == 1 { "this reason" } else { "these reasons" };
        let mark = Mark::Hold.glyph(canvas.ascii);
        let head = match count {
            1 => format!("{mark} This was not saved, for {reasons}"),
            _ => format!("{mark} This was not saved, for {reasons} ({count})"),
        };
        canvas.put((1, 1), &head, Role::Hold);
        let width = usize::from(canvas.width());
        let all = lines(&self.refusal, width.saturating_sub(2), world);
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
