//! The client: the application's commands, the platform's inputs, and what comes out of them.

#[cfg_attr(not(feature = "coalescing"), path = "client/coalescing_off.rs")]
mod coalescing;
#[cfg_attr(not(feature = "keep-alive"), path = "client/keep_alive_off.rs")]
mod keep_alive;
#[cfg(all(feature = "access-control", feature = "server-object"))]
pub(crate) mod order;
#[cfg_attr(not(feature = "bootstrap-pack"), path = "client/pack_off.rs")]
mod pack;
#[cfg_attr(not(feature = "release-assistance"), path = "client/release_off.rs")]
mod release;
#[cfg(all(
    feature = "access-control",
    feature = "bootstrap",
    feature = "server-object"
))]
pub(crate) mod share;
#[cfg_attr(not(feature = "snapshot"), path = "client/snapshot_off.rs")]
mod snapshot;

use coap_lite::{MessageType, ResponseType};

use crate::coap::message::{EMPTY, ParseError, response_code, write_empty};
use crate::coap::{Header, Message, Token, Writer};
use crate::config::{Config, Role};
use crate::context::diagnostic::Diagnostic;
use crate::context::events::{Events, count};
use crate::context::snapshots::Snapshots;
use crate::context::transaction::Transaction;
use crate::context::written::PendingWrites;
use crate::context::{Context, Ids};
use crate::error::{ChangesFull, Detail, Error, Operation};
use crate::event::{Counters, EndpointInfo, Event, LastError, State, Written};
use crate::exchange::{Empty, Exchange, Expired, Outstanding, Purpose};
use crate::feature;
use crate::model::object::Object;
use crate::model::path::Path;
use crate::model::tree::Objects;
#[cfg(feature = "records")]
use crate::model::value::Value;
use crate::objects::device::BuiltIn;
use crate::objects::server::Server;
use crate::random::Random;
use crate::reporting::{Due, Reach, Reporting};
use crate::requests::{Outcome, Requests, Scope};
use crate::session::{Input, Phase, Session, Wanted};
use crate::storage::Memory;
use crate::time::{Instant, Timeline, earliest};
use crate::transport::{Association, TransportError, TransportRequest};

use keep_alive::KeepAlive;

/// An LwM2M client: protocol and state, without I/O. The [crate](crate) documentation has the
/// contract of its calls.
pub struct Client<'a> {
    context: Context<'a>,
    session: Session<'a>,
    exchange: Exchange,
    requests: Requests<'a>,
    reporting: Reporting<'a>,
    keep_alive: KeepAlive,
    message: &'a mut [u8],
    /// The length of a response that waits in `message`.
    response: usize,
}

impl<'a> Client<'a> {
    /// A client that does nothing yet.
    ///
    /// `seed` is 16 bytes from the platform's entropy source; two devices with the same seed use
    /// the same message ids and retry at the same times.
    pub fn new(config: Config<'a>, memory: impl Into<Memory<'a>>, seed: [u32; 4]) -> Self {
        let memory = memory.into();
        let mut random = Random::new(seed);
        Self {
            session: Session::new(memory.location),
            exchange: Exchange::default(),
            requests: memory.requests,
            reporting: memory.reporting,
            keep_alive: KeepAlive::default(),
            message: memory.message,
            response: 0,
            context: Context {
                accounts: memory.accounts,
                server: Server::new(&config),
                device: BuiltIn::new(config.device, config.can_reboot),
                transaction: Transaction::default(),
                attributes: memory.attributes,
                written: PendingWrites::default(),
                timeline: Timeline::default(),
                ids: Ids::new(&mut random),
                random,
                events: Events::default(),
                snapshots: Snapshots::default(),
                config,
            },
        }
    }
}

