//! Texts of each kind of damage, and texts that only look like it.

use super::*;

fn all(damage: Damage, of: fn(&str) -> Option<Damage>, texts: &[&str]) {
    for text in texts {
        assert_eq!(of(text), Some(damage), "{text}");
    }
}

#[test]
fn what_programs_write_for_nothing_is_known() {
    let texts = [
        "NULL",
        "Null",
        "null",
        "(null)",
        "<null>",
        "[NULL]",
        "None",
        "NaN",
        "nan",
        "NaT",
        "<NA>",
        "<nil>",
        "\\N",
        "undefined",
        "nil",
        " NULL ",
        "(blank)",
        "0000-00-00",
        "1/0/1900",
        "=\"NULL\"",
    ];
    all(Damage::Nothing, of_text, &texts);
    all(Damage::Nothing, of_tag, &texts);
    all(Damage::Nothing, of_word, &texts);
    let doubtful = ["NA", "N/A", "n/a", "none", "NONE", "-", "—"];
    all(Damage::PerhapsNothing, of_tag, &doubtful);
    all(Damage::PerhapsNothing, of_word, &doubtful);
    for text in doubtful {
        assert_eq!(of_text(text), None, "{text}");
    }
}

#[test]
fn what_spreadsheets_make_of_a_value_is_known() {
    let errors = [
        "#N/A",
        "#NV",
        "#N/D",
        "#DIV/0!",
        "#NAME?",
        "#BEZUG!",
        "#ÜBERLAUF!",
        "#¡REF!",
        "#¿NOMBRE?",
        "Err:502",
    ];
    all(Damage::ErrorValue, of_text, &errors);
    all(Damage::Narrow, of_text, &["########"]);
    let shortened = [
        "1.23457E+11",
        "1,00123456789012E+018",
        "1E+15",
        "1e+15",
        "-1.5E+12",
    ];
    all(Damage::Shortened, of_text, &shortened);
    let formulas = [
        "=SUM(A1:A9)",
        "=B2",
        "=Sheet1!$B$2",
        "=\"a\"&\"b\"",
        "=T(\"a\")",
    ];
    all(Damage::Formula, of_text, &formulas);
    all(
        Damage::Apostrophe,
        of_text,
        &["'001042", "'=1+1", "'+49 170"],
    );
    all(
        Damage::Cut,
        of_text,
        &[&"x".repeat(32_767), &"é".repeat(32_767)],
    );
    all(Damage::CurlyQuotes, of_tag, &["“a”", "‘a’"]);
    all(Damage::Formula, of_tag, &["=1+1", "=late-parcel"]);
}

#[test]
fn what_programs_write_in_place_of_a_value_is_known() {
    let lists = [
        "{vip,refund}",
        "{vip}",
        "{}",
        "['a', 'b']",
        "('a',)",
        "\"a\",\"b\"",
        "'a','b'",
    ];
    all(Damage::List, of_text, &lists);
    all(Damage::List, of_word, &["[late-parcel]", "{a}"]);
    let stand_ins = [
        "[object Object]",
        "System.String[]",
        "<app.Tag object at 0x7f>",
    ];
    all(Damage::StandIn, of_text, &stand_ins);
    all(Damage::Quotes, of_text, &["b'001042'"]);
    all(
        Damage::Quotes,
        of_tag,
        &["\"vip\"", "\"vip", "'vip'", "`vip`"],
    );
    let twice = ["cafÃ©", "donâ€™t"];
    all(Damage::EncodedTwice, of_text, &twice);
    all(
        Damage::EncodedTwice,
        of_word,
        &["R&amp;D", "caf\\u00e9", "caf&#233;", "caf%C3%A9", "to%20do"],
    );
    all(Damage::Replaced, of_text, &["caf\u{fffd}"]);
}

#[test]
fn what_only_looks_like_damage_is_let_through() {
    let texts = [
        "",
        "#1",
        "#vip",
        "#vip!",
        "#A!",
        "##",
        "Err:5023",
        "12.3E+11",
        "1.E+11",
        "E+11",
        "1E+",
        "1E5",
        "1.2.3E+11",
        "a1.2E+11",
        "“a” and b",
        "“",
        "don’t",
        "Nan",
        "nullable",
        "a NULL",
        "nat",
        "Natalie",
    ];
    for text in texts {
        assert_eq!(of_tag(text), None, "{text}");
        assert_eq!(of_text(text), None, "{text}");
    }
}

#[test]
fn a_custom_field_may_hold_what_a_tag_may_not() {
    for text in [
        "=1+1",
        "=> see below",
        "{\"a\": 1}",
        "[\"a\"]",
        "\"Thanks!\"",
        "'til",
        "(see note)",
        "a, b",
        "bob",
        "none",
        "Société",
        "b",
        "Système",
        "100%",
        "\u{202f}",
    ] {
        assert_eq!(of_text(text), None, "{text}");
    }
}

#[test]
fn quotes_and_percent_signs_inside_a_tag_are_let_through() {
    for text in [
        "'til",
        "5\" pipe",
        "19\"",
        "R&D",
        "a & b; c",
        "50% off",
        "10%back",
        "Q&As; more",
        "nothing",
        "missing",
        "(urgent)",
    ] {
        assert_eq!(of_tag(text), None, "{text}");
    }
}
