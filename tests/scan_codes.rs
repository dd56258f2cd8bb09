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

/// What an ask takes of a code on a pump CP-40, or the code of the first reason against it.
fn picked(ask: &Ask, code: &str) -> Result<String, &'static str> {
    let content = read(code, Separators::Doubted).map_err(|error| error.code())?;
    let made = "CP-40".parse().unwrap();
    let picked = pick::text((ask, &made), &content, date(2026, 11, 23));
    picked.map_err(|refusal| refusal.reasons[0].code())
}

fn envelope(data: &str) -> String {
    format!("[)>{RS}06{GS}{}{RS}{EOT}", data.replace(' ', &GS.to_string()))
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
    assert!(error.what().to_string().contains("(10)L-3(21)S-7"), "{error}");
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
    assert!(error.what().to_string().contains("(21)SER(17)000000"), "{error}");
}

/// An end that only begins like an element, of another length or with other characters, is no element.
#[test]
fn a_sound_label_is_read_by_a_scanner_that_nobody_tried() {
    for serial in
        ["SN-2026-A", "H-204", "L-3", "AB17CD", "KX-4711", "17000", "S/N-00812B", "Z-1731A5"]
    {
        let code = format!("]d2010952012345678817271231{}21{serial}", "");
        assert_eq!(
            elements(&code).map(|e| e.value("21").map(str::to_owned)),
            Ok(Some(serial.to_owned()))
        );
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
        assert_eq!(names.bought_as, ["SEAL-1"]);
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
    assert_eq!(picked(&lot, &envelope("1TL-3 14D20261122")), Err("B08"));
    assert_eq!(picked(&lot, &envelope("1TL-3 15D22112026")), Err("B08"));
    assert_eq!(picked(&lot, &envelope("1TL-3 15D23112026")), Ok("L-3".to_owned()));
}

/// What nobody can read must not pass for what is not there.
#[test]
fn a_date_that_cannot_be_read_or_is_said_twice_is_no_date_to_build_by() {
    let lot = ask_for(InstallBy::Lot);
    for wrong in ["14D2026-12-31", "14D20261331", "14D261231", "14DSOON", "15D20261231"] {
        assert_eq!(picked(&lot, &envelope(&format!("1TL-3 {wrong}"))), Err("Y20"), "{wrong}");
    }
    for twice in ["14D20271231 14D20261231", "14D20271231 15D30122027"] {
        assert_eq!(picked(&lot, &envelope(&format!("1TL-3 {twice}"))), Err("Y21"), "{twice}");
    }
    let hour = format!("]d2010952012345678817271231{GS}70032712301200{GS}10L-3");
    assert_eq!(picked(&lot, &hour), Err("Y21"));
    // Said twice in two forms it is one day.
    let same = envelope("1TL-3 14D20271231 15D31122027");
    assert_eq!(picked(&lot, &same), Ok("L-3".to_owned()));
}

#[test]
fn a_label_of_another_part_is_refused_with_both_said() {
    let lot = ask_for(InstallBy::Lot);
    let of_elements = |part: &str| format!("]d20109520123456788{part}{GS}10L-3");
    for other in ["241SEAL-2", "240SEAL-2"] {
        assert_eq!(picked(&lot, &of_elements(other)), Err("Y19"), "{other}");
    }
    for other in ["PSEAL-2", "1PSEAL-2", "PSEAL-2 1PSEAL-1", "PSEAL-1 PSEAL-2"] {
        assert_eq!(picked(&lot, &envelope(&format!("{other} 1TL-3"))), Err("Y19"), "{other}");
    }
    // By its buyer's number it is the part, whatever its maker calls it; an article is no plant's own.
    for right in ["PSEAL-1", "1PSEAL-1", "Pseal-1", "PSEAL-1 1PX-77", ""] {
        let label = envelope(format!("{right} 1TL-3").trim());
        assert_eq!(picked(&lot, &label), Ok("L-3".to_owned()), "{right}");
    }
    assert_eq!(picked(&lot, "]d2010952012345678810L-3"), Ok("L-3".to_owned()));
    // The unit itself has the number that this plant gives it; what its buyer calls it is not known here.
    let unit = Ask::Scan { label: "pump".to_owned(), matches: ScanMatch::Unit };
    assert_eq!(picked(&unit, &envelope("1PCP-41 S0007")), Err("Y19"));
    assert_eq!(picked(&unit, &envelope("1PCP-40 PX-1 S0007")), Ok("0007".to_owned()));
    let part = Ask::Scan { label: "part".to_owned(), matches: ScanMatch::Part };
    assert_eq!(picked(&part, &envelope("PX-1 1PCP-40")), Ok("CP-40".to_owned()));

    let content = read(&envelope("PSEAL-2 1TL-3 14D20201231"), Separators::Doubted).unwrap();
    let made = "CP-40".parse().unwrap();
    let refusal = pick::text((&lot, &made), &content, date(2026, 11, 23)).unwrap_err().to_string();
    assert!(refusal.contains("SEAL-2") && refusal.contains("SEAL-1"), "{refusal}");
    assert!(refusal.contains("B08"), "every reason is told: {refusal}");
}

#[test]
fn a_label_of_several_things_names_none_of_them() {
    for label in ["S0007 S0008", "1TL-3 TL-4", "2SG-1 2SG-2"] {
        let content = read(&envelope(label), Separators::Doubted).unwrap();
        assert_eq!(content.known_by().unwrap_err().code(), "Y16", "{label}");
    }
    assert_eq!(picked(&ask_for(InstallBy::Lot), &envelope("1TL-3 TL-4")), Err("Y16"));
}

#[test]
fn what_people_read_of_a_code_is_read_like_the_code() {
    for written in ["(01)09520123456788(10)L-3", "]Q1(01)09520123456788(10)L-3"] {
        assert_eq!(elements(written).unwrap().value("10"), Some("L-3"));
    }
    assert_eq!(picked(&ask_for(InstallBy::Lot), "(01)09520123456788(10)L-3"), Ok("L-3".to_owned()));
    for (wrong, why) in [
        ("(01)09520123456789(10)L-3", "Y02"),
        ("(89)12(10)L-3", "Y01"),
        ("(01) 09520123456788(10)L-3", "Y03"),
    ] {
        assert_eq!(elements(wrong).unwrap_err(), why, "{wrong}");
    }
    for plain in ["(A)7", "(1)7", "(12345)7", "12(01)7"] {
        assert_eq!(read(plain, Separators::Doubted), Ok(Content::Plain(plain.to_owned())));
    }
}

#[test]
fn a_link_with_a_slash_at_its_end_is_the_same_link() {
    for end in ["", "/", "//", "/?17=271231", "/#top"] {
        let link = format!("https://id.gs1.org/01/09520123456788/10/L-3{end}");
        assert_eq!(elements(&link).unwrap().value("10"), Some("L-3"), "{link}");
    }
    assert_eq!(elements("https://id.gs1.org/01/09520123456788/").unwrap().value("10"), None);
    assert_eq!(elements("https://id.gs1.org/01/").unwrap_err(), "Y04");
}

/// A capital for a small letter makes another kind of code of it.
#[test]
fn an_identifier_that_is_not_known_is_refused_and_never_a_part_of_a_value() {
    for front in ["]D2", "]q3", "]c1", "]X0", "]C2", "]d5", "]Q5", "]E3", "]z1", "]k0"] {
        let code = format!("{front}010952012345678810L-3");
        let error = read(&code, Separators::Proven).unwrap_err();
        assert_eq!(error.code(), "Y18", "{code}");
        assert!(error.what().to_string().contains(front), "{error}");
    }
    let text = |code: &str| read(code, Separators::Doubted);
    assert_eq!(text("]Q2L-3"), Ok(Content::Plain("L-3".to_owned())));
    assert_eq!(text("]Q2\\000026L-3").unwrap_err().code(), "Y18");
    assert_eq!(text("]-3"), Ok(Content::Plain("]-3".to_owned())));
}

#[test]
fn elements_without_an_identifier_are_no_plain_text() {
    for code in ["010952012345678810L-3", "01095201234567881727123110L-3"] {
        assert_eq!(read(code, Separators::Proven).unwrap_err().code(), "Y07", "{code}");
    }
    assert_eq!(read("", Separators::Proven).unwrap_err().code(), "Y08");
    for plain in ["0109520123456788", "0109520123456789-A", "10L-3", "0007"] {
        assert_eq!(read(plain, Separators::Doubted), Ok(Content::Plain(plain.to_owned())));
    }
}

#[test]
fn a_character_that_nobody_sees_is_told_by_its_number_once() {
    let error = read("]d210A\u{1e}B", Separators::Proven).unwrap_err();
    assert!(error.what().to_string().contains(r"has \u{1e}, which"), "{error}");
    let error = read("]d210A~B", Separators::Proven).unwrap_err();
    assert!(error.what().to_string().contains(r#"has "~", which"#), "{error}");
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
                let made = "CP-40".parse().unwrap();
                drop(pick::text((&ask_for(InstallBy::Lot), &made), &content, date(2026, 11, 23)));
            }
        }
        test_code::findings(&code);
        drop(bracketed::parse(&code));
    }

    #[test]
    fn digits_and_separators_never_panic(code in "\\]d2[0-9\u{1d}A-C%]{0,60}") {
        if let Ok(content) = read(&code, Separators::Doubted) {
            drop(Names::of(&content).expires(date(2026, 11, 23)));
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
