//! Bytes as they are read -> physical lines, and whether they fill a sheet.

/// The rows that a sheet has room for, in the format of old (.xls) and in that of today.
const SHEETS: [u64; 2] = [65_536, 1_048_576];

/// Counts physical lines: `\n`, `\r\n` and a lone `\r` each end one.
#[derive(Debug, Default)]
pub(super) struct LineCount {
    ended: u64,
    /// Lines that end within a record.
    inside: u64,
    after_cr: bool,
    /// Whether bytes have come since the last line end.
    is_open: bool,
}

impl LineCount {
    pub(super) fn count(&mut self, bytes: &[u8]) {
        for at in memchr::memchr2_iter(b'\r', b'\n', bytes) {
            let follows_cr = if at == 0 {
                self.after_cr
            } else {
                bytes[at - 1] == b'\r'
            };
            if !(bytes[at] == b'\n' && follows_cr) {
                self.ended += 1;
            }
        }
        if let Some(&last) = bytes.last() {
            self.after_cr = last == b'\r';
            self.is_open = !matches!(last, b'\r' | b'\n');
        }
    }

    /// The line that the next byte is on.
    pub(super) fn current(&self) -> u64 {
        self.ended + 1
    }

    /// Notes that a record ends here which started on line `start`.
    pub(super) fn end_record(&mut self, start: u64) {
        let last = self.ended + u64::from(self.is_open);
        self.inside += last.saturating_sub(start);
    }

    /// How many rows there are if these are just as many as some sheet has room for, be it that lines
    /// are counted or records.
    pub(super) fn full_sheet(&self) -> Option<u64> {
        let lines = self.ended + u64::from(self.is_open);
        SHEETS
            .into_iter()
            .find(|rows| [lines, lines - self.inside].contains(rows))
    }
}

/// The first line of `text`, without its end.
pub(super) fn first_line(text: &[u8]) -> &[u8] {
    let end = memchr::memchr2(b'\r', b'\n', text).unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_end_counts_once() {
        let mut lines = LineCount::default();
        for piece in ["a\r", "\nb\n", "c\r", "d\r\n\r\n"] {
            lines.count(piece.as_bytes());
        }
        assert_eq!(lines.current(), 6);
    }

    #[test]
    fn a_full_sheet_is_known_by_its_lines_or_its_records() {
        for end in ["", "\n"] {
            let mut lines = LineCount::default();
            lines.count("a\r\n".repeat(65_534).as_bytes());
            lines.count(b"b\n");
            assert_eq!(lines.full_sheet(), None);
            let start = lines.current();
            lines.count(format!("\"c{end}").as_bytes());
            assert_eq!(lines.full_sheet(), Some(65_536), "{end:?}");
            lines.count(b"\nd\"\n");
            lines.end_record(start);
            assert_eq!(lines.full_sheet(), Some(65_536), "{end:?}");
            lines.count(b"e");
            assert_eq!(lines.full_sheet(), None, "{end:?}");
        }
    }
}
