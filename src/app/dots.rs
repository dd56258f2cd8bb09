//! Pictures of instructions, read from PNG or JPEG and made to fit a screen. What comes from outside may
//! claim any size: it is looked at before memory is taken.

use std::io::Cursor;
use std::sync::{Arc, Mutex};

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{
    DynamicImage, ExtendedColorType, ImageDecoder as _, ImageEncoder as _, ImageReader, Limits,
};

use crate::domain::words::{Words, words};
use crate::views::dots::{Dots, Room, Shown, Wanted, Whole};
use crate::views::query::Answer;

/// The largest picture, in dots: twice what a good camera takes.
const DOTS_MAX: u64 = 50_000_000;
/// The most memory for what one is read into, in bytes.
const BYTES_MAX: u64 = 256 * 1024 * 1024;
/// The most bytes of a picture that a terminal is sent, before they are made text, which is a third more:
/// on a line of 1 Mbit/s a second. A screen in half blocks takes about 20,000.
const SENT_BYTES_MAX: usize = 96 * 1024;
/// The most dots of it, across and down.
const SENT_DOTS_MAX: (u32, u32) = (1920, 1200);
/// A picture of too many bytes is sent in a half or a quarter of its dots each way.
const MADE_SMALLER: [u32; 3] = [1, 2, 4];
/// One is read at a time, for whatever terminal: each takes memory.
static ONE: Mutex<()> = Mutex::new(());

/// A picture as a store handed it out, made to fit.
pub fn drawn(found: &Answer, room: Room) -> Answer {
    let Answer::Blob(Some(bytes)) = found else {
        return Answer::Picture(Err(words!("it is not here yet: sync")));
    };
    let _one = ONE.lock();
    Answer::Picture(read(bytes).map(|picture| Box::new(fitted(&picture, room))))
}

/// Reads a picture; the error says why it is none that can be shown.
fn read(bytes: &[u8]) -> Result<DynamicImage, Words> {
    let mut limits = Limits::default();
    limits.max_alloc = Some(BYTES_MAX);
    let mut reader =
        ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(Words::given)?;
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(Words::given)?;
    let (wide, high) = decoder.dimensions();
    if u64::from(wide) * u64::from(high) > DOTS_MAX {
        return Err(words!("{wide} by {high} dots are too many: make it smaller", wide, high));
    }
    let orientation = decoder.orientation().map_err(Words::given)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(Words::given)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// Makes a picture fit, as wide for its height as it is: itself where the terminal shows it and it is
/// not too much for a line, else two dots a cell.
fn fitted(picture: &DynamicImage, room: Room) -> Shown {
    if let Some(whole) = room.whole.and_then(|wanted| whole(picture, room, wanted)) {
        return Shown::Whole(Arc::new(whole));
    }
    let small = picture.thumbnail(room.columns.into(), 2 * u32::from(room.rows));
    Shown::Dots(on_white(&small))
}

/// A picture as it is sent; none where it takes too many bytes even with a quarter of its dots each way.
fn whole(picture: &DynamicImage, room: Room, wanted: Wanted) -> Option<Whole> {
    let cell = (u32::from(wanted.cell.across), u32::from(wanted.cell.down));
    let (wide, high) = (u32::from(room.columns) * cell.0, u32::from(room.rows) * cell.1);
    let size = (picture.width(), picture.height());
    let (across, down) = fit(size, (wide, high))?;
    let cells = |dots: u32, cell: u32| u16::try_from(dots.div_ceil(cell)).ok();
    let columns = cells(across, cell.0)?.min(room.columns);
    let rows = cells(down, cell.1)?.min(room.rows);
    let most = fit(size, (wide.min(SENT_DOTS_MAX.0), high.min(SENT_DOTS_MAX.1)))?;
    // What is smaller than its place the terminal makes larger.
    let most = if most.0 < size.0 { most } else { size };
    let sent = |smaller: u32| {
        let small = picture.thumbnail_exact((most.0 / smaller).max(1), (most.1 / smaller).max(1));
        png(&on_white(&small)).filter(|png| png.len() <= SENT_BYTES_MAX)
    };
    let png = MADE_SMALLER.into_iter().find_map(sent)?;
    Some(Whole { name: wanted.name, columns, rows, png })
}

/// The largest size of this shape in so many dots; none where there are none.
fn fit((wide, high): (u32, u32), (across, down): (u32, u32)) -> Option<(u32, u32)> {
    let of = |side: u32, part: u32, whole: u32| {
        let scaled = u64::from(side) * u64::from(part) / u64::from(whole.max(1));
        u32::try_from(scaled).ok().map(|side| side.max(1))
    };
    let none = [wide, high, across, down].contains(&0);
    let by_width = u64::from(across) * u64::from(high) <= u64::from(down) * u64::from(wide);
    if none {
        None
    } else if by_width {
        Some((across, of(high, across, wide)?))
    } else {
        Some((of(wide, down, high)?, down))
    }
}

/// The bytes of a picture; none where they cannot be made.
fn png(dots: &Dots) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, FilterType::Adaptive)
        .write_image(
            dots.colors.as_flattened(),
            dots.across.into(),
            dots.down.into(),
            ExtendedColorType::Rgb8,
        )
        .ok()?;
    Some(bytes)
}

/// What is transparent shows the white of a page.
fn on_white(picture: &DynamicImage) -> Dots {
    let rgba = picture.to_rgba8();
    let mixed = |part: u8, alpha: u8| {
        let (part, alpha) = (u32::from(part), u32::from(alpha));
        u8::try_from((part * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
    };
    let colors = rgba.pixels().map(|dot| {
        let [r, g, b, alpha] = dot.0;
        [r, g, b].map(|part| mixed(part, alpha))
    });
    let side = |side: u32| u16::try_from(side).unwrap_or(u16::MAX);
    Dots { across: side(rgba.width()), down: side(rgba.height()), colors: colors.collect() }
}
