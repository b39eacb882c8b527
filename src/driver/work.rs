//! The client's side of the loop, whatever carries its datagrams.

use core::mem;

use super::application::{Application, Direction};
use super::snapshots::Snapshots;
use crate::client::Client;
use crate::time::{Duration, Instant, earliest};
use crate::transport::{Association, TransportError, TransportRequest};

pub(super) struct Work<'c> {
    pub(super) client: Client<'c>,
    /// The association that was asked for is neither there, nor has it failed.
    pub(super) is_opening: bool,
    sleep: Option<Sleep>,
    /// When the application wants its turn.
    poll_at: Option<Instant>,
    pub(super) snapshots: Snapshots<'c>,
}

/// In queue mode.
struct Sleep {
    /// How long datagrams are waited for after a message.
    after: Duration,
    /// When the last message came or went.
    awake_at: Instant,
    is_asleep: bool,
}

/// What the transport is to do next.
pub(super) enum Job<'c> {
    Send(&'c [u8]),
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
        self.sleep = self.client.is_in_queue_mode().then_some(Sleep {
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
        if let Some(length) = self.write_next(now, application) {
            self.stay_awake(now);
            let datagram = self.client.written(length);
            application.message(Direction::Out, datagram);
            return Some(Job::Send(datagram));
        }
        let request = self.client.poll_transport()?;
        self.is_opening = matches!(request, TransportRequest::Open { .. });
        Some(Job::Request(request))
    }

    /// Writes the next message, once what is due before is stored; its length.
    fn write_next<A: Application>(&mut self, now: Instant, application: &mut A) -> Option<usize> {
        let client = &mut self.client;
        self.snapshots.save(client, now, application);
        loop {
            let length = application.with_objects(|objects| client.write_next(now, objects));
            // A notification may wait for a snapshot.
            if length.is_some() || !self.snapshots.save(client, now, application) {
                return length;
            }
        }
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

    /// When the loop has something to do even where nothing comes. The client falls asleep where its
    /// time for that has come.
    pub(super) fn wait_until<A: Application>(
        &mut self,
        now: Instant,
        application: &mut A,
    ) -> Option<Instant> {
        let sleep_at = self.fall_asleep(now, application);
        earliest(earliest(self.client.poll_timeout(), self.poll_at), sleep_at)
    }

    /// Falls asleep where the time for that has come; the time, where it is yet to come.
    fn fall_asleep<A: Application>(
        &mut self,
        now: Instant,
        application: &mut A,
    ) -> Option<Instant> {
        let sleep = self.sleep.as_mut()?;
        let at = sleep.awake_at + sleep.after;
        let may_sleep = self.client.is_quiet();
        let was_asleep = sleep.is_asleep;
        sleep.is_asleep = may_sleep && at <= now;
        if sleep.is_asleep && !was_asleep {
            application.asleep();
        }
        (may_sleep && !sleep.is_asleep).then_some(at)
    }

    fn stay_awake(&mut self, now: Instant) {
        if let Some(sleep) = &mut self.sleep {
            sleep.awake_at = now;
            sleep.is_asleep = false;
        }
    }
}
