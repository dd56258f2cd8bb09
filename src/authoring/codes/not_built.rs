//! Codes about what a later version will have.

use super::{Row, row};
use crate::authoring::code::Code;

const NOT_BUILT: &str =
    "this version would not obey it, and what is ignored looks as if it had been obeyed";

pub(super) static ROWS: &[Row] = &[
    row(
        Code::SampleNotBuilt,
        "sample is not built",
        NOT_BUILT,
        "c-a,1,1/A1,max 0.05,Gap,,,0.05,mm,minor,measured,feeler,first",
        "c-a,1,1/A1,max 0.05,Gap,,,0.05,mm,minor,measured,feeler,",
    ),
    row(
        Code::TranslationNotBuilt,
        "translations are not built",
        NOT_BUILT,
        "gemba check WI-1040.de.md",
        "gemba check WI-1040.md",
    ),
];
