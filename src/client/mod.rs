//! The client: the application's commands, the platform's inputs, and what comes out of them.

#[cfg(feature = "bootstrap")]
pub(crate) mod accounts;
pub(crate) mod backoff;
#[cfg(feature = "block")]
mod block;
#[cfg(feature = "bootstrap")]
mod bootstrap;
#[cfg(feature = "composite")]
pub(crate) mod composite;
#[cfg(feature = "attributes")]
mod condition;
pub(crate) mod config;
#[cfg(feature = "create")]
mod create;
#[cfg(feature = "diagnostics")]
pub(crate) mod diagnostic;
#[cfg(not(feature = "diagnostics"))]
#[path = "diagnostic_off.rs"]
pub(crate) mod diagnostic;
#[cfg(feature = "echo")]
mod echo;
#[cfg(not(feature = "echo"))]
#[path = "echo_off.rs"]
mod echo;
pub(crate) mod event;
#[cfg(feature = "izuma")]
mod izuma;
mod lifecycle;
mod management;
pub(crate) mod observe;
#[cfg(all(feature = "access-control", feature = "server-object"))]
pub(crate) mod order;
mod read;
#[cfg(feature = "send")]
pub(crate) mod records;
mod registration;
#[cfg(feature = "dtls")]
mod renewal;
#[cfg(not(feature = "dtls"))]
#[path = "renewal_off.rs"]
mod renewal;
#[cfg(feature = "send")]
pub(crate) mod send;
#[cfg(all(
    feature = "access-control",
    feature = "bootstrap",
    feature = "server-object"
))]
pub(crate) mod share;
pub(crate) mod storage;
pub(crate) mod transport;
#[cfg(feature = "block")]
mod upload;
mod write;
#[cfg(feature = "attributes")]
mod write_attributes;
#[cfg(feature = "access-control")]
pub(crate) mod written;

use coap_lite::MessageType;
use heapless::Deque;

#[cfg(feature = "bootstrap")]
use crate::client::accounts::Accounts;
use crate::client::backoff::Step;
use crate::client::config::{Account, Config, Role, Security, Version};
use crate::client::diagnostic::{Diagnostic, Diagnostics};
use crate::client::echo::Echo;
use crate::client::event::{Counters, EndpointInfo, Event, LastError, State};
use crate::client::lifecycle::{Intent, Phase};
use crate::client::observe::Observations;
use crate::client::registration::Registration;
use crate::client::renewal::Renewal;
use crate::client::storage::Storage;
use crate::client::transport::{Association, Transport, TransportError};
use crate::coap::message::{EMPTY, ParseError};
use crate::coap::{Duplicates, Exchange, Message, Token};
use crate::error::{Detail, Error, Operation};
#[cfg(feature = "attributes")]
use crate::model::attributes::Attributes;
use crate::model::tree::{Objects, Tree};
use crate::objects::device::BuiltIn;
use crate::objects::server::Server;
use crate::random::Random;
use crate::time::{Instant, Timeline};

/// An LwM2M client: protocol and state, without I/O. The [crate](crate) documentation has the
/// contract of its calls.
pub struct Client<'a> {
    config: Config<'a>,

    message: &'a mut [u8],
    observations: Observations<'a>,
    duplicates: Duplicates<'a>,

    server: Server,
    device: BuiltIn<'a>,
    /// In force: what a bootstrap server has written and finished.
    #[cfg(feature = "bootstrap")]
    accounts: Accounts<'a>,
    #[cfg(feature = "bootstrap")]
    bootstrap: bootstrap::Bootstrap<'a>,
    #[cfg(feature = "send")]
    sends: send::Sends<'a>,
    #[cfg(feature = "access-control")]
    written: Option<written::Written>,

    timeline: Timeline,
    random: Random,
    next_message_id: u16,
    next_token: u32,

    phase: Phase,
    intent: Intent,
    paused: bool,
    /// What the open association is for.
    connected: Option<Role>,
    renewal: Renewal,
    /// Told to the platform by [`Client::poll_transport`].
    wanted: Option<Wanted>,
    registration: Registration<'a>,
    back_off: Step,
    exchange: Option<Exchange<Purpose>>,
    echo: Echo,
    #[cfg(feature = "block")]
    sending: block::Sending,
    #[cfg(feature = "block")]
    uploads: upload::Uploads<'a>,
    /// The message id of the newest separate answer, which is acknowledged again if it comes again.
    acknowledged: Option<u16>,
    /// The length of an answer that waits in `message`.
    answer: usize,

    events: Deque<Event, 8>,
    counters: Counters,
    last_error: Option<LastError>,
    diagnostics: Diagnostics,
}

