//! Terminals at the far end of lines: named by what a line shows of itself, so that whoever comes again on
//! a new line comes to the same terminal.

use std::fmt::Write as _;

use super::ids::TerminalId;

/// How the names of such terminals begin; no device of a machine is called so.
const LINE: &str = "ssh-";
/// How those begin where no key is shown, so that anybody may be at the far end.
const FROM: &str = "ssh-from-";
/// So much of a key's digest tells the keys of a plant apart.
const DIGEST_BYTES: usize = 8;

/// The terminal of whoever shows a key, by the key's digest.
pub fn of_key(digest: &[u8]) -> TerminalId {
    let mut name = format!("{LINE}key-");
    for byte in digest.iter().take(DIGEST_BYTES) {
        // A string takes whatever is written to it.
        write!(name, "{byte:02x}").unwrap_or_default();
    }
    named(&name)
}

/// The terminal of whoever shows no key, by the address that the line comes from, as text.
pub fn of_address(address: &str) -> TerminalId {
    let dashed = address.replace(|c: char| !c.is_ascii_alphanumeric() && c != '.', "-");
    named(&format!("{FROM}{}", dashed.trim_end_matches('-')))
}

/// The terminal at which wrong tries count from addresses beyond those that are told apart; no address
/// is written so.
pub(super) fn of_others() -> TerminalId {
    named(&format!("{FROM}others"))
}

/// Whether no key is shown at the terminal: anybody may be there who reaches the port.
pub(super) fn is_anybodys(terminal: &TerminalId) -> bool {
    terminal.as_str().starts_with(FROM)
}

/// The terminal, where wrong tries at it are counted for it alone: strangers at the far end of one line
/// keep nobody from work at another. Without one they count for the station as a whole.
pub(super) fn alone(terminal: &TerminalId) -> Option<&TerminalId> {
    terminal.as_str().starts_with(LINE).then_some(terminal)
}

fn named(name: &str) -> TerminalId {
    let named = TerminalId::parse(name);
    let Ok(named) = named else { unreachable!("letters, digits, dots and dashes are an id") };
    named
}
