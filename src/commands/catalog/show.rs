//! `catalog show`: the file with the names of an account -> a page, or a document. No request is sent.

use std::sync::Arc;

use jiff::Timestamp;

use crate::cli::CatalogShowArgs;
use crate::config::{age, catalog_cache, known_address, unusable};
use crate::error::Error;
use crate::exit;
use crate::model::Shown as _;
use crate::report::{CatalogDocument, Log, catalog_page, print, print_json, roughly};
use crate::stop::Stop;

/// Shows the catalog; the exit status.
pub(super) fn show(args: &CatalogShowArgs, log: &Arc<Log>, stop: &Arc<Stop>) -> Result<u8, Error> {
    let (base_url, warnings) = known_address(&args.account, stop)?;
    log.settings([], &warnings);
    let cache = catalog_cache()?;
    let catalog = cache.read(base_url.as_str());
    let catalog = catalog.map_err(|error| unusable("", &error, &args.account))?;
    let age = age(catalog.fetched_at);
    let when = if catalog.fetched_at > Timestamp::now() {
        "dated in the future".to_owned()
    } else {
        format!("read {} ago", roughly(age))
    };
    let printed = if args.json {
        print_json(&CatalogDocument {
            exit_status: exit::DONE,
            error: None,
            path: Some(cache.path(base_url.as_str()).shown()),
            age_s: Some(age.as_secs()),
            catalog: Some(&catalog),
        })
    } else {
        print(catalog_page(&catalog, &when))
    };
    printed.map_err(Error::Output)?;
    Ok(exit::DONE)
}