/// Commands.
impl Client<'_> {
    /// Registers the device, and keeps it registered until [`Client::close`].
    ///
    /// Ends in [`Event::Registered`]. Temporary errors are reported and retried for ever; a
    /// configuration that cannot work halts with [`Error::InvalidParameters`]. While the device is
    /// registered, the command is refused with [`Error::NotAllowed`], and nothing else happens.
    /// While a server has disabled itself, the device registers when that time is over, and not
    /// before.
    pub fn register(&mut self, now: Instant) {
        self.step(now, Input::Register);
    }

    /// Updates the registration now.
    ///
    /// Ends in [`Event::Updated`], or in [`Event::Registered`] where the server has forgotten the
    /// device. Without a registration the command is refused with [`Error::NotRegistered`].
    pub fn update(&mut self, now: Instant) {
        self.step(now, Input::Update);
    }

    /// De-registers the device and stops.
    ///
    /// Ends in [`Event::Deregistered`], or in an error, after which the client halts. As long as the
    /// server may have a registration of this device, it is told, whatever has failed since. Without
    /// a registration, attempts at one end, and the command fails with [`Error::NotRegistered`].
    /// While a Register is outstanding its response is waited for, so that the server is not left
    /// with a registration.
    pub fn close(&mut self, now: Instant) {
        self.step(now, Input::Close);
    }

    /// The network goes away, by the application's or the platform's will: nothing is sent and no
    /// time runs out until [`Client::resume`]. What was under way is kept.
    pub fn pause(&mut self, now: Instant) {
        self.context.advance(now);
        self.response = 0;
        self.session.pause();
        self.follow();
    }

    /// The network is back: asks for an association where there was one, or where one is due.
    ///
    /// Where the association goes on, a registration that holds costs no message; where it does
    /// not, the device registers. A back-off starts again with its first, short step.
    pub fn resume(&mut self, now: Instant) {
        if self.session.ends_pause() {
            self.step(now, Input::Resume);
        } else {
            self.context.advance(now);
        }
    }

    /// Objects or object instances came or went: an Update reports it to the server.
    pub fn objects_changed(&mut self, now: Instant) {
        self.session.set_objects_changed();
        self.step(now, Input::Changed);
    }

    /// A resource, or all below a path, has new values: observers are notified, and
    /// auto-observable resources that nobody observes are sent, with the next messages. Of several
    /// changes before that the last is reported.
    ///
    /// # Errors
    ///
    /// [`ChangesFull`] where there is no room for another auto-observable resource; observers are
    /// notified all the same.
    pub fn changed(
        &mut self,
        now: Instant,
        path: Path,
        objects: &mut [&mut dyn Object],
    ) -> Result<(), ChangesFull> {
        self.context.advance(now);
        let reach = self.reach();
        self.reporting
            .changed(&mut self.context, path, reach, objects)
    }
}

/// Send.
#[cfg(feature = "send")]
impl Client<'_> {
    /// Sends the value of a resource, or all values below a path, to the server, whether or not it
    /// observes them. The newest values go, not those of the time of this call.
    ///
    /// What becomes of it is reported by [`Object::delivered`](crate::Object::delivered), by
    /// [`Event::SendFailed`], or by [`Event::SendUnavailable`] where the server takes no Send.
    ///
    /// # Errors
    ///
    /// [`ChangesFull`] where there is no room for another path.
    pub fn send(&mut self, now: Instant, path: Path) -> Result<(), ChangesFull> {
        self.context.advance(now);
        let is_registered = self.session.reports(&self.context);
        let Reporting {
            observations,
            sends,
        } = &mut self.reporting;
        sends.send(&mut self.context, observations, path, is_registered)
    }

    /// Sends the values at and below several paths in one message, or in several where one cannot
    /// hold them all. What becomes of them is reported as for [`send`](Self::send).
    ///
    /// # Errors
    ///
    /// [`ChangesFull`] where there is no room for all the paths; none of them is sent then.
    pub fn send_all(&mut self, now: Instant, paths: &[Path]) -> Result<(), ChangesFull> {
        self.context.advance(now);
        let is_registered = self.session.reports(&self.context);
        let Reporting {
            observations,
            sends,
        } = &mut self.reporting;
        sends.send_all(&mut self.context, observations, paths, is_registered)
    }
}

/// A backlog of values with their times.
#[cfg(feature = "records")]
impl Client<'_> {
    /// Keeps the present value of a resource, with its time, until the server has acknowledged it.
    ///
    /// `time` is in milliseconds since 1970-01-01T00:00Z. The value is an integer, a float, a
    /// boolean or a time; of a multiple resource one instance is recorded.
    ///
    /// Records go out by Send, as many in a message as it holds: with
    /// [`send_records`](Self::send_records), with the next Send of other values, or when
    /// [`Capacities::records`](crate::Capacities::records) are three quarters full. While there is no
    /// registration, or the server takes no Send, they wait. Of a full backlog the oldest that is not on its way is dropped and
    /// counted, which [`Event::RecordsDropped`] reports once, until the server has taken some again. A
    /// record whose acknowledgement is lost reaches the server twice.
    ///
    /// # Errors
    ///
    /// [`RecordError`](crate::RecordError) where there is nothing that could be recorded; nothing is kept then.
    pub fn record(
        &mut self,
        now: Instant,
        path: Path,
        time: u64,
        objects: &mut [&mut dyn Object],
    ) -> Result<(), crate::error::RecordError> {
        self.context.advance(now);
        let records = &mut self.reporting.sends.records;
        records.record(&mut self.context, path, time, objects)
    }

    /// Keeps a value that a resource had at a time, as [`record`](Self::record) does with the
    /// present one: for an application that measures on another thread than the client's.
    ///
    /// The path is that of a resource, or of an instance of a multiple one. What the server may not
    /// read is dropped before it would be sent.
    ///
    /// # Errors
    ///
    /// [`RecordError::NotScalar`](crate::RecordError::NotScalar) or [`RecordError::Time`](crate::RecordError::Time);
    /// nothing is kept then.
    pub fn record_value(
        &mut self,
        now: Instant,
        path: Path,
        time: u64,
        value: &Value<'_>,
    ) -> Result<(), crate::error::RecordError> {
        self.context.advance(now);
        let records = &mut self.reporting.sends.records;
        records.record_value(&mut self.context, path, time, value)
    }

    /// Sends the records that wait, as soon as the server takes them.
    pub fn send_records(&mut self, now: Instant) {
        self.context.advance(now);
        self.reporting.sends.records.flush();
    }

    /// How many records the server has not acknowledged.
    pub fn records(&self) -> usize {
        self.reporting.sends.records.len()
    }
}

