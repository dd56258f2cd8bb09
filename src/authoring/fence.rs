//! Fenced blocks as they stand in the source: type, lines, and whether the fence is closed.

/// A fenced block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fence<'s> {
    /// What stands behind the opening fence.
    pub(super) word: &'s str,
    /// Where that word begins.
    pub(super) word_at: usize,
    /// Where its lines begin and end.
    pub(super) lines: (usize, usize),
    /// Whether there is a closing fence.
    pub(super) closed: bool,
}

/// Takes a fenced block apart; `at` and `to` are those of the whole block.
pub(super) fn read_fence(text: &str, at: usize, to: usize) -> Fence<'_> {
    let block = text.get(at..to).unwrap_or_default();
    let head_end = block.find('\n').map_or(block.len(), |newline| newline + 1);
    let (head, rest) = block.split_at(head_end);
    let mark = head.trim_start().chars().next().unwrap_or('`');
    let width = head.trim_start().chars().take_while(|&c| c == mark).count();
    let word = head.trim_start().trim_start_matches(mark);
    let word_at = at + (head.len() - word.trim_start().len());
    let last = rest.trim_end().rsplit('\n').next().unwrap_or_default();
    let closing = last.trim();
    let closed = closing.chars().all(|c| c == mark) && closing.chars().count() >= width;
    let lines_end = if closed { rest.trim_end().len() - last.trim_end().len() } else { rest.len() };
    let lines = (at + head_end, at + head_end + lines_end);
    Fence { word: word.trim(), word_at, lines, closed }
}
