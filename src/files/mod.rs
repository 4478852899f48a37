//! Files that others may have a hand in -> their bytes, or why they are not to be trusted: a file of
//! another user, a link, a pipe that nobody writes to, a file without end.
//!
//! Every rule is about the open file and not about its name: between a look at a name and its
//! opening, something else can get that name.

mod bounded;
mod interruptible;
mod open_limit;
mod owned;

pub use bounded::{MAX_TEXT_BYTES, text};
pub use interruptible::{Interruptible, interruptible};
pub use open_limit::allow_open_files;
pub use owned::{
    check_closable, check_config, check_directory, close_directory, is_not_trusted, open_directory,
    open_file, open_own,
};
