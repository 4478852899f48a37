//! Text -> the parts of a time in it, if it has the form of one.

/// A time as it is written: the local time, and what follows it.
pub(super) struct Written<'a> {
    /// Date and, as a rule, time.
    pub(super) local: &'a str,
    /// What follows, without blanks in front.
    pub(super) rest: &'a str,
}

/// The forms of a local time, the longest first.
const LOCAL: [&str; 3] = ["0000-00-00 00:00:00", "0000-00-00 00:00", "0000-00-00"];

impl<'a> Written<'a> {
    pub(super) fn from_text(text: &'a str) -> Option<Self> {
        let is_start = |form: &&&str| text.get(..form.len()).is_some_and(|it| has_form(it, form));
        let mut length = LOCAL.iter().find(is_start)?.len();
        let fraction = text[length..].strip_prefix('.').unwrap_or_default();
        let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
        if length == LOCAL[0].len() && digits > 0 {
            length += 1 + digits;
        }
        let (local, rest) = text.split_at(length);
        let rest = rest.trim_start();
        Some(Self { local, rest })
    }

    /// Whether there is no time of day.
    pub(super) fn is_date_alone(&self) -> bool {
        self.local.len() == LOCAL[2].len()
    }

    /// The time with that offset, as RFC 3339 has it; none of a date alone.
    pub(super) fn with_offset(&self, offset: &str) -> Option<String> {
        let (date, time) = self.local.split_at_checked(10)?;
        let seconds = if time.len() == 6 { ":00" } else { "" };
        let time = time.get(1..)?;
        Some(format!("{date}T{time}{seconds}{offset}"))
    }
}

/// An offset of less than a day as RFC 3339, section 5.6, has it. Some databases leave out its
/// minutes, `strftime` its colon. (jiff reads longer ones.)
pub(super) fn offset(text: &str) -> Option<String> {
    if text.eq_ignore_ascii_case("z") {
        return Some("Z".to_owned());
    }
    let (sign, digits) = text.split_at_checked(1)?;
    let form = ["00:00", "0000", "00"]
        .into_iter()
        .find(|form| has_form(digits, form))?;
    let (hours, minutes) = (&digits[..2], digits.get(form.len() - 2..)?);
    let minutes = if form == "00" { "00" } else { minutes };
    let is_offset = matches!(sign, "+" | "-") && hours < "24" && minutes < "60";
    is_offset.then(|| format!("{sign}{hours}:{minutes}"))
}

/// Whether `text` is like `form`: a digit for every `0`, a blank or a T for the blank.
pub(super) fn has_form(text: &str, form: &str) -> bool {
    text.len() == form.len()
        && text
            .bytes()
            .zip(form.bytes())
            .all(|(byte, form)| match form {
                b'0' => byte.is_ascii_digit(),
                b' ' => matches!(byte, b' ' | b'T' | b't'),
                _ => byte == form,
            })
}
