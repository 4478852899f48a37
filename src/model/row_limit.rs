//! `--max-failures` and `--max-differs`: how many rows may go wrong before a run stops.

use std::fmt;
use std::str::FromStr;

/// How many rows may go wrong in some way before a run stops.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RowLimit {
    /// So many rows.
    Rows(u64),
    /// Such a share (0 to 1) of the rows so far; whoever counts them says from how many on.
    Share(f64),
    /// Any number.
    Unlimited,
}

impl FromStr for RowLimit {
    type Err = String;

    /// Reads `N`, `N%` or `none`.
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "none" => Ok(Self::Unlimited),
            _ if text.ends_with('%') => percentage(text).map(Self::Share),
            _ => text
                .parse()
                .map(Self::Rows)
                .map_err(|_| "not a number of rows; try 100, 50% or none".into()),
        }
    }
}

impl fmt::Display for RowLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rows(rows) => rows.fmt(f),
            // Shares in binary are seldom exact: 7 % would be 7.000000000000001.
            Self::Share(share) => write!(f, "{}%", (share * 1e11).round() / 1e9),
            Self::Unlimited => f.write_str("none"),
        }
    }
}

/// Reads `5%` as 0.05.
///
/// # Errors
/// Says what would be right.
pub fn percentage(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix('%').unwrap_or(text);
    match number.trim().parse::<f64>() {
        Ok(_) if !text.ends_with('%') => Err(format!("not a percentage; try {text}%")),
        Ok(percent) if (0.0..=100.0).contains(&percent) => Ok(percent / 100.0),
        _ => Err("not a percentage from 0% to 100%; try 50%".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_percentages() {
        assert_eq!(percentage("5%"), Ok(0.05));
        for bad in ["5", "101%", "-1%", "%", "NaN%", "half"] {
            assert!(percentage(bad).is_err(), "{bad}");
        }
        assert!(percentage("5").is_err_and(|why| why.contains("try 5%")));
    }

    #[test]
    fn a_limit_is_shown_as_it_is_typed() {
        for text in ["0", "100", "7%", "0.1%", "33.3%", "100%", "none"] {
            let limit: RowLimit = text.parse().expect(text);
            assert_eq!(limit.to_string(), text);
        }
        for bad in ["", "-1", "some", "200%", "1.5"] {
            assert!(bad.parse::<RowLimit>().is_err(), "{bad}");
        }
    }
}
