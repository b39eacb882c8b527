//! The registration interface (LwM2M Core 1.1, 6.2): what is known of a registration, its messages,
//! and the meaning of their answers.

use core::str;

use coap_lite::{CoapOption, MessageType, RequestType, ResponseType};
use heapless::VecView;

use crate::client::Client;
use crate::client::config::Account;
use crate::coap::message::{request_code, uint};
use crate::coap::{Message, Token, Writer};
use crate::error::{Detail, Error, Operation};
use crate::format::{self, link};
use crate::model::tree::Objects;
use crate::objects::server::Server;
use crate::time::{Duration, Instant};
#[cfg(any(feature = "bootstrap", feature = "izuma"))]
use crate::uri::ServerUri;

/// What is known of the registration.
pub(super) struct Registration<'s> {
    /// Location-Path segments, each behind its length; empty where the server has none of this
    /// device's registrations. While the device registers anew, the one before may live on there.
    pub(super) location: &'s mut VecView<u8>,
    pub(super) expires: Instant,
    /// Before, the server may not know it, and the client does not try again without back-off. It is
    /// made after such a doubt, and counts as a success once it has lasted or was updated.
    pub(super) proven_at: Instant,
    pub(super) update_at: Instant,
    /// What the server knows.
    pub(super) known: Parameters,
    /// What the outstanding Register or Update tells it.
    pub(super) told: Parameters,
    /// Whether objects or instances came or went since the server was told.
    pub(super) objects_changed: bool,
    /// Whether the outstanding Update has the object list.
    pub(super) tells_objects: bool,
    /// Whether the bootstrap server was asked because of a rejection.
    #[cfg(feature = "bootstrap")]
    pub(super) appealed: bool,
}

/// The parameters of a registration that an Update can change.
#[derive(Clone, Copy, Default, PartialEq)]
pub(super) struct Parameters {
    /// Seconds.
    pub(super) lifetime: u32,
    queue_mode: bool,
}

impl Parameters {
    pub(super) fn of(server: &Server) -> Self {
        Self {
            lifetime: server.lifetime,
            queue_mode: server.queue_mode,
        }
    }
}

impl<'s> Registration<'s> {
    pub(super) fn new(location: &'s mut VecView<u8>) -> Self {
        location.clear();
        Self {
            location,
            expires: Instant::default(),
            proven_at: Instant::default(),
            update_at: Instant::default(),
            known: Parameters::default(),
            told: Parameters::default(),
            objects_changed: false,
            tells_objects: false,
            #[cfg(feature = "bootstrap")]
            appealed: false,
        }
    }

    pub(super) fn is_valid(&self, now: Instant) -> bool {
        self.is_held() && now < self.expires
    }

    pub(super) fn device_id<'c>(&'c self, account: Account<'c>) -> Option<&'c str> {
        let last = self.segments().last()?;
        #[cfg(any(feature = "bootstrap", feature = "izuma"))]
        if let Some(given) = ServerUri::parse(account.uri).ok()?.parameter("iep") {
            return Some(given);
        }
        let _ = account;
        str::from_utf8(last).ok()
    }

    fn is_held(&self) -> bool {
        !self.location.is_empty()
    }

    fn segments(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest: &[u8] = self.location;
        core::iter::from_fn(move || {
            let (length, behind) = rest.split_first()?;
            let (segment, behind) = behind.split_at_checked((*length).into())?;
            rest = behind;
            Some(segment)
        })
    }

    /// Takes the Location-Path of an answer, of any number of segments.
    pub(super) fn locate(&mut self, answer: &Message<'_>) -> Result<(), (Error, Detail)> {
        self.location.clear();
        for (number, value) in answer.options() {
            if number != u16::from(CoapOption::LocationPath) {
                continue;
            }
            let too_long = (Error::MemoryFail, Detail::LocationTooLong);
            let malformed = (Error::UnknownError, Detail::MalformedAnswer);
            let kept = match u8::try_from(value.len()) {
                Ok(length) if str::from_utf8(value).is_ok() => self
                    .location
                    .push(length)
                    .map_err(|_| too_long)
                    .and_then(|()| self.location.extend_from_slice(value).map_err(|_| too_long)),
                _ => Err(malformed),
            };
            if kept.is_err() {
                self.location.clear();
                return kept;
            }
        }
        if self.is_held() {
            Ok(())
        } else {
            Err((Error::UnknownError, Detail::MalformedAnswer))
        }
    }
}

