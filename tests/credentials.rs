//! PINs: which are taken, and that only the right one opens.

use gemba::app::credentials::{PinError, check, hash, verify};
use proptest::prelude::*;

#[test]
fn a_pin_that_a_thief_tries_first_is_not_taken() {
    for pin in ["", "12345", "1234567890123", "48291a", "４８２９１３", "482 913"] {
        assert_eq!(check(pin), Err(PinError::Digits), "{pin}");
    }
    for pin in ["123456", "654321", "890123", "000000", "121212", "112233", "999990", "147258"] {
        assert_eq!(check(pin), Err(PinError::Easy), "{pin}");
    }
    for pin in ["482913", "730628", "915274", "351790"] {
        assert_eq!(check(pin), Ok(()), "{pin}");
    }
}

#[test]
fn only_the_right_pin_opens_and_no_verifier_opens_nothing() {
    let verifier = hash("482913").unwrap();
    assert!(verifier.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{verifier}");
    assert!(!verifier.contains("482913"));
    assert!(verify("482913", Some(&verifier)));
    assert!(!verify("482914", Some(&verifier)));
    assert!(!verify("", Some(&verifier)));
    assert!(!verify("482913", Some("not a verifier")));
    assert!(!verify("482913", None));
    assert_ne!(hash("482913").unwrap(), verifier, "each verifier has a salt of its own");
}

proptest! {
    #[test]
    fn whatever_is_typed_as_a_pin_gets_an_answer(text in ".{0,40}") {
        if check(&text).is_ok() {
            prop_assert!(text.len() >= 6 && text.bytes().all(|b| b.is_ascii_digit()));
        }
    }
}
