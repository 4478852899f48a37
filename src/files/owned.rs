//! The owner and the permissions of an open file -> whether this user alone can have written it.
//!
//! A run directory decides where the token goes and which rows are done. One that another user can
//! write could contain anything: it is not followed, and the message names the owner.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{
    DirBuilderExt as _, FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _,
    PermissionsExt as _,
};
use std::path::Path;

use rustix::fs::OFlags;
use rustix::io::Errno;

use super::FileError;

/// The permissions to write of a file's group and of everybody.
const WRITE_BY_OTHERS: u32 = 0o022;

/// In a directory with this bit, only the owner of a file can remove or rename it.
const STICKY: u32 = 0o1000;

/// The superuser can write whatever it likes: what belongs to it is as safe as the machine.
const ROOT: u32 = 0;

/// Whose a file is, and who can write it.
#[derive(Debug, Clone, Copy)]
struct Rights {
    owner: u32,
    mode: u32,
}

/// The user that this process acts as.
fn user() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Opens a file that must be this user's own, as `options` say. A link is not followed, and neither
/// a pipe nor a device is waited for.
///
/// # Errors
/// When it cannot be opened, is not a regular file, or others own or can write it.
pub fn open_own(path: &Path, options: &mut OpenOptions) -> Result<File, FileError> {
    let file = open_file(path, options)?;
    check_file(&file.metadata()?)?;
    Ok(file)
}

/// Opens a regular file, whoever owns it, in the same way.
///
/// # Errors
/// When it cannot be opened, or is not a regular file.
pub fn open_file(path: &Path, options: &mut OpenOptions) -> Result<File, FileError> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = options
        .custom_flags(flags.bits().cast_signed())
        .open(path)
        .map_err(|error| match Errno::from_io_error(&error) {
            Some(Errno::LOOP | Errno::MLINK) => FileError::SymbolicLink,
            // A pipe without a reader, or a socket.
            Some(Errno::NXIO) => FileError::NotRegular(""),
            _ => error.into(),
        })?;
    check_kind(&file.metadata()?)?;
    Ok(file)
}

/// Opens a directory whose names must be this user's own. A link to it must be this user's own too.
///
/// # Errors
/// When it cannot be opened, is not a directory, or others own it or can write it.
pub fn open_directory(path: &Path) -> Result<File, FileError> {
    let link = fs::symlink_metadata(path)?;
    if link.is_symlink() {
        Rights::from_metadata(&link).owned_by(&[user(), ROOT])?;
    }
    let flags = OFlags::DIRECTORY | OFlags::NONBLOCK;
    let directory = OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits().cast_signed())
        .open(path)?;
    check_directory(&directory.metadata()?)?;
    Ok(directory)
}

/// Whether a directory is this user's own, or can be made so by [`close_directory`].
///
/// # Errors
/// When it is not.
pub fn check_closable(path: &Path) -> Result<(), FileError> {
    match open_directory(path) {
        Err(error) if error.is_untrusted() && fs::metadata(path)?.uid() == user() => Ok(()),
        opened => opened.map(drop),
    }
}

/// Takes from others the permission to write a directory, where they have it.
///
/// # Errors
/// When that is not possible.
pub fn close_directory(path: &Path) -> Result<(), FileError> {
    let Err(error) = open_directory(path) else {
        return Ok(());
    };
    let mode = fs::metadata(path)?.mode() & !WRITE_BY_OTHERS;
    fs::set_permissions(path, Permissions::from_mode(mode & 0o7777)).map_err(|_| error)?;
    open_directory(path).map(drop)
}

/// Makes a directory that this user alone can write, or makes it so.
///
/// # Errors
/// When that is not possible.
pub fn make_private(directory: &Path) -> Result<(), FileError> {
    if let Some(parent) = directory.parent() {
        fs::create_dir_all(parent)?;
    }
    match DirBuilder::new().mode(0o700).create(directory) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error.into()),
        _ => {}
    }
    let Err(error) = open_directory(directory) else {
        return Ok(());
    };
    // This user's own that others can write is closed to them; others' files in it are not followed.
    let closed = fs::set_permissions(directory, Permissions::from_mode(0o700));
    closed.map_err(|_| error)?;
    open_directory(directory).map(drop)
}

/// Whether this user alone can have written a file.
fn check_file(metadata: &Metadata) -> Result<(), FileError> {
    check_kind(metadata)?;
    Rights::from_metadata(metadata).own(user())
}

