//! The one key table: what can be done, by which key, and what it is called in footer, menu and help.

use super::input::Key;

/// Something that a person can do on a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    SignIn,
    Open,
    Begin,
    BeginWait,
    Record,
    Complete,
    Report,
    Sign,
    NextUnit,
    Choose,
    Save,
    Next,
    Yes,
    No,
    Good,
    Bad,
    Deviation,
    Gauge,
    Correct,
    Remeasure,
    MeasureAnyway,
    Sort,
    /// The same with Enter, for who may do nothing else with the unit.
    SortNow,
    Picture,
    Steps,
    Pause,
    Resume,
    Dispose,
    DisposeAnew,
    Approve,
    Contain,
    Follow,
    Contained,
    CloseDeviation,
    SetupDone,
    ToolChanged,
    MaterialChanged,
    SyncNow,
    Turn,
    ChangePerson,
    CallHelp,
    Calls,
    Handovers,
    HandOver,
    Redline,
    Redlines,
    Permits,
    ProposePermit,
    Withdraw,
    Mark,
    Together,
    OpenUnit,
    Waits,
    Board,
    PlacesHere,
    WhatWaits,
    Wall,
    Stations,
    Characteristics,
    Thread,
    Apart,
    Deviations,
    Suspects,
    Inspections,
    Ships,
    ShipUnit,
    TakeBack,
    HandOff,
    TakeTicket,
    Trace,
    Scanner,
    Palette,
    Tour,
    Look,
    Language,
    /// The text that is read in another language.
    ReadIn,
    Components,
    TakeOut,
    OpenLot,
    DecideLot,
    Series,
    Grid,
    FirstArticle,
    EnterGoes,
    AskWhen,
    NextFailing,
    Comment,
    Instructions,
    Gauges,
    GaugeFailed,
    HoldAll,
    ReleaseAll,
    Places,
    Sync,
    SkipStep,
    AcceptWait,
    Split,
    AcceptUpstream,
    OtherStep,
    Compare,
    Difference,
    Read,
    Keep,
    Move,
    HoldUnit,
    ReleaseHold,
    Help,
    Menu,
    Back,
    Leave,
    SignOut,
    ChangePin,
    Quit,
}

/// One row of the key table.
#[derive(Debug)]
pub struct Row {
    /// What is done.
    pub act: Act,
    /// The key; none where it is in the numbered menu only.
    pub key: Option<Key>,
    /// The key as printed.
    pub printed: &'static str,
    /// The word in the footer.
    pub short: &'static str,
    /// The words in the menu.
    pub menu: &'static str,
    /// What help says.
    pub help: &'static str,
}

