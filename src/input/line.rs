//! Cells -> one line of CSV that opens in a spreadsheet with every cell in its column.

use std::io;

use csv::{QuoteStyle, Writer, WriterBuilder};

/// Room for a usual line, in bytes.
const LINE_BYTES: usize = 256;

/// Where spreadsheets separate cells by default, all at once: LibreOffice proposes just these.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// The line that `write` writes. Where a cell contains what separates cells elsewhere, all are
/// quoted.
///
/// # Errors
/// Those of `write`.
pub fn line(
    delimiter: u8,
    write: impl Fn(&mut Writer<Vec<u8>>) -> csv::Result<()>,
) -> io::Result<Vec<u8>> {
    let styled = |style| {
        let mut line = WriterBuilder::new()
            .delimiter(delimiter)
            .quote_style(style)
            .has_headers(false)
            .buffer_capacity(LINE_BYTES)
            .from_writer(Vec::with_capacity(LINE_BYTES));
        write(&mut line)?;
        line.into_inner().map_err(csv::IntoInnerError::into_error)
    };
    let line = styled(QuoteStyle::Necessary)?;
    let separates = |byte: &u8| *byte != delimiter && SEPARATORS.contains(byte);
    if line.iter().any(separates) {
        return styled(QuoteStyle::Always);
    }
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(delimiter: u8, cells: [&str; 3]) -> String {
        let line = line(delimiter, |line| line.write_record(cells));
        String::from_utf8(line.expect("a line")).expect("text")
    }

    #[test]
    fn quotes_keep_other_delimiters_inside_their_cells() {
        assert_eq!(of(b',', ["a", "b c", ""]), "a,b c,\n");
        assert_eq!(of(b',', ["a", "b;c", ""]), "\"a\",\"b;c\",\"\"\n");
        assert_eq!(of(b';', ["a", "b,c", ""]), "\"a\";\"b,c\";\"\"\n");
        assert_eq!(of(b'\t', ["a", "b", "c"]), "a\tb\tc\n");
    }
}
