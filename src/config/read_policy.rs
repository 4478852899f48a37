//! Options, or a resumed run -> which conversations are read before they are changed. A resumed run is
//! bound to how it was started, or a part of it could not be undone.

use crate::cli::ReadArgs;
use crate::error::Error;
use crate::ledger::RunOptions;
use crate::model::{DataMode, PlainRows, ReadPolicy};

/// What was typed, or what the resumed run was started with.
pub(super) fn read_policy(
    typed: ReadArgs,
    recorded: Option<&RunOptions>,
) -> Result<ReadPolicy, Error> {
    let args = match recorded {
        None => typed,
        Some(run) => {
            let changed = [
                ("read-first", typed.read_first && !run.read_first),
                ("data-whole", typed.data_whole && !run.data_whole),
            ];
            if let Some((name, _)) = changed.iter().find(|(_, is_changed)| *is_changed) {
                return Err(Error::Usage(format!(
                    "--{name} cannot be changed when a run is resumed"
                )));
            }
            ReadArgs {
                read_first: run.read_first,
                data_whole: run.data_whole,
            }
        }
    };
    Ok(ReadPolicy {
        plain_rows: if args.read_first {
            PlainRows::ReadFirst
        } else {
            PlainRows::Send
        },
        data: if args.data_whole {
            DataMode::Whole
        } else {
            DataMode::Changed
        },
    })
}