/// Inputs of the platform.
impl Client<'_> {
    /// Takes a datagram from the open association.
    ///
    /// Whatever it holds, the work is bounded: one look at the device's objects for each value in it.
    /// What is neither a response to an outstanding message nor a request is counted and dropped.
    #[inline(never)]
    pub fn handle_datagram(
        &mut self,
        now: Instant,
        datagram: &[u8],
        objects: &mut [&mut dyn Object],
    ) {
        self.context.advance(now);
        count(
            &mut self.context.events.counters.bytes_received,
            datagram.len(),
        );
        // A response that was not polled yet would be overwritten; the peer will ask again.
        if !self.session.is_open() || self.response != 0 {
            return self.context.events.discard();
        }
        match Message::parse(datagram) {
            Ok(message) if message.is_request() && message.is_own() => {
                self.handle_request(&message, objects);
            }
            Ok(message) if message.is_response() => self.handle_response(&message, objects),
            Ok(message) if message.code == EMPTY => self.handle_empty(&message, objects),
            Ok(Message { kind, id, .. }) | Err(ParseError::Malformed { kind, id }) => {
                self.context.events.discard();
                if kind == MessageType::Confirmable {
                    self.respond_empty(MessageType::Reset, id);
                }
            }
            Err(ParseError::NotCoap) => self.context.events.discard(),
        }
        self.follow();
    }

    /// Counts a datagram that the platform has dropped, because it came while nobody listened: in
    /// queue mode the server does not speak before the device does.
    pub fn discard(&mut self, datagram: &[u8]) {
        count(
            &mut self.context.events.counters.bytes_received,
            datagram.len(),
        );
        self.context.events.discard();
    }

    /// Does what is due. To be called at the time that [`Client::poll_timeout`] gave; earlier or
    /// later does no harm.
    pub fn handle_timeout(&mut self, now: Instant) {
        let now = self.context.advance(now);
        if self.session.is_paused() {
            return;
        }
        self.requests.uploads.expire(now);
        if self.session.is_open() {
            let transmission = &self.context.config.transmission;
            match self.exchange.expire(now, transmission) {
                Expired::Nothing => {}
                Expired::Retransmission => self.doubt_association(),
                Expired::GivenUp(purpose, token) => self.unanswered(purpose, &token),
            }
        }
        if self
            .session
            .deadline(&self.context)
            .is_some_and(|until| until <= now)
        {
            self.session.step(&mut self.context, Input::Expired);
        }
        self.session.part_from_bootstrap_server(now);
        self.follow();
    }

    /// The association that [`TransportRequest::Open`] asked for is there.
    pub fn handle_connected(&mut self, now: Instant, association: Association) {
        if self.session.is_paused() || !self.session.awaits_association() {
            self.context.advance(now);
            return;
        }
        // A response that waits is for the association before.
        self.response = 0;
        if association == Association::New {
            // Its server knows nothing of the messages before.
            self.exchange.forget_association();
            self.requests.duplicates.clear();
            self.requests.uploads.abort();
        }
        self.step(now, Input::Opened(association));
    }

    /// There is no association, or not any longer.
    pub fn handle_failure(&mut self, now: Instant, error: TransportError) {
        if self.session.is_paused() {
            self.context.advance(now);
        } else {
            self.step(now, Input::Lost(error));
        }
    }
}