/// Whether the names in a directory are this user's own. A directory owned by root is accepted, and so
/// is one in which nobody can replace the files of others: what is in it is checked by itself.
///
/// # Errors
/// Says who else can change them, and what to do.
pub fn check_directory(metadata: &Metadata) -> Result<(), FileError> {
    Rights::from_metadata(metadata).own_directory(user())
}

/// Whether nobody but this user and the superuser can write a configuration.
///
/// # Errors
/// Says who else can, and what to do.
pub fn check_config(metadata: &Metadata) -> Result<(), FileError> {
    Rights::from_metadata(metadata).trusted(user())
}

fn check_kind(metadata: &Metadata) -> Result<(), FileError> {
    let kind = metadata.file_type();
    let what = match () {
        () if kind.is_file() => return Ok(()),
        () if kind.is_dir() => "a directory, ",
        () if kind.is_fifo() => "a named pipe, ",
        () if kind.is_socket() => "a socket, ",
        () => "a device, ",
    };
    Err(FileError::NotRegular(what))
}

impl Rights {
    fn from_metadata(metadata: &Metadata) -> Self {
        Self {
            owner: metadata.uid(),
            mode: metadata.mode() & 0o7777,
        }
    }

    fn own(self, user: u32) -> Result<(), FileError> {
        self.owned_by(&[user])?;
        self.not_writable()
    }

    fn trusted(self, user: u32) -> Result<(), FileError> {
        self.owned_by(&[user, ROOT])?;
        self.not_writable()
    }

    fn own_directory(self, user: u32) -> Result<(), FileError> {
        self.owned_by(&[user, ROOT])?;
        if self.mode & STICKY != 0 {
            return Ok(());
        }
        self.not_writable()
    }

    fn owned_by(self, users: &[u32]) -> Result<(), FileError> {
        if users.contains(&self.owner) {
            return Ok(());
        }
        Err(FileError::OtherOwner(self.owner))
    }

    fn not_writable(self) -> Result<(), FileError> {
        if self.mode & WRITE_BY_OTHERS == 0 {
            return Ok(());
        }
        Err(FileError::WritableByOthers(self.mode))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: u32 = 1000;
    const OTHER: u32 = 1001;

    fn rights(owner: u32, mode: u32) -> Rights {
        Rights { owner, mode }
    }

    #[test]
    fn a_file_of_a_run_is_ours_and_writable_by_us_only() {
        for mode in [0o600, 0o644, 0o400] {
            assert!(rights(ME, mode).own(ME).is_ok(), "{mode:o}");
        }
        for mode in [0o620, 0o602, 0o664, 0o666, 0o777] {
            let why = rights(ME, mode)
                .own(ME)
                .expect_err("others write it")
                .to_string();
            assert!(why.contains(&format!("mode {mode:o}")), "{why}");
            assert!(why.contains("chmod go-w"), "{why}");
        }
        let why = rights(OTHER, 0o600)
            .own(ME)
            .expect_err("another's")
            .to_string();
        assert!(why.contains("uid 1001") && why.contains("chown"), "{why}");
        let why = rights(ROOT, 0o644).own(ME).expect_err("root's").to_string();
        assert!(why.contains("belongs to root"), "{why}");
        // Root reads everything: that is no reason to follow another user's file.
        assert!(rights(ME, 0o600).own(ROOT).is_err());
    }

    #[test]
    fn a_configuration_may_be_the_machines_own() {
        assert!(rights(ROOT, 0o644).trusted(ME).is_ok());
        assert!(rights(ME, 0o644).trusted(ME).is_ok());
        assert!(rights(ROOT, 0o664).trusted(ME).is_err());
        assert!(rights(OTHER, 0o644).trusted(ME).is_err());
        assert!(rights(ME, 0o644).trusted(ROOT).is_err());
    }

    #[test]
    fn a_directory_that_others_can_write_must_be_sticky() {
        for (owner, mode) in [(ME, 0o700), (ME, 0o755), (ROOT, 0o1777), (ME, 0o1777)] {
            assert!(
                rights(owner, mode).own_directory(ME).is_ok(),
                "{owner} {mode:o}"
            );
        }
        for (owner, mode) in [(ME, 0o770), (ROOT, 0o777), (OTHER, 0o1777), (OTHER, 0o700)] {
            let verdict = rights(owner, mode).own_directory(ME);
            assert!(verdict.is_err(), "{owner} {mode:o}");
        }
    }
}
