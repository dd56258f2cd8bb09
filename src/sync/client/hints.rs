//! Hears that feeds may have grown: by a stream of events, and by waiting questions where the server has
//! no stream or a proxy holds it back. A hint that gets lost costs no more than the next poll.

use std::time::Duration;

use reqwest::Response;
use tokio::time::sleep;

use crate::sync::protocol::{NewsAnswer, SILENCE_MAX};
use crate::sync::retry::{Failure, Pause, failed_again};

use super::http::{Http, piece};

/// A server that ended ends every stream in one moment: over so long its stations come back, by chance.
const COME_BACK_MAX: Duration = Duration::from_secs(5);

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
            match self.next().await {
                Ok(true) => {
                    self.failures = 0;
                    return;
                }
                Ok(false) => self.failures = 0,
                Err(End::OfStream) => {
                    let share = f64::from(rand::random::<u32>()) / f64::from(u32::MAX);
                    sleep(COME_BACK_MAX.mul_f64(share)).await;
                }
                Err(End::Failed(failure)) => {
                    self.failures = failed_again(self.failures, &failure);
                    let retry_after = failure.retry_after();
                    let pause = Pause { failures: self.failures, retry_after };
                    sleep(pause.duration(rand::random())).await;
                }
            }
        }
    }

    /// One piece: whether it is a hint, or only a sign of life.
    async fn next(&mut self) -> Result<bool, End> {
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
                    Err(
                        failure @ (Failure::Unreachable | Failure::TimedOut | Failure::Busy { .. }),
                    ) => return Err(End::Failed(failure)),
                };
                Ok(false)
            }
            Way::Stream { response, came, rest } => match piece(response, SILENCE_MAX).await {
                Ok(Some(piece)) => {
                    *came = true;
                    rest.push_str(&String::from_utf8_lossy(&piece));
                    let ended = rest.rfind('\n').map_or(0, |at| at + 1);
                    let lines: String = rest.drain(..ended).collect();
                    Ok(lines.lines().any(|line| line.starts_with("data:")))
                }
                // Silent from the first: something in between holds it back.
                Err(Failure::TimedOut) if !*came => {
                    self.way = Way::Questions { known: 0 };
                    Ok(false)
                }
                Ok(None) | Err(_) => {
                    self.way = Way::None;
                    Err(End::OfStream)
                }
            },
            Way::Questions { known } => match self.http.news(*known).await {
                Ok(NewsAnswer { number }) => Ok(std::mem::replace(known, number) != number),
                Err(failure) => Err(End::Failed(failure)),
            },
        }
    }
}

/// Why nothing comes.
#[derive(Debug)]
enum End {
    /// A stream ended, broke, or fell silent.
    OfStream,
    /// A question got no usable answer.
    Failed(Failure),
}
