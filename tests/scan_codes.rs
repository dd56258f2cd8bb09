//! What codes say: read whole or refused, never guessed.

use gemba::domain::instruction::{Ask, InstallBy, ScanMatch};
use gemba::domain::scan::gs1::{self, Elements};
use gemba::domain::scan::iso15434::{Datum, Envelope, Record};
use gemba::domain::scan::names::Names;
use gemba::domain::scan::test_code::{self, Finding};
use gemba::domain::scan::{Content, EOT, GS, RS, Separators, bracketed, pick, read, table};
use gemba::ui::parts::code::Squares;
use jiff::civil::date;
use proptest::prelude::*;

/// The elements of a code that an AIM identifier announces, or the code of the refusal.
fn elements(code: &str) -> Result<Elements, &'static str> {
    match read(code, Separators::Doubted) {
        Ok(Content::Gs1(elements)) => Ok(elements),
        Ok(other) => panic!("{code:?} is {other:?}"),
        Err(error) => Err(error.code()),
    }
}

fn ask_for(by: InstallBy) -> Ask {
    let (name, part) = ("seal".to_owned(), "SEAL-1".parse().unwrap());
    Ask::Install { name, part, by }
}

fn picked(ask: &Ask, code: &str) -> Result<String, &'static str> {
    let content = read(code, Separators::Doubted).map_err(|error| error.code())?;
    pick::text(ask, &content, date(2026, 11, 23)).map_err(|reason| reason.code())
}

#[test]
fn an_element_string_is_read_by_its_identifier() {
    for front in ["]C1", "]d2", "]Q3", "]e0", "]J1"] {
        let read = elements(&format!("{front}010952012345678817271231{}10L-3", "")).unwrap();
        assert_eq!(read.value("01"), Some("09520123456788"));
        assert_eq!(read.value("17"), Some("271231"));
        assert_eq!(read.value("10"), Some("L-3"));
    }
    for front in ["", "]C0", "]A0", "]d1", "]Q1", "]L0", "]z0"] {
        let plain = read(&format!("{front}WO-1881/0007"), Separators::Doubted);
        assert_eq!(plain, Ok(Content::Plain("WO-1881/0007".to_owned())), "{front}");
    }
}

#[test]
fn what_is_wrong_with_a_code_is_said() {
    let long = format!("]d210{}", "x".repeat(8_193));
    for (code, why) in [
        ("]d20109520123456789", "Y02"),        // its check digit
        ("]d28912", "Y01"),                    // an identifier that nobody knows
        ("]d217271331", "Y02"),                // a thirteenth month
        ("]d217270230", "Y02"),                // a February of thirty days
        ("]d2422999", "Y02"),                  // a country that is none
        ("]d210A~B", "Y03"),                   // what came in place of a separator
        ("]d2010952012345", "Y04"),            // cut
        ("]d210ABCDEFGHIJKLMNOPQRSTU", "Y05"), // a value that overruns
        ("]d2", "Y08"),                        // nothing
        ("]d201095201234567883725", "Y09"),    // what does not go together
        ("]E04006381333932", "Y11"),           // an article's check digit
        ("0109520123456788\u{1d}10L", "Y07"),  // separators, and nobody says of what
        ("https://id.gs1.org/01/09520123456788/99/X", "Y13"),
        ("https://id.gs1.org/01/09520123456789", "Y02"),
        (long.as_str(), "Y14"),
    ] {
        let found = read(code, Separators::Proven).map_err(|error| error.code());
        assert_eq!(found, Err(why), "{code:?}");
    }
    for written in ["1(12345", "(1", "("] {
        assert_eq!(bracketed::parse(written).unwrap_err().code(), "Y12", "{written}");
    }
}

