//! `--timezone`: the name of a time zone, as the machine knows it.

use std::fmt;
use std::str::FromStr;

use jiff::tz::{TimeZone, db};

/// What people call zones that have other names.
const ABBREVIATIONS: [(&str, &str); 14] = [
    ("aest", "Australia/Sydney"),
    ("bst", "Europe/London"),
    ("cdt", "America/Chicago"),
    ("cest", "Europe/Berlin"),
    ("ct", "America/Chicago"),
    ("edt", "America/New_York"),
    ("eest", "Europe/Helsinki"),
    ("et", "America/New_York"),
    ("jst", "Asia/Tokyo"),
    ("mdt", "America/Denver"),
    ("pdt", "America/Los_Angeles"),
    ("pst", "America/Los_Angeles"),
    ("pt", "America/Los_Angeles"),
    ("west", "Europe/Lisbon"),
];

/// A time zone that has a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// As the library has it.
    #[must_use]
    pub fn time_zone(&self) -> &TimeZone {
        &self.0
    }
}

impl FromStr for Zone {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        TimeZone::get(text).map(Self).map_err(|_| not_a_zone(text))
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.iana_name().unwrap_or("unknown"))
    }
}

/// What is wrong with a name, and which was perhaps meant.
fn not_a_zone(text: &str) -> String {
    let is_offset = text.contains(|c: char| c.is_ascii_digit()) && text.contains(['+', '-']);
    if is_offset {
        return "an offset is not a time zone; try one like Europe/Berlin, or write times with their offset".into();
    }
    match likely_zone(text) {
        Some(zone) => format!("not a time zone; did you mean {zone}?"),
        None => "not a time zone; try one like Europe/Berlin".into(),
    }
}

/// The names of all zones that the machine knows.
pub fn zones() -> impl Iterator<Item = String> {
    let names = db().available().map(|name| name.as_str().to_owned());
    // The same zones once more, for machines that count leap seconds.
    names.filter(|name| !name.starts_with("posix") && !name.starts_with("right"))
}

/// The zone of that city or abbreviation, or the one that is spelled most like it.
fn likely_zone(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase().replace([' ', '-'], "_");
    if let Some((_, zone)) = ABBREVIATIONS.iter().find(|(name, _)| *name == text) {
        return Some((*zone).to_owned());
    }
    // Areas are few, and many zones share one: the city decides.
    let city = |zone: &str| zone.rsplit('/').next().unwrap_or(zone).to_lowercase();
    let typed = city(&text);
    let likeness = |zone: &str| strsim::jaro_winkler(&typed, &city(zone));
    zones()
        .map(|zone| (likeness(&zone), zone))
        .filter(|(likeness, _)| *likeness >= 0.9)
        // Of several that are alike, the one with its continent, and then the first by name.
        .max_by(|(a, one), (b, other)| {
            let with_area = |zone: &str| zone.contains('/');
            a.total_cmp(b)
                .then(with_area(one).cmp(&with_area(other)))
                .then(other.cmp(one))
        })
        .map(|(_, zone)| zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timezone(text: &str) -> Result<Zone, String> {
        text.parse()
    }

    #[test]
    fn a_city_or_a_slip_names_the_zone() {
        assert!(timezone("Europe/Berlin").is_ok());
        for (text, zone) in [
            ("Berlin", "Europe/Berlin"),
            ("new york", "America/New_York"),
            ("Europe/Berln", "Europe/Berlin"),
            ("Germany/Berlin", "Europe/Berlin"),
            ("PST", "America/Los_Angeles"),
        ] {
            let why = timezone(text).expect_err(text);
            assert!(why.ends_with(&format!("did you mean {zone}?")), "{why}");
        }
        assert!(timezone("Europe/Munich").is_err_and(|why| !why.contains("did you mean")));
        for text in ["+01:00", "UTC+1", "GMT-3"] {
            assert!(
                timezone(text).is_err_and(|why| why.starts_with("an offset")),
                "{text}"
            );
        }
        assert!(timezone("Nowhere").is_err_and(|why| why.ends_with("like Europe/Berlin")));
    }

    #[test]
    fn zones_are_listed_once() {
        let zones: Vec<_> = zones().collect();
        assert!(zones.iter().any(|zone| zone == "Europe/Berlin"));
        assert!(!zones.iter().any(|zone| zone.contains("posix")));
    }
}