/// Outputs.
impl Client<'_> {
    /// The next message to send over the open association; `None` when there is nothing to send.
    pub fn poll_transmit(
        &mut self,
        now: Instant,
        objects: &mut [&mut dyn Object],
    ) -> Option<&[u8]> {
        let length = self.write_next(now, objects)?;
        Some(self.written(length))
    }

    /// Writes the next message; its length.
    pub(crate) fn write_next(&mut self, now: Instant, objects: Objects<'_, '_>) -> Option<usize> {
        let now = self.context.advance(now);
        let uploads = &mut self.requests.uploads;
        uploads.abort_at_object(&mut self.context, &mut *objects);
        self.context.roll_back(&mut *objects);
        if self.is_snapshot_due(&mut *objects) {
            return None;
        }
        // A response goes out even where the request has ended the association.
        let length = match core::mem::take(&mut self.response) {
            0 => self.next_message(now, objects)?,
            length => length,
        };
        count(&mut self.context.events.counters.bytes_sent, length);
        self.keep_alive.sent(now);
        Some(length)
    }

    /// Whether what is written next is a response to the server.
    pub(crate) fn has_response(&self) -> bool {
        self.response != 0
    }

    /// The message that [`write_next`](Self::write_next) has written last.
    pub(crate) fn written(&self, length: usize) -> &[u8] {
        self.message.get(..length).unwrap_or_default()
    }

    /// What the transport is to do next.
    pub fn poll_transport(&mut self) -> Option<TransportRequest<'_>> {
        if self.session.is_paused() {
            return None;
        }
        match self.session.take_wanted()? {
            Wanted::Close => Some(TransportRequest::Close),
            Wanted::Open { operation, renew } => {
                let account = self.context.account(operation)?;
                Some(TransportRequest::Open { account, renew })
            }
        }
    }

    /// When [`Client::handle_timeout`] is to be called next, on the caller's clock.
    pub fn poll_timeout(&self) -> Option<Instant> {
        if self.session.is_paused() {
            return None;
        }
        let exchange = match self.session.is_open() {
            true => self.exchange.deadline(),
            false => None,
        };
        let evaluation = match self.reach().is_given() {
            true => {
                let ping = self.keep_alive.ping_at(&self.context, &self.exchange);
                earliest(self.reporting.deadline(&self.context), ping)
            }
            false => None,
        };
        let next = earliest(exchange, self.session.deadline(&self.context));
        let next = earliest(next, self.session.finish_deadline());
        let next = earliest(next, evaluation);
        let next = earliest(next, self.requests.uploads.deadline());
        self.context.timeline.for_caller(next?)
    }

    /// The next event. Up to eight wait; of more, the oldest go, which
    /// [`Counters::events_lost`] counts.
    pub fn poll_event(&mut self) -> Option<Event> {
        if self.response == 0 && core::mem::take(&mut self.context.device.reboot) {
            return Some(Event::Reboot);
        }
        self.context.events.poll()
    }

    /// What the server has written, created or deleted since the last call; nothing of it is ever
    /// lost.
    ///
    /// The application hands it to [`changed`](Self::changed) of its other clients, and calls their
    /// [`objects_changed`](Self::objects_changed) where instances came or went; Access Control (2)
    /// has then changed with them, where the device has it. Object 1 is left out, since each client
    /// has its own; so is what an execution changes, which only the application knows.
    pub fn poll_written(&mut self) -> Option<Written> {
        self.context.written.take()
    }
}

