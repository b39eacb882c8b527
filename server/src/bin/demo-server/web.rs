//! The web page: what the server knows of its devices, live, and requests to them.

use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use serde_json::json;

use demo_server::UdpServer;

use crate::http::{Refusal, Request, refuse, respond};
use crate::news::News;
use crate::requests::DeviceRequest;

/// Serves it, in threads of its own, at the address that is returned.
pub fn start(
    address: SocketAddr,
    server: Arc<UdpServer>,
    news: Arc<News>,
) -> Result<SocketAddr, String> {
    let failed = |error| format!("cannot serve the web page at {address}: {error}");
    let listener = TcpListener::bind(address).map_err(failed)?;
    let local = listener.local_addr().map_err(failed)?;
    thread::spawn(move || {
        // A connection that fails is the browser's loss.
        for stream in listener.incoming().filter_map(Result::ok) {
            let (server, news) = (server.clone(), news.clone());
            thread::spawn(move || serve(stream, &server, &news));
        }
    });
    Ok(local)
}

fn serve(mut stream: TcpStream, server: &UdpServer, news: &News) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let answer = match Request::read(&mut stream)? {
        Ok(request) => answer(&request, server),
        Err(refusal) => Err(refusal),
    };
    match answer {
        Ok(Answer::Whole(kind, text)) => respond(&mut stream, "200 OK", kind, HEADERS, &text),
        Ok(Answer::Events) => tell(stream, server, news),
        Err(Refusal { status, why }) => respond(&mut stream, status, TEXT, HEADERS, &why),
    }
}

enum Answer {
    /// Its media type, and the text.
    Whole(&'static str, String),
    Events,
}

fn answer(request: &Request, server: &UdpServer) -> Result<Answer, Refusal> {
    if !is_host_harmless(request.host.as_deref().unwrap_or_default()) {
        let why = "the page is served under an IP address, or as localhost";
        return refuse("403 Forbidden", why);
    }
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/events") => Ok(Answer::Events),
        ("POST", "/requests") => ask(request, server),
        ("GET", path) => match FILES.iter().find(|(name, ..)| *name == path) {
            Some((_, kind, text)) => Ok(Answer::Whole(kind, (*text).into())),
            None => refuse("404 Not Found", "there is no such file"),
        },
        _ => refuse("405 Method Not Allowed", "the method is not allowed here"),
    }
}

/// Against DNS rebinding: a name of somebody else's may lead here, which makes their page one of the
/// same origin.
fn is_host_harmless(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || address.parse::<IpAddr>().is_ok()
}

/// A request to a device. The page of another site cannot say that it sends JSON, without asking
/// first whether it may.
fn ask(request: &Request, server: &UdpServer) -> Result<Answer, Refusal> {
    if request.content_type.as_deref() != Some(JSON) {
        return refuse("415 Unsupported Media Type", "expected application/json");
    }
    let made = serde_json::from_slice::<DeviceRequest>(&request.body)
        .map_err(|error| error.to_string())
        .and_then(|wanted| wanted.make(server).map_err(|error| error.to_string()));
    match made {
        Ok(id) => {
            let id = id.map(|id| id.number());
            Ok(Answer::Whole(JSON, json!({ "request": id }).to_string()))
        }
        Err(why) => refuse("400 Bad Request", why),
    }
}

/// Server-sent events, until the page is closed.
fn tell(mut page: TcpStream, server: &UdpServer, news: &News) -> io::Result<()> {
    page.write_all(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n\
          Connection: close\r\n\r\n",
    )?;
    news.follow(server, |text| {
        // JSON is one line; a comment keeps the connection alive.
        let event = match text {
            "" => ":\n\n".into(),
            text => format!("data: {text}\n\n"),
        };
        match page.write_all(event.as_bytes()) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    });
    Ok(())
}

const FILES: [(&str, &str, &str); 8] = [
    (
        "/",
        "text/html; charset=utf-8",
        include_str!("web/index.html"),
    ),
    (
        "/page.css",
        "text/css; charset=utf-8",
        include_str!("web/page.css"),
    ),
    ("/page.js", JAVASCRIPT, include_str!("web/page.js")),
    ("/device.js", JAVASCRIPT, include_str!("web/device.js")),
    ("/row.js", JAVASCRIPT, include_str!("web/row.js")),
    ("/elements.js", JAVASCRIPT, include_str!("web/elements.js")),
    ("/names.js", JAVASCRIPT, include_str!("web/names.js")),
    ("/icon.svg", "image/svg+xml", include_str!("web/icon.svg")),
];

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";

/// Nothing comes from elsewhere, and no other page shows this one in a frame.
const HEADERS: &str = "Content-Security-Policy: default-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'\r\nX-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n";

/// How long a browser may take for its request, or to take an answer.
const PATIENCE: Duration = Duration::from_secs(10);
