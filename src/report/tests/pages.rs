//! The page and the question fit a terminal of 80 columns and 24 lines.

use std::borrow::Cow;

use super::super::table::{WIDTH, width};
use super::super::{
    FieldLeftOut, LeftOutExtent, LeftOutFields, Plan, UndoPreview, name_warnings, violations_text,
};
use super::plans::{edit, plan, sample, update};
use crate::model::{
    Changes, DataValue, FieldDiff, Guard, NameFindings, NameProblem, Preview, ReadPolicy, RowDiff,
    Slug, Status, StatusChange, TagDiff, TagEdits, Update, ValueBefore, Violation,
};

/// Lines of a terminal.
const LINES: usize = 24;

/// Words that no line holds: long ones, wide ones, and ones of several characters.
fn hostile(word: usize) -> String {
    let words = [
        "x".repeat(200),
        "日本語".repeat(40),
        "👩\u{200d}🚀❤\u{fe0f}🇩🇪".repeat(40),
        "e\u{301} ".repeat(120),
        "\u{202e}\u{1b}[31m\n".repeat(30),
        "many short words ".repeat(20),
    ];
    words[word % words.len()].clone()
}

fn diff() -> RowDiff {
    let fields = (0..100).map(|number| FieldDiff {
        field: hostile(number),
        before: ValueBefore::Unknown,
        after: hostile(number + 1),
    });
    RowDiff {
        fields: fields.collect(),
        tags: TagDiff::default(),
    }
}

/// A row with a long slug, and with tags, guards and 100 custom fields of hostile words.
fn hostile_row() -> Update<'static> {
    let tags = || (0..6).map(|word| Cow::Owned(hostile(word))).collect();
    let name = |number| Cow::Owned(format!("{number} {}", hostile(number)));
    let value = |number| DataValue::Text(Cow::Owned(hostile(number + 1)));
    let guards = (0..5).map(|number| Guard::Data(name(number), Some(value(number))));
    Update {
        slug: Slug::parse("very-long-".repeat(20)).expect("a slug"),
        tag_edits: TagEdits {
            add: tags(),
            remove: tags(),
        },
        guards: guards.collect(),
        ..update(Changes {
            assignee: Some(hostile(0).into()),
            data: (0..100)
                .map(|number| (name(number), value(number)))
                .collect(),
            ..Changes::default()
        })
    }
}

fn assert_fits(text: &str) {
    for line in text.lines() {
        assert!(width(line) <= WIDTH, "{} columns: {line}", width(line));
    }
}

#[test]
fn nothing_is_wider_than_a_terminal_whatever_the_file_has() {
    let mut preview = Preview::new(ReadPolicy::default(), Some(1));
    let row = hostile_row();
    preview.add_legal(hostile_row());
    preview.add_legal(hostile_row());
    preview.add_illegal();
    let mut left_out = LeftOutFields::new().expect("a temporary file");
    for line in 1..30 {
        let field = FieldLeftOut {
            line,
            slug: "very-long-".repeat(20),
            field: Some(hostile(0)),
            reason: "what was there is not valid as input".into(),
            detail: Some("many words ".repeat(20)),
        };
        left_out
            .add_row(vec![field], LeftOutExtent::Part)
            .expect("room");
    }
    let undo = UndoPreview {
        run: "reamaze-runs/".to_owned() + &"x".repeat(200),
        is_of_undo: true,
        left_out,
    };
    let input = format!("{}.csv", "x".repeat(200));
    let host = format!("https://{}.example/api/v1", "x".repeat(200));
    for undo in [None, Some(&undo)] {
        let mut plan = Plan {
            input: &input,
            undo,
            warnings: vec!["many words ".repeat(20)],
            ..plan(&preview)
        };
        plan.account.base_url = Some(&host);
        for _ in 0..3 {
            let mut sample = sample(&row);
            sample.diff = diff();
            plan.samples.push(sample);
        }
        assert_fits(&plan.page());
        assert_fits(&plan.question());
        assert!(plan.page().lines().count() < 70, "{}", plan.page());
    }
    let violation = Violation {
        line: 2,
        field: "x".repeat(200),
        message: "many words ".repeat(20),
    };
    assert_fits(&violations_text(&input, &[violation], 3));
}

#[test]
fn an_ordinary_file_and_its_question_fit_a_screen() {
    let tags = |tags: &[&'static str]| tags.iter().copied().map(Cow::Borrowed).collect();
    let mut preview = Preview::default();
    let row = |line, slug| Update {
        line,
        slug: Slug::parse(slug).expect("a slug"),
        tag_edits: TagEdits {
            add: tags(&["vip", "refund", "returns"]),
            remove: tags(&["new", "inbox"]),
        },
        guards: vec![Guard::Status(Status::from_code(0))],
        ..update(Changes {
            status: Status::from_code(2).map(StatusChange::To),
            assignee: Some("someone.with.a.name@example.com".into()),
            data: vec![("order".into(), DataValue::Text("001042".into()))],
            ..Changes::default()
        })
    };
    for line in 2..1200 {
        preview.add_legal(row(line, "change-of-address-of-a-customer"));
    }
    preview.add_legal(update(Changes {
        tag_list: Some(tags(&["x"])),
        ..Changes::default()
    }));
    let mut plan = plan(&preview);
    plan.samples = preview.samples.iter().map(sample).collect();
    plan.warnings = vec!["rows.csv: has 1048576 lines, exactly as many as a spreadsheet can hold: was the rest cut off? (compare with the export)".into()];
    let shown = plan.page() + &plan.question();
    assert!(shown.lines().count() <= LINES, "{shown}");
    insta::assert_snapshot!("plan_ordinary", shown);
    // Names that the account does not know take the room of the first rows.
    let mut names = NameFindings::default();
    for line in 2..9 {
        let email = format!("someone.else.{line}@example.com");
        let problem = NameProblem::new("assignee", &email, "is not a staff user");
        names.add(line, problem, |_| {
            Some("someone.with.a.name@example.com".into())
        });
    }
    plan.names = names.first();
    plan.warnings = name_warnings("rows.csv", &names, "3d 2h", "reamaze-bulk catalog refresh");
    let shown = plan.page() + &plan.question();
    assert!(shown.lines().count() <= LINES, "{shown}");
    insta::assert_snapshot!("plan_with_unknown_names", shown);
}

#[test]
fn an_undo_that_leaves_much_out_and_its_question_fit_a_screen() {
    let mut left_out = LeftOutFields::new().expect("a temporary file");
    for line in 1..12 {
        let field = FieldLeftOut {
            line,
            slug: "return-label-does-not-print".into(),
            field: Some("data.order".into()),
            reason: format!("custom field that did not exist, reason {}", line % 2),
            detail: None,
        };
        left_out
            .add_row(vec![field], LeftOutExtent::Part)
            .expect("room");
    }
    let undo = UndoPreview {
        run: "reamaze-runs/rows".into(),
        is_of_undo: false,
        left_out,
    };
    let mut preview = Preview::default();
    for _ in 0..20 {
        preview.add_legal(edit());
    }
    let mut plan = plan(&preview);
    plan.undo = Some(&undo);
    plan.samples = preview.samples.iter().map(sample).collect();
    let shown = plan.page() + &plan.question();
    assert!(shown.lines().count() <= LINES, "{shown}");
    insta::assert_snapshot!("plan_long_undo", shown);
}
