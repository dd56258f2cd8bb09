//! Answers as whoever asks reads them: the words of instructions in their language.

use crate::domain::translation::{LanguageCode, read_by};

use super::query::Answer;
use super::traveler::TravelerView;

impl Answer {
    /// The same in a language, where an instruction was released in it; standard steps keep theirs,
    /// which their reader chooses.
    #[must_use]
    pub fn read_by(mut self, language: LanguageCode) -> Self {
        if let Self::Traveler(Some(view)) = &mut self {
            read_view(view, language);
        } else if let Self::Travelers(views) = &mut self {
            for view in views {
                read_view(view, language);
            }
        } else if let Self::Instruction(Some(instruction)) = &mut self {
            *instruction = read_by(instruction, language);
        }
        self
    }
}

fn read_view(view: &mut TravelerView, language: LanguageCode) {
    for instruction in view.instructions.values_mut() {
        *instruction = read_by(instruction, language);
    }
}