#[test]
fn a_code_that_may_have_lost_a_separator_is_read_once_the_scanner_is_known_to_send_them() {
    let lost = "]d2010952012345678810L-321S-7";
    let error = read(lost, Separators::Doubted).unwrap_err();
    assert_eq!(error.code(), "Y06");
    assert!(error.what().contains("(10)L-3(21)S-7"), "{error}");
    assert!(read(lost, Separators::Proven).is_ok());
    let whole = elements(&format!("]d2010952012345678810L-3{GS}21S-7")).unwrap();
    assert_eq!(whole.value("21"), Some("S-7"));
}

/// What would be refused with its separator must not pass for the end of the value before it without.
#[test]
fn a_lost_separator_is_seen_before_an_element_that_breaks_a_rule_too() {
    for (value, element) in [
        ("21SER", "17000000"),         // an expiry that is no date
        ("10LOT", "11261341"),         // a thirteenth month
        ("21SER", "0109520123456789"), // a wrong check digit
        ("10LOT", "422999"),           // no country
        ("21SER", "3725"),             // a count that does not go with an article
        ("21SER", "21OTHER"),          // another serial
    ] {
        let whole = elements(&format!("]d20109520123456788{value}{GS}{element}"));
        assert!(matches!(whole, Err("Y02" | "Y09")), "{element}: {whole:?}");
        let lost = format!("]d20109520123456788{value}{element}");
        let error = read(&lost, Separators::Doubted).unwrap_err();
        assert_eq!(error.code(), "Y06", "{lost}");
        assert!(read(&lost, Separators::Proven).is_ok(), "{lost}");
    }
    let error = read("]d221SER17000000", Separators::Doubted).unwrap_err();
    assert!(error.what().contains("(21)SER(17)000000"), "{error}");
}

/// An end that only begins like an element, of another length or with other characters, is no element.
#[test]
fn a_sound_label_is_read_by_a_scanner_that_nobody_tried() {
    for serial in ["SN-2026-A", "H-204", "L-3", "AB17CD", "KX-4711", "17000", "S/N-00812B", "Z-1731A5"] {
        let code = format!("]d2010952012345678817271231{}21{serial}", "");
        assert_eq!(elements(&code).map(|e| e.value("21").map(str::to_owned)), Ok(Some(serial.to_owned())));
    }
}

/// Every end that looks like elements is tried once, however many there are.
#[test]
fn a_code_that_reads_in_very_many_ways_is_refused_at_once() {
    let code = format!("]d2{}", "9110211022".repeat(800));
    let error = read(&code, Separators::Doubted).unwrap_err();
    assert!(matches!(error.code(), "Y05" | "Y06"), "{error}");
}

#[test]
fn an_envelope_is_read_and_one_that_lost_its_separators_is_not() {
    let code = format!("[)>{RS}06{GS}PSEAL-1{GS}1TL-3{GS}S0007{GS}Q25{RS}{EOT}");
    for front in ["", "]d1", "]Q1"] {
        let Ok(Content::Envelope(envelope)) = read(&format!("{front}{code}"), Separators::Doubted)
        else {
            panic!("{front}");
        };
        assert_eq!(envelope.text(), code);
        let names = Names::of(&Content::Envelope(envelope));
        assert_eq!((names.serials, names.lots), (vec!["0007".to_owned()], vec!["L-3".to_owned()]));
        assert_eq!(names.parts, ["SEAL-1"]);
    }
    for lost in [GS, RS, EOT] {
        let cut = code.replace(lost, "");
        let error = read(&cut, Separators::Doubted).unwrap_err();
        assert_eq!(error.code(), "Y10", "{cut:?}");
    }
    assert_eq!(read(&code.replace("06", "09"), Separators::Doubted).unwrap_err().code(), "Y10");
}

