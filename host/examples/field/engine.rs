//! Zephyr's LwM2M engine by its rules: a model, written from what the sources named here do (Zephyr 4.1.99,
//! `subsys/net/lib/lwm2m` where nothing else is said), with LwM2M 1.1, queue mode and one server.

use std::mem;

use client_lite::{Duration, Instant};
use coap_lite::option_value::OptionValueU32;
use coap_lite::{CoapOption, MessageClass, MessageType, Packet, RequestType, ResponseType};
use demo_server::format::{self, LINK_FORMAT, SENML_CBOR};
use fastrand::Rng;

use crate::channel::{Channel, Datagram, Security, TimedOut};
use crate::field::{Device, Value};
use crate::scenario::{ENDPOINT, LIFETIME, Scenario};

/// How an image is configured.
#[derive(Clone, Copy)]
pub struct Build {
    pub security: Security,
    pub idle: Idle,
    /// Kconfig, LWM2M_QUEUE_MODE_NO_MSG_BUFFERING: off by default and experimental. With it notifications are
    /// sent at once over the socket that is there, in place of waiting for an Update that they trigger.
    pub sends_at_once: bool,
}

/// Kconfig, "Socket handling at idle state".
#[derive(Clone, Copy, PartialEq)]
pub enum Idle {
    /// LWM2M_RD_CLIENT_CLOSE_SOCKET_AT_IDLE, the default.
    CloseSocket,
    /// LWM2M_RD_CLIENT_STOP_POLLING_AT_IDLE, which samples/net/lwm2m_client/overlay-queue.conf has, for DTLS
    /// with a connection id and for none.
    StopPolling,
}

pub struct Engine {
    build: Build,
    /// LWM2M_QUEUE_MODE_UPTIME.
    uptime: Duration,
    restart: Duration,
    channel: Channel,
    random: Rng,
    state: State,
    /// When the state machine is to go on by itself.
    next_event: Option<Instant>,
    last_update: Option<Instant>,
    last_transmission: Instant,
    retries: u32,
    /// Seconds.
    retry_delay: u32,
    triggers_update: bool,
    closes_socket: bool,
    /// The socket is closed or not polled, since the device is idle.
    is_suspended: bool,
    /// Messages wait for the next registration or update.
    buffers: bool,
    /// A Register or an Update under way.
    request: Option<Pending>,
    /// lwm2m_message_handling.c, generate_notify_message: one at a time, always confirmable.
    notification: Option<Pending>,
    /// The one that waits, while `buffers`.
    queued: Option<Pending>,
    observers: Vec<Observer>,
    location: Vec<Vec<u8>>,
    message_id: u16,
    value: Value,
    /// Observers have not been told of the value.
    has_news: bool,
}

/// lwm2m_rd_client.c, enum sm_engine_state, without bootstrap and what it does not come to here.
#[derive(Clone, Copy, PartialEq)]
enum State {
    /// The engine has given up, and the application has been told.
    Stopped,
    DoRegistration,
    SendRegistration,
    RegistrationSent,
    Registered,
    RegisteredRxOff,
    UpdateRegistration,
    UpdateSent,
    NetworkError,
    /// Within `connect`, which waits for the handshake; what comes then.
    Connecting(Connected),
}

#[derive(Clone, Copy, PartialEq)]
enum Connected {
    Register,
    RegisterAfterSleep,
    Update,
    UpdateAfterError,
}

struct Observer {
    token: Vec<u8>,
    counter: u32,
}

/// A confirmable message.
struct Pending {
    packet: Packet,
    again_at: Instant,
    wait: Duration,
    retries: u32,
}

impl Engine {
    /// After a start nothing of a registration is known.
    pub fn start(
        scenario: &Scenario,
        build: Build,
        (now, value): (Instant, Value),
        random: &mut Rng,
    ) -> Self {
        Self {
            build,
            uptime: scenario.awake,
            restart: scenario.restart,
            channel: Channel::new(build.security, CONNECT_TIMEOUT, random.fork()),
            random: random.fork(),
            state: State::DoRegistration,
            next_event: Some(now),
            last_update: None,
            last_transmission: now,
            retries: 0,
            retry_delay: 0,
            triggers_update: false,
            closes_socket: false,
            is_suspended: false,
            buffers: true,
            request: None,
            notification: None,
            queued: None,
            observers: Vec::new(),
            location: Vec::new(),
            message_id: random.u16(..),
            value,
            has_news: false,
        }
    }
}

