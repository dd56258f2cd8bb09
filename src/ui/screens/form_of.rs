//! What forms about a deviation ask for: which fields, and what each takes.

use crate::domain::ids::DeviationId;
use crate::domain::stream::TravelerId;
use crate::domain::traveler::command::StepAt;
use crate::ui::speech::say;
use crate::views::deviation::Offers;

use super::fields::{Entry, Kind};

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
        let words = |list: &[(&str, &'static str)]| {
            Kind::OneOf(list.iter().map(|(a, b)| ((*a).to_owned(), say!(b).to_owned())).collect())
        };
        let codes = offers.codes.iter();
        let codes = codes.map(|code| {
            (code.code.clone(), format!("{}, {}", code.text, say!(code.severity.word())))
        });
        let codes = Kind::OneOf(codes.collect());
        let causes = offers.causes.iter().map(|cause| (cause.code.clone(), cause.text.clone()));
        let causes: Vec<_> = causes.collect();
        let kinds = words(&[("product", "its units are held"), ("process", "no unit is held")]);
        let (may, must) = (Entry::may, Entry::must);
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
                let entry = if causes.is_empty() { may } else { must };
                vec![entry("Code", Kind::OneOf(causes)), must("Why?", Kind::Words)]
            }
            Self::Action(_) => vec![
                must("What?", Kind::Words),
                must("Owner", Kind::Person),
                must("Due", Kind::Day),
            ],
            Self::Check(_) => {
                let helped = [("yes", "effective"), ("no", "not effective: open again")];
                vec![must("Helped?", words(&helped)), must("Finding", Kind::Words)]
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
            Self::Raise(unit, at, _) => {
                let (operation, step) = (at.operation, &at.step);
                say!("{unit}  op {operation}  {step}", unit, operation, step)
            }
            Self::Review(id)
            | Self::AskContainment(id)
            | Self::Cause(id)
            | Self::Action(id)
            | Self::Check(id) => id.to_string(),
        }
    }
}
