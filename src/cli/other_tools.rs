//! What other tools call their commands and options -> what to write here.
//!
//! The tables are text: a line of names, in lower case and with `-` between words, then a tip in each
//! indented line below. FILE in a tip is the word that follows the command.

/// Commands.
pub(super) const COMMANDS: &str = include_str!("other_commands.txt");

/// Options, without their hyphens.
pub(super) const OPTIONS: &str = include_str!("other_options.txt");

/// Options of `undo` and those of `run` that it has not, without their hyphens.
pub(super) const UNDO_OPTIONS: &str = include_str!("undo_options.txt");

/// The tips for `name`, a line each.
pub(super) fn tips_for(table: &str, name: &str) -> Option<String> {
    let is_tip = |line: &&str| line.starts_with(' ');
    let mut lines = table.lines();
    lines.find(|line| !is_tip(line) && line.split(' ').any(|known| known == name))?;
    let tips: Vec<_> = lines.take_while(is_tip).map(str::trim_start).collect();
    Some(tips.join("\n"))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::super::args::Args;
    use super::*;

    fn names(table: &str) -> impl Iterator<Item = &str> {
        let lines = table.lines().filter(|line| !line.starts_with(' '));
        lines.flat_map(|line| line.split(' '))
    }

    #[test]
    fn nothing_that_works_is_taken_for_a_guess() {
        let known = Args::command();
        for name in names(COMMANDS) {
            assert!(known.find_subcommand(name).is_none(), "{name}");
        }
        for (command, table) in [("run", OPTIONS), ("undo", UNDO_OPTIONS)] {
            let command = known.find_subcommand(command).expect("a command");
            for name in names(table) {
                let is_known = command.get_arguments().any(|known| {
                    known.get_long() == Some(name)
                        || known.get_short().is_some_and(|c| name == c.to_string())
                });
                assert!(!is_known, "{name}");
            }
        }
    }

    #[test]
    fn every_guess_has_one_meaning_and_a_tip() {
        for table in [COMMANDS, OPTIONS, UNDO_OPTIONS] {
            let mut all: Vec<_> = names(table).collect();
            assert!(
                all.iter()
                    .all(|name| tips_for(table, name).is_some_and(|tip| !tip.is_empty()))
            );
            let count = all.len();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), count);
        }
    }
}
