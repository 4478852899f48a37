//! The page of a dry run, and of the question before a run: for people, on a small terminal.

#![expect(clippy::expect_used, reason = "tests")]

use super::preview::{EDITS, assert_says, page, workspace_with};
use super::support::answer::Answer;
use super::support::server::Server;

/// What a terminal of 80 columns and 24 lines shows when the question is asked: the last lines, where
/// lines that are too long take more than one. Letters of the test are one column wide.
fn visible_at_the_question(screen: &str) -> Vec<String> {
    let (asked, _) = screen.split_once("[y/N] ").expect("a question");
    let asked = asked.to_owned() + "[y/N] ";
    let lines = asked.lines().flat_map(|line| {
        let chars: Vec<char> = line.trim_end_matches('\r').chars().collect();
        let lines: Vec<String> = chars.chunks(80).map(|part| part.iter().collect()).collect();
        if lines.is_empty() {
            vec![String::new()]
        } else {
            lines
        }
    });
    let lines: Vec<String> = lines.collect();
    lines[lines.len().saturating_sub(24)..].to_vec()
}

#[test]
fn a_page_says_what_is_edited_and_what_cannot_be_undone() {
    assert_says(
        &page(EDITS, &[]),
        "
        rows.csv: 5 rows, all valid, 1 changes nothing
        field             rows  most common values
        add_tags             2  vip ×2, refund ×1
        remove_tags          1  new ×1
        expect.status        1  0 (Open) ×1
        line  conversation  change
        2  a             tags +vip +refund -new
        4  c             tags = x
        up to 7 requests (3 reads) at 120/min (at most about 4s)
        replaces all tags on 1 conversation
        1 row cannot be undone: add --read-first
        ",
    );
    let page = page(EDITS, &[]).stdout;
    assert!(!page.contains("GET") && !page.contains('{'), "{page}");
}

#[test]
fn a_verbose_page_has_the_first_requests() {
    assert_says(
        &page(EDITS, &["-v"]),
        "
        line 2: GET https://BRAND.reamaze.io/api/v1/conversations/a
        expects status: 0 (Open)
        adds tags: vip, refund
        removes tags: new
        then PUT the new tags, unless the conversation already shows them
        then PUT the new tags and these fields, unless the conversation already shows them: {\"conversation\":{\"status\":2}}
        line 4: PUT https://BRAND.reamaze.io/api/v1/conversations/c
        ",
    );
}

#[test]
fn rows_that_can_be_undone_are_no_warning() {
    for options in [["--read-first"], ["--sandbox"]] {
        let page = page(EDITS, &options).stdout;
        assert!(!page.contains("undone"), "{page}");
    }
}

#[test]
fn figures_and_losses_are_next_to_the_question() {
    let workspace = workspace_with(EDITS);
    let server = Server::start(Answer::echo);
    let run = workspace.command(&["run", "rows.csv"]).against(&server);
    let (status, screen) = run.on_terminal("n\n");
    assert_eq!(status, 2, "{screen}");
    for words in [
        "up to 7 requests (3 reads) at 120/min (at most about 4s)",
        "1 row cannot be undone: add --read-first",
        "Update 4 conversations at 127.0.0.1:",
        " (replacing all tags on 1)? [y/N] ",
    ] {
        assert!(screen.contains(words), "{words:?} is not in {screen}");
    }
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn page_and_question_are_visible_at_once_on_a_small_terminal() {
    let header = "slug,tag_list,status,assignee,category,data.order,expect.status";
    let rows = (1..=400).map(|number| {
        let tags = if number % 8 == 0 {
            "[]"
        } else {
            "\"vip, refund, returns\""
        };
        format!(
            "change-of-address-{number},{tags},done,someone@example.com,support,{number:06},open\n"
        )
    });
    let workspace = workspace_with(&format!("{header}\n{}", rows.collect::<String>()));
    let server = Server::start(Answer::echo);
    let run = workspace.command(&["run", "rows.csv"]).against(&server);
    let (status, screen) = run.on_terminal("n\n");
    assert_eq!(status, 2, "{screen}");
    let visible = visible_at_the_question(&screen);
    let text = visible.join("\n");
    for words in [
        "rows.csv: 400 rows, all valid\n",
        "  tag_list        400  all removed on 50; ",
        "  expect.status   400  0 (Open) ×400\n",
        "     2  change-of-address-1  status -> Done",
        "\nup to 800 requests (400 reads) at 120/min (at most about 6m 40s)\n",
        "\nreplaces all tags on 350 conversations, removes all tags from 50\n",
    ] {
        assert!(text.contains(words), "{words:?} is not visible:\n{text}");
    }
    assert!(
        visible
            .last()
            .is_some_and(|line| line.ends_with("? [y/N] ")),
        "{text}"
    );
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn no_line_of_a_page_is_wider_than_a_terminal() {
    let names: Vec<_> = (0..100)
        .map(|number| format!("data.{}{number}", "name ".repeat(20)))
        .collect();
    let values = vec!["value,".repeat(40); 100];
    let values: Vec<_> = values.iter().map(|value| format!("\"{value}\"")).collect();
    let slug = "very-long-slug-".repeat(10);
    let rows = format!("slug,{}\n{slug},{}\n", names.join(","), values.join(","));
    for rows in [
        rows,
        format!("slug,status\n{slug},{}\n", "nope ".repeat(30)),
    ] {
        let page = page(&rows, &[]).stdout;
        let widest = page.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(80), "{page}");
        assert!(page.lines().count() <= 50, "{page}");
    }
}

#[test]
fn foreign_text_in_the_page_cannot_act_on_a_terminal() {
    let rows = "slug,status,category,data.x\na,1,x,\u{1b}[31m\u{9b}\u{200b}y\n";
    let output = page(rows, &[]);
    assert_eq!(output.status, 0, "{output:?}");
    let acts = |c: char| (c.is_control() && c != '\n') || ['\u{202e}', '\u{200b}'].contains(&c);
    assert!(!output.stdout.contains(acts), "{:?}", output.stdout);
}
