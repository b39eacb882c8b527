//! The device against a server of the user's, with commands on standard input, until Ctrl-C.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};
use std::{io, process, thread};

use client_lite::{Config, Error, Event, Operation, State};
use client_lite_host::{Device, Handle};
use demo_server::cli::print;

use crate::board::{self, Board};
use crate::commands::{self, Outcome};
use crate::options::Settings;
use crate::timeline::Timeline;

/// Runs until the user ends it. The device de-registers then, if it can.
pub fn run(settings: &Settings) -> Result<(), String> {
    let (news, inbox) = mpsc::channel();
    watch_user(&news)?;
    let config = settings.config();
    let timeline = Arc::new(Timeline::new(&config.transmission));
    let to = format!("{} as {}", settings.uri, settings.endpoint);
    let aim = if settings.bootstrap {
        "bootstrap from"
    } else {
        "register with"
    };
    timeline.note(
        "device",
        &format!("will {aim} {to}; help lists commands, Ctrl-C ends"),
    );
    let retry_after = Duration::from_secs(settings.retry_after.into());
    let mut device = board::device(&timeline)?;
    if let Some(folder) = &settings.snapshots {
        device = device.keep_snapshots(folder);
    }
    live(device, config, retry_after, (news, &inbox), &timeline)
}

/// Runs the device of a configuration for as long as the inbox says.
fn live(
    device: Device<Board>,
    config: Config<'_>,
    retry_after: Duration,
    (news, inbox): (Sender<News>, &Receiver<News>),
    timeline: &Arc<Timeline>,
) -> Result<(), String> {
    let board = Board::new(timeline.clone(), move |event, state| {
        // Fails when the program is about to end.
        let _ = news.send(News::Event(event, state));
    });
    let patience = config.transmission.max_transmit_wait().as_millis();
    let session = Session {
        device: device.handle(),
        timeline,
        retry_after,
        patience: Duration::from_millis(patience),
        retry_at: None,
        closing: None,
    };
    thread::scope(|scope| {
        let running = scope.spawn(|| device.run(config, board));
        let handle = session.device.clone();
        handle.register();
        let ended = session.serve(inbox);
        handle.stop();
        match running.join() {
            Ok(Err(error)) => Err(format!("the device has stopped: {error}")),
            Ok(Ok(_)) => ended,
            Err(_) => Err("the device has stopped by a panic".into()),
        }
    })
}

enum News {
    /// With the device's state after it.
    Event(Event, State),
    Line(String),
    Interrupt,
}

/// Ctrl-C and lines become news, each by a thread. The end of standard input is none: a service has
/// no input.
fn watch_user(news: &Sender<News>) -> Result<(), String> {
    let interrupts = news.clone();
    ctrlc::set_handler(move || {
        let _ = interrupts.send(News::Interrupt);
    })
    .map_err(|error| format!("cannot watch for Ctrl-C: {error}"))?;
    let lines = news.clone();
    thread::spawn(move || {
        for line in io::stdin().lines() {
            if line.is_err() || line.is_ok_and(|line| lines.send(News::Line(line)).is_err()) {
                break;
            }
        }
    });
    Ok(())
}

struct Session<'s> {
    device: Handle<Board>,
    timeline: &'s Timeline,
    /// From an error that halts the device to its next attempt.
    retry_after: Duration,
    /// MAX_TRANSMIT_WAIT: how long the end may take.
    patience: Duration,
    retry_at: Option<Instant>,
    /// When the program ends, whatever has become of the registration.
    closing: Option<Instant>,
}

