//! An account in which colleagues work, behind a network that loses answers; and a log of it all.

use std::collections::BTreeMap;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::case::{Case, Deed, Happening, Loss, identity};
use super::rules::{set, tags};
use crate::support::account::Account;
use crate::support::answer::Answer;
use crate::support::command::{Output, Run, Signal};
use crate::support::request::Request;
use crate::support::sent::eventually;
use crate::support::server::Server;

/// What happened to a conversation.
#[derive(Clone, Debug)]
pub(super) enum Entry {
    /// It was read, and the answer sent.
    Read(Value),
    /// An update arrived.
    Put {
        body: Value,
        is_applied: bool,
        /// Whether the answer says so.
        is_clear: bool,
    },
    /// A colleague changed it; the tag that this was about, and whether it was added.
    Colleague(Option<(String, bool)>),
    /// A process started: it knows nothing of what others read.
    Start,
}

/// An account, and what happens to it.
pub(super) struct World {
    account: Arc<Account>,
    refused: Vec<String>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    log: BTreeMap<String, Vec<Entry>>,
    happenings: BTreeMap<usize, Happening>,
    requests: usize,
    processes: usize,
    is_killing: bool,
}

impl World {
    pub(super) fn new(case: &Case) -> (Arc<Self>, Server) {
        let there = case.conversations.iter();
        let there = there.filter_map(|(slug, own)| Some((slug.as_str(), own.clone()?)));
        let slugs = case.conversations.keys();
        let world = Arc::new(Self {
            account: Account::new(there),
            refused: case.refused.clone(),
            state: Mutex::new(State {
                log: slugs.map(|slug| (slug.clone(), Vec::new())).collect(),
                ..State::default()
            }),
        });
        let answering = Arc::clone(&world);
        let server = Server::start(move |request| answering.answer(request));
        (world, server)
    }

    pub(super) fn show(&self, slug: &str) -> Value {
        self.account.show(slug)
    }

    /// What happened to each conversation since the last call.
    pub(super) fn take_log(&self) -> BTreeMap<String, Vec<Entry>> {
        let mut state = self.state();
        let empty = state.log.keys().map(|slug| (slug.clone(), Vec::new()));
        let empty = empty.collect();
        mem::replace(&mut state.log, empty)
    }

    /// Counts requests anew, and lets this happen at them.
    pub(super) fn expect(&self, happenings: &BTreeMap<usize, Happening>) {
        let mut state = self.state();
        state.requests = 0;
        state.happenings.clone_from(happenings);
    }

    /// Runs a process to its end, which is that of a kill if one is due.
    pub(super) fn run(&self, server: &Server, command: Run) -> Output {
        let token = {
            let mut state = self.state();
            state.processes += 1;
            state.is_killing = false;
            for entries in state.log.values_mut() {
                entries.push(Entry::Start);
            }
            token(state.processes)
        };
        let command = command.against(server).env("REAMAZE_API_TOKEN", token);
        let mut child = command.spawn();
        eventually("the process ends, or is to be killed", || {
            child.has_ended() || self.state().is_killing
        });
        if !child.has_ended() {
            child.signal(Signal::KILL);
        }
        let output = child.wait();
        // What it has sent and nobody has read yet is lost.
        self.state().processes += 1;
        output
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics in it")
    }

