//! The registration interface (LwM2M Core 1.1, 6.2): what is known of a registration, its messages,
//! and the meaning of their responses.

use core::str;

use coap_lite::{CoapOption, RequestType, ResponseType};
use heapless::VecView;

use crate::archive::Archive;
use crate::coap::message::{request_code, uint};
use crate::coap::{Message, Writer};
use crate::config::Account;
use crate::context::Context;
use crate::error::{Detail, Error, Operation};
use crate::feature;
use crate::format;
use crate::number::digits::digits;
use crate::objects::server::Server;
use crate::session::{Session, profile};
use crate::time::{Duration, Instant};
use crate::uri::ServerUri;

/// What is known of the registration.
pub(super) struct Registration<'s> {
    /// Location-Path segments, each behind its length; empty where the server has none of this
    /// device's registrations. While the device registers anew, the one before may live on there.
    location: &'s mut VecView<u8>,
    /// The start of time where the server has none.
    pub(super) expires: Instant,
    /// Before, the server may not know it, and the client does not try again without back-off. It is
    /// made after such a doubt, and counts as a success once it has lasted or was updated.
    pub(super) proven_at: Instant,
    /// What the server knows.
    pub(super) known: Parameters,
    /// What the outstanding Register or Update says.
    pub(super) requested: Parameters,
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
            known: Parameters::default(),
            requested: Parameters::default(),
        }
    }

    pub(super) fn is_valid(&self, now: Instant) -> bool {
        now < self.expires
    }

    pub(super) fn has_location(&self) -> bool {
        !self.location.is_empty()
    }

    pub(super) fn forget(&mut self) {
        self.location.clear();
        self.expires = Instant::default();
    }

    pub(super) fn archive(&mut self, archive: &mut Archive<'_>) {
        archive.list(self.location, 0, &mut |archive, byte| archive.u8(byte));
        archive.u32(&mut self.known.lifetime);
        archive.bool(&mut self.known.queue_mode);
        archive.deadline(&mut self.expires);
    }

    pub(super) fn device_id<'c>(&'c self, account: Account<'c>) -> Option<&'c str> {
        let last = self.segments().last()?;
        if feature::DeviceIds::IS_ON
            && let Some(given) = ServerUri::parse(account.uri).ok()?.parameter("iep")
        {
            return Some(given);
        }
        str::from_utf8(last).ok()
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

    /// Takes the Location-Path of a response, of any number of segments.
    pub(super) fn locate(&mut self, response: &Message<'_>) -> Result<(), (Error, Detail)> {
        self.forget();
        for (number, value) in response.options() {
            if number != u16::from(CoapOption::LocationPath) {
                continue;
            }
            let too_long = (Error::MemoryFail, Detail::LocationTooLong);
            let malformed = (Error::UnknownError, Detail::MalformedResponse);
            let kept = match u8::try_from(value.len()) {
                Ok(length) if str::from_utf8(value).is_ok() => self
                    .location
                    .push(length)
                    .map_err(|_| too_long)
                    .and_then(|()| self.location.extend_from_slice(value).map_err(|_| too_long)),
                _ => Err(malformed),
            };
            if kept.is_err() {
                self.forget();
                return kept;
            }
        }
        if self.location.is_empty() {
            return Err((Error::UnknownError, Detail::MalformedResponse));
        }
        Ok(())
    }
}

