//! Reads out of Rust source what is said to people: the sentences of `say!`, `words!`, `Words::plain` and
//! `count`.
//! A reader of tokens, not a compiler: comments, lifetimes and characters are passed over.

/// A sentence where it is said, with the names of its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spoken {
    pub(crate) sentence: String,
    pub(crate) values: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    Mark(char),
}

/// Every sentence that a source says. A constant that is said counts with its text.
pub(crate) fn spoken(source: &str) -> Vec<Spoken> {
    let tokens = tokens(source);
    let mut found = Vec::new();
    for at in 0..tokens.len() {
        let Token::Word(word) = &tokens[at] else { continue };
        let macro_call = tokens.get(at + 1) == Some(&Token::Mark('!'));
        let opened = if macro_call { at + 3 } else { at + 2 };
        match (word.as_str(), macro_call) {
            ("say" | "words", true) => match tokens.get(opened) {
                Some(Token::Text(sentence)) => found.push(Spoken {
                    sentence: sentence.clone(),
                    values: values(&tokens, opened + 1),
                }),
                Some(Token::Word(name))
                    if name.chars().all(|c| c.is_ascii_uppercase() || c == '_') =>
                {
                    found.extend(
                        constant(&tokens, name)
                            .map(|sentence| Spoken { sentence, values: Vec::new() }),
                    );
                }
                _ => {}
            },
            ("plain", false) if names_words(&tokens[..at]) => {
                if let Some(Token::Text(sentence)) = tokens.get(opened) {
                    found.push(Spoken { sentence: sentence.clone(), values: Vec::new() });
                }
            }
            // What counts rows of a table is called so as well, and is a method.
            ("count", false)
                if tokens.get(at + 1) == Some(&Token::Mark('('))
                    && tokens[..at].last() != Some(&Token::Mark('.')) =>
            {
                found.extend(
                    texts_of_call(&tokens, opened)
                        .into_iter()
                        .map(|sentence| Spoken { sentence, values: Vec::new() }),
                );
            }
            _ => {}
        }
    }
    found
}

/// Whether what stands before is `Words::`.
fn names_words(before: &[Token]) -> bool {
    let path = [Token::Word("Words".to_owned()), Token::Mark(':'), Token::Mark(':')];
    before.ends_with(&path)
}

/// Every text of a source, one below the other.
pub(crate) fn literals(source: &str) -> Vec<String> {
    let text = |token| match token {
        Token::Text(text) => Some(format!("{text}\n")),
        Token::Word(_) | Token::Mark(_) => None,
    };
    tokens(source).into_iter().filter_map(text).collect()
}

/// The names of the values behind a sentence, up to the end of its macro.
fn values(tokens: &[Token], from: usize) -> Vec<String> {
    let (mut depth, mut names) = (0_usize, Vec::new());
    for at in from..tokens.len() {
        match &tokens[at] {
            Token::Mark('(' | '[' | '{') => depth += 1,
            Token::Mark(')' | ']' | '}') if depth == 0 => break,
            Token::Mark(')' | ']' | '}') => depth -= 1,
            Token::Mark(',') if depth == 0 => {
                if let Some(Token::Word(name)) = tokens.get(at + 1) {
                    names.push(name.clone());
                }
            }
            Token::Mark(_) | Token::Word(_) | Token::Text(_) => {}
        }
    }
    names
}

/// The texts that a call is given itself.
fn texts_of_call(tokens: &[Token], from: usize) -> Vec<String> {
    let (mut depth, mut texts) = (0_usize, Vec::new());
    for token in &tokens[from..] {
        match token {
            Token::Mark('(') => depth += 1,
            Token::Mark(')') if depth == 0 => break,
            Token::Mark(')') => depth -= 1,
            Token::Text(text) if depth == 0 => texts.push(text.clone()),
            Token::Mark(_) | Token::Word(_) | Token::Text(_) => {}
        }
    }
    texts
}

/// The text of a constant of this source.
fn constant(tokens: &[Token], name: &str) -> Option<String> {
    let begins = |window: &[Token]| {
        window[0] == Token::Word("const".to_owned()) && window[1] == Token::Word(name.to_owned())
    };
    let at = tokens.windows(2).position(begins)?;
    tokens[at..].iter().take_while(|token| **token != Token::Mark(';')).find_map(
        |token| match token {
            Token::Text(text) => Some(text.clone()),
            Token::Word(_) | Token::Mark(_) => None,
        },
    )
}

fn tokens(source: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        } else if first == '"' {
            let (text, after) = text(&rest[1..]);
            found.push(Token::Text(text));
            rest = after;
        } else if first == '\'' {
            rest = after_quote(rest);
        } else if first.is_alphanumeric() || first == '_' {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            found.push(Token::Word(rest[..end].to_owned()));
            rest = &rest[end..];
        } else {
            if !first.is_whitespace() {
                found.push(Token::Mark(first));
            }
            rest = &rest[first.len_utf8()..];
        }
    }
    found
}

/// What stands after a character or a lifetime.
fn after_quote(rest: &str) -> &str {
    let inner = &rest[1..];
    let escaped = inner.starts_with('\\');
    let first = inner.chars().next().map_or(0, char::len_utf8);
    if escaped {
        let end = inner[2..].find('\'').map_or(inner.len(), |at| at + 3);
        &inner[end..]
    } else if inner[first..].starts_with('\'') {
        &inner[first + 1..]
    } else {
        inner
    }
}

/// A text up to its end, as it is when the program runs, and what stands after it.
fn text(rest: &str) -> (String, &str) {
    let mut out = String::new();
    let mut chars = rest.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (out, &rest[at + 1..]),
            '\\' => match chars.next() {
                Some((_, 'n')) => out.push('\n'),
                Some((_, 't')) => out.push('\t'),
                Some((at, '\n')) => {
                    let skipped = rest[at..].find(|c: char| !c.is_whitespace()).unwrap_or(0);
                    let (more, after) = text(&rest[at + skipped..]);
                    return (out + &more, after);
                }
                Some((at, 'u')) => {
                    let end = rest[at..].find('}').map_or(rest.len(), |end| at + end);
                    let code = u32::from_str_radix(&rest[at + 2..end], 16).ok();
                    out.extend(code.and_then(char::from_u32));
                    let (more, after) = text(&rest[end + 1..]);
                    return (out + &more, after);
                }
                Some((_, other)) => out.push(other),
                None => break,
            },
            other => out.push(other),
        }
    }
    (out, "")
}
