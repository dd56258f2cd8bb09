//! Everything between a terminal's bytes and the screens.
//! Imports the plain data of `ui` and the sanitizer of `domain`; knows nothing of the shop.
//! Invariant: input is parsed and output composed without I/O; only `tty` and `line_tty` touch a real terminal.

mod glyph;
pub mod input;
pub mod intake;
pub mod line_tty;
pub mod lines;
mod motion;
pub mod output;
mod pen;
pub mod pump;
pub mod scan;
mod sequence;
pub mod tty;
pub mod typed;
