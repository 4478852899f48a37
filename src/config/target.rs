//! Which account to use -> where a run sends, with the token where one is needed.

use super::account::{self, AccountSettings};
use super::file::Configuration;
use super::found::Environment;
use super::token::{self, Token};
use crate::api::{Account, BaseUrl};
use crate::cli::{AccountArgs, RunArgs};
use crate::error::Error;
use crate::ledger::RunAccount;
use crate::stop::Stop;

/// Where a run sends.
#[derive(Debug)]
pub enum Target {
    /// To a real account, or to whatever is at a base URL.
    Account(Account),
    /// To a sandbox inside the process.
    Sandbox,
    /// Nowhere: a dry run, with what is known of the account.
    Nowhere {
        /// The address, if it is known.
        base_url: Option<BaseUrl>,
        /// The login, if it is known.
        email: Option<String>,
    },
}

impl Target {
    /// The address and the login, as far as they are known.
    #[must_use]
    pub fn account(&self) -> (Option<&BaseUrl>, Option<&str>) {
        match self {
            Self::Account(account) => (Some(account.base_url()), Some(account.email())),
            Self::Sandbox => (None, None),
            Self::Nowhere { base_url, email } => (base_url.as_ref(), email.as_deref()),
        }
    }
}

/// A target, or an account, and what there is to say of it.
pub(super) struct Resolved<T> {
    pub(super) target: T,
    /// What the user should know.
    pub(super) warnings: Vec<String>,
    /// Where each value was found.
    pub(super) origins: Vec<String>,
}

/// Where a run sends. `run` is the account that a resumed run is bound to.
pub(super) fn resolve(
    args: &RunArgs,
    environment: &Environment<'_>,
    file: &Configuration,
    run: Option<&RunAccount>,
    stop: &Stop,
) -> Result<Resolved<Target>, Error> {
    if args.sandbox {
        let profile = args.account.profile.iter();
        let warning = |name| format!("the sandbox uses only the time zone of profile {name}");
        return Ok(Resolved {
            target: Target::Sandbox,
            warnings: profile.map(warning).collect(),
            origins: Vec::new(),
        });
    }
    let settings = AccountSettings::resolve(&args.account, environment, file, run)?;
    if args.safety.dry_run && !args.preview.online {
        let origins = settings.origins();
        return Ok(Resolved {
            target: Target::Nowhere {
                base_url: settings.address.map(|address| address.value.base_url),
                email: settings.email.map(|email| email.value),
            },
            warnings: settings.warnings,
            origins,
        });
    }
    let account = with_token(settings, &args.account, environment, file, stop, WITHOUT)?;
    Ok(Resolved {
        target: Target::Account(account.target),
        warnings: account.warnings,
        origins: account.origins,
    })
}

/// How a run does without an account.
const WITHOUT: &str = "; `run` needs none with --dry-run or --sandbox";

/// An account with its token, which is read last; `otherwise` is how to do without.
pub(super) fn with_token(
    settings: AccountSettings,
    args: &AccountArgs,
    environment: &Environment<'_>,
    file: &Configuration,
    stop: &Stop,
    otherwise: &str,
) -> Result<Resolved<Account>, Error> {
    let mut origins = settings.origins();
    let AccountSettings {
        address,
        email,
        mut warnings,
    } = settings;
    let (source, overruled) = account::token(args, environment, file)?;
    let (Some(address), Some(email), Some(source)) = (&address, &email, &source) else {
        let missing = [address.is_none(), email.is_none(), source.is_none()];
        return Err(account::incomplete(missing, &file.profiles, otherwise));
    };
    origins.push(source.to_string());
    let Token { token, warning } = token::read(source, stop)?;
    warnings.extend([overruled, warning].into_iter().flatten());
    let account = Account::new(address.value.base_url.clone(), &email.value, &token);
    Ok(Resolved {
        target: account.map_err(Error::usage)?,
        warnings,
        origins,
    })
}
