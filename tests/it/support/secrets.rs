//! A run that has ended -> whether the token shows in anything that it printed or wrote.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::command::{Output, Workspace};
use super::sent::tree;

/// Fails the test if `token` of the login `email`, a half of it or its base64 is in the output or
/// in a file of the workspace, of the home directory or of the place for temporary files.
pub(crate) fn expect_no_token(workspace: &Workspace, output: &Output, email: &str, token: &str) {
    let login = STANDARD.encode(format!("{email}:{token}"));
    let alone = STANDARD.encode(token);
    // Half of it is too much, too.
    let half = &token[..token.len() / 2];
    let forms = [half, &login, &alone, "Basic ", "uthorization"];
    let mut texts = vec![(
        "output".to_owned(),
        format!("{}{}", output.stdout, output.stderr),
    )];
    for path in tree(workspace.root())
        .into_iter()
        .filter(|path| path.is_file())
    {
        let bytes = fs::read(&path).expect("a readable file");
        texts.push((
            path.display().to_string(),
            String::from_utf8_lossy(&bytes).into_owned(),
        ));
    }
    for (place, text) in texts {
        for form in forms {
            assert!(!text.contains(form), "{form} in {place}: {text}");
        }
    }
}
