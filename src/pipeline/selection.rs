//! Which of the rows that make a request are handled in this command. Pure.

/// Which of the rows that make a request are handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selection {
    /// All of them.
    All,
    /// The first ones, so many; the rest is left to a resume.
    First(u64),
    /// So many, spread evenly over all.
    Spread {
        /// How many of them.
        rows: u64,
        /// Rows that make a request.
        of: u64,
    },
}

impl Selection {
    /// Whether the row with so many others before it is handled.
    pub(super) fn includes(self, before: u64) -> bool {
        match self {
            Self::All => true,
            Self::First(rows) => before < rows,
            Self::Spread { rows, of } => {
                let up_to = |seen: u64| u128::from(seen) * u128::from(rows) / u128::from(of.max(1));
                up_to(before) < up_to(before.saturating_add(1))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_spread_evenly_and_has_its_size() {
        let selected = |rows, of| -> Vec<u64> {
            let sample = Selection::Spread { rows, of };
            (0..of).filter(|before| sample.includes(*before)).collect()
        };
        assert_eq!(selected(3, 10), [3, 6, 9]);
        assert_eq!(selected(4, 4), [0, 1, 2, 3]);
        assert_eq!(selected(9, 4), [0, 1, 2, 3]);
        for (rows, of) in [(1, 1000), (7, 5000), (999, 1000)] {
            let selected = selected(rows, of);
            assert_eq!(selected.len() as u64, rows);
            let steps = selected.windows(2).map(|pair| pair[1] - pair[0]);
            let (least, most) = (of / rows, of.div_ceil(rows));
            assert!(steps.into_iter().all(|step| step == least || step == most));
        }
    }
}
