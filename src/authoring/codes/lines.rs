//! Codes about lines that would be lost or not fit.

use super::{Row, row};
use crate::authoring::code::Code;

pub(super) static ROWS: &[Row] = &[
    row(
        Code::HeadingBlank,
        "a heading without a blank behind its hashes",
        "it would be shown as text, and its asks would belong to the step before",
        "##Press {#press}",
        "## Press {#press}",
    ),
    row(
        Code::LineTooLong,
        "a title, a name or a question that is too long",
        "it stands in lists, on labels and in one line of a screen; what needs more room is text",
        "title: Fit the cover, Fit the cover, Fit the cover, Fit the cover, Fit the cover, Fit the cover, \
         Fit the cover, Fit the cover, Fit the cover, Fit the cover, Fit the cover",
        "title: Fit the cover",
    ),
];
