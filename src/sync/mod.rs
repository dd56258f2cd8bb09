//! How a station and the server exchange facts: the protocol as plain data, two state machines
//! without input or output (own facts up, feeds down), and the one client that drives them.
//! Imports domain and ledger. Invariant: up and down never wait for each other, and no database
//! transaction is open during a network call.

pub mod client;
pub mod down;
pub mod packed;
pub mod parcel;
pub mod protocol;
pub mod retry;
pub mod up;
