//! The shop and its rules: what a fact is, what may be decided, what a stream of facts amounts to.
//! Imports nothing of gemba and no clock, disk or network; time, identity and chance are arguments.
//! Invariant: `decide` holds every rule and may refuse; `evolve` only remembers and cannot.

pub mod card;
pub mod condition;
pub mod context;
pub mod decide;
pub mod deviation;
pub mod difference;
pub mod effectivity;
pub mod expiry;
pub mod fact;
pub mod feeds;
pub mod fold;
pub mod gauge;
pub mod hash;
pub mod ids;
pub mod include;
pub mod instruction;
pub mod interval;
pub mod judgement;
pub mod kinds;
pub mod moment;
pub mod news;
pub mod offset;
pub mod order;
pub mod orderable;
pub mod people;
pub mod pin;
pub mod place;
pub mod positions;
pub mod quantity;
mod read_first;
pub mod refusal;
pub mod release;
pub mod revision;
pub mod sampling;
pub mod second_look;
pub mod sign_in;
pub mod signature;
pub mod site_change;
pub mod site_rules;
pub mod specification;
pub mod station;
pub mod stream;
pub mod text;
pub mod traveler;
pub mod unit;
