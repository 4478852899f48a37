//! Options that say which account to use: for every command that talks to the API.

use std::path::PathBuf;

use clap::ValueHint;

use super::values::path;

/// Which account to use. What is left out comes from the environment or the configuration file.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Account")]
#[expect(
    clippy::doc_markdown,
    reason = "--help shows these comments as they are"
)]
pub struct AccountArgs {
    /// Configuration file [default: ~/.config/reamaze-bulk/config.toml]
    ///
    /// TOML with brand, base_url, email, token_file, token_command, rate, workers, timeout and
    /// timezone; keys outside of profiles apply to every profile that does not set them.
    /// Precedence: options, environment variables, profile. The default is below
    /// $XDG_CONFIG_HOME, if that is set.
    #[arg(long, value_name = "PATH", value_parser = path(), value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,

    /// Profile in the configuration file [default: none]
    ///
    /// `--profile eu` uses the keys below [profiles.eu]. The sandbox uses its timezone only.
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,

    /// `acme` of `https://acme.reamaze.io` [env: REAMAZE_BRAND]
    #[arg(long)]
    pub brand: Option<String>,

    /// Login [env: REAMAZE_EMAIL]
    #[arg(long)]
    pub email: Option<String>,

    /// File with the API token [env: REAMAZE_API_TOKEN, the token itself]
    #[arg(long, value_name = "PATH", value_parser = path(), value_hint = ValueHint::FilePath)]
    pub token_file: Option<PathBuf>,

    /// Instead of `https://BRAND.reamaze.io/api/v1` [env: REAMAZE_BASE_URL]
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
}
