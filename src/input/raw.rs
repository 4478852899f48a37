//! How long a record may be, and what is kept of one.

use crate::model::text::visible;

/// The longest record in bytes of UTF-8, line ends aside.
pub const MAX_RECORD_BYTES: usize = 1 << 20;

/// The length of a record in bytes past which its end is not looked for: what is not text may have
/// none, and some sources give zeros forever.
pub(super) const ENDLESS_BYTES: usize = 64 << 20;

/// The longest row, in bytes, whose memory is reused for a further one.
pub(super) const MAX_REUSED_BYTES: usize = 1 << 10;

/// How much of a record that could not be read is kept, in bytes.
const RAW_BYTES: usize = 4 << 10;

/// The first 4 KiB of a record, as text whatever it is: bytes that are not text would make whatever
/// repeats them unreadable too.
pub(super) fn raw_head(record: &[u8]) -> String {
    let cut = &record[..record.len().min(RAW_BYTES)];
    visible(&String::from_utf8_lossy(cut))
}