/// What an outstanding message is.
#[derive(Clone, Copy, PartialEq)]
enum Purpose {
    Operation(Operation),
    /// The notification of the observation with the exchange's token.
    Notify,
    #[cfg(feature = "send")]
    Send(send::Batch),
}

#[derive(Clone, Copy)]
enum Wanted {
    Open { operation: Operation, renew: bool },
    Close,
}

impl<'a> Client<'a> {
    /// A client that does nothing yet.
    ///
    /// `seed` is 16 bytes from the platform's entropy source; two devices with the same seed use
    /// the same message ids and retry at the same times.
    #[inline(never)]
    pub fn new<
        const MESSAGE: usize,
        const OBSERVATIONS: usize,
        const CHANGES: usize,
        const REQUESTS: usize,
        const LOCATION: usize,
        const ATTRIBUTES: usize,
        const COMPOSITE: usize,
        const RECORDS: usize,
        const BODY: usize,
        const ACCOUNTS: usize,
        const URI: usize,
        const IDENTITY: usize,
        const KEY: usize,
    >(
        config: Config<'a>,
        storage: &'a mut Storage<
            MESSAGE,
            OBSERVATIONS,
            CHANGES,
            REQUESTS,
            LOCATION,
            ATTRIBUTES,
            COMPOSITE,
            RECORDS,
            BODY,
            ACCOUNTS,
            URI,
            IDENTITY,
            KEY,
        >,
        seed: [u32; 4],
    ) -> Self {
        let mut observations = Observations {
            list: &mut storage.observations,
            #[cfg(feature = "attributes")]
            attributes: Attributes::new(&mut storage.attributes),
            #[cfg(feature = "composite")]
            members: &mut storage.members,
            #[cfg(feature = "composite")]
            newest: Token::NONE,
            #[cfg(feature = "attributes")]
            told: condition::Sample::NOTHING,
            next: 0,
        };
        observations.forget(&|_| true);
        #[cfg(feature = "bootstrap")]
        let [accounts, draft] = &mut storage.accounts;
        let mut random = Random::new(seed);
        Self {
            message: &mut storage.message,
            observations,
            duplicates: Duplicates::new(&mut storage.requests),
            server: Server::new(&config),
            device: BuiltIn::new(config.device, config.can_reboot),
            #[cfg(feature = "bootstrap")]
            accounts: Accounts::new(accounts),
            #[cfg(feature = "bootstrap")]
            bootstrap: bootstrap::Bootstrap::new(Accounts::new(draft)),
            #[cfg(feature = "send")]
            sends: send::Sends::new(&mut storage.changes, &mut storage.records),
            #[cfg(feature = "access-control")]
            written: None,
            timeline: Timeline::default(),
            next_message_id: random.next() as u16,
            next_token: 0,
            random,
            phase: Phase::Idle,
            intent: Intent::None,
            paused: false,
            connected: None,
            renewal: Renewal::default(),
            wanted: None,
            registration: Registration::new(&mut storage.location),
            back_off: config.back_off.first(),
            exchange: None,
            echo: Echo::default(),
            #[cfg(feature = "block")]
            sending: block::Sending::new(),
            #[cfg(feature = "block")]
            uploads: upload::Uploads::new(&mut storage.body, MESSAGE),
            acknowledged: None,
            answer: 0,
            events: Deque::new(),
            counters: Counters::default(),
            last_error: None,
            diagnostics: Diagnostics::default(),
            config,
        }
    }

