//! `SSL_CERT_FILE` and `SSL_CERT_DIR` -> the authorities that are trusted in place of the system's.
//!
//! What is named and not there is an error: the system's authorities in its place would be another
//! trust than was asked for, and none at all would be hard to diagnose later.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use reqwest::Certificate;
use rustls_native_certs::{CertificateResult, ErrorKind, load_certs_from_paths};

use crate::model::Shown as _;
use crate::model::file_words;

/// A variable that names no certificates.
#[derive(Debug, thiserror::Error)]
#[error("{variable}: {path}: {why} (unset it to trust the system's authorities)")]
pub struct CertificatesError {
    variable: &'static str,
    path: String,
    why: String,
}

/// The certificates that the variables name; `None` if they are not set.
pub(super) fn from_variables(
    variable: impl Fn(&str) -> Option<OsString>,
) -> Result<Option<Vec<Certificate>>, CertificatesError> {
    let mut found = None;
    if let Some(file) = variable("SSL_CERT_FILE").map(PathBuf::from) {
        let loaded = load_certs_from_paths(Some(&file), None);
        let certificates = taken("SSL_CERT_FILE", &file, &loaded)?;
        found.get_or_insert_with(Vec::new).extend(certificates);
    }
    let directories = variable("SSL_CERT_DIR");
    for directory in directories.iter().flat_map(std::env::split_paths) {
        let loaded = load_certs_from_paths(None, Some(&directory));
        let certificates = taken("SSL_CERT_DIR", &directory, &loaded)?;
        found.get_or_insert_with(Vec::new).extend(certificates);
    }
    Ok(found)
}

/// What was loaded from `path`, if that is something. A directory may hold other files too.
fn taken(
    variable: &'static str,
    path: &Path,
    loaded: &CertificateResult,
) -> Result<Vec<Certificate>, CertificatesError> {
    let wrong = |why: String| CertificatesError {
        variable,
        path: path.shown(),
        why,
    };
    let certificates: Vec<_> = loaded
        .certs
        .iter()
        .filter_map(|certificate| Certificate::from_der(certificate).ok())
        .collect();
    if !certificates.is_empty() {
        return Ok(certificates);
    }
    let why = loaded.errors.first().map_or_else(
        || "contains no certificate in PEM format".to_owned(),
        |error| match &error.kind {
            ErrorKind::Io { inner, .. } => file_words(inner),
            _ => "contains no certificate in PEM format".to_owned(),
        },
    );
    Err(wrong(why))
}
