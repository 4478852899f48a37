//! A case, as a run of the binary in a workspace of its own.

use std::path::PathBuf;
use std::sync::Arc;

use super::case::Case;
use super::checks::Figures;
use super::world::World;
use crate::support::command::{Output, Run, Workspace};
use crate::support::sent::{Sent, command};
use crate::support::server::Server;

/// A case while it goes on.
pub(super) struct Play<'a> {
    pub(super) case: &'a Case,
    pub(super) workspace: Workspace,
    pub(super) world: Arc<World>,
    pub(super) server: Server,
}

impl<'a> Play<'a> {
    pub(super) fn new(case: &'a Case) -> Self {
        let (world, server) = World::new(case);
        let workspace = Workspace::new();
        let (name, rows) = case.file();
        workspace.write(name, rows);
        Self {
            case,
            workspace,
            world,
            server,
        }
    }

    pub(super) fn run_dir(&self, name: &str) -> PathBuf {
        self.workspace.path().join(name)
    }

    pub(super) fn command(&self, line: &str) -> Run {
        command(&self.workspace, line)
    }

    /// The run of the file that goes to `out`.
    pub(super) fn start(&self, out: &str) -> Run {
        let (name, _) = self.case.file();
        let workers = self.case.workers;
        let reads = if self.case.reads_all {
            "--read-first"
        } else {
            ""
        };
        let whole = if self.case.rows.iter().any(|row| row.is_whole) {
            "--data-whole"
        } else {
            ""
        };
        let limits = "--max-failures none --max-differs none --retries 8";
        let options = format!("--rate 1000/s --workers {workers} {limits} {reads} {whole}");
        self.command(&format!("run {name} --yes --out {out} {options}"))
    }

    pub(super) fn resume(&self, out: &str) -> Run {
        self.command(&format!("run --resume {out} --yes"))
    }

    /// Runs the first command, and resumes it until it ends by itself.
    pub(super) fn run_on(&self, first: Run, out: &str, figures: &mut Figures) -> Output {
        let mut output = self.world.run(&self.server, first);
        while output.status == -9 {
            figures.kills += 1;
            output = self.world.run(&self.server, self.resume(out));
        }
        output
    }

    /// Fails unless every row is accounted for once.
    pub(super) fn check_sums(self, out: &str, output: Output) -> Self {
        let run_dir = self.run_dir(out);
        let sent = Sent {
            workspace: self.workspace,
            output,
            run_dir,
        };
        sent.check_sums();
        sent.check_requests();
        Self {
            workspace: sent.workspace,
            ..self
        }
    }
}
