//! Options, environment, a resumed run and the configuration file -> who sends, and where to.

use super::origin::{Found, Origin, Remarks, typed, variable};
use super::token::{self, Keeper};
use super::values::{Address, Values};
use crate::api::{Account, BaseUrl, check_email};
use crate::cli::AccountArgs;
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

/// Who a run may send as.
pub(super) struct Candidates<'a> {
    pub(super) args: &'a AccountArgs,
    /// What the configuration file says.
    pub(super) file: Values,
    /// The profiles that could have been chosen.
    pub(super) profiles: &'a [String],
    /// The account that a resumed run is bound to.
    pub(super) run: Option<&'a RunAccount>,
}

/// Where to send and as whom, as far as that is known.
struct Login {
    address: Option<Found<Address>>,
    email: Option<Found<String>>,
}

impl Candidates<'_> {
    /// What is known of the account, for a dry run: no token is needed.
    pub(super) fn known(self, remarks: &mut Remarks) -> Result<Target, Error> {
        let Login { address, email } = self.login(remarks)?;
        Ok(Target::Nowhere {
            base_url: address.map(|address| address.value.base_url),
            email: email.map(|email| email.value),
        })
    }

    /// The account. The token is fetched last.
    pub(super) fn account(self, stop: &Stop, remarks: &mut Remarks) -> Result<Target, Error> {
        let Login { address, email } = self.login(remarks)?;
        let profiles = self.profiles;
        let kept = self.token(&mut remarks.warnings)?;
        let (Some(address), Some(email), Some(kept)) = (&address, &email, &kept) else {
            let missing = [
                (address.is_none(), "brand (--brand or REAMAZE_BRAND)"),
                (email.is_none(), "email (--email or REAMAZE_EMAIL)"),
                (
                    kept.is_none(),
                    "API token (--token-file or REAMAZE_API_TOKEN)",
                ),
            ];
            return Err(incomplete(&missing, profiles));
        };
        remarks.note(&kept.value, &kept.origin);
        let token = token::fetch(kept, stop, &mut remarks.warnings)?;
        Account::new(address.value.base_url.clone(), &email.value, &token)
            .map(Target::Account)
            .map_err(Error::usage)
    }

    /// The address and the login.
    fn login(&self, remarks: &mut Remarks) -> Result<Login, Error> {
        let address = self.address(&mut remarks.warnings)?;
        let email = self.email(&mut remarks.warnings)?;
        if let Some(address) = &address {
            remarks.note(&address.value.told, &address.origin);
        }
        if let Some(email) = &email {
            remarks.note(format_args!("email {}", email.value), &email.origin);
        }
        Ok(Login { address, email })
    }

    fn address(&self, warnings: &mut Vec<String>) -> Result<Option<Found<Address>>, Error> {
        let brand = typed("--brand", self.args.brand.clone()).or(variable("REAMAZE_BRAND")?);
        let url = typed("--base-url", self.args.base_url.clone());
        let url = url.or(variable("REAMAZE_BASE_URL")?);
        // A brand that is wrong is told even where a base URL takes its place.
        let brand = brand.map(|brand| brand.try_map(|brand| Address::of_brand(&brand)));
        let brand = brand.transpose().map_err(Error::Usage)?;
        let url = url.map(|url| url.try_map(|url| Address::of_url(&url)));
        let url = url.transpose().map_err(Error::Usage)?;
        if let (Some(url), Some(Origin::Typed(_))) =
            (&url, brand.as_ref().map(|brand| &brand.origin))
        {
            warnings.push(format!(
                "{} is given: {} is used, and --brand is not",
                url.origin, url.value.base_url
            ));
        }
        let found = url.or(brand);
        overruled(
            found.as_ref(),
            self.file.address.as_ref(),
            |a, b| a.base_url == b.base_url,
            warnings,
        );
        let found = found.or(self.file.address.clone());
        let Some(run) = self.run else {
            return Ok(found);
        };
        if let Some(found) = &found
            && found.value.base_url.as_str() != run.base_url
        {
            return Err(another(run, &found.value.told, &found.origin));
        }
        let recorded = || Address::of_url(&run.base_url).map(Found::of_run);
        found
            .map_or_else(recorded, Ok)
            .map(Some)
            .map_err(Error::Usage)
    }

    fn email(&self, warnings: &mut Vec<String>) -> Result<Option<Found<String>>, Error> {
        let found = typed("--email", self.args.email.clone()).or(variable("REAMAZE_EMAIL")?);
        overruled(
            found.as_ref(),
            self.file.email.as_ref(),
            |a, b| a == b,
            warnings,
        );
        let found = found.or(self.file.email.clone());
        if let Some(email) = &found {
            check_email(&email.value).map_err(Error::usage)?;
        }
        let Some(run) = self.run else {
            return Ok(found);
        };
        if let Some(email) = &found
            && !email.value.eq_ignore_ascii_case(&run.email)
        {
            return Err(another(run, &email.value, &email.origin));
        }
        Ok(Some(
            found.unwrap_or_else(|| Found::of_run(run.email.clone())),
        ))
    }

    /// Where the token is kept.
    fn token(self, warnings: &mut Vec<String>) -> Result<Option<Found<Keeper>>, Error> {
        let file = self.args.token_file.clone().map(Keeper::File);
        if let Some(kept) = typed("--token-file", file) {
            return Ok(Some(kept));
        }
        let set = variable(token::VARIABLE)?.map(|Found { origin, .. }| Found {
            value: Keeper::Variable,
            origin,
        });
        overruled(
            set.as_ref(),
            self.file.token.as_ref(),
            |_, _| false,
            warnings,
        );
        Ok(set.or(self.file.token))
    }
}

/// An environment that was set up long ago must not send a chosen profile elsewhere unseen.
fn overruled<T: std::fmt::Display>(
    found: Option<&Found<T>>,
    of_file: Option<&Found<T>>,
    is_same: impl Fn(&T, &T) -> bool,
    warnings: &mut Vec<String>,
) {
    let (Some(found), Some(of_file)) = (found, of_file) else {
        return;
    };
    let (Origin::Variable(name), Origin::File(section)) = (&found.origin, &of_file.origin) else {
        return;
    };
    if section.profile.is_some() && !is_same(&found.value, &of_file.value) {
        warnings.push(format!(
            "{name} is set, and goes before {} of {section}",
            of_file.value
        ));
    }
}

fn another(run: &RunAccount, told: &str, origin: &Origin) -> Error {
    Error::Usage(format!(
        "the run belongs to {} at {}: another account, {told} ({origin}), cannot continue it (start a new run there)",
        run.email, run.base_url
    ))
}

fn incomplete(account: &[(bool, &str)], profiles: &[String]) -> Error {
    let missing = account.iter().filter(|(is_missing, _)| *is_missing);
    let missing: Vec<_> = missing.map(|(_, name)| *name).collect();
    let profile = if profiles.is_empty() {
        "put them into a profile of the configuration file".to_owned()
    } else {
        format!("use --profile {}", profiles.join("|"))
    };
    Error::Usage(format!(
        "missing credentials: {} (or {profile}). Without an account: --dry-run, --sandbox",
        missing.join(", ")
    ))
}
