//! What was recorded of a unit, in the language of the terminal: it comes from the store as text.
//! Invariant: what is not one of our sentences to the letter stays as it was written.

use crate::domain::understood::{HELD, Said, by, understood};
use crate::ui::speech::say;
use crate::ui::speech::tell;

use super::told::becomes;

const ON_HOLD: &str = ", on hold: ";
/// How a unit stands.
const STANDS: &[Said] = &[
    ("finished", &[]),
    ("not begun", &[]),
    ("begun", &[]),
    ("on hold", &[]),
    ("not known here", &[]),
    ("at operation {operation}, {step}", &[]),
    ("at operation {operation}", &[]),
    ("shipped, then certificate {certificate} not valid: {why}", &["why"]),
    ("shipped, certificate {certificate}", &[]),
    ("shipped {when}, then certificate {certificate} not valid: {why}", &["why"]),
    ("shipped {when}, then certificate {certificate} not valid", &[]),
    ("shipped {when}, certificate {certificate}", &[]),
    ("taken back by {at}: {reason}", &[]),
    ("does not cover {at}", &[]),
    ("ended: {how}", &[]),
];
const ATTEMPT: &[Said] = &[("{step}, attempt {rank}", &[])];
const BEGUN: &[Said] = &[
    ("step begun again", &[]),
    ("step begun", &[]),
    ("step begun again; {more}", &[]),
    ("step begun; {more}", &[]),
];
const CHECKED: &[Said] = &[
    ("yes", &[]),
    ("no", &[]),
    ("{answer}, corrects {entry}: {reason}", &["answer"]),
    ("yes, {with}", &[]),
    ("no, {with}", &[]),
];
const MEASURED: &[Said] = &[
    ("typed again, the same: {deviation}", &[]),
    ("corrected to {value}: {reason}", &[]),
    ("{reading}; measured again: {reason}", &[]),
    ("{reading}; sorted", &[]),
];
const BUILT: &[Said] = &[
    ("installed {part} serial {identity}, corrects {entry}: {reason}", &[]),
    ("installed {part} lot {identity}, corrects {entry}: {reason}", &[]),
    ("installed {part} serial {identity}", &[]),
    ("installed {part} lot {identity}", &[]),
    ("took out {part}, {becomes}: {reason}", &[]),
];
const STEPS: &[Said] = &[
    ("started: {operations}", &[]),
    ("wait begun, with {units}", &[]),
    ("wait begun", &[]),
    ("wait accepted: {reason}", &[]),
    ("step completed, with {units}, read in {code}", &[]),
    ("step completed, read in {code}", &[]),
    ("step completed, with {units}", &[]),
    ("step completed", &[]),
    ("step skipped: {reason}", &[]),
    ("paused: {reason}", &[]),
    ("resumed: {note}", &[]),
    ("resumed", &[]),
    ("step {step} not needed: {condition}, found {found}", &[]),
    ("step {step} needed: {condition}, found {found}", &[]),
    ("operation {operation} accepted, not done: {evidence}", &[]),
    ("operation {operation} closed by the records of its lot: {evidence}", &[]),
];
const COUNTED: &[Said] = &[
    ("count corrected to {pieces}: {reason}", &[]),
    ("{quantity} pieces split off to {into}: {reason}", &[]),
    ("{quantity} pieces split off from {from}, at {at}", &[]),
];
const REVISED: &[Said] = &[
    ("{what} finished without rev {revision}: {reason}", &[]),
    ("{operation} moved from {what} rev {from} to rev {to}, again {steps}: {reason}", &[]),
    ("{operation} moved from {what} rev {from} to rev {to}: {reason}", &[]),
];
const RELEASED: &[Said] = &[
    ("hold lifted: the value was typed wrong", &[]),
    ("hold lifted: it was measured again", &[]),
    ("hold lifted: the check is good after all", &[]),
    ("hold lifted: it was measured itself", &[]),
    ("hold lifted: the lot was inspected", &[]),
    // Whatever follows may be what somebody typed, and stays as it is.
    ("hold released: {reason}", &[]),
    ("ended: {how}", &[]),
    ("taken back: {reason}", &[]),
];
/// A signature, and the words in it.
const SIGNED: &[Said] = &[
    (
        "{meaning} by {name} as {role}, {time}, by {given}, over {count} facts, given once for {units}",
        &["meaning", "role", "given"],
    ),
    (
        "{meaning} by {name} as {role}, {time}, by {given}, over {count} fact, given once for {units}",
        &["meaning", "role", "given"],
    ),
    (
        "{meaning} by {name} as {role}, {time}, by {given}, over {count} facts",
        &["meaning", "role", "given"],
    ),
    (
        "{meaning} by {name} as {role}, {time}, by {given}, over {count} fact",
        &["meaning", "role", "given"],
    ),
    ("performed", &[]),
    ("verified", &[]),
    ("witnessed", &[]),
    ("approved", &[]),
    ("operator", &[]),
    ("inspector", &[]),
    ("supervisor", &[]),
    ("engineer", &[]),
    ("quality", &[]),
    ("planner", &[]),
    ("administrator", &[]),
    ("badge and PIN", &[]),
    ("PIN", &[]),
];
/// What stands behind what was recorded, each after [`BETWEEN`].
const BEHIND: &[Said] = &[
    ("no longer covers what {correction} corrected", &[]),
    ("no longer covers what counts", &[]),
    ("also done at another place, unseen", &[]),
    ("also begun at another place, unseen", &[]),
    ("also done at {place}, unseen", &[]),
    ("also begun at {place}, unseen", &[]),
];
const BETWEEN: &str = "; ";
/// What the server said of it, behind all else.
const JUDGED: &[Said] = &[
    ("not accepted by the server, and let go on: {reasons}", &[]),
    ("not accepted by the server: {reasons}; next: {next}", &["next"]),
    ("a supervisor answers it: shift board, or gemba review answer {fact}", &[]),
];
const NOT_ACCEPTED: &str = "; not accepted by the server";

