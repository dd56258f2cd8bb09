//! Lines that may be more than fit: a page of them, and which one it is.

use crate::ui::theme::Role;

use super::canvas::Canvas;
use super::prose::Line;

/// Draws a page of lines from a row on; where there are more, the row above says which page it is.
pub fn view(lines: &[Line], page: usize, (top, rows): (u16, u16), canvas: &mut Canvas<'_>) {
    let most = usize::from(rows).max(1);
    let cells = canvas.width().saturating_sub(4);
    let last = lines.len().saturating_sub(1) / most;
    // After the last page comes the first one again.
    let page = page % (last + 1);
    for (y, line) in (top..).zip(lines.iter().skip(page * most).take(most)) {
        line.view(canvas, (2, y), cells);
    }
    if last > 0 {
        let said = format!("page {} of {}", page + 1, last + 1);
        canvas.put_right(
            canvas.width().saturating_sub(1),
            top.saturating_sub(1),
            &said,
            Role::Muted,
        );
    }
}