impl Session<'_> {
    /// Until the device is de-registered, or cannot be.
    fn serve(mut self, inbox: &Receiver<News>) -> Result<(), String> {
        loop {
            match self.next(inbox) {
                Ok(News::Event(event, state)) => {
                    if self.closing.is_some()
                        && let Some(ended) = end_of(&event)
                    {
                        return ended;
                    }
                    self.plan_retry(&event, state);
                }
                Ok(News::Line(line)) => self.perform(&line),
                Ok(News::Interrupt) => self.quit(),
                Err(RecvTimeoutError::Timeout) if self.closing.is_some() => {
                    return Err("the server was not told: it has not answered in time".into());
                }
                Err(RecvTimeoutError::Timeout) => self.retry(),
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
        }
    }

    fn next(&self, inbox: &Receiver<News>) -> Result<News, RecvTimeoutError> {
        match self.closing.or(self.retry_at) {
            Some(due) => inbox.recv_timeout(due.saturating_duration_since(Instant::now())),
            None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
        }
    }

    /// An error that halts may be a server's that is being repaired: one call is another try. What the
    /// user has ended stays so.
    fn plan_retry(&mut self, event: &Event, state: State) {
        let halting = match event {
            _ if state != State::Halted => false,
            Event::Error { operation, .. } => *operation != Operation::Deregister,
            _ => return,
        };
        self.retry_at = halting.then(|| Instant::now() + self.retry_after);
        if halting && self.closing.is_none() {
            let seconds = self.retry_after.as_secs();
            let text = format!("tries again in {seconds} s; register does so at once");
            self.timeline.note("device", &text);
        }
    }

    fn retry(&mut self) {
        self.retry_at = None;
        self.timeline.note("device", "tries again");
        self.device.with(|_, client, now| {
            // Unless the user has done so, or ended it.
            if client.state() == State::Halted {
                client.register(now);
            }
        });
    }

    fn perform(&mut self, line: &str) {
        let left = |at: Instant| at.saturating_duration_since(Instant::now()).as_millis() as u64;
        let retry = self
            .retry_at
            .map(left)
            .map(client_lite::Duration::from_millis);
        match commands::perform(&self.device, line, retry) {
            Ok(Outcome::Done) => {}
            Ok(Outcome::Quit) => self.quit(),
            Ok(Outcome::Text(text)) => print(&text),
            Err(wrong) => print(&format!("{wrong}\n")),
        }
    }

    /// De-registers, or ends at once the second time.
    fn quit(&mut self) {
        if self.closing.is_some() {
            process::exit(130);
        }
        self.closing = Some(Instant::now() + self.patience);
        // Where a Register is outstanding, its answer is waited for.
        let seconds = self.patience.as_secs();
        let text = format!("de-registers, and ends within {seconds} s; Ctrl-C again ends at once");
        self.timeline.note("device", &text);
        self.device.resume();
        self.device.close();
    }
}

