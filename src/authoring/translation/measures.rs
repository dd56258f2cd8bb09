//! What stands behind a number: a unit as English and German spell it, or another word.

use crate::domain::unit::Unit;

/// What stands behind a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Behind {
    /// A unit, by its symbol; and whether a word of a language says it.
    Unit {
        symbol: String,
        spelled: bool,
    },
    /// A unit or a word, such as `in`: the symbol of the unit that it may be.
    Perhaps(String),
    /// Another word.
    Word,
    Nothing,
}

/// A unit: its symbol, other symbols of it, and what it is called.
#[derive(Debug)]
struct Row(&'static str, &'static [&'static str], &'static [&'static str]);

/// Units by what texts call them, beside the symbols that readings may have. Words are in lower
/// case; those that another language has for something else are as they must be written.
static UNITS: &[Row] = &[
    Row("nm", &[], &["nanometer", "nanometers", "nanometre", "nanometres", "nanometern"]),
    Row(
        "µm",
        &[],
        &[
            "micron",
            "microns",
            "micrometer",
            "micrometers",
            "micrometre",
            "micrometres",
            "mikrometer",
            "mikrometern",
        ],
    ),
    Row("mm", &[], &["millimeter", "millimeters", "millimetre", "millimetres", "millimetern"]),
    Row(
        "cm",
        &[],
        &["centimeter", "centimeters", "centimetre", "centimetres", "zentimeter", "zentimetern"],
    ),
    Row("dm", &[], &["decimeter", "decimetre", "dezimeter", "dezimetern"]),
    Row("m", &[], &["meter", "meters", "metre", "metres", "metern"]),
    Row("km", &[], &["kilometer", "kilometers", "kilometre", "kilometres", "kilometern"]),
    Row("mil", &["mils"], &["thou"]),
    Row("in", &["″"], &["inch", "inches", "zoll"]),
    Row("ft", &[], &["foot", "feet", "fuß", "füße", "füßen"]),
    Row("yd", &[], &["yard", "yards"]),
    Row(
        "mm²",
        &["sq mm", "qmm"],
        &["square millimeters", "square millimetres", "quadratmillimeter", "quadratmillimetern"],
    ),
    Row(
        "cm²",
        &["sq cm", "qcm"],
        &["square centimeters", "square centimetres", "quadratzentimeter", "quadratzentimetern"],
    ),
    Row(
        "m²",
        &["sq m", "qm"],
        &["square meters", "square metres", "quadratmeter", "quadratmetern"],
    ),
    Row(
        "mm³",
        &[],
        &["cubic millimeters", "cubic millimetres", "kubikmillimeter", "kubikmillimetern"],
    ),
    Row(
        "cm³",
        &["cc", "ccm"],
        &["cubic centimeters", "cubic centimetres", "kubikzentimeter", "kubikzentimetern"],
    ),
    Row("m³", &["cbm"], &["cubic meters", "cubic metres", "kubikmeter", "kubikmetern"]),
    Row(
        "N·m",
        &["N m", "N-m"],
        &[
            "newton meter",
            "newton meters",
            "newton metre",
            "newton metres",
            "newton-meter",
            "newton-meters",
            "newtonmeter",
            "newtonmetern",
        ],
    ),
    Row("kN·m", &["kN m", "kN-m"], &["kilonewtonmeter", "kilonewtonmetern"]),
    Row("N·mm", &["Nmm", "N mm"], &["newtonmillimeter", "newtonmillimetern"]),
    Row(
        "lbf·ft",
        &[
            "ft·lbf", "ft·lb", "lb·ft", "ft-lbf", "ft-lb", "ft-lbs", "lb-ft", "lbf-ft", "ft lb",
            "ft lbs", "lbf ft",
        ],
        &["foot-pound", "foot-pounds", "foot pound", "foot pounds", "pound-feet", "pound feet"],
    ),
    Row(
        "lbf·in",
        &[
            "in·lbf", "in·lb", "lb·in", "in-lbf", "in-lb", "in-lbs", "lb-in", "lbf-in", "in lb",
            "in lbs", "lbf in",
        ],
        &["inch-pound", "inch-pounds", "inch pound", "inch pounds"],
    ),
    Row("mN", &[], &["millinewton"]),
    Row("N", &[], &["newton", "newtons"]),
    Row("kN", &[], &["kilonewton", "kilonewtons"]),
    Row("lbf", &[], &["pound-force", "pounds-force"]),
    Row("Pa", &[], &["pascal", "pascals"]),
    Row("hPa", &[], &["hectopascal", "hektopascal"]),
    Row("kPa", &[], &["kilopascal", "kilopascals"]),
    Row("MPa", &[], &["megapascal", "megapascals"]),
    Row("GPa", &[], &["gigapascal", "gigapascals"]),
    Row("mbar", &["mBar"], &["millibar", "millibars"]),
    Row("bar", &["Bar"], &[]),
    Row("psi", &["PSI"], &[]),
    Row("psig", &["PSIG"], &[]),
    Row("psia", &["PSIA"], &[]),
    Row("ksi", &[], &[]),
    Row("atm", &[], &[]),
    Row("Torr", &["torr"], &[]),
    Row("mmHg", &[], &[]),
    Row("inHg", &[], &[]),
    Row("µg", &["ug"], &["microgram", "micrograms", "mikrogramm"]),
    Row("mg", &[], &["milligram", "milligrams", "milligramm"]),
    Row("g", &[], &["gram", "grams", "gramm"]),
    Row("kg", &[], &["kilogram", "kilograms", "kilogramm", "kilo", "kilos"]),
    Row("t", &[], &["tonne", "tonnes", "tonnen"]),
    Row("lb", &["lbs"], &["pound", "pounds"]),
    Row("oz", &[], &["ounce", "ounces", "unze", "unzen"]),
    Row("ns", &[], &["nanosecond", "nanoseconds", "nanosekunde", "nanosekunden"]),
    Row("µs", &["us"], &["microsecond", "microseconds", "mikrosekunde", "mikrosekunden"]),
    Row("ms", &[], &["millisecond", "milliseconds", "millisekunde", "millisekunden"]),
    Row("s", &["sec", "secs", "Sek", "sek"], &["second", "seconds", "sekunde", "sekunden"]),
    Row("min", &["mins", "Min"], &["minute", "minutes", "minuten"]),
    Row("h", &["hr", "hrs", "Std", "std"], &["hour", "hours", "stunde", "stunden"]),
    Row("d", &[], &["day", "days", "Tag", "Tage", "Tagen", "Tages"]),
    Row("week", &["wk", "wks"], &["week", "weeks", "woche", "wochen"]),
    Row("month", &[], &["month", "months", "monat", "monate", "monaten", "monats"]),
    Row("year", &[], &["year", "years", "jahr", "jahre", "jahren", "jahres"]),
    Row("µV", &["uV"], &["microvolt", "microvolts", "mikrovolt"]),
    Row("mV", &[], &["millivolt", "millivolts"]),
    Row("V", &[], &["volt", "volts"]),
    Row("kV", &[], &["kilovolt", "kilovolts"]),
    Row("µA", &["uA"], &["microampere", "microamperes", "mikroampere"]),
    Row("mA", &[], &["milliampere", "milliamperes", "milliamp", "milliamps"]),
    Row("A", &[], &["ampere", "amperes", "amp", "amps"]),
    Row("mAh", &[], &[]),
    Row("Ah", &[], &[]),
    Row("mΩ", &[], &["milliohm", "milliohms"]),
    Row("Ω", &[], &["ohm", "ohms"]),
    Row("kΩ", &[], &["kilohm", "kilohms", "kiloohm"]),
    Row("MΩ", &[], &["megohm", "megohms", "megaohm"]),
    Row("mW", &[], &["milliwatt", "milliwatts"]),
    Row("W", &[], &["watt", "watts"]),
    Row("kW", &[], &["kilowatt", "kilowatts"]),
    Row("Wh", &[], &[]),
    Row("kWh", &[], &[]),
    Row("VA", &[], &[]),
    Row("kVA", &[], &[]),
    Row("J", &[], &["joule", "joules"]),
    Row("kJ", &[], &["kilojoule", "kilojoules"]),
    Row("MJ", &[], &["megajoule", "megajoules"]),
    Row("pF", &[], &[]),
    Row("nF", &[], &[]),
    Row("µF", &["uF"], &[]),
    Row("mH", &[], &[]),
    Row("Hz", &[], &["hertz"]),
    Row("kHz", &[], &["kilohertz"]),
    Row("MHz", &[], &["megahertz"]),
    Row("GHz", &[], &["gigahertz"]),
    Row(
        "1/min",
        &["RPM", "U/min", "U/Min", "rev/min", "/min", "min⁻¹", "min-1"],
        &["revolutions per minute", "umdrehungen pro minute", "umdrehungen je minute"],
    ),
    Row(
        "°C",
        &["ºC", "° C", "°Celsius", "deg C"],
        &[
            "degree celsius",
            "degrees celsius",
            "degree c",
            "degrees c",
            "grad celsius",
            "grad c",
            "celsius",
        ],
    ),
    Row(
        "°F",
        &["ºF", "° F", "°Fahrenheit", "deg F", "degF"],
        &[
            "degree fahrenheit",
            "degrees fahrenheit",
            "degree f",
            "degrees f",
            "grad fahrenheit",
            "fahrenheit",
        ],
    ),
    Row("K", &[], &["kelvin", "kelvins"]),
    Row("°", &["º"], &["degree", "degrees", "grad"]),
    Row("rad", &[], &["radian", "radians", "radiant"]),
    Row("%", &[], &["percent", "per cent", "prozent"]),
    Row("‰", &[], &["per mille", "promille"]),
    Row("ppm", &[], &[]),
    Row("ppb", &[], &[]),
    Row("µl", &["µL", "ul"], &["microliter", "microliters", "mikroliter"]),
    Row("ml", &["mL"], &["milliliter", "milliliters", "millilitre", "millilitres", "millilitern"]),
    Row("cl", &["cL"], &["centiliter", "zentiliter"]),
    Row("l", &["L", "ℓ"], &["liter", "liters", "litre", "litres", "litern"]),
    Row("gal", &[], &["gallon", "gallons", "gallone", "gallonen"]),
    Row("HRB", &[], &[]),
    Row("HV", &[], &[]),
    Row("HBW", &["HB"], &[]),
    Row("lx", &[], &["lux"]),
    Row("lm", &[], &["lumen", "lumens"]),
    Row("dB", &[], &["decibel", "decibels", "dezibel"]),
    Row("Pa·s", &[], &[]),
    Row("mPa·s", &["mPas"], &[]),
    Row("cSt", &[], &["centistokes"]),
    Row("mol", &[], &[]),
];

/// How German adjectives of measures begin, as in `20-minütig`.
const ADJECTIVES: [(&str, &str); 10] = [
    ("sekündig", "s"),
    ("minütig", "min"),
    ("stündig", "h"),
    ("tägig", "d"),
    ("wöchig", "week"),
    ("monatig", "month"),
    ("jährig", "year"),
    ("prozentig", "%"),
    ("zöllig", "in"),
    ("gradig", "°"),
];
/// Units whose square and cube may be written with a plain digit.
const BY_DIGIT: [&str; 9] = ["µm", "mm", "cm", "dm", "m", "km", "in", "ft", "s"];
const POWERS: [(&str, &str); 6] =
    [("²", "²"), ("^2", "²"), ("2", "²"), ("³", "³"), ("^3", "³"), ("3", "³")];
/// What stands between a unit and what it is for each of.
const PER: [&str; 3] = ["per", "pro", "je"];
/// What ends a word and is no part of a unit.
const ENDS: [char; 12] = ['.', ',', ';', ':', '!', '?', ')', ']', '"', '”', '“', '»'];
const HYPHENS: [char; 3] = ['-', '\u{2010}', '\u{2011}'];
/// What parts a unit from what is written on without a blank, as in `5-mm-Spalt` and `5mm×20mm`.
const BREAKS: [char; 10] = ['-', '\u{2010}', '\u{2011}', '–', '—', '×', '+', '±', '=', '('];
/// The most characters behind a number that are looked at.
const BEHIND_CHARS_MAX: usize = 120;
/// The most letters of a symbol that is known by its capitals, such as `kJ`.
const SYMBOL_CHARS_MAX: usize = 4;

/// What stands behind a number, and how many bytes of the text belong to its unit; whether a quotation
/// mark was opened before it and not closed.
pub(super) fn behind(after: &str, quoted: bool) -> (Behind, usize) {
    // A quotation mark is an inch, unless it closes what another one opened.
    if after.starts_with('"') && !quoted {
        return (Behind::Unit { symbol: "in".to_owned(), spelled: false }, 1);
    }
    let after = beginning(after);
    let joined = after.strip_prefix(HYPHENS);
    let joined = joined.filter(|rest| rest.starts_with(char::is_alphabetic));
    let rest = joined.unwrap_or(after);
    let (found, length) = read(rest, joined.is_some());
    let length = if length == 0 { 0 } else { length + (after.len() - rest.len()) };
    (found, length)
}

/// So much of a text as the words of a unit may take.
pub(super) fn beginning(text: &str) -> &str {
    let end = text.char_indices().nth(BEHIND_CHARS_MAX).map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or(text)
}

fn read(rest: &str, joined: bool) -> (Behind, usize) {
    let words = words(rest);
    for count in (2..=words.len()).rev() {
        let Some((phrase, (_, end))) = words.get(..count).zip(words.get(count - 1)) else {
            continue;
        };
        let phrase: Vec<&str> = phrase.iter().map(|(word, _)| *word).collect();
        let by_parts = match phrase.as_slice() {
            // A second for each bolt is a second; ten parts an hour are not ten.
            [one, per, other] if PER.contains(per) && power(other).is_some() => ratio(one, other),
            _ => None,
        };
        if let Some((symbol, spelled)) = known(&phrase.join(" ")).or(by_parts) {
            return (Behind::Unit { symbol, spelled }, *end);
        }
    }
    let Some((word, end)) = words.first().copied() else { return (Behind::Nothing, 0) };
    let start = end - word.len();
    if word == "in"
        && !joined
        && rest.get(end..).is_some_and(|on| on.starts_with(char::is_whitespace))
    {
        return (Behind::Perhaps("in".to_owned()), 0);
    }
    if let Some((symbol, spelled)) = measure(word) {
        return (Behind::Unit { symbol, spelled }, end);
    }
    let head = word.find(|c: char| c.is_ascii_digit() || BREAKS.contains(&c));
    let head = head.and_then(|at| word.get(..at)).unwrap_or_default();
    let head = head.trim_end_matches(['x', 'X', '/']);
    let on = word.get(head.len()..).unwrap_or_default();
    let goes_on = on.starts_with(|c: char| c.is_ascii_digit() || HYPHENS.contains(&c));
    match measure(head) {
        // Behind a blank these begin a word as well: a V-block, an A4 sheet, put 5 in-line.
        Some((symbol, _)) if !joined && goes_on && (head.len() == 1 || head == "in") => {
            (Behind::Perhaps(symbol), 0)
        }
        Some((symbol, spelled)) => (Behind::Unit { symbol, spelled }, start + head.len()),
        None if is_symbol(word) => (Behind::Unit { symbol: word.to_owned(), spelled: false }, end),
        None if word.chars().any(char::is_alphabetic) => (Behind::Word, 0),
        None => (Behind::Nothing, 0),
    }
}

/// The first words of a text without the marks behind them, each with where it ends; none behind
/// such a mark.
fn words(text: &str) -> Vec<(&str, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    for _ in 0..3 {
        let rest = text.get(at..).unwrap_or_default();
        let word = rest.trim_start();
        at += rest.len() - word.len();
        let word = word.split(char::is_whitespace).next().unwrap_or_default();
        let plain = word.trim_end_matches(ENDS);
        if plain.is_empty() {
            break;
        }
        at += plain.len();
        found.push((plain, at));
        if plain != word {
            break;
        }
    }
    found
}

/// The symbol of a unit, and whether a word of a language says it.
fn known(text: &str) -> Option<(String, bool)> {
    // What is counted is said by words.
    let unit = Unit::parse(text).filter(|unit| !matches!(unit.dimension(), "count" | "number"));
    if let Some(unit) = unit {
        return Some((unit.symbol().to_owned(), false));
    }
    let lower = text.to_lowercase();
    UNITS.iter().find_map(|Row(symbol, also, words)| {
        let by_word = words.contains(&text) || words.contains(&lower.as_str());
        let found = by_word || *symbol == text || also.contains(&text);
        found.then(|| ((*symbol).to_owned(), by_word))
    })
}

/// A unit, a power of one, or one for each of another.
fn measure(word: &str) -> Option<(String, bool)> {
    let by_parts = || {
        let (one, other) = word.split_once('/')?;
        (!other.contains(BREAKS)).then(|| ratio(one, other))?
    };
    power(word).or_else(by_parts).or_else(|| {
        let lower = word.to_lowercase();
        let adjective = ADJECTIVES.iter().find(|(stem, _)| lower.starts_with(stem));
        let adjective = adjective.map(|(_, symbol)| ((*symbol).to_owned(), true));
        adjective.or_else(|| word.starts_with('%').then(|| ("%".to_owned(), false)))
    })
}

fn power(word: &str) -> Option<(String, bool)> {
    known(word).or_else(|| {
        POWERS.iter().find_map(|(written, power)| {
            let (symbol, spelled) = known(word.strip_suffix(written)?)?;
            let digit = written.len() == 1;
            (!digit || BY_DIGIT.contains(&symbol.as_str())).then(|| (symbol + power, spelled))
        })
    })
}

/// A unit for each of another; of two words that are none there is none.
fn ratio(one: &str, other: &str) -> Option<(String, bool)> {
    let (one, other) = (power(one), power(other));
    let spelled = [&one, &other].into_iter().flatten().any(|(_, spelled)| *spelled);
    let symbol = |part: Option<(String, bool)>| part.map_or("…".to_owned(), |(symbol, _)| symbol);
    (one.is_some() || other.is_some())
        .then(|| (format!("{}/{}", symbol(one), symbol(other)), spelled))
}

/// Whether a word is written as no word is: it is a unit that is not known, and stays as it is.
fn is_symbol(word: &str) -> bool {
    let begins = word.starts_with(|c: char| c.is_alphabetic() || matches!(c, '°' | '‰'));
    let signs = word.contains(['²', '³', 'µ', 'μ', '°', '·', '‰', 'Ω', '%']);
    let capitals = word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.contains(|c: char| c.is_ascii_uppercase())
        && word.chars().all(char::is_alphabetic)
        && word.chars().count() <= SYMBOL_CHARS_MAX;
    begins && !word.contains(|c: char| c.is_ascii_digit()) && (signs || capitals)
}
