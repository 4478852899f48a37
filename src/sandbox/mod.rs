//! A simulated Re:amaze: turns requests to a loopback address into the answers that the real
//! service would give, so that runs can be rehearsed and tests need no account.
//!
//! `rules` validates a request body, `state` keeps what was changed, `limit` counts requests, and
//! `server` puts them behind HTTP. Nothing is kept beyond the life of a [`Sandbox`], and memory
//! grows with the conversations touched.
//!
//! What an input file can provoke, without any option:
//!
//! | in the request | answer |
//! | --- | --- |
//! | a slug that starts with `missing-` | 404 |
//! | an assignee or category that contains `unknown`, `missing`, `nobody`, `no-such` or `nonexistent` | 422 |
//! | a body that breaks the rules of the API | 422 with all its problems |

mod limit;
mod rules;
mod server;
mod state;

pub use limit::Limit;
pub use server::{Observer, Options, RetryAfter, Sandbox, Served};

/// The login that a sandbox is addressed by; it takes any.
pub const EMAIL: &str = "agent@example.com";
