//! The hosts in addresses of conversations, counted by rows, in bounded memory.

/// Hosts that are kept.
const MOST_HOSTS: usize = 5;

/// Rows whose conversation was named by an address, by the host in it.
#[derive(Debug, Default)]
pub struct AddressHosts {
    hosts: Vec<HostRows>,
    has_others: bool,
}

/// The rows with one host.
#[derive(Debug, PartialEq, Eq)]
pub struct HostRows {
    /// The host.
    pub host: String,
    /// How many rows.
    pub rows: u64,
    /// The line of the first one.
    pub first_line: u64,
}

impl AddressHosts {
    /// Counts a row on that line.
    pub fn add(&mut self, host: &str, line: u64) {
        if let Some(known) = self.hosts.iter_mut().find(|known| known.host == host) {
            known.rows += 1;
        } else if self.hosts.len() < MOST_HOSTS {
            self.hosts.push(HostRows {
                host: host.to_owned(),
                rows: 1,
                first_line: line,
            });
        } else {
            self.has_others = true;
        }
    }

    /// The first hosts, in the order of the file.
    #[must_use]
    pub fn hosts(&self) -> &[HostRows] {
        &self.hosts
    }

    /// Whether there are further ones.
    #[must_use]
    pub fn has_others(&self) -> bool {
        self.has_others
    }
}
