//! Pictures of instructions, read from PNG or JPEG and made small. What comes from outside may claim any
//! size: it is looked at before memory is taken.

use std::io::Cursor;

use image::{DynamicImage, ImageReader, Limits};

use crate::views::dots::Dots;
use crate::views::query::Answer;

/// The largest picture, in dots each way.
const SIDE_MAX: u32 = 16_384;
/// The most memory that reading one takes, in bytes.
const BYTES_MAX: u64 = 256 * 1024 * 1024;

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
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(BYTES_MAX);
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|error| error.to_string())?;
    reader.limits(limits);
    let picture = reader.decode().map_err(|error| error.to_string())?;
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
