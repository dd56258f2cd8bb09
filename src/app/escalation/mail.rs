//! One e-mail by SMTP (RFC 5321): to a relay in the plant's own network, without a password or TLS.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use crate::domain::text::sanitize_line;
use crate::views::help::DueRow;

use super::ring::RING_MS_MAX;
use super::target::Smtp;

/// The longest answer of a relay that is read, in bytes.
const ANSWER_BYTES_MAX: u64 = 8_192;

/// Sends one call to one person.
pub(super) fn send(smtp: &Smtp, to: &str, due: &DueRow) -> Result<(), String> {
    let (from, to) = (address(&smtp.from)?, address(to)?);
    let failed = |error: io::Error| format!("the mail relay {}: {error}", smtp.server);
    let limit = Duration::from_millis(RING_MS_MAX / 4);
    let mut relays = smtp.server.to_socket_addrs().map_err(failed)?;
    let relay = relays.next().ok_or_else(|| format!("{} names no relay", smtp.server))?;
    let stream = TcpStream::connect_timeout(&relay, limit).map_err(failed)?;
    stream.set_read_timeout(Some(limit)).map_err(failed)?;
    stream.set_write_timeout(Some(limit)).map_err(failed)?;
    let mut talk = Talk { reader: BufReader::new(stream.try_clone().map_err(failed)?), stream };
    talk.expects(220)?;
    talk.says("EHLO gemba", 250)?;
    talk.says(&format!("MAIL FROM:<{from}>"), 250)?;
    talk.says(&format!("RCPT TO:<{to}>"), 250)?;
    talk.says("DATA", 354)?;
    talk.says(&format!("{}\r\n.", letter((&from, &to), due)), 250)?;
    // It is taken; how the relay takes leave changes nothing.
    talk.says("QUIT", 221).unwrap_or_default();
    Ok(())
}

/// An address that cannot end the line in which it stands.
fn address(text: &str) -> Result<String, String> {
    let fine = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>');
    let whole = text.contains('@') && text.len() <= 254 && text.chars().all(fine);
    if whole { Ok(text.to_owned()) } else { Err(format!("{text:?} is no e-mail address")) }
}

/// The letter, with every line that begins with a dot led by another one.
fn letter((from, to): (&str, &str), due: &DueRow) -> String {
    let line = |text: &str| sanitize_line(text).into_owned();
    let call = &due.call;
    let subject: String =
        line(&call.words()).chars().map(|c| if c.is_ascii() { c } else { '?' }).collect();
    let mut lines = vec![
        format!("From: <{from}>"),
        format!("To: <{to}>"),
        format!("Subject: Call for help: {subject}"),
        format!("Message-ID: <{}.{}@gemba>", call.call, due.row),
        "MIME-Version: 1.0".to_owned(),
        "Content-Type: text/plain; charset=utf-8".to_owned(),
        "Content-Transfer-Encoding: 8bit".to_owned(),
        String::new(),
        format!("{}: {}", call.call, line(&call.words())),
        format!("called by {} at {}", line(&call.by), call.at.strftime("%F %H:%M UTC")),
        format!("nobody has come for {} minutes", due.minutes),
    ];
    if let Some(unit) = &call.unit {
        lines.push(format!("unit {} step {}", line(unit), call.step.as_deref().unwrap_or("-")));
    }
    if !call.note.is_empty() {
        lines.push(line(&call.note));
    }
    let dotted = lines.into_iter().map(|line| match line.strip_prefix('.') {
        Some(_) => format!(".{line}"),
        None => line,
    });
    dotted.collect::<Vec<_>>().join("\r\n")
}

struct Talk {
    reader: BufReader<TcpStream>,
    stream: TcpStream,
}

impl Talk {
    fn says(&mut self, words: &str, code: u16) -> Result<(), String> {
        let sent = self.stream.write_all(format!("{words}\r\n").as_bytes());
        sent.map_err(|error| format!("the mail relay: {error}"))?;
        self.expects(code)
    }

    /// Reads an answer, which may have several lines: `250-…`, then `250 …`.
    fn expects(&mut self, code: u16) -> Result<(), String> {
        let mut answer = (&mut self.reader).take(ANSWER_BYTES_MAX);
        loop {
            let mut line = Vec::new();
            let read = answer.read_until(b'\n', &mut line);
            let read = read.map_err(|error| format!("the mail relay: {error}"))?;
            let text = String::from_utf8_lossy(&line);
            if read == 0 || !text.ends_with('\n') {
                return Err("the mail relay hung up".to_owned());
            }
            if text.get(3..4) == Some("-") {
                continue;
            }
            let found = text.get(..3).and_then(|found| found.parse::<u16>().ok());
            return if found == Some(code) {
                Ok(())
            } else {
                Err(format!("the mail relay said: {}", sanitize_line(text.trim())))
            };
        }
    }
}