/// State.
impl Client<'_> {
    /// What the client is about.
    pub fn state(&self) -> State {
        self.session.phase().state()
    }

    /// Whether [`Client::pause`] is in force.
    pub fn is_paused(&self) -> bool {
        self.session.is_paused()
    }

    /// Whether the device is registered, and no response of the server is outstanding: in queue mode
    /// the server will not speak before the device does (LwM2M Core 1.1, 6.5), so that after some
    /// time nobody needs to listen.
    pub fn is_quiet(&self) -> bool {
        self.session.phase() == Phase::Registered && self.exchange.is_idle() && self.response == 0
    }

    /// Whether the device is in queue mode, which a server of 1.0 may change by the binding (/1/x/7).
    pub(crate) fn is_in_queue_mode(&self) -> bool {
        self.context.server.queue_mode
    }

    /// Which server this is the client of: the id in its Server object (/1/x/0).
    pub fn short_server_id(&self) -> u16 {
        self.context.server.short_server_id
    }

    /// Who this device is at the server; `None` while it is not registered.
    pub fn endpoint_info(&self) -> Option<EndpointInfo<'_>> {
        Some(EndpointInfo {
            endpoint_name: self.context.config.endpoint,
            device_id: self.session.device_id(&self.context)?,
        })
    }

    /// When the next Update is due, on the caller's clock; `None` unless the client is registered
    /// and nothing else is under way.
    pub fn next_update(&self) -> Option<Instant> {
        self.context
            .timeline
            .for_caller(self.session.next_update(&self.context)?)
    }

    /// When the client tries again what has failed, on the caller's clock; `None` unless it waits for
    /// that, and while it is paused.
    pub fn next_attempt(&self) -> Option<Instant> {
        match self.session.phase() {
            Phase::Waiting { until, .. } if !self.is_paused() => {
                self.context.timeline.for_caller(until)
            }
            _ => None,
        }
    }

    /// When the device registers again at a server that has disabled itself (Disable Timeout,
    /// /1/x/5; a day where it is not set), on the caller's clock.
    pub fn disabled_until(&self) -> Option<Instant> {
        match self.session.phase() {
            Phase::Disabled(until, _) => self.context.timeline.for_caller(until),
            _ => None,
        }
    }

    /// Counts since the client was made.
    pub fn counters(&self) -> Counters {
        self.context.events.counters
    }

    /// The newest error.
    pub fn last_error(&self) -> Option<LastError> {
        let mut last = self.context.events.last_error()?;
        last.at = self.context.timeline.for_caller(last.at)?;
        Some(last)
    }

    /// What the server's response says in words, where the newest error or failed Send is an error
    /// response with a diagnostic payload in UTF-8 (RFC 7252, 5.5.2). It stands behind the event's
    /// [`Detail`].
    pub fn diagnostic(&self) -> Option<Diagnostic<'_>> {
        self.context.events.diagnostic()
    }
}

/// The association with the bootstrap server that the client has left.
impl Client<'_> {
    /// Until when the bootstrap server may send its Bootstrap-Finish again, because the response was
    /// lost: MAX_TRANSMIT_SPAN (RFC 7252, 4.8.2) after it came, on the caller's clock.
    ///
    /// The client opens its association with the management server at once. A platform that can
    /// keep the one before until this time, beside the new one, hands what arrives over it to
    /// [`handle_former_datagram`](Self::handle_former_datagram); where the transport is needed, it
    /// is closed.
    pub fn former_until(&self) -> Option<Instant> {
        let until = self.session.finish_until()?;
        let is_over = until <= self.context.now();
        self.context.timeline.for_caller(until).filter(|_| !is_over)
    }

    /// Takes a datagram of the association with the bootstrap server that was open before the
    /// present one, and gives what is to be sent back over it: the response, where it is the
    /// Bootstrap-Finish again. Nothing else is served.
    pub fn handle_former_datagram(&mut self, now: Instant, datagram: &[u8]) -> Option<&[u8]> {
        let now = self.context.advance(now);
        let message = Message::parse(datagram).ok()?;
        // What waits in the buffer goes first; the server will ask again.
        if !self.session.is_finish_again(&message, now) || self.response != 0 {
            return None;
        }
        let code = response_code(ResponseType::Changed);
        let header = Header {
            kind: MessageType::Acknowledgement,
            id: message.id,
            token: &message.token,
        };
        let length = Writer::new(self.message, code, &header).finish()?;
        self.message.get(..length)
    }
}

