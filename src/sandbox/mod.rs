//! A simulated Re:amaze: turns requests to a loopback address into the answers that the real
//! service would give, so that runs can be rehearsed and tests need no account.
//!
//! `rules` validates a request body, `initial` makes conversations up, `stock` names those that are
//! there from the beginning, `colleague` changes them as other people do, `state` keeps what was
//! changed, `lists` keeps them in order, and `account` puts them behind the addresses of the API.
//! `limit` counts requests, and `server` speaks HTTP. Nothing is kept beyond the life of a
//! [`Sandbox`], and memory grows with the conversations touched.
//!
//! What an input file can provoke, without any option:
//!
//! | in the request | answer |
//! | --- | --- |
//! | a slug that starts with `missing-` | 404 |
//! | a slug of nothing but digits, like `123` | another conversation, `unrelated-123`: the real service takes it for a database ID |
//! | the category `chat` | 422: it is not an email channel |
//! | an assignee or category that contains `unknown`, `missing`, `nobody`, `no-such` or `nonexistent` | 422 |
//! | a body that breaks the rules of the API | 422 with all its problems |

mod account;
mod answers;
mod catalog;
mod colleague;
mod conversation;
mod initial;
mod limit;
mod list_query;
mod lists;
mod options;
mod page;
mod parameters;
mod rules;
mod server;
mod state;
mod stock;
mod used_tags;

pub use conversation::OtherFields;
pub use limit::Limit;
pub use options::{Observer, Options, RetryAfter, Served};
pub use server::Sandbox;

/// The login that a sandbox is addressed by; it takes any.
pub const EMAIL: &str = "agent@example.com";
