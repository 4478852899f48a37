//! What is said of an undo before it is sent.

use super::super::{FieldLeftOut, LeftOutExtent, LeftOutFields, UndoPreview};
use super::plans::{edits_preview, plan};
use super::titled;
use crate::model::ReadPolicy;

#[test]
fn the_page_and_the_question_of_an_undo_say_what_is_undone_and_what_stays() {
    let preview = edits_preview(ReadPolicy::default(), None);
    let mut left_out = LeftOutFields::new().expect("a temporary file");
    let field = FieldLeftOut {
        line: 4,
        slug: "change-of-address".into(),
        field: Some("data.order".into()),
        reason: "custom field that did not exist".into(),
        detail: None,
    };
    left_out
        .add_row(vec![field], LeftOutExtent::Part)
        .expect("room");
    let mut undo = UndoPreview {
        run: "reamaze-runs/out".into(),
        is_of_undo: false,
        left_out,
    };
    let texts = |undo: &UndoPreview| {
        let mut plan = plan(&preview);
        plan.input = "undo of reamaze-runs/out";
        plan.undo = Some(undo);
        [plan.line(), plan.page() + &plan.question()].join("\n")
    };
    let of_run = texts(&undo);
    undo.is_of_undo = true;
    let of_undo = texts(&undo);
    insta::assert_snapshot!(
        "plan_undo",
        titled([("of a run", of_run), ("of an undo", of_undo)])
    );
}
