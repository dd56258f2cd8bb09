//! The plant server: routes, tokens, ingest into its own store, the judge, TLS with its own authority.
//! Imports domain, ledger and from sync the protocol and the two machines; owns axum and the store.
//! Invariant: it stores every well-formed fact of a valid chain first and judges later; an answer
//! goes out only after a durable commit.

mod answer;
mod authority;
pub mod backup;
mod blobs;
pub mod by_file;
pub mod error;
mod first_sync;
mod hints;
pub mod home;
mod incoming;
pub mod judge;
mod judging;
pub mod limits;
mod metrics;
pub mod office;
mod openapi;
mod operating;
mod packing;
mod routes;
pub mod run;
pub mod seals;
mod shared;
pub mod store;
mod threads;
mod watching;
mod way;
