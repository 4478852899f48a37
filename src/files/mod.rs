//! Files that others may have a hand in -> their bytes, or why they cannot be used: a file of another
//! user, a link, a pipe that nobody writes to, a file without end. And files that are replaced as a
//! whole.
//!
//! Every rule is about the open file and not about its name: between a look at a name and its
//! opening, something else can get that name.

mod bounded;
mod error;
mod interruptible;
mod new_file;
mod open_limit;
mod owned;
mod replace;
mod stable_file;

pub use bounded::{MAX_TEXT_BYTES, text};
pub use error::FileError;
pub use interruptible::{InterruptibleReader, interruptible};
pub use new_file::{NewFile, NewFileError};
pub use open_limit::allow_open_files;
pub use owned::{
    check_closable, check_config, check_directory, close_directory, make_private, open_directory,
    open_file, open_own,
};
pub use replace::{Replacement, TEMPORARY_PREFIX, absolute, directory_of, sync};
pub use stable_file::StableFile;
