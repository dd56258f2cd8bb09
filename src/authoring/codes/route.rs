//! Codes about the rules of a step: order, conditions, attempts, who may leave it out.

use super::{Row, row, warning};
use crate::authoring::code::Code;

pub(super) static ROWS: &[Row] = &[
    row(
        Code::RulesTwice,
        "two blocks of rules in one step",
        "a rule that stands at two places would be changed at one",
        "```step\nattempts-max: 2\n```\n\n```step\nskip: never\n```",
        "```step\nattempts-max: 2\nskip: never\n```",
    ),
    row(
        Code::BadCondition,
        "not a condition",
        "whether the step is needed must follow from something that was recorded",
        "when: it is hot",
        "when: #look.1 = yes",
    ),
    row(
        Code::ConditionStep,
        "a condition on no step, or on one that is not done before",
        "whether a step is needed is decided once, when an earlier step is closed; a step of the \
         same free group may come later. Where the earlier step was not needed itself, this one is \
         not either; where it was left out, this one is done",
        "when: #mend.1 = yes",
        "when: #look.1 = yes",
    ),
    row(
        Code::ConditionAsk,
        "a condition that does not name one answer of its step",
        "asks and readings are counted from 1 in the order of the step",
        "when: #look.3 = yes",
        "when: #look.1 = yes",
    ),
    row(
        Code::ConditionMismatch,
        "a condition that does not fit what is recorded",
        "it would never hold, and nobody would notice",
        "when: #look.1 > 2 mm",
        "when: #look.1 = yes",
    ),
    row(
        Code::SkipSigned,
        "a step with a signature that somebody could skip",
        "a signature that may be left out is none",
        "```step\nskip: operator\n```",
        "```step\nskip: never\n```",
    ),
    warning(row(
        Code::FreeAlone,
        "a free step without a free neighbor",
        "a step is free among its free neighbors, so it would still be done in its turn",
        "```step\norder: free\n```",
        "```step\norder: free\n```",
    )),
    row(
        Code::BadAttempts,
        "not a limit on attempts",
        "a step may be attempted 1 to 99 times",
        "attempts-max: 0",
        "attempts-max: 2",
    ),
];
