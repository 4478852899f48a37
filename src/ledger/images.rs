//! Before-images -> `before.jsonl`, a line each before its row is changed; and back, for a resume and
//! an undo.
//!
//! Of several images of a row the first one counts, because a later one may show the row's own change;
//! unless a later one supersedes it. Whether a row was changed after its image is not known here. Among
//! them is noted whether the server has erased custom fields.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::identity::{Identity, Missing};
use super::image_index::{ImageIndex, ImagePlace};
use super::image_line::{ImageLine, is_torn, read_line};
use super::image_reader::ImageReader;
use super::positioned::Positioned;
use super::{LedgerError, directory};
use crate::files::{self, FileError};
use crate::model::BeforeImage;

/// The before-images of a run, at 16 bytes a row. Each is in the operating system's hands when
/// `append` returns.
#[derive(Debug, Default)]
pub struct BeforeImages {
    path: PathBuf,
    /// The images that count.
    index: ImageIndex,
    /// Bytes of whole lines.
    length: u64,
    /// Whether the last line lacks its end: an editor may have taken it away.
    is_unended: bool,
    /// Whether the server has erased custom fields that the run did not set.
    has_erased: bool,
    /// Whether a line could not be written: half of it may be left, and nothing must follow that.
    is_broken: bool,
    /// The file, once there is one.
    file: Option<OpenFile>,
}

#[derive(Debug)]
struct OpenFile {
    file: File,
    identity: Identity,
    access: Access,
}

/// How a file is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Append,
}

impl OpenFile {
    fn new(file: File, access: Access) -> io::Result<Self> {
        let identity = Identity::from(&file.metadata()?);
        Ok(Self {
            file,
            identity,
            access,
        })
    }
}

