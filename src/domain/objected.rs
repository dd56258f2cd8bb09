//! What the server objects to in a record, as it comes back: the sentences of the judge.
//! Invariant: a text is understood wholly or not at all; of what is partly ours nobody could tell who
//! says which part.

use super::people::Role;
use super::quantity::Verdict;
use super::signature::Meaning;
use super::understood::{BECOMES, GAPS, HELD, MADE_BY, Said, TRACED, WHEN, roles, values};
use super::words::{Value, Words};

/// What stands between several.
const BETWEEN: &str = "; ";
/// So many pieces between two of these are looked at; one objection has at most so many.
const PIECES_MAX: usize = 60;
const PIECES_OF_ONE_MAX: usize = 4;
/// What people and files said in their own words; every other value is a name or a number.
const FREE: [&str; 10] =
    ["name", "reason", "found", "text", "value", "open", "values", "supplier", "series", "units"];
/// Words of ours that are not known again.
const OURS: [&str; 16] = [
    "label",
    "figure",
    "left",
    "weakness",
    "rule",
    "list",
    "age",
    "error",
    "standing",
    "from",
    "words",
    "wrong",
    "condition",
    "actions",
    "holds",
    "is",
];

/// What a server objected to, or several with `; ` between them, each with whether it ends with a full
/// stop, by the sentences of the judge and of refusals; none unless all of it is understood.
pub fn objected(recorded: &str, refused: &'static [String]) -> Option<Vec<(Words, bool)>> {
    let pieces: Vec<&str> = recorded.split(BETWEEN).take(PIECES_MAX + 1).collect();
    if pieces.len() > PIECES_MAX {
        return None;
    }
    // What begins at each piece, from the last one on: one objection may have the sign within it.
    let mut understood: Vec<Option<Vec<(Words, bool)>>> = vec![None; pieces.len()];
    understood.push(Some(Vec::new()));
    for from in (0..pieces.len()).rev() {
        let mut ends = from + 1..=pieces.len().min(from + PIECES_OF_ONE_MAX);
        understood[from] = ends.find_map(|to| {
            let rest = understood[to].as_ref()?;
            let first = one(&pieces[from..to].join(BETWEEN), refused)?;
            Some(std::iter::once(first).chain(rest.iter().cloned()).collect())
        });
    }
    understood.swap_remove(0)
}

/// One of them; the full stop of a refusal may have been left out.
fn one(text: &str, refused: &'static [String]) -> Option<(Words, bool)> {
    let bare = text.strip_suffix('.').unwrap_or(text);
    let stops = bare.len() < text.len();
    let stopped = format!("{bare}.");
    let judged = exactly(bare, OBJECTIONS.iter().copied(), refused);
    let sentences = refused.iter().map(String::as_str);
    // That something is missing or too long is said of a word of ours.
    let sentences = sentences.filter(|sentence| !sentence.starts_with("{what}"));
    let by_bench = || exactly(&stopped, sentences.map(|sentence| (sentence, &[][..])), refused);
    judged.or_else(by_bench).map(|words| (words, stops))
}

