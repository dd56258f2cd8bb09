//! A 2D code as a picture, black on white, that is written whole or not at all.

use std::path::Path;

use crate::app::fault::Fault;
use crate::ui::parts::code::Squares;

/// How many dots a square of the code is wide: at 300 dots an inch a little over half a millimeter.
const DOTS: usize = 8;

/// Writes a code as a PNG.
pub fn write(path: &Path, code: &Squares) -> Result<(), Fault> {
    let failed = |error: &dyn std::fmt::Display| {
        Fault::cannot(format!("{} cannot be written", path.display()), error)
            .next("name a file that is not there yet, in a folder that this user may write to")
    };
    let bytes = png(code).map_err(|error| failed(&error))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new()
        .permissions(readable())
        .tempfile_in(folder)
        .map_err(|error| failed(&error))?;
    std::io::Write::write_all(&mut file, &bytes).map_err(|error| failed(&error))?;
    file.as_file().sync_all().map_err(|error| failed(&error))?;
    // What is there may be somebody's store.
    file.persist_noclobber(path).map_err(|error| failed(&error.error))?;
    Ok(())
}

/// What everybody may print.
fn readable() -> std::fs::Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(0o644)
}

/// The bytes of the picture: one bit a dot.
fn png(code: &Squares) -> Result<Vec<u8>, png::EncodingError> {
    let across = code.across * DOTS;
    let side = u32::try_from(across).unwrap_or(u32::MAX);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut dots = Vec::with_capacity(across * across.div_ceil(8));
    for y in 0..across {
        for x in (0..across).step_by(8) {
            let light = |n: usize| u8::from(!code.is_dark((x + n) / DOTS, y / DOTS));
            dots.push((0..8).fold(0, |byte, n| byte << 1 | light(n)));
        }
    }
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&dots)?;
    writer.finish()?;
    Ok(bytes)
}
