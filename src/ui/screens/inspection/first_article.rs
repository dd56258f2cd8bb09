//! A first article: every characteristic with its result, by balloon, as AS9102 form 3 lists them.

use crate::domain::fact::Position;
use crate::domain::inspection::series::SeriesId;
use crate::domain::quantity::Verdict;
use crate::ui::input::Key;
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn};
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::list::{List, Shape};
use crate::ui::parts::words::verdict_mark;
use crate::ui::screens::inspection::grid::GridScreen;
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::first_article::{FirstArticleView, FormLine};
use crate::views::query::{Answer, Query};

const PURPOSE: &str = "Every characteristic of the specification with what was found, in the order of the \
    balloons. The lot is not accepted before each has a result on every piece of the sample; F8 is the \
    grid, where they are recorded.";
const NOT_HERE: &str = "The specification has not come to this station yet. Sync: F9.";
const TOP: u16 = 5;

/// The characteristics of a first article.
#[derive(Debug)]
pub struct FirstArticleScreen {
    series: SeriesId,
    opened: Position,
    form: Option<Box<FirstArticleView>>,
    /// Whether it is known that there is nothing to show.
    missing: bool,
    lines: List<FormLine>,
    loading: Option<Ticket>,
}

fn two_lines(_: &FormLine, _: Option<&FormLine>) -> u16 {
    2
}

impl FirstArticleScreen {
    /// The first article of an opening.
    pub fn new(series: SeriesId, opened: Position) -> Self {
        let lines = List::new(Shape::plain(two_lines, "").from_line(TOP));
        Self { series, opened, form: None, missing: false, lines, loading: None }
    }
}

/// How a line stands: symbol, role, word. What lacks a result is no pass.
fn standing(line: &FormLine) -> (Mark, Role, &'static str) {
    match (line.verdict.map(verdict_mark), line.demanded) {
        (Some((mark, Role::Warn, _)), _) => (mark, Role::Warn, "column|Marginal"),
        (Some((mark, role, _)), _) => (mark, role, line.verdict.map_or("", Verdict::word)),
        (None, true) => (Mark::Open, Role::Warn, "state|open"),
        (None, false) => (Mark::Dot, Role::Muted, "reference"),
    }
}

fn view_line(line: &FormLine, y: u16, canvas: &mut Canvas<'_>) {
    let end = canvas.width().saturating_sub(1);
    let (mark, role, word) = standing(line);
    let at = end.saturating_sub(12);
    canvas.put_right(7, y, &line.number, Role::Title);
    let name = format!("{}  {}", line.name, line.requirement);
    canvas.put_in((9, y), at.saturating_sub(10), &name, Role::Plain);
    let x = canvas.mark((at, y), mark, role);
    canvas.put_in((x + 1, y), end.saturating_sub(x + 1), say!(word), role);
    let list = |names: Vec<String>| names.join(", ");
    let gauges = list(line.gauges.iter().map(ToString::to_string).collect());
    let named = list(line.nonconformances.iter().map(ToString::to_string).collect());
    let missing = match line.missing.len() {
        0 => String::new(),
        _ if line.results.is_empty() => say!("no result yet").to_owned(),
        _ => {
            let pieces: Vec<String> = line.missing.iter().map(ToString::to_string).collect();
            say!("no result of piece {pieces}", pieces = pieces.join(", "))
        }
    };
    let parts = [line.location.clone(), tell(&line.designator), tell(&line.results_words())];
    let parts = parts.into_iter().chain([gauges, named, missing]);
    let words: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
    canvas.put_in((9, y + 1), end.saturating_sub(9), &words.join("   "), Role::Muted);
}

impl Layer for FirstArticleScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        if self.form.is_some() { vec![Act::Grid] } else { Vec::new() }
    }

    fn shown(&mut self, world: &mut World) {
        let (series, opened) = (self.series.clone(), self.opened.clone());
        self.loading = Some(world.load(Query::FirstArticle { series, opened }));
    }

    fn act(&mut self, act: Act, _world: &mut World) -> Turn {
        if act == Act::Grid {
            let grid = GridScreen::new(self.series.clone(), self.opened.clone());
            return Turn::Open(Box::new(grid));
        }
        Turn::Back
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        self.lines.key(key, world.size.1);
        Turn::Stay
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.loading == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.loading = None;
        if let Some(Answer::FirstArticle(found)) = world.answer(reply) {
            self.missing = found.is_none();
            let lines = found.as_ref().map_or(Vec::new(), |form| form.lines.clone());
            self.lines.fill(lines, |row, before| row.number == before.number);
            self.form = found;
        }
        Turn::Stay
    }

    fn view(&self, _world: &World, canvas: &mut Canvas<'_>) {
        let end = canvas.width().saturating_sub(1);
        canvas.put((1, 1), say!("First article"), Role::Title);
        canvas.rule(2);
        canvas.cursor = Some((1, 1));
        let Some(form) = &self.form else {
            if self.missing {
                canvas.put_in((3, 4), end.saturating_sub(3), say!(NOT_HERE), Role::Warn);
            }
            return;
        };
        canvas.put_right(end, 1, &tell(&form.lot.name()), Role::Plain);
        let FirstArticleView { part, revision, drawing, .. } = &**form;
        let of = say!("{part} rev {revision}, drawing {drawing}", part, revision, drawing);
        canvas.put_in((1, 3), end.saturating_sub(1), &of, Role::Muted);
        let words = form.lot.first_article.as_ref().map(|first| tell(&first.words()));
        canvas.put_right(end, 3, &words.unwrap_or_default(), Role::Accent);
        self.lines.view(canvas, |shown, canvas| view_line(shown.row, shown.y, canvas));
    }
}