/// A text by the one of some sentences that says most of it itself, where all its values are what
/// they are said to be.
fn exactly(
    text: &str,
    said: impl Iterator<Item = Said>,
    refused: &'static [String],
) -> Option<Words> {
    let fits = said.filter_map(|(sentence, _)| {
        let found = values(sentence, text)?;
        let given: usize = found.iter().map(|(_, value)| value.len()).sum();
        let value = |(name, text): (&'static str, &str)| Some((name, value(name, text, refused)?));
        let values = found.into_iter().map(value).collect::<Option<Vec<_>>>()?;
        Some((given, Words { sentence, values }))
    });
    fits.min_by_key(|(given, _)| *given).map(|(_, words)| words)
}

/// A value of a sentence; none where it is not what its place is for.
fn value(name: &str, text: &str, refused: &'static [String]) -> Option<Value> {
    let given = || Value::Given(text.to_owned());
    let is_name = !text.contains(char::is_whitespace);
    let by = |said: &'static [Said]| exactly(text, said.iter().copied(), refused).map(Value::Words);
    let is_number = !text.contains(char::is_alphabetic);
    let word = |ours: &[&'static str]| {
        ours.iter().find(|word| **word == text).map(|word| Value::Words(Words::plain(word)))
    };
    match name {
        "role" | "roles" | "accepts" => {
            let mut all = text.split(" or ").flat_map(|text| text.split(" and "));
            let ours = |word: &str| Role::WORDS.iter().any(|(known, _)| *known == word);
            all.all(ours).then(|| Value::Words(roles(text)))
        }
        "meaning" => word(&Meaning::WORDS.map(|(word, _)| word)),
        "verdict" => word(&[
            Verdict::Pass.word(),
            Verdict::Marginal.word(),
            Verdict::Fail.word(),
            "not judged",
        ]),
        "severity" | "severer" => word(&["normal", "tightened", "reduced"]),
        "weight" => word(&["critical", "major", "minor"]),
        "action" => by(ACTIONS),
        "ended" | "how" => by(BECOMES),
        "gap" => by(GAPS),
        "decisions" | "these" | "one" => by(DECIDED),
        "decided" => by(OUTCOMES).or_else(|| by(BECOMES)),
        "of" => by(TRACED).or_else(|| is_number.then(given)),
        "here" | "there" | "when" => by(WHEN).or_else(|| is_number.then(given)),
        "what" => by(MADE_BY).or_else(|| is_name.then(given)),
        "since" => by(HELD).or_else(|| is_name.then(given)),
        "why" => by(HELD).or_else(|| recorded(text, refused)),
        "objection" | "reasons" => recorded(text, refused),
        _ if FREE.contains(&name) => Some(given()),
        _ if OURS.contains(&name) => is_number.then(given),
        _ => is_name.then(given),
    }
}

/// What was objected to within another sentence.
fn recorded(text: &str, refused: &'static [String]) -> Option<Value> {
    objected(text, refused).map(|_| Value::Objection(text.to_owned()))
}

/// Why the server did not accept a record.
pub const OBJECTIONS: &[Said] = &[
    // Objections to a record of work by the text that it was made by.
    ("its revision has no step {step}", &[]),
    ("step {step} has no such ask {ask}", &[]),
    ("ask {ask} of step {step} wants something else", &[]),
    ("{name} in step {step} was judged by other limits than are asked for", &[]),
    ("{name} has another verdict than is recorded: {verdict}", &[]),
    ("the verdict on {name} rests on something else than is recorded", &[]),
    ("no value of {name} is outside its limits, so none was confirmed", &[]),
    ("{gauge} cannot have shown {value}", &[]),
    ("step {step} asks for a gauge of class {class}", &[]),
    ("the instruction says of leaving out step {step}: {rule}", &[]),
    ("the signature is asked of {role}", &[]),
    ("the signature is asked for as {meaning}", &[]),
    ("{person} performed step {step} and cannot verify or witness it", &[]),
    ("it is of an attempt that its station did not know", &[]),
    ("step {step} was begun by another text than the unit was made by", &[]),
    ("step {step} was going on already", &[]),
    ("step {step} had been attempted in another way than the record says", &[]),
    ("the signature does not cover what stood recorded when it was given", &[]),
    ("whether step {step} is needed does not follow from what was recorded", &[]),
    ("the move of operation {operation} is not from what it was made by", &[]),
    ("the value that it was held for was not put right", &[]),
    ("{name} cannot be judged: {why}", &[]),
    // What two stations did unseen by each other.
    ("work {here} on a unit that was held {there}, unseen", &[]),
    (
        "work {here} on a unit that was released to ship {there}, unseen: no certificate covers it",
        &[],
    ),
    (
        "released to ship twice, {here} and {there}, unseen by each other: it goes out once, and one release is taken back",
        &[],
    ),
    ("work {here} on a unit that ended {there} ({ended}), unseen", &[]),
    ("work {here}, while step {step} was sent back {there}, unseen", &[]),
    (
        "work at step {step} {here} by the text from which the unit was moved on {there}, unseen: it is done again",
        &[],
    ),
    (
        "a signature and a correction of what it covers: {here} and {there}, unseen by each other",
        &[],
    ),
    ("two corrections of one record: {here} and {there}, unseen by each other", &[]),
    ("two records at one ask: {here} and {there}, unseen by each other", &[]),
    ("two signatures at one ask: {here} and {there}, unseen by each other", &[]),
    ("step {step} was left out, and was done: {here} and {there}, unseen by each other", &[]),
    (
        "two decisions about one hold, unseen by each other: {decisions}; a person says which one counts",
        &[],
    ),
    ("two dispositions, unseen by each other: {decisions}; a person says which one counts", &[]),
    ("the unit was begun twice, by other revisions: {here} and {there}, unseen by each other", &[]),
    (
        "operation {operation} was moved twice, to other revisions: {here} and {there}, unseen by each other",
        &[],
    ),
    ("{more} more pieces than came to operation {operation} were counted or split off", &[]),
    ("work {here}, after order {order} was closed {there}", &[]),
    // What the server found about people.
    ("nobody was signed in", &[]),
    ("the server does not know the gauge {gauge}", &[]),
    ("the server does not know the place {place}", &[]),
    ("the server does not know the instruction {id}", &[]),
    ("the server does not know what it confirms", &[]),
    ("the server does not know what was done", &[]),
    ("the server does not know what was taken back", &[]),
    ("the server does not know what was verified", &[]),
    ("the server does not know what it approves", &[]),
    ("the server does not know what was handed over", &[]),
    ("the server does not know what was proposed", &[]),
    ("the server does not know {kind} yet; update the server", &[]),
    ("the server does not know {kind} of {subject} yet; update the server", &[]),
    ("the server knows no place of the work center {center}", &[]),
    ("the server knows nothing of the part {part}", &[]),
    ("the server knows no specification of {part}", &[]),
    ("{id} does not make the part {part}", &[]),
    ("the server does not know {what}", &[]),
    ("{who} was revoked", &[]),
    ("{who} may not correct what {owner} recorded", &[]),
    ("{who} may not {action}", &[]),
    ("as {role} nobody may {action}", &[]),
    ("{who} is no {role}", &[]),
    ("{who} did not sign in person", &[]),
    ("nobody reads for another", &[]),
    ("{actor} was not trained for {wanted}", &[]),
    ("the training of {actor} for {wanted} had ended on {until}", &[]),
    ("{signer} recorded in step {step}, unseen by this signature", &[]),
    ("{actor} verified or witnessed in step {step}, and recorded here as well", &[]),
    ("{signer} signed it already", &[]),
    ("nobody asked for the signature of {role}", &[]),
    ("it does not ask for the signature of {role}", &[]),
    ("it is not for {role} to sign", &[]),
    // About gauges and places.
    ("{gauge} was never registered as it is said to have been used", &[]),
    ("{gauge} shows {shows}, and {wanted} were wanted", &[]),
    ("no calibration made {gauge} good until {due}", &[]),
    ("the calibration of {gauge} had ended on {due}", &[]),
    ("{gauge} had been found out of tolerance on {on} ({found})", &[]),
    ("what was built in is {label}, and no component", &[]),
    ("the work was done at no place", &[]),
    ("station {code} is not enrolled for work center {center}", &[]),
    ("{instruction} was held at {place}: {why}", &[]),
    ("{deviation} was to be closed before operation {operation}, step {step}", &[]),
    ("nobody may leave step {step} out", &[]),
    ("it covers {at}, which was not accepted", &[]),
    ("it rests on {at}, which was not accepted", &[]),
    ("it follows {at}, which was not accepted", &[]),
    ("it follows {at}, which is not here", &[]),
    ("this hold does not end like this", &[]),
    ("only the server's judge places this hold", &[]),
    ("only the server writes this", &[]),
    ("a station writes this of itself only", &[]),
    ("a station tells further by itself only", &[]),
    ("{signer} gave it", &[]),
    ("the signature does not accept what was given", &[]),
    // About definitions.
    ("{what} rev {revision} is not released", &[]),
    ("revision {revision} is not released", &[]),
    ("revision {revision} is released already", &[]),
    ("revision {revision} was not submitted", &[]),
    ("revision {revision} was not submitted like this", &[]),
    ("{what} rev {revision} was withdrawn by then", &[]),
    (
        "{what} rev {revision} was withdrawn, work by it stops, and the station had received it: {reason}",
        &[],
    ),
    ("{what} rev {revision} was withdrawn, which its list leaves out", &[]),
    ("the approvals asked for are not those of the site's policy", &[]),
    ("the signature does not approve what was submitted", &[]),
    ("the signer was shown something else than was submitted", &[]),
    ("{signer} handed it in and may not approve", &[]),
    ("{signer} approved before", &[]),
    ("the approval of {role} is missing", &[]),
    ("no revision of {id} is released", &[]),
    // About deviations, permits and tickets.
    ("the signature does not dispose of what was raised", &[]),
    ("the signature does not approve what was decided", &[]),
    ("no disposition ends this hold", &[]),
    ("the disposition that ends this hold lacks a signature", &[]),
    ("it was to be done at {place}", &[]),
    ("it was asked of {by}", &[]),
    ("who did not ask for it does not take it back, but quality", &[]),
    ("whoever did it or owns it does not verify it", &[]),
    ("whoever owns what was done does not say whether it helped", &[]),
    ("it was closed before this was done: {open}", &[]),
    ("{id} had been withdrawn {when}, of which the station had not heard: {reason}", &[]),
    ("{id} is not granted at the server", &[]),
    ("{id} allows other limits", &[]),
    ("{id} was used for something else", &[]),
    ("{id} was used for another value or number of pieces", &[]),
    ("{id} was used on a later day than is said", &[]),
    ("the signature for {id} does not cover the reading", &[]),
    ("the reading that went on by {id} is not known", &[]),
    ("{part} rev {revision} has no characteristic {characteristic}", &[]),
    ("{part} rev {revision} has other limits for {name}", &[]),
    ("the limits of {name} in {part} rev {revision} would not be wider", &[]),
    ("{name} is {weight} by {part} rev {revision}", &[]),
    ("the signature does not approve as engineering or quality", &[]),
    ("{signer} proposed it", &[]),
    ("proposed and granted in one role, {role}", &[]),
    ("the signature does not cover what was proposed", &[]),
    ("nothing accepted says that {id} was used for it", &[]),
    ("what the station knew of {id} is not at the server", &[]),
    ("{id} is for {quantity}, and this is number {number}", &[]),
    ("{signer} used {id} for a reading of {author}", &[]),
    ("the ticket that it rests on is about {unit}", &[]),
    ("the ticket that it rests on cannot be read", &[]),
    ("the ticket does not say that operation {operation} is closed", &[]),
    ("a ticket closes nothing", &[]),
    ("{by} is no record of these pieces", &[]),
    ("{by} did not close step {step} of operation {operation}", &[]),
    ("{split} did not take {quantity} pieces off {lot} for this lot", &[]),
    ("step {step} of operation {operation} was open when the pieces left", &[]),
    ("{person} performed step {step} of operation {operation} and is not named", &[]),
    ("{person} is named for step {step} of operation {operation} and did nothing there", &[]),
    ("what is said of {lot} is not how it stood when the pieces left", &[]),
    ("step {step} is one of operation {operation}, not of {wanted}", &[]),
    ("{unit}, which is built in, was not accepted: {why}", &[]),
    ("{material} was good until {last}, as corrected {when}", &[]),
    // About the inspection of lots.
    ("its lot was not opened", &[]),
    ("{name} is judged otherwise by its limits", &[]),
    ("the signature says something else", &[]),
    ("no deviation was raised for it", &[]),
    ("{lot} is no lot of {series}", &[]),
    ("a piece has {wanted} values, and {given} were recorded", &[]),
    ("which values they are is not said", &[]),
    ("nothing is asked of a piece by the number {number}", &[]),
    ("the text asks {name} of a piece, by its limits", &[]),
    ("{name} was not read on a {class}", &[]),
    ("nobody raised the deviation {deviation} that it names", &[]),
    ("reduced inspection was not earned", &[]),
    ("inspection was {severity} by what was known, not {severer}", &[]),
    ("the plan is not that of the lot's size, level and AQL", &[]),
    ("the instruction states another plan", &[]),
    ("inspection of the series was discontinued", &[]),
    ("lot {lot} was a first article, and comes again as one", &[]),
    ("another inspection holds lot {lot}: {reason}", &[]),
    ("what it corrects is no record of that piece", &[]),
    ("no failing value was asked for again there", &[]),
    ("{pieces} pieces were nonconforming", &[]),
    ("the lot was not rejected", &[]),
    ("quality and engineering each sign that it is used as it is", &[]),
    ("lot {lot} was accepted beside {beside}, which was not accepted", &[]),
    ("{unit} had ended: {at}", &[]),
    ("no inspection lets it go at {at}", &[]),
    ("it ends what others hold: {reason}", &[]),
    ("the server did not accept what was said of it: {why}", &[]),
    ("{taken} pieces of {material} are built in, and {came} came", &[]),
    ("the lot was decided before", &[]),
    ("piece {piece} is not of the sample", &[]),
    ("piece {piece} was recorded before", &[]),
    ("the plan says otherwise of what was found", &[]),
    ("values outside their limits were not typed again", &[]),
    ("the signature does not cover what was found", &[]),
    ("the signature does not cover what was decided", &[]),
    ("lot {lot} was opened before", &[]),
    ("lot {lot} was opened at {other} too, unseen", &[]),
    ("nothing was decided of {id}, which holds the lot", &[]),
    ("{id} was open, and the acceptance does not name it", &[]),
    ("{signer} inspected the lot", &[]),
    ("and {more} more", &[]),
    ("{objection}; and one more record", &[]),
    ("{objection}; and {more} more records", &[]),
];

/// What a role may do.
pub const ACTIONS: &[Said] = &[
    ("perform steps", &[]),
    ("skip a step, accept a wait or upstream work", &[]),
    ("dispose a deviation", &[]),
    ("accept a value outside its limits", &[]),
    ("raise a deviation", &[]),
    ("close a deviation", &[]),
    ("submit a definition", &[]),
    ("withdraw a revision", &[]),
    ("finish a unit by its old revision", &[]),
    ("move a unit to another revision", &[]),
    ("open or close orders", &[]),
    ("administer people, places and stations", &[]),
    ("call for help or answer a call", &[]),
    ("hand over a shift or accept one", &[]),
    ("propose a change", &[]),
    ("answer a proposed change", &[]),
    ("propose, grant or withdraw a permit", &[]),
    ("say what is planned", &[]),
    ("release a shift calendar", &[]),
    ("keep gauges", &[]),
    ("release a hold", &[]),
    ("correct what somebody else recorded", &[]),
    ("split a lot", &[]),
    ("say that a gauge failed", &[]),
    ("hold units for a gauge", &[]),
    ("call units back", &[]),
    ("release a unit to ship or take it back", &[]),
    ("let a unit go on that was called back", &[]),
    ("set up a place", &[]),
    ("note or block material", &[]),
    ("release blocked material", &[]),
    ("take a component out", &[]),
    ("answer what the server held", &[]),
    ("inspect lots", &[]),
    ("accept or reject a lot", &[]),
    ("say how strictly lots are inspected", &[]),
];

/// How two decisions went, each with where and when.
const DECIDED: &[Said] = &[
    ("{these}, {one}", &[]),
    ("{decided} at {place} on {when}", &[]),
    ("{decided} on {when}", &[]),
    ("{decided}", &[]),
];

/// How a hold ended.
const OUTCOMES: &[Said] = &[
    ("corrected", &[]),
    ("measured again", &[]),
    ("by {permit}", &[]),
    ("no deviation", &[]),
    ("let go on by review", &[]),
    ("no longer suspect", &[]),
    ("measured itself", &[]),
    ("inspected", &[]),
    ("released", &[]),
];
