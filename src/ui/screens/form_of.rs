//! What forms about a deviation ask for: which fields, and what each takes.

use crate::domain::ids::DeviationId;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::StepAt;
use crate::ui::parts::field::{Field, TEXT_MAX};
use crate::views::deviation::Offers;

/// A field that is no long text.
const SHORT_MAX: usize = 60;

/// What a form is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// Raise a deviation at a step of a unit, with the characteristics that are measured there.
    Raise(TravelerId, StepAt, Vec<(String, String)>),
    /// Look at a deviation.
    Review(DeviationId),
    /// Ask for something at once.
    AskContainment(DeviationId),
    /// Say why it happened.
    Cause(DeviationId),
    /// Ask for something so that it does not happen again.
    Action(DeviationId),
    /// Say whether what was done helped.
    Check(DeviationId),
}

/// What is typed in a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// Any words.
    Words,
    /// A code or a word, one of these with what each stands for.
    OneOf(Vec<(String, String)>),
    /// Somebody who is known here: name, badge or opaque id.
    Person,
    /// A day: a date, or in how many days.
    Day,
    /// A step, as `20#torque`.
    Step,
    /// How many pieces.
    Pieces,
}

/// A field.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) label: &'static str,
    pub(super) kind: Kind,
    pub(super) needed: bool,
    pub(super) field: Field,
    /// What was filled in for whoever types.
    given: String,
}

impl Entry {
    fn new(label: &'static str, kind: Kind, needed: bool) -> Self {
        let most = if kind == Kind::Words { TEXT_MAX } else { SHORT_MAX };
        Self { label, kind, needed, field: Field::new(most), given: String::new() }
    }

    /// Fills in what is known, which may be changed.
    pub(super) fn give(&mut self, text: &str) {
        text.clone_into(&mut self.given);
        self.fill_given();
    }

    /// What was filled in stands there again.
    pub(super) fn fill_given(&mut self) {
        self.field.fill(&self.given);
        self.field.refuse();
    }

    /// Whether something else stands there than what was filled in.
    pub(super) fn is_typed(&self) -> bool {
        self.field.text() != self.given
    }

    pub(super) fn text(&self) -> String {
        self.field.text().trim().to_owned()
    }

    /// What the code that is typed stands for.
    pub(super) fn means(&self) -> Option<&str> {
        let Kind::OneOf(list) = &self.kind else { return None };
        let text = self.text();
        let found = list.iter().find(|(code, _)| code.eq_ignore_ascii_case(&text));
        found.map(|(_, means)| means.as_str())
    }

    /// How something is typed, where that is not plain.
    pub(super) fn hint(&self) -> Option<&'static str> {
        match &self.kind {
            Kind::Step => Some("operation and step, such as 20#torque: no unit passes it before"),
            Kind::Day => Some("a date, such as 2026-12-14, or in how many days"),
            Kind::Pieces => Some("how many pieces of the lot"),
            Kind::Words | Kind::OneOf(_) | Kind::Person => None,
        }
    }

    pub(super) fn some(&self) -> Option<String> {
        Some(self.text()).filter(|text| !text.is_empty())
    }
}

/// What a form says.
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) about: &'static str,
    pub(super) saved: &'static str,
}

impl Form {
    pub(super) const fn words(&self) -> Words {
        match self {
            Self::Raise(..) => Words {
                title: "Raise a deviation",
                about: "The unit is held until a supervisor disposes it; that of a process is not. \
                        Unit, step, place, person and time are filled in.",
                saved: "saved: deviation raised",
            },
            Self::Review(_) => Words {
                title: "Review",
                about: "What is left blank stays as it is.",
                saved: "saved: reviewed",
            },
            Self::AskContainment(_) => Words {
                title: "To be done at once",
                about: "It is confirmed at the bench, and the deviation is not closed before.",
                saved: "saved: to be done at once",
            },
            Self::Cause(_) => Words {
                title: "Cause",
                about: "Why it happened; the last one that is said counts.",
                saved: "saved: cause",
            },
            Self::Action(_) => Words {
                title: "Action",
                about: "What is done so that it does not happen again; another person verifies it.",
                saved: "saved: action asked for",
            },
            Self::Check(_) => Words {
                title: "Did it help?",
                about: "If it did not, the deviation is open again.",
                saved: "saved: looked whether it helped",
            },
        }
    }

    pub(super) fn entries(&self, offers: &Offers) -> Vec<Entry> {
        let words = |list: &[(&str, &str)]| {
            Kind::OneOf(list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect())
        };
        let codes = offers.codes.iter();
        let codes = codes
            .map(|code| (code.code.clone(), format!("{}, {}", code.text, code.severity.word())));
        let codes = Kind::OneOf(codes.collect());
        let causes = offers.causes.iter().map(|cause| (cause.code.clone(), cause.text.clone()));
        let causes: Vec<_> = causes.collect();
        let kinds = words(&[("product", "its units are held"), ("process", "no unit is held")]);
        let may = |label, kind| Entry::new(label, kind, false);
        let must = |label, kind| Entry::new(label, kind, true);
        match self {
            Self::Raise(_, _, measured) => vec![
                must("What is wrong?", Kind::Words),
                may("About", Kind::OneOf(measured.clone())),
                may("Kind", kinds),
                may("Code", codes),
                may("Pieces", Kind::Pieces),
                may("Close by", Kind::Step),
            ],
            Self::Review(_) => vec![
                must("What is said?", Kind::Words),
                may("Kind", kinds),
                may("Code", codes),
                may("Close by", Kind::Step),
            ],
            Self::AskContainment(_) => vec![
                must("What?", Kind::Words),
                may("By whom", Kind::Person),
                may("At place", Kind::Words),
            ],
            Self::Cause(_) => {
                let code = Entry::new("Code", Kind::OneOf(causes.clone()), !causes.is_empty());
                vec![code, must("Why?", Kind::Words)]
            }
            Self::Action(_) => vec![
                must("What?", Kind::Words),
                must("Owner", Kind::Person),
                must("Due", Kind::Day),
            ],
            Self::Check(_) => {
                let helped = [("yes", "effective"), ("no", "not effective: open again")];
                vec![must("Helped?", words(&helped)), must("What was found?", Kind::Words)]
            }
        }
    }

    pub(super) fn draft_key(&self) -> String {
        match self {
            Self::Raise(unit, at, _) => format!("deviation {unit} {} {}", at.operation, at.step),
            Self::Review(id) => format!("review {id}"),
            Self::AskContainment(id) => format!("ask {id}"),
            Self::Cause(id) => format!("cause {id}"),
            Self::Action(id) => format!("action {id}"),
            Self::Check(id) => format!("check {id}"),
        }
    }

    /// What it is about.
    pub(super) fn of(&self) -> String {
        match self {
            Self::Raise(unit, at, _) => format!("{unit}  op {}  {}", at.operation, at.step),
            Self::Review(id)
            | Self::AskContainment(id)
            | Self::Cause(id)
            | Self::Action(id)
            | Self::Check(id) => id.to_string(),
        }
    }
}
