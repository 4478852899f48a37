//! An error of the file system -> what is wrong, in the words that follow a file's name, and what to
//! do about it.

use std::io::{self, ErrorKind};

use rustix::io::Errno;

/// What is wrong with a file, as in `FILE: no such file`: the frequent causes in plain words, the
/// others in those of the system.
#[must_use]
pub fn file_words(error: &io::Error) -> String {
    // Only errors of the system have a kind that identifies them.
    if error.get_ref().is_some() && error.kind() != ErrorKind::InvalidData {
        return error.to_string();
    }
    if is_out_of_files(error) {
        return format!("too many open files ({})", remedy(error));
    }
    match error.kind() {
        ErrorKind::NotFound => "no such file".into(),
        ErrorKind::PermissionDenied => "permission denied".into(),
        ErrorKind::IsADirectory => "is a directory, not a file".into(),
        ErrorKind::NotADirectory => {
            "no such file (a part of its path is a file, not a directory)".into()
        }
        ErrorKind::InvalidData => "is not UTF-8 text (save it as plain text)".into(),
        _ => error.to_string(),
    }
}

/// What to do about an error of reading or writing a file of this program.
#[must_use]
pub fn remedy(error: &io::Error) -> &'static str {
    match Errno::from_io_error(error) {
        Some(Errno::MFILE) => {
            return "raise the open file limit (ulimit -n), or use fewer --workers";
        }
        Some(Errno::NFILE) => return "the system has too many files open: close some",
        _ => {}
    }
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "free disk space",
        ErrorKind::FileTooLarge => "free disk space, or raise the file size limit (ulimit -f)",
        ErrorKind::ReadOnlyFilesystem => "remount it read-write",
        ErrorKind::PermissionDenied => "fix the permissions",
        ErrorKind::NotFound | ErrorKind::NotADirectory => "put it back where it was",
        _ => "check the disk",
    }
}

/// Whether this process, or the whole machine, has too many files open: neither a disk's fault nor
/// a server's.
#[must_use]
pub fn is_out_of_files(error: &io::Error) -> bool {
    matches!(
        Errno::from_io_error(error),
        Some(Errno::MFILE | Errno::NFILE)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequent_causes_have_words_and_no_number() {
        for (kind, words) in [
            (ErrorKind::NotFound, "no such file"),
            (ErrorKind::PermissionDenied, "permission denied"),
            (ErrorKind::IsADirectory, "is a directory, not a file"),
        ] {
            assert_eq!(file_words(&kind.into()), words);
        }
        assert_eq!(file_words(&io::Error::other("it changes")), "it changes");
        let words = file_words(&Errno::MFILE.into());
        assert!(words.contains("too many open files"), "{words}");
    }

    #[test]
    fn each_cause_has_its_own_cure() {
        for (errno, words) in [
            (Errno::MFILE, "ulimit -n"),
            (Errno::NFILE, "system"),
            (Errno::NOSPC, "free disk space"),
            (Errno::DQUOT, "free disk space"),
            (Errno::FBIG, "ulimit -f"),
            (Errno::ROFS, "mount"),
            (Errno::ACCESS, "permissions"),
            (Errno::NOENT, "put it back"),
            (Errno::IO, "check the disk"),
        ] {
            let cure = remedy(&errno.into());
            assert!(cure.contains(words), "{errno:?}: {cure}");
        }
    }
}
