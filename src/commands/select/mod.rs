//! `select`: conversations of the account that match filters -> an input file.

mod filter;
mod listing;
mod output;
mod pass;
mod row;

use std::sync::Arc;

use super::session::{session, stoppable};
use crate::cli::SelectArgs;
use crate::config::Connection;
use crate::error::Error;
use crate::exit;
use crate::report::{Log, Notice, SelectSummary, print_json};
use crate::stop::Stop;
use filter::Filter;
use listing::ListReader;
use output::Output;
use row::RowMaker;

/// Selects; the exit status.
pub(super) fn select(args: &SelectArgs, log: &Arc<Log>) -> u8 {
    stoppable(log, |stop| {
        let selected = selected(args, log, stop);
        if args.output.json {
            let failed = |error: &Error| SelectSummary::failed(error.status(), error.to_string());
            let document = selected.as_ref().map_or_else(failed, Clone::clone);
            print_json(&document).map_err(Error::Output)?;
        }
        selected.map(|selection| selection.exit_status)
    })
}

fn selected(args: &SelectArgs, log: &Log, stop: &Stop) -> Result<SelectSummary, Error> {
    let output = Output::new(args)?;
    let connection = Connection::resolve(&args.account, &args.pace, &args.output, stop)?;
    let filter = Filter::new(&args.filters, connection.zone.as_ref())?;
    if args.filters.filter.is_none() {
        let message = "archived conversations are listed too (see --filter)";
        log.report(&Notice::Note { message });
    }
    let base_url = connection.account.base_url();
    let (rows, mut selection) = session(&connection, log, stop, |session| {
        let mut listing = ListReader::new(session, &filter, log);
        for query in filter.queries() {
            listing.read(&query)?;
        }
        let mut selection = listing.summary();
        let matching = listing.into_matching();
        let mut maker = RowMaker::new(base_url, session.redactor(), args.with_expect);
        let rows = matching.into_iter().filter_map(|seen| maker.row(seen));
        let rows: Vec<_> = rows.collect();
        maker.add_to(&mut selection);
        Ok((rows, selection))
    })?;
    // A signal that came with the last page ends the command, too.
    if let Some(reason) = stop.reason() {
        return Err(Error::Stopped(reason));
    }
    selection.selected = rows.len() as u64;
    selection.file = output.name();
    selection.next = output.next(&args.account);
    output.write(&rows)?;
    for warning in selection.warnings(output.is_for_spreadsheets()) {
        log.warning(&warning);
    }
    selection.exit_status = if selection.is_whole() {
        exit::DONE
    } else {
        exit::ROWS_LEFT
    };
    log.report(&Notice::Selected(&selection));
    Ok(selection)
}
