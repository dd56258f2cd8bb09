//! Everything between a terminal's bytes and the screens.
//! Imports the plain data of `ui` and the sanitizer of `domain`; knows nothing of the shop.
//! Invariant: input is parsed and output composed without I/O; only `tty` touches a real terminal.

mod glyph;
pub mod input;
pub mod intake;
mod motion;
pub mod output;
mod pen;
pub mod pump;
pub mod scan;
mod sequence;
pub mod tty;
