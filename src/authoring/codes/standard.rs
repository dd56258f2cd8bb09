//! Codes about standard steps, and about counting pieces.

use super::{Row, row, warning};
use crate::authoring::code::Code;

pub(super) static ROWS: &[Row] = &[
    row(
        Code::QuantityTwice,
        "pieces are counted twice",
        "an operation has one count, so that good and scrap sum to what came in",
        "## Count again {#again}\n```quantity\nlabel: Rings\n```",
        "```quantity\nlabel: Rings\n```",
    ),
    row(
        Code::StandardStepCount,
        "a standard step of several steps",
        "it is included at one step",
        "## Dry {#dry}\nLet it dry.",
        "## Clean {#clean}\nWipe both faces.",
    ),
    row(
        Code::StandardStepRules,
        "a standard step with rules of a route",
        "what it counts or includes belongs to the instruction that includes it",
        "```quantity\nlabel: Rings\n```",
        "## Clean {#clean}\nWipe both faces.",
    ),
    row(
        Code::BadInclude,
        "not a standard step with its revision",
        "its text is that of one released revision, never of the newest",
        "```include\nstep: STD-CLEAN\n```",
        "```include\nstep: STD-CLEAN rev B\n```",
    ),
    row(
        Code::IncludeNotFound,
        "the standard step was not given",
        "its text and asks are copied and checked here",
        "```include\nstep: STD-DRY rev B\n```",
        "```include\nstep: STD-CLEAN rev B\n```",
    ),
    warning(row(
        Code::IncludeRevision,
        "a later revision of the standard step is at hand",
        "the instruction is run with the text that it names, which may be the older one by mistake",
        "```include\nstep: STD-CLEAN rev A\n```",
        "```include\nstep: STD-CLEAN rev B\n```",
    )),
    row(
        Code::IncludeBeside,
        "more in a step that includes",
        "a standard step is done as it is written, and nothing is added to it",
        "Use the blue cloth.",
        "```include\nstep: STD-CLEAN rev B\n```",
    ),
];
