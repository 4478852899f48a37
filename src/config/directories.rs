//! Where files of a user live, by the XDG Base Directory Specification.

use std::env;
use std::path::PathBuf;

/// Our directory below `variable`, or else below `otherwise` in the home directory; `None` without
/// either.
#[must_use]
pub fn user_directory(variable: &str, otherwise: &str) -> Option<PathBuf> {
    let base = absolute(variable).or_else(|| Some(home()?.join(otherwise)));
    Some(base?.join("reamaze-bulk"))
}

/// The home directory; where no variable names it, as for some services, the one that the system
/// knows of its user.
pub(super) fn home() -> Option<PathBuf> {
    env::home_dir().filter(|home| home.is_absolute())
}

/// A path that is not absolute counts as not set, as the specification has it.
fn absolute(variable: &str) -> Option<PathBuf> {
    let path = env::var_os(variable).map(PathBuf::from);
    path.filter(|path| path.is_absolute())
}
