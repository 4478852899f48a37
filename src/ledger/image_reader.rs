//! The file of before-images -> the image of a row.

use std::fs::File;
use std::io::{self, BufReader, Seek as _};
use std::path::Path;

use super::LedgerError;
use super::image_index::ImageIndex;
use super::image_line::{ImageLine, read_line};
use super::positioned::Positioned;
use crate::model::BeforeImage;

/// Reads images one by one.
#[derive(Debug)]
pub struct ImageReader<'a> {
    index: &'a ImageIndex,
    path: &'a Path,
    file: Option<BufReader<Positioned>>,
    line: Vec<u8>,
}

impl<'a> ImageReader<'a> {
    /// Reads those of `index` in `file`, once there is one, which is called `path`.
    pub(super) fn new(index: &'a ImageIndex, path: &'a Path, file: Option<File>) -> Self {
        Self {
            index,
            path,
            file: file.map(Positioned::from).map(BufReader::new),
            line: Vec::new(),
        }
    }

    /// The image of the row on `line` of the input, if there is one. Fastest in order of line.
    ///
    /// # Errors
    /// When the file cannot be read, or was changed.
    pub fn image(&mut self, line: u64) -> Result<Option<BeforeImage>, LedgerError> {
        let (Some(offset), Some(file)) = (self.index.offset(line), &mut self.file) else {
            return Ok(None);
        };
        let mut read = || -> io::Result<Option<BeforeImage>> {
            let step = i128::from(offset) - i128::from(file.stream_position()?);
            file.seek_relative(i64::try_from(step).map_err(io::Error::other)?)?;
            read_line(file, &mut self.line)?;
            match ImageLine::parse(&self.line).map_err(io::Error::other)? {
                ImageLine::Image(image) => Ok(Some(*image)),
                ImageLine::Nothing | ImageLine::Erased => Ok(None),
            }
        };
        read().map_err(LedgerError::at(self.path))
    }
}
