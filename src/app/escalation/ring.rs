//! Tells one person of one call, with a limit on how long that may take.

use std::io::Write as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::app::clock::Monotonic;
use crate::app::config::Settings;
use crate::sync::client::webhook;
use crate::views::help::DueRow;

use super::mail;
use super::target::Target;

/// How long telling one person may take, in milliseconds.
pub(super) const RING_MS_MAX: u64 = 20_000;
const LOOK: Duration = Duration::from_millis(20);

/// Tells; says why that did not go.
pub(super) fn ring(settings: &Settings, due: &DueRow) -> Result<(), String> {
    let target = settings
        .escalation
        .get(&due.to)
        .ok_or_else(|| format!("gemba.toml of this station has no [escalation] {:?}", due.to))?;
    let told = told(due).to_string();
    match target {
        Target::Command(words) => run(words, &told),
        Target::Webhook(address) => {
            webhook::post(address, told, Duration::from_millis(RING_MS_MAX))
        }
        Target::Email(to) => {
            let smtp = settings.smtp.as_ref().ok_or("gemba.toml of this station has no [smtp]")?;
            mail::send(smtp, to, due)
        }
    }
}

/// The call, as JSON.
fn told(due: &DueRow) -> Value {
    let mut call = json!(due.call);
    call["to"] = json!(due.to);
    call["minutes"] = json!(due.minutes);
    call
}

/// Runs a program without a shell: what people typed reaches it on standard input and nowhere else.
fn run(words: &[String], told: &str) -> Result<(), String> {
    let (program, arguments) = words.split_first().ok_or("the command has no program")?;
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("{program} cannot be run: {error}"))?;
    if let Some(mut input) = child.stdin.take() {
        let told = format!("{told}\n");
        // A program may end without having read everything; how it ends says whether that is well.
        // One that does not read at all must not keep us: its pipe takes what a call has.
        thread::spawn(move || input.write_all(told.as_bytes()).ok());
    }
    match ended(&mut child) {
        Some(status) if status.success() => Ok(()),
        Some(status) => Err(format!("{program} ended with {status}")),
        None => Err(format!("{program} took longer than {} s", RING_MS_MAX / 1_000)),
    }
}

/// Waits for the end of a program; ends one that takes too long.
fn ended(child: &mut Child) -> Option<ExitStatus> {
    let since = Monotonic::start();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if since.ms() < RING_MS_MAX => thread::sleep(LOOK),
            Ok(None) | Err(_) => break,
        }
    }
    child.kill().ok();
    child.wait().ok();
    None
}
