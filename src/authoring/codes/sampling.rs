//! Codes about what is measured on some units only.

use super::{Row, row};
use crate::authoring::code::Code;

pub(super) static ROWS: &[Row] = &[
    row(
        Code::BadSampling,
        "a sample that is not understood",
        "nobody would know which units are measured",
        "c-a,1,1/A1,max 0.05,Gap,,,0.05,mm,minor,measured,feeler,1 in 10",
        "c-a,1,1/A1,max 0.05,Gap,,,0.05,mm,minor,measured,feeler,1 in 10 per order",
    ),
    row(
        Code::ConditionSampled,
        "a condition on a sampled reading",
        "on a unit that is not measured nobody could say whether the step is needed",
        "when: #gap.1 fails",
        "when: #gap.2 = no",
    ),
];