impl Device for Engine {
    fn turn(&mut self, now: Instant) {
        if self.channel.handle_timeout(now).is_err() {
            self.connected(now, Err(TimedOut));
        }
        self.retransmit(now);
        self.serve(now);
        self.notify(now);
        self.serve(now);
    }

    fn handle_datagram(&mut self, now: Instant, port: u16, datagram: Datagram) {
        let was_open = self.channel.is_open();
        match self.channel.handle_datagram(now, port, datagram) {
            Some(message) => {
                if let Ok(packet) = Packet::from_bytes(&message) {
                    self.handle_message(now, &packet);
                }
            }
            None if !was_open && self.channel.is_open() => self.connected(now, Ok(())),
            None => {}
        }
    }

    fn measured(&mut self, now: Instant, value: Value) {
        self.value = value;
        self.has_news = !self.observers.is_empty();
        self.notify(now);
    }

    fn poll_transmit(&mut self) -> Option<(u16, Datagram)> {
        self.channel.poll_transmit()
    }

    fn poll_timeout(&self) -> Option<Instant> {
        let pending = [&self.request, &self.notification].into_iter().flatten();
        let retransmission = pending.map(|pending| pending.again_at).min();
        [self.next_event, retransmission, self.channel.poll_timeout()]
            .into_iter()
            .flatten()
            .min()
    }
}

/// The state machine of lwm2m_rd_client.c.
impl Engine {
    /// lwm2m_engine_service: each step that is due.
    fn serve(&mut self, now: Instant) {
        while self.next_event.take_if(|due| *due <= now).is_some() {
            self.step(now);
        }
    }

    /// lwm2m_rd_client_service.
    fn step(&mut self, now: Instant) {
        match self.state {
            // lwm2m_rd_client_start by the application, which knows nothing better than to try again.
            State::Stopped => {
                self.retries = 0;
                self.last_update = None;
                self.go(State::DoRegistration, now);
            }
            State::DoRegistration => self.do_registration(now),
            State::SendRegistration => self.send_register(now),
            State::Registered | State::RegisteredRxOff => self.registration_done(now),
            State::UpdateRegistration => self.update_registration(now),
            State::NetworkError => self.network_error(now),
            State::RegistrationSent | State::UpdateSent | State::Connecting(_) => {}
        }
    }

    /// set_sm_state: the next step is due at once.
    fn go(&mut self, state: State, now: Instant) {
        self.state = state;
        self.next_event = Some(now);
    }

    /// sm_do_registration: a socket that was suspended is closed and opened again, or goes on; otherwise
    /// observers and messages are forgotten, and the socket is connected anew.
    fn do_registration(&mut self, now: Instant) {
        if self.is_suspended {
            self.resume(now, Connected::RegisterAfterSleep);
            return;
        }
        self.last_update = None;
        self.forget();
        if mem::take(&mut self.closes_socket) {
            self.channel.close();
        }
        match self.channel.is_open() {
            true => self.channel.connect(now),
            false => self.channel.open(now),
        }
        self.connect(now, Connected::Register);
    }

    /// sm_registration_done.
    fn registration_done(&mut self, now: Instant) {
        let rx_off = self.last_transmission + self.uptime;
        if self.triggers_update || self.next_update() <= now {
            // A delay for an acknowledgement.
            self.go(State::UpdateRegistration, now + DELAY_FOR_ACK);
        } else if self.state == State::Registered && rx_off <= now {
            self.state = State::RegisteredRxOff;
            self.suspend();
            self.next_event = Some(self.next_update());
        } else if self.state == State::Registered {
            self.next_event = Some(self.next_update().min(rx_off));
        } else {
            self.next_event = Some(self.next_update());
        }
    }

    /// next_update: LWM2M_SECONDS_TO_UPDATE_EARLY before the lifetime ends; LWM2M_UPDATE_PERIOD is 0.
    fn next_update(&self) -> Instant {
        let last = self.last_update.unwrap_or_default();
        last + Duration::from_secs(LIFETIME - SECONDS_TO_UPDATE_EARLY)
    }

    /// sm_update_registration.
    fn update_registration(&mut self, now: Instant) {
        self.triggers_update = false;
        match self.is_suspended {
            true => self.resume(now, Connected::Update),
            false => self.send_update(now),
        }
    }

