use std::fmt;
use std::net::SocketAddr;

use coap_lite::{MessageClass, ResponseType};

use crate::{Operation, escape, format};

/// Names one request of the server's to a client; never reused by a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub(crate) u64);

impl RequestId {
    /// The requests of a server are numbered from 0 on.
    pub fn number(self) -> u64 {
        self.0
    }
}

/// What happened. Its `Display` is one line for people, which nothing in it can break; `Debug` is the
/// same, since neither shows a key.
#[derive(Clone, PartialEq)]
pub enum Event {
    /// A client registered; an older registration of the same name is gone.
    Registered {
        /// Its endpoint name.
        endpoint: String,
        /// Where it is.
        peer: SocketAddr,
    },
    /// A client updated its registration.
    Updated {
        /// Its endpoint name.
        endpoint: String,
        /// Where it is now.
        peer: SocketAddr,
    },
    /// A client deregistered.
    Deregistered {
        /// Its endpoint name.
        endpoint: String,
    },
    /// A registration's lifetime ended without an Update.
    Expired {
        /// Its endpoint name.
        endpoint: String,
    },
    /// A DTLS handshake failed.
    HandshakeFailed {
        /// Whose.
        peer: SocketAddr,
        /// What was wrong.
        reason: String,
    },
    /// A client's request was answered with an error, or by a fault that was asked for.
    Refused {
        /// What it asked for.
        operation: Operation,
        /// Who asked.
        peer: SocketAddr,
        /// The answer; `None` for RST.
        code: Option<ResponseType>,
        /// What was wrong.
        reason: String,
    },
    /// A client sent data by the Send operation (LwM2M 1.1 Core, 6.4.6).
    Send {
        /// Its endpoint name.
        endpoint: String,
        /// CoAP's content format number.
        content_format: Option<u16>,
        /// The data.
        payload: Vec<u8>,
    },
    /// A notification that is newer than those before it.
    Notification {
        /// Its endpoint name.
        endpoint: String,
        /// What is observed.
        path: String,
        /// The Observe option's value, 24 bits.
        observe: u32,
        /// Whether it asked for an acknowledgement.
        confirmable: bool,
        /// CoAP's content format number.
        content_format: Option<u16>,
        /// The value.
        payload: Vec<u8>,
    },
    /// A client ended an observation, by an error code or by leaving out the Observe option.
    ObservationEnded {
        /// Its endpoint name.
        endpoint: String,
        /// What was observed.
        path: String,
        /// The last notification's code.
        code: ResponseType,
    },
    /// A request of the server's was answered.
    Response(Response),
    /// A request of the server's ended without an answer.
    NoResponse {
        /// The request.
        id: RequestId,
        /// To whom it was.
        endpoint: String,
        /// What it was about.
        path: String,
        /// Why.
        reason: NoResponse,
    },
    /// A client asked to be bootstrapped, and the first operation is on its way.
    BootstrapRequested {
        /// Its endpoint name.
        endpoint: String,
        /// Where it is.
        peer: SocketAddr,
    },
    /// A client answered a Bootstrap-Discover or Bootstrap-Read.
    BootstrapAnswer {
        /// Its endpoint name.
        endpoint: String,
        /// What was asked for.
        path: String,
        /// The response code. An error does not end the bootstrap.
        code: ResponseType,
        /// CoAP's content format number.
        content_format: Option<u16>,
        /// What it told.
        payload: Vec<u8>,
    },
    /// A client got the last part of its bootstrap pack. What it makes of it, it does not say.
    BootstrapPack {
        /// Its endpoint name.
        endpoint: String,
        /// Where it is.
        peer: SocketAddr,
    },
    /// A client accepted every bootstrap operation and the Finish.
    Bootstrapped {
        /// Its endpoint name.
        endpoint: String,
    },
    /// A client refused a bootstrap operation, or did not answer it.
    BootstrapFailed {
        /// Its endpoint name.
        endpoint: String,
        /// The operation, as `PUT /0/1`.
        operation: String,
        /// Its answer; `None` when there was none.
        code: Option<ResponseType>,
    },
}

/// The answer to a request of the server's. `Display` and `Debug` are those of [`Event`].
#[derive(Clone, PartialEq)]
pub struct Response {
    /// The request.
    pub id: RequestId,
    /// Who answered.
    pub endpoint: String,
    /// What was asked for.
    pub path: String,
    /// The response code. One that is unknown is given as its class's: 4.00 or 5.00.
    pub code: ResponseType,
    /// CoAP's content format number.
    pub content_format: Option<u16>,
    /// The Observe option's value: the observation is established.
    pub observe: Option<u32>,
    /// The Location-Path, as segments.
    pub location: Vec<String>,
    /// The value, or a diagnostic text with an error.
    pub payload: Vec<u8>,
}

/// Why a request got no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoResponse {
    /// Nothing came, after all retransmissions.
    Timeout,
    /// The client answered RST.
    Reset,
    /// The registration ended, or moved or was replaced while the request was under way.
    Gone,
    /// The answer had a critical option that this server does not know, such as Block2.
    Unsupported,
}