impl Client<'_> {
    pub(super) fn write_operation(
        &mut self,
        operation: Operation,
        id: u16,
        token: &Token,
        objects: Objects<'_, '_>,
    ) -> Option<usize> {
        let code = match operation {
            Operation::Deregister => request_code(RequestType::Delete),
            _ => request_code(RequestType::Post),
        };
        let message = core::mem::take(&mut self.message);
        let mut writer = Writer::new(message, MessageType::Confirmable, code, id, token);
        match operation {
            #[cfg(feature = "bootstrap")]
            Operation::Bootstrap => self.write_bootstrap_request(&mut writer),
            #[cfg(not(feature = "bootstrap"))]
            Operation::Bootstrap => {}
            Operation::Register => self.write_register(&mut writer, objects),
            Operation::Update => self.write_update(&mut writer, objects),
            Operation::Deregister => self.write_location(&mut writer),
        }
        #[cfg(feature = "block")]
        let cut = self.sending.cut(&mut writer, self.echo.room());
        self.echo.write(&mut writer);
        let (message, length) = writer.finish();
        self.message = message;
        #[cfg(feature = "block")]
        cut?;
        length
    }

    fn write_register(&mut self, writer: &mut Writer<'_>, objects: Objects<'_, '_>) {
        writer.option(CoapOption::UriPath, &[b"rd"]);
        writer.option_uint(CoapOption::ContentFormat, format::LINK.into());
        #[cfg(feature = "izuma")]
        let name = self.registered_name();
        #[cfg(not(feature = "izuma"))]
        let name = self.config.endpoint;
        writer.option(CoapOption::UriQuery, &[b"ep=", name.as_bytes()]);
        let told = self.registration.told;
        write_lifetime(writer, told.lifetime);
        let version: &[u8] = if self.speaks_1_0() {
            b"lwm2m=1.0"
        } else {
            b"lwm2m=1.1"
        };
        writer.option(CoapOption::UriQuery, &[version]);
        if told.queue_mode {
            let binding: &[u8] = if self.speaks_1_0() { b"b=UQ" } else { b"Q" };
            writer.option(CoapOption::UriQuery, &[binding]);
        }
        #[cfg(feature = "izuma")]
        self.write_account_parameters(Operation::Register, writer);
        self.write_object_list(writer, objects);
    }

    /// Only what the server does not know yet.
    fn write_update(&mut self, writer: &mut Writer<'_>, objects: Objects<'_, '_>) {
        self.write_location(writer);
        let Registration {
            known,
            told,
            tells_objects,
            ..
        } = self.registration;
        if tells_objects {
            writer.option_uint(CoapOption::ContentFormat, format::LINK.into());
        }
        if known.lifetime != told.lifetime {
            write_lifetime(writer, told.lifetime);
        }
        if known.queue_mode != told.queue_mode {
            let binding: &[u8] = if told.queue_mode { b"b=UQ" } else { b"b=U" };
            writer.option(CoapOption::UriQuery, &[binding]);
        }
        if tells_objects {
            self.write_object_list(writer, objects);
        }
    }

    fn write_object_list(&mut self, writer: &mut Writer<'_>, objects: Objects<'_, '_>) {
        let buffer = writer.payload();
        #[cfg(feature = "block")]
        buffer.skip(self.sending.offset);
        #[cfg(feature = "izuma")]
        if self.config.izuma_profile {
            return self.write_resource_list(buffer, objects);
        }
        link::object_list(&mut self.tree(objects), buffer);
    }

    fn write_location(&self, writer: &mut Writer<'_>) {
        for segment in self.registration.segments() {
            writer.option(CoapOption::UriPath, &[segment]);
        }
    }
}

fn write_lifetime(writer: &mut Writer<'_>, seconds: u32) {
    let mut digits = [0; 10];
    let mut text = crate::buffer::Buffer::new(&mut digits);
    text.number(seconds);
    writer.option(CoapOption::UriQuery, &[b"lt=", text.written_since(0)]);
}

/// The class of an error answer.
pub(super) fn class(operation: Operation, answer: &Message<'_>) -> Error {
    let forbidden = answer.answers(ResponseType::Forbidden);
    match operation {
        Operation::Register
            if forbidden
                || answer.answers(ResponseType::BadRequest)
                || answer.answers(ResponseType::PreconditionFailed) =>
        {
            Error::InvalidParameters
        }
        Operation::Update | Operation::Deregister if answer.answers(ResponseType::NotFound) => {
            Error::NotRegistered
        }
        Operation::Update | Operation::Deregister if forbidden => Error::NotAllowed,
        Operation::Deregister => Error::UnregistrationFailed,
        _ => Error::UnknownError,
    }
}

/// How long a server that is overloaded asks to be left alone (RFC 7252, 5.9.3.4; RFC 8516).
pub(super) fn earliest_retry(answer: &Message<'_>) -> Duration {
    if !answer.answers(ResponseType::ServiceUnavailable)
        && !answer.answers(ResponseType::TooManyRequests)
    {
        return Duration::ZERO;
    }
    // 60 s is the default of Max-Age (5.10.5).
    let seconds = answer
        .option(CoapOption::MaxAge)
        .map_or(Some(60), |value| uint(value, 4));
    Duration::from_secs(seconds.unwrap_or_default()).min(LONGEST_MAX_AGE)
}

/// A server that asks for more is asked again after a day.
const LONGEST_MAX_AGE: Duration = Duration::from_secs(24 * 3600);