    /// sm_do_network_error: the first retry comes at once, the others after 1, 2, 4 and 8 s, and after
    /// LWM2M_RD_CLIENT_MAX_RETRIES of them the engine stops. A success starts that count anew, but not the
    /// wait that was next.
    fn network_error(&mut self, now: Instant) {
        self.channel.close();
        if self.retry_delay > 0 {
            let delay = mem::take(&mut self.retry_delay);
            self.next_event = Some(now + Duration::from_secs(delay));
            return;
        }
        self.retry_delay = 1 << self.retries;
        self.retries += 1;
        if self.retries > MAX_RETRIES {
            self.forget();
            self.state = State::Stopped;
            self.next_event = Some(now + self.restart);
            return;
        }
        let lifetime = Duration::from_secs(LIFETIME);
        match self.last_update {
            Some(last) if now <= last + lifetime => {
                self.channel.open(now);
                self.connect(now, Connected::UpdateAfterError);
            }
            _ => self.go(State::DoRegistration, now),
        }
    }

    /// Whether there is a registration, as sm_is_registered has it.
    fn is_registered(&self) -> bool {
        matches!(
            self.state,
            State::Registered
                | State::RegisteredRxOff
                | State::UpdateRegistration
                | State::UpdateSent
                | State::Connecting(Connected::Update | Connected::UpdateAfterError)
        )
    }

    /// lwm2m_rd_client_connection_resume, for a message while the receiver is off: where the socket stays
    /// open, or there is no DTLS, an Update goes before it; otherwise a Register.
    fn wake_up(&mut self, now: Instant) {
        if self.state != State::RegisteredRxOff {
            return;
        }
        let keeps = self.build.idle == Idle::StopPolling || self.build.security == Security::None;
        if !keeps {
            self.go(State::DoRegistration, now);
            return;
        }
        self.go(State::Registered, now);
        if self.build.sends_at_once {
            self.last_transmission = now;
        } else {
            self.triggers_update = true;
        }
    }
}

/// The socket (lwm2m_engine.c).
impl Engine {
    /// lwm2m_socket_suspend, lwm2m_close_socket.
    fn suspend(&mut self) {
        if self.build.idle == Idle::CloseSocket {
            self.channel.close();
        }
        self.is_suspended = true;
        self.buffers = true;
    }

    /// lwm2m_engine_connection_resume.
    fn resume(&mut self, now: Instant, then: Connected) {
        self.is_suspended = false;
        if self.build.idle == Idle::CloseSocket {
            self.channel.open(now);
        }
        self.connect(now, then);
    }

    /// lwm2m_socket_start, which waits for a handshake.
    fn connect(&mut self, now: Instant, then: Connected) {
        self.state = State::Connecting(then);
        if self.channel.is_open() {
            self.connected(now, Ok(()));
        }
    }

    fn connected(&mut self, now: Instant, result: Result<(), TimedOut>) {
        let State::Connecting(then) = self.state else {
            return;
        };
        match (result, then) {
            (Ok(()), Connected::Register | Connected::RegisterAfterSleep) => {
                self.send_register(now)
            }
            (Ok(()), Connected::Update) => self.send_update(now),
            (Ok(()), Connected::UpdateAfterError) => self.go(State::UpdateRegistration, now),
            // sm_update_registration, sm_do_registration.
            (Err(TimedOut), Connected::Update | Connected::RegisterAfterSleep) => {
                self.forget();
                self.go(State::DoRegistration, now);
            }
            (Err(TimedOut), _) => self.go(State::NetworkError, now),
        }
    }

    /// lwm2m_engine_context_close: observers are removed, and messages dropped.
    fn forget(&mut self) {
        self.observers.clear();
        self.request = None;
        self.notification = None;
        self.queued = None;
        self.has_news = false;
        self.is_suspended = false;
        self.buffers = true;
    }
}

/// Messages out (lwm2m_rd_client.c, sm_send_registration; lwm2m_message_handling.c).
impl Engine {
    fn send_register(&mut self, now: Instant) {
        let mut packet = self.request_to(&[b"rd".to_vec()]);
        packet.add_option_as(
            CoapOption::ContentFormat,
            OptionValueU32(LINK_FORMAT.into()),
        );
        for query in [
            "lwm2m=1.1",
            &format!("ep={ENDPOINT}"),
            &format!("lt={LIFETIME}"),
            "b=U",
            "Q",
        ] {
            packet.add_option(CoapOption::UriQuery, query.as_bytes().to_vec());
        }
        packet.payload = OBJECTS.to_vec();
        self.request = Some(self.confirmable(now, packet));
        self.state = State::RegistrationSent;
    }

    fn send_update(&mut self, now: Instant) {
        let location = self.location.clone();
        let packet = self.request_to(&location);
        self.request = Some(self.confirmable(now, packet));
        self.state = State::UpdateSent;
    }

