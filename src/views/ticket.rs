//! A hand-off ticket as people read it.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::refusal::told::Told;
use crate::domain::stream::TravelerId;
use crate::domain::ticket::Ticket;

/// What a ticket says, and whose it is as far as that is known here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TicketView {
    /// Its text, as the code says it.
    pub text: String,
    /// The unit.
    #[serde(serialize_with = "super::as_text")]
    pub traveler: TravelerId,
    /// What it is; empty where its order is not known here.
    pub part: String,
    /// How many pieces of a lot go on.
    pub pieces: Option<u32>,
    /// The station that drew it; none where no known one did.
    pub station: Option<String>,
    /// When, by that station's clock.
    pub drawn: Timestamp,
    /// The operations that are closed, with what people call them where that is known here.
    pub done: Vec<(u32, String)>,
    /// Why it is not taken from whoever drew it.
    pub against: Option<Told>,
    /// The ticket itself.
    #[serde(skip)]
    pub ticket: Ticket,
}

impl TicketView {
    /// The operations that are closed, in words.
    pub fn done_words(&self) -> Vec<String> {
        let words = |(operation, name): &(u32, String)| format!("{operation} {name}");
        self.done.iter().map(|done| words(done).trim_end().to_owned()).collect()
    }
}
