//! The line on which gauges send their values: a serial port or a TCP socket, read in a thread.
//! `domain::gauge_line` has the protocol.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::thread;
use std::time::Duration;

use rustix::fs::{Mode, OFlags};
use rustix::net::sockopt;
use rustix::termios::{self, OptionalActions};
use serde::Deserialize;

use crate::app::fault::Fault;
use crate::domain::gauge_line::Lines;
use crate::ui::input::{GaugeSaid, Input};

/// How long a lost line is left alone before it is tried again.
pub const AGAIN_AFTER: Duration = Duration::from_secs(3);
/// How long a socket is waited for.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// After so much silence the other end of a socket is asked whether it is still there: what lost its
/// power never says that it is gone.
const ASKED_AFTER: Duration = Duration::from_secs(10);
/// After so many questions without an answer the line is lost.
const ASKED_TIMES: u32 = 3;
const TCP: &str = "tcp://";

/// Where gauges are connected.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Source {
    /// A serial port, by its device.
    Serial(String),
    /// A socket, by host and port.
    Tcp(String),
}

impl TryFrom<String> for Source {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if let Some(address) = text.strip_prefix(TCP) {
            let port = address.rsplit_once(':').map(|(host, port)| (host, port.parse::<u16>()));
            return match port {
                Some((host, Ok(_))) if !host.is_empty() => Ok(Self::Tcp(address.to_owned())),
                Some(_) | None => Err(format!("{text:?} has no host and port: tcp://HOST:PORT")),
            };
        }
        if text.starts_with('/') {
            return Ok(Self::Serial(text));
        }
        Err(format!("{text:?} is no line: name a device (/dev/ttyS0) or tcp://HOST:PORT"))
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Serial(device) => f.write_str(device),
            Self::Tcp(address) => write!(f, "{TCP}{address}"),
        }
    }
}

/// A line as the settings describe it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GaugeLine {
    /// Where.
    pub source: Source,
    /// The speed of a serial port, in baud; as the port is set where absent.
    pub baud: Option<u32>,
    /// Whether a value is recorded as it comes, as if Enter followed it.
    pub enters: bool,
}

/// Reads a line until nobody listens any more; what was lost is tried again and again, told once.
/// The thread ends with its listener's next value, or with the program.
pub fn in_background(
    line: GaugeLine,
    again_after: Duration,
    mut send: impl FnMut(Input) -> bool + Send + 'static,
) -> Result<(), Fault> {
    let run = move || {
        let mut told: Option<String> = None;
        loop {
            let lost = match open(&line) {
                Ok(mut port) => {
                    if told.take().is_some()
                        && !send(Input::Gauge(GaugeSaid::Back(line.source.to_string())))
                    {
                        return;
                    }
                    match read(&mut port, line.enters, &mut send) {
                        Some(lost) => lost,
                        None => return,
                    }
                }
                Err(error) => error,
            };
            let words = format!("gauge line {}: {lost}", line.source);
            // One line that does not come back is told once, not every three seconds.
            if told.is_none() && !send(Input::Gauge(GaugeSaid::Trouble(words.clone()))) {
                return;
            }
            told = Some(words);
            thread::sleep(again_after);
        }
    };
    let spawned = thread::Builder::new().name("gauge line".to_owned()).spawn(run);
    spawned.map(drop).map_err(|error| Fault::cannot("no thread could be started", error))
}

fn open(line: &GaugeLine) -> io::Result<Box<dyn Read>> {
    match &line.source {
        Source::Serial(device) => Ok(Box::new(serial(device, line.baud)?)),
        Source::Tcp(address) => Ok(Box::new(socket(address)?)),
    }
}

fn serial(device: &str, baud: Option<u32>) -> io::Result<File> {
    // Without a carrier a port would not open; once it is open, reading may wait.
    let flags = OFlags::RDONLY | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let port = rustix::fs::open(device, flags, Mode::empty())?;
    if !termios::isatty(&port) {
        return Err(io::Error::other("this is no serial port"));
    }
    // Of two terminals that read one port, each would get half of a value.
    termios::ioctl_tiocexcl(&port)?;
    let mut modes = termios::tcgetattr(&port)?;
    modes.make_raw();
    modes.control_modes |= termios::ControlModes::CLOCAL | termios::ControlModes::CREAD;
    if let Some(baud) = baud {
        modes.set_speed(baud)?;
    }
    termios::tcsetattr(&port, OptionalActions::Now, &modes)?;
    let flags = rustix::fs::fcntl_getfl(&port)?;
    rustix::fs::fcntl_setfl(&port, flags - OFlags::NONBLOCK)?;
    Ok(File::from(port))
}

fn socket(address: &str) -> io::Result<TcpStream> {
    let mut why = io::Error::other("the host has no address");
    for known in address.to_socket_addrs()? {
        match TcpStream::connect_timeout(&known, CONNECT_WITHIN) {
            Ok(socket) => {
                sockopt::set_socket_keepalive(&socket, true)?;
                sockopt::set_tcp_keepidle(&socket, ASKED_AFTER)?;
                sockopt::set_tcp_keepintvl(&socket, ASKED_AFTER)?;
                sockopt::set_tcp_keepcnt(&socket, ASKED_TIMES)?;
                return Ok(socket);
            }
            Err(error) => why = error,
        }
    }
    Err(why)
}

/// Sends every value; tells why the line was lost, and nothing where nobody listens any more.
fn read(
    port: &mut dyn Read,
    enters: bool,
    send: &mut impl FnMut(Input) -> bool,
) -> Option<io::Error> {
    let mut lines = Lines::default();
    let mut buffer = [0; 512];
    loop {
        let some = match port.read(&mut buffer) {
            Ok(0) => return Some(io::Error::other("the line was closed")),
            Ok(count) => &buffer[..count],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Some(error),
        };
        for line in lines.take(some) {
            let said = match line {
                Ok(shown) => GaugeSaid::Value { shown, enters },
                Err(fault) => GaugeSaid::Trouble(fault.to_string()),
            };
            if !send(Input::Gauge(said)) {
                return None;
            }
        }
    }
}