    fn request_to(&mut self, path: &[Vec<u8>]) -> Packet {
        let mut packet = Packet::new();
        packet.header.code = MessageClass::Request(RequestType::Post);
        packet.header.message_id = self.next_id();
        // LWM2M_MSG_TOKEN_GENERATE_NEW.
        packet.set_token(self.random.u64(..).to_be_bytes().to_vec());
        for segment in path {
            packet.add_option(CoapOption::UriPath, segment.clone());
        }
        packet
    }

    /// check_notifications, generate_notify_message and lwm2m_information_interface_send.
    fn notify(&mut self, now: Instant) {
        let is_busy = self.notification.is_some() || self.queued.is_some();
        if !self.has_news || is_busy || !self.is_registered() {
            return;
        }
        let message_id = self.next_id();
        let Some(observer) = self.observers.last_mut() else {
            return;
        };
        self.has_news = false;
        observer.counter += 1;
        let (token, counter) = (observer.token.clone(), observer.counter);
        let mut packet = self.content(token, counter);
        packet.header.message_id = message_id;
        self.wake_up(now);
        if self.build.sends_at_once {
            self.is_suspended = false;
        } else if self.buffers {
            self.queued = Some(Pending::new(now, packet));
            return;
        }
        self.notification = Some(self.confirmable(now, packet));
    }

    /// lwm2m_push_queued_buffers.
    fn push_queued(&mut self, now: Instant) {
        self.buffers = false;
        if let Some(queued) = self.queued.take() {
            self.notification = Some(self.confirmable(now, queued.packet));
        }
    }

    fn content(&self, token: Vec<u8>, counter: u32) -> Packet {
        let mut packet = Packet::new();
        packet.header.code = MessageClass::Response(ResponseType::Content);
        packet.set_token(token);
        packet.set_observe_value(counter);
        let format = OptionValueU32(SENML_CBOR.into());
        packet.add_option_as(CoapOption::ContentFormat, format);
        let value = format::Value::Float(self.value.degrees());
        packet.payload =
            format::encode(SENML_CBOR, "/3303/0", &[(5700, value)]).unwrap_or_default();
        packet
    }

    /// subsys/net/lib/coap/coap.c: the first wait is COAP_INIT_ACK_TIMEOUT_MS to half as much again, each
    /// further one twice as long, COAP_MAX_RETRANSMIT times.
    fn confirmable(&mut self, now: Instant, mut packet: Packet) -> Pending {
        packet.header.set_type(MessageType::Confirmable);
        self.send(now, &packet);
        Pending {
            wait: Duration::from_millis(self.random.u64(2000..=3000)),
            ..Pending::new(now, packet)
        }
        .again(now)
    }

    fn send(&mut self, now: Instant, packet: &Packet) {
        self.last_transmission = now;
        self.channel
            .send(packet.to_bytes_unlimited().unwrap_or_default());
    }

    fn next_id(&mut self) -> u16 {
        self.message_id = self.message_id.wrapping_add(1);
        self.message_id
    }

    /// lwm2m_engine.c, retransmit_request. Nobody acknowledged: an Update becomes a Register over another
    /// socket, a Register an error of the network, a notification a Register.
    fn retransmit(&mut self, now: Instant) {
        if let Some(pending) = take_due(&mut self.request, now) {
            match (self.again(now, pending), self.state) {
                (Some(pending), _) => self.request = Some(pending),
                (None, State::UpdateSent) => {
                    self.closes_socket = true;
                    self.go(State::DoRegistration, now);
                }
                (None, _) => self.go(State::NetworkError, now),
            }
        }
        if let Some(pending) = take_due(&mut self.notification, now) {
            match self.again(now, pending) {
                Some(pending) => self.notification = Some(pending),
                // lwm2m_rd_client_timeout.
                None if self.is_registered() => self.go(State::DoRegistration, now),
                None => {}
            }
        }
    }

    fn again(&mut self, now: Instant, mut pending: Pending) -> Option<Pending> {
        pending.retries = pending.retries.checked_sub(1)?;
        pending.wait = pending.wait + pending.wait;
        self.send(now, &pending.packet);
        Some(pending.again(now))
    }
}

