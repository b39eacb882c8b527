//! The registration interface (LwM2M Core 1.1, 6.2): register, update, de-register, and what the
//! client does when they fail.

use core::str;

use coap_lite::{CoapOption, MessageType, RequestType, ResponseType};
use heapless::VecView;

use crate::client::config::{Account, Role, Version};
use crate::client::event::{Event, LastError, State};
use crate::client::transport::{Association, TransportError};
use crate::client::{Client, Purpose, Wanted, is_understood};
use crate::coap::message::{request_code, response_code, uint};
use crate::coap::{Message, Token, Writer};
use crate::error::{Detail, Error, Operation};
use crate::format::{self, link};
use crate::model::tree::Objects;
use crate::time::{Duration, Instant};
use crate::uri::ServerUri;

/// Where the client stands.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Phase {
    /// Nothing to do.
    Idle,
    /// Stopped by an error.
    Halted,
    /// The transport opens an association for this operation.
    Opening(Operation),
    /// The transport opens one for a registration that may still hold.
    Reopening,
    /// The request is outstanding, or an Update waits for another message's answer (NSTART = 1).
    Requesting(Operation),
    /// Backing off until the given time.
    Waiting(Operation, Instant),
    /// The bootstrap server writes, until the given time.
    #[cfg(feature = "bootstrap")]
    Bootstrapping(Instant),
    /// Registered, until the next Update at the given time.
    Registered(Instant),
}

impl Phase {
    pub(super) fn state(self) -> State {
        match self {
            Self::Idle => State::Idle,
            Self::Halted => State::Halted,
            Self::Registered(_) | Self::Reopening => State::Registered,
            #[cfg(feature = "bootstrap")]
            Self::Bootstrapping(_) => State::Bootstrapping,
            Self::Opening(operation)
            | Self::Requesting(operation)
            | Self::Waiting(operation, _) => match operation {
                Operation::Bootstrap => State::Bootstrapping,
                Operation::Register => State::Registering,
                Operation::Update => State::Updating,
                Operation::Deregister => State::Deregistering,
            },
        }
    }

    /// Whether notifications may go out, given a registration.
    pub(super) fn is_served(self) -> bool {
        matches!(
            self,
            Self::Registered(_) | Self::Requesting(Operation::Update)
        )
    }
}

/// A command that came while a request was outstanding, and waits for its result.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Intent {
    None,
    Register,
    Close,
}

/// What is known of the registration.
pub(super) struct Registration<'s> {
    /// Location-Path segments, each behind its length; empty while there is no registration.
    location: &'s mut VecView<u8>,
    expires: Instant,
    update_at: Instant,
    /// What the server knows.
    known: Parameters,
    /// What the outstanding Register or Update tells it.
    told: Parameters,
    /// Whether objects or instances came or went since the server was told.
    objects_changed: bool,
    /// Whether the outstanding Update has the object list.
    tells_objects: bool,
    /// Whether an Update must succeed before the client may try again without back-off.
    unproven: bool,
    /// Whether the bootstrap server was asked because of a rejection.
    #[cfg(feature = "bootstrap")]
    appealed: bool,
}

/// The parameters of a registration that an Update can change.
#[derive(Clone, Copy, Default, PartialEq)]
struct Parameters {
    /// Seconds.
    lifetime: u32,
    queue_mode: bool,
}

impl<'s> Registration<'s> {
    pub(super) fn new(location: &'s mut VecView<u8>) -> Self {
        location.clear();
        Self {
            location,
            expires: Instant::default(),
            update_at: Instant::default(),
            known: Parameters::default(),
            told: Parameters::default(),
            objects_changed: false,
            tells_objects: false,
            unproven: false,
            #[cfg(feature = "bootstrap")]
            appealed: false,
        }
    }

    pub(super) fn is_valid(&self, now: Instant) -> bool {
        self.is_held() && now < self.expires
    }

