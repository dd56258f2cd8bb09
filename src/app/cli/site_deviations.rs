//! `gemba site set`: what deviations are called, their codes, whose word they take.

use clap::Args;
use serde_json::{Value, json};

use super::Console;
use crate::domain::deviation_rules::{
    AcceptRule, CODES, DeviationCode, DeviationRules, DeviationRulesChange, Severity,
};

/// What may be said of them; what is not named stays.
#[derive(Debug, Args)]
pub struct DeviationArgs {
    /// What a deviation is called on screens, such as NCR
    #[arg(long, value_name = "WORD")]
    deviation_word: Option<String>,
    /// Sets the codes of deviations: code, severity (minor, major, critical), text; again for more
    #[arg(long, value_name = "CODE,SEVERITY,TEXT", value_parser = code)]
    deviation_code: Vec<DeviationCode>,
    /// No code is asked for any more
    #[arg(long, conflicts_with = "deviation_code")]
    no_deviation_code: bool,
    /// Whose signature it takes to use something as it is: both (engineering and quality) or one
    #[arg(long, value_name = "WHOSE", value_parser = rule)]
    use_as_is: Option<AcceptRule>,
}

impl DeviationArgs {
    /// The change of these rules.
    pub fn change(self) -> DeviationRulesChange {
        let codes = self.no_deviation_code || !self.deviation_code.is_empty();
        DeviationRulesChange {
            word: self.deviation_word,
            codes: codes.then_some(self.deviation_code),
            use_as_is: self.use_as_is,
        }
    }
}

/// One code: `DIM,major,dimension outside its limits`.
fn code(text: &str) -> Result<DeviationCode, String> {
    let wrong = || "a code, its severity and a text, such as DIM,major,out of size".to_owned();
    let parts: Vec<&str> = text.splitn(3, ',').map(str::trim).collect();
    let [code, severity, text] = parts.as_slice() else { return Err(wrong()) };
    let severity = Severity::parse(severity).ok_or_else(wrong)?;
    Ok(DeviationCode { code: (*code).to_owned(), text: (*text).to_owned(), severity })
}

fn rule(text: &str) -> Result<AcceptRule, String> {
    AcceptRule::parse(text).ok_or_else(|| "both or one".to_owned())
}

/// Prints these rules.
pub fn show(console: &Console, rules: &DeviationRules) {
    let line = |name: &str, value: String| console.printer.line(format!("{name:<27}{value}"));
    line("a deviation is called", rules.word().to_owned());
    line("use as is is signed by", rules.use_as_is.word().to_owned());
    if rules.codes.is_empty() {
        line(CODES, "-".to_owned());
    }
    for DeviationCode { code, text, severity } in &rules.codes {
        line(CODES, format!("{code}, {}, {text}", severity.word()));
    }
}

/// These rules as JSON, the defaults included.
pub fn value(rules: &DeviationRules) -> Value {
    json!({
        "word": rules.word(), "codes": rules.codes, "use_as_is": rules.use_as_is,
    })
}
