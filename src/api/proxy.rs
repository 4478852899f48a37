//! The proxy variables of the environment -> the proxy that leads to the account, if any.
//!
//! What cannot be read is an error and never ignored: whoever sets a proxy does not want to go round
//! it. Passwords are never shown.

use std::ffi::OsString;
use std::net::IpAddr;

use reqwest::{NoProxy, Url};

use super::BaseUrl;
use crate::model::text::quoted;

/// Variables that name a proxy for https, the first goes before the others.
const VARIABLES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// Variables that name hosts to which no proxy leads.
const EXCEPTIONS: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// What a proxy may speak.
const SCHEMES: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

/// A proxy variable that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{variable} {why}")]
pub struct ProxyError {
    variable: &'static str,
    why: String,
}

/// The proxy that leads to the account.
#[derive(Debug, Clone)]
pub(super) struct Proxy {
    /// The variable that names it.
    pub(super) variable: &'static str,
    pub(super) url: Url,
    /// Hosts that it does not lead to.
    exceptions: String,
}

impl Proxy {
    /// The proxy that the variables name for `base`. None leads to this machine.
    pub(super) fn from_variables(
        base: &BaseUrl,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Option<Self>, ProxyError> {
        if base.is_loopback() {
            return Ok(None);
        }
        let texts = |names: &[&'static str]| {
            let set = names
                .iter()
                .filter_map(|name| Some((*name, variable(name)?)));
            let texts = set.map(|(variable, value)| match value.into_string() {
                Ok(text) => Ok((variable, text.trim().to_owned())),
                Err(_) => Err(ProxyError {
                    variable,
                    why: "is not UTF-8".into(),
                }),
            });
            texts.collect::<Result<Vec<_>, _>>()
        };
        let mut excepted = Vec::new();
        for (variable, text) in texts(&EXCEPTIONS)? {
            let hosts = exceptions(&text, base);
            excepted.extend(hosts.map_err(|why| ProxyError { variable, why })?);
        }
        let mut found = None;
        for (variable, text) in texts(&VARIABLES)? {
            if text.is_empty() {
                continue;
            }
            let url = address(&text).map_err(|why| ProxyError { variable, why })?;
            found.get_or_insert((variable, url));
        }
        Ok(found.map(|(variable, url)| Self {
            variable,
            url,
            exceptions: excepted.join(","),
        }))
    }

    /// The same for the HTTP client.
    pub(super) fn for_client(&self) -> reqwest::Result<reqwest::Proxy> {
        let proxy = reqwest::Proxy::https(self.url.clone())?;
        Ok(proxy.no_proxy(NoProxy::from_string(&self.exceptions)))
    }

    /// Its name in messages: without a password.
    pub(super) fn name(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        format!("the proxy {host} of {}", self.variable)
    }
}

/// The address of a proxy. An error does not quote the value, which may hold a password.
fn address(text: &str) -> Result<Url, String> {
    let text = if text.contains("://") {
        text.to_owned()
    } else {
        format!("http://{text}")
    };
    let form = "(write http://HOST:PORT or http://USER:PASSWORD@HOST:PORT, with %23 for `#`, %2F for `/`, %3F for `?`, %40 for `@`)";
    let url = Url::parse(&text).map_err(|_| format!("is not the address of a proxy {form}"))?;
    if !SCHEMES.contains(&url.scheme()) {
        return Err(format!(
            "names a proxy of the unsupported type {} (use one of {})",
            quoted(url.scheme()),
            SCHEMES.join(", ")
        ));
    }
    let is_bare =
        matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
    if !is_bare || url.host_str().is_none_or(str::is_empty) {
        return Err(format!("is not the address of a proxy {form}"));
    }
    Ok(url)
}

/// The hosts that no proxy leads to, in the form of the HTTP client: it knows no ports and no `*.`.
fn exceptions(text: &str, base: &BaseUrl) -> Result<Vec<String>, String> {
    let entries = text
        .split([',', ' ', '\t'])
        .filter(|entry| !entry.is_empty());
    let hosts = entries.filter_map(|entry| exception(entry, base).transpose());
    hosts.collect()
}

/// One of them; `None` if it is about another port.
fn exception(entry: &str, base: &BaseUrl) -> Result<Option<String>, String> {
    let refused = || {
        format!(
            "contains {}, which is not a host, an address or a network (like example.com, 10.1.2.3, 10.0.0.0/8)",
            quoted(entry)
        )
    };
    if entry == "*" {
        return Ok(Some(entry.to_owned()));
    }
    if let Some((address, bits)) = entry.split_once('/') {
        let address: IpAddr = address.parse().map_err(|_| refused())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let is_network = bits.parse().is_ok_and(|bits: u8| bits <= most);
        return if is_network {
            Ok(Some(entry.to_owned()))
        } else {
            Err(refused())
        };
    }
    let address = entry.trim_start_matches('[').trim_end_matches(']');
    if address.parse::<IpAddr>().is_ok() {
        return Ok(Some(address.to_owned()));
    }
    let (host, port) = match entry.rsplit_once(':') {
        Some((host, port)) => (host, Some(port.parse::<u16>().map_err(|_| refused())?)),
        None => (entry, None),
    };
    let host = host.strip_prefix('*').unwrap_or(host);
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let is_name = |c: char| c.is_alphanumeric() || ['.', '-', '_'].contains(&c);
    let is_host =
        address.parse::<IpAddr>().is_ok() || (!host.is_empty() && host.chars().all(is_name));
    if !is_host {
        return Err(refused());
    }
    Ok(port
        .is_none_or(|port| port == base.port())
        .then(|| address.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(variables: &[(&str, &str)]) -> Result<Option<Proxy>, String> {
        let base = BaseUrl::from_brand("acme").expect("a brand");
        let variable = |name: &str| {
            let found = variables.iter().find(|(set, _)| *set == name);
            found.map(|(_, value)| value.into())
        };
        Proxy::from_variables(&base, variable).map_err(|error| error.to_string())
    }

    #[test]
    fn the_first_variable_that_names_a_proxy_counts() {
        for (variables, name) in [
            (
                vec![("HTTPS_PROXY", "http://p:1"), ("ALL_PROXY", "http://q")],
                Some("the proxy p of HTTPS_PROXY"),
            ),
            (
                vec![("HTTPS_PROXY", ""), ("all_proxy", "q:3128")],
                Some("the proxy q of all_proxy"),
            ),
            (
                vec![("https_proxy", " socks5h://a:b@s:1080 ")],
                Some("the proxy s of https_proxy"),
            ),
            (
                vec![("HTTPS_PROXY", "http://a:p%23s@p:1/")],
                Some("the proxy p of HTTPS_PROXY"),
            ),
            (vec![("HTTP_PROXY", "http://p")], None),
            (vec![("HTTPS_PROXY", " ")], None),
        ] {
            let proxy = found(&variables).expect("a proxy that can be read");
            assert_eq!(
                proxy.map(|proxy| proxy.name()).as_deref(),
                name,
                "{variables:?}"
            );
        }
    }

    #[test]
    fn a_variable_that_cannot_be_read_is_told_without_its_password() {
        for (variable, value) in [
            ("HTTPS_PROXY", "http://user:s3#cret@p:1"),
            ("https_proxy", "http://user:s3/cret@p:1"),
            ("ALL_PROXY", "http://user:s3?cret@p:1"),
            ("all_proxy", "http://user:s3cret@p:port"),
            ("HTTPS_PROXY", "http://us/er:s3cret@p:1"),
            ("HTTPS_PROXY", "ftp://user:s3cret@p"),
            ("HTTPS_PROXY", "socks://user:s3cret@p"),
            ("HTTPS_PROXY", "http://"),
            ("HTTPS_PROXY", "://p"),
            ("HTTPS_PROXY", "http://p q"),
            ("NO_PROXY", "10.0.0.0/33"),
            ("no_proxy", "https://example.com"),
            ("NO_PROXY", "example.com;example.org"),
            ("NO_PROXY", "example.com:https"),
        ] {
            let error = found(&[(variable, value)]).expect_err(value);
            assert!(error.starts_with(variable), "{error}");
            assert!(!error.contains("cret"), "{error}");
        }
    }

    #[test]
    fn exceptions_are_taken_as_they_were_meant() {
        let base = BaseUrl::from_brand("acme").expect("a brand");
        for (text, hosts) in [
            ("*", vec!["*"]),
            (
                "a.example, .b.example c.example",
                vec!["a.example", ".b.example", "c.example"],
            ),
            ("*.reamaze.io", vec![".reamaze.io"]),
            ("acme.reamaze.io:443", vec!["acme.reamaze.io"]),
            ("acme.reamaze.io:8443", vec![]),
            (
                "10.0.0.0/8,::1,[::1],127.0.0.1",
                vec!["10.0.0.0/8", "::1", "::1", "127.0.0.1"],
            ),
            ("", vec![]),
        ] {
            assert_eq!(exceptions(text, &base).expect("hosts"), hosts, "{text}");
        }
    }
}
