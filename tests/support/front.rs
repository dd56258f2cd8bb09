//! What stands in front of a plant's server, as a proxy does: it answers some questions by itself, and
//! lets the others through.

use std::convert::Infallible;
use std::fmt;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response, StatusCode, header};
use axum::serve::ListenerExt as _;
use futures_util::{Stream, StreamExt as _, stream};
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep};

/// A question.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Method and address.
    pub(crate) line: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    pub(crate) at: Instant,
}

impl Asked {
    /// Whether it is this one; what ends with a slash is the beginning of an address.
    pub(crate) fn is(&self, line: &str) -> bool {
        self.line == line || (line.ends_with('/') && self.line.starts_with(line))
    }
}

/// What becomes of a question.
pub(crate) enum Says {
    /// The server answers it.
    GoOn,
    /// The server answers it as it is written here.
    Instead(Asked),
    /// This is the answer.
    This(Response<Body>),
    /// This is the answer, after a while.
    Later(Duration, Response<Body>),
    /// The server answers it once somebody says so.
    Once(Arc<Notify>),
    /// The server answers it, and the line breaks in the middle, once this file has something in it.
    BreaksOnce(PathBuf),
}

type Rule = Box<dyn Fn(&Asked) -> Says + Send + Sync>;

/// It stands there for as long as the test runs.
#[derive(Clone)]
pub(crate) struct Front {
    pub(crate) url: String,
    inner: Arc<Inner>,
}

impl fmt::Debug for Front {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Front").field("url", &self.url).finish_non_exhaustive()
    }
}

struct Inner {
    server: String,
    rule: Rule,
    asked: Mutex<Vec<Asked>>,
    count: watch::Sender<usize>,
    client: OnceLock<reqwest::Client>,
}

impl Front {
    /// In front of the server with this address.
    pub(crate) async fn of(
        server: String,
        rule: impl Fn(&Asked) -> Says + Send + Sync + 'static,
    ) -> Self {
        let inner = Arc::new(Inner {
            server,
            rule: Box::new(rule),
            asked: Mutex::default(),
            count: watch::Sender::new(0),
            client: OnceLock::new(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        // A piece of a stream waits for nothing, so that a clock that jumps does not run away from it.
        let listener = listener.tap_io(|io| io.set_nodelay(true).unwrap());
        let router = Router::new().fallback(answer).with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, inner }
    }

    /// Every such question so far.
    pub(crate) fn asked(&self, line: &str) -> Vec<Asked> {
        let asked = self.inner.asked.lock().unwrap();
        asked.iter().filter(|asked| asked.is(line)).cloned().collect()
    }

    /// The same, once there are so many.
    pub(crate) async fn heard(&self, line: &str, times: usize) -> Vec<Asked> {
        let mut count = self.inner.count.subscribe();
        loop {
            let asked = self.asked(line);
            if asked.len() >= times {
                return asked;
            }
            count.changed().await.unwrap();
        }
    }
}

/// An answer of this status alone.
pub(crate) fn status(status: u16) -> Response<Body> {
    let status = StatusCode::from_u16(status).unwrap();
    Response::builder().status(status).body(Body::empty()).unwrap()
}

/// An answer with a header.
pub(crate) fn with(mut answer: Response<Body>, name: &'static str, value: &str) -> Response<Body> {
    answer.headers_mut().insert(name, value.parse().unwrap());
    answer
}

/// An answer of JSON.
pub(crate) fn json(value: &serde_json::Value) -> Response<Body> {
    let answer = Response::new(Body::from(value.to_string()));
    with(answer, "content-type", "application/json")
}

/// A stream of events: so many signs of life, one each 15 seconds from now on, and then nothing more, or
/// its end.
pub(crate) fn events(alive: usize, ends: bool) -> Response<Body> {
    let signs = stream::iter(0..alive).then(|nth| async move {
        if nth > 0 {
            sleep(Duration::from_secs(15)).await;
        }
        Ok::<_, Infallible>(": alive\n\n")
    });
    let body = if ends { Body::from_stream(signs) } else { Body::from_stream(held(signs)) };
    with(Response::new(body), "content-type", "text/event-stream")
}

fn held<T>(before: impl Stream<Item = T>) -> impl Stream<Item = T> {
    before.chain(stream::pending())
}

async fn answer(State(front): State<Arc<Inner>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default().to_vec();
    let line = format!("{} {}", parts.method, parts.uri.path());
    let asked = Asked { line, headers: parts.headers, body, at: Instant::now() };
    let says = (front.rule)(&asked);
    front.asked.lock().unwrap().push(asked.clone());
    front.count.send_modify(|count| *count += 1);
    match says {
        Says::GoOn => front.pass_on(asked).await,
        Says::Instead(other) => front.pass_on(other).await,
        Says::This(answer) => answer,
        Says::Later(wait, answer) => {
            sleep(wait).await;
            answer
        }
        Says::Once(says_so) => {
            says_so.notified().await;
            front.pass_on(asked).await
        }
        Says::BreaksOnce(file) => broken(front.pass_on(asked).await, file).await,
    }
}

impl Inner {
    async fn pass_on(&self, asked: Asked) -> Response<Body> {
        let client = self.client.get_or_init(reqwest::Client::new);
        let (method, address) = asked.line.split_once(' ').unwrap();
        let mut headers = asked.headers;
        headers.remove(header::HOST);
        headers.remove(header::CONTENT_LENGTH);
        let request = client.request(method.parse().unwrap(), format!("{}{address}", self.server));
        let Ok(mut there) = request.headers(headers).body(asked.body).send().await else {
            return status(502);
        };
        let mut answer = status(there.status().as_u16());
        std::mem::swap(answer.headers_mut(), there.headers_mut());
        answer.headers_mut().remove(header::TRANSFER_ENCODING);
        answer.headers_mut().remove(header::CONTENT_LENGTH);
        *answer.body_mut() = Body::from(there.bytes().await.unwrap());
        answer
    }
}

/// The first half of an answer, and no end.
async fn broken(answer: Response<Body>, file: PathBuf) -> Response<Body> {
    let (parts, body) = answer.into_parts();
    let mut half = to_bytes(body, usize::MAX).await.unwrap().to_vec();
    half.truncate(half.len() / 2);
    let breaks = stream::once(async move {
        while fs::metadata(&file).map_or(0, |file| file.len()) == 0 {
            tokio::task::yield_now().await;
        }
        Err(io::Error::other("the line breaks"))
    });
    let body = stream::once(async move { Ok(half) }).chain(breaks);
    Response::from_parts(parts, Body::from_stream(body))
}