impl BeforeImages {
    /// Reads the images at `path`, where there may be no file yet, and changes nothing. A last line
    /// that a crash has cut off is ignored.
    ///
    /// # Errors
    /// When the file is not this user's own or cannot be read, or a line of it is not an image.
    pub fn open(path: PathBuf) -> Result<Self, LedgerError> {
        let mut images = Self {
            path,
            ..Self::default()
        };
        let file = match files::open_own(&images.path, File::options().read(true)) {
            Err(FileError::Io(error)) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(images);
            }
            opened => opened.map_err(LedgerError::at(&images.path))?,
        };
        images.read_index(&file)?;
        let file = OpenFile::new(file, Access::Read).map_err(LedgerError::at(&images.path))?;
        images.file = Some(file);
        Ok(images)
    }

    /// None so far, to be kept in a file without a name, which is gone with it.
    ///
    /// # Errors
    /// When there can be no temporary file.
    pub fn temporary() -> io::Result<Self> {
        let file = OpenFile::new(tempfile::tempfile()?, Access::Append)?;
        Ok(Self {
            path: std::env::temp_dir(),
            file: Some(file),
            ..Self::default()
        })
    }

    fn read_index(&mut self, file: &File) -> Result<(), LedgerError> {
        let mut reader = BufReader::new(file);
        let (mut places, mut superseding) = (Vec::new(), Vec::new());
        let mut line = Vec::new();
        for number in 1.. {
            let read = read_line(&mut reader, &mut line).map_err(LedgerError::at(&self.path))?;
            if read == 0 {
                break;
            }
            match ImageLine::parse(&line) {
                Ok(ImageLine::Image(image)) => {
                    let place = ImagePlace {
                        line: image.line,
                        offset: self.length,
                    };
                    places.push(place);
                    superseding.extend(image.supersedes.then_some(place));
                }
                Ok(ImageLine::Erased) => self.has_erased = true,
                Ok(ImageLine::Nothing) => {}
                Err(what) => {
                    let is_last = reader.fill_buf().is_ok_and(<[u8]>::is_empty);
                    if is_last && is_torn(&line) {
                        break;
                    }
                    return Err(self.damaged(number, what));
                }
            }
            self.length += read as u64;
            self.is_unended = !line.ends_with(b"\n");
        }
        self.index = ImageIndex::new(places, superseding);
        Ok(())
    }

    fn damaged(&self, line: u64, what: String) -> LedgerError {
        LedgerError::Edited {
            path: self.path.clone(),
            line,
            what,
        }
    }

    /// Whether there is no image.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// Whether the server has erased custom fields that the run did not set.
    #[must_use]
    pub fn has_erased(&self) -> bool {
        self.has_erased
    }

    /// Whether there is an image of the row on `line` of the input.
    #[must_use]
    pub fn has(&self, line: u64) -> bool {
        self.index.offset(line).is_some()
    }

    /// Lines of the input that have an image, in order.
    pub(super) fn lines(&self) -> impl Iterator<Item = u64> {
        self.index.lines()
    }

    /// Appends one image. The first one makes the file; a torn last line is cut off before.
    ///
    /// # Errors
    /// When it cannot be written. The file then ends with the image before.
    pub fn append(&mut self, image: &BeforeImage) -> io::Result<()> {
        let offset = self.append_line(&ImageLine::of_image(image)?)?;
        let place = ImagePlace {
            line: image.line,
            offset,
        };
        self.index.note(place, image.supersedes);
        Ok(())
    }

    /// Appends that the server has erased custom fields when it updated the row on `line` of the input.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn note_erased(&mut self, line: u64) -> io::Result<()> {
        self.append_line(&ImageLine::of_erased(line)?)?;
        self.has_erased = true;
        Ok(())
    }

    /// Appends a line; where it begins.
    fn append_line(&mut self, line: &[u8]) -> io::Result<u64> {
        if self.is_broken {
            return Err(io::Error::other("an earlier line could not be written"));
        }
        self.open_to_append()?;
        let at = self.length;
        self.write(line)?;
        Ok(at)
    }

    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        let open = self.file.as_ref().ok_or(io::ErrorKind::NotFound)?;
        if let Err(error) = (&open.file).write_all(line) {
            self.is_broken = true;
            // Half a line must not stay, where that can be helped.
            let _ = open.file.set_len(self.length);
            return Err(error);
        }
        self.length += line.len() as u64;
        Ok(())
    }

    fn open_to_append(&mut self) -> io::Result<()> {
        let access = self.file.as_ref().map(|open| open.access);
        if access == Some(Access::Append) {
            return Ok(());
        }
        let mut options = File::options();
        options.read(true).append(true).mode(0o600);
        options.create_new(access.is_none());
        let file = files::open_own(&self.path, &mut options)?;
        if file.metadata()?.len() < self.length {
            return Err(io::Error::other(
                "it has become shorter: it was changed by another program",
            ));
        }
        file.set_len(self.length)?;
        if access.is_none() {
            // Not every directory can be synced. Without it, a power cut leaves no images.
            let _ = files::sync(files::directory_of(&self.path));
        }
        self.file = Some(OpenFile::new(file, Access::Append)?);
        if self.is_unended {
            self.write(b"\n")?;
            self.is_unended = false;
        }
        Ok(())
    }

    /// Another handle on the file, to sync it while images are appended; `None` while there is no
    /// file.
    ///
    /// # Errors
    /// When the system allows no more open files.
    pub fn handle(&self) -> io::Result<Option<File>> {
        let open = self.file.as_ref();
        open.map(|open| open.file.try_clone()).transpose()
    }

    /// Whether the file, once there was one, is still there under its name.
    ///
    /// # Errors
    /// When it is not: what has become of it.
    pub fn check(&self) -> Result<(), Missing> {
        let open = self.file.as_ref();
        open.map_or(Ok(()), |open| open.identity.check(&self.path))
    }

    /// Writes the images that are there into a new file, whatever has become of the name of this one.
    pub(super) fn save(&self, path: &Path) -> Result<(), LedgerError> {
        let Some(open) = &self.file else {
            return Ok(());
        };
        let mut copy = directory::create(path)?;
        let mut copied = || {
            let file = Positioned::from(open.file.try_clone()?);
            io::copy(&mut file.take(self.length), &mut copy)?;
            copy.sync_all()
        };
        copied().map_err(LedgerError::at(path))
    }

    /// Where in the file the image of the row on `line` of the input is: the line of the file, and the
    /// slug.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn find(&self, line: u64) -> Result<Option<(u64, String)>, LedgerError> {
        let (Some(offset), Some(image)) = (self.index.offset(line), self.reader()?.image(line)?)
        else {
            return Ok(None);
        };
        let file = directory::open(&self.path)?;
        let before = BufReader::new(file.take(offset));
        let mut number = 1;
        for line in before.split(b'\n') {
            line.map_err(LedgerError::at(&self.path))?;
            number += 1;
        }
        Ok(Some((number, image.slug)))
    }

    /// Reads the images that count.
    ///
    /// # Errors
    /// When the system allows no more open files.
    pub fn reader(&self) -> Result<ImageReader<'_>, LedgerError> {
        let file = self.handle().map_err(LedgerError::at(&self.path))?;
        Ok(ImageReader::new(&self.index, &self.path, file))
    }
}

#[cfg(test)]
mod tests;
