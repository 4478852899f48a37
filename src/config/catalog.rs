//! Options, a resumed run and the configuration file -> the names that rows are compared with, from the
//! catalog of the account.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::directories::user_directory;
use super::file::Configuration;
use super::follow_up::refreshing;
use super::found::{first, typed};
use super::target::Target;
use crate::api::BaseUrl;
use crate::catalog::{CatalogCache, CatalogError, KnownNames};
use crate::cli::{AccountArgs, RunArgs};
use crate::error::Error;
use crate::ledger::RunOptions;
use crate::model::CatalogMode;
use crate::report::roughly;

/// A catalog that is older than this may be out of date.
const OLD: Duration = Duration::from_hours(7 * 24);

/// The names that rows are compared with.
#[derive(Debug, Clone, Default)]
pub struct NameSettings {
    /// What becomes of names that are not among these.
    pub mode: CatalogMode,
    /// The names; `None` where there is no catalog, or none is wanted.
    pub known: Option<Arc<KnownNames>>,
    /// What the user should know of the catalog.
    pub(super) warnings: Vec<String>,
    /// Where the mode was found.
    pub(super) origin: String,
}

/// Where catalogs are kept.
///
/// # Errors
/// When nothing says where.
pub fn catalog_cache() -> Result<CatalogCache, Error> {
    let directory = user_directory("XDG_CACHE_HOME", ".cache").ok_or_else(|| {
        Error::usage("there is no place for the catalog: set HOME or XDG_CACHE_HOME")
    })?;
    Ok(CatalogCache::new(directory))
}

/// How long ago that was: none, if the clock was put back since.
#[must_use]
pub fn age(then: Timestamp) -> Duration {
    Duration::try_from(Timestamp::now().duration_since(then)).unwrap_or_default()
}

impl NameSettings {
    /// Reads the catalog of the account to which `target` sends.
    pub(super) fn resolve(
        args: &RunArgs,
        recorded: Option<&RunOptions>,
        file: &Configuration,
        target: &Target,
    ) -> Result<Self, Error> {
        let mode = first(
            typed("--catalog", args.form.catalog),
            recorded.map(|run| run.catalog),
            file.find(|profile, _| profile.catalog),
            CatalogMode::default(),
        );
        let origin = format!("catalog {mode}");
        let settings = Self {
            mode: mode.value,
            origin,
            ..Self::default()
        };
        match (mode.value, target, target.account().0) {
            (CatalogMode::Off, ..) | (CatalogMode::Warn, _, None) => Ok(settings),
            (CatalogMode::Error, Target::Sandbox, _) => Err(Error::usage(
                "--catalog error: the sandbox of a run has no catalog (leave it out with --sandbox)",
            )),
            (CatalogMode::Error, _, None) => Err(Error::usage(
                "--catalog error: the account is not known (give its --brand)",
            )),
            (_, _, Some(base_url)) => settings.read(base_url, &args.account),
        }
    }

    /// The same, with the names of the account at `base_url`.
    fn read(mut self, base_url: &BaseUrl, account: &AccountArgs) -> Result<Self, Error> {
        let cache = match (catalog_cache(), self.mode) {
            (Ok(cache), _) => cache,
            (Err(error), CatalogMode::Error) => return Err(error),
            (Err(_), _) => return Ok(self),
        };
        let refresh = refreshing(account);
        match (cache.read(base_url.as_str()), self.mode) {
            (Ok(catalog), _) => {
                let age = age(catalog.fetched_at);
                let words = roughly(age);
                if catalog.fetched_at > Timestamp::now() {
                    self.warnings.push(format!(
                        "the catalog of {base_url} is dated in the future: {} (to refresh it: {refresh})",
                        catalog.fetched_at
                    ));
                } else if age > OLD {
                    self.warnings.push(format!(
                        "the catalog of {base_url} is {words} old (to refresh it: {refresh})"
                    ));
                }
                let others = cache.other_channels(base_url.as_str());
                self.known = Some(Arc::new(KnownNames::new(catalog, others, words, refresh)));
            }
            (Err(error), CatalogMode::Error) => {
                return Err(unusable("--catalog error: ", &error, account));
            }
            (Err(CatalogError::Absent(_)), _) => {}
            (Err(error), _) => self.warnings.push(format!(
                "{error}{}: names are not checked (to replace it: {refresh})",
                error.remedy()
            )),
        }
        Ok(self)
    }
}

/// Why there is no catalog of this account, and how to make one; `prefix` says for what it is needed.
#[must_use]
pub fn unusable(prefix: &str, error: &CatalogError, account: &AccountArgs) -> Error {
    let refresh = refreshing(account);
    Error::Usage(format!(
        "{prefix}{error}{} (to make one: {refresh})",
        error.remedy()
    ))
}
