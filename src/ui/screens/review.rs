//! Answering what the server held or rejected: whether work goes on, and why.

use crate::domain::decide::Command;
use crate::domain::people::Action;
use crate::domain::station::StationCommand;
use crate::ui::input::{Focus, Key};
use crate::ui::keys::Act;
use crate::ui::layer::{Layer, Reply, Turn, saved};
use crate::ui::may;
use crate::ui::message::Ticket;
use crate::ui::parts::canvas::Canvas;
use crate::ui::parts::choices;
use crate::ui::parts::field::{Field, TEXT_MAX};
use crate::ui::parts::prose::wrapped;
use crate::ui::parts::words::span;
use crate::ui::speech::objection;
use crate::ui::speech::say;
use crate::ui::speech::tell;
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::board::ReviewRow;

use super::told;
use super::traveler::TravelerScreen;

const PURPOSE: &str = "The server did not accept a record. Say whether work goes on all the same: \
    a digit chooses, then the reason.";
/// How a decision that cannot be followed is made all the same.
const ANEW: &str = "confirm the other one, then raise a deviation and dispose it anew";
const ASK: &str = "Does work go on?";
/// Lines of reasons that fit above the question.
const REASON_LINES_MAX: usize = 6;

/// What a digit answers: whether work goes on, which decision counts where there are two, in words, what
/// follows.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Choice {
    accepted: bool,
    counts: Option<String>,
    words: String,
    follows: &'static str,
}

/// The form of an answer.
#[derive(Debug)]
pub struct ReviewScreen {
    review: ReviewRow,
    chosen: Option<Choice>,
    reason: Field,
    pending: Option<Ticket>,
    done: bool,
}

/// What a record is about, in words: `WO-1881/0007`, `person p-novak`.
fn about(review: &ReviewRow) -> String {
    let subject = review.subject.as_str();
    let unit = subject.strip_prefix("traveler/").map(ToOwned::to_owned);
    unit.unwrap_or_else(|| subject.replacen('/', " ", 1))
}

/// Draws one record in two lines.
pub fn view_row(review: &ReviewRow, y: u16, world: &World, canvas: &mut Canvas<'_>) {
    let place =
        review.place.as_ref().map_or_else(|| review.station.to_string(), ToString::to_string);
    let x = canvas.mark((6, y), Mark::Warn, Role::Warn);
    canvas.put_in((x + 1, y), 14, &say!("record, {place}", place), Role::Title);
    canvas.put_name((23, y), 16, &about(review), Role::Plain);
    canvas.put_in((40, y), 11, &age(review, world), Role::Plain);
    canvas.put((52, y), say!("waits for an answer"), Role::Warn);
    let cells = canvas.width().saturating_sub(9);
    let objected = objection(&review.reasons.join("; "));
    canvas.put_start((8, y + 1), cells, &objected, Role::Plain);
}

fn age(review: &ReviewRow, world: &World) -> String {
    let now = world.time.moment.utc;
    review.at.map_or_else(String::new, |at| span(now.duration_since(at).as_secs()))
}

impl ReviewScreen {
    /// Answers one record.
    pub fn new(review: ReviewRow) -> Self {
        let reason = Field::new(TEXT_MAX);
        Self { review, chosen: None, reason, pending: None, done: false }
    }

    fn draft_key(&self) -> String {
        format!("review {}", self.review.fact)
    }

    /// What can be answered, by its digit.
    fn choices(&self) -> Vec<Choice> {
        let choice = |accepted, counts, words: &str, follows| {
            let words = words.to_owned();
            Choice { accepted, counts, words, follows }
        };
        let decisions = self.review.decisions.iter().enumerate().map(|(n, decision)| {
            let follows =
                if n == 0 { say!("as the unit goes now") } else { say!("instead, from now on") };
            choice(
                true,
                Some(decision.clone()),
                &say!("{decision} counts", decision = told::becomes(decision)),
                follows,
            )
        });
        let mut choices: Vec<Choice> = decisions.collect();
        if choices.is_empty() {
            let follows = say!("the record stands, and its hold is released");
            choices.push(choice(true, None, say!("Work goes on"), follows));
        }
        let follows = say!("what is held stays held, and this stays on the board");
        choices.push(choice(false, None, say!("It does not"), follows));
        choices
    }

    /// The number that shows the unit.
    fn show_number(&self) -> usize {
        self.choices().len() + 1
    }

    fn save(&mut self, world: &mut World) {
        let (Some(chosen), reason) = (self.chosen.clone(), self.reason.text().trim().to_owned())
        else {
            return;
        };
        if reason.is_empty() {
            world.say(say!("type a reason first"), Role::Warn);
            return;
        }
        let fact = self.review.fact.clone();
        let Choice { accepted, counts, .. } = chosen;
        let units = self.review.units.clone();
        let answer = StationCommand::AnswerReview { fact, accepted, counts, units, reason };
        self.pending = Some(world.record(Command::Station(self.review.station.clone(), answer)));
    }
}

