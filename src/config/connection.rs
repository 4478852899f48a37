//! Options, environment and the configuration file -> how commands other than runs talk to the API.

use std::env;

use super::account::{AccountSettings, incomplete};
use super::found::Environment;
use super::pace::{PaceSettings, default_rate};
use super::progress::progress;
use super::settings::configured;
use super::target::{Resolved, with_token};
use crate::api::{Account, BaseUrl, Client};
use crate::cli::{AccountArgs, OutputArgs, PaceArgs};
use crate::error::Error;
use crate::model::{Detail, Zone};
use crate::report::ProgressDisplay;
use crate::stop::Stop;

/// How to talk to the API, resolved: nothing that was typed is needed after this.
#[derive(Debug)]
pub struct Connection {
    /// Where to send, and as whom.
    pub account: Account,
    /// How fast to send.
    pub pace: PaceSettings,
    /// How progress is shown.
    pub progress: ProgressDisplay,
    /// What events are shown.
    pub detail: Detail,
    /// The time zone of the configuration file.
    pub zone: Option<Zone>,
    /// What the user should know, and no reason not to start.
    pub warnings: Vec<String>,
    /// Where the values of `pace` came from.
    pub pace_origins: [String; 3],
    /// Where each other value came from.
    pub origins: Vec<String>,
}

impl Connection {
    /// Resolves what was typed.
    ///
    /// # Errors
    /// When something is missing, contradictory, or a way for the token to reach another host.
    pub fn resolve(
        account: &AccountArgs,
        pace: &PaceArgs,
        output: &OutputArgs,
        stop: &Stop,
    ) -> Result<Self, Error> {
        let file = configured(account, stop)?;
        let variables = |name: &str| env::var_os(name);
        let environment = Environment(&variables);
        let settings = AccountSettings::resolve(account, &environment, &file, None)?;
        let Resolved {
            target,
            warnings,
            origins,
        } = with_token(settings, account, &environment, &file, stop, "")?;
        let (pace, pace_origins) = PaceSettings::resolve(pace, default_rate(false), None, &file);
        let zone = file.find(|profile, _| profile.timezone.clone());
        Ok(Self {
            account: target,
            pace,
            progress: progress(output),
            detail: output.detail(),
            zone: zone.map(|zone| zone.value),
            warnings,
            pace_origins,
            origins,
        })
    }

    /// The client that sends to the account.
    ///
    /// # Errors
    /// When certificates, proxy or login cannot be used.
    pub fn client(&self) -> Result<Client, Error> {
        self.pace.client(&self.account)
    }
}

/// The address that these options lead to, and what the user should know of where it was found. No token is
/// read.
///
/// # Errors
/// When the account is not known.
pub fn known_address(args: &AccountArgs, stop: &Stop) -> Result<(BaseUrl, Vec<String>), Error> {
    let file = configured(args, stop)?;
    let variables = |name: &str| env::var_os(name);
    let settings = AccountSettings::resolve(args, &Environment(&variables), &file, None)?;
    let Some(address) = settings.address else {
        return Err(incomplete([true, false, false], &file.profiles, ""));
    };
    Ok((address.value.base_url, settings.warnings))
}
