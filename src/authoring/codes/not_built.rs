//! Codes about what a later version will have.

use super::{Row, row};
use crate::authoring::code::Code;

const NOT_BUILT: &str =
    "this version would not obey it, and what is ignored looks as if it had been obeyed";

pub(super) static ROWS: &[Row] = &[row(
    Code::TranslationNotBuilt,
    "translations are not built",
    NOT_BUILT,
    "gemba check WI-1040.de.md",
    "gemba check WI-1040.md",
)];
