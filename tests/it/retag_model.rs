//! Retagging as it should come out, whoever else is at work and whatever happens to the process: the
//! tags of others stay, every row is accounted for, a second run has nothing to do.
//!
//! What is expected is computed from a log of what the account saw, by rules written down here again.

#![expect(clippy::expect_used, reason = "a step that fails fails the test")]

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use self::case::{Case, identity};
use self::checks::{
    Checked, Figures, check_outcome, check_tags, check_updates, comparable, is_as_read,
    is_changed_by_us, put_back,
};
use self::play::Play;
use self::rules::{missing, outcome, set, tags};
use self::world::Entry;
use super::properties;
use super::support::command::{ledger, summary};

mod case;
mod checks;
mod play;
mod rules;
mod strategies;
mod world;

/// Runs the file of a case, whatever happens, and then once more in peace.
fn check_run_and_again(case: &Case, figures: &mut Figures) -> Checked {
    let play = Play::new(case);
    play.world.expect(&case.happenings);
    let before: Vec<_> = case
        .conversations
        .keys()
        .map(|slug| play.world.show(slug))
        .collect();
    let output = play.run_on(play.start("out"), "out", figures);
    prop_assert!([0, 1].contains(&output.status), "{output:#?}");
    let play = play.check_sums("out", output);
    let lines = ledger(&play.run_dir("out"));
    let log = play.world.take_log();
    prop_assert_eq!(&summary(&play.run_dir("out"))["differs"], &json!(0));
    for ((slug, entries), before) in log.iter().zip(&before) {
        check_updates(case, slug, entries)?;
        let after = play.world.show(slug);
        check_tags(case.row(slug), before, entries, &after, figures)?;
        figures.updates += usize::from(is_changed_by_us(entries));
    }
    prop_assert_eq!(lines.len(), case.rows.len());
    for (row, line) in case.rows.iter().zip(&lines) {
        prop_assert_eq!(&row.slug, &line.slug);
        check_outcome(case, row, line, &log[&row.slug], figures)?;
    }
    figures.rows += lines.len();
    // Again.
    play.world.expect(&BTreeMap::new());
    let shown: Vec<_> = case
        .rows
        .iter()
        .map(|row| play.world.show(&row.slug))
        .collect();
    let output = play.world.run(&play.server, play.start("again"));
    prop_assert!([0, 1].contains(&output.status), "{output:#?}");
    let play = play.check_sums("again", output);
    let again = ledger(&play.run_dir("again"));
    let second_log = play.world.take_log();
    for (((row, shown), first), second) in case.rows.iter().zip(&shown).zip(&lines).zip(&again) {
        let entries = &second_log[&row.slug];
        if !case.is_read(row) || shown.is_null() {
            continue;
        }
        let expected = match outcome(row, shown) {
            "updated" if case.refused.contains(&row.slug) => "rejected",
            expected => expected,
        };
        let context = format!("{row:?} {shown} {first:?} {second:?} {entries:#?}");
        prop_assert_eq!(&*second.outcome, expected, "{}", context);
        let is_same = ["updated", "unchanged"].contains(&&*first.outcome);
        if is_same && is_as_read(&log[&row.slug]) {
            figures.second_runs += 1;
            prop_assert_eq!(missing(row, shown), json!({}), "{}", context);
            prop_assert!(
                !entries.iter().any(|e| matches!(e, Entry::Put { .. })),
                "{context}"
            );
        }
    }
    Ok(())
}

