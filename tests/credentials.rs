//! PINs: whatever is typed gets an answer, and only the right one opens.

use gemba::app::credentials::{hash, verify};
use gemba::domain::pin::PinRules;
use proptest::prelude::*;

#[test]
fn only_the_right_pin_opens_and_no_verifier_opens_nothing() {
    let verifier = hash("482913", "B-2107", &PinRules::default()).unwrap();
    assert!(verifier.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{verifier}");
    assert!(!verifier.contains("482913"));
    assert!(verify("482913", Some(&verifier)));
    assert!(!verify("482914", Some(&verifier)));
    assert!(!verify("", Some(&verifier)));
    assert!(!verify("482913", Some("not a verifier")));
    assert!(!verify("482913", None));
    assert_ne!(
        hash("482913", "B-2107", &PinRules::default()).unwrap(),
        verifier,
        "each verifier has a salt of its own"
    );
}

proptest! {
    #[test]
    fn whatever_is_typed_as_a_pin_gets_an_answer(text in ".{0,40}") {
        if PinRules::default().weaknesses(&text, "B-2107").is_empty() {
            prop_assert!(text.len() >= 6 && text.bytes().all(|b| b.is_ascii_digit()));
        }
    }
}
