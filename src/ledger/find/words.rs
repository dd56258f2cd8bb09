//! What is typed to be found: plain words, never a sign of the full-text table's own language.

/// The most words that count.
const WORDS_MAX: usize = 12;
/// The most characters of a word that count.
const CHARS_MAX: usize = 40;

/// The words of a text, in lower case.
pub(in crate::ledger) fn words(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    let short = |part: &str| part.chars().take(CHARS_MAX).collect::<String>().to_lowercase();
    parts.map(short).take(WORDS_MAX).collect()
}

/// The question that finds what has each of these words, or a word that begins so; none without any.
pub(in crate::ledger) fn question(text: &str) -> Option<String> {
    let each = |word: &String| {
        let ways: Vec<String> = spellings(word).iter().map(|way| format!("\"{way}\"*")).collect();
        format!("({})", ways.join(" OR "))
    };
    let words: Vec<String> = words(text).iter().map(each).collect();
    (!words.is_empty()).then(|| words.join(" AND "))
}

/// A word as it is typed where a keyboard has no umlauts, and the other way round. The accents
/// themselves the table leaves out on both sides.
fn spellings(word: &str) -> Vec<String> {
    let mut ways = vec![word.to_owned()];
    let plain = word.replace("ae", "a").replace("oe", "o").replace("ue", "u");
    for way in [plain, word.replace("ss", "ß"), word.replace('ß', "ss")] {
        if !ways.contains(&way) {
            ways.push(way);
        }
    }
    ways
}

/// Whether a text has each of these words, or a word that begins so; accents count for nothing.
pub(in crate::ledger) fn has_all(text: &str, wanted: &[String]) -> bool {
    let here: Vec<String> = words(text).iter().map(|word| folded(word)).collect();
    let stands = |way: String| here.iter().any(|word| word.starts_with(&folded(&way)));
    wanted.iter().all(|word| spellings(word).into_iter().any(stands))
}

fn folded(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        match c {
            'ä' | 'á' | 'à' | 'â' | 'å' => out.push('a'),
            'ö' | 'ó' | 'ò' | 'ô' | 'ø' => out.push('o'),
            'ü' | 'ú' | 'ù' | 'û' => out.push('u'),
            'é' | 'è' | 'ê' | 'ë' => out.push('e'),
            'í' | 'ì' | 'î' | 'ï' => out.push('i'),
            'ç' => out.push('c'),
            'ñ' => out.push('n'),
            'ß' => out.push_str("ss"),
            other => out.push(other),
        }
    }
    out
}