impl Session<'_> {
    /// The code of an operation's request.
    pub(crate) fn method(&self, operation: Operation) -> u8 {
        if operation == Operation::Bootstrap
            && let Some(method) = self.bootstrap_method()
        {
            return method;
        }
        request_code(match operation {
            Operation::Deregister => RequestType::Delete,
            _ => RequestType::Post,
        })
    }

    /// Whether the request of an operation has the object list.
    pub(crate) fn lists_objects(&self, operation: Operation) -> bool {
        match operation {
            Operation::Register => true,
            Operation::Update => self.lists_objects,
            Operation::Bootstrap | Operation::Deregister => false,
        }
    }

    /// Writes the options of an operation's request.
    pub(crate) fn write(
        &self,
        context: &Context<'_>,
        operation: Operation,
        writer: &mut Writer<'_>,
    ) {
        match operation {
            Operation::Bootstrap => self.write_bootstrap_request(context, writer),
            Operation::Register => self.write_register(context, writer),
            Operation::Update => self.write_update(writer),
            Operation::Deregister => self.write_location(writer),
        }
    }

    fn write_register(&self, context: &Context<'_>, writer: &mut Writer<'_>) {
        writer.option(CoapOption::UriPath, &[b"rd"]);
        writer.option_uint(CoapOption::ContentFormat, format::LINK.into());
        let name = profile::registered_name(context);
        writer.option(CoapOption::UriQuery, &[b"ep=", name.as_bytes()]);
        let requested = self.registration.requested;
        write_lifetime(writer, requested.lifetime);
        let (version, queue_mode): (&[u8], &[u8]) = match context.speaks_1_0() {
            true => (b"lwm2m=1.0", b"b=UQ"),
            false => (b"lwm2m=1.1", b"Q"),
        };
        writer.option(CoapOption::UriQuery, &[version]);
        if requested.queue_mode {
            writer.option(CoapOption::UriQuery, &[queue_mode]);
        }
        profile::write_parameters(context, Operation::Register, writer);
    }

    /// Only what the server does not know yet.
    fn write_update(&self, writer: &mut Writer<'_>) {
        self.write_location(writer);
        let Registration {
            known, requested, ..
        } = self.registration;
        if self.lists_objects {
            writer.option_uint(CoapOption::ContentFormat, format::LINK.into());
        }
        if known.lifetime != requested.lifetime {
            write_lifetime(writer, requested.lifetime);
        }
        if known.queue_mode != requested.queue_mode {
            let binding: &[u8] = if requested.queue_mode {
                b"b=UQ"
            } else {
                b"b=U"
            };
            writer.option(CoapOption::UriQuery, &[binding]);
        }
    }

    fn write_location(&self, writer: &mut Writer<'_>) {
        for segment in self.registration.segments() {
            writer.option(CoapOption::UriPath, &[segment]);
        }
    }
}

fn write_lifetime(writer: &mut Writer<'_>, seconds: u32) {
    let mut memory = [0; 10];
    let seconds = digits(seconds, &mut memory);
    writer.option(CoapOption::UriQuery, &[b"lt=", seconds]);
}

/// The class of an error response.
pub(super) fn class(operation: Operation, response: &Message<'_>) -> Error {
    let forbidden = response.is(ResponseType::Forbidden);
    match operation {
        Operation::Register
            if forbidden
                || response.is(ResponseType::BadRequest)
                || response.is(ResponseType::PreconditionFailed) =>
        {
            Error::InvalidParameters
        }
        Operation::Update | Operation::Deregister if response.is(ResponseType::NotFound) => {
            Error::NotRegistered
        }
        Operation::Update | Operation::Deregister if forbidden => Error::NotAllowed,
        Operation::Deregister => Error::UnregistrationFailed,
        _ => Error::UnknownError,
    }
}

/// How long a server that is overloaded asks to be left alone (RFC 7252, 5.9.3.4; RFC 8516).
pub(super) fn earliest_retry(response: &Message<'_>) -> Duration {
    if !response.is(ResponseType::ServiceUnavailable) && !response.is(ResponseType::TooManyRequests)
    {
        return Duration::ZERO;
    }
    // 60 s is the default of Max-Age (5.10.5).
    let seconds = response
        .option(CoapOption::MaxAge)
        .map_or(Some(60), |value| uint(value, 4));
    Duration::from_secs(seconds.unwrap_or_default()).min(LONGEST_MAX_AGE)
}

/// A server that asks for more is asked again after a day.
const LONGEST_MAX_AGE: Duration = Duration::from_secs(24 * 3600);
