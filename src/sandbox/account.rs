//! Requests to the API -> changes of the simulated account, and answers. Knows nothing of logins,
//! rate limits and failures: those are in `server`.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use jiff::Timestamp;
use parking_lot::Mutex;

use super::answers::{answer, refusal, refused};
use super::catalog::{channels, staff};
use super::list_query::ListQuery;
use super::options::Options;
use super::parameters::Parameters;
use super::rules::read_attributes;
use super::state::Conversations;
use super::used_tags::{UsedTags, Window};

/// Everything the handlers share.
struct Account {
    options: Options,
    conversations: Mutex<Conversations>,
}

type Shared = State<Arc<Account>>;

/// The addresses of an account, and what is behind them.
pub(super) fn router(options: Options) -> Router {
    let conversations = Mutex::new(Conversations::new(options.conversations));
    let account = Account {
        options,
        conversations,
    };
    let only =
        |route: MethodRouter<_>| route.fallback(async || refusal(StatusCode::METHOD_NOT_ALLOWED));
    Router::new()
        .route("/api/v1/conversations", only(get(list)))
        .route("/api/v1/conversations/{slug}", only(get(show).put(update)))
        .route("/api/v1/staff", only(get(list_staff)))
        .route("/api/v1/channels", only(get(list_channels)))
        .route("/api/v1/reports/tags", only(get(report_tags)))
        .fallback(async || refusal(StatusCode::NOT_FOUND))
        .with_state(Arc::new(account))
}

async fn show(State(account): Shared, slug: Result<Path<String>, PathRejection>) -> Response {
    let Some(slug) = existing(slug) else {
        return refusal(StatusCode::NOT_FOUND);
    };
    let mut conversations = account.conversations.lock();
    let answer = answer(conversations.show(&slug));
    // Under the same lock, so that no PUT can come before it, however fast.
    if fastrand::f64() < account.options.meanwhile {
        conversations.touch(&slug);
    }
    answer
}

async fn update(
    State(account): Shared,
    slug: Result<Path<String>, PathRejection>,
    body: Bytes,
) -> Response {
    let Some(slug) = existing(slug) else {
        return refusal(StatusCode::NOT_FOUND);
    };
    let attributes = match read_attributes(&body) {
        Ok(attributes) => attributes,
        Err(problems) => return refused(&problems),
    };
    let mut conversations = account.conversations.lock();
    answer(conversations.update(&slug, attributes, account.options.other_fields))
}

async fn list(State(account): Shared, uri: Uri) -> Response {
    let parameters = parameters(&uri);
    let query = match ListQuery::read(&parameters) {
        Ok(query) => query,
        Err(problems) => return refused(&problems),
    };
    let mut conversations = account.conversations.lock();
    let answer = answer(&conversations.page(&query, parameters.page()));
    if fastrand::f64() < account.options.meanwhile {
        conversations.move_one(&query, parameters.page());
    }
    answer
}

async fn list_staff(State(account): Shared, uri: Uri) -> Response {
    let conversations = account.conversations.lock();
    answer(&staff(conversations.touched(), &parameters(&uri)))
}

async fn list_channels(State(account): Shared, uri: Uri) -> Response {
    let conversations = account.conversations.lock();
    answer(&channels(conversations.touched(), &parameters(&uri)))
}

async fn report_tags(State(account): Shared, uri: Uri) -> Response {
    match Window::read(&parameters(&uri), Timestamp::now()) {
        Ok(window) => answer(&UsedTags::count(window, account.conversations.lock().all())),
        Err(problems) => refused(&problems),
    }
}

fn parameters(uri: &Uri) -> Parameters {
    Parameters::read(uri.query().unwrap_or_default())
}

/// The slug of the conversation that a path leads to, unless no conversation can have it. Where no
/// slug matches, the service looks for a conversation with that database ID; here, digits never match.
fn existing(slug: Result<Path<String>, PathRejection>) -> Option<String> {
    let Path(slug) = slug.ok()?;
    if slug.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(format!("unrelated-{slug}"));
    }
    Some(slug).filter(|slug| !slug.starts_with("missing-"))
}
