//! The review of a unit before it goes out: what stops it, every exception, then the signature.

use crate::domain::stream::TravelerId;
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::paged;
use crate::ui::parts::prose::{Line, wrapped};
use crate::ui::parts::words::count;
use crate::ui::screens::line::{LineFor, LineScreen};
use crate::ui::screens::told::not_valid;
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::query::{Answer, Query};
use crate::views::ship::{ExceptionRow, ShipReview};

use super::sign::SignShipScreen;
use super::told;

const PURPOSE: &str = "What stops the unit, and everything that did not simply go as planned. PgDn turns \
    the pages; once every line was shown, and nothing stops the unit, Enter goes on to the signature.";
/// The line of the first row.
const TOP: u16 = 5;

/// One unit as it is reviewed.
#[derive(Debug)]
pub struct ShipScreen {
    unit: TravelerId,
    review: Option<Box<ShipReview>>,
    unknown: bool,
    page: usize,
    /// The last page that was shown, and on how large a screen: on another one it begins anew.
    reached: usize,
    size: (u16, u16),
    loading: Option<Ticket>,
}

impl ShipScreen {
    /// The review of a unit.
    pub fn new(unit: TravelerId) -> Self {
        let (review, unknown, page, reached) = (None, false, 0, 0);
        Self { unit, review, unknown, page, reached, size: (0, 0), loading: None }
    }

    fn take(&mut self, review: Option<Box<ShipReview>>, world: &World) {
        let same = self.review.as_ref().zip(review.as_ref()).is_some_and(|(before, now)| {
            (before.digest, before.facts, before.ready) == (now.digest, now.facts, now.ready)
        });
        if !same || self.size != world.size {
            (self.page, self.reached, self.size) = (0, 0, world.size);
        }
        (self.unknown, self.review) = (review.is_none(), review);
    }

    /// How many pages there are on a screen of a size.
    fn pages(&self, (width, height): (u16, u16)) -> usize {
        let lines = self.lines(width, false).len();
        lines.div_ceil(usize::from(rows(height))).max(1)
    }

    /// Whether every line was on the screen as it is now.
    fn all_shown(&self, world: &World) -> bool {
        let reached = if self.size == world.size { self.reached } else { 0 };
        reached + 1 >= self.pages(world.size)
    }

    fn may_sign(&self, world: &World) -> bool {
        self.review.as_ref().is_some_and(|review| review.ready) && self.all_shown(world)
    }

    fn is_shipped(&self) -> bool {
        self.review.as_ref().is_some_and(|review| review.released.is_some())
    }

    fn lines(&self, width: u16, ascii: bool) -> Vec<Line> {
        let Some(review) = &self.review else { return Vec::new() };
        let cells = usize::from(width.saturating_sub(4));
        let mut lines = Vec::new();
        if let Some(released) = &review.released {
            lines.extend(wrapped(&tell(&released.told_in_full()), cells, Role::Ok));
            if let Some(why) = &review.not_valid {
                let why = say!(
                    "{mark} NOT VALID: {why}",
                    mark = Mark::Fail.glyph(ascii),
                    why = not_valid(why)
                );
                lines.extend(wrapped(&why, cells, Role::Fail));
            }
            lines.push(Line::default());
        } else {
            let what = if review.ready { say!("Nothing stops it") } else { say!("What stops it") };
            let role = if review.ready { Role::Ok } else { Role::Fail };
            lines.push(Line::of(what, role));
            for reason in &review.reasons {
                let what =
                    format!("{} {} ({})", Mark::Hold.glyph(ascii), tell(&reason.what), reason.code);
                lines.extend(wrapped(&what, cells, Role::Plain));
                let next = say!("  next: {next}", next = tell(&reason.next));
                lines.extend(wrapped(&next, cells, Role::Muted));
            }
            lines.push(Line::default());
        }
        let exceptions = count(review.exceptions.len(), "exception", "exceptions");
        lines.push(Line::of(exceptions, Role::Title));
        lines.extend(review.exceptions.iter().flat_map(|one| exception(one, cells)));
        lines
    }
}

