//! Hears that feeds may have grown: by a stream of events, and by waiting questions where the server has
//! no stream or a proxy holds it back. A hint that gets lost costs no more than the next poll.

use reqwest::Response;
use tokio::time::sleep;

use crate::sync::protocol::NewsAnswer;
use crate::sync::retry::{Failure, Pause};

use super::http::Http;

/// How news are heard.
#[derive(Debug)]
enum Way {
    /// Not yet, or not any more.
    None,
    /// Piece by piece. Whether anything came so far, and the beginning of a line that did not end.
    Stream { response: Box<Response>, came: bool, rest: String },
    /// By questions that wait for the number to be another one.
    Questions { known: u64 },
}

/// Who hears of news.
#[derive(Debug)]
pub(super) struct Hints {
    http: Http,
    way: Way,
    failures: u32,
}

impl Hints {
    pub(super) fn new(http: &Http) -> Self {
        Self { http: http.clone(), way: Way::None, failures: 0 }
    }

    /// Waits until feeds may have grown. After a failure it tries again, in ever longer pauses.
    pub(super) async fn heard(&mut self) {
        loop {
            let next = self.next().await;
            if next == Ok(true) {
                self.failures = 0;
                return;
            }
            if next == Ok(false) {
                self.failures = 0;
                continue;
            }
            self.failures = self.failures.saturating_add(1);
            let pause = Pause { failures: self.failures, retry_after: None };
            sleep(pause.duration(rand::random())).await;
        }
    }

    /// One piece: whether it is a hint, or only a sign of life.
    async fn next(&mut self) -> Result<bool, ()> {
        match &mut self.way {
            Way::None => {
                self.way = match self.http.news_stream().await {
                    Ok(response) => Way::Stream {
                        response: Box::new(response),
                        came: false,
                        rest: String::new(),
                    },
                    // A server that does not know the address has the questions.
                    Err(Failure::Stopped(_)) => Way::Questions { known: 0 },
                    Err(Failure::Unreachable | Failure::TimedOut | Failure::Busy { .. }) => {
                        return Err(());
                    }
                };
                Ok(false)
            }
            Way::Stream { response, came, rest } => match response.chunk().await {
                Ok(Some(piece)) => {
                    *came = true;
                    rest.push_str(&String::from_utf8_lossy(&piece));
                    let ended = rest.rfind('\n').map_or(0, |at| at + 1);
                    let lines: String = rest.drain(..ended).collect();
                    Ok(lines.lines().any(|line| line.starts_with("data:")))
                }
                // Silent from the first: something in between holds it back.
                Err(error) if error.is_timeout() && !*came => {
                    self.way = Way::Questions { known: 0 };
                    Ok(false)
                }
                Ok(None) | Err(_) => {
                    self.way = Way::None;
                    Err(())
                }
            },
            Way::Questions { known } => match self.http.news(*known).await {
                Ok(NewsAnswer { number }) => Ok(std::mem::replace(known, number) != number),
                Err(_) => Err(()),
            },
        }
    }
}
