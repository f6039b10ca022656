//! Uploaded files judged by their content, and pictures written anew.
//!
//! Rule: the size and the pixels a header declares are checked before anything is decoded; what is stored is our own
//! encoding, without the metadata that came along. Pure work for the processor: callers run it off the threads that
//! answer requests.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use crate::limits::UPLOAD_MAX_BYTES;

/// Most pixels of a picture (quality.md S11).
const MAX_PIXELS: u64 = 24_000_000;
/// Longest side of a picture in pixels (quality.md S11).
const MAX_SIDE: u32 = 8_192;
/// Memory that decoding one picture may take, in bytes.
const MAX_DECODED_BYTES: u64 = 128 * 1024 * 1024;
/// Longest side of the picture on its page.
const FULL_SIDE: u32 = 1_600;
/// Longest side of the picture on a card.
const CARD_SIDE: u32 = 640;
/// How well JPEG keeps a photograph, of 100.
const JPEG_QUALITY: u8 = 82;

/// What an upload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A picture that we read and write anew.
    Picture,
    /// A PDF that is kept as it is and only ever downloaded.
    Pdf,
}

/// Why an upload is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FileProblem {
    /// More bytes than allowed.
    #[error("too many bytes")]
    TooLarge,
    /// More pixels than allowed.
    #[error("too many pixels")]
    TooManyPixels,
    /// A picture that cannot be read.
    #[error("cannot be read")]
    Broken,
    /// None of the accepted kinds.
    #[error("not an accepted kind")]
    Refused,
}

/// A picture as it is stored.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The type of both renderings.
    pub media_type: &'static str,
    /// Width of the large rendering in pixels.
    pub width: u32,
    /// Height of the large rendering in pixels.
    pub height: u32,
    /// The large rendering.
    pub full: Vec<u8>,
    /// The small rendering.
    pub card: Vec<u8>,
}

/// Tells what an upload is from its first bytes.
///
/// # Errors
/// `TooLarge` or `Refused`.
pub fn check_file(bytes: &[u8]) -> Result<FileKind, FileProblem> {
    if bytes.len() > UPLOAD_MAX_BYTES {
        return Err(FileProblem::TooLarge);
    }
    match infer::get(bytes).map(|kind| kind.mime_type()) {
        Some("image/jpeg" | "image/png" | "image/webp" | "image/gif") => Ok(FileKind::Picture),
        Some("application/pdf") => Ok(FileKind::Pdf),
        _ => Err(FileProblem::Refused),
    }
}

/// Reads a picture, turns it upright and writes it anew in two sizes.
///
/// # Errors
/// `TooManyPixels` before anything is decoded, `Broken` when it cannot be.
pub fn prepare(bytes: &[u8]) -> Result<Prepared, FileProblem> {
    let picture = decode(bytes)?;
    let full = fitted(&picture, FULL_SIDE);
    let card = fitted(&picture, CARD_SIDE);
    let lossless = full.color().has_alpha();
    Ok(Prepared {
        media_type: if lossless { "image/png" } else { "image/jpeg" },
        width: full.width(),
        height: full.height(),
        full: encode(&full, lossless)?,
        card: encode(&card, lossless)?,
    })
}

fn decode(bytes: &[u8]) -> Result<DynamicImage, FileProblem> {
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|_| FileProblem::Broken)?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODED_BYTES);
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(problem)?;
    let (width, height) = decoder.dimensions();
    if width > MAX_SIDE || height > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(FileProblem::TooManyPixels);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(problem)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn problem(error: image::ImageError) -> FileProblem {
    match error {
        image::ImageError::Limits(_) => FileProblem::TooManyPixels,
        _ => FileProblem::Broken,
    }
}

fn fitted(picture: &DynamicImage, side: u32) -> DynamicImage {
    let smaller = if picture.width() > side || picture.height() > side {
        picture.resize(side, side, image::imageops::FilterType::Triangle)
    } else {
        picture.clone()
    };
    if smaller.color().has_alpha() {
        smaller.into_rgba8().into()
    } else {
        smaller.into_rgb8().into()
    }
}

fn encode(picture: &DynamicImage, lossless: bool) -> Result<Vec<u8>, FileProblem> {
    let mut bytes = Vec::new();
    let mut out = Cursor::new(&mut bytes);
    let written = if lossless {
        picture.write_to(&mut out, ImageFormat::Png)
    } else {
        picture.write_with_encoder(image::codecs::jpeg::JpegEncoder::new_with_quality(
            &mut out,
            JPEG_QUALITY,
        ))
    };
    written.map_err(|_| FileProblem::Broken)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let picture = DynamicImage::new_rgb8(width, height);
        picture
            .write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)
            .expect("a plain picture");
        bytes
    }

    /// The same picture with another width and height in its header, and a checksum that fits.
    fn declaring(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = png(1, 1);
        bytes[16..20].copy_from_slice(&width.to_be_bytes());
        bytes[20..24].copy_from_slice(&height.to_be_bytes());
        let mut crc = !0_u32;
        for byte in &bytes[12..29] {
            crc ^= u32::from(*byte);
            for _ in 0..8 {
                crc = if crc & 1 == 1 {
                    (crc >> 1) ^ 0xEDB8_8320
                } else {
                    crc >> 1
                };
            }
        }
        bytes[29..33].copy_from_slice(&(!crc).to_be_bytes());
        bytes
    }

    #[test]
    fn a_bomb_is_refused_by_its_header() {
        assert_eq!(
            prepare(&declaring(50_000, 50_000)).err(),
            Some(FileProblem::TooManyPixels)
        );
        assert_eq!(
            prepare(&declaring(8_000, 8_000)).err(),
            Some(FileProblem::TooManyPixels)
        );
    }

    #[test]
    fn a_large_picture_is_fitted_and_a_small_one_is_kept() {
        let large = prepare(&png(2_000, 1_000)).expect("a picture");
        assert_eq!(
            (large.width, large.height, large.media_type),
            (1_600, 800, "image/jpeg")
        );
        let small = prepare(&png(10, 20)).expect("a picture");
        assert_eq!((small.width, small.height), (10, 20));
    }

    #[test]
    fn what_is_hidden_in_a_picture_is_gone_when_it_is_written_anew() {
        let mut bytes = png(4, 4);
        bytes.extend_from_slice(b"<script>alert(1)</script>");
        let prepared = prepare(&bytes).expect("a picture");
        assert!(!prepared.full.windows(7).any(|window| window == b"<script"));
    }

    #[test]
    fn content_counts_and_names_do_not() {
        assert_eq!(
            check_file(b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
            Err(FileProblem::Refused)
        );
        assert_eq!(check_file(b"<html><script>"), Err(FileProblem::Refused));
        assert_eq!(check_file(b"%PDF-1.7 ..."), Ok(FileKind::Pdf));
        assert_eq!(check_file(&vec![0; UPLOAD_MAX_BYTES + 1]), Err(FileProblem::TooLarge));
        assert_eq!(prepare(&png(40, 40)[..60]).err(), Some(FileProblem::Broken));
    }
}
