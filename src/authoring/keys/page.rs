//! Keys of the front matter, and of the blocks that say how a step is done.

use super::{Key, may, must};

/// The front matter of an instruction.
pub const FRONT: [Key; 13] = [
    must("id", "the instruction's permanent id", "WI-1040"),
    must("title", "what is done, in a line", "Fit and torque the pump cover"),
    must("part", "the part that it makes", "CP-40"),
    must("rev", "the revision that this text is", "C"),
    must("operation", "number and name in the route", "20 Assembly"),
    must("work-center", "where it is done", "ASM"),
    may(
        "specification",
        "the one released revision that `characteristic:` refers to",
        "CP-40 rev F",
    ),
    may("qualification", "what whoever works by it is trained for", "torque-1"),
    may(
        "offline-max",
        "for how long without the server new work may be begun, 1 h to 366 d",
        "14 d",
    ),
    may("place-acts", "what is noted about the place: `setup`, `tool`, `material`", "setup, tool"),
    may("answers", "the redlines that this revision does", "RL-ASM1-0003, RL-ASM2-0001"),
    may(
        "inspect",
        "by which plan lots that come in are inspected: AQL, level and scheme with its edition, or \
         `zero` with confidence/quality in per cent",
        "AQL 1.0, level II, ISO 2859-1:1999",
    ),
    may(
        "language",
        "in which language it is written: two letters, `en` where nothing is said",
        "de",
    ),
];

/// The front matter of a standard step.
pub const STANDARD: [Key; 4] = [
    must("id", "the standard step's permanent id", "STD-CLEAN"),
    must("title", "what is done, in a line", "Clean the faces"),
    must("rev", "the revision that this text is", "B"),
    must(
        "standard-step",
        "`yes`: this is one step that instructions include, and nothing is worked by it alone",
        "yes",
    ),
];

/// The block of a step's rules.
pub const STEP: [Key; 5] = [
    may("order", "`free`: in any order with the free steps beside it", "free"),
    may(
        "when",
        "only where something was recorded so at an earlier step: `#step.ask` with `=`, `!=`, `>`, `>=`, \
         `<`, `<=` and a value, or `fails`; `#gap.2.3` is the third reading of ask 2",
        "#look.1 = yes",
    ),
    may("attempts-max", "rework opens the step no more than so often, 1 to 99", "2"),
    may(
        "skip",
        "who may leave it out: `never`, `operator`, or `supervisor` where nothing is said",
        "operator",
    ),
    may(
        "qualification",
        "what whoever records or signs here is trained for, besides the front matter's",
        "torque-2",
    ),
];

/// The block that includes a standard step.
pub const INCLUDE: [Key; 1] = [must(
    "step",
    "the standard step whose text and asks stand here, with its revision",
    "STD-CLEAN rev B",
)];

/// The block that counts pieces.
pub const QUANTITY: [Key; 1] =
    [must("label", "which pieces are counted here: good, scrap, rework", "Rings")];
