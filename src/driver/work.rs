//! The client's side of the loop, whatever carries its datagrams.

use core::mem;

use super::application::{Application, Direction};
use super::snapshots::Snapshots;
use crate::client::Client;
use crate::feature;
use crate::time::{Duration, Instant, earliest};
use crate::transport::{Association, ReleaseAssistance, TransportError, TransportRequest};

pub(super) struct Work<'c> {
    pub(super) client: Client<'c>,
    /// The association that was asked for is neither there, nor has it failed.
    pub(super) is_opening: bool,
    /// `None` where the platform listens all the time.
    sleep: Option<Sleep>,
    /// When the application wants its turn.
    poll_at: Option<Instant>,
    pub(super) snapshots: Snapshots<'c>,
}

/// What there is to know of the sleep of a device in queue mode.
struct Sleep {
    /// How long datagrams are waited for after a message.
    after: Duration,
    /// When the last message came or went.
    awake_at: Instant,
    is_asleep: bool,
}

/// What the transport is to do next.
pub(super) enum Job<'c> {
    /// The datagram, and what the network is to be told of what follows.
    Send(&'c [u8], Option<ReleaseAssistance>),
    Request(TransportRequest<'c>),
}

impl<'c> Work<'c> {
    pub(super) fn new(client: Client<'c>) -> Self {
        Self {
            client,
            is_opening: false,
            sleep: None,
            poll_at: None,
            snapshots: Snapshots::NONE,
        }
    }

    pub(super) fn sleep_after(&mut self, after: Duration, now: Instant) {
        self.sleep = Some(Sleep {
            after,
            awake_at: now,
            is_asleep: false,
        });
    }

    pub(super) fn is_asleep(&self) -> bool {
        self.sleep.as_ref().is_some_and(|sleep| sleep.is_asleep)
    }

    /// The next thing that the client wants: a response may be the last message over an association
    /// that it then closes.
    pub(super) fn next<A: Application>(
        &mut self,
        now: Instant,
        application: &mut A,
    ) -> Option<Job<'_>> {
        let is_response = self.client.has_response();
        if let Some(length) = self.write_next(now, application) {
            self.stay_awake(now);
            if self.sleeps() {
                self.client.radio_on(now);
            }
            let assists = feature::ReleaseAssistance::IS_ON && self.sleeps();
            let expected = assists.then(|| self.client.expects(length, is_response));
            let datagram = self.client.written(length);
            application.message(Direction::Out, datagram);
            return Some(Job::Send(datagram, expected));
        }
        let request = self.client.poll_transport()?;
        self.is_opening = matches!(request, TransportRequest::Open { .. });
        Some(Job::Request(request))
    }

    /// Writes the next message, once what is due before is stored; its length.
    fn write_next<A: Application>(&mut self, now: Instant, application: &mut A) -> Option<usize> {
        let client = &mut self.client;
        // Behind what is due at first, a notification may wait for another snapshot.
        for _ in 0..2 {
            let length = application.with_objects(|objects| client.write_next(now, objects));
            if length.is_some() || !self.snapshots.save(client, now, application) {
                return length;
            }
        }
        application.with_objects(|objects| client.write_next(now, objects))
    }

    /// Reports to the application what has happened; whether there was anything.
    pub(super) fn report_events<A: Application>(&mut self, application: &mut A) -> bool {
        let mut any = false;
        while let Some(event) = self.client.poll_event() {
            any = true;
            application.event(event, &self.client);
        }
        any
    }

    pub(super) fn handle_datagram<A: Application>(
        &mut self,
        now: Instant,
        datagram: &[u8],
        application: &mut A,
    ) {
        if self.is_asleep() {
            // Nobody listens, but what comes would hold the stack's memory until the next message.
            return self.client.discard(datagram);
        }
        application.message(Direction::In, datagram);
        let client = &mut self.client;
        self.snapshots.announce(client, now, datagram, application);
        application.with_objects(|objects| client.handle_datagram(now, datagram, objects));
        self.stay_awake(now);
    }

    pub(super) fn handle_connection(
        &mut self,
        now: Instant,
        result: Result<Association, TransportError>,
    ) {
        self.is_opening = false;
        match result {
            Ok(association) => self.client.handle_connected(now, association),
            Err(error) => self.client.handle_failure(now, error),
        }
    }

    /// Whether what is being opened is to be given up, once: a paused client would not take the result
    /// in, and asks again when it resumes.
    pub(super) fn take_given_up(&mut self) -> bool {
        self.client.is_paused() && mem::take(&mut self.is_opening)
    }

    pub(super) fn handle_timeout(&mut self, now: Instant) {
        if self.client.poll_timeout().is_some_and(|due| due <= now) {
            self.client.handle_timeout(now);
        }
    }

    pub(super) fn poll<A: Application>(&mut self, now: Instant, application: &mut A) {
        self.poll_at = application.poll(&mut [&mut self.client], now);
    }

    /// Whether the client falls asleep now, which is said once.
    pub(super) fn falls_asleep(&mut self, now: Instant) -> bool {
        let is_asleep = self.sleep_at().is_some_and(|at| at <= now);
        let Some(sleep) = &mut self.sleep else {
            return false;
        };
        !mem::replace(&mut sleep.is_asleep, is_asleep) && is_asleep
    }

    /// When the loop has something to do even where nothing comes.
    pub(super) fn wait_until(&self) -> Option<Instant> {
        let sleep_at = self.sleep_at().filter(|_| !self.is_asleep());
        earliest(earliest(self.client.poll_timeout(), self.poll_at), sleep_at)
    }

    /// When nobody needs to listen any longer, unless a message comes or goes before.
    fn sleep_at(&self) -> Option<Instant> {
        let sleep = self.sleep.as_ref()?;
        let may_sleep = self.client.is_in_queue_mode() && self.client.is_quiet();
        may_sleep.then(|| sleep.awake_at + sleep.after)
    }

    /// Whether the device sleeps when there is time for that.
    fn sleeps(&self) -> bool {
        self.sleep.is_some() && self.client.is_in_queue_mode()
    }

    fn stay_awake(&mut self, now: Instant) {
        if let Some(sleep) = &mut self.sleep {
            sleep.awake_at = now;
            sleep.is_asleep = false;
        }
    }
}
