//! `check`: one request -> whether login, brand and server are right; if not, what is wrong, and what to do.
//!
//! Nothing is retried and no redirect is followed: one answer shows what there is to know.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::bounded;
use serde::Serialize;

use super::session::stoppable;
use crate::api::{
    Cause, ConversationQuery, Diagnosis, Exchange as _, Failure, ListConversations, ListPage, Reply,
};
use crate::cli::CheckArgs;
use crate::config::Connection;
use crate::error::Error;
use crate::exit;
use crate::model::text::counted;
use crate::model::{Attempt, Event, ListedConversation, RequestFor};
use crate::report::{self, Log, Notice, Progress, ProgressDisplay, Work};
use crate::stop::Stop;

/// What the request is for, as messages name it.
const LIST: &str = "conversations, page 1";

/// What was found; `--json` prints it.
#[derive(Serialize, Default)]
struct Document {
    exit_status: u8,
    error: Option<String>,
    cause: Option<Cause>,
    base_url: Option<String>,
    email: Option<String>,
    http_status: Option<u16>,
    conversations: Option<u64>,
    took_s: Option<f64>,
}

/// Checks; the exit status.
pub(super) fn check(args: &CheckArgs, log: &Arc<Log>) -> u8 {
    stoppable(log, |stop| {
        let found = find_out(args, log, stop);
        if args.output.json {
            match &found {
                Ok(found) => report::print_json(found).map_err(Error::Output)?,
                Err(error) => print_error(error)?,
            }
        }
        let found = found?;
        match &found.error {
            Some(error) => log.error(found.exit_status, error),
            None => log.report(&Notice::Note {
                message: &found.success(),
            }),
        }
        Ok(found.exit_status)
    })
}

/// The document of a check that could not be made.
pub(super) fn print_error(error: &Error) -> Result<(), Error> {
    let document = Document {
        exit_status: error.status(),
        error: Some(error.to_string()),
        ..Document::default()
    };
    report::print_json(&document).map_err(Error::Output)
}

impl Document {
    fn success(&self) -> String {
        let conversations = match self.conversations {
            Some(count) => counted(count, "conversation"),
            None => "its conversations can be read".to_owned(),
        };
        format!(
            "ok: {} accepts the login {}: {conversations} ({:.1} s)",
            self.base_url.as_deref().unwrap_or_default(),
            self.email.as_deref().unwrap_or_default(),
            self.took_s.unwrap_or_default()
        )
    }
}

/// Sends the request. An error is what keeps it from being sent.
fn find_out(args: &CheckArgs, log: &Log, stop: &Stop) -> Result<Document, Error> {
    let timeout = args.timeout.duration();
    let connection = Connection::resolve(&args.account, &args.pace(), &args.output, stop)?;
    log.settings(&connection.origins, &connection.warnings);
    let began = Instant::now();
    let reply = ask(&connection, timeout, log, stop)?;
    let took = began.elapsed();
    let document = Document {
        base_url: Some(connection.account.base_url().to_string()),
        email: Some(connection.account.email().to_owned()),
        http_status: reply.http_status,
        took_s: Some(took.as_secs_f64()),
        ..Document::default()
    };
    Ok(match reply.result {
        Ok(page) => Document {
            conversations: page.total_count,
            ..document
        },
        Err(failure) => {
            let diagnosis = Diagnosis::new(&failure, reply.http_status);
            let more_time = if reply.http_status.is_none() && took * 2 > timeout {
                "; to wait longer: --timeout 30s"
            } else {
                ""
            };
            let settings = connection.origins.join(", ");
            Document {
                exit_status: exit::STOPPED,
                error: Some(format!("{diagnosis}{more_time} (settings: {settings})")),
                cause: Some(diagnosis.cause),
                ..document
            }
        }
    })
}

fn first_page(query: &ConversationQuery) -> ListConversations<'_> {
    ListConversations { query, page: 1 }
}

/// Sends the request, and waits no longer than `timeout` for what comes of it.
fn ask(
    connection: &Connection,
    timeout: Duration,
    log: &Log,
    stop: &Stop,
) -> Result<Reply<ListPage<ListedConversation>>, Error> {
    let client = connection.client()?;
    let query = ConversationQuery {
        filter: "all",
        ..ConversationQuery::default()
    };
    let of = Attempt {
        of: RequestFor::List { list: LIST },
        number: 1,
    };
    let work = Work::listing(connection.pace.rate);
    let mut shown = Progress::new(ProgressDisplay::Hidden, log, work);
    let request = &client.in_words(&first_page(&query));
    shown.show(&Event::Request { of, request });
    let (send, replies) = bounded(1);
    // It is left alone when time is over: a resolver can hang for longer than anybody waits.
    thread::Builder::new()
        .spawn(move || {
            // Nobody may be waiting any more.
            let _ = send.send(client.exchange(&first_page(&query)));
        })
        .map_err(|error| Error::Fatal(format!("cannot start a thread: {error}")))?;
    let reply = match stop.receive_by(&replies, Instant::now() + timeout) {
        Ok(reply) => reply.unwrap_or_else(|| Reply {
            http_status: None,
            result: Err(Failure::no_answer(timeout)),
        }),
        Err(_) => return Err(Error::from_stop(stop).unwrap_or_else(Error::from_panic)),
    };
    let meaning = match &reply.result {
        Ok(page) => page.to_string(),
        Err(failure) => failure.in_words(),
    };
    shown.show(&Event::Answer {
        of,
        http_status: reply.http_status,
        meaning: &meaning,
    });
    Ok(reply)
}