/// What an input means for the parts.
impl Client<'_> {
    fn step(&mut self, now: Instant, input: Input) {
        self.context.advance(now);
        self.session.step(&mut self.context, input);
        self.follow();
    }

    /// Carries out what a step of the session means for the other parts.
    #[inline(never)]
    fn follow(&mut self) {
        let effects = self.session.take_effects();
        if effects.abandon
            && let Some(Outstanding { purpose, token, .. }) = self.exchange.outstanding.take()
        {
            self.reporting.abandoned(&self.context, purpose, &token);
        }
        if effects.forget_observations {
            self.reporting.forget_all();
        }
        if effects.abort_upload {
            self.requests.uploads.abort();
        }
        if effects.new_registration {
            self.context.snapshots.registered();
            self.reporting.sends.new_registration();
        }
        if !self.session.is_bootstrapping() {
            self.context.transaction.break_off();
        }
        // Without DTLS there are no keys.
        if feature::Dtls::IS_ON && !self.session.approaches_bootstrap_server() {
            let accounts = &mut self.context.accounts;
            accounts.purge(self.context.timeline.now());
        }
    }

    fn handle_request(&mut self, message: &Message<'_>, objects: Objects<'_, '_>) {
        self.context.roll_back(&mut *objects);
        let is_heard = self.session.hears(&self.context);
        let mut scope = Scope {
            reach: self.reach(),
            role: self.session.connected().unwrap_or(Role::Management),
            context: &mut self.context,
            reporting: &mut self.reporting,
            objects,
            buffer: &mut *self.message,
            outcome: Outcome::Served,
            objects_changed: false,
        };
        let length = self.requests.serve(&mut scope, message, is_heard);
        self.response = length.unwrap_or_default();
        if scope.objects_changed {
            self.session.set_objects_changed();
        }
        match scope.outcome {
            Outcome::Served => {}
            Outcome::Bootstrapping(_) => self.session.bootstrap_served(&self.context),
            Outcome::BootstrapFinished(id, token, _) => {
                self.session.bootstrap_finished(&self.context, id, token);
            }
            Outcome::BootstrapRefused(_) => self.session.bootstrap_refused(),
        }
        self.session.follow_triggers(&mut self.context);
        self.session.step(&mut self.context, Input::Changed);
    }

    fn handle_response(&mut self, message: &Message<'_>, objects: Objects<'_, '_>) {
        let received = self.exchange.receive(&mut self.context, message);
        if let Some(kind) = received.reply {
            self.respond_empty(kind, message.id);
        }
        let Some((purpose, started)) = received.response else {
            return;
        };
        self.context.events.keep_diagnostic(message);
        match purpose {
            Purpose::Operation(Operation::Bootstrap)
                if pack::take(
                    &mut self.session,
                    &mut self.requests.uploads,
                    &mut self.context,
                    message,
                    objects,
                ) => {}
            Purpose::Operation(operation) => {
                self.session
                    .responded(&mut self.context, operation, started, message);
            }
            Purpose::Send(batch) => {
                let sends = &mut self.reporting.sends;
                if sends.responded(&mut self.context, batch, message, objects) {
                    self.session.step(&mut self.context, Input::Doubted);
                }
            }
            Purpose::Notification | Purpose::Ping(_) => {}
        }
    }

    /// An empty message: an acknowledgement, a rejection, or a ping.
    fn handle_empty(&mut self, message: &Message<'_>, objects: Objects<'_, '_>) {
        if message.kind == MessageType::Confirmable {
            // CoAP ping (RFC 7252, 4.3).
            self.respond_empty(MessageType::Reset, message.id);
            return;
        }
        let is_rejected = message.kind == MessageType::Reset;
        match self.exchange.receive_empty(&self.context, message) {
            Empty::Acknowledged => {}
            Empty::Unexpected if is_rejected => {
                let is_registered = self.session.reports(&self.context);
                self.reporting
                    .rejected(&mut self.context, message.id, is_registered, objects);
            }
            Empty::Unexpected => self.context.events.discard(),
            Empty::Ended(Purpose::Notification, token) => {
                self.reporting
                    .acknowledged(&mut self.context, &token, is_rejected, objects);
            }
            Empty::Ended(purpose, _) => self.rejected(purpose, Detail::Reset),
        }
    }

    /// A Reset to an outstanding message, or another reason to give it up.
    fn rejected(&mut self, purpose: Purpose, detail: Detail) {
        match purpose {
            Purpose::Operation(operation) => {
                self.fail(operation, Error::UnknownError, detail);
            }
            Purpose::Send(batch) => self
                .reporting
                .sends
                .refused(&mut self.context, batch, detail),
            Purpose::Notification | Purpose::Ping(_) => {}
        }
    }

    /// No response after the last retransmission.
    fn unanswered(&mut self, purpose: Purpose, token: &Token) {
        let context = &mut self.context;
        let is_doubted = match purpose {
            Purpose::Operation(operation) => {
                return self.fail(operation, Error::NetworkError, Detail::NoResponse);
            }
            Purpose::Notification => self.reporting.unacknowledged(context, token),
            Purpose::Send(batch) => {
                let sends = &mut self.reporting.sends;
                sends.unanswered(context, batch, Detail::NoResponse);
                true
            }
            Purpose::Ping(_) => true,
        };
        if is_doubted {
            self.session.step(&mut self.context, Input::Doubted);
        }
    }

    fn fail(&mut self, operation: Operation, error: Error, detail: Detail) {
        self.session
            .fail(&mut self.context, operation, error, detail);
    }

    /// Has the association renewed where the outstanding message is to be sent again, and nobody has
    /// acknowledged it for a quarter of MAX_TRANSMIT_WAIT.
    fn doubt_association(&mut self) {
        if !self.context.ids.is_secure() || !self.session.has_served() {
            return;
        }
        let transmission = &self.context.config.transmission;
        let outstanding = self.exchange.outstanding.as_ref();
        let Some(doubted) = outstanding.filter(|message| message.is_in_doubt(transmission)) else {
            return;
        };
        // A server that is deaf to one kind of message is no reason for a handshake each time.
        let fails_again = match doubted.purpose {
            Purpose::Operation(_) => false,
            // An Update finds out, once it is given up.
            Purpose::Ping(_) => true,
            Purpose::Notification => {
                self.session.is_in_doubt(&self.context) || self.reporting.is_doubted(&doubted.token)
            }
            Purpose::Send(_) => {
                self.session.is_in_doubt(&self.context) || self.reporting.sends.are_doubted()
            }
        };
        if !fails_again {
            self.session.renew_association(&mut self.context);
        }
    }

    fn respond_empty(&mut self, kind: MessageType, id: u16) {
        let length = write_empty(self.message, kind, id);
        self.response = length.unwrap_or_default();
    }

    #[inline(always)]
    fn reach(&self) -> Reach {
        Reach {
            is_registered: self.session.reports(&self.context),
            is_open: self.session.is_open(),
        }
    }
}

