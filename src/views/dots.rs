//! A picture as dots of color, made as small as the screen that asked for it.

/// Dots, line by line from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dots {
    /// How many a line has.
    pub across: u16,
    /// How many lines there are.
    pub down: u16,
    /// Red, green and blue of each.
    pub colors: Vec<[u8; 3]>,
}

impl Dots {
    /// The color of a dot; none beyond the edges.
    pub fn at(&self, x: u16, y: u16) -> Option<[u8; 3]> {
        let inside = x < self.across && y < self.down;
        let at = usize::from(y) * usize::from(self.across) + usize::from(x);
        self.colors.get(at).copied().filter(|_| inside)
    }
}
