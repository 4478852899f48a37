//! A proxy that makes no connection -> why, in its own words: the HTTP client does not keep them.

use std::io::{self, Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use percent_encoding::percent_decode_str;

use super::BaseUrl;
use super::proxy::Proxy;
use super::system_words::{from_io, is_unknown_name};
use crate::model::text::one_line;

/// How long a proxy is asked why it refused.
const PATIENCE: Duration = Duration::from_secs(2);

/// The longest reason of a proxy that is quoted, in characters.
const MAX_REASON: usize = 100;

/// Why a proxy did not make a connection.
#[derive(Debug, PartialEq)]
pub(super) enum Refusal {
    /// Asking again changes nothing.
    Definite(String),
    /// It may make the next one.
    Passing(String),
}

impl Proxy {
    /// Why it makes no connection to `base`, in its own words: the client does not keep them.
    pub(super) fn refusal(&self, base: &BaseUrl) -> Refusal {
        let name = self.name();
        let stream = match self.connect() {
            Ok(stream) => stream,
            Err(error) => return self.unreached(&error),
        };
        if self.url.scheme() != "http" {
            return Refusal::Passing(format!("{name} did not connect"));
        }
        match self.ask(stream, base) {
            Ok(line) => classified(&name, &line),
            Err(error) => Refusal::Passing(format!("{name} failed: {}", from_io(&error))),
        }
    }

    fn unreached(&self, error: &io::Error) -> Refusal {
        let (name, variable) = (self.name(), self.variable);
        let unreached = |why: &str| format!("{name} cannot be reached: {why} (check {variable})");
        let why = from_io(error);
        if is_unknown_name(&why) {
            return Refusal::Definite(unreached("its name is not known"));
        }
        if error.kind() == io::ErrorKind::ConnectionRefused {
            return Refusal::Definite(unreached(&why));
        }
        Refusal::Passing(unreached(&why))
    }

    fn connect(&self) -> io::Result<TcpStream> {
        let host = self.url.host_str().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let default = if self.url.scheme() == "https" {
            443
        } else if self.url.scheme() == "http" {
            80
        } else {
            1080
        };
        let port = self.url.port().unwrap_or(default);
        let mut last = io::ErrorKind::NotFound.into();
        for address in (host, port).to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, PATIENCE) {
                Ok(stream) => return Ok(stream),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// The first line of what it answers to the wish for a connection.
    fn ask(&self, mut stream: TcpStream, base: &BaseUrl) -> io::Result<String> {
        stream.set_read_timeout(Some(PATIENCE))?;
        let authority = base.authority();
        let login = self.login().map_or_else(String::new, |login| {
            format!("Proxy-Authorization: Basic {}\r\n", BASE64.encode(login))
        });
        write!(
            stream,
            "CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n{login}\r\n"
        )?;
        let mut answer = [0; 1 << 10];
        let read = stream.read(&mut answer)?;
        let text = String::from_utf8_lossy(&answer[..read]);
        Ok(text.lines().next().unwrap_or_default().to_owned())
    }

    fn login(&self) -> Option<Vec<u8>> {
        let user = self.url.username();
        let password = self.url.password();
        if user.is_empty() && password.is_none() {
            return None;
        }
        let decoded = |text| percent_decode_str(text).collect::<Vec<u8>>();
        Some([decoded(user), decoded(password.unwrap_or_default())].join(&b':'))
    }
}

/// What the first line of a proxy's answer means.
fn classified(name: &str, line: &str) -> Refusal {
    let status = line
        .strip_prefix("HTTP/")
        .and_then(|rest| rest.split_once(' '));
    let Some((_, status)) = status else {
        return Refusal::Definite(format!(
            "{name} does not answer like an HTTP proxy (check its address and port)"
        ));
    };
    let reason = one_line(status, MAX_REASON);
    let refuses = format!("{name} refused to connect: HTTP {reason}");
    match status.get(..3) {
        Some("407") => Refusal::Definite(format!(
            "{refuses} (set user and password: http://USER:PASSWORD@HOST:PORT)"
        )),
        Some("408" | "425" | "429") => Refusal::Passing(refuses),
        Some(status) if status.starts_with('4') => Refusal::Definite(refuses),
        _ => Refusal::Passing(refuses),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_proxy_says_is_definite_or_passes() {
        for (line, is_definite) in [
            ("HTTP/1.1 407 Proxy Authentication Required", true),
            ("HTTP/1.0 403 Forbidden", true),
            ("SSH-2.0-OpenSSH", true),
            ("", true),
            ("HTTP/1.1 502 Bad Gateway", false),
            ("HTTP/1.1 503", false),
            ("HTTP/1.1 200 Connection established", false),
        ] {
            let refusal = classified("p", line);
            assert_eq!(
                matches!(refusal, Refusal::Definite(_)),
                is_definite,
                "{refusal:?}"
            );
        }
    }
}
