//! Pictures of instructions: where they may lie, what they may be.

use super::code::Code;
use super::entries::shorten;
use super::finding::Notes;
use crate::domain::hash::Hash;
use crate::domain::instruction::Picture;
use crate::domain::text::sanitize_line;

/// The largest picture, in bytes.
pub const PICTURE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Why a picture was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PictureFault {
    /// It is not there, or cannot be read; the words say why.
    Unreadable(String),
    /// It has more than [`PICTURE_BYTES_MAX`] bytes, and was not read whole.
    TooLarge,
}

/// Reads the bytes of a picture by its name in the source, relative to the source's folder.
pub type ReadPicture<'a> = dyn Fn(&str) -> Result<Vec<u8>, PictureFault> + 'a;

const TOO_LARGE: (Code, &str, &str) = (Code::PictureTooLarge, "is over 16 MiB", "make it smaller");
const SIGNATURES: [&[u8]; 2] = [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"];

/// Reads and hashes a picture, or notes what is wrong with it.
pub(super) fn read_picture(
    file: &str,
    alt: &str,
    at: usize,
    (read, notes): (&ReadPicture<'_>, &mut Notes<'_>),
) -> Option<Picture> {
    let shown = shorten(file);
    if alt.trim().is_empty() {
        let what = format!("picture \"{shown}\" without words");
        notes.add(at, Code::PictureWords, &what, "say in [ ] what it shows");
    }
    let outside = file.starts_with('/')
        || file.contains(['\\', ':'])
        || file.split('/').any(|part| part == "..");
    if outside || file.is_empty() {
        let what = format!("picture \"{shown}\"");
        notes.add(at, Code::PictureOutside, &what, "put it beside the source, as in img/name.png");
        return None;
    }
    let (code, what, next) = match read(file) {
        Ok(bytes) if bytes.len() > PICTURE_BYTES_MAX => TOO_LARGE,
        Ok(bytes) if SIGNATURES.iter().any(|signature| bytes.starts_with(signature)) => {
            let alt = sanitize_line(alt).trim().to_owned();
            let file = sanitize_line(file).into_owned();
            return Some(Picture { alt, file, blob: Hash::of(&[&bytes]) });
        }
        Ok(_) => (Code::PictureForm, "is neither PNG nor JPEG", "save it as PNG or JPEG"),
        Err(PictureFault::TooLarge) => TOO_LARGE,
        Err(PictureFault::Unreadable(why)) => {
            let what = format!("picture \"{shown}\" cannot be read ({why})");
            notes.add(at, Code::PictureMissing, &what, "put the file there, or mend its name");
            return None;
        }
    };
    notes.add(at, code, &format!("picture \"{shown}\" {what}"), next);
    None
}