    /// Takes a datagram from the open association.
    ///
    /// Whatever it holds, the work is bounded: one look at the device's objects for each value in it.
    /// What is not an answer to an outstanding message, nor a request, is counted and
    /// dropped.
    pub fn handle_datagram(
        &mut self,
        now: Instant,
        datagram: &[u8],
        objects: &mut [&mut dyn crate::Object],
    ) {
        self.timeline.advance(now);
        count(&mut self.counters.bytes_received, datagram.len());
        // An answer that was not polled yet would be overwritten; the peer will ask again.
        if self.connected.is_none() || self.paused || self.answer != 0 {
            count(&mut self.counters.discarded, 1);
            return;
        }
        match Message::parse(datagram) {
            Ok(message) if message.is_request() && message.is_own() => {
                self.handle_request(&message, objects);
            }
            Ok(message) if message.is_response() => self.handle_response(&message, objects),
            Ok(message) if message.code == EMPTY => self.handle_empty(&message, objects),
            Ok(Message { kind, id, .. }) | Err(ParseError::Malformed { kind, id }) => {
                count(&mut self.counters.discarded, 1);
                if kind == MessageType::Confirmable {
                    self.answer_empty(MessageType::Reset, id);
                }
            }
            Err(ParseError::NotCoap) => count(&mut self.counters.discarded, 1),
        }
    }

    /// Counts a datagram that the platform has dropped, because it came while nobody listened: in
    /// queue mode the server does not speak before the device does.
    pub fn discard(&mut self, datagram: &[u8]) {
        count(&mut self.counters.bytes_received, datagram.len());
        count(&mut self.counters.discarded, 1);
    }

    /// Does what is due. To be called at the time that [`Client::poll_timeout`] gave; earlier or
    /// later does no harm.
    pub fn handle_timeout(&mut self, now: Instant) {
        let now = self.timeline.advance(now);
        if self.paused {
            return;
        }
        #[cfg(feature = "block")]
        self.uploads.expire(now);
        if self.connected.is_some()
            && let Some(exchange) = &mut self.exchange
        {
            let (purpose, token) = (exchange.purpose, exchange.token);
            if exchange.gives_up(now, &self.config.transmission) {
                self.exchange = None;
                self.unanswered(purpose, &token);
            } else {
                self.doubt_association();
            }
        }
        self.handle_phase_timeout(now);
        #[cfg(feature = "bootstrap")]
        self.part_from_bootstrap_server(now);
    }

    /// The association that [`Transport::Open`] asked for is there.
    pub fn handle_connected(&mut self, now: Instant, association: Association) {
        self.timeline.advance(now);
        self.opened(association);
    }

    /// There is no association, or not any longer.
    pub fn handle_failure(&mut self, now: Instant, error: TransportError) {
        self.timeline.advance(now);
        self.lost(error);
    }

    /// The next message to send over the open association; `None` when there is nothing to send.
    #[inline(never)]
    pub fn poll_transmit(
        &mut self,
        now: Instant,
        objects: &mut [&mut dyn crate::Object],
    ) -> Option<&[u8]> {
        let now = self.timeline.advance(now);
        #[cfg(feature = "block")]
        self.tell_aborted(&mut *objects);
        // What answers the server goes out even where its message has ended the association.
        let length = match core::mem::take(&mut self.answer) {
            0 => self.next_message(now, objects)?,
            length => length,
        };
        count(&mut self.counters.bytes_sent, length);
        self.message.get(..length)
    }