#[test]
fn an_ask_takes_the_value_that_it_asks_for() {
    let both = format!("]d2010952012345678817271231{}10L-3{GS}21S-7", "");
    assert_eq!(picked(&ask_for(InstallBy::Lot), &both), Ok("L-3".to_owned()));
    assert_eq!(picked(&ask_for(InstallBy::Serial), &both), Ok("S-7".to_owned()));
    let any = Ask::Scan { label: "label".to_owned(), matches: ScanMatch::Any };
    let whole = "(01)09520123456788(17)271231(10)L-3(21)S-7";
    assert_eq!(picked(&any, &both), Ok(whole.to_owned()));
    let unit = Ask::Scan { label: "pump".to_owned(), matches: ScanMatch::Unit };
    assert_eq!(picked(&unit, &both), Ok("S-7".to_owned()));
    let lot = "]d2010952012345678810L-3";
    assert_eq!(picked(&unit, lot), Ok("L-3".to_owned()));
    assert_eq!(picked(&ask_for(InstallBy::Serial), lot), Err("Y15"));
    assert_eq!(picked(&ask_for(InstallBy::Lot), "L-3"), Ok("L-3".to_owned()));
    let two = format!("[)>{RS}06{GS}S1{GS}S2{RS}{EOT}");
    assert_eq!(picked(&ask_for(InstallBy::Serial), &two), Err("Y16"));
}

#[test]
fn a_component_past_the_date_on_its_label_is_not_built_in() {
    let lot = ask_for(InstallBy::Lot);
    assert_eq!(picked(&lot, "]d217261122\u{1d}10L-3"), Err("B08"));
    assert_eq!(picked(&lot, "]d21726112310L-3"), Ok("L-3".to_owned()));
    // Without a day it is good until the month ends.
    assert_eq!(picked(&lot, "]d21726110010L-3"), Ok("L-3".to_owned()));
    let envelope = format!("[)>{RS}06{GS}1TL-3{GS}14D20261122{RS}{EOT}");
    assert_eq!(picked(&lot, &envelope), Err("B08"));
}

#[test]
fn the_test_code_tells_what_to_set_at_the_scanner() {
    let code = test_code::text();
    let of = |came: &str| test_code::findings(came);
    assert_eq!(of(&format!("]Q1{code}")), [Finding::Whole]);
    assert_eq!(of(&code), [Finding::NoIdentifier, Finding::Whole]);
    let lost: String = code.chars().filter(|c| !c.is_control()).collect();
    assert_eq!(of(&format!("]Q1{lost}")), [Finding::SeparatorsLost]);
    let turned = code.replace(GS, "~");
    assert_eq!(of(&format!("]Q1{turned}")), [Finding::SeparatorsTurned { into: '~' }]);
    let upper = code.to_uppercase();
    assert_eq!(of(&format!("]Q1{upper}")), [Finding::CaseTurned]);
    let german: String = code
        .chars()
        .map(|c| match c {
            'Y' => 'Z',
            'Z' => 'Y',
            'y' => 'z',
            'z' => 'y',
            '-' => 'ß',
            other => other,
        })
        .collect();
    let pairs = vec![('Z', 'Y'), ('Y', 'Z'), ('-', 'ß'), ('z', 'y'), ('y', 'z')];
    assert_eq!(of(&format!("]Q1{german}")), [Finding::LayoutTurned { pairs }]);
    let cut = code.trim_end_matches(EOT);
    assert_eq!(of(&format!("]Q1{cut}")), [Finding::EndLost]);
    let extra = Finding::Extra { before: "~".to_owned(), after: "!".to_owned() };
    assert_eq!(of(&format!("]Q1~{code}!")), [extra]);
    assert_eq!(of("WO-1881/0007"), [Finding::OtherCode]);
}

#[test]
fn the_test_code_is_drawn_so_that_a_scanner_reads_it() {
    let code = Squares::of(&test_code::text(), 4).unwrap();
    let dots = 4;
    let across = code.across * dots;
    let shade = |x: usize, y: usize| if code.is_dark(x / dots, y / dots) { 0 } else { 255 };
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(across, across, shade);
    assert_eq!(picture.detect_grids()[0].decode().unwrap().1, test_code::text());
}

