//! `sandbox`: serves a simulated Re:amaze until a signal comes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::signals::listen;
use crate::cli::SandboxArgs;
use crate::model::text::one_line;
use crate::model::{StopReason, utc_millis};
use crate::report::{Log, Notice};
use crate::sandbox::{EMAIL, Limit, Observer, Options, OtherFields, RetryAfter, Sandbox, Served};
use crate::stop::Stop;
use crate::{exit, report};

/// Logs every request.
fn logged(log: &Arc<Log>) -> Observer {
    let log = Arc::clone(log);
    Box::new(move |served| {
        let Served {
            method,
            path,
            status,
            took,
        } = served;
        log.report(&Notice::Served {
            time: &utc_millis(Timestamp::now()),
            method,
            path: &one_line(path, 300),
            http_status: *status,
            took: *took,
        });
    })
}

/// Serves; the exit status.
pub(super) fn sandbox(args: &SandboxArgs, log: &Arc<Log>) -> u8 {
    let options = Options {
        limit: args.limit.map(|limit| Limit {
            requests: limit.requests(),
            window: limit.window(),
        }),
        retry_after: if args.no_retry_after {
            RetryAfter::Withheld
        } else {
            RetryAfter::Sent
        },
        latency: args.latency,
        errors: args.errors,
        meanwhile: args.meanwhile,
        other_fields: if args.replace_data {
            OtherFields::Erased
        } else {
            OtherFields::Kept
        },
        conversations: args
            .conversations
            .unwrap_or(Options::default().conversations),
    };
    let stop = Arc::new(Stop::default());
    let started = listen(&stop, log).and_then(|()| Sandbox::start(args.port, options, logged(log)));
    let sandbox = match started {
        Ok(sandbox) => sandbox,
        Err(error) => {
            let message = format!(
                "the sandbox cannot listen on 127.0.0.1:{}: {error}",
                args.port
            );
            log.error(exit::USAGE, &message);
            return exit::USAGE;
        }
    };
    let printed = report::print(format!(
        "export REAMAZE_BASE_URL={} REAMAZE_EMAIL={EMAIL} REAMAZE_API_TOKEN=sandbox\n",
        sandbox.base_url()
    ));
    if let Err(error) = printed {
        let message = format!("cannot write to standard output: {error}");
        log.error(exit::STOPPED, &message);
        return exit::STOPPED;
    }
    log.report(&Notice::Listening {
        message: "a simulated Re:amaze is listening; all data is discarded when it ends (Ctrl-C)",
    });
    while !stop.is_set() {
        stop.wait_until(Instant::now() + Duration::from_hours(1));
    }
    match stop.reason() {
        Some(StopReason::Signal(signal)) => exit::from_signal(signal),
        _ => exit::INTERNAL,
    }
}