    /// What the transport is to do next.
    pub fn poll_transport(&mut self) -> Option<Transport<'_>> {
        if self.paused {
            return None;
        }
        match self.wanted.take()? {
            Wanted::Close => Some(Transport::Close),
            Wanted::Open { operation, renew } => {
                let account = self.account(operation)?;
                Some(Transport::Open { account, renew })
            }
        }
    }

    /// When [`Client::handle_timeout`] is to be called next, on the caller's clock.
    pub fn poll_timeout(&self) -> Option<Instant> {
        if self.paused {
            return None;
        }
        let exchange = self
            .exchange
            .as_ref()
            .filter(|_| self.connected.is_some())
            .map(|exchange| exchange.deadline);
        let next = earlier(exchange, self.phase_deadline());
        #[cfg(feature = "bootstrap")]
        let next = earlier(next, self.finish_deadline());
        #[cfg(feature = "attributes")]
        let next = earlier(next, self.next_evaluation());
        #[cfg(feature = "block")]
        let next = earlier(next, self.uploads.deadline());
        self.timeline.for_caller(next?)
    }

    /// The next event. Up to eight wait; of more, the oldest go.
    pub fn poll_event(&mut self) -> Option<Event> {
        if self.answer == 0 && core::mem::take(&mut self.device.reboot) {
            return Some(Event::Reboot);
        }
        self.events.pop_front()
    }

    /// What the client is about.
    pub fn state(&self) -> State {
        self.phase.state()
    }

    /// Whether [`Client::pause`] is in force.
    pub fn is_paused(&self) -> bool {
        self.paused
    }

    /// Whether the device is registered, and no answer of the server is outstanding: in queue mode
    /// the server will not speak before the device does (LwM2M Core 1.1, 6.5), so that after some
    /// time nobody needs to listen.
    pub fn is_quiet(&self) -> bool {
        matches!(self.phase, Phase::Registered(_)) && self.exchange.is_none() && self.answer == 0
    }

    /// Which server this is the client of: the id in its Server object (/1/x/0).
    pub fn short_server_id(&self) -> u16 {
        self.server.short_server_id
    }

    /// Who this device is at the server; `None` while it is not registered.
    pub fn endpoint_info(&self) -> Option<EndpointInfo<'_>> {
        // While the device registers anew, the one before may still be there, and is not spoken of.
        let gone = matches!(self.phase.state(), State::Registering | State::Disabled);
        if gone || !self.has_registration() {
            return None;
        }
        let device_id = self
            .registration
            .device_id(self.account(Operation::Register)?)?;
        Some(EndpointInfo {
            endpoint_name: self.config.endpoint,
            device_id,
        })
    }

    /// When the next Update is due, on the caller's clock; `None` unless the client is registered
    /// and nothing else is under way.
    pub fn next_update(&self) -> Option<Instant> {
        match self.phase {
            Phase::Registered(update) => self.timeline.for_caller(update),
            _ => None,
        }
    }

    /// When the client tries again what has failed, on the caller's clock; `None` unless it waits for
    /// that, and while it is paused.
    pub fn next_attempt(&self) -> Option<Instant> {
        match self.phase {
            Phase::Waiting { until, .. } if !self.paused => self.timeline.for_caller(until),
            _ => None,
        }
    }

    /// When the device registers again at a server that has disabled itself (Disable Timeout,
    /// /1/x/5; a day where it is not set), on the caller's clock.
    #[cfg(feature = "server-object")]
    pub fn disabled_until(&self) -> Option<Instant> {
        match self.phase {
            Phase::Disabled(until) => self.timeline.for_caller(until),
            _ => None,
        }
    }

    /// Counts since the client was made.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// The newest error.
    pub fn last_error(&self) -> Option<LastError> {
        let mut last = self.last_error?;
        last.at = self.timeline.for_caller(last.at)?;
        Some(last)
    }

    /// What the server's answer says in words, where the newest error or failed Send is an error
    /// answer with a diagnostic payload in UTF-8 (RFC 7252, 5.5.2). It stands behind the event's
    /// [`Detail`].
    pub fn diagnostic(&self) -> Option<Diagnostic<'_>> {
        self.diagnostics.get()
    }

    /// The account that an operation is about.
    fn account(&self, operation: Operation) -> Option<Account<'_>> {
        #[cfg(feature = "bootstrap")]
        if self.config.account.role == Role::Bootstrap {
            let written = &self.accounts.securities;
            return match operation {
                Operation::Bootstrap => Some(written.bootstrap().unwrap_or(self.config.account)),
                _ => written.management(self.server.short_server_id),
            };
        }
        let _ = operation;
        Some(self.config.account)
    }

    fn tree<'t, 'o>(&'t mut self, objects: Objects<'t, 'o>) -> Tree<'t, 'o> {
        Tree::new(&mut self.server, &mut self.device, objects)
    }

    /// An answer to an outstanding message.
    fn handle_response(&mut self, message: &Message<'_>, objects: Objects<'_, '_>) {
        if message.kind == MessageType::Reset {
            count(&mut self.counters.discarded, 1);
            return;
        }
        let separate = message.kind != MessageType::Acknowledgement;
        let expected = self.exchange.as_ref().is_some_and(|exchange| {
            exchange.was_sent()
                && !matches!(exchange.purpose, Purpose::Notify)
                && exchange.token == message.token
                && (separate || exchange.id == message.id)
        });
        if message.kind == MessageType::Confirmable {
            if (expected && message.unknown.is_none()) || self.acknowledged == Some(message.id) {
                self.answer_empty(MessageType::Acknowledgement, message.id);
                self.acknowledged = Some(message.id);
            } else {
                self.answer_empty(MessageType::Reset, message.id);
            }
        }
        match self.exchange.take_if(|_| expected) {
            None => count(&mut self.counters.discarded, 1),
            Some(exchange) if self.echo.asks_again(message) => {
                let token = self.new_token();
                self.begin(exchange.purpose, token);
                self.echo.begin(true);
            }
            #[cfg(feature = "block")]
            Some(exchange) if self.goes_on(&exchange, message) => {}
            Some(exchange) => {
                self.diagnostics.keep(message);
                match exchange.purpose {
                    Purpose::Operation(operation) => {
                        self.answered(operation, exchange.started, message);
                    }
                    #[cfg(feature = "send")]
                    Purpose::Send(batch) => self.send_answered(batch, message, objects),
                    Purpose::Notify => {}
                }
            }
        }
        #[cfg(not(feature = "send"))]
        let _ = objects;
    }

    /// An empty message: an acknowledgement, a rejection, or a ping.
    fn handle_empty(&mut self, message: &Message<'_>, objects: Objects<'_, '_>) {
        if message.kind == MessageType::Confirmable {
            // CoAP ping (RFC 7252, 4.3).
            self.answer_empty(MessageType::Reset, message.id);
            return;
        }
        let rejected = message.kind == MessageType::Reset;
        let exchange = self.exchange.as_mut();
        let Some(exchange) =
            exchange.filter(|exchange| exchange.was_sent() && exchange.id == message.id)
        else {
            if rejected {
                self.notification_rejected(message.id, objects);
            } else {
                count(&mut self.counters.discarded, 1);
            }
            return;
        };
        let (purpose, token) = (exchange.purpose, exchange.token);
        if !rejected && purpose != Purpose::Notify {
            // The answer follows.
            exchange.acknowledged(self.timeline.now(), &self.config.transmission);
            return;
        }
        self.exchange = None;
        match purpose {
            Purpose::Notify => self.notification_acknowledged(&token, rejected, objects),
            purpose => self.rejected(purpose, Detail::Reset),
        }
    }

    /// A Reset to an outstanding message, or another reason to give it up.
    fn rejected(&mut self, purpose: Purpose, detail: Detail) {
        match purpose {
            Purpose::Operation(operation) => {
                self.fail(operation, Error::UnknownError, detail);
            }
            #[cfg(feature = "send")]
            Purpose::Send(batch) => self.send_refused(batch, detail),
            Purpose::Notify => {}
        }
    }

    /// No answer after the last retransmission.
    fn unanswered(&mut self, purpose: Purpose, token: &Token) {
        match purpose {
            Purpose::Operation(operation) => {
                self.fail(operation, Error::NetworkError, Detail::NoAnswer);
            }
            Purpose::Notify => self.notification_unanswered(token),
            #[cfg(feature = "send")]
            Purpose::Send(batch) => self.send_unanswered(batch, Detail::NoAnswer),
        }
    }

    /// Writes the next message that is not an answer to the server; what cannot be written is
    /// given up on the way.
    fn next_message(&mut self, now: Instant, objects: Objects<'_, '_>) -> Option<usize> {
        #[cfg(feature = "bootstrap")]
        self.leave_bootstrap();
        while self.connected.is_some() && !self.paused {
            let idle = self.exchange.is_none();
            if idle && let Phase::Requesting(operation) = self.phase {
                #[cfg(feature = "izuma")]
                self.auto_observe(operation, &mut *objects);
                let token = self.new_token();
                self.begin(Purpose::Operation(operation), token);
            }
            if self.exchange.as_ref().is_some_and(Exchange::is_due) {
                match self.transmit_exchange(now, &mut *objects) {
                    None => continue,
                    length => return length,
                }
            }
            if !self.is_served() {
                break;
            }
            #[cfg(feature = "send")]
            if idle
                && self.sends.has_turn
                && let Some(batch) = self.next_send()
            {
                self.begin_send(batch);
                continue;
            }
            #[cfg(feature = "attributes")]
            self.evaluate(&mut *objects);
            let Some((token, confirm)) = self.next_notification() else {
                #[cfg(feature = "send")]
                if idle && let Some(batch) = self.next_send() {
                    self.begin_send(batch);
                    continue;
                }
                break;
            };
            if confirm {
                #[cfg(feature = "send")]
                {
                    self.sends.has_turn = true;
                }
                self.begin(Purpose::Notify, token);
                continue;
            }
            let id = self.new_message_id();
            let kind = MessageType::NonConfirmable;
            match self.write_notification(kind, id, &token, &mut *objects) {
                None => self.forget_observation(&token),
                length => return length,
            }
        }
        None
    }

    /// Makes a message the outstanding one.
    fn begin(&mut self, purpose: Purpose, token: Token) {
        let id = self.new_message_id();
        self.exchange = Some(Exchange::new(purpose, id, token, self.timeline.now()));
        self.echo.begin(false);
        #[cfg(feature = "block")]
        {
            self.sending = block::Sending::new();
        }
    }

    /// Writes the outstanding message, the first time or again; `None` where it does not fit, and
    /// is given up.
    fn transmit_exchange(&mut self, now: Instant, objects: Objects<'_, '_>) -> Option<usize> {
        let mut exchange = self.exchange.take()?;
        let mut length = self.write(&exchange, &mut *objects);
        if exchange.has_changed(self.content(length)) {
            // It says something else by now: another message, whose answer cannot be taken for the
            // answer to the one before.
            exchange.id = self.new_message_id();
            if exchange.purpose == Purpose::Notify {
                self.renumber(&exchange.token);
            } else {
                exchange.token = self.new_token();
            }
            length = self.write(&exchange, objects);
            exchange.has_changed(self.content(length));
        }
        if length == 0 {
            self.does_not_fit(exchange.purpose, &exchange.token);
            return None;
        }
        count(
            &mut self.counters.retransmissions,
            exchange.was_sent().into(),
        );
        exchange.sent(now, &self.config.transmission, &mut self.random);
        self.exchange = Some(exchange);
        Some(length)
    }

    /// The length of the message as it is now; 0 where it does not fit.
    fn write(&mut self, exchange: &Exchange<Purpose>, objects: Objects<'_, '_>) -> usize {
        let (id, token) = (exchange.id, &exchange.token);
        let length = match exchange.purpose {
            Purpose::Operation(operation) => {
                self.write_operation(operation, id, token, &mut *objects)
            }
            Purpose::Notify => {
                self.write_notification(MessageType::Confirmable, id, token, &mut *objects)
            }
            #[cfg(feature = "send")]
            Purpose::Send(batch) => self.write_send(batch, id, token, &mut *objects),
        };
        #[cfg(feature = "block")]
        if self.sending.begins_anew() {
            // A few times at most.
            return self.write(exchange, objects);
        }
        length.unwrap_or_default()
    }

    fn does_not_fit(&mut self, purpose: Purpose, token: &Token) {
        #[cfg(feature = "block")]
        if self.sending.is_unsteady() {
            return self.rejected(purpose, Detail::BodyChanged);
        }
        match purpose {
            Purpose::Operation(operation) => {
                self.fail(operation, Error::MemoryFail, Detail::MessageTooLarge);
            }
            Purpose::Notify => self.notification_not_written(token),
            #[cfg(feature = "send")]
            Purpose::Send(batch) => self.send_refused(batch, Detail::MessageTooLarge),
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

    fn answer_empty(&mut self, kind: MessageType, id: u16) {
        self.answer_code(kind, EMPTY, id, &Token::default());
    }

    /// Whether notifications and Sends reach a server that knows this device.
    fn is_served(&self) -> bool {
        self.phase.is_served() && self.has_registration()
    }

    /// Whether they do so now.
    #[cfg(feature = "attributes")]
    fn is_in_reach(&self) -> bool {
        self.connected.is_some() && !self.paused && self.is_served()
    }

    #[inline(never)]
    fn new_message_id(&mut self) -> u16 {
        // 0 is left out: it stands for none.
        self.next_message_id = self.next_message_id.wrapping_add(1).max(1);
        self.next_message_id
    }

    /// Random without security; under DTLS a number that never comes again (RFC 9175, 4.2).
    fn new_token(&mut self) -> Token {
        if self.is_secure() {
            self.next_token = self.next_token.wrapping_add(1);
            Token::sequence(self.next_token)
        } else {
            Token::random(self.random.next())
        }
    }

    fn is_secure(&self) -> bool {
        let operation = match self.connected {
            #[cfg(feature = "bootstrap")]
            Some(Role::Bootstrap) => Operation::Bootstrap,
            _ => Operation::Register,
        };
        let account = self.account(operation).filter(|_| cfg!(feature = "dtls"));
        account.is_some_and(|account| !matches!(account.security, Security::None))
    }

    fn emit(&mut self, event: Event) {
        let failure = match event {
            Event::Error { detail, .. } | Event::SendFailed(detail) => Some(detail),
            _ => None,
        };
        if failure.is_some_and(|detail| !matches!(detail, Detail::Answer(_))) {
            self.diagnostics.clear();
        }
        #[cfg(feature = "log")]
        match (event, self.diagnostics.get().filter(|_| failure.is_some())) {
            (Event::Error { .. }, Some(words)) => log::warn!("{event} {words}"),
            (Event::Error { .. }, None) => log::warn!("{event}"),
            (_, Some(words)) => log::info!("{event} {words}"),
            (_, None) => log::info!("{event}"),
        }
        if self.events.is_full() {
            self.events.pop_front();
        }
        let _ = self.events.push_back(event);
    }

    fn speaks_1_0(&self) -> bool {
        self.server.version == Version::V1_0
    }
}

#[inline(always)]
fn earlier(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// Counters wrap.
fn count(counter: &mut u32, by: usize) {
    *counter = counter.wrapping_add(by as u32);
}