    pub(super) fn update_at(&self) -> Option<Instant> {
        self.is_held().then_some(self.update_at)
    }

    pub(super) fn device_id<'c>(&'c self, account: Account<'c>) -> Option<&'c str> {
        let last = self.segments().last()?;
        match ServerUri::parse(account.uri).ok()?.parameter("iep") {
            None => str::from_utf8(last).ok(),
            given => given,
        }
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
    fn locate(&mut self, answer: &Message<'_>) -> Result<(), (Error, Detail)> {
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

/// Commands.
impl Client<'_> {
    /// Registers the device, and keeps it registered until [`Client::close`].
    ///
    /// Ends in [`Event::Registered`]. Temporary errors are told and retried for ever; a
    /// configuration that cannot work halts with [`Error::InvalidParameters`]. While the device is
    /// registered, the command is refused with [`Error::NotAllowed`], and nothing else happens.
    pub fn register(&mut self, now: Instant) {
        let now = self.timeline.advance(now);
        match self.phase {
            Phase::Idle | Phase::Halted => {
                if let Err(detail) = self.config.check() {
                    self.fail(Operation::Register, Error::InvalidParameters, detail);
                    return;
                }
                self.back_off = self.config.back_off.first();
                self.server.version = self.config.version;
                self.registration.location.clear();
                self.registration.unproven = false;
                #[cfg(feature = "bootstrap")]
                {
                    self.registration.appealed = false;
                    if self.account(Operation::Register).is_none() {
                        return self.open(Operation::Bootstrap, false);
                    }
                }
                self.open(Operation::Register, false);
            }
            Phase::Opening(Operation::Deregister) | Phase::Requesting(Operation::Deregister) => {
                self.intent = Intent::Register;
            }
            _ if self.intent == Intent::Close => self.intent = Intent::None,
            _ if self.registration.is_valid(now) => {
                self.refuse(
                    Operation::Register,
                    Error::NotAllowed,
                    Detail::AlreadyRegistered,
                );
            }
            // Under way already.
            _ => {}
        }
    }

    /// Updates the registration now.
    ///
    /// Ends in [`Event::Updated`], or in [`Event::Registered`] where the server has forgotten the
    /// device. Without a registration the command is refused with [`Error::NotRegistered`].
    pub fn update(&mut self, now: Instant) {
        let now = self.timeline.advance(now);
        match self.phase {
            Phase::Registered(_) => self.start(Operation::Update),
            Phase::Reopening => self.phase = Phase::Opening(Operation::Update),
            Phase::Halted if self.registration.is_valid(now) => {
                self.open(Operation::Update, false);
            }
            // The same twice is one.
            Phase::Opening(Operation::Update)
            | Phase::Requesting(Operation::Update)
            | Phase::Waiting(Operation::Update, _) => {}
            _ => self.refuse(
                Operation::Update,
                Error::NotRegistered,
                Detail::NoRegistration,
            ),
        }
    }

    /// De-registers the device and stops.
    ///
    /// Ends in [`Event::Deregistered`], or in an error, after which the client halts. Without a
    /// registration, attempts at one end, and the command answers with [`Error::NotRegistered`].
    /// While a Register is outstanding its answer is waited for, so that the server is not left
    /// with a registration.
    pub fn close(&mut self, now: Instant) {
        let now = self.timeline.advance(now);
        match self.phase {
            Phase::Requesting(Operation::Register) => self.intent = Intent::Close,
            Phase::Opening(Operation::Deregister) | Phase::Requesting(Operation::Deregister) => {
                self.intent = Intent::None;
            }
            _ if self.registration.is_valid(now) => {
                self.back_off = self.config.back_off.first();
                self.start(Operation::Deregister);
            }
            Phase::Idle | Phase::Halted => {
                self.refuse(
                    Operation::Deregister,
                    Error::NotRegistered,
                    Detail::NoRegistration,
                );
            }
            _ => self.fail(
                Operation::Deregister,
                Error::NotRegistered,
                Detail::NoRegistration,
            ),
        }
    }

    /// The network goes away, by the application's or the platform's will: nothing is sent and no
    /// time runs out until [`Client::resume`]. What was under way is kept.
    pub fn pause(&mut self, now: Instant) {
        self.timeline.advance(now);
        self.paused = true;
        self.connected = None;
        self.answer = 0;
        self.abandon();
    }

    /// The network is back: asks for an association where there was one, or where one is due.
    ///
    /// Where the association goes on, a registration that holds costs no message; where it does
    /// not, the device registers.
    pub fn resume(&mut self, now: Instant) {
        self.timeline.advance(now);
        if !core::mem::take(&mut self.paused) {
            return;
        }
        match self.phase {
            Phase::Registered(_) | Phase::Reopening => {
                self.open(Operation::Update, false);
                self.phase = Phase::Reopening;
            }
            Phase::Opening(operation) | Phase::Requesting(operation) => {
                self.open(operation, false);
            }
            #[cfg(feature = "bootstrap")]
            Phase::Bootstrapping(_) => self.open(Operation::Bootstrap, false),
            // A wait goes on, and ends at once where it would have ended meanwhile.
            Phase::Idle | Phase::Halted | Phase::Waiting(..) => {}
        }
    }

    /// Objects or object instances came or went: the server is told by an Update.
    pub fn objects_changed(&mut self, now: Instant) {
        self.timeline.advance(now);
        self.registration.objects_changed = true;
        self.update_if_changed();
    }
}

/// Progress.
impl Client<'_> {
    /// Begins an operation, over the open association where that is the right one.
    pub(super) fn start(&mut self, operation: Operation) {
        if self.connected == Some(role(operation)) {
            self.request(operation);
        } else {
            self.open(operation, false);
        }
    }

    /// Asks the transport for an association.
    pub(super) fn open(&mut self, operation: Operation, renew: bool) {
        self.abandon();
        self.connected = None;
        self.phase = Phase::Opening(operation);
        self.wanted = Some(Wanted::Open { operation, renew });
    }

    fn request(&mut self, operation: Operation) {
        self.phase = Phase::Requesting(operation);
        if operation == Operation::Register {
            // The server starts anew, and observes anew.
            self.forget_observations();
            self.registration.location.clear();
        }
        self.registration.told = self.parameters();
        self.registration.tells_objects = self.registration.objects_changed;
        self.registration.objects_changed = false;
        if operation != Operation::Update {
            self.abandon();
        }
    }

    /// Gives the outstanding message up; a value that it has goes out with another one.
    fn abandon(&mut self) {
        let Some(exchange) = self.exchange.take() else {
            return;
        };
        match exchange.purpose {
            Purpose::Notify => self.notification_unanswered(&exchange.token),
            #[cfg(feature = "send")]
            Purpose::Send => self.sends.again(),
            Purpose::Operation(_) => {}
        }
    }

    /// Stops, and gives the transport back.
    fn stop(&mut self, phase: Phase) {
        self.phase = phase;
        self.exchange = None;
        self.connected = None;
        self.wanted = Some(Wanted::Close);
        self.forget_observations();
    }

    pub(super) fn opened(&mut self, association: Association) {
        if self.paused {
            return;
        }
        let (operation, reopening) = match self.phase {
            Phase::Opening(operation) => (operation, false),
            Phase::Reopening => (Operation::Update, true),
            _ => return,
        };
        self.connected = Some(role(operation));
        self.answer = 0;
        let continued = association == Association::Continued;
        if !continued {
            self.duplicates.clear();
            self.acknowledged = None;
            self.next_token = 0;
        }
        let holds = continued && self.registration.is_valid(self.timeline.now());
        match operation {
            Operation::Update if reopening && holds => self.settle(),
            // Transport 1.1, 6.4.3.
            Operation::Update if !holds => self.request(Operation::Register),
            operation => self.request(operation),
        }
    }

    pub(super) fn lost(&mut self, cause: TransportError) {
        if self.paused {
            return;
        }
        let (error, detail) = cause.class();
        match self.phase {
            Phase::Opening(operation) | Phase::Requesting(operation) => {
                self.fail(operation, error, detail);
            }
            Phase::Reopening => self.fail(Operation::Update, error, detail),
            #[cfg(feature = "bootstrap")]
            Phase::Bootstrapping(_) => self.fail(Operation::Bootstrap, error, detail),
            // At once, but under back-off where it is lost again before an Update has succeeded.
            Phase::Registered(_) if core::mem::replace(&mut self.registration.unproven, true) => {
                self.wait(Operation::Update, Duration::ZERO);
            }
            Phase::Registered(_) => self.open(Operation::Update, true),
            Phase::Idle | Phase::Halted | Phase::Waiting(..) => {}
        }
    }

    pub(super) fn handle_phase_timeout(&mut self, now: Instant) {
        if self.phase_deadline().is_none_or(|deadline| now < deadline) {
            return;
        }
        match self.phase {
            Phase::Waiting(Operation::Update, _) if !self.registration.is_valid(now) => {
                self.open(Operation::Register, true);
            }
            Phase::Waiting(operation, _) => self.open(operation, true),
            Phase::Registered(_) if !self.registration.is_valid(now) => {
                self.start(Operation::Register);
            }
            Phase::Registered(_) => self.start(Operation::Update),
            #[cfg(feature = "bootstrap")]
            Phase::Bootstrapping(_) => self.fail(
                Operation::Bootstrap,
                Error::BootstrapFailed,
                Detail::NoBootstrapFinish,
            ),
            _ => {}
        }
    }

    pub(super) fn phase_deadline(&self) -> Option<Instant> {
        match self.phase {
            Phase::Waiting(_, deadline) | Phase::Registered(deadline) => Some(deadline),
            #[cfg(feature = "bootstrap")]
            Phase::Bootstrapping(deadline) => Some(deadline),
            _ => None,
        }
    }

    /// Something suggests that the server does not hear: an Update finds out.
    pub(super) fn verify_registration(&mut self) {
        if matches!(self.phase, Phase::Registered(_)) {
            self.start(Operation::Update);
        }
    }

    /// Tells the server what it does not know yet.
    pub(super) fn update_if_changed(&mut self) {
        if matches!(self.phase, Phase::Registered(_))
            && (self.registration.objects_changed || self.registration.known != self.parameters())
        {
            self.start(Operation::Update);
        }
    }

    fn parameters(&self) -> Parameters {
        Parameters {
            lifetime: self.server.lifetime,
            queue_mode: self.server.queue_mode,
        }
    }

    /// The answer to the request of an operation.
    pub(super) fn answered(
        &mut self,
        operation: Operation,
        started: Instant,
        answer: &Message<'_>,
    ) {
        if !is_understood(answer) {
            return self.fail(operation, Error::UnknownError, Detail::MalformedAnswer);
        }
        let expected = match operation {
            Operation::Bootstrap | Operation::Update => ResponseType::Changed,
            Operation::Register => ResponseType::Created,
            Operation::Deregister => ResponseType::Deleted,
        };
        if !is(answer, expected) {
            return self.refused(operation, answer);
        }
        match operation {
            #[cfg(feature = "bootstrap")]
            Operation::Bootstrap => self.await_bootstrap(),
            #[cfg(not(feature = "bootstrap"))]
            Operation::Bootstrap => {}
            Operation::Register => match self.registration.locate(answer) {
                Err((error, detail)) => self.fail(operation, error, detail),
                Ok(()) => {
                    self.counters.registrations += 1;
                    #[cfg(feature = "bootstrap")]
                    {
                        self.registration.appealed = false;
                    }
                    #[cfg(feature = "send")]
                    self.sends.new_registration();
                    self.renewed(started);
                    self.emit(Event::Registered);
                    self.settle();
                }
            },
            Operation::Update => {
                self.counters.updates += 1;
                self.registration.unproven = false;
                self.renewed(started);
                self.emit(Event::Updated);
                self.settle();
            }
            Operation::Deregister => {
                self.registration.location.clear();
                self.stop(Phase::Idle);
                self.emit(Event::Deregistered);
                self.follow_intent();
            }
        }
    }

    /// The registration lasts its whole lifetime again, from the request's first transmission.
    fn renewed(&mut self, started: Instant) {
        self.registration.known = self.registration.told;
        let lifetime = u64::from(self.registration.known.lifetime) * 1000;
        let margin = self
            .config
            .transmission
            .max_transmit_wait()
            .saturating_mul(2)
            + self.config.back_off.max;
        let expires = started.add_millis(lifetime);
        self.registration.expires = expires;
        self.registration.update_at = (expires - margin).max(started.add_millis(lifetime / 2));
        if !self.registration.unproven {
            self.back_off = self.config.back_off.first();
        }
    }

    /// Registered, with nothing outstanding.
    fn settle(&mut self) {
        self.phase = Phase::Registered(self.registration.update_at);
        self.follow_intent();
        self.update_if_changed();
    }

    fn follow_intent(&mut self) {
        match core::mem::replace(&mut self.intent, Intent::None) {
            Intent::None => {}
            Intent::Register => self.open(Operation::Register, false),
            Intent::Close => self.start(Operation::Deregister),
        }
    }

    /// Any other answer than the one that the operation hopes for.
    fn refused(&mut self, operation: Operation, answer: &Message<'_>) {
        let (error, detail) = match operation {
            _ if answer.code >> 5 == 2 => (Error::UnknownError, Detail::MalformedAnswer),
            Operation::Register
                if is(answer, ResponseType::PreconditionFailed)
                    && self.server.version == Version::V1_1 =>
            {
                // Perhaps a server of 1.0; once.
                self.server.version = Version::V1_0;
                return self.request(Operation::Register);
            }
            Operation::Bootstrap => (Error::BootstrapFailed, Detail::Answer(answer.code)),
            _ => (class(operation, answer), Detail::Answer(answer.code)),
        };
        if error == Error::NotRegistered && operation == Operation::Update {
            self.registration.location.clear();
            if self.config.reregister {
                return self.register_anew(detail);
            }
        }
        if error == Error::NotRegistered {
            self.registration.location.clear();
        }
        if operation == Operation::Update && error == Error::UnknownError {
            self.registration.location.clear();
        }
        self.fail_until(operation, error, detail, earliest_retry(answer));
    }

    /// The server has forgotten the device: registers at once, but under back-off where it forgets
    /// again before an Update has succeeded.
    fn register_anew(&mut self, detail: Detail) {
        self.report(Operation::Update, Error::NotRegistered, detail);
        if core::mem::replace(&mut self.registration.unproven, true) {
            self.wait(Operation::Register, Duration::ZERO);
        } else {
            self.start(Operation::Register);
        }
    }

    pub(super) fn fail(&mut self, operation: Operation, error: Error, detail: Detail) {
        self.fail_until(operation, error, detail, Duration::ZERO);
    }

    /// Tells the application, then waits and tries again, or halts.
    fn fail_until(
        &mut self,
        operation: Operation,
        error: Error,
        detail: Detail,
        at_least: Duration,
    ) {
        #[cfg(feature = "bootstrap")]
        if self.appeals(operation, error, detail) {
            return self.open(Operation::Bootstrap, false);
        }
        self.report(operation, error, detail);
        self.registration.objects_changed |= core::mem::take(&mut self.registration.tells_objects);
        let intent = self.intent;
        if intent == Intent::Close {
            self.refuse(
                Operation::Deregister,
                Error::NotRegistered,
                Detail::NoRegistration,
            );
        }
        if error.halts(operation) || intent == Intent::Close {
            self.stop(Phase::Halted);
            self.intent = Intent::None;
            if intent == Intent::Register {
                self.registration.location.clear();
                self.open(Operation::Register, false);
            }
        } else if operation == Operation::Update && !self.registration.is_valid(self.timeline.now())
        {
            self.wait(Operation::Register, at_least);
        } else {
            self.wait(operation, at_least);
        }
    }

    /// A rejected registration goes to the bootstrap server before it halts (/1/x/16).
    #[cfg(feature = "bootstrap")]
    fn appeals(&mut self, operation: Operation, error: Error, detail: Detail) -> bool {
        let rejected = operation == Operation::Register
            && error == Error::InvalidParameters
            && matches!(detail, Detail::Answer(_))
            && self.config.account.role == Role::Bootstrap
            && self.server.bootstrap_on_failure;
        rejected && !core::mem::replace(&mut self.registration.appealed, true)
    }

    fn wait(&mut self, operation: Operation, at_least: Duration) {
        let wait = self.back_off.draw(&self.config.back_off, &mut self.random);
        self.abandon();
        self.connected = None;
        self.phase = Phase::Waiting(operation, self.timeline.now() + wait.max(at_least));
    }

    /// A command that the state does not allow; what is under way goes on.
    fn refuse(&mut self, operation: Operation, error: Error, detail: Detail) {
        self.report(operation, error, detail);
    }

    fn report(&mut self, operation: Operation, error: Error, detail: Detail) {
        self.counters.errors += 1;
        self.last_error = Some(LastError {
            operation,
            error,
            detail,
            at: self.timeline.now(),
        });
        self.emit(Event::Error {
            operation,
            error,
            detail,
        });
    }
}

/// Messages.
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
        let (message, length) = writer.finish();
        self.message = message;
        length
    }

    fn write_register(&mut self, writer: &mut Writer<'_>, objects: Objects<'_, '_>) {
        writer.option(CoapOption::UriPath, &[b"rd"]);
        writer.option_uint(CoapOption::ContentFormat, format::LINK.into());
        writer.option(
            CoapOption::UriQuery,
            &[b"ep=", self.config.endpoint.as_bytes()],
        );
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
        link::object_list(&mut self.tree(objects), writer.payload());
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
            link::object_list(&mut self.tree(objects), writer.payload());
        }
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

