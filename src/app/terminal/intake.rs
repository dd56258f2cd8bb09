//! How a terminal's input comes to its session: no faster than the session takes it.
//!
//! The inbox itself has no end, because the store answers there and must never wait for a terminal.

use std::sync::mpsc::Sender;

use tokio::sync::mpsc;

use crate::ui::input::Input;
use crate::ui::message::Message;

/// More than hand, scanner or paste send ahead; whoever sends more waits.
const WAITING_MAX: usize = 1024;

/// The terminal's end.
#[derive(Debug)]
pub struct Intake {
    inbox: Sender<Message>,
    room: mpsc::Sender<()>,
}

/// The session's end: makes room for another input with each one that it took.
#[derive(Debug)]
pub struct Taken(mpsc::Receiver<()>);

/// A way into a session's inbox.
pub fn intake(inbox: Sender<Message>) -> (Intake, Taken) {
    let (room, taken) = mpsc::channel(WAITING_MAX);
    (Intake { inbox, room }, Taken(taken))
}

impl Intake {
    /// Sends once there is room; false when the session is over.
    pub async fn send(&self, input: Input) -> bool {
        // That the terminal is lost never waits.
        (input == Input::Lost || self.room.send(()).await.is_ok()) && self.pass_on(input)
    }

    /// The same for a thread of its own.
    pub fn send_blocking(&self, input: Input) -> bool {
        (input == Input::Lost || self.room.blocking_send(()).is_ok()) && self.pass_on(input)
    }

    fn pass_on(&self, input: Input) -> bool {
        self.inbox.send(Message::Input(input)).is_ok()
    }
}

impl Taken {
    /// One input was done with.
    pub fn one(&mut self) {
        // Nothing was taken for the end of the terminal.
        self.0.try_recv().unwrap_or_default();
    }
}
