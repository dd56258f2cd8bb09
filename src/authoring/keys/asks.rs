//! Keys of the blocks that say what a step wants recorded.

use super::{Key, may, must};

/// A code that is scanned.
pub const SCAN: [Key; 2] = [
    must("label", "what to scan", "Pump serial"),
    must("match", "what it must name: `unit`, `order`, `part`, `place` or `any`", "unit"),
];

/// Components that are built in; their keys are names of their own.
pub const INSTALL: [Key; 1] = [may(
    "NAME",
    "a component, by whatever name people call it: its part, and `serial` or `lot`",
    "CP-40-CVR lot",
)];

/// A question.
pub const CHECK: [Key; 3] = [
    must("ask", "a question that yes or no answers", "Did the wrench click?"),
    may("gauge", "the class of gauge that it is answered with", "torque-wrench"),
    may("setting", "what that gauge is set to", "25 N·m"),
];

/// Readings.
pub const MEASURE: [Key; 11] = [
    may(
        "characteristic",
        "what of the specification is measured; it brings its limits",
        "c-torque",
    ),
    may("name", "what is measured, where no specification says it", "Bolt torque"),
    may("spec", "its limits, where no specification says them", "25 ±2 N·m"),
    may(
        "marginal",
        "a reading closer to a limit than this, or than this part of the tolerance, is marginal",
        "10 %",
    ),
    may(
        "rounding",
        "`absolute`, or `E29`: a reading is rounded to the digits of its limit before it is judged \
         (ASTM E29)",
        "E29",
    ),
    may(
        "guard",
        "the limits are drawn in by so many times the gauge's uncertainty (ISO 14253-1)",
        "1",
    ),
    may("count", "how many readings are taken, 1 to 500", "4"),
    may("gauge", "the class of gauge that it is measured with", "torque-wrench"),
    may(
        "sample",
        "on which units it is measured; on each where nothing is said",
        "1 in 10 per order",
    ),
    may("retry", "how often what failed may be measured again, with a reason, 1 to 9", "2"),
    may(
        "on-fail",
        "what the deviation of a failing reading suggests: `rework #step`, `repair #step`, \
         `use-as-is`, `scrap`, `return`",
        "rework #torque",
    ),
];

/// Something typed.
pub const ENTER: [Key; 3] = [
    must("label", "what to type", "Batch of the sealant"),
    must("kind", "`text`, or `number`, which is not judged", "text"),
    may("unit", "the unit of the number; a number has one always", "mm"),
];

/// Time that must pass.
pub const WAIT: [Key; 4] = [
    may("min", "at least so long; a wait has `min:`, `max:` or both", "20 min"),
    may("max", "at most so long", "2 h"),
    must("clock", "`cure` runs on through pauses and holds, `working` stops in them", "cure"),
    may("ring", "it rings so long before `min` ends and before `max` passes", "2 min"),
];

/// A signature.
pub const SIGN: [Key; 3] = [
    must("role", "in which role it is signed", "inspector"),
    must(
        "meaning",
        "what it means: `performed`, `verified`, `witnessed`, `approved`, …",
        "verified",
    ),
    may("not-same-person-as", "steps whose performers may not sign, with commas between", "torque"),
];
