//! As much of HTTP/1.1 (RFC 9112) as the web page takes: each connection has one request.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};

use httparse::Status;

pub struct Request {
    pub method: String,
    pub path: String,
    /// `None` also where there are several; and so below.
    pub host: Option<String>,
    pub content_type: Option<String>,
    pub body: Vec<u8>,
}

/// Why a request is not answered with what it asks for.
pub struct Refusal {
    pub status: &'static str,
    pub why: String,
}

/// `status` is such as `404 Not Found`.
pub fn refuse<T>(status: &'static str, why: impl Into<String>) -> Result<T, Refusal> {
    let why = why.into();
    Err(Refusal { status, why })
}

impl Request {
    /// Reads one. It is an error of the connection, or the request is to be refused.
    pub fn read(stream: &mut TcpStream) -> io::Result<Result<Self, Refusal>> {
        let mut bytes = Vec::new();
        let mut part = [0; 4096];
        loop {
            let read = stream.read(&mut part)?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            bytes.extend_from_slice(&part[..read]);
            let (mut request, length, body) = match Self::parse(&bytes) {
                Ok(Some(parsed)) => parsed,
                Ok(None) if bytes.len() < LONGEST_HEAD => continue,
                Ok(None) => return Ok(refuse(TOO_LARGE, "the request is too long")),
                Err(error) => return Ok(refuse("400 Bad Request", error.to_string())),
            };
            if length > LONGEST_BODY {
                return Ok(refuse(TOO_LARGE, "the request is too long"));
            }
            request.body = bytes.split_off(body);
            let missing = length.saturating_sub(request.body.len());
            stream.take(missing as u64).read_to_end(&mut request.body)?;
            return Ok(Ok(request));
        }
    }

    /// The request without its body, with the body's length and where it begins; `None` if there is
    /// more to come.
    fn parse(bytes: &[u8]) -> Result<Option<(Self, usize, usize)>, httparse::Error> {
        let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
        let mut head = httparse::Request::new(&mut headers);
        let Status::Complete(body) = head.parse(bytes)? else {
            return Ok(None);
        };
        let header = |name: &str| {
            let mut values = head
                .headers
                .iter()
                .filter(|header| header.name.eq_ignore_ascii_case(name));
            let value = std::str::from_utf8(values.next()?.value).ok()?;
            values.next().is_none().then(|| value.to_owned())
        };
        let length = header("Content-Length").and_then(|length| length.parse().ok());
        let request = Self {
            method: head.method.unwrap_or_default().into(),
            path: head.path.unwrap_or_default().into(),
            host: header("Host"),
            content_type: header("Content-Type"),
            body: Vec::new(),
        };
        Ok(Some((request, length.unwrap_or(0), body)))
    }
}

/// The whole answer. `headers` are lines.
pub fn respond(
    stream: &mut TcpStream,
    status: &str,
    kind: &str,
    headers: &str,
    body: &str,
) -> io::Result<()> {
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n{headers}\
         Connection: close\r\n\r\n{body}"
    );
    stream.write_all(answer.as_bytes())?;
    stream.shutdown(Shutdown::Write)?;
    // What is not read yet would have the system take the answer back (RFC 9112, 9.6).
    io::copy(&mut stream.take(LONGEST_REST), &mut io::sink())?;
    Ok(())
}

const TOO_LARGE: &str = "413 Content Too Large";

/// In bytes. Other programs on this machine may have left cookies.
const LONGEST_HEAD: usize = 65_536;
const MOST_HEADERS: usize = 100;
/// A value may be long.
const LONGEST_BODY: usize = 65_536;
const LONGEST_REST: u64 = 1 << 20;
