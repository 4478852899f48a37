//! A line of `before.jsonl` -> what it says, and back. Which of several images of a row counts is not
//! known here.

use std::io::{self, BufRead as _, BufReader, Read as _};

use serde::{Deserialize, Serialize};

use crate::model::BeforeImage;

/// The longest line, in bytes: an image has less in it than twice the longest answer.
const MAX_LINE: u64 = 4 << 20;

/// What a line says.
#[derive(Debug)]
pub(super) enum ImageLine {
    Nothing,
    Image(Box<BeforeImage>),
    /// The server has erased the custom fields that an update did not set.
    Erased,
}

/// The form of a line that says so.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Erased {
    /// The line of the input with the row of that update.
    line: u64,
    erased: bool,
}

impl ImageLine {
    /// What is in a line; or what is wrong with it.
    pub(super) fn parse(line: &[u8]) -> Result<Self, String> {
        if line.trim_ascii().is_empty() {
            return Ok(Self::Nothing);
        }
        match serde_json::from_slice(line) {
            Ok(image) => Ok(Self::Image(Box::new(image))),
            Err(error) => match serde_json::from_slice(line) {
                Ok(Erased { erased: true, .. }) => Ok(Self::Erased),
                Ok(Erased { erased: false, .. }) => Ok(Self::Nothing),
                Err(_) => Err(format!("is not a before-image: {error}")),
            },
        }
    }

    /// The line of an image, with its end.
    pub(super) fn of_image(image: &BeforeImage) -> io::Result<Vec<u8>> {
        written(image)
    }

    /// The line about custom fields that were erased by the update of the row on that line of the
    /// input.
    pub(super) fn of_erased(line: u64) -> io::Result<Vec<u8>> {
        written(&Erased { line, erased: true })
    }
}

fn written(line: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    Ok(text)
}

/// Reads up to the end of a line; its bytes.
pub(super) fn read_line(
    reader: &mut BufReader<impl io::Read>,
    line: &mut Vec<u8>,
) -> io::Result<usize> {
    line.clear();
    reader.by_ref().take(MAX_LINE).read_until(b'\n', line)
}

/// Whether a crash can have left a last line so. File systems fill what a power cut left unwritten
/// with NUL.
pub(super) fn is_torn(line: &[u8]) -> bool {
    !line.ends_with(b"\n") || line.contains(&0)
}
