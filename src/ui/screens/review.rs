//! Answering what the server held or rejected: whether work goes on, and why.

use crate::domain::decide::Command;
use crate::domain::people::Action;
use crate::domain::station::{JudgeVerdict, StationCommand};
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
use crate::ui::symbols::Mark;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::board::ReviewRow;

const PURPOSE: &str = "The server did not accept a record. Say whether work goes on all the same: \
    a digit chooses, then the reason.";
const ASK: &str = "Does work go on?";
/// Lines of reasons that fit above the question.
const REASON_LINES_MAX: usize = 6;

/// What a digit answers: whether work goes on, in words, what follows.
const CHOICES: [(bool, &str, &str); 2] = [
    (true, "Work goes on", "the record stands, and its hold is released"),
    (false, "It does not", "what is held stays held, and this stays on the board"),
];

/// The form of an answer.
#[derive(Debug)]
pub struct ReviewScreen {
    review: ReviewRow,
    accepted: Option<bool>,
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
    let x = canvas.mark((6, y), Mark::Warn, Role::Warn);
    canvas.put_in((x + 1, y), 14, &format!("record, {}", review.station), Role::Title);
    canvas.put_in((23, y), 16, &about(review), Role::Plain);
    canvas.put_in((40, y), 11, &age(review, world), Role::Plain);
    canvas.put((52, y), "waits for an answer", Role::Warn);
    canvas.put((8, y + 1), &review.reasons.join("; "), Role::Plain);
}

fn age(review: &ReviewRow, world: &World) -> String {
    let now = world.time.moment.utc;
    review.at.map_or_else(String::new, |at| span(now.duration_since(at).as_secs()))
}

impl ReviewScreen {
    /// Answers one record.
    pub fn new(review: ReviewRow) -> Self {
        let reason = Field::new(TEXT_MAX);
        Self { review, accepted: None, reason, pending: None, done: false }
    }

    fn draft_key(&self) -> String {
        format!("review {}", self.review.fact)
    }

    fn save(&mut self, world: &mut World) {
        let (Some(accepted), reason) = (self.accepted, self.reason.text().trim().to_owned()) else {
            return;
        };
        if reason.is_empty() {
            world.say("type a reason first", Role::Warn);
            return;
        }
        let fact = self.review.fact.clone();
        let answer = StationCommand::AnswerReview { fact, accepted, reason };
        self.pending = Some(world.record(Command::Station(self.review.station.clone(), answer)));
    }
}

impl Layer for ReviewScreen {
    fn purpose(&self) -> &'static str {
        PURPOSE
    }

    fn focus(&self, _world: &World) -> Focus {
        if self.accepted.is_some() { Focus::Text } else { Focus::Choice }
    }

    fn acts(&self, _world: &World) -> Vec<Act> {
        if self.accepted.is_some() { vec![Act::Save] } else { Vec::new() }
    }

    fn footer(&self, world: &World) -> Vec<Act> {
        let mut acts = self.acts(world);
        acts.extend([Act::Menu, Act::Help, Act::Back]);
        acts
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
        self.accepted = None;
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
        } else if self.accepted.take().is_none() {
            return Turn::Back;
        }
        Turn::Stay
    }

    fn key(&mut self, key: Key, world: &mut World) -> Turn {
        match (self.accepted, key) {
            (Some(_), key) => {
                self.reason.key(key);
            }
            (None, Key::Char(_)) => {
                let choice = choices::chosen(key, &CHOICES);
                if let Some(refusal) = choice.and_then(|_| may::refused(&[Action::Review], world)) {
                    return world.not_for_role(&refusal, None);
                }
                self.accepted = choice.map(|(accepted, ..)| *accepted);
            }
            (None, _) => {}
        }
        Turn::Stay
    }

    fn insert(&mut self, text: &str) {
        if self.accepted.is_some() {
            self.reason.insert(text);
        }
    }

    fn take_back(&mut self, characters: usize) {
        if self.accepted.is_some() {
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
        let goes_on = self.accepted == Some(true);
        world.outcome(outcome, if goes_on { "saved: work goes on" } else { "saved: still held" });
        Turn::Back
    }

    fn view(&self, world: &World, canvas: &mut Canvas<'_>) {
        let width = canvas.width().saturating_sub(1);
        canvas.put((1, 1), "Answer the server", Role::Title);
        canvas.put_right(width, 1, &about(&self.review), Role::Plain);
        canvas.rule(2);
        let y = self.view_record((3, world), canvas);
        if let Some(accepted) = self.accepted {
            let chosen = CHOICES.iter().find(|(is, ..)| *is == accepted);
            let words = chosen.map_or("", |(_, words, _)| words);
            canvas.put((3, y), &format!("Answer    {words}"), Role::Title);
            canvas.put((3, y + 2), "Why?", Role::Plain);
            self.reason.view(canvas, (13, y + 2), width.saturating_sub(14), true);
            return;
        }
        canvas.put((3, y), ASK, Role::Title);
        canvas.cursor = Some((3, y));
        let offered = CHOICES.map(|(_, words, follows)| (words, Role::Plain, follows));
        choices::view(offered, (y + 2, 21), canvas);
    }
}

impl ReviewScreen {
    /// Draws the record with every reason; tells the row below.
    fn view_record(&self, (mut y, world): (u16, &World), canvas: &mut Canvas<'_>) -> u16 {
        let review = &self.review;
        let cells = canvas.width().saturating_sub(14);
        let verdict = match review.verdict {
            JudgeVerdict::Held => "not accepted by the server; no unit is held for it",
            JudgeVerdict::Rejected => "rejected by the server: it takes no effect elsewhere",
        };
        let what = if review.what.is_empty() { "not known here" } else { &review.what };
        let by = match (review.who.as_str(), age(review, world)) {
            ("", _) => format!("station {}", review.station),
            (who, age) => format!("{who}, station {}, {age} ago", review.station),
        };
        for (label, text, role) in [
            ("Record", what, Role::Plain),
            ("By", &by, Role::Plain),
            ("Standing", verdict, Role::Warn),
        ] {
            canvas.put((3, y), label, Role::Muted);
            canvas.put_in((13, y), cells, text, role);
            y += 1;
        }
        canvas.put((3, y), "Reasons", Role::Muted);
        let lines = review.reasons.iter().flat_map(|reason| {
            let mut lines = wrapped(reason, usize::from(cells).saturating_sub(2), Role::Plain);
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