/// The next message.
impl Client<'_> {
    /// Writes the next message that is no response to the server; what cannot be written is given up
    /// on the way.
    fn next_message(&mut self, now: Instant, objects: Objects<'_, '_>) -> Option<usize> {
        self.session.leave_bootstrap(&mut self.context);
        self.follow();
        while self.session.is_open() {
            let is_idle = self.exchange.is_idle();
            if is_idle && let Some(operation) = self.session.requests() {
                if self.session.lists_objects(operation) {
                    let registers = operation == Operation::Register;
                    self.reporting
                        .announce(&mut self.context, registers, &mut *objects);
                }
                self.begin_request(Purpose::Operation(operation));
            }
            if self.exchange.is_due() {
                match self.transmit(now, &mut *objects) {
                    None => continue,
                    length => return length,
                }
            }
            if !self.session.reports(&self.context) {
                break;
            }
            let next = self
                .reporting
                .next(&mut self.context, is_idle, &mut *objects);
            match next {
                None => {
                    let ping = self.keep_alive.ping_at(&self.context, &self.exchange);
                    let on = feature::KeepAlive::VALUE.filter(|_| ping.is_some_and(|at| at <= now));
                    self.begin_request(Purpose::Ping(on?));
                }
                Some(Due::Send(batch)) => self.begin_request(Purpose::Send(batch)),
                Some(Due::Notification {
                    token,
                    confirmable: true,
                }) => self
                    .exchange
                    .begin(&mut self.context, Purpose::Notification, token),
                Some(Due::Notification { token, .. }) => {
                    let header = Header {
                        kind: MessageType::NonConfirmable,
                        id: self.context.ids.message(),
                        token: &token,
                    };
                    match self.reporting.write_notification(
                        &mut self.context,
                        self.message,
                        &header,
                        &mut *objects,
                    ) {
                        None => self.reporting.forget(&token),
                        length => return length,
                    }
                }
            }
        }
        None
    }

    /// Makes a request the outstanding message.
    fn begin_request(&mut self, purpose: Purpose) {
        let token = self.context.ids.token(&mut self.context.random);
        self.exchange.begin(&mut self.context, purpose, token);
    }

    /// Writes the outstanding message, the first time or again; `None` where it does not fit, and
    /// is given up.
    fn transmit(&mut self, now: Instant, objects: Objects<'_, '_>) -> Option<usize> {
        let mut outstanding = self.exchange.outstanding.take()?;
        let mut length = self.write(&outstanding, &mut *objects);
        if outstanding.has_changed(self.content(length)) {
            // It says something else by now: another message, whose response cannot be taken for the
            // response to the one before.
            outstanding.id = self.context.ids.message();
            if outstanding.purpose == Purpose::Notification {
                self.reporting.renumber(&outstanding.token);
            } else {
                outstanding.token = self.context.ids.token(&mut self.context.random);
            }
            length = self.write(&outstanding, objects);
            outstanding.has_changed(self.content(length));
        }
        if length == 0 {
            self.does_not_fit(outstanding.purpose, &outstanding.token);
            self.follow();
            return None;
        }
        count(
            &mut self.context.events.counters.retransmissions,
            outstanding.was_sent().into(),
        );
        let Context { config, random, .. } = &mut self.context;
        outstanding.sent(now, &config.transmission, random);
        self.exchange.outstanding = Some(outstanding);
        Some(length)
    }

    /// The length of the message as it is now; 0 where it does not fit.
    fn write(&mut self, outstanding: &Outstanding, objects: Objects<'_, '_>) -> usize {
        let header = &outstanding.header();
        let Self {
            context,
            session,
            exchange,
            reporting,
            message,
            ..
        } = self;
        let length = match outstanding.purpose {
            Purpose::Operation(operation) => {
                let mut writer = Writer::new(message, session.method(operation), header);
                session.write(context, operation, &mut writer);
                if session.lists_objects(operation) {
                    let buffer = exchange.outgoing.payload(&mut writer);
                    reporting.write_object_list(context, buffer, &mut *objects);
                }
                exchange.complete(writer, true)
            }
            Purpose::Notification => {
                reporting.write_notification(context, message, header, &mut *objects)
            }
            Purpose::Send(batch) => reporting.sends.write(
                context,
                &reporting.observations,
                exchange,
                message,
                batch,
                header,
                &mut *objects,
            ),
            Purpose::Ping(_) => write_empty(message, header.kind, header.id),
        };
        if self.exchange.outgoing.begins_anew() {
            // A few times at most.
            return self.write(outstanding, objects);
        }
        length.unwrap_or_default()
    }

    fn does_not_fit(&mut self, purpose: Purpose, token: &Token) {
        if self.exchange.outgoing.is_unsteady() {
            return self.rejected(purpose, Detail::BodyChanged);
        }
        match purpose {
            Purpose::Operation(operation) => {
                self.fail(operation, Error::MemoryFail, Detail::MessageTooLarge);
            }
            Purpose::Notification => self.reporting.not_written(token),
            Purpose::Send(batch) => {
                let sends = &mut self.reporting.sends;
                sends.refused(&mut self.context, batch, Detail::MessageTooLarge);
            }
            Purpose::Ping(_) => {}
        }
    }

    /// What a written message says: all behind its header and token.
    fn content(&self, length: usize) -> &[u8] {
        let token = self
            .message
            .first()
            .map_or(0, |first| usize::from(first & 0x0f));
        self.message.get(4 + token..length).unwrap_or_default()
    }
}

