//! What was typed into several fields, kept as the text of one draft: a line a field, its name before a
//! tab.

/// The fields as a text; blank where there are none.
pub fn written<'a>(fields: impl IntoIterator<Item = (&'a str, String)>) -> String {
    // What is typed into a field has neither line ends nor tabs.
    let lines = fields.into_iter().map(|(name, text)| format!("{name}\t{text}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The fields of a text: name and what was typed. A draft of before there were several has no name.
pub fn read(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines().map(|line| line.split_once('\t').unwrap_or(("", line)))
}
