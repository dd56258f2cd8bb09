//! `gemba site set`: what deviations are called, their codes, whose word they take.

use clap::Args;
use serde_json::{Value, json};

use super::Console;
use crate::domain::deviation_rules::{
    AcceptRule, CAUSES, CHECKS, CODES, CauseCode, CauseRule, CheckAfter, DeviationCode,
    DeviationRules, DeviationRulesChange, Severity,
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
    /// Sets the causes of deviations: code, text; again for more
    #[arg(long, value_name = "CODE,TEXT", value_parser = cause)]
    cause_code: Vec<CauseCode>,
    /// A cause is said in any words
    #[arg(long, conflicts_with = "cause_code")]
    no_cause_code: bool,
    /// From which severity on a deviation of a product is closed with a cause only: minor, major,
    /// critical, never
    #[arg(long, value_name = "SEVERITY", value_parser = cause_rule)]
    cause_from: Option<CauseRule>,
    /// Sets after how many days somebody looks whether it helped: severity, days; again for more
    #[arg(long, value_name = "SEVERITY,DAYS", value_parser = check_after)]
    check_after: Vec<CheckAfter>,
    /// Nobody looks any more whether it helped
    #[arg(long, conflicts_with = "check_after")]
    no_check_after: bool,
}

impl DeviationArgs {
    /// The change of these rules.
    pub fn change(self) -> DeviationRulesChange {
        let codes = self.no_deviation_code || !self.deviation_code.is_empty();
        let causes = self.no_cause_code || !self.cause_code.is_empty();
        let checks = self.no_check_after || !self.check_after.is_empty();
        DeviationRulesChange {
            word: self.deviation_word,
            codes: codes.then_some(self.deviation_code),
            use_as_is: self.use_as_is,
            cause_codes: causes.then_some(self.cause_code),
            cause_from: self.cause_from,
            check_after: checks.then_some(self.check_after),
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

/// One cause: `TOOL,tool worn`.
fn cause(text: &str) -> Result<CauseCode, String> {
    let wrong = || "a code and a text, such as TOOL,tool worn".to_owned();
    let (code, text) = text.split_once(',').ok_or_else(wrong)?;
    Ok(CauseCode { code: code.trim().to_owned(), text: text.trim().to_owned() })
}

fn cause_rule(text: &str) -> Result<CauseRule, String> {
    CauseRule::parse(text).ok_or_else(|| "minor, major, critical or never".to_owned())
}

/// One row: `major,30`.
fn check_after(text: &str) -> Result<CheckAfter, String> {
    let wrong = || "a severity and days, such as major,30".to_owned();
    let (severity, days) = text.split_once(',').ok_or_else(wrong)?;
    let severity = Severity::parse(severity).ok_or_else(wrong)?;
    Ok(CheckAfter { severity, days: days.trim().parse().map_err(|_| wrong())? })
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
    if rules.cause_codes.is_empty() {
        line(CAUSES, "-".to_owned());
    }
    for CauseCode { code, text } in &rules.cause_codes {
        line(CAUSES, format!("{code}, {text}"));
    }
    line("a cause is asked for from", rules.cause_from.word().to_owned());
    for CheckAfter { severity, days } in &rules.check_after {
        line(CHECKS, format!("{}, after {days} days", severity.word()));
    }
}

/// These rules as JSON, the defaults included.
pub fn value(rules: &DeviationRules) -> Value {
    json!({
        "word": rules.word(), "codes": rules.codes, "use_as_is": rules.use_as_is,
        "cause_codes": rules.cause_codes, "cause_from": rules.cause_from,
        "check_after": rules.check_after,
    })
}
