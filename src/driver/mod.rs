//! The loop around a client: what it wants is carried out over a [`Transport`], and its
//! [`Application`] is told what happens.
//!
//! A platform has the two traits, and a loop that waits:
//!
//! ```
//! use client_lite::driver::{Application, Driver, Transport};
//! # use client_lite::Instant;
//!
//! fn run(
//!     mut driver: Driver<'_, impl Transport>,
//!     mut application: impl Application,
//!     wait: fn(Option<Instant>),
//! ) -> ! {
//!     loop {
//!         driver.turn(&mut application);
//!         // For a datagram, the result of opening, a command of the application, or the time.
//!         wait(driver.wait_until(&mut application));
//!         for _ in 0..16 {
//!             if !driver.receive(&mut application) {
//!                 break;
//!             }
//!         }
//!     }
//! }
//! ```
//!
//! Commands are methods of [`Driver::client_mut`].

mod application;
#[cfg(feature = "embedded-nal-async")]
mod nal;
#[cfg_attr(not(feature = "snapshot"), path = "snapshots_off.rs")]
mod snapshots;
mod transport;
mod work;

pub use application::{Application, Direction};
pub use embedded_io::ErrorKind;
#[cfg(feature = "embedded-nal-async")]
pub use nal::{AsyncDriver, Clock};
pub use transport::Transport;

use work::{Job, Work};

use crate::client::Client;
use crate::feature;
use crate::time::{Duration, Instant, earliest};
use crate::transport::{ReleaseAssistance, TransportError, TransportRequest};

/// A client and its transport.
pub struct Driver<'c, T> {
    work: Work<'c>,
    transport: T,
    /// The association was lost while nobody listened.
    lost: Option<TransportError>,
}

impl<'c, T: Transport> Driver<'c, T> {
    /// A driver that does nothing before the first [`turn`](Self::turn).
    pub fn new(client: Client<'c>, transport: T) -> Self {
        Self {
            work: Work::new(client),
            transport,
            lost: None,
        }
    }

    /// In queue mode, stops listening so long after the last message, at which the server counts the
    /// device as gone (93 s by default, LwM2M Core 1.1, 6.5); without this it listens all the time.
    pub fn sleep_after(&mut self, after: Duration) {
        self.work.sleep_after(after, self.transport.now());
    }

    /// Whether nobody listens: in queue mode the server does not speak before the device does.
    pub fn is_asleep(&self) -> bool {
        self.work.is_asleep()
    }

    /// For its state.
    pub fn client(&self) -> &Client<'c> {
        &self.work.client
    }

    /// For commands; what they lead to is done in the next [`turn`](Self::turn).
    pub fn client_mut(&mut self) -> &mut Client<'c> {
        &mut self.work.client
    }

    /// For what the platform itself does with it.
    pub fn transport_mut(&mut self) -> &mut T {
        &mut self.transport
    }

    /// Takes one datagram and does all that it leads to; whether there may be more. Who gives other
    /// work its turn in between is not held up by a flood.
    pub fn receive<A: Application>(&mut self, application: &mut A) -> bool {
        let now = self.transport.now();
        match self.transport.receive() {
            Ok(None) => return self.receive_former(now, application),
            Ok(Some(datagram)) => self.work.handle_datagram(now, datagram, application),
            Err(error) => {
                self.transport.close();
                if self.is_asleep() {
                    // The next message finds out.
                    self.lost = Some(error.into());
                    return false;
                }
                self.work.handle_connection(now, Err(error.into()));
            }
        }
        self.settle(application);
        true
    }

    /// Takes one datagram of the association with the bootstrap server that the client has left.
    fn receive_former<A: Application>(&mut self, now: Instant, application: &mut A) -> bool {
        let Some(datagram) = self.transport.receive_former() else {
            return false;
        };
        application.message(Direction::In, datagram);
        let response = self.work.client.handle_former_datagram(now, datagram);
        if let Some(response) = response {
            application.message(Direction::Out, response);
            self.transport.send_former(response);
        }
        true
    }

    /// Does what is due, has the application [polled](Application::poll), and does all that the client
    /// wants after that and after commands.
    pub fn turn<A: Application>(&mut self, application: &mut A) {
        self.handle_timeout(application);
        self.work.poll(self.transport.now(), application);
        self.settle(application);
    }

    /// Does what is due, and all that the client wants: a [`turn`](Self::turn) without the application,
    /// for a device with several clients.
    pub fn handle_timeout<A: Application>(&mut self, application: &mut A) {
        self.transport.handle_timeout();
        self.work.handle_timeout(self.transport.now());
        self.settle(application);
    }

    /// Until when the loop may wait, after a [`turn`](Self::turn); for ever where there is no time. In
    /// queue mode the device falls asleep here.
    pub fn wait_until<A: Application>(&mut self, application: &mut A) -> Option<Instant> {
        if self.work.falls_asleep(self.transport.now()) {
            if feature::ReleaseAssistance::IS_ON {
                self.transport.assist_release(ReleaseAssistance::NoData);
            }
            // Who drops the link now drops it behind that.
            application.asleep();
        }
        earliest(self.work.wait_until(), self.transport.poll_timeout())
    }

    /// Does all that the client wants, and reports to the application what happens; whether anything has.
    pub fn settle<A: Application>(&mut self, application: &mut A) -> bool {
        let mut has_reported = false;
        loop {
            let former_until = self.work.client.former_until();
            let endpoints = self.work.restored_endpoints();
            let mut result = None;
            while let Some(job) = self.work.next(self.transport.now(), application) {
                match job {
                    Job::Send(datagram, expected) => {
                        if let Some(expected) = expected {
                            self.transport.assist_release(expected);
                        }
                        let lost = self.lost.take().map_or(Ok(()), Err);
                        let sent = lost.and_then(|()| Ok(self.transport.send(datagram)?));
                        if let Err(error) = sent {
                            self.transport.close();
                            result = Some(Err(error));
                        }
                    }
                    Job::Request(TransportRequest::Open { account, renew }) => {
                        self.lost = None;
                        if let Some(until) = former_until {
                            self.transport.keep_former(until);
                        }
                        if let Some(endpoints) = endpoints {
                            self.transport.go_on_between(endpoints);
                        }
                        result = self.transport.open(account, renew).transpose();
                        if let Some(Err(_)) = result {
                            self.transport.close();
                        }
                    }
                    Job::Request(TransportRequest::Close) => {
                        self.lost = None;
                        self.transport.close();
                        result = None;
                    }
                }
            }
            has_reported |= self.work.report_events(application);
            if self.work.take_given_up() {
                self.transport.close();
            }
            let Some(result) = result.or_else(|| self.transport.poll_connection()) else {
                return has_reported;
            };
            self.work.handle_connection(self.transport.now(), result);
            self.work.note_endpoints(|| self.transport.endpoints());
        }
    }
}