#[cfg(all(test, feature = "bootstrap", feature = "dtls"))]
mod tests {
    use crate::config::{Account, Config};
    use crate::model::object::{At, Object as _};
    use crate::model::value::Value;
    use crate::storage::Storage;

    use super::*;

    const fn at(instance: u16, resource: u16) -> At {
        At {
            instance,
            resource,
            resource_instance: 0,
        }
    }

    /// A client whose bootstrap server has written an account for itself that lasts for ten seconds.
    fn bootstrapped(storage: &mut Storage) -> Client<'_> {
        let config = Config::new("device", Account::new("coap://factory").for_bootstrap());
        let mut client = Client::new(config, storage, [1, 2, 3, 4]);
        let Context {
            accounts, config, ..
        } = &mut client.context;
        let securities = &mut accounts.draft.securities;
        for (id, uri) in [(0, "coaps://own"), (1, "coap://server")] {
            securities.create(id).expect("room");
            securities
                .write(at(id, 0), Value::String(uri))
                .expect("fits");
        }
        for (at, value) in [
            (at(0, 1), Value::Boolean(true)),
            (at(0, 2), Value::Integer(0)),
            (at(0, 3), Value::Opaque(b"identity")),
            (at(0, 5), Value::Opaque(b"key")),
            (at(0, 12), Value::Integer(10)),
            (at(1, 2), Value::Integer(3)),
            (at(1, 10), Value::Integer(7)),
        ] {
            securities.write(at, value).expect("sound");
        }
        let mut server = Server::written(config, 0);
        server.short_server_id = 7;
        accounts.draft.servers.insert(server).expect("room");
        let server = accounts.finish_draft(7, Instant::from_millis(0));
        client.context.server = server.expect("consistent");
        client
    }

    fn has_key(client: &Client<'_>) -> bool {
        client.context.accounts.in_force.securities.own().is_some()
    }

    #[test]
    fn a_key_does_not_outlast_its_account() {
        let mut storage = Storage::new();
        let mut client = bootstrapped(&mut storage);
        client.handle_timeout(Instant::from_millis(9_999));
        assert!(has_key(&client));
        client.handle_timeout(Instant::from_millis(10_000));
        assert!(!has_key(&client));
    }

    /// Who has gone to that server before may need it for another association.
    #[test]
    fn a_key_that_is_in_use_stays() {
        let mut storage = Storage::new();
        let mut client = bootstrapped(&mut storage);
        let start = Instant::from_millis(1_000);
        client.context.server.bootstrap_triggered = true;
        client.session.follow_triggers(&mut client.context);
        client.handle_connected(start, Association::New);
        client.handle_timeout(Instant::from_millis(10_000));
        assert!(has_key(&client));
        client.close(Instant::from_millis(10_001));
        assert!(!has_key(&client));
    }
}
