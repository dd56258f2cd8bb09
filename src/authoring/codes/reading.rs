//! Codes about how readings are judged and taken.

use super::{Row, row};
use crate::authoring::code::Code;

pub(super) static ROWS: &[Row] = &[
    row(
        Code::BadMarginal,
        "a marginal band that is none",
        "a value closer to a limit than this is shown as marginal and never holds; it is a \
         distance in the limits' unit, or a part of the tolerance width, and leaves room for a \
         plain pass",
        "```measure\nname: Play\nspec: 5 ±1 mm\nmarginal: 60 %\n```",
        "```measure\nname: Play\nspec: 5 ±1 mm\nmarginal: 49.9 %\n```",
    ),
    row(
        Code::BadGuard,
        "a guard factor out of range",
        "a value is accepted only within L+w and U-w, w = r·U, U the gauge's expanded uncertainty \
         at k = 2 (ISO 14253-1); guard: is the factor r, above 0 and at most 2",
        "```measure\nname: Play\nspec: 5 ±1 mm\nguard: 95\n```",
        "```measure\nname: Play\nspec: 5 ±1 mm\nguard: 2\n```",
    ),
    row(
        Code::BadRetry,
        "a number of re-measurements out of range",
        "retry: says how often what failed may be measured again, with a reason; 1 to 9",
        "```measure\ncharacteristic: c-torque\nretry: 10\n```",
        "```measure\ncharacteristic: c-torque\nretry: 9\n```",
    ),
    row(
        Code::SettingWithoutGauge,
        "a setting of nothing",
        "setting: is what the gauge of the check is set to, so the check names its class",
        "```check\nask: Did the wrench click?\nsetting: 25 N·m\n```",
        "```check\nask: Did the wrench click?\ngauge: torque-wrench\nsetting: 25 N·m\n```",
    ),
];