/// Messages in (lwm2m_message_handling.c, lwm2m_udp_receive).
impl Engine {
    fn handle_message(&mut self, now: Instant, packet: &Packet) {
        match (packet.header.get_type(), packet.header.code) {
            (_, MessageClass::Request(RequestType::Get)) => self.answer_observe(now, packet),
            (_, MessageClass::Response(code)) => {
                let is_it = |pending: &Pending| pending.packet.get_token() == packet.get_token();
                if self.request.as_ref().is_some_and(is_it) {
                    self.request = None;
                    self.answered(now, code, packet);
                }
            }
            (kind, _) => {
                let id = packet.header.message_id;
                let is_it = |pending: &mut Pending| pending.packet.header.message_id == id;
                let Some(pending) = self.notification.take_if(is_it) else {
                    return;
                };
                // notify_message_reply_cb.
                if kind == MessageType::Reset {
                    let token = pending.packet.get_token();
                    self.observers.retain(|observer| observer.token != token);
                }
            }
        }
    }

    /// do_registration_reply_cb and do_update_reply_cb.
    fn answered(&mut self, now: Instant, code: ResponseType, packet: &Packet) {
        match (self.state, code) {
            (State::RegistrationSent, ResponseType::Created) => {
                let location = packet.get_option(CoapOption::LocationPath);
                self.location = location.into_iter().flatten().cloned().collect();
                self.registered(now);
            }
            (State::UpdateSent, ResponseType::Changed) => self.registered(now),
            // sm_handle_registration_update_failure.
            (State::UpdateSent, _) => {
                self.forget();
                self.go(State::SendRegistration, now);
            }
            _ => self.go(State::NetworkError, now),
        }
    }

    fn registered(&mut self, now: Instant) {
        self.last_update = Some(now);
        self.retries = 0;
        self.push_queued(now);
        self.go(State::Registered, now);
    }

    fn answer_observe(&mut self, now: Instant, request: &Packet) {
        let token = request.get_token().to_vec();
        if self
            .observers
            .iter()
            .all(|observer| observer.token != token)
        {
            self.observers.push(Observer {
                token: token.clone(),
                counter: 0,
            });
        }
        let mut answer = self.content(token, 0);
        answer.header.set_type(MessageType::Acknowledgement);
        answer.header.message_id = request.header.message_id;
        self.send(now, &answer);
    }
}

impl Pending {
    fn new(now: Instant, packet: Packet) -> Self {
        Self {
            packet,
            again_at: now,
            wait: Duration::ZERO,
            retries: MAX_RETRANSMIT,
        }
    }

    fn again(self, now: Instant) -> Self {
        Self {
            again_at: now + self.wait,
            ..self
        }
    }
}

fn take_due(pending: &mut Option<Pending>, now: Instant) -> Option<Pending> {
    pending.take_if(|pending| pending.again_at <= now)
}

/// Kconfig, LWM2M_RD_CLIENT_MAX_RETRIES.
const MAX_RETRIES: u32 = 5;

/// Kconfig, LWM2M_SECONDS_TO_UPDATE_EARLY.
const SECONDS_TO_UPDATE_EARLY: u32 = 10;

/// lwm2m_rd_client.c, DELAY_FOR_ACK.
const DELAY_FOR_ACK: Duration = Duration::from_millis(100);

/// subsys/net/lib/coap/Kconfig, COAP_MAX_RETRANSMIT.
const MAX_RETRANSMIT: u32 = 4;

/// subsys/net/lib/sockets/Kconfig, NET_SOCKETS_CONNECT_TIMEOUT, which is a handshake's, too
/// (sockets_tls.c, ztls_connect_ctx).
const CONNECT_TIMEOUT: Duration = Duration::from_millis(3000);

/// The same objects as this client's, in its content format.
const OBJECTS: &[u8] = b"</>;ct=112,</1/0>,</3/0>,</3303/0>";

#[cfg(test)]
mod tests {
    use super::*;

    /// Six Registers, each sent five times, and no more until the application starts the engine again.
    #[test]
    fn it_stops_after_its_retries() {
        let scenario = Scenario::default();
        let build = Build {
            security: Security::None,
            idle: Idle::StopPolling,
            sends_at_once: false,
        };
        let start = (Instant::default(), Value::default());
        let mut engine = Engine::start(&scenario, build, start, &mut Rng::with_seed(1));
        let mut sent = 0;
        while engine.state != State::Stopped {
            engine.turn(engine.poll_timeout().expect("a deadline"));
            while engine.poll_transmit().is_some() {
                sent += 1;
            }
        }
        assert_eq!(sent, 6 * 5);
        // 62 to 93 s for each, and 31 s in between.
        let stopped_at = engine.poll_timeout().expect("a restart") - scenario.restart;
        let seconds = stopped_at.as_millis() / 1000;
        assert!((6 * 62 + 31..=6 * 93 + 31).contains(&seconds), "{seconds}");
    }
}