fn role(operation: Operation) -> Role {
    match operation {
        #[cfg(feature = "bootstrap")]
        Operation::Bootstrap => Role::Bootstrap,
        _ => Role::Management,
    }
}

#[inline(always)]
fn is(answer: &Message<'_>, response: ResponseType) -> bool {
    answer.code == response_code(response)
}

/// The class of an error answer.
fn class(operation: Operation, answer: &Message<'_>) -> Error {
    let forbidden = is(answer, ResponseType::Forbidden);
    match operation {
        Operation::Register
            if forbidden
                || is(answer, ResponseType::BadRequest)
                || is(answer, ResponseType::PreconditionFailed) =>
        {
            Error::InvalidParameters
        }
        Operation::Update | Operation::Deregister if is(answer, ResponseType::NotFound) => {
            Error::NotRegistered
        }
        Operation::Update | Operation::Deregister if forbidden => Error::NotAllowed,
        Operation::Deregister => Error::UnregistrationFailed,
        _ => Error::UnknownError,
    }
}

/// How long a server that is overloaded asks to be left alone (RFC 7252, 5.9.3.4; RFC 8516).
fn earliest_retry(answer: &Message<'_>) -> Duration {
    if !is(answer, ResponseType::ServiceUnavailable) && !is(answer, ResponseType::TooManyRequests) {
        return Duration::ZERO;
    }
    // 60 s is the default of Max-Age (5.10.5).
    let seconds = answer
        .option(CoapOption::MaxAge)
        .map_or(Some(60), |value| uint(value, 4));
    Duration::from_secs(seconds.unwrap_or_default())
}
