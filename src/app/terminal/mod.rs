//! Everything between a terminal's bytes and the screens.
//! Imports the plain data of `ui` and `views`, and the sanitizer of `domain`; knows nothing of the shop.
//! Invariant: input is parsed and output composed without I/O; only `tty`, `line_tty` and `outlet` touch a real terminal.

mod glyph;
pub mod input;
pub mod intake;
pub mod line_tty;
pub mod lines;
mod motion;
pub mod outlet;
pub mod output;
mod pen;
mod pictures;
pub mod pump;
pub mod scan;
mod sequence;
pub mod tty;
pub mod typed;
