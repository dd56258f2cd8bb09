//! What the rows of a thread say, in the language of the terminal: they come from the store as text.
//! Invariant: what is not one of our sentences to the letter stays as it was written.

use crate::domain::traced::Traced;
use crate::domain::understood::{Said, TRACED, understood};
use crate::ui::screens::recorded::standing;
use crate::ui::speech::say;
use crate::ui::speech::tell;

const RECORD: &str = "record";
/// How a row belongs to what is before it.
const RELATIONS: &[Said] = &[
    ("built in", &[]),
    ("taken out", &[]),
    ("built into", &[]),
    ("was in", &[]),
    ("split off", &[]),
    ("inspected by", &[]),
    ("made by", &[]),
    ("measured for", &[]),
    ("measured with", &[]),
    ("worked on at", &[]),
    ("worked on by", &[]),
    ("permitted by", &[]),
    ("ordered by", &[]),
    ("specified by", &[]),
    ("raised on", &[]),
    ("unit", &[]),
    ("deviation", &[]),
];
/// What things are.
const OF_ORDER: &[Said] = &[("{part}, {units} units, closed", &[]), ("{part}, {units} units", &[])];
const OF_MATERIAL: &[Said] = &[
    ("{part} from {supplier}, good until {date}, blocked: {why}", &[]),
    ("{part} from {supplier}, blocked: {why}", &[]),
    ("{part} from {supplier}, good until {date}", &[]),
    ("{part} from {supplier}", &[]),
];
const OF_OTHERS: &[Said] = &[
    ("{part}, built in {units} times", &[]),
    ("measured on {units} units", &[]),
    ("for {part}, through {date}, withdrawn", &[]),
    ("for {part}, through {date}", &[]),
    ("raised on {unit}", &[]),
    ("proposed for {instruction}, answered", &[]),
    ("proposed for {instruction}", &[]),
];
const OF_GAUGE: &[Said] = &[("{name}, failed: {found}", &[])];
/// Components that are in a unit, or were.
const BUILT_IN: &[Said] = &[("{component} at {operation} {step} of {unit}", &[])];
/// What a component or a unit went into.
const WENT_INTO: &[Said] =
    &[("{what} built in at {step}, taken out: {becomes}", &[]), ("{what} built in at {step}", &[])];
const SPLIT_OFF: &[Said] = &[("{unit} was split off {origin}", &[]), ("split off {unit}", &[])];
/// By which a unit names what is traced.
const NAMED: &[Said] = &[
    ("measured with {of}", &[]),
    ("worked on by {of}", &[]),
    ("worked on at {of}", &[]),
    ("permitted by {of}", &[]),
    ("made by {of}", &[]),
    ("{name} of {lot}, piece {piece}", &[]),
    ("itself", &[]),
];

/// What happened to it: the kind of a fact, and what that says.
const HAPPENED: &[Said] = &[
    ("order opened: {what}", &[]),
    ("order opened", &[]),
    ("order closed: {what}", &[]),
    ("order closed", &[]),
    ("order reopened: {what}", &[]),
    ("order reopened", &[]),
    ("person admitted: {what}", &[]),
    ("person admitted", &[]),
    ("person revoked: {what}", &[]),
    ("person revoked", &[]),
    ("qualification granted: {what}", &[]),
    ("qualification granted", &[]),
    ("qualification revoked: {what}", &[]),
    ("qualification revoked", &[]),
    ("revision read: {what}", &[]),
    ("revision read", &[]),
    ("gauge registered: {what}", &[]),
    ("gauge registered", &[]),
    ("gauge calibrated: {what}", &[]),
    ("gauge calibrated", &[]),
    ("gauge failed: {what}", &[]),
    ("gauge failed", &[]),
    ("material received: {what}", &[]),
    ("material received", &[]),
    ("material blocked: {what}", &[]),
    ("material blocked", &[]),
    ("material released: {what}", &[]),
    ("material released", &[]),
    ("revision submitted: {what}", &[]),
    ("revision submitted", &[]),
    ("revision released: {what}", &[]),
    ("revision released", &[]),
    ("revision withdrawn: {what}", &[]),
    ("revision withdrawn", &[]),
    ("specification submitted: {what}", &[]),
    ("specification submitted", &[]),
    ("specification released: {what}", &[]),
    ("specification released", &[]),
    ("signed: {what}", &[]),
    ("signed", &[]),
    ("place defined: {what}", &[]),
    ("place defined", &[]),
    ("setup done: {what}", &[]),
    ("setup done", &[]),
    ("setup ended: {what}", &[]),
    ("setup ended", &[]),
    ("tool changed: {what}", &[]),
    ("tool changed", &[]),
    ("material changed: {what}", &[]),
    ("material changed", &[]),
    ("plan set: {what}", &[]),
    ("plan set", &[]),
    ("operation held: {what}", &[]),
    ("operation held", &[]),
    ("operation released: {what}", &[]),
    ("operation released", &[]),
    ("permit proposed: {what}", &[]),
    ("permit proposed", &[]),
    ("permit granted: {what}", &[]),
    ("permit granted", &[]),
    ("permit withdrawn: {what}", &[]),
    ("permit withdrawn", &[]),
    ("permit used: {what}", &[]),
    ("permit used", &[]),
    ("redline proposed: {what}", &[]),
    ("redline answered: {what}", &[]),
];

/// How a row belongs to what is before it.
pub(super) fn relation(text: &str) -> String {
    // Not what is done by a key that is called so.
    if text == RECORD {
        return say!("noun|record").to_owned();
    }
    tell(&understood(text, RELATIONS))
}

/// What a thing is.
pub(super) fn known_as(of: &Traced, text: &str) -> String {
    let said = match of {
        Traced::Unit(_) => {
            // A part's name has no comma.
            let Some((part, stands)) = text.split_once(", ") else { return text.to_owned() };
            return format!("{part}, {}", standing(stands));
        }
        Traced::Order(_) => OF_ORDER,
        Traced::Material(_) => OF_MATERIAL,
        Traced::Gauge(_) => OF_GAUGE,
        Traced::Component { .. }
        | Traced::Characteristic(..)
        | Traced::Permit(_)
        | Traced::Redline(_)
        | Traced::Deviation(_) => OF_OTHERS,
        // They have a name or a title.
        Traced::Person(_)
        | Traced::Place(_)
        | Traced::Instruction(..)
        | Traced::Specification(..) => return text.to_owned(),
    };
    tell(&understood(text, said))
}

/// What a row says.
pub(super) fn row(relation: &str, text: &str) -> String {
    let said = match relation {
        "built in" | "taken out" => BUILT_IN,
        "built into" | "was in" => WENT_INTO,
        "split off" => SPLIT_OFF,
        RECORD => HAPPENED,
        // Inspections and titles are as they stand there.
        "inspected by" | "specified by" => return text.to_owned(),
        _ if understood(text, TRACED).sentence != "{text}" => TRACED,
        _ => NAMED,
    };
    tell(&understood(text, said))
}
