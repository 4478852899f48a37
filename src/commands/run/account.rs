//! Where to send -> an account, and the simulated Re:amaze behind it where there is one.

use crate::api::{Account, BaseUrl};
use crate::config::Target;
use crate::error::Error;
use crate::sandbox::{self, Sandbox};

/// The account to send to; with a simulated Re:amaze, that too.
pub(super) fn account(target: &Target) -> Result<(Account, Option<Sandbox>), Error> {
    match target {
        Target::Account(account) => Ok((account.clone(), None)),
        Target::Sandbox => {
            let sandbox = Sandbox::start(0, sandbox::Options::default(), Box::new(|_| ()))
                .map_err(|error| Error::Usage(format!("the sandbox cannot be started: {error}")))?;
            let base_url = BaseUrl::parse(&sandbox.base_url()).map_err(Error::usage)?;
            let account =
                Account::new(base_url, sandbox::EMAIL, "sandbox").map_err(Error::usage)?;
            Ok((account, Some(sandbox)))
        }
        Target::Nowhere { .. } => Err(Error::Internal("a dry run sends nothing".into())),
    }
}
