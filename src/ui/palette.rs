//! The colors behind the numbers 0 to 255, and how far two of them stand apart.

/// Red, green and blue, 0 to 255 each.
pub type Rgb = [u8; 3];

/// The sixteen as xterm has them by itself.
pub const XTERM: [Rgb; 16] = [
    [0, 0, 0],
    [205, 0, 0],
    [0, 205, 0],
    [205, 205, 0],
    [0, 0, 238],
    [205, 0, 205],
    [0, 205, 205],
    [229, 229, 229],
    [127, 127, 127],
    [255, 0, 0],
    [0, 255, 0],
    [255, 255, 0],
    [92, 92, 255],
    [255, 0, 255],
    [0, 255, 255],
    [255, 255, 255],
];

/// The sixteen of the VGA text mode, as the Linux console has them.
pub const CONSOLE: [Rgb; 16] = [
    [0, 0, 0],
    [170, 0, 0],
    [0, 170, 0],
    [170, 85, 0],
    [0, 0, 170],
    [170, 0, 170],
    [0, 170, 170],
    [170, 170, 170],
    [85, 85, 85],
    [255, 85, 85],
    [85, 255, 85],
    [255, 255, 85],
    [85, 85, 255],
    [255, 85, 255],
    [85, 255, 255],
    [255, 255, 255],
];

/// A color by its number: one of the sixteen as a terminal has them, else of the cube of six steps or
/// the ramp of grays, which are the same everywhere.
pub fn rgb(number: u8, sixteen: &[Rgb; 16]) -> Rgb {
    let step = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
    match number {
        0..=15 => sixteen[usize::from(number)],
        16..=231 => [(number - 16) / 36, (number - 16) / 6 % 6, (number - 16) % 6].map(step),
        232..=255 => [8 + 10 * (number - 232); 3],
    }
}

/// How much light a color gives, 0 to 1 (relative luminance, WCAG 2.2).
pub fn luminance(color: Rgb) -> f64 {
    let [red, green, blue] = color.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// How far two colors stand apart, 1 to 21 (contrast ratio, WCAG 2.2, 1.4.3).
pub fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}
