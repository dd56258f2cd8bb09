//! What the tests share.

pub(crate) mod bench;
pub(crate) mod counts;
pub(crate) mod house;
pub(crate) mod inspections;
pub(crate) mod judged;
pub(crate) mod lots;
pub(crate) mod plant;
pub(crate) mod program;
pub(crate) mod rust_paths;
pub(crate) mod screen;
pub(crate) mod screen_answers;
pub(crate) mod screen_differences;
pub(crate) mod screen_floor;
pub(crate) mod screen_link;
pub(crate) mod screen_plant;
pub(crate) mod screen_suspect;
pub(crate) mod screen_trace;
pub(crate) mod sets;
pub(crate) mod shop;
pub(crate) mod shop_plan;
pub(crate) mod shop_route;
pub(crate) mod shop_sampling;
pub(crate) mod shop_shift;
mod shop_signing;
mod shop_suspect;
pub(crate) mod wild;
pub(crate) mod works;
