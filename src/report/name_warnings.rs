//! Names in rows that the account does not know -> warnings for the page and the log: a few of them, the
//! others only as a number.

use crate::model::NameFindings;
use crate::model::text::counted;

/// Names that get a line of their own.
const MOST_NAMES: usize = 3;

/// The warnings about the names in `input`. `age` is how old the names are that they were compared with, and
/// `refresh` the command that reads these again.
#[must_use]
pub fn name_warnings(
    input: &str,
    findings: &NameFindings,
    age: &str,
    refresh: &str,
) -> Vec<String> {
    let all = findings.first();
    let shown = all.iter().take(MOST_NAMES).map(|found| {
        let rows = [counted(found.rows, "row")];
        let message = found.problem.message(found.meant.as_deref(), &rows);
        format!("{input}:{}: {}: {message}", found.line, found.problem.field)
    });
    let mut warnings: Vec<_> = shown.collect();
    let (shown, more) = (warnings.len(), all.len() - warnings.len());
    let catalog = format!("not in the catalog, which is {age} old");
    match (shown, more, findings.further()) {
        (0, ..) => {}
        (1, ..) => warnings.push(format!("this name is {catalog} (to refresh it: {refresh})")),
        (_, 0, _) => warnings.push(format!(
            "these names are {catalog} (to refresh it: {refresh})"
        )),
        // In one line: there are many already.
        (_, _, further) => {
            let least = if further > 0 { "at least " } else { "" };
            let more = counted(more as u64, "more name");
            warnings.push(format!("these and {least}{more} are {catalog}"));
        }
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::NameProblem;

    fn text(names: u64) -> String {
        let mut findings = NameFindings::default();
        for number in 0..names {
            let problem = NameProblem::new("assignee", &format!("a{number}@b.c"), "is wrong");
            findings.add(number + 2, problem.clone(), |_| {
                (number == 0).then(|| "right".into())
            });
            findings.add(number + 3, problem, |_| None);
        }
        name_warnings("rows.csv", &findings, "3d 2h", "refresh").join("\n")
    }

    #[test]
    fn each_name_is_a_line_and_many_are_a_number() {
        assert_eq!(text(0), "");
        insta::assert_snapshot!(text(1), @r"
        rows.csv:2: assignee: `a0@b.c` is wrong (2 rows; did you mean `right`?)
        this name is not in the catalog, which is 3d 2h old (to refresh it: refresh)
        ");
        insta::assert_snapshot!(text(7), @r"
        rows.csv:2: assignee: `a0@b.c` is wrong (2 rows; did you mean `right`?)
        rows.csv:3: assignee: `a1@b.c` is wrong (2 rows)
        rows.csv:4: assignee: `a2@b.c` is wrong (2 rows)
        these and 4 more names are not in the catalog, which is 3d 2h old
        ");
        let many = text(1100);
        assert!(
            many.contains("these and at least 997 more names are not"),
            "{many}"
        );
    }
}
