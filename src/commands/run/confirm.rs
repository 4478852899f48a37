//! Shows what is about to be sent, and asks for confirmation in a way that a signal ends.

use std::io;

use super::check::CheckedRows;
use crate::api::Account;
use crate::config::{Consent, Settings};
use crate::error::Error;
use crate::files::interruptible;
use crate::report::{Log, Notice, StyledText, TextStyle};
use crate::stop::Stop;

/// Shows what is about to happen, and asks for confirmation where that is wanted.
pub(super) fn confirm(
    settings: &Settings,
    rows: &CheckedRows,
    account: &Account,
    log: &Log,
    stop: &Stop,
) -> Result<(), Error> {
    let name = settings.source.name();
    let known = (Some(account.base_url()), Some(account.email()));
    let plan = rows.plan(settings, &name, known);
    match settings.consent {
        Consent::Ask => {
            let page = StyledText::from(plan.page());
            let question = page.with_styled(TextStyle::Strong, plan.question());
            ask(question, log, stop)
        }
        Consent::Given => {
            for warning in &plan.warnings {
                log.warning(warning);
            }
            log.report(&Notice::Plan(&plan));
            Error::from_stop(stop).map_or(Ok(()), Err)
        }
    }
}

/// Asks `question`; anything but a yes declines.
fn ask(question: StyledText, log: &Log, stop: &Stop) -> Result<(), Error> {
    log.ask(question).map_err(|_| Error::Declined)?;
    let read = || {
        let mut line = String::new();
        io::stdin().read_line(&mut line)?;
        Ok(line)
    };
    let answer = interruptible(read, stop).unwrap_or_default();
    let is_yes = ["y", "yes"].contains(&answer.trim().to_lowercase().as_str());
    if is_yes && !stop.is_set() {
        return Ok(());
    }
    if !answer.ends_with('\n') {
        // What comes next must not follow the question. A terminal that is gone needs no new line.
        let _ = log.ask("\n");
    }
    Err(Error::from_stop(stop).unwrap_or(Error::Declined))
}
