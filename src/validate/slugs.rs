//! The cell or JSON value that names a conversation -> its slug, also from the address of the conversation.

use std::borrow::Cow;

use super::value::Value;
use crate::model::{AddressedSlug, Site, slug_of_address};

/// What names the conversation of a row.
#[derive(Debug, Clone, Default)]
pub(super) struct SlugText<'a> {
    /// The slug, not yet checked; or what the row has in its place.
    pub(super) text: Cow<'a, str>,
    /// Why it is not a conversation of the account.
    pub(super) refused: Option<String>,
    /// The host of the address that it was read from, if there is no account to compare it with.
    pub(super) unproven_host: Option<String>,
}

pub(super) fn slug<'a>(value: Value<'a>, site: Option<&Site>) -> Result<SlugText<'a>, String> {
    let text = value.text()?;
    let mut refused = None;
    // Nearly every value is a slug, which has no `/`.
    if text.contains('/') {
        match slug_of_address(&text, site) {
            Some(Ok(AddressedSlug {
                slug,
                unproven_host,
            })) => {
                return Ok(SlugText {
                    text: slug.into(),
                    refused: None,
                    unproven_host,
                });
            }
            Some(Err(why)) => refused = Some(why),
            None => {}
        }
    }
    Ok(SlugText {
        text,
        refused,
        unproven_host: None,
    })
}