/// Why a request cannot be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// No client of this name is registered.
    NotRegistered(String),
    /// Not an LwM2M path such as `/3303/0/5700`.
    Path(String),
    /// No observation of this path to cancel or forget.
    NotObserved(String),
    /// This path is observed without a request, so that there is none to cancel: it can be
    /// forgotten.
    NotRequested(String),
    /// No answer (only from the waiting calls of [`UdpServer`](crate::UdpServer)).
    NoResponse(NoResponse),
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRegistered(endpoint) => {
                write!(f, "no client \"{}\" is registered", escape(endpoint))
            }
            Self::Path(path) => write!(
                f,
                "\"{}\" is not an LwM2M path: expected up to four numbers from 0 to 65534, such as /3303/0/5700",
                escape(path)
            ),
            Self::NotObserved(path) => write!(f, "{} is not observed", escape(path)),
            Self::NotRequested(path) => write!(
                f,
                "{} is observed without a request: it can only be forgotten",
                escape(path)
            ),
            Self::NoResponse(reason) => reason.fmt(f),
        }
    }
}

impl fmt::Display for NoResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Timeout => "the client did not answer",
            Self::Reset => "the client answered with RST",
            Self::Gone => "the registration ended before the answer",
            Self::Unsupported => "the answer has a critical option that is not known here",
        })
    }
}

impl Response {
    /// Whether the code is 2.xx.
    pub fn is_success(&self) -> bool {
        is_success(self.code)
    }
}

impl fmt::Display for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (endpoint, path) = (escape(&self.endpoint), escape(&self.path));
        write!(f, "{endpoint} {path} {}", dotted(self.code))?;
        if let Some(observe) = self.observe {
            write!(f, " observe {observe}")?;
        }
        if !self.location.is_empty() {
            write!(f, " location /{}", escape(&self.location.join("/")))?;
        }
        if self.payload.is_empty() {
            return Ok(());
        }
        let text = match self.content_format {
            None if self.code.is_error() => format::diagnostic(&self.path, &self.payload),
            content_format => format::text(&self.path, content_format, &self.payload),
        };
        write!(f, " {text}")
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(endpoint) = self.endpoint()
            && !matches!(self, Self::Response(_))
        {
            write!(f, "{} ", escape(endpoint))?;
        }
        match self {
            Self::Registered { peer, .. } => write!(f, "registered from {peer}"),
            Self::Updated { peer, .. } => write!(f, "updated from {peer}"),
            Self::Deregistered { .. } => f.write_str("deregistered"),
            Self::Expired { .. } => f.write_str("expired"),
            Self::Refused {
                operation,
                peer,
                code,
                reason,
            } => {
                let answer = code.map_or("RST".into(), dotted);
                let reason = escape(reason);
                write!(f, "{operation:?} from {peer} answered {answer}: {reason}")
            }
            Self::HandshakeFailed { peer, reason } => {
                write!(f, "DTLS handshake of {peer} failed: {}", escape(reason))
            }
            Self::Send {
                content_format,
                payload,
                ..
            } => write!(f, "sent {}", format::text("/", *content_format, payload)),
            Self::Notification {
                path,
                observe,
                content_format,
                payload,
                ..
            } => {
                let text = format::text(path, *content_format, payload);
                write!(f, "notified {observe} {text}")
            }
            Self::ObservationEnded { path, code, .. } => {
                let (path, code) = (escape(path), dotted(*code));
                write!(f, "ended the observation of {path}: {code}")
            }
            Self::Response(response) => fmt::Display::fmt(response, f),
            Self::NoResponse { path, reason, .. } => write!(f, "{}: {reason}", escape(path)),
            Self::BootstrapRequested { peer, .. } => write!(f, "requested bootstrap from {peer}"),
            Self::BootstrapPack { peer, .. } => write!(f, "got its bootstrap pack, at {peer}"),
            Self::BootstrapAnswer {
                path,
                code,
                content_format,
                payload,
                ..
            } => {
                let text = match is_success(*code) {
                    true => format::text(path, *content_format, payload),
                    false => format::diagnostic(path, payload),
                };
                let (path, code) = (escape(path), dotted(*code));
                write!(f, "has at {path} in bootstrap: {code} {text}")
            }
            Self::Bootstrapped { .. } => f.write_str("bootstrapped"),
            Self::BootstrapFailed {
                operation, code, ..
            } => {
                let answer = code.map_or("no answer".into(), dotted);
                write!(f, "failed bootstrap at {}: {answer}", escape(operation))
            }
        }
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Event {
    /// The endpoint name of the client that it is about.
    pub fn endpoint(&self) -> Option<&str> {
        match self {
            Self::Registered { endpoint, .. }
            | Self::Updated { endpoint, .. }
            | Self::Deregistered { endpoint }
            | Self::Expired { endpoint }
            | Self::Send { endpoint, .. }
            | Self::Notification { endpoint, .. }
            | Self::ObservationEnded { endpoint, .. }
            | Self::NoResponse { endpoint, .. }
            | Self::BootstrapRequested { endpoint, .. }
            | Self::BootstrapPack { endpoint, .. }
            | Self::BootstrapAnswer { endpoint, .. }
            | Self::Bootstrapped { endpoint }
            | Self::BootstrapFailed { endpoint, .. } => Some(endpoint),
            Self::Response(response) => Some(&response.endpoint),
            Self::HandshakeFailed { .. } | Self::Refused { .. } => None,
        }
    }
}

/// `2.05` and the like.
pub(crate) fn dotted(code: ResponseType) -> String {
    MessageClass::Response(code).to_string()
}

pub(crate) fn is_success(code: ResponseType) -> bool {
    u8::from(MessageClass::Response(code)) >> 5 == 2
}
