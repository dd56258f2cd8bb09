//! The word that somebody probably meant.

/// The known word with the fewest letters to change, if it is near enough to be meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    if word.chars().count() > 40 {
        return None;
    }
    let near = |candidate: &&str| distance(&word, &candidate.to_lowercase());
    let (candidate, changes) = known
        .into_iter()
        .map(|candidate| (candidate, near(&candidate)))
        .min_by_key(|(_, changes)| *changes)?;
    let enough = word.chars().count().max(candidate.chars().count()).div_ceil(2).min(4);
    (changes <= enough).then_some(candidate)
}

/// What to do about an unknown word: the nearest one first, else all of them.
pub fn suggest<'a>(word: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    nearest(word, known.clone()).map_or_else(
        || {
            let all: Vec<&str> = known.clone().into_iter().collect();
            format!("write one of {}", all.join(", "))
        },
        |near| format!("did you mean \"{near}\"?"),
    )
}

/// How many letters must be put in, taken out or changed (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = i;
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
        for (j, cb) in b.iter().enumerate() {
            let above = row[j + 1];
            let change = diagonal + usize::from(ca != *cb);
            row[j + 1] = change.min(above + 1).min(row[j] + 1);
            diagonal = above;
        }
    }
    row.last().copied().unwrap_or(0)
}
