//! Everything between a terminal's bytes and the screens.
//! Imports the plain data of `ui` and the sanitizer of `domain`; knows nothing of the shop.
//! Invariant: input is parsed and output composed without I/O; only `tty` touches a real terminal.

pub mod input;
pub mod scan;
mod sequence;
