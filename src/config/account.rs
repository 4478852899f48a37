//! Options, environment, a resumed run and the configuration file -> which account to use. Pure: the
//! token is only located here, and read in `token`.

use secrecy::SecretString;

use super::address::Address;
use super::file::Configuration;
use super::found::{Environment, Found, Origin, typed};
use super::profile::Profile;
use super::token::TokenSource;
use crate::api::check_email;
use crate::cli::AccountArgs;
use crate::error::Error;
use crate::ledger::RunAccount;

/// Where to send and as whom, as far as it is known.
#[derive(Debug)]
pub(super) struct AccountSettings {
    pub(super) address: Option<Found<Address>>,
    pub(super) email: Option<Found<String>>,
    /// What the user should know of where they were found.
    pub(super) warnings: Vec<String>,
}

impl AccountSettings {
    /// `run` is the account that a resumed run is bound to.
    pub(super) fn resolve(
        args: &AccountArgs,
        environment: &Environment<'_>,
        file: &Configuration,
        run: Option<&RunAccount>,
    ) -> Result<Self, Error> {
        let brand = typed("--brand", args.brand.clone());
        let brand = brand.or(environment.variable("REAMAZE_BRAND")?);
        let url = typed("--base-url", args.base_url.clone());
        let url = url.or(environment.variable("REAMAZE_BASE_URL")?);
        // A brand that is wrong is an error even where a base URL takes its place.
        let brand = brand.map(|brand| brand.parse(|brand| Address::from_brand(&brand)));
        let url = url.map(|url| url.parse(|url| Address::from_url(&url)));
        let (brand, url) = (brand.transpose()?, url.transpose()?);
        let unused = brand.as_ref().zip(url.as_ref());
        let unused = unused.filter(|(brand, _)| matches!(brand.origin, Origin::Typed(_)));
        let unused = unused.map(|(_, url)| {
            let base_url = &url.value.base_url;
            format!("{} is set: using {base_url}, ignoring --brand", url.origin)
        });
        let (address, overruled_address) = before(
            url.or(brand),
            file.find(|profile, _| profile.address()),
            |a, b| a.base_url == b.base_url,
        );
        let email = typed("--email", args.email.clone());
        let email = email.or(environment.variable("REAMAZE_EMAIL")?);
        let email = email.map(|email| email.parse(|email| check_email(&email).map(|()| email)));
        let (email, overruled_email) = before(
            email.transpose()?,
            file.find(|profile, _| profile.email.clone()),
            |a, b| a == b,
        );
        let warnings = [unused, overruled_address, overruled_email];
        let settings = Self {
            address,
            email,
            warnings: warnings.into_iter().flatten().collect(),
        };
        match run {
            Some(run) => settings.bound_to(run),
            None => Ok(settings),
        }
    }

    /// Where address and login were found.
    pub(super) fn origins(&self) -> Vec<String> {
        let address = self.address.as_ref().map(ToString::to_string);
        let email = self.email.as_ref().map(|email| format!("email {email}"));
        [address, email].into_iter().flatten().collect()
    }

    /// The login of a resumed run, unless another one was found.
    fn bound_to(mut self, run: &RunAccount) -> Result<Self, Error> {
        let is_other = |address: &&Found<Address>| address.value.base_url.as_str() != run.base_url;
        if let Some(other) = self.address.as_ref().filter(is_other) {
            return Err(another(run, other, other.value.as_given()));
        }
        let is_other = |email: &&Found<String>| !email.value.eq_ignore_ascii_case(&run.email);
        if let Some(other) = self.email.as_ref().filter(is_other) {
            return Err(another(run, other, &other.value));
        }
        if self.address.is_none() {
            let recorded = Found::new(&run.base_url, Origin::Run);
            self.address = Some(recorded.parse(|url| Address::from_url(url))?);
        }
        self.email
            .get_or_insert_with(|| Found::new(run.email.clone(), Origin::Run));
        Ok(self)
    }
}

/// Where the token is, and what the user should know of that.
pub(super) fn token(
    args: &AccountArgs,
    environment: &Environment<'_>,
    file: &Configuration,
) -> Result<(Option<Found<TokenSource>>, Option<String>), Error> {
    let path = args.token_file.clone().map(TokenSource::File);
    if let Some(typed) = typed("--token-file", path) {
        return Ok((Some(typed), None));
    }
    let variable = environment.variable(TokenSource::VARIABLE)?;
    let variable = variable.map(|Found { value, origin }| {
        Found::new(TokenSource::Variable(SecretString::from(value)), origin)
    });
    let file = file.find(Profile::token);
    Ok(before(variable, file, |_, _| false))
}

/// The first of the two; with a warning where an environment that was set up long ago would send a
/// chosen profile elsewhere unseen.
fn before<T: std::fmt::Display>(
    found: Option<Found<T>>,
    file: Option<Found<T>>,
    is_same: impl Fn(&T, &T) -> bool,
) -> (Option<Found<T>>, Option<String>) {
    let warning = match (&found, &file) {
        (
            Some(Found {
                value,
                origin: Origin::Variable(name),
            }),
            Some(Found {
                value: other,
                origin: Origin::File(section),
            }),
        ) if section.profile.is_some() && !is_same(value, other) => Some(format!(
            "{name} is set, and takes precedence over {other} of {section}"
        )),
        _ => None,
    };
    (found.or(file), warning)
}

