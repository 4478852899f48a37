//! Brand, address, login and token -> the one origin that the token may travel to.

use std::fmt;
use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use reqwest::Url;
use reqwest::header::{HeaderValue, InvalidHeaderValue};
use secrecy::{ExposeSecret as _, SecretString};

use super::redact::Redactor;
use super::request::conversation_url;
use crate::model::{Site, app_root};

/// Why an account cannot be used. What was given is not shown: it may be a secret in the wrong place.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The brand is not one DNS label.
    #[error("not a valid brand (for `https://acme.reamaze.io`, it is `acme`)")]
    Brand,
    /// The base URL could carry the token to another host.
    #[error("{0}")]
    BaseUrl(&'static str),
    /// The email cannot be a login.
    #[error(
        "not a valid login (it must not be empty, or contain `:`, white space or control characters)"
    )]
    Email,
    /// The token cannot be one.
    #[error("the API token {0}")]
    Token(&'static str),
}

/// Where the API is: `https`, or plain `http` on loopback; no user info, query or fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

impl BaseUrl {
    /// The address of a brand's API. Source: the public API pages.
    ///
    /// # Errors
    /// When the brand is not one DNS label: it could name another host.
    pub fn from_brand(brand: &str) -> Result<Self, AccountError> {
        let is_label = (1..=63).contains(&brand.len())
            && brand
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !brand.starts_with('-')
            && !brand.ends_with('-');
        if !is_label {
            return Err(AccountError::Brand);
        }
        let url = Url::parse(&format!("https://{brand}.reamaze.io/api/v1"));
        url.map(Self).map_err(|_| AccountError::Brand)
    }

    /// The address as given.
    ///
    /// # Errors
    /// When it is not a valid URL, or a way in which a token travels to another host.
    pub fn parse(text: &str) -> Result<Self, AccountError> {
        let url = Url::parse(text.trim())
            .map_err(|_| AccountError::BaseUrl("not an address (write https://HOST/api/v1)"))?;
        // A password could stand there: such an address is not shown.
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AccountError::BaseUrl(
                "contains a login (give --email and a token file instead)",
            ));
        }
        let base = Self(url);
        match base.0.scheme() {
            "https" => {}
            "http" if base.is_loopback() => {}
            "http" => {
                return Err(AccountError::BaseUrl(
                    "plain http would send the token unencrypted (use https)",
                ));
            }
            _ => {
                return Err(AccountError::BaseUrl(
                    "not https (write https://HOST/api/v1)",
                ));
            }
        }
        if base.0.query().is_some() || base.0.fragment().is_some() {
            return Err(AccountError::BaseUrl(
                "has a query or fragment (leave out what follows `?` or `#`)",
            ));
        }
        Ok(base)
    }

    /// Whether it is this machine.
    pub(super) fn is_loopback(&self) -> bool {
        let Some(host) = self.0.host_str() else {
            return false;
        };
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost"
            || bare
                .parse()
                .is_ok_and(|address: IpAddr| address.is_loopback())
    }

    /// Whether it is reached without TLS.
    pub(super) fn is_plain(&self) -> bool {
        self.0.scheme() == "http"
    }

    /// The host.
    pub(super) fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// The port, written or not.
    pub(super) fn port(&self) -> u16 {
        self.0.port_or_known_default().unwrap_or_default()
    }

    /// Host and port, as a proxy is asked for them.
    pub(super) fn authority(&self) -> String {
        format!("{}:{}", self.host(), self.port())
    }

    /// Where the conversations of the account are shown.
    #[must_use]
    pub fn site(&self) -> Site {
        Site::new(self.host(), self.0.port(), self.0.path())
    }

    /// The address of a conversation in the app, which is read as its slug again.
    #[must_use]
    pub fn app_address(&self, slug: &str) -> String {
        conversation_url(&format!("{}/admin", app_root(self.as_str())), slug)
    }

    /// The address without a final slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who sends. Its `Debug` form does not show the token.
#[derive(Debug, Clone)]
pub struct Account {
    base_url: BaseUrl,
    email: String,
    token: SecretString,
}

impl Account {
    /// The account at `base_url` of that login and token.
    ///
    /// # Errors
    /// When login or token cannot stand in a Basic `Authorization` header (RFC 7617).
    pub fn new(base_url: BaseUrl, email: &str, token: &str) -> Result<Self, AccountError> {
        check_email(email)?;
        if token.is_empty() {
            return Err(AccountError::Token("is empty"));
        }
        if token.contains(|c: char| c.is_control() || c.is_whitespace()) {
            return Err(AccountError::Token(
                "contains white space or a control character (is it the right file?)",
            ));
        }
        Ok(Self {
            base_url,
            email: email.to_owned(),
            token: SecretString::from(token),
        })
    }

    /// Where the API is.
    #[must_use]
    pub fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    /// The `Authorization` header, which shows itself to nobody.
    pub(super) fn authorization(&self) -> Result<HeaderValue, InvalidHeaderValue> {
        let mut header = HeaderValue::try_from(format!("Basic {}", self.basic()))?;
        header.set_sensitive(true);
        Ok(header)
    }

    fn basic(&self) -> String {
        BASE64.encode(format!("{}:{}", self.email, self.token.expose_secret()))
    }

    /// What takes login and token out of texts: a server may repeat what it was sent.
    pub(super) fn redactor(&self) -> Redactor {
        Redactor::new(&self.email, self.token.expose_secret())
    }

    /// The login.
    #[must_use]
    pub fn email(&self) -> &str {
        &self.email
    }
}

/// Sees that `email` can be a login.
///
/// # Errors
/// When it cannot.
pub fn check_email(email: &str) -> Result<(), AccountError> {
    let wrong = |c: char| c == ':' || c.is_control() || c.is_whitespace();
    if email.is_empty() || email.contains(wrong) {
        return Err(AccountError::Email);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_brand_is_one_dns_label() {
        assert_eq!(
            BaseUrl::from_brand("acme").expect("a brand").as_str(),
            "https://acme.reamaze.io/api/v1"
        );
        for bad in [
            "",
            "a.b",
            "evil.com/",
            "a@b",
            "-a",
            "a-",
            "a b",
            "a#",
            &"x".repeat(64),
            "é",
        ] {
            assert!(BaseUrl::from_brand(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_base_url_cannot_carry_the_token_to_a_stranger() {
        for good in [
            "https://acme.reamaze.io/api/v1/",
            "http://127.0.0.1:80/api/v1",
            "http://127.8.9.1",
            "http://[::1]:1/x",
            "http://localhost:3000",
        ] {
            assert!(BaseUrl::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "acme",
            "ftp://x",
            "http://example.com",
            "http://127.0.0.1.example.com",
            "https://user@example.com",
            "https://a:b@example.com",
            "https://example.com?x",
            "https://example.com/#x",
            "http://0.0.0.0",
            "file:///etc/passwd",
            "",
        ] {
            assert!(BaseUrl::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn neither_token_nor_password_is_shown() {
        let base = BaseUrl::from_brand("acme").expect("a brand");
        let account = Account::new(base, "a@example.com", "s3cret").expect("an account");
        assert!(!format!("{account:?}").contains("s3cret"));
        let error = BaseUrl::parse("https://a:s3cret@example.com").expect_err("user info");
        assert!(!error.to_string().contains("s3cret"));
    }
}
