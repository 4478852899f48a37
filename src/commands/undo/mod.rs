//! `undo`: the before-images of a run -> rows that put back what it changed, and a run of them. The files
//! are the steps in order: the `original` run is found and read, `rows` are made of it; from there on
//! it is a run like any other.

mod original;
mod rows;

use std::io::Seek as _;
use std::sync::Arc;

use jiff::Timestamp;

use super::run::{self, Came, CommandStart, Facts};
use crate::cli::{RunArgs, UndoArgs};
use crate::config::{InputSource, Settings};
use crate::error::Error;
use crate::exit;
use crate::model::DataMode;
use crate::report::{self, Log, Notice};
use original::Original;
use rows::{Rows, temporary};

/// Undoes a run; the exit status.
pub(super) fn undo(args: UndoArgs, log: &Arc<Log>) -> u8 {
    let (from, is_printed) = (args.run.clone(), args.print);
    run::command(args.into_run(), log, |args, start| {
        let original = Original::read(&from, start.log)?;
        if is_printed {
            print(&original, start.log)?;
            return Ok((Facts::default(), exit::DONE));
        }
        send(args, &original, start)
    })
}

/// Prints the rows, and on standard error what they leave out.
fn print(original: &Original, log: &Log) -> Result<(), Error> {
    let whole = match original.data_mode() {
        DataMode::Changed => "",
        DataMode::Whole => " --data-whole",
    };
    let rows = temporary(tempfile::tempfile())?;
    let made = Rows::make(original, &rows, Timestamp::now())?;
    temporary((&rows).rewind())?;
    report::print_json_lines(&rows).map_err(Error::Output)?;
    let advice =
        format!("to send these rows: reamaze-bulk run FILE --read-first --allow-damaged{whole}");
    let message = format!("{}{advice}", made.preview.text());
    log.report(&Notice::NothingToDo { message: &message });
    Ok(())
}

/// Sends the rows, or previews that.
fn send(mut args: RunArgs, original: &Original, start: &CommandStart<'_>) -> Came {
    let rows = temporary(tempfile::tempfile())?;
    let source = InputSource::Undo {
        run: original.directory.path().to_owned(),
        rows: temporary(rows.try_clone())?,
    };
    args.read.data_whole = original.data_mode() == DataMode::Whole;
    let settings = Settings::undo(args, source, &original.run.account, &start.stop)?;
    let made = Rows::make(original, &rows, settings.terms.clock.now)?;
    if made.rows == 0 && !settings.dry_run {
        let (name, notes) = (settings.source.name(), made.preview.text());
        let message = &format!("{name}: nothing to put back\n{notes}");
        start.log.report(&Notice::NothingToDo { message });
        let facts = Facts::nothing_but(made.preview.cannot_put_back());
        return Ok((facts, exit::DONE));
    }
    run::start(
        &settings,
        Some(made.preview),
        start.began,
        start.log,
        &start.stop,
    )
}
