//! Codes about who works and with what.

use super::{Row, row, warning};
use crate::authoring::code::Code;

pub(super) static ROWS: &[Row] = &[warning(row(
    Code::QualificationRepeated,
    "a qualification that the front matter asks for already",
    "the front matter's holds for whoever performs any step; a step's holds besides for whoever \
         records or signs in it, and a rule that stands at two places would be changed at one",
    "qualification: torque-1",
    "qualification: torque-2",
))];
