//! What is answered -> an HTTP response with a JSON body.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;

use super::rules::Problems;

/// An answer that says no more than its status does.
pub(super) fn refusal(status: StatusCode) -> Response {
    json(status, &json!({ "error": status.canonical_reason() }))
}

/// A value.
pub(super) fn answer(body: &impl Serialize) -> Response {
    json(StatusCode::OK, body)
}

/// The 422 that says what is wrong with a request.
pub(super) fn refused(problems: &Problems) -> Response {
    json(StatusCode::UNPROCESSABLE_ENTITY, problems)
}

fn json(status: StatusCode, body: &impl Serialize) -> Response {
    match serde_json::to_vec(body) {
        Ok(body) => (status, [(header::CONTENT_TYPE, "application/json")], body).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