const fn row(
    act: Act,
    (key, printed): (Option<Key>, &'static str),
    short: &'static str,
    menu: &'static str,
    help: &'static str,
) -> Row {
    Row { act, key, printed, short, menu, help }
}

const ENTER: (Option<Key>, &str) = (Some(Key::Enter), "Enter");
const TAB: (Option<Key>, &str) = (Some(Key::Tab), "Tab");
const MENU_ONLY: (Option<Key>, &str) = (None, "");
const fn f(n: u8, printed: &'static str) -> (Option<Key>, &'static str) {
    (Some(Key::F(n)), printed)
}
const fn digit(c: char, printed: &'static str) -> (Option<Key>, &'static str) {
    (Some(Key::Char(c)), printed)
}

/// Every act with its key and its words.
pub const KEYS: &[Row] = &[
    row(Act::SignIn, ENTER, "sign in", "Sign in", "go on to the PIN, then sign in"),
    row(Act::Open, ENTER, "key|open", "Open", "open the marked row"),
    row(Act::Begin, ENTER, "start work", "Start work", "start work on this unit"),
    row(Act::BeginWait, ENTER, "start wait", "Start the wait", "start the clock of the wait"),
    row(Act::Record, ENTER, "key|record", "Record the value", "record what was typed"),
    row(Act::Complete, ENTER, "step done", "Step done", "finish the step and go on to the next"),
    row(Act::Report, ENTER, "report", "Report pieces", "report pieces; + and Enter: all are good"),
    row(
        Act::ReleaseHold,
        ENTER,
        "release",
        "Release the hold",
        "let the unit go on, with a reason",
    ),
    row(Act::Sign, ENTER, "key|sign", "Sign", "sign with badge and PIN"),
    row(Act::NextUnit, ENTER, "next unit", "Next unit", "go back to the queue"),
    row(Act::Choose, ENTER, "choose", "Choose", "take the marked row"),
    row(Act::Save, ENTER, "save", "Save", "save what was typed"),
    row(Act::Next, ENTER, "key|go on", "Go on", "go on to the next field"),
    row(Act::Yes, digit('1', "1"), "yes", "Yes", "answer yes"),
    row(Act::No, digit('2', "2"), "no", "No", "answer no"),
    row(Act::Good, digit('1', "1"), "conforms", "Conforms", "it is as required"),
    row(Act::Bad, digit('2', "2"), "does not", "Does not conform", "it is not as required"),
    row(Act::Deviation, f(2, "F2"), "deviation", "Deviation", "something is not as it should be"),
    row(Act::Gauge, f(4, "F4"), "key|gauge", "Choose a gauge", "choose the gauge for this reading"),
    row(Act::Correct, f(5, "F5"), "correct", "Correct a value", "correct a value of this step"),
    row(
        Act::Remeasure,
        f(3, "F3"),
        "again",
        "Measured again",
        "a true second measurement, with why",
    ),
    row(
        Act::MeasureAnyway,
        MENU_ONLY,
        "measure",
        "Measure anyway",
        "measure a unit that is not sampled, or leave that again",
    ),
    row(Act::SortNow, ENTER, "key|sort", "Sort this unit", "measure this suspect unit"),
    row(Act::Sort, f(3, "F3"), "key|sort", "Sort this unit", "measure a suspect unit, or leave it"),
    row(Act::Picture, f(6, "F6"), "picture", "Picture", "show the picture of this step"),
    row(Act::Steps, f(7, "F7"), "all steps", "Look at all steps", "read the instruction"),
    row(Act::Pause, f(8, "F8"), "pause", "Pause", "stop the working clock, with a reason"),
    row(Act::Resume, f(8, "F8"), "resume", "Resume", "let the working clock run again"),
    row(Act::Dispose, ENTER, "dispose", "Dispose", "decide what becomes of the unit"),
    row(Act::Approve, ENTER, "approve", "Approve", "agree with what was decided, and sign"),
    row(
        Act::DisposeAnew,
        MENU_ONLY,
        "change",
        "Change the disposition",
        "decide anew; earlier signatures stay shown and cover no more",
    ),
    row(Act::SetupDone, f(11, "F11"), "setup done", "Setup done", "this place is set up for it"),
    row(Act::ToolChanged, f(12, "F12"), "tool", "Tool changed", "note the tool that is used now"),
    row(
        Act::MaterialChanged,
        MENU_ONLY,
        "material",
        "Material changed",
        "note the lot of material that is used now",
    ),
    row(Act::Contain, f(5, "F5"), "contain", "Note containment", "note what was done at once"),
    row(
        Act::Follow,
        f(3, "F3"),
        "what is done",
        "What is done",
        "review, contain, cause, actions, close, and whether it helped",
    ),
    row(
        Act::Contained,
        MENU_ONLY,
        "contained",
        "Confirm containment",
        "confirm what was asked for at once on this unit",
    ),
    row(Act::CloseDeviation, MENU_ONLY, "close", "Close the deviation", "nothing more to do on it"),
    row(Act::SyncNow, f(5, "F5"), "sync now", "Sync now", "try to reach the server now"),
    row(Act::Turn, (Some(Key::PageDown), "PgDn"), "more", "Next page", "turn the page"),
    row(Act::ChangePerson, MENU_ONLY, "person", "Change person", "another person takes over here"),
    row(
        Act::CallHelp,
        (Some(Key::Ring), "Ctrl-G"),
        "call",
        "Call for help",
        "call somebody to this place; then a digit says what for",
    ),
    row(Act::Calls, MENU_ONLY, "calls", "Calls for help", "who is called, and who comes"),
    row(Act::Handovers, MENU_ONLY, "hand-overs", "Hand-overs", "hand a shift over, or accept one"),
    row(Act::HandOver, f(5, "F5"), "hand over", "Hand over", "hand over what stands here now"),
    row(Act::Redline, MENU_ONLY, "redline", "Propose a change", "propose a change of this step"),
    row(Act::Redlines, MENU_ONLY, "redlines", "Redlines", "changes that the floor proposed"),
    row(Act::Permits, MENU_ONLY, "permits", "Permits", "limits that were widened before the fact"),
    row(
        Act::ProposePermit,
        MENU_ONLY,
        "propose",
        "Propose a permit",
        "propose that a limit be widened, before the fact",
    ),
    row(Act::Withdraw, f(3, "F3"), "withdraw", "Withdraw it", "no unit goes on by it any more"),
    row(Act::Mark, digit(' ', "Space"), "mark", "Mark a unit", "mark units, to take them together"),
    row(Act::Together, ENTER, "take together", "Take together", "take the marked units together"),
    row(Act::OpenUnit, MENU_ONLY, "this unit", "Open this unit", "open the marked unit alone"),
    row(Act::Waits, MENU_ONLY, "waits", "Running waits", "what waits at this station"),
    row(Act::Board, MENU_ONLY, "board", "Shift board", "what was made and what stands still"),
    row(
        Act::PlacesHere,
        TAB,
        "places",
        "The places",
        "mark a place: Enter says where it comes from",
    ),
    row(Act::WhatWaits, TAB, "what waits", "What waits", "mark what waits for somebody"),
    row(
        Act::Apart,
        TAB,
        "tell apart",
        "Tell readings apart",
        "by revision, by place, by shift, and one by one",
    ),
    row(Act::Thread, MENU_ONLY, "thread", "Its thread", "where it stands, and what it touched"),
    row(
        Act::Characteristics,
        f(8, "F8"),
        "measured",
        "What was measured of it",
        "its characteristics, each with a chart of what was measured",
    ),
    row(
        Act::ReadIn,
        TAB,
        "language",
        "In another language",
        "the words in each language in which they were released",
    ),
    row(Act::Wall, MENU_ONLY, "wall", "Board for a wall", "figures that are read from far away"),
    row(Act::Stations, MENU_ONLY, "stations", "Stations", "each with its last contact"),
    row(Act::Deviations, MENU_ONLY, "deviations", "Deviations", "what waits for a decision"),
    row(Act::Suspects, MENU_ONLY, "suspect", "Suspect units", "what failed checks make suspect"),
    row(
        Act::Inspections,
        MENU_ONLY,
        "lots",
        "Lots to inspect",
        "lots that came in, and how they stand",
    ),
    row(Act::Ships, MENU_ONLY, "ship", "Release to ship", "what is finished, and what went out"),
    row(
        Act::ShipUnit,
        MENU_ONLY,
        "ship it",
        "Release this unit to ship",
        "what stops it, and every exception; then sign",
    ),
    row(Act::HandOff, MENU_ONLY, "ticket", "Hand-off ticket", "a code for where the unit goes on"),
    row(Act::TakeTicket, ENTER, "take it", "Take the ticket", "go on by what the ticket says"),
    row(Act::TakeBack, f(5, "F5"), "here again", "It is here again", "a shipped unit came back"),
    row(Act::Trace, MENU_ONLY, "trace", "Trace", "where anything came from and where it went"),
    row(
        Act::Scanner,
        MENU_ONLY,
        "scanner",
        "Try a scanner",
        "what a scanner sends, and what to set at it",
    ),
    row(
        Act::Palette,
        digit(':', ":"),
        "find",
        "Find or go to",
        "every action, unit, order, place and deviation by a part of its name",
    ),
    row(Act::Tour, MENU_ONLY, "tour", "Show me around", "what to know first, in one minute"),
    row(Act::Look, MENU_ONLY, "look", "Look of the screen", "choose your colors; kept for you"),
    row(
        Act::Language,
        MENU_ONLY,
        "language",
        "Language / Sprache",
        "English, Deutsch; kept for you",
    ),
    row(
        Act::Components,
        MENU_ONLY,
        "made of",
        "What it is made of",
        "what is built in against plan; take something out",
    ),
    row(Act::TakeOut, ENTER, "take out", "Take it out", "take the marked component out"),
    row(Act::OpenLot, f(2, "F2"), "open a lot", "Open a lot", "open a lot that came in"),
    row(
        Act::DecideLot,
        f(3, "F3"),
        "decide now",
        "Decide now",
        "sign at once what the plan says already",
    ),
    row(Act::Grid, f(8, "F8"), "grid", "The grid", "every piece and every value in one table"),
    row(
        Act::FirstArticle,
        f(6, "F6"),
        "first article",
        "First article",
        "every characteristic by its balloon",
    ),
    row(
        Act::NextFailing,
        f(2, "F2"),
        "failed",
        "Next that failed",
        "go to the next value to type again",
    ),
    row(Act::Comment, f(6, "F6"), "comment", "Comment", "say something about this value"),
    row(
        Act::EnterGoes,
        MENU_ONLY,
        "Enter goes",
        "Enter: which way",
        "whether Enter goes down or right; kept for you",
    ),
    row(
        Act::AskWhen,
        MENU_ONLY,
        "ask when",
        "Fails: when asked",
        "what fails: typed again at once or at the end",
    ),
    row(Act::Series, f(7, "F7"), "history", "Its history", "how strictly, and why"),
    row(Act::Instructions, MENU_ONLY, "read", "Instructions", "read any instruction"),
    row(Act::Gauges, MENU_ONLY, "gauges", "Gauges", "calibration due, and what each measured"),
    row(
        Act::GaugeFailed,
        f(5, "F5"),
        "out of tolerance",
        "Out of tolerance",
        "say that this gauge was found out of tolerance",
    ),
    row(Act::HoldAll, f(2, "F2"), "hold all", "Hold all units", "hold every unit in doubt"),
    row(Act::ReleaseAll, f(3, "F3"), "release all", "Release all", "let every held unit go on"),
    row(Act::Places, MENU_ONLY, "place", "Choose a place", "say where you work"),
    row(Act::Sync, MENU_ONLY, "sync", "Sync state", "how this station stands with its server"),
    row(Act::SkipStep, MENU_ONLY, "skip", "Skip this step", "leave the step out, with a reason"),
    row(Act::AcceptWait, MENU_ONLY, "accept", "Accept the wait", "accept a wait without proof"),
    row(Act::Split, MENU_ONLY, "split", "Split the lot", "pieces become a lot of their own"),
    row(Act::AcceptUpstream, MENU_ONLY, "accept", "Accept earlier work", "go on upon evidence"),
    row(
        Act::OtherStep,
        f(3, "F3"),
        "other step",
        "Another free step",
        "do another free step first",
    ),
    row(Act::Compare, ENTER, "what changed", "What it changed", "what changed from the one before"),
    row(
        Act::Difference,
        f(10, "F10"),
        "key|changes",
        "What changed",
        "what is newer for this unit",
    ),
    row(Act::Read, ENTER, "read", "I have read it", "note that you have read what changed"),
    row(
        Act::Keep,
        digit('1', "1"),
        "finish",
        "Finish by the old",
        "finish by what it was begun with",
    ),
    row(Act::Move, digit('2', "2"), "move", "Move to the new", "go on by the newest (supervisor)"),
    row(Act::HoldUnit, digit('3', "3"), "hold", "Hold the unit", "hold it until somebody decides"),
    row(Act::Help, f(1, "F1"), "help", "Help", "what can be done here"),
    row(Act::Menu, (Some(Key::Menu), "F9"), "menu", "Menu", "every action by number; keypad * too"),
    row(Act::Back, (Some(Key::Esc), "Esc"), "back", "Back", "go back; nothing is lost"),
    row(Act::Leave, (Some(Key::Esc), "Esc"), "sign out", "Sign out", "end your session"),
    row(Act::SignOut, MENU_ONLY, "sign out", "Sign out", "end your session"),
    row(Act::ChangePin, MENU_ONLY, "my PIN", "Change my PIN", "change your own PIN, at the server"),
    row(Act::Quit, MENU_ONLY, "quit", "Quit", "end the program"),
];

impl Act {
    /// Its row of the table.
    pub fn row(self) -> Option<&'static Row> {
        KEYS.iter().find(|row| row.act == self)
    }

    /// Whether a key does it.
    pub fn has_key(self) -> bool {
        self.row().is_some_and(|row| row.key.is_some())
    }

    /// Whether the numbered menu lists it: what Enter and Esc do needs no number.
    pub fn in_menu(self) -> bool {
        let enter = self.row().is_some_and(|row| row.key == Some(Key::Enter));
        !enter && !matches!(self, Self::Menu | Self::Back | Self::Leave)
    }

    /// Whether the palette offers it: what the menu lists, but for the answers to a question that
    /// only its screen shows.
    pub fn in_palette(self) -> bool {
        let answers = matches!(
            self,
            Self::Yes
                | Self::No
                | Self::Good
                | Self::Bad
                | Self::Keep
                | Self::Move
                | Self::HoldUnit
                | Self::Turn
                | Self::Palette
        );
        self.in_menu() && !answers
    }
}

/// The act of a key among those offered.
pub fn act_of(key: Key, offered: &[Act]) -> Option<Act> {
    offered.iter().copied().find(|act| act.row().is_some_and(|row| row.key == Some(key)))
}