/// The error about an account that is not the run's; `given` is the value as it was typed.
fn another<T: std::fmt::Display>(run: &RunAccount, other: &Found<T>, given: &str) -> Error {
    let other = match &other.origin {
        Origin::Typed(name) | Origin::Variable(name) => format!("{name} is {given}"),
        Origin::File(_) | Origin::Run | Origin::Default => {
            format!("{} has {}", other.origin, other.value)
        }
    };
    Error::Usage(format!(
        "this run belongs to {} at {}, but {other}: a run can only be continued or undone on its own account (start a new run for another one)",
        run.email, run.base_url
    ))
}

/// What is missing of an account, and every way to give it; `otherwise` is how to do without.
pub(super) fn incomplete(missing: [bool; 3], profiles: &[String], otherwise: &str) -> Error {
    let names = [
        "brand (--brand or REAMAZE_BRAND)",
        "email (--email or REAMAZE_EMAIL)",
        "API token (--token-file or REAMAZE_API_TOKEN)",
    ];
    let missing = names
        .into_iter()
        .zip(missing)
        .filter(|(_, is_missing)| *is_missing);
    let missing: Vec<_> = missing.map(|(name, _)| name).collect();
    let profile = if profiles.is_empty() {
        "put them into the configuration file".to_owned()
    } else {
        format!("use --profile {}", profiles.join("|"))
    };
    Error::Usage(format!(
        "missing credentials: {} (or {profile}){otherwise}",
        missing.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;

    const FILE: &str = "brand = 'top'\n[profiles.eu]\nemail = 'eu@example.com'\n";

    /// The address, the email and the warnings.
    fn resolved(
        args: &AccountArgs,
        variables: &[(&str, &str)],
        run: Option<&RunAccount>,
    ) -> Result<[String; 3], String> {
        let value = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        };
        let profile = args.profile.as_deref();
        let file = Configuration::parse("c.toml".into(), FILE, Ok(()), profile)?;
        let found = AccountSettings::resolve(args, &Environment(&value), &file, run);
        let found = found.map_err(|error| error.to_string())?;
        let address = found.address.map(|address| address.to_string());
        let email = found.email.map(|email| email.to_string());
        let warnings = found.warnings.join("; ");
        Ok([
            address.unwrap_or_default(),
            email.unwrap_or_default(),
            warnings,
        ])
    }

    fn profile_eu() -> AccountArgs {
        AccountArgs {
            profile: Some("eu".into()),
            ..AccountArgs::default()
        }
    }

    #[test]
    fn each_value_is_from_the_first_place_that_has_it() {
        let mut args = profile_eu();
        let eu = "eu@example.com (profile eu in c.toml)";
        let found = |args: &AccountArgs, variables: &[_]| resolved(args, variables, None);
        let top = Ok(["brand top (c.toml)".into(), eu.into(), String::new()]);
        assert_eq!(found(&args, &[("REAMAZE_BRAND", "")]), top);
        let variables = [
            ("REAMAZE_BRAND", "env"),
            ("REAMAZE_EMAIL", "env@example.com"),
        ];
        let [address, email, warnings] = found(&args, &variables).expect("an account");
        assert_eq!(address, "brand env (REAMAZE_BRAND)");
        assert_eq!(email, "env@example.com (REAMAZE_EMAIL)");
        // What is outside of profiles was not chosen: that it gives way is no surprise.
        let warning = "REAMAZE_EMAIL is set, and takes precedence over eu@example.com of profile eu in c.toml";
        assert_eq!(warnings, warning);
        args.brand = Some("typed".into());
        args.email = Some("typed@example.com".into());
        let [address, email, warnings] = found(&args, &variables).expect("an account");
        assert_eq!(address, "brand typed (--brand)");
        assert_eq!(email, "typed@example.com (--email)");
        assert_eq!(warnings, "");
    }

    #[test]
    fn an_error_names_where_the_value_is_from_and_not_the_value() {
        let variables = [("REAMAZE_EMAIL", "me:s3cret")];
        let why = resolved(&profile_eu(), &variables, None).expect_err("an error");
        assert!(
            why.starts_with("REAMAZE_EMAIL: ") && !why.contains("s3cret"),
            "{why}"
        );
    }

    #[test]
    fn a_resumed_run_keeps_its_account() {
        let run = |email: &str| RunAccount {
            base_url: "https://top.reamaze.io/api/v1".into(),
            email: email.into(),
        };
        let none = AccountArgs::default();
        let [_, email, _] = resolved(&none, &[], Some(&run("me@example.com"))).expect("the same");
        assert_eq!(email, "me@example.com (run.json)");
        let same = run("EU@example.com");
        assert!(resolved(&profile_eu(), &[], Some(&same)).is_ok());
        let other = run("me@example.com");
        let why = resolved(&profile_eu(), &[], Some(&other)).expect_err("another");
        assert!(
            why.contains("but profile eu in c.toml has eu@example.com: "),
            "{why}"
        );
        let other = [("REAMAZE_BRAND", "other")];
        let why = resolved(&none, &other, Some(&same)).expect_err("another");
        assert!(why.contains("but REAMAZE_BRAND is other: "), "{why}");
    }
}