/// How a unit stands.
pub(super) fn standing(text: &str) -> String {
    let Some((way, why)) = text.split_once(ON_HOLD) else {
        let stands = understood(text, STANDS);
        // Else it says how the unit ended.
        return if stands.sentence == "{text}" { becomes(text) } else { tell(&stands) };
    };
    let (way, why) = (tell(&understood(way, STANDS)), tell(&understood(why, HELD)));
    say!("{way}, on hold: {why}", way, why)
}

/// A step, with the attempt where there was one before.
pub(super) fn step(text: &str) -> String {
    tell(&understood(text, ATTEMPT))
}

/// What a fact of a kind says.
pub(super) fn what(kind: &str, text: &str) -> String {
    let said = match kind {
        "HoldPlaced" => {
            let Some(why) = text.strip_prefix("on hold: ") else { return text.to_owned() };
            return say!("on hold: {why}", why = tell(&understood(why, HELD)));
        }
        "StepStarted" => BEGUN,
        "Checked" => CHECKED,
        "ReadingTaken" | "ReadingConfirmed" | "ReadingCorrected" => MEASURED,
        "ComponentInstalled" | "ComponentRemoved" => BUILT,
        "TravelerStarted" | "WaitStarted" | "WaitAccepted" | "StepCompleted" | "StepSkipped"
        | "Paused" | "Resumed" | "ConditionDecided" | "UpstreamAccepted" => STEPS,
        "QuantityCorrected" | "LotSplit" | "SplitOff" => COUNTED,
        "RevisionKept" | "MovedToRevision" => REVISED,
        "HoldReleased" | "ProductTakenBack" => RELEASED,
        "Signed" => SIGNED,
        // What was typed stays as it was.
        _ => &[],
    };
    let (text, judged) = text.split_at(text.find(NOT_ACCEPTED).unwrap_or(text.len()));
    let (mut text, mut behind) = (text, Vec::new());
    while let Some((before, last)) = text.rsplit_once(BETWEEN)
        && let Some(words) = by(last, BEHIND)
    {
        behind.insert(0, tell(&words));
        text = before;
    }
    if let Some(judged) = judged.strip_prefix(BETWEEN) {
        behind.push(tell(&understood(judged, JUDGED)));
    }
    behind.insert(0, tell(&understood(text, said)));
    behind.join(BETWEEN)
}
