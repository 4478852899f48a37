//! What went wrong with TLS -> words, and whether it can pass. What the library prints are the names
//! of its variants, which tell a person nothing.

use std::error::Error;

use jiff::Timestamp;
use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, Error as TlsError};

use super::BaseUrl;
use crate::model::text::one_line;

/// The longest list of names of a certificate that is quoted, in characters.
const MAX_NAMES: usize = 200;

/// What no further try can fix, with the fix.
pub(super) fn lasting(causes: &[&(dyn Error + 'static)], base: &BaseUrl) -> Option<String> {
    let error = causes.iter().find_map(|cause| cause.downcast_ref())?;
    let fix = match error {
        TlsError::InvalidCertificate(error) => fix(error),
        TlsError::InvalidMessage(_) => {
            "is it another service, or plain http? check --base-url".into()
        }
        TlsError::PeerIncompatible(_) | TlsError::NoCertificatesPresented => {
            "check --base-url".into()
        }
        TlsError::AlertReceived(alert) if is_lasting(*alert) => "check --base-url".into(),
        _ => return None,
    };
    let (host, why) = (base.host(), in_words(error));
    Some(format!("cannot connect to {host}: {why} ({fix})"))
}

/// An error of TLS in words.
pub(super) fn in_words(error: &TlsError) -> String {
    match error {
        TlsError::InvalidCertificate(error) => certificate(error),
        TlsError::InvalidMessage(_) => "the server does not speak TLS".into(),
        TlsError::NoCertificatesPresented => "the server shows no certificate".into(),
        TlsError::PeerIncompatible(_) => {
            "the server supports no TLS version from 1.2 on, or no secure cipher".into()
        }
        TlsError::AlertReceived(alert) => {
            format!(
                "the server aborted the TLS handshake: {}",
                spaced(&format!("{alert:?}"))
            )
        }
        _ => "the TLS handshake failed".into(),
    }
}

fn certificate(error: &CertificateError) -> String {
    let what = match error {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "is signed by an unknown authority".into()
        }
        CertificateError::Expired => "has expired".into(),
        CertificateError::ExpiredContext { not_after, .. } => {
            format!("expired on {}", date(*not_after))
        }
        CertificateError::NotValidYet => "is not valid yet".into(),
        CertificateError::NotValidYetContext { not_before, .. } => {
            format!("is not valid before {}", date(*not_before))
        }
        CertificateError::NotValidForName => "is for another name".into(),
        CertificateError::NotValidForNameContext { presented, .. } => {
            format!("is for another name: {}", presented_names(presented))
        }
        CertificateError::Revoked => "has been revoked".into(),
        CertificateError::BadEncoding => "is damaged".into(),
        CertificateError::Other(other) if is_self_signed(&other.0.to_string()) => {
            "is self-signed".into()
        }
        _ => "cannot be verified".into(),
    };
    format!("its certificate {what}")
}

fn fix(error: &CertificateError) -> String {
    match error {
        // A wrong signature: there is another authority of that name.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            if is_set("SSL_CERT_FILE") || is_set("SSL_CERT_DIR") {
                "SSL_CERT_FILE or SSL_CERT_DIR replaces the system's authorities: does it include the one that signed this certificate?".into()
            } else {
                "if your company has its own CA, set SSL_CERT_FILE to its certificate file".into()
            }
        }
        CertificateError::Other(other) if is_self_signed(&other.0.to_string()) && is_set("SSL_CERT_FILE") => {
            "the server needs one that is signed by a CA, and the file that SSL_CERT_FILE names must contain that CA's certificate, not the server's".into()
        }
        CertificateError::Other(other) if is_self_signed(&other.0.to_string()) => {
            "the server needs one that is signed by a CA; set SSL_CERT_FILE to that CA's certificate file".into()
        }
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => {
            format!("the clock of this machine shows {:.0}: set it if that is wrong; otherwise the server needs a new certificate", Timestamp::now())
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "check --brand or --base-url".into()
        }
        _ => "the server needs another certificate".into(),
    }
}

fn is_set(variable: &str) -> bool {
    std::env::var_os(variable).is_some()
}

/// The verifier has words of its own for that: an authority's certificate in the place of a server's.
fn is_self_signed(error: &str) -> bool {
    error.contains("CaUsedAsEndEntity")
}

/// Names as the library lists them: `DnsName("a.example")`.
fn presented_names(names: &[String]) -> String {
    let names: Vec<_> = names
        .iter()
        .map(|name| name.split('"').nth(1).unwrap_or(name))
        .collect();
    if names.is_empty() {
        return "it shows none".into();
    }
    one_line(&names.join(", "), MAX_NAMES)
}

fn date(time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds)
        .map_or_else(|_| "an unknown day".into(), |time| time.to_string())
}

/// Alerts that the next try brings again.
fn is_lasting(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::HandshakeFailure
            | AlertDescription::ProtocolVersion
            | AlertDescription::InsufficientSecurity
            | AlertDescription::UnrecognisedName
            | AlertDescription::NoApplicationProtocol
            | AlertDescription::CertificateRequired
            | AlertDescription::BadCertificate
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied
    )
}

/// `HandshakeFailure` as `handshake failure`.
fn spaced(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}
