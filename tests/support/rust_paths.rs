//! Reads the paths out of Rust source: every `a::b::c` and every leaf of every `use`.
//!
//! A reader of tokens, not a compiler: it skips comments, lifetimes and text, and that is enough to
//! see who names whom. Text inside an attribute is read as a path where it looks like one, because
//! `#[serde(with = "crate::…")]` is an import as well.

/// A path as written, with `use` groups taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PathUse {
    pub(crate) segments: Vec<String>,
    pub(crate) line: usize,
    pub(crate) kind: PathKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PathKind {
    Import,
    Reexport,
    Mention,
}

/// Everything that the house rules want to know about one source text.
#[derive(Debug, Default)]
pub(crate) struct Names {
    pub(crate) paths: Vec<PathUse>,
    /// Modules that the text declares, with their line.
    pub(crate) modules: Vec<(String, usize)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Colons,
    Mark(char),
    Text(String),
}

/// Reads the names in `source`.
pub(crate) fn names(source: &str) -> Names {
    let tokens = tokens(source);
    let mut found = Names::default();
    let mut at = 0;
    while at < tokens.len() {
        at = match &tokens[at].0 {
            Token::Word(word) if word == "use" && !marks(&tokens, at + 1, '<') => {
                read_use(&tokens, at, &mut found)
            }
            Token::Word(word) if word == "mod" => {
                if let Some((Token::Word(name), line)) = tokens.get(at + 1) {
                    found.modules.push((name.clone(), *line));
                }
                at + 2
            }
            Token::Word(word) if word == "extern" && says(&tokens, at + 1, "crate") => {
                let import =
                    PathUse { segments: Vec::new(), line: tokens[at].1, kind: PathKind::Import };
                read_tree(&tokens, at + 2, import, &mut found.paths)
            }
            Token::Word(_) => read_mention(&tokens, at, &mut found.paths),
            Token::Text(text) => {
                found.paths.extend(path_in_text(text, tokens[at].1));
                at + 1
            }
            Token::Colons | Token::Mark(_) => at + 1,
        };
    }
    found
}

fn marks(tokens: &[(Token, usize)], at: usize, mark: char) -> bool {
    tokens.get(at).is_some_and(|(token, _)| *token == Token::Mark(mark))
}

fn says(tokens: &[(Token, usize)], at: usize, word: &str) -> bool {
    tokens.get(at).is_some_and(|(token, _)| *token == Token::Word(word.to_owned()))
}

fn read_use(tokens: &[(Token, usize)], at: usize, found: &mut Names) -> usize {
    let plain = at > 0 && says(tokens, at - 1, "pub");
    let scoped = at > 0
        && marks(tokens, at - 1, ')')
        && tokens[..at - 1]
            .iter()
            .rposition(|(token, _)| *token == Token::Mark('('))
            .is_some_and(|open| open > 0 && says(tokens, open - 1, "pub"));
    let kind = if plain || scoped { PathKind::Reexport } else { PathKind::Import };
    let prefix = PathUse { segments: Vec::new(), line: tokens[at].1, kind };
    read_tree(tokens, at + 1, prefix, &mut found.paths)
}

/// Reads one branch of a `use` and answers where the next token stands.
fn read_tree(
    tokens: &[(Token, usize)],
    mut at: usize,
    mut branch: PathUse,
    found: &mut Vec<PathUse>,
) -> usize {
    loop {
        match tokens.get(at).map(|(token, _)| token) {
            Some(Token::Colons) => at += 1,
            Some(Token::Word(word)) if word == "as" => {
                at += 2;
                break;
            }
            Some(Token::Word(word)) => {
                branch.segments.push(word.clone());
                at += 1;
            }
            Some(Token::Mark('*')) => {
                branch.segments.push("*".to_owned());
                at += 1;
                break;
            }
            Some(Token::Mark('{')) => {
                at += 1;
                while at < tokens.len() && !marks(tokens, at, '}') {
                    let twig = PathUse {
                        segments: branch.segments.clone(),
                        line: tokens[at].1,
                        kind: branch.kind,
                    };
                    at = read_tree(tokens, at, twig, found);
                    at += usize::from(marks(tokens, at, ','));
                }
                return at + 1;
            }
            Some(Token::Mark(_) | Token::Text(_)) | None => break,
        }
    }
    if branch.segments.last().is_some_and(|last| last == "self") && branch.segments.len() > 1 {
        branch.segments.pop();
    }
    // An unexpected mark must not stop the reader for good.
    let stuck = branch.segments.is_empty();
    found.extend(Some(branch).filter(|branch| !branch.segments.is_empty()));
    at + usize::from(stuck)
}

fn read_mention(tokens: &[(Token, usize)], start: usize, found: &mut Vec<PathUse>) -> usize {
    let continues_a_type = start > 1
        && tokens[start - 1].0 == Token::Colons
        && (marks(tokens, start - 2, '>') || marks(tokens, start - 2, ')'));
    let mut segments = Vec::new();
    let mut at = start;
    while let Some((Token::Word(word), _)) = tokens.get(at) {
        segments.push(word.clone());
        at += 1;
        if tokens.get(at).is_none_or(|(token, _)| *token != Token::Colons) {
            break;
        }
        at += 1;
    }
    if segments.len() > 1 && !continues_a_type {
        found.push(PathUse { segments, line: tokens[start].1, kind: PathKind::Mention });
    }
    at
}

