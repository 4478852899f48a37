//! An error of the file system -> the words that follow a file's name.

use std::io::{self, ErrorKind};

use super::{MORE_FILES, is_out_of_files};

/// What is wrong with a file, as in `FILE: no such file`: the frequent causes in words of ours, the
/// others in those of the system.
#[must_use]
pub fn file_words(error: &io::Error) -> String {
    // Only what the system says has a kind that it is known by.
    if error.get_ref().is_some() && error.kind() != ErrorKind::InvalidData {
        return error.to_string();
    }
    if is_out_of_files(error) {
        return format!("too many open files ({MORE_FILES})");
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
    }
}