/// A value of an identifier, from the characters that labels have.
fn value() -> impl Strategy<Value = (String, String)> {
    let ais = ["10", "21", "240", "241", "30", "37", "250", "400", "8004", "91", "99", "235"];
    let ended = (proptest::sample::select(ais.to_vec()), "[A-C0-9(]{1,12}");
    let ended = ended.prop_map(|(ai, value)| (ai.to_owned(), value));
    let fixed = proptest::sample::select(vec![
        ("01", "09520123456788"),
        ("17", "271231"),
        ("11", "260100"),
        ("20", "07"),
        ("3103", "000195"),
    ]);
    prop_oneof![
        2 => ended,
        1 => fixed.prop_map(|(ai, value)| (ai.to_owned(), value.to_owned())),
    ]
}

/// Elements that go together, as far as the values that were drawn are.
fn drawn(values: &[(String, String)]) -> Elements {
    let mut elements = Elements::default();
    for (ai, value) in values {
        // What contradicts, or is no value of its identifier, is left out.
        drop(elements.put(ai, table::of(ai).unwrap(), value));
    }
    elements
}

fn without(text: &str, nth: usize) -> String {
    let mut seen = 0;
    let kept = |c: &char| {
        seen += usize::from(*c == GS);
        *c != GS || seen != nth + 1
    };
    text.chars().filter(kept).collect()
}

proptest! {
    #[test]
    fn no_input_panics(code in any::<String>(), front in "(\\]C1|\\]d2|\\]Q3|\\]E0|\\]e0|\\[\\)>\u{1e}|https://a/01/|)") {
        let code = format!("{front}{code}");
        for separators in [Separators::Doubted, Separators::Proven] {
            if let Ok(content) = read(&code, separators) {
                content.line();
                drop(pick::text(&ask_for(InstallBy::Lot), &content, date(2026, 11, 23)));
            }
        }
        test_code::findings(&code);
        drop(bracketed::parse(&code));
    }

    #[test]
    fn digits_and_separators_never_panic(code in "\\]d2[0-9\u{1d}A-C%]{0,60}") {
        if let Ok(content) = read(&code, Separators::Doubted) {
            Names::of(&content).expires(date(2026, 11, 23));
        }
    }

    #[test]
    fn what_is_written_reads_the_same(values in prop::collection::vec(value(), 1..6)) {
        let elements = drawn(&values);
        prop_assume!(elements.iter().next().is_some());
        prop_assert_eq!(gs1::parse(&elements.text(GS), GS), Ok(elements.clone()));
        prop_assert_eq!(bracketed::parse(&bracketed::write(&elements)), Ok(elements.clone()));
        let envelope = Envelope { records: vec![Record::Gs1(elements)] };
        prop_assert_eq!(Envelope::parse(&envelope.text()), Ok(envelope));
    }

    #[test]
    fn an_envelope_that_is_written_reads_the_same(
        data in prop::collection::vec(("[0-9]{0,3}[A-Z]", "[ -~]{1,20}"), 1..5)
    ) {
        let data = data.into_iter().map(|(id, value)| Datum { id, value }).collect();
        let envelope = Envelope { records: vec![Record::Data(data)] };
        prop_assert_eq!(Envelope::parse(&envelope.text()), Ok(envelope));
    }

    #[test]
    fn a_lost_separator_never_makes_another_reading(
        values in prop::collection::vec(value(), 2..6),
        lost in prop::collection::vec(0_usize..5, 1..3),
    ) {
        let whole = drawn(&values);
        let text = lost.iter().fold(whole.text(GS), |text, nth| without(&text, *nth));
        match read(&format!("]d2{text}"), Separators::Doubted) {
            Ok(Content::Gs1(read)) => prop_assert_eq!(read, whole),
            Ok(other) => prop_assert!(false, "{:?}", other),
            Err(_) => {}
        }
    }
}
