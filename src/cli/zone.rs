//! `--timezone`: the name of a time zone, as the machine knows it.

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

/// Reads the name of a time zone.
///
/// # Errors
/// When the machine does not know it; says which was perhaps meant.
pub fn timezone(text: &str) -> Result<TimeZone, String> {
    TimeZone::get(text).map_err(|_| {
        let is_offset = text.contains(|c: char| c.is_ascii_digit()) && text.contains(['+', '-']);
        if is_offset {
            return "an offset is not a time zone; try one like Europe/Berlin, or write times with their offset".into();
        }
        match nearest(text) {
            Some(zone) => format!("not a time zone; did you mean {zone}?"),
            None => "not a time zone; try one like Europe/Berlin".into(),
        }
    })
}

/// The names of all zones that the machine knows.
pub fn zones() -> impl Iterator<Item = String> {
    let names = db().available().map(|name| name.as_str().to_owned());
    // The same zones once more, for machines that count leap seconds.
    names.filter(|name| !name.starts_with("posix") && !name.starts_with("right"))
}

/// The zone of that city or abbreviation, or the one that is spelled most like it.
fn nearest(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase().replace([' ', '-'], "_");
    if let Some((_, zone)) = ABBREVIATIONS.iter().find(|(name, _)| *name == text) {
        return Some((*zone).to_owned());
    }
    // Of the area there are few, and many zones share it: the city tells.
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
