//! Up to when what a page tells is complete, in words, with every place that is silent.

use crate::ui::speech::say;
use crate::ui::theme::Role;
use crate::ui::world::World;
use crate::views::board::Complete;

/// What follows the time that figures are of, such as `, complete to 07:19, but LEAK-1 silent since 06:40`;
/// in the role of what is whole, or as a warning.
pub(super) fn words(complete: &Complete, role: Role, world: &World) -> (String, Role) {
    let known = complete.silent.iter().any(|row| row.last_contact.is_some());
    let mut text = match complete.complete_to {
        Some(at) => say!(", complete to {time}", time = world.site_time(at)),
        // What is complete of a silent place is said beside it.
        None if known => String::new(),
        None => say!(", nothing known").to_owned(),
    };
    for (n, row) in complete.silent.iter().enumerate() {
        let but = if n == 0 && !text.is_empty() { say!(", but") } else { "," };
        let silent = match row.last_contact {
            Some(at) => {
                say!("{place} silent since {time}", place = row.place, time = world.site_time(at))
            }
            None => say!("{place} silent", place = row.place),
        };
        text = format!("{text}{but} {silent}");
    }
    if complete.link_down {
        text.push_str(say!(", without the server"));
    }
    (text, if complete.is_whole() { role } else { Role::Warn })
}

/// The same where nothing stands before it.
pub(super) fn alone(complete: &Complete, role: Role, world: &World) -> (String, Role) {
    let (text, role) = words(complete, role, world);
    (text.trim_start_matches([',', ' ']).to_owned(), role)
}
