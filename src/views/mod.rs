//! What screens, commands and reports ask for: questions and the rows that answer them.
//! Imports `domain` only; plain data, no behavior beyond reading itself.
//! Invariant: a row never says more than the facts it was made from; what is not known is `None`.

pub mod board;
pub mod board_place;
pub mod characteristic;
pub mod definition;
pub mod deviation;
pub mod deviation_counts;
pub mod deviation_of;
pub mod difference;
pub mod dots;
pub mod find;
pub mod first_article;
pub mod for_me;
pub mod gauge;
pub mod grid;
pub mod handover;
pub mod help;
pub mod inspection;
pub mod judged;
pub mod link;
pub mod material;
pub mod order;
pub mod packet;
pub mod permit;
pub mod quality_words;
pub mod query;
pub mod queue;
pub mod record_words;
pub mod redline;
pub mod register;
pub mod scan;
pub mod ship;
pub mod signature;
pub mod suspect;
pub mod thread;
pub mod ticket;
pub mod trace;
pub mod translated;
pub mod traveler;

/// Writes an id as the text that people read, not as its parts.
fn as_text<S: serde::Serializer>(
    id: &impl std::fmt::Display,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(id)
}
