//! `--rate`: requests per second or per minute.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::RateUnit;

/// A rate as people type it: requests per second or per minute, 1/m to 1000000/s.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestRate {
    requests: u32,
    unit: RateUnit,
}

impl RequestRate {
    /// So many requests per `unit`; at least 1.
    #[must_use]
    pub const fn new(requests: u32, unit: RateUnit) -> Self {
        let requests = if requests == 0 { 1 } else { requests };
        Self { requests, unit }
    }

    /// Requests in each [window](Self::window).
    #[must_use]
    pub fn requests(self) -> u32 {
        self.requests
    }

    /// A second or a minute.
    #[must_use]
    pub fn window(self) -> Duration {
        self.unit.duration()
    }

    /// The unit that it was typed in, and that rates beside it are shown in.
    #[must_use]
    pub fn unit(self) -> RateUnit {
        self.unit
    }

    /// Requests per second.
    #[must_use]
    pub fn per_second(self) -> f64 {
        f64::from(self.requests) / self.window().as_secs_f64()
    }
}

impl fmt::Display for RequestRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            RateUnit::Second => "s",
            RateUnit::Minute => "m",
        };
        write!(f, "{}/{unit}", self.requests)
    }
}

impl FromStr for RequestRate {
    type Err = String;

    /// Reads `N/s` or `N/m`, and `N/sec` and `N/min` as well.
    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(digits);
        let unit = unit.trim();
        let (rate_unit, most) = match unit.strip_prefix('/').map(str::trim) {
            Some("s" | "sec") if digits > 0 => (RateUnit::Second, 1_000_000),
            Some("m" | "min") if digits > 0 => (RateUnit::Minute, 60_000_000),
            _ => return Err(not_a_rate(number, unit)),
        };
        let requests = number.parse().ok();
        let requests = requests.filter(|requests| (1..=most).contains(requests));
        requests
            .map(|requests| Self::new(requests, rate_unit))
            .ok_or_else(|| "rates go from 1/m to 1000000/s".into())
    }
}

/// What is wrong with `number` followed by `unit`, and what was perhaps meant.
fn not_a_rate(number: &str, unit: &str) -> String {
    let meant = |requests: &str, unit: &str| format!("not a rate; did you mean {requests}/{unit}?");
    if number.is_empty() {
        return "not a rate; try 120/m or 5/s".into();
    }
    let word: String = unit.to_lowercase();
    let word = word.trim_start_matches(|c: char| c == '/' || c.is_whitespace());
    let word = word.strip_prefix("req").map_or(word, |rest| {
        let rest = rest.trim_start_matches(char::is_alphabetic);
        rest.trim_start_matches('/')
    });
    let word = word.trim_start_matches("per").trim();
    match word {
        "" => format!("per second or per minute? write {number}/s or {number}/m"),
        "s" | "sec" | "secs" | "second" | "seconds" | "ps" | "rps" | "qps" | "r/s" => {
            meant(number, "s")
        }
        "m" | "min" | "mins" | "minute" | "minutes" | "pm" | "rpm" | "r/m" => meant(number, "m"),
        "h" | "hr" | "hour" | "hours" | "ph" | "rph" | "r/h" | "d" | "day" | "days" => {
            let an_hour = if word.starts_with('d') { 24 * 60 } else { 60 };
            let requests = number.parse().unwrap_or(u64::MAX);
            match requests / an_hour {
                0 => "rates go from 1/m to 1000000/s; try 1/m".into(),
                a_minute => format!("rates are per second or minute; try {a_minute}/m"),
            }
        }
        _ if unit.starts_with(['.', ',']) => {
            "not a whole number of requests; for 1.5/s try 90/m".into()
        }
        _ => "not a rate; try 120/m or 5/s".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(text: &str) -> Result<RequestRate, String> {
        text.parse()
    }

    #[test]
    fn a_rate_names_its_unit() {
        for (text, shown) in [("120/m", "120/m"), ("120/min", "120/m"), ("2 / sec", "2/s")] {
            let read = rate(text).expect(text);
            assert_eq!((read.per_second(), &*read.to_string()), (2.0, shown));
        }
        assert_eq!(
            rate("1000000/s").map(|rate| rate.to_string()),
            Ok("1000000/s".into())
        );
        for bad in [
            "120",
            "0/s",
            "1000001/s",
            "60000001/m",
            "-1/s",
            "1.5/s",
            "5/h",
            "/s",
            "x/s",
            "99999999999/s",
            "99999999999999999999999/s",
            "",
        ] {
            assert!(rate(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_not_a_rate_says_what_was_perhaps_meant() {
        for (text, message) in [
            ("fast", "not a rate; try 120/m or 5/s"),
            ("/s", "not a rate; try 120/m or 5/s"),
            ("-5/s", "not a rate; try 120/m or 5/s"),
            ("5/x", "not a rate; try 120/m or 5/s"),
            ("100", "write 100/s or 100/m"),
            ("100/", "write 100/s or 100/m"),
            ("100/mins", "did you mean 100/m?"),
            ("100rpm", "did you mean 100/m?"),
            ("100 per minute", "did you mean 100/m?"),
            ("100 requests/min", "did you mean 100/m?"),
            ("5rps", "did you mean 5/s?"),
            ("5/S", "did you mean 5/s?"),
            ("5 req/sec", "did you mean 5/s?"),
            ("120/h", "try 2/m"),
            ("2/h", "try 1/m"),
            ("0/s", "from 1/m to 1000000/s"),
            ("1.5/s", "not a whole number"),
        ] {
            let why = rate(text).expect_err(text);
            assert!(why.contains(message), "{text}: {why}");
        }
    }
}
