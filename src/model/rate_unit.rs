//! The unit of a rate, for people: the one that the rate asked for was typed in.

use std::time::Duration;

/// Requests in which time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RateUnit {
    /// In a second.
    Second,
    /// In a minute.
    #[default]
    Minute,
}

impl RateUnit {
    /// One second, or one minute.
    #[must_use]
    pub fn duration(self) -> Duration {
        Duration::from_secs(match self {
            Self::Second => 1,
            Self::Minute => 60,
        })
    }

    /// A number of requests a second in this unit: `38.2/s`, `90/min`.
    #[must_use]
    pub fn shown(self, per_second: f64) -> String {
        let requests = per_second * self.duration().as_secs_f64();
        // A small number loses too much with its fraction.
        let decimals = usize::from(requests < 100.0);
        let requests = format!("{requests:.decimals$}");
        let requests = requests.strip_suffix(".0").unwrap_or(&requests);
        format!("{requests}/{}", self.name())
    }

    /// The same of a rate that may not be known: `--/min`.
    #[must_use]
    pub fn shown_if(self, per_second: Option<f64>) -> String {
        per_second.map_or_else(|| format!("--/{}", self.name()), |rate| self.shown(rate))
    }

    fn name(self) -> &'static str {
        match self {
            Self::Second => "s",
            Self::Minute => "min",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_shown_in_its_unit() {
        for (unit, per_second, shown) in [
            (RateUnit::Minute, 5.0, "300/min"),
            (RateUnit::Minute, 0.5 / 60.0, "0.5/min"),
            (RateUnit::Minute, 20.0, "1200/min"),
            (RateUnit::Second, 5.0, "5/s"),
            (RateUnit::Second, 38.24, "38.2/s"),
            (RateUnit::Second, 4999.6, "5000/s"),
        ] {
            assert_eq!(unit.shown(per_second), shown);
        }
    }
}
