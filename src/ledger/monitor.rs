//! The run directory while rows are sent -> whether it is still there; if not, its content is saved
//! beside its old place.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::identity::{Identity, Missing};
use super::positioned::Positioned;
use super::staging::{Staging, numbered};
use super::{BeforeImages, Journal, LedgerError, RunDirectory, RunFile};
use crate::input::Format;

/// A run directory, as it was when sending began.
#[derive(Debug)]
pub struct RunDirectoryMonitor {
    path: PathBuf,
    format: Format,
    run: RunFile,
    /// Open for as long as this is, whatever becomes of its name.
    input: File,
    /// The directory and what a run cannot do without, each by name and identity.
    found: Vec<(PathBuf, Identity)>,
}

impl RunDirectoryMonitor {
    /// Notes what is there now.
    ///
    /// # Errors
    /// When something of it is not there.
    pub fn start(directory: &RunDirectory) -> Result<Self, LedgerError> {
        let path = directory.path().to_owned();
        let names = [
            path.clone(),
            directory.run_file(),
            directory.input(),
            directory.results(),
        ];
        let found = names.into_iter().map(|name| {
            let identity = Identity::at(&name).map_err(LedgerError::at(&name))?;
            Ok((name, identity))
        });
        Ok(Self {
            found: found.collect::<Result<_, LedgerError>>()?,
            run: RunFile::read(&path).map_err(|error| LedgerError::RunFile {
                path: path.clone(),
                error,
            })?,
            input: directory.open_input()?,
            format: directory.format,
            path,
        })
    }

    /// Whether all of it is still there under its names.
    ///
    /// # Errors
    /// When something is not: what.
    pub fn check(&self) -> Result<(), Missing> {
        let mut found = self.found.iter();
        found.try_for_each(|(path, identity)| identity.check(path))
    }

    /// Reads the private copy from its start, whatever has become of its name.
    ///
    /// # Errors
    /// When the system allows no more open files.
    pub fn input(&self) -> io::Result<impl Read + Send + use<>> {
        let file = self.input.try_clone()?;
        Ok(Positioned::from(file))
    }

    /// Makes a run directory of what was in this one, from the files that are still open.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn save(
        &self,
        journal: &Journal,
        images: &BeforeImages,
    ) -> Result<RunDirectory, LedgerError> {
        const COPY: &str = "input";
        let parent = self.path.parent().unwrap_or(Path::new(""));
        let name = self.path.file_name().unwrap_or_default();
        let saved = format!("{}-saved", name.to_string_lossy());
        let staging = Staging::beside(numbered(parent, &saved))?;
        let mut copy = staging.create(COPY)?;
        self.input()
            .and_then(|mut input| io::copy(&mut input, &mut copy))
            .map_err(LedgerError::at(&self.path))?;
        let (directory, mut ledger) = staging.publish(COPY, self.format, &self.run)?;
        ledger
            .copy_from(journal)
            .map_err(LedgerError::at(&directory.results()))?;
        images.save(&directory.images())?;
        Ok(directory)
    }
}
