//! How somebody is reached, as `gemba.toml` of the station says.

use serde::Deserialize;

/// One way to reach somebody: a command, a webhook, or e-mail.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Target {
    /// A program with its arguments, run without a shell; it reads the call as JSON from its standard
    /// input.
    Command(Vec<String>),
    /// An address that the call is posted to as JSON.
    Webhook(String),
    /// An address of e-mail, by the relay of `[smtp]`.
    Email(String),
}

/// The relay for e-mail: one in the plant's own network that takes it without a password.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Smtp {
    /// Host and port, such as `mail.plant.example:25`.
    pub server: String,
    /// Whom it comes from.
    pub from: String,
}
