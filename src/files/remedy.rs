//! What the system says of a file -> what to do about it.

use std::io::{Error, ErrorKind};

use rustix::io::Errno;

/// What to do about an error of reading or writing a file of ours.
#[must_use]
pub fn remedy(error: &Error) -> &'static str {
    match Errno::from_io_error(error) {
        Some(Errno::MFILE) => {
            return "raise the limit of open files (ulimit -n), or ask for fewer --workers";
        }
        Some(Errno::NFILE) => return "the machine has too many files open: close some",
        _ => {}
    }
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => "make room",
        ErrorKind::ReadOnlyFilesystem => "mount it to be written",
        ErrorKind::PermissionDenied => "give yourself the permissions",
        ErrorKind::NotFound | ErrorKind::NotADirectory => "put it back where it was",
        _ => "check the disk",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cause_has_its_own_cure() {
        let of = |errno: Errno| remedy(&errno.into());
        assert!(of(Errno::MFILE).contains("ulimit -n"));
        assert_eq!(of(Errno::NOSPC), "make room");
        assert_eq!(of(Errno::DQUOT), "make room");
        assert!(of(Errno::ROFS).contains("mount"));
        assert!(of(Errno::ACCESS).contains("permissions"));
        assert_eq!(of(Errno::IO), "check the disk");
    }
}
