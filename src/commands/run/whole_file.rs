//! What the rows of an input show of the file as a whole: why it is not sent, and what to know before saying
//! yes.

use super::check::CheckedRows;
use crate::config::Settings;
use crate::model::text::{counted, quoted};
use crate::report::name_warnings;

impl CheckedRows {
    /// What gives pause about `input`, whatever its rows say.
    pub(super) fn warnings(&self, settings: &Settings, input: &str) -> Vec<String> {
        let known = settings.names.known.as_deref();
        let names = known.map(|known| {
            let found = &self.findings.names;
            name_warnings(input, found, known.age(), known.refresh())
        });
        let notes = self.findings.notes.iter();
        let notes = notes.map(|note| format!("{input}: {note}"));
        let left_out = self.planner.rules().left_out();
        let left_out = left_out.map(|left_out| format!("{input}: {left_out}"));
        let hosts = self.hosts(input);
        notes
            .chain(left_out)
            .chain(hosts)
            .chain(names.unwrap_or_default())
            .collect()
    }

    /// That rows name their conversation by an address, if there is no account to compare it with.
    fn hosts(&self, input: &str) -> Option<String> {
        let [host] = self.findings.preview.address_hosts.hosts() else {
            return None;
        };
        let (rows, host) = (counted(host.rows, "row"), &host.host);
        Some(format!(
            "{input}: slugs were read from addresses at {host} in {rows}; no account is given to compare the host with (a run accepts only the host of its account)"
        ))
    }

    /// Why no row of the file is sent, if so.
    pub(super) fn refused_file(&self, settings: &Settings) -> Option<String> {
        let name = settings.source.name();
        if self.findings.too_many {
            let most = settings.limits.max_rows.unwrap_or_default();
            return Some(format!(
                "{name}: more than {most} rows: nothing is sent (raise --max-rows to send them)"
            ));
        }
        if let Some(line) = self.findings.other_header {
            return Some(format!(
                "{name}: line {line} is a header with other columns: nothing is sent, because the rows below it may mean something else (was the file joined from two? run each by itself)"
            ));
        }
        if let Some((key, option)) = self.planner.rules().missing_key()
            && self.findings.preview.rows > 0
        {
            return Some(format!(
                "{name}: no row has the key {} that {option} names: nothing is sent (fix or remove the option)",
                quoted(key)
            ));
        }
        self.several_accounts(&name)
    }

    /// A run goes to one account: rows with addresses of several cannot all be meant for it.
    fn several_accounts(&self, name: &str) -> Option<String> {
        let addresses = &self.findings.preview.address_hosts;
        if addresses.hosts().len() < 2 {
            return None;
        }
        let hosts = addresses.hosts().iter().map(|host| {
            let rows = counted(host.rows, "row");
            format!("{} ({rows}, first on line {})", host.host, host.first_line)
        });
        let hosts = hosts.collect::<Vec<_>>().join(", ");
        let others = if addresses.has_others() {
            ", and others"
        } else {
            ""
        };
        Some(format!(
            "{name}: conversations of several accounts: {hosts}{others}: nothing is sent, because a run goes to one account (name it with --brand to see the rows of others)"
        ))
    }
}