    fn answer(&self, request: &Request) -> Answer {
        let mut state = self.state();
        if request.headers.get("authorization") != Some(&login(state.processes)) {
            return Answer::reset();
        }
        let happening = {
            let number = state.requests;
            state.requests += 1;
            state.happenings.remove(&number)
        };
        match happening {
            Some(Happening::Colleague { is_after, deed }) => {
                if is_after {
                    let answer = self.carry_out(&mut state, request, Some(true));
                    self.act(&mut state, &request.slug, &deed);
                    return answer;
                }
                self.act(&mut state, &request.slug, &deed);
            }
            Some(Happening::Elsewhere { number, deed }) => {
                let slug = state.log.keys().nth(number % state.log.len());
                let slug = slug.cloned().unwrap_or_default();
                self.act(&mut state, &slug, &deed);
            }
            Some(Happening::Lost { loss, is_applied }) => {
                self.carry_out(&mut state, request, is_applied.then_some(false));
                let shown = self.account.show(&request.slug).to_string();
                return match loss {
                    Loss::Error => Answer::text(500, "oops"),
                    Loss::Reset => Answer::reset(),
                    Loss::Cut => Answer::cut(200, &shown, shown.len() - 1),
                };
            }
            Some(Happening::Throttled) => {
                state.log(request, false, true);
                return Answer::text(429, "").header("retry-after", "0");
            }
            Some(Happening::KillUnanswered { is_applied }) => {
                self.carry_out(&mut state, request, is_applied.then_some(false));
                state.is_killing = true;
                return Answer::hang();
            }
            Some(Happening::KillAnswered) => state.is_killing = true,
            None => {}
        }
        self.carry_out(&mut state, request, Some(true))
    }

    /// Does what is asked for, if `is_answered` is given: whether the answer will arrive.
    fn carry_out(&self, state: &mut State, request: &Request, is_answered: Option<bool>) -> Answer {
        let Some(is_answered) = is_answered else {
            state.log(request, false, false);
            return Answer::text(500, "");
        };
        let is_there = !self.account.show(&request.slug).is_null();
        if request.method == "PUT" && self.refused.contains(&request.slug) {
            state.log(request, false, is_answered);
            return Answer::json(422, &json!({"errors": {"base": ["not this one"]}}));
        }
        let answer = self.account.answer(request);
        if request.method == "PUT" {
            state.log(request, is_there, is_answered);
        } else if is_answered && is_there {
            let shown = self.account.show(&request.slug);
            state.push(&request.slug, Entry::Read(shown));
        }
        answer
    }

    /// Changes a conversation as a colleague does.
    fn act(&self, state: &mut State, slug: &str, deed: &Deed) {
        let shown = self.account.show(slug);
        if shown.is_null() {
            return;
        }
        let mut now = tags(&shown);
        let mut about = None;
        match deed {
            Deed::AddTag(tag) => {
                if set(&now).contains(identity(tag)) {
                    return;
                }
                now.push(tag.clone());
                about = Some((tag.clone(), true));
                self.account.change(slug, json!({"tag_list": now}));
            }
            Deed::RemoveTag(number) => {
                if now.is_empty() {
                    return;
                }
                about = Some((now.remove(number % now.len()), false));
                self.account.change(slug, json!({"tag_list": now}));
            }
            Deed::Status(status) => {
                let status = json!({"status": status, "hold_until": null});
                self.account.change(slug, status);
            }
            Deed::Assignee(email) => {
                let staff = json!({"name": "Staff", "email": email});
                self.account.change(slug, json!({"assignee": staff}));
            }
            Deed::Field(name, text) => {
                let mut data = shown["data"].clone();
                data[*name] = json!(text);
                self.account.change(slug, json!({"data": data}));
            }
        }
        state.push(slug, Entry::Colleague(about));
    }
}

impl State {
    /// Notes an update.
    fn log(&mut self, request: &Request, is_applied: bool, is_clear: bool) {
        if request.method != "PUT" {
            return;
        }
        let entry = Entry::Put {
            body: request.body["conversation"].clone(),
            is_applied,
            is_clear,
        };
        self.push(&request.slug, entry);
    }

    fn push(&mut self, slug: &str, entry: Entry) {
        self.log.entry(slug.to_owned()).or_default().push(entry);
    }
}

/// The token of a process: each has its own.
fn token(process: usize) -> String {
    format!("token-of-process-{process}")
}

/// What a process logs in with.
fn login(process: usize) -> String {
    let login = format!("agent@example.com:{}", token(process));
    format!("Basic {}", BASE64_STANDARD.encode(login))
}