/// What an event means for a program that is to end: nothing yet, or the result.
fn end_of(event: &Event) -> Option<Result<(), String>> {
    match event {
        Event::Deregistered => Some(Ok(())),
        // There was nothing to end.
        Event::Error {
            operation: Operation::Deregister,
            error: Error::NotRegistered,
            ..
        } => Some(Ok(())),
        Event::Error {
            operation: Operation::Deregister,
            detail,
            ..
        } => Some(Err(format!("the server was not told: {detail}"))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket;

    use client_lite::{Account, Transmission};
    use demo_server::{
        Event as ServerEvent, Operation as Asked, ResponseType, UdpConfig, UdpServer,
    };

    use super::*;

    /// Runs a device that the user interrupts when it has sent its Register, at a server that then
    /// sends what `answer` says.
    fn interrupted(
        answer: impl FnOnce(&[u8], &dyn Fn(&[u8])) + Send + 'static,
    ) -> Result<(), String> {
        let server = UdpSocket::bind("127.0.0.1:0").expect("binds");
        server.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        let uri = format!("coap://{}", server.local_addr().expect("an address"));
        let (news, inbox) = mpsc::channel();
        let interrupt = news.clone();
        let others = thread::spawn(move || {
            let mut register = [0; 1152];
            let (length, device) = server.recv_from(&mut register).expect("a Register");
            interrupt.send(News::Interrupt).expect("it runs");
            let send = |answer: &[u8]| {
                server.send_to(answer, device).expect("sends");
            };
            answer(&register[..length], &send);
            server
        });
        let mut config = Config::new("device", Account::new(&uri));
        // MAX_TRANSMIT_WAIT is 450 ms.
        config.transmission = Transmission {
            ack_timeout: client_lite::Duration::from_millis(100),
            max_retransmit: 1,
            ..Transmission::default()
        };
        let timeline = Arc::new(Timeline::new(&config.transmission));
        let device = board::device(&timeline).expect("a device");
        let ended = live(device, config, PATIENCE, (news, &inbox), &timeline);
        others.join().expect("no panic");
        ended
    }

    #[test]
    fn one_ctrl_c_ends_a_first_register_that_nobody_answers() {
        assert_eq!(interrupted(|_, _| {}), Ok(()));
    }

    #[test]
    fn it_ends_in_time_also_where_the_register_is_answered_late_and_nothing_after_it() {
        let ended = interrupted(|register, send| {
            let (id, token) = (&register[2..4], &register[4..8]);
            send(&[&[0x60, 0], id].concat());
            // The answer comes while the program can still wait, and the De-register's would not.
            thread::sleep(Duration::from_millis(300));
            send(&[&[0x54, 0x41, 0, 1], token, b"\x81a"].concat());
        });
        let why = "the server was not told: it has not answered in time";
        assert_eq!(ended, Err(why.into()));
    }

    #[test]
    fn a_device_that_a_server_has_refused_tries_again_by_itself() {
        let server = UdpServer::start(UdpConfig::default()).expect("a server");
        let refuse = |server: &mut demo_server::Server, _| {
            server.refuse(Asked::Register, ResponseType::Forbidden, None);
        };
        server.with(refuse);
        let uri = format!("coap://{}", server.local_addr());
        let (news, inbox) = mpsc::channel();
        let user = news.clone();
        let shop = thread::spawn(move || {
            let refused = |event: &ServerEvent| matches!(event, ServerEvent::Refused { .. });
            for _ in 0..2 {
                server.wait_for(refused, PATIENCE).expect("an attempt");
            }
            server.with(|server, _| server.allow(Asked::Register));
            let registered = |event: &ServerEvent| matches!(event, ServerEvent::Registered { .. });
            server
                .wait_for(registered, PATIENCE)
                .expect("a registration");
            user.send(News::Interrupt).expect("it runs");
            server
        });
        let config = Config::new("device", Account::new(&uri));
        let timeline = Arc::new(Timeline::new(&config.transmission));
        let retry_after = Duration::from_millis(10);
        let device = board::device(&timeline).expect("a device");
        let ended = live(device, config, retry_after, (news, &inbox), &timeline);
        let server = shop.join().expect("no panic");
        assert_eq!(ended, Ok(()));
        assert!(server.with(|server, _| server.client("device").is_none()));
    }

    #[test]
    fn what_the_user_has_ended_is_not_tried_again() {
        let device = Device::<Board>::new().expect("a device");
        let timeline = Timeline::new(&Transmission::default());
        let mut session = Session {
            device: device.handle(),
            timeline: &timeline,
            retry_after: PATIENCE,
            patience: PATIENCE,
            retry_at: None,
            closing: None,
        };
        let error = |operation, error| Event::Error {
            operation,
            error,
            detail: client_lite::Detail::NoRegistration,
        };
        let forbidden = error(Operation::Register, Error::InvalidParameters);
        session.plan_retry(&forbidden, State::Halted);
        assert!(session.retry_at.is_some());
        session.plan_retry(&Event::SendUnavailable, State::Halted);
        assert!(session.retry_at.is_some());
        let closed = error(Operation::Deregister, Error::NotRegistered);
        session.plan_retry(&closed, State::Halted);
        assert_eq!(session.retry_at, None);
        session.plan_retry(&forbidden, State::Halted);
        session.plan_retry(
            &Event::Registered(client_lite::RegisterReason::First),
            State::Registered,
        );
        assert_eq!(session.retry_at, None);
    }

    const PATIENCE: Duration = Duration::from_secs(30);
}
