//! Numbers typed with a comma: read back as they are read, or refused; never taken for thousands.

use gemba::domain::decide::Command;
use gemba::domain::language::Language;
use gemba::domain::quantity::Number;
use gemba::domain::traveler::command::{Entry, TravelerCommand};
use gemba::domain::traveler::fact::ReadingValue;

use crate::screens_traveler::reaching;
use crate::support::screen::{PIN, Screen, USUAL};

/// At the torque step with the wrench chosen, for a person who reads this language.
fn torquing_in(language: Language) -> Screen {
    let mut screen = Screen::new(reaching("torque"), USUAL);
    screen.language = Some(language);
    screen.scan("B-2107").type_keys(PIN).type_keys("\n").scan("0007").scan("TW-07");
    screen.recorded();
    screen
}

/// The number that was recorded.
fn number(screen: &mut Screen) -> Number {
    let recorded = screen.recorded();
    let [Command::Traveler(_, TravelerCommand::Record { entry, .. })] = recorded.as_slice() else {
        panic!("{recorded:?}")
    };
    let Entry::Reading { value: ReadingValue::Number { number, .. }, .. } = entry else {
        panic!("{entry:?}")
    };
    number.clone()
}

#[test]
fn a_decimal_comma_is_read_back_with_a_point_before_it_is_saved() {
    for language in Language::ALL {
        let mut screen = torquing_in(language);
        screen.type_keys("24").hides("= 24").type_keys(",8").shows("24,8▌").shows("= 24.8");
        screen.type_keys("\n").hides("= 24.8").shows("1: 24,8 ✓");
        let number = number(&mut screen);
        // The record has what was typed, and its value is the one that was shown.
        assert_eq!((number.text(), number.value().to_string().as_str()), ("24,8", "24.8"));
        screen.type_keys("24.8").hides("= 24");
    }
}

#[test]
fn a_comma_that_could_mean_thousands_is_never_a_value() {
    for language in Language::ALL {
        for typed in ["1,234", "24,800", "1.234,5", "1,234.5", "24,8,1", "24,", ",8"] {
            let mut screen = torquing_in(language);
            screen.type_keys(typed).hides("= ").type_keys("\n").shows(typed);
            assert_eq!(screen.recorded(), [], "{typed}");
        }
        let mut screen = torquing_in(language);
        screen.type_keys("24,800\n");
        let why = match language {
            Language::English => "not saved: the comma could mean thousands",
            Language::German => "nicht gespeichert: das Komma kann Tausender",
        };
        screen.shows(why).shows("1.250");
    }
}