/// A line of the list; further lines are set in below what it says.
fn exception(one: &ExceptionRow, cells: usize) -> Vec<Line> {
    const KIND: usize = 14;
    let fact = one.fact.as_ref().map(|fact| format!("  [{fact}]")).unwrap_or_default();
    let (kind, what) = (told::kind(&one.kind), told::exception(&one.kind, &one.what));
    let said = wrapped(&format!("{what}{fact}"), cells.saturating_sub(KIND), Role::Plain);
    let lead = |n: usize| if n == 0 { format!("{kind:<KIND$}") } else { " ".repeat(KIND) };
    let line = |(n, line): (usize, Line)| {
        let mut runs = vec![(lead(n), Role::Warn)];
        runs.extend(line.0);
        Line(runs)
    };
    said.into_iter().enumerate().map(line).collect()
}

/// How many rows a page has.
fn rows(height: u16) -> u16 {
    height.saturating_sub(TOP + 3).max(1)
}

impl Layer for ShipScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn traveler(&self) -> Option<&TravelerId> {
        Some(&self.unit)
    }

    fn acts(&self, world: &World) -> Vec<Act> {
        let mut acts = Vec::new();
        if self.may_sign(world) {
            acts.push(Act::Sign);
        }
        if self.pages(world.size) > 1 {
            acts.push(Act::Turn);
        }
        if self.is_shipped() {
            acts.push(Act::TakeBack);
        }
        acts
    }

    /// Enter says that somebody has read it.
    fn takes_ahead(&self) -> bool {
        false
    }

    fn shown(&mut self, world: &mut World) {
        self.loading = Some(world.load(Query::ShipReview { id: self.unit.clone() }));
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        match (act, &self.review) {
            (Act::Turn, _) => {
                if self.size != world.size {
                    (self.page, self.reached, self.size) = (0, 0, world.size);
                    return Turn::Stay;
                }
                self.page = (self.page + 1) % self.pages(world.size);
                self.reached = self.reached.max(self.page);
                Turn::Stay
            }
            (Act::Sign, Some(review)) if self.may_sign(world) => {
                Turn::Open(Box::new(SignShipScreen::new(review.clone())))
            }
            (Act::TakeBack, Some(_)) => {
                Turn::Open(Box::new(LineScreen::new(LineFor::TakeBack(self.unit.clone()))))
            }
            (Act::Back, _) => Turn::Back,
            (_, _) => Turn::Stay,
        }
    }

    fn key(&mut self, key: Key, _world: &mut World) -> Turn {
        if key == Key::PageUp {
            self.page = self.page.saturating_sub(1);
        }
        Turn::Stay
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        if let Some(Answer::ShipReview(review)) = world.answer(reply) {
            self.take(review, world);
        }
        Turn::Stay
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        canvas.put((1, 1), say!("Release to ship"), Role::Title);
        let end = canvas.width().saturating_sub(1);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        let Some(review) = &self.review else {
            canvas.put_right(end, 1, &self.unit.to_string(), Role::Plain);
            let unknown = say!("Nothing was recorded of this unit here.");
            canvas.put((3, 4), if self.unknown { unknown } else { "" }, Role::Warn);
            return;
        };
        let head = format!("{}  {}", review.traveler, review.part);
        canvas.put_right(end, 1, &head, Role::Plain);
        let facts = count(review.facts, "fact", "facts");
        let (what, role) = match (review.released.is_some(), review.ready) {
            (true, _) => (say!("shipped, {facts}", facts), Role::Ok),
            (false, false) => (say!("not to be released, {facts}", facts), Role::Fail),
            (false, true) if self.all_shown(world) => {
                (say!("to be signed over {facts}", facts), Role::Ok)
            }
            (false, true) => (say!("{facts}; look at every page, then sign", facts), Role::Warn),
        };
        canvas.put((2, 3), &what, role);
        let lines = self.lines(canvas.width(), canvas.ascii);
        let page = if self.size == world.size { self.page } else { 0 };
        paged::view(&lines, page, (TOP, rows(canvas.height())), canvas);
    }
}
