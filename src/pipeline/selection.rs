//! Which of the rows that make a request are handled in this command. Pure.

use fastrand::Rng;

/// Which of the rows that make a request are handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selection {
    /// All of them.
    All,
    /// The first ones, so many; the rest is left to a resume.
    First(u64),
    /// So many, spread over all: one out of each part of that many equal parts.
    Spread {
        /// How many of them.
        rows: u64,
        /// Rows that make a request.
        of: u64,
    },
}

impl Selection {
    /// Whether the row with so many others before it is handled; the same in every run.
    pub(super) fn includes(self, before: u64) -> bool {
        match self {
            Self::All => true,
            Self::First(rows) => before < rows,
            Self::Spread { rows, of } if rows >= of => true,
            Self::Spread { rows, of } => {
                let start = |part: u128| (part * u128::from(of)).div_ceil(u128::from(rows.max(1)));
                let part = u128::from(before) * u128::from(rows) / u128::from(of);
                let (start, end) = (start(part), start(part + 1));
                // Files have rows of a kind at equal distances: at random places, a sample has its share.
                let seed = u64::try_from(part).unwrap_or(u64::MAX) ^ of.rotate_left(32);
                let length = u64::try_from(end - start).unwrap_or(u64::MAX).max(1);
                u128::from(before) == start + u128::from(Rng::with_seed(seed).u64(..length))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_has_its_size_and_one_row_of_each_part() {
        let selected = |rows, of| -> Vec<u64> {
            let sample = Selection::Spread { rows, of };
            (0..of).filter(|before| sample.includes(*before)).collect()
        };
        assert_eq!(selected(4, 4), [0, 1, 2, 3]);
        assert_eq!(selected(9, 4), [0, 1, 2, 3]);
        for (rows, of) in [(1, 1000), (3, 10), (7, 5000), (999, 1000)] {
            let selected = selected(rows, of);
            let parts = selected.iter().map(|before| before * rows / of);
            assert_eq!(parts.collect::<Vec<_>>(), (0..rows).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_sample_has_its_share_of_rows_at_equal_distances() {
        let sample = Selection::Spread {
            rows: 500,
            of: 5000,
        };
        let selected = (0..5000).filter(|before| sample.includes(*before));
        let of_a_kind = selected.filter(|before| before % 10 == 3).count();
        assert!((30..=70).contains(&of_a_kind), "{of_a_kind} of 500");
    }
}
