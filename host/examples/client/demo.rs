//! The whole life of a registration, between this device and a server in the same process.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use client_lite::{Account, Config, Event, Path, RegisterReason};
use client_lite_host::Handle;
use demo_server::cli::print;
use demo_server::{Error, Event as ServerEvent, Response, Timing, UdpConfig, UdpServer, format};

use crate::board::{self, Board, PRESSES, TEMPERATURE};
use crate::timeline::Timeline;

/// Shows it, and fails with the first thing that did not happen.
pub fn run() -> Result<(), String> {
    let server =
        start_server().map_err(|error| format!("cannot start the demo server: {error}"))?;
    let uri = format!("coap://{}", server.local_addr());
    let mut config = Config::new(ENDPOINT, Account::new(&uri));
    config.lifetime = 300;
    config.device.manufacturer = "Client Lite";
    config.device.model = "example";

    let timeline = Arc::new(Timeline::new(&config.transmission));
    timeline.note("server", &format!("listens on {uri}"));
    let (sender, events) = mpsc::channel();
    let board = Board::new(timeline.clone(), move |event, _| {
        // Fails when the demo has ended.
        let _ = sender.send(event);
    });
    let device = board::device(&timeline)?;
    let story = Story {
        device: device.handle(),
        events,
        server,
        timeline,
        deadline: Instant::now() + PATIENCE,
    };
    thread::scope(|scope| {
        let running = scope.spawn(|| device.run(config, board));
        let told = story.tell();
        story.device.stop();
        match running.join() {
            Ok(Err(error)) => Err(format!("the device has stopped: {error}")),
            Ok(Ok(_)) => told,
            Err(_) => Err("the device has stopped by a panic".into()),
        }
    })?;
    story.sum_up();
    Ok(())
}

struct Story {
    device: Handle<Board>,
    events: Receiver<Event>,
    server: UdpServer,
    timeline: Arc<Timeline>,
    deadline: Instant,
}

impl Story {
    fn tell(&self) -> Result<(), String> {
        self.timeline.note("device", "registers");
        self.device.register();
        self.expect(Event::Registered(RegisterReason::First))?;
        self.expect_at_server("Registered", |event| {
            matches!(event, ServerEvent::Registered { .. })
        })?;

        self.ask("discovers /3303", |server, now| {
            server.discover(now, ENDPOINT, "/3303")
        })?;
        self.ask("reads /3/0", |server, now| {
            server.read(now, ENDPOINT, "/3/0", None)
        })?;
        let read = self.ask("reads the temperature", |server, now| {
            server.read(now, ENDPOINT, &TEMPERATURE.to_string(), Some(format::TEXT))
        })?;
        holds(TEMPERATURE, 21.5, read.content_format, &read.payload)?;
        let observed = self.ask("observes the temperature", |server, now| {
            server.observe(now, ENDPOINT, &TEMPERATURE.to_string(), None)
        })?;
        if observed.observe.is_none() {
            return Err(
                "the device answered the temperature but does not let it be observed".into(),
            );
        }

        for degrees in [22.5, 23.25] {
            self.timeline
                .note("device", &format!("measures {degrees} Cel"));
            self.device
                .change(TEMPERATURE, move |board| board.temperature.value = degrees);
            self.expect_notification(degrees)?;
        }
        self.timeline.note("device", "has its button pressed");
        self.device
            .change(PRESSES, |board| board.button.presses += 1);
        self.expect_send(1.0)?;

        self.ask("cancels its observation", |server, now| {
            server.cancel(now, ENDPOINT, &TEMPERATURE.to_string())
        })?;
        self.timeline.note("device", "updates its registration");
        self.device.update();
        self.expect(Event::Updated)?;
        self.expect_at_server("Updated", |event| {
            matches!(event, ServerEvent::Updated { .. })
        })?;

        self.timeline.note("device", "de-registers");
        self.device.close();
        self.expect(Event::Deregistered)?;
        if self
            .server
            .with(|server, _| server.client(ENDPOINT).is_some())
        {
            return Err("the server still has the registration".into());
        }
        Ok(())
    }

