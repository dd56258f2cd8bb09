//! The facts on this machine: one SQLite store a station, written in one transaction an act.
//! Imports `domain` and `views`; owns SQLite and the station's key; knows no network and no screen.
//! Invariant: a fact's bytes are written once; decide, append and read models commit together.

pub mod append;
pub mod apply;
pub mod blobs;
pub mod cards;
mod clock_step;
pub mod compared;
mod component;
mod concerned;
mod contact;
mod copying;
mod defined;
pub mod desk;
mod effective;
pub mod error;
mod failures;
mod inspection;
mod labels;
pub mod models;
mod numbers;
pub mod offers;
mod orders;
mod permits;
pub mod prune;
pub mod query;
pub mod rebuild;
pub mod recover;
pub mod rehearse;
mod samples;
mod schema;
pub mod seals;
mod sets;
mod shipping;
mod signed;
pub mod snapshot;
mod states;
mod station_key;
pub mod store;
pub mod streams;
pub mod stub;
mod surroundings;
mod suspects;
mod tickets;
pub mod transact;
pub mod verify;
mod whole;
