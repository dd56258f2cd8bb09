//! Somebody who was never at this program: they know what lies before them, and do what help says is next.

use super::patience::Patience;

/// A terminal as somebody has it before them.
pub(crate) trait Terminal {
    /// What stands on the screen once everything that was pressed is done.
    fn text(&mut self) -> String;
    /// What help says of the page that is there.
    fn help(&mut self) -> String;
    /// Presses a key by the name that screens print.
    fn key(&mut self, key: &str);
    /// Types a text.
    fn types(&mut self, text: &str);
    /// Scans a label or a card.
    fn scans(&mut self, code: &str);
    /// Does something else for so many seconds.
    fn goes_away_for(&mut self, seconds: u32);
    /// For how long a page that was answered may stand there.
    fn patience(&self) -> Patience;
}

/// A person with a card.
#[derive(Debug, Clone)]
pub(crate) struct Holder {
    pub(crate) role: String,
    pub(crate) badge: String,
    pub(crate) pin: String,
}

/// Somebody who is new, the first of those with a card, with what lies at the bench.
#[derive(Debug)]
pub(crate) struct Newcomer {
    people: Vec<Holder>,
    /// What stands on labels, and what gauges show, each by the words of the page that ask for it.
    in_hand: &'static [(&'static str, &'static str)],
    /// The labels of the gauges, by what they measure.
    gauges: &'static [(&'static str, &'static str)],
    /// What help said and they did, a line each.
    pub(crate) way: Vec<String>,
    /// The pages that they answered.
    pub(crate) pages: Vec<String>,
    /// What the card that was scanned last takes.
    pin: String,
}

/// What help says is next: what to do first, and the keys.
#[derive(Debug, Default)]
struct Next {
    first: String,
    keys: Vec<String>,
}

/// Reads what help says is next.
fn next_of(help: &str) -> Next {
    let mut next = Next::default();
    let lines = help.lines().skip_while(|line| !line.contains("Next: "));
    for line in lines.take_while(|line| !line.trim().is_empty()) {
        let said = line.trim().trim_start_matches("Next: ").trim_start();
        match said.split_once("  ") {
            Some((key, _)) => next.keys.push(key.to_owned()),
            None => next.first.push_str(said),
        }
    }
    let told = !next.first.is_empty() || !next.keys.is_empty();
    assert!(told, "help does not say what is next:\n{help}");
    next
}

/// A page without its head, what was said last, and its keys.
fn page_of(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let end = lines.len().saturating_sub(2);
    lines.get(1..end).unwrap_or_default().join("\n")
}

/// What the marker of a step's page asks for.
fn marked(text: &str) -> &str {
    let marked = text.lines().filter_map(|line| line.split_once('│')?.1.split_once('▶'));
    let marked: Vec<&str> = marked.map(|(_, asked)| asked).collect();
    let [asked] = marked[..] else { panic!("not one marker: {marked:?}\n{text}") };
    asked
}

impl Newcomer {
    pub(crate) fn new(
        people: Vec<Holder>,
        in_hand: &'static [(&'static str, &'static str)],
        gauges: &'static [(&'static str, &'static str)],
    ) -> Self {
        Self { people, in_hand, gauges, way: Vec::new(), pages: Vec::new(), pin: String::new() }
    }

    /// Does what help says is next, until a page says this.
    #[track_caller]
    pub(crate) fn goes_on(&mut self, terminal: &mut impl Terminal, until: &str) {
        loop {
            let text = self.looks(terminal);
            if text.contains(until) {
                return;
            }
            let next = next_of(&terminal.help());
            let way = format!("{:<62}{}", next.first, next.keys.join(" "));
            self.way.push(way.trim_end().to_owned());
            self.does(terminal, &text, &next);
        }
    }

    /// Looks at the page that came; one that was answered is on its way out.
    #[track_caller]
    fn looks(&mut self, terminal: &mut impl Terminal) -> String {
        let patience = terminal.patience();
        loop {
            let text = terminal.text();
            let page = page_of(&text);
            if !self.pages.contains(&page) {
                self.pages.push(page);
                return text;
            }
            let way = self.way.join("\n");
            assert!(patience.left().is_some(), "it goes round and round:\n{way}\n{text}");
        }
    }

    /// Does what help says is next, and nothing else.
    fn does(&mut self, terminal: &mut impl Terminal, text: &str, next: &Next) {
        match next.first.as_str() {
            "" => {}
            "scan the badge, or type it" => {
                let holder = self.asked_of(text).clone();
                self.pin = holder.pin;
                return terminal.scans(&holder.badge);
            }
            "type the PIN" => terminal.types(&self.pin),
            "scan the gauge, or choose it with F4" => return terminal.scans(self.gauge(text)),
            "scan what the marker asks for, or type it" => {
                return terminal.scans(self.asked_for(text));
            }
            "type what the marker asks for" => terminal.types(self.asked_for(text)),
            "look, then answer what the marker asks" => {
                assert_eq!(next.keys, ["1", "2"], "both answers are told");
            }
            "the clock runs: work on another unit; Esc leads to the others" => {
                assert!(next.keys.is_empty(), "{next:?}");
                return terminal.goes_away_for(1300);
            }
            other => panic!("help says what nobody told them: {other:?}\n{text}"),
        }
        let Some(key) = next.keys.first() else { panic!("no key is told: {next:?}\n{text}") };
        terminal.key(key);
    }

    /// Who is asked for a badge: whoever is new, unless the page asks for another role.
    fn asked_of(&self, text: &str) -> &Holder {
        let page = page_of(text);
        let signs = page.lines().find(|line| line.contains("In the role"));
        let named = signs
            .and_then(|line| self.people.iter().find(|holder| line.contains(holder.role.as_str())));
        named.unwrap_or(&self.people[0])
    }

    /// The gauge for what is measured on a page.
    fn gauge(&self, text: &str) -> &'static str {
        let gauge = self.gauges.iter().find(|(what, _)| text.contains(&format!("{what}   ")));
        gauge.unwrap_or_else(|| panic!("which gauge?\n{text}")).1
    }

    /// What is in hand for what the marker asks for, or for what is measured there.
    fn asked_for(&self, text: &str) -> &'static str {
        let asked = marked(text);
        let by_marker = self.in_hand.iter().find(|(label, _)| asked.contains(label));
        let mut others = self.in_hand.iter();
        let found =
            by_marker.or_else(|| others.find(|(what, _)| text.contains(&format!("{what}   "))));
        found.unwrap_or_else(|| panic!("nothing in hand is called so: {asked:?}\n{text}")).1
    }
}