    fn sum_up(&self) {
        let totals = self.timeline.totals();
        let requests: Vec<_> = totals
            .requests
            .iter()
            .map(|(kind, bytes)| format!("{kind} {bytes} B"))
            .collect();
        print(&format!(
            "\nAll as expected, in {:.3} s: {} messages with {} B sent, {} with {} B received.\n{}.\n",
            self.timeline.elapsed().as_secs_f64(),
            totals.sent.0,
            totals.sent.1,
            totals.received.0,
            totals.received.1,
            requests.join(", "),
        ));
    }

    /// The device's next event must be this one.
    fn expect(&self, expected: Event) -> Result<(), String> {
        match self.events.recv_timeout(self.left()) {
            Ok(event) if event == expected => Ok(()),
            Ok(event) => Err(format!("expected the event {expected:?} but got {event:?}")),
            Err(_) => Err(format!(
                "the event {expected:?} did not come within {PATIENCE:?}"
            )),
        }
    }

    fn expect_at_server(
        &self,
        what: &str,
        wanted: impl FnMut(&ServerEvent) -> bool,
    ) -> Result<ServerEvent, String> {
        self.server
            .wait_for(wanted, self.left())
            .ok_or_else(|| format!("the server did not see {what} within {PATIENCE:?}"))
    }

    fn expect_notification(&self, degrees: f64) -> Result<(), String> {
        let is_notification =
            |event: &ServerEvent| matches!(event, ServerEvent::Notification { .. });
        let event = self.expect_at_server("a notification", is_notification)?;
        let ServerEvent::Notification {
            content_format,
            payload,
            ..
        } = event
        else {
            return Ok(());
        };
        holds(TEMPERATURE, degrees, content_format, &payload)
    }

    fn expect_send(&self, presses: f64) -> Result<(), String> {
        let is_send = |event: &ServerEvent| matches!(event, ServerEvent::Send { .. });
        let event = self.expect_at_server("a Send", is_send)?;
        let ServerEvent::Send {
            content_format,
            payload,
            ..
        } = event
        else {
            return Ok(());
        };
        holds(PRESSES, presses, content_format, &payload)
    }

    /// Has the server ask the device; the answer must be a success.
    fn ask(
        &self,
        what: &str,
        request: impl FnOnce(
            &mut demo_server::Server,
            Duration,
        ) -> Result<demo_server::RequestId, Error>,
    ) -> Result<Response, String> {
        self.timeline.note("server", what);
        match self.server.ask(request) {
            Ok(response) if response.is_success() => Ok(response),
            Ok(response) => Err(format!("the server {what}, and the answer is {response}")),
            Err(error) => Err(format!("the server {what}, but: {error}")),
        }
    }

    fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}

/// Whether a payload has this value at this path, and no other.
fn holds(path: Path, expected: f64, format: Option<u16>, payload: &[u8]) -> Result<(), String> {
    let path = path.to_string();
    let entries = format::decode(&path, format, payload)
        .map_err(|error| format!("the server cannot read the value of {path}: {error}"))?;
    match entries.as_slice() {
        [entry] if entry.path == path && entry.value.as_float() == Some(expected) => Ok(()),
        _ => {
            let got: Vec<_> = entries.iter().map(ToString::to_string).collect();
            let got = got.join(", ");
            Err(format!(
                "the server expected {path} = {expected} but got {got}"
            ))
        }
    }
}

fn start_server() -> std::io::Result<UdpServer> {
    let mut config = UdpConfig::default();
    // On loopback nothing is lost; what is not answered soon never will be.
    config.server.timing = Timing {
        ack_timeout: Duration::from_millis(500),
        max_retransmit: 1,
        ..Timing::default()
    };
    UdpServer::start(config)
}

const ENDPOINT: &str = "client-lite-example";

/// For the whole demo.
const PATIENCE: Duration = Duration::from_secs(8);