/// Runs the file of a case, whatever happens, and undoes that, whatever happens.
fn check_run_and_undo(case: &Case, figures: &mut Figures) -> Checked {
    let play = Play::new(case);
    play.world.expect(&case.happenings);
    let show = |play: &Play<'_>| -> Vec<Value> {
        let slugs = case.conversations.keys();
        slugs.map(|slug| play.world.show(slug)).collect()
    };
    let before = show(&play);
    if case.is_resumed {
        play.run_on(play.start("out"), "out", figures);
    } else {
        let output = play.world.run(&play.server, play.start("out"));
        figures.unresumed += usize::from(output.status == -9);
    }
    let (log, changed) = (play.world.take_log(), show(&play));
    play.world.expect(&case.later);
    let options = format!(
        "--rate 1000/s --workers {} --max-failures none",
        case.workers
    );
    let undo = play.command(&format!("undo out --yes --out undone {options}"));
    let output = play.run_on(undo, "undone", figures);
    let is_undone = play.run_dir("undone").exists();
    let status = if is_undone { [0, 1] } else { [0, 2] };
    prop_assert!(status.contains(&output.status), "{output:#?}");
    let output = format!("{output:#?}");
    let after = show(&play);
    let lines = if is_undone {
        ledger(&play.run_dir("undone"))
    } else {
        Vec::new()
    };
    for (at, (slug, entries)) in log.iter().enumerate() {
        check_updates(case, slug, entries)?;
        let (before, changed, after) = (&before[at], &changed[at], &after[at]);
        let line = lines.iter().find(|line| line.slug == *slug);
        let context = || format!("{before} {entries:#?} {changed} {after} {line:?} {output}");
        let row = case.row(slug).filter(|row| case.is_read(row));
        let is_left_alone = line.is_none_or(|line| line.outcome != "updated");
        let is_touched = entries.iter().any(|e| matches!(e, Entry::Colleague(_)));
        let Some(row) = row.filter(|_| is_changed_by_us(entries)) else {
            prop_assert_eq!(changed, after, "{}", context());
            continue;
        };
        if is_touched {
            prop_assert!(!is_left_alone || changed == after, "{}", context());
            let named = [
                &*row.add,
                &*row.remove,
                row.tag_list.as_deref().unwrap_or_default(),
            ];
            let named = named.concat();
            let others = |shown: &Value| -> BTreeSet<String> {
                let tags = tags(shown).into_iter();
                tags.filter(|tag| !set(&named).contains(identity(tag)))
                    .collect()
            };
            let is_kept = others(changed).is_subset(&others(after));
            let is_same = row.tag_list.is_some() || others(changed) == others(after);
            prop_assert!(is_kept && is_same, "{}", context());
            figures.touched += 1;
        } else {
            let expected = put_back(before, changed);
            prop_assert_eq!(
                comparable(row, after.clone()),
                comparable(row, expected),
                "{}",
                context()
            );
            figures.put_back += 1;
        }
    }
    Ok(())
}

/// Checks that many cases; what they came to.
fn check(cases: u32, check: fn(&Case, &mut Figures) -> Checked) -> Figures {
    let figures = RefCell::new(Figures::default());
    let config = ProptestConfig {
        max_shrink_iters: 60,
        ..properties::cases(cases)
    };
    let checked = TestRunner::new(config).run(&strategies::cases(), |case| {
        if case.rows.is_empty() {
            return Ok(());
        }
        check(&case, &mut figures.borrow_mut())
    });
    let failure = checked.map_or_else(|error| error.to_string(), |()| String::new());
    assert!(failure.is_empty(), "{failure}");
    figures.into_inner()
}

#[test]
fn tags_of_others_stay_and_a_second_run_has_nothing_to_do() {
    let figures = check(16, check_run_and_again);
    assert!(
        figures.updated > 0 && figures.second_runs > 0,
        "{figures:?}"
    );
}

#[test]
fn an_undo_puts_back_what_nobody_else_has_touched() {
    let figures = check(16, check_run_and_undo);
    assert!(figures.put_back > 0, "{figures:?}");
}

#[test]
#[ignore = "takes minutes"]
#[expect(clippy::print_stdout, reason = "its figures are what it is run for")]
fn tags_of_others_stay_in_a_thousand_runs() {
    let figures = check(1000, check_run_and_again);
    println!("{figures:#?}");
    assert!(figures.in_window > 0 && figures.kills > 0, "{figures:?}");
}

#[test]
#[ignore = "takes minutes"]
#[expect(clippy::print_stdout, reason = "its figures are what it is run for")]
fn an_undo_puts_back_a_thousand_runs() {
    let figures = check(1000, check_run_and_undo);
    println!("{figures:#?}");
    assert!(figures.touched > 0 && figures.unresumed > 0, "{figures:?}");
}
