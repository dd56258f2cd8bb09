//! The one test binary: a module a subject.
// Says to the lints that what stands here is a test, also where it is a function beside one.
#![cfg(test)]

mod authoring_findings;
mod authoring_properties;
mod authoring_sources;
mod cli_audit;
mod cli_bad_input;
mod cli_commands;
mod cli_record;
mod credentials;
mod delta_stage;
mod demo_shift;
mod fact_shapes;
mod house_rules;
mod kills;
mod layering;
mod ledger_audit;
mod ledger_facts;
mod ledger_models;
mod ledger_store;
mod lifetime;
mod plant_from_nothing;
mod positions;
mod properties_domain;
mod rules_holds;
mod rules_lots;
mod rules_people;
mod rules_readings;
mod rules_signing;
mod rules_values;
mod rules_waits;
mod rules_work;
mod sample_plant;
mod sanitize;
mod screens_others;
mod screens_review;
mod screens_rules;
mod screens_traveler;
mod simulation;
mod support;
mod sync_cards;
mod sync_garbage;
mod sync_http;
mod sync_judge;
mod terminal_input;
mod terminal_output;
