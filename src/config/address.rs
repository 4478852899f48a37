//! A brand or a base URL -> where the API is, and how that was given.

use std::fmt;

use crate::api::{AccountError, BaseUrl};

/// Where the API is, and how that was given.
#[derive(Debug, Clone)]
pub(super) struct Address {
    pub(super) base_url: BaseUrl,
    brand: Option<String>,
}

impl Address {
    pub(super) fn from_brand(brand: &str) -> Result<Self, AccountError> {
        let base_url = BaseUrl::from_brand(brand)?;
        let brand = Some(brand.to_owned());
        Ok(Self { base_url, brand })
    }

    pub(super) fn from_url(url: &str) -> Result<Self, AccountError> {
        let base_url = BaseUrl::parse(url)?;
        let brand = None;
        Ok(Self { base_url, brand })
    }

    /// The brand or the base URL, whichever it was given by.
    pub(super) fn as_given(&self) -> &str {
        let brand = self.brand.as_deref();
        brand.unwrap_or(self.base_url.as_str())
    }
}

/// `brand acme`, or `base_url https://...`.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.brand {
            Some(brand) => write!(f, "brand {brand}"),
            None => write!(f, "base_url {}", self.base_url),
        }
    }
}