fn path_in_text(text: &str, line: usize) -> Option<PathUse> {
    let path = text.contains("::") && text.chars().all(|c| c.is_alphanumeric() || "_:".contains(c));
    path.then(|| PathUse {
        segments: text.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect(),
        line,
        kind: PathKind::Mention,
    })
}

fn tokens(source: &str) -> Vec<(Token, usize)> {
    let mut reader = Reader { chars: source.chars().collect(), at: 0, line: 1 };
    let mut found = Vec::new();
    let mut attribute_depth = 0_usize;
    while let Some(c) = reader.peek(0) {
        let line = reader.line;
        match c {
            '/' if reader.peek(1) == Some('/') => reader.skip_line(),
            '/' if reader.peek(1) == Some('*') => reader.skip_block(),
            '"' => {
                let text = reader.text();
                if attribute_depth > 0 {
                    found.push((Token::Text(text), line));
                }
            }
            '\'' => reader.skip_char_or_lifetime(),
            ':' if reader.peek(1) == Some(':') => {
                reader.skip(2);
                found.push((Token::Colons, line));
            }
            c if c.is_alphabetic() || c == '_' => {
                if let Some(word) = reader.word() {
                    found.push((Token::Word(word), line));
                }
            }
            c if c.is_numeric() => reader.skip_number(),
            c if c.is_whitespace() => reader.skip(1),
            mark => {
                reader.skip(1);
                attribute_depth = match mark {
                    '[' if opens_attribute(&found) => 1,
                    '[' if attribute_depth > 0 => attribute_depth + 1,
                    ']' => attribute_depth.saturating_sub(1),
                    _ => attribute_depth,
                };
                found.push((Token::Mark(mark), line));
            }
        }
    }
    found
}

/// Whether the tokens end in `#` or `#!`, so that a bracket after them opens an attribute.
fn opens_attribute(before: &[(Token, usize)]) -> bool {
    let from_end = |back: usize| before.iter().rev().nth(back).map(|(token, _)| token);
    match from_end(0) {
        Some(Token::Mark('#')) => true,
        Some(Token::Mark('!')) => from_end(1) == Some(&Token::Mark('#')),
        _ => false,
    }
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    line: usize,
}

impl Reader {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn skip(&mut self, count: usize) {
        for _ in 0..count {
            self.line += usize::from(self.peek(0) == Some('\n'));
            self.at += 1;
        }
    }

    fn skip_line(&mut self) {
        while self.peek(0).is_some_and(|c| c != '\n') {
            self.skip(1);
        }
    }

    fn skip_block(&mut self) {
        let mut depth = 0_usize;
        while let Some(c) = self.peek(0) {
            let pair = (c, self.peek(1));
            let width = match pair {
                ('/', Some('*')) => {
                    depth += 1;
                    2
                }
                ('*', Some('/')) => {
                    depth -= 1;
                    2
                }
                _ => 1,
            };
            self.skip(width);
            if depth == 0 {
                return;
            }
        }
    }

    fn text(&mut self) -> String {
        self.skip(1);
        let mut text = String::new();
        while let Some(c) = self.peek(0).filter(|c| *c != '"') {
            text.push(c);
            self.skip(1 + usize::from(c == '\\'));
        }
        self.skip(1);
        text
    }

    fn raw_text(&mut self) {
        let mut hashes = 0;
        while self.peek(0) == Some('#') {
            hashes += 1;
            self.skip(1);
        }
        self.skip(1);
        while let Some(c) = self.peek(0) {
            self.skip(1);
            if c == '"' && (0..hashes).all(|ahead| self.peek(ahead) == Some('#')) {
                self.skip(hashes);
                return;
            }
        }
    }

    fn skip_char_or_lifetime(&mut self) {
        if self.peek(1) == Some('\\') {
            self.skip(3);
            while self.peek(0).is_some_and(|c| c != '\'') {
                self.skip(1);
            }
            self.skip(1);
        } else if self.peek(2) == Some('\'') {
            self.skip(3);
        } else {
            self.skip(1);
        }
    }

    fn skip_number(&mut self) {
        while self.peek(0).is_some_and(|c| c.is_alphanumeric() || c == '_') {
            self.skip(1);
        }
    }

    /// Reads a word; answers none where the letters open a text (`r"…"`, `b"…"`, `br#"…"#`).
    fn word(&mut self) -> Option<String> {
        let mut word = String::new();
        while let Some(c) = self.peek(0).filter(|c| c.is_alphanumeric() || *c == '_') {
            word.push(c);
            self.skip(1);
        }
        let quote_follows = (self.peek(0), self.peek(1), self.peek(2));
        match (word.as_str(), quote_follows) {
            ("r" | "br" | "cr", (Some('"'), _, _) | (Some('#'), Some('"' | '#'), _)) => {
                self.raw_text();
                None
            }
            ("b" | "c", (Some('"'), _, _)) => {
                self.text();
                None
            }
            ("r", (Some('#'), Some(c), _)) if c.is_alphabetic() => {
                self.skip(1);
                self.word()
            }
            _ => Some(word),
        }
    }
}
