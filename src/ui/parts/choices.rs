//! A question that a digit answers: numbered choices of which none is marked, so that no Enter that
//! was meant for something else answers it.

use crate::ui::input::Key;
use crate::ui::theme::Role;

use super::canvas::Canvas;

/// A choice: what it is called, how that looks, and what follows from it.
pub type Choice<'a> = (&'a str, Role, &'a str);

/// What a digit chooses.
pub fn chosen<T>(key: Key, choices: &[T]) -> Option<&T> {
    choices.get(key.digit()?.checked_sub(1)?)
}

/// Draws choices from a line on, what follows from each in a column; tells the line after them.
pub fn view<'a>(
    choices: impl IntoIterator<Item = Choice<'a>>,
    (y, column): (u16, u16),
    canvas: &mut Canvas<'_>,
) -> u16 {
    let mut line = y;
    for (number, (words, role, follows)) in (1_u16..).zip(choices) {
        canvas.put((3, line), &number.to_string(), Role::Accent);
        let room = canvas.width().saturating_sub(7);
        let cells = if follows.is_empty() { room } else { column.saturating_sub(7) };
        canvas.put_in((6, line), cells, words, role);
        canvas.put((column, line), follows, Role::Muted);
        line += 1;
    }
    line
}
