//! Pictures of instructions, read from PNG or JPEG and made small. What comes from outside may claim any
//! size: it is looked at before memory is taken.

use std::io::Cursor;

use std::sync::Mutex;

use image::{DynamicImage, ImageDecoder as _, ImageReader, Limits};

use crate::views::dots::Dots;
use crate::views::query::Answer;

/// The largest picture, in dots: twice what a good camera takes.
const DOTS_MAX: u64 = 50_000_000;
/// The most memory for what one is read into, in bytes.
const BYTES_MAX: u64 = 256 * 1024 * 1024;
/// One is read at a time, for whatever terminal: each takes memory.
static ONE: Mutex<()> = Mutex::new(());

/// A picture as a store handed it out, made to fit into so many dots.
pub fn drawn(found: &Answer, dots: (u16, u16)) -> Answer {
    let Answer::Blob(Some(bytes)) = found else {
        return Answer::Picture(Err("it is not here yet: sync".to_owned()));
    };
    Answer::Picture(read(bytes, dots).map(Box::new))
}

/// Reads a picture and makes it fit into so many dots, as wide for its height as it is.
///
/// The error says why it is no picture that can be shown.
fn read(bytes: &[u8], (across, down): (u16, u16)) -> Result<Dots, String> {
    let _one = ONE.lock();
    let mut limits = Limits::default();
    limits.max_alloc = Some(BYTES_MAX);
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|error| error.to_string())?;
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| error.to_string())?;
    let (wide, high) = decoder.dimensions();
    if u64::from(wide) * u64::from(high) > DOTS_MAX {
        return Err(format!("{wide} by {high} dots are too many: make it smaller"));
    }
    let orientation = decoder.orientation().map_err(|error| error.to_string())?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| error.to_string())?;
    picture.apply_orientation(orientation);
    let small = picture.thumbnail(across.into(), down.into());
    Ok(on_white(&small))
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