impl Layer for ReviewScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn focus(&self, _world: &World) -> Focus {
        if self.chosen.is_some() { Focus::Text } else { Focus::Choice }
    }

    fn has_words(&self) -> bool {
        self.chosen.is_some() && !self.reason.is_empty()
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        if self.chosen.is_some() { vec![Act::Save] } else { Vec::new() }
    }

    fn busy(&self) -> bool {
        self.pending.is_some()
    }

    fn draft(&self) -> Option<(String, String)> {
        let open = self.pending.is_none() && !self.done;
        open.then(|| (self.draft_key(), self.reason.text()))
    }

    fn person_changed(&mut self) {
        self.reason.clear();
        self.chosen = None;
    }

    fn shown(&mut self, world: &mut World) {
        if self.reason.is_empty()
            && let Some(text) = world.drafts.get(&self.draft_key())
        {
            self.reason.keep(text);
        }
    }

    fn act(&mut self, act: Act, world: &mut World) -> Turn {
        if act == Act::Save {
            self.save(world);
        } else if self.chosen.take().is_none() {
            return Turn::Back;
        }
        Turn::Stay
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        if self.chosen.is_some() {
            self.reason.key(key);
            return Turn::Stay;
        }
        if key.digit() == Some(self.show_number())
            && let Some(unit) = self.review.unit()
        {
            return Turn::Open(Box::new(TravelerScreen::new(unit)));
        }
        let chosen = choices::chosen(key, &self.choices()).cloned();
        if let Some(refusal) = chosen.as_ref().and_then(|_| may::refused(&[Action::Review], world))
        {
            return world.not_for_role(&refusal, None);
        }
        self.chosen = chosen;
        Turn::Stay
    }

    fn insert(&mut self, text: &str) {
        if self.chosen.is_some() {
            self.reason.insert(text);
        }
    }

    fn take_back(&mut self, characters: usize) {
        if self.chosen.is_some() {
            self.reason.take_back(characters);
        }
    }

    fn awaits(&self, ticket: Ticket) -> bool {
        self.pending == Some(ticket)
    }

    fn reply(&mut self, reply: Reply, world: &mut World) -> Turn {
        self.pending = None;
        let Reply::Recorded(outcome) = reply else { return Turn::Stay };
        if saved(&outcome).is_none() {
            return world.outcome(outcome, "");
        }
        self.done = true;
        world.drop_draft(&self.draft_key());
        let goes_on = self.chosen.as_ref().is_some_and(|chosen| chosen.accepted);
        let said = if goes_on { say!("saved: work goes on") } else { say!("saved: still held") };
        world.outcome(outcome, said);
        Turn::Back
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        let width = canvas.width().saturating_sub(1);
        canvas.put((1, 1), say!("Answer the server"), Role::Title);
        canvas.put_right(width, 1, &about(&self.review), Role::Plain);
        canvas.rule(2);
        let y = self.view_record((3, world), canvas);
        if let Some(chosen) = &self.chosen {
            canvas.put((3, y), &format!("{:<10}{}", say!("Answer"), chosen.words), Role::Title);
            canvas.put((3, y + 2), say!("Why?"), Role::Plain);
            self.reason.view(canvas, (13, y + 2), width.saturating_sub(14), true);
            return;
        }
        canvas.put((3, y), say!(ASK), Role::Title);
        canvas.cursor = Some((3, y));
        let choices = self.choices();
        let widest = choices.iter().map(|choice| canvas.cells(&choice.words)).max();
        let column = widest.unwrap_or(0).max(12) + 9;
        let offered = choices.iter().map(|c| (c.words.as_str(), Role::Plain, c.follows));
        let mut end = choices::view(offered, (y + 2, column), canvas);
        if self.review.unit().is_some() {
            canvas.put((3, end), &self.show_number().to_string(), Role::Accent);
            canvas.put((6, end), say!("Show the unit"), Role::Plain);
            end += 1;
        }
        let with_it = match self.review.with_it {
            0 => None,
            1 => {
                Some(say!("Where work goes on: with it 1 record that only follows it.").to_owned())
            }
            more => {
                Some(say!("Where work goes on: with it {more} records that only follow it.", more))
            }
        };
        if let Some(words) = with_it {
            canvas.put((3, end + 1), &words, Role::Muted);
            end += 2;
        }
        let cells = width.saturating_sub(4);
        for words in &self.review.not_to_follow {
            let text = say!(
                "It cannot follow \"{words}\" from where it stands: {anew}.",
                words = told::becomes(words),
                anew = say!(ANEW)
            );
            for line in wrapped(&text, cells.into(), Role::Muted) {
                line.view(canvas, (3, end + 1), cells);
                end += 1;
            }
        }
    }
}

impl ReviewScreen {
    /// Draws the record with every reason; tells the row below.
    fn view_record(&self, (mut y, world): (u16, &World), canvas: &mut Canvas<'_>) -> u16 {
        let review = &self.review;
        let cells = canvas.width().saturating_sub(14);
        let verdict = say!(review.standing());
        let known = Some(&review.what).filter(|what| !what.is_empty());
        let what = known.map_or_else(|| say!("not known here").to_owned(), tell);
        let place =
            review.place.as_ref().map(|place| say!(" at {place}", place)).unwrap_or_default();
        let (station, age) = (&review.station, age(review, world));
        let by = match (review.who.as_str(), age.as_str()) {
            ("", _) => say!("station {station}", station),
            (who, "") => say!("{who}{place}, station {station}", who, place, station),
            (who, age) => {
                say!("{who}{place}, station {station}, {age} ago", who, place, station, age)
            }
        };
        for (label, text, role) in [
            (say!("label|Record"), what.as_str(), Role::Plain),
            (say!("By"), &by, Role::Plain),
            (say!("Standing"), verdict, Role::Warn),
        ] {
            canvas.put((3, y), label, Role::Muted);
            canvas.put_in((13, y), cells, text, role);
            y += 1;
        }
        canvas.put((3, y), say!("Reasons"), Role::Muted);
        let lines = review.reasons.iter().flat_map(|reason| {
            let mut lines =
                wrapped(&objection(reason), usize::from(cells).saturating_sub(2), Role::Plain);
            for (n, line) in lines.iter_mut().enumerate() {
                let lead = if n == 0 { "- " } else { "  " };
                line.0.insert(0, (lead.to_owned(), Role::Plain));
            }
            lines
        });
        for line in lines.take(REASON_LINES_MAX) {
            line.view(canvas, (13, y), cells);
            y += 1;
        }
        y + 1
    }
}
