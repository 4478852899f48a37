//! Which account to use -> where a run sends, with the token where one is needed.

use super::account::{self, AccountSettings};
use super::file::Configuration;
use super::found::Environment;
use super::token::{self, Token};
use crate::api::{Account, BaseUrl};
use crate::cli::RunArgs;
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

/// A target, and what there is to say of it.
pub(super) struct Resolved {
    pub(super) target: Target,
    /// What the user should know.
    pub(super) warnings: Vec<String>,
    /// Where each value was found.
    pub(super) origins: Vec<String>,
}

/// Where to send. The token is read last, and only if it is needed. `run` is the account that a
/// resumed run is bound to.
pub(super) fn resolve(
    args: &RunArgs,
    environment: &Environment<'_>,
    file: &Configuration,
    run: Option<&RunAccount>,
    stop: &Stop,
) -> Result<Resolved, Error> {
    if args.sandbox {
        let profile = args.account.profile.iter();
        let warning = |name| format!("the sandbox uses only the time zone of profile {name}");
        return Ok(Resolved {
            target: Target::Sandbox,
            warnings: profile.map(warning).collect(),
            origins: Vec::new(),
        });
    }
    let AccountSettings {
        address,
        email,
        mut warnings,
    } = AccountSettings::resolve(&args.account, environment, file, run)?;
    let shown_address = address.as_ref().map(ToString::to_string);
    let shown_email = email.as_ref().map(|email| format!("email {email}"));
    let mut origins: Vec<_> = [shown_address, shown_email].into_iter().flatten().collect();
    if args.safety.dry_run && !args.preview.online {
        return Ok(Resolved {
            target: Target::Nowhere {
                base_url: address.map(|address| address.value.base_url),
                email: email.map(|email| email.value),
            },
            warnings,
            origins,
        });
    }
    let (source, overruled) = account::token(&args.account, environment, file)?;
    let (Some(address), Some(email), Some(source)) = (&address, &email, &source) else {
        let missing = [address.is_none(), email.is_none(), source.is_none()];
        return Err(account::incomplete(missing, &file.profiles));
    };
    origins.push(source.to_string());
    let Token { token, warning } = token::read(source, stop)?;
    warnings.extend([overruled, warning].into_iter().flatten());
    let account = Account::new(address.value.base_url.clone(), &email.value, &token);
    Ok(Resolved {
        target: Target::Account(account.map_err(Error::usage)?),
        warnings,
        origins,
    })
}
