//! `undo`: the before-images of a run -> rows that restore what it changed, and a run of them. The files
//! are the steps in order: the `original` run is found and read, `rows` are made of it; from there on
//! it is a run like any other.

mod original;
mod rows;

use std::io::Seek as _;
use std::sync::Arc;

use jiff::Timestamp;

use super::run::{self, Came, CommandStart, Facts};
use crate::cli::{RunArgs, UndoArgs};
use crate::config::{Consent, InputSource, Settings};
use crate::error::Error;
use crate::exit;
use crate::model::{DataMode, Shown as _};
use crate::report::{self, Log, Notice, UndoPreview};
use original::Original;
use rows::{Rows, temporary};

/// Undoes a run; the exit status.
pub(super) fn undo(args: UndoArgs, log: &Arc<Log>) -> u8 {
    let (from, is_printed) = (args.run.clone(), args.print);
    let consent = if args.safety.yes && !args.safety.dry_run && !is_printed {
        Consent::Given
    } else {
        Consent::Ask
    };
    run::command(args.into_run(), log, |args, start| {
        let original = Original::read(&from, consent, start.log)?;
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
    let name = format!("undo of {}", original.directory.path().shown());
    let rows = temporary(tempfile::tempfile())?;
    let made = Rows::make(original, &rows, Timestamp::now())?;
    temporary((&rows).rewind())?;
    report::print_json_lines(&rows).map_err(Error::Output)?;
    if made.rows == 0 {
        report_nothing(&name, &made.preview, log);
        return Ok(());
    }
    if let Some(message) = made.preview.of_undo() {
        log.warning(&message);
    }
    report_left_out(&made.preview, log);
    let advice =
        format!("to send these rows: reamaze-bulk run FILE --read-first --allow-damaged{whole}");
    for message in [made.preview.not_undone(), &advice] {
        log.report(&Notice::Note { message });
    }
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
    let Rows { rows, preview } = Rows::make(original, &rows, settings.terms.clock.now)?;
    // The document of a dry run says so by its numbers.
    if rows == 0 && !(settings.dry_run && settings.json) {
        let name = settings.source.name();
        if settings.dry_run {
            let page = format!("{}\n{}", nothing(&name), preview.left_out.page());
            report::print(&page).map_err(Error::Output)?;
        } else {
            report_nothing(&name, &preview, start.log);
        }
        return Ok((Facts::nothing_but(preview.cannot_put_back()), exit::DONE));
    }
    let undo = Some(preview);
    run::start(&settings, undo, start.began, start.log, &start.stop)
}

fn nothing(name: &str) -> String {
    format!("{name}: nothing to restore")
}

/// Says that there is nothing to restore, and what cannot be.
fn report_nothing(name: &str, preview: &UndoPreview, log: &Log) {
    let message = &nothing(name);
    log.report(&Notice::NothingToDo { message });
    report_left_out(preview, log);
}

/// Says what cannot be restored, if there is anything.
fn report_left_out(preview: &UndoPreview, log: &Log) {
    let (figures, text) = (&preview.cannot_put_back(), &preview.left_out.text());
    if figures.rows > 0 {
        log.report(&Notice::CannotPutBack { figures, text });
    }
}
