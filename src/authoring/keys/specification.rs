//! Keys of the head line of a specification, and its columns.

use super::{Key, may, must};

/// The head line.
pub const HEAD: [Key; 3] = [
    must("part", "the part that is specified", "CP-40"),
    must("rev", "the part's revision", "F"),
    must("drawing", "the drawing with its revision", "D-4410 rev F"),
];

/// The columns; the last three only where they are needed.
pub const COLUMNS: [Key; 16] = [
    must("id", "the characteristic's permanent id", "c-torque"),
    must("balloon", "its number on the drawing", "4"),
    may("location", "where on the drawing", "1/B3"),
    must("requirement", "as drawn; limits that contradict it are refused", "25 ±2 N·m"),
    must("name", "what people call it", "Bolt torque"),
    may("nominal", "the value aimed at", "25"),
    may("lower", "the lower limit, inclusive", "23"),
    may("upper", "the upper limit, inclusive", "27"),
    may("unit", "the unit of all three; an attribute has none", "N·m"),
    must("class", "`critical`, `major` or `minor`", "major"),
    must(
        "kind",
        "`measured`, `attribute` (yes or no), or `reference`, which is not judged",
        "measured",
    ),
    may("gauge", "the class of gauge that it is measured with", "torque-wrench"),
    may(
        "sample",
        "on which units it is measured; on each where nothing is said",
        "first per order",
    ),
    may("marginal", "as in the block measure", "0.2"),
    may("rounding", "as in the block measure", "E29"),
    may("guard", "as in the block measure", "1"),
];
