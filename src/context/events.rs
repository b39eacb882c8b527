//! What has happened, for the application and for support: events that wait, counters, and the newest
//! error.

use heapless::Deque;

use crate::coap::Message;
use crate::context::diagnostic::{Diagnostic, Diagnostics};
use crate::error::{Detail, Error, Operation};
use crate::event::{Counters, Event, LastError};
use crate::time::Instant;

/// The events that wait, and what is counted.
#[derive(Default)]
pub(crate) struct Events {
    queue: Deque<Event, 8>,
    pub(crate) counters: Counters,
    last_error: Option<LastError>,
    diagnostics: Diagnostics,
}

impl Events {
    /// Adds an event; of more than eight, the oldest goes.
    pub(crate) fn emit(&mut self, event: Event) {
        let failure = match event {
            Event::Error { detail, .. } | Event::SendFailed(detail) => Some(detail),
            _ => None,
        };
        if failure.is_some_and(|detail| !matches!(detail, Detail::Response(_))) {
            self.diagnostics.clear();
        }
        #[cfg(feature = "log")]
        match (event, self.diagnostics.get().filter(|_| failure.is_some())) {
            (Event::Error { .. }, Some(words)) => log::warn!("{event} {words}"),
            (Event::Error { .. }, None) => log::warn!("{event}"),
            (_, Some(words)) => log::info!("{event} {words}"),
            (_, None) => log::info!("{event}"),
        }
        if self.queue.is_full() {
            self.queue.pop_front();
            count(&mut self.counters.events_lost, 1);
        }
        let _ = self.queue.push_back(event);
    }

    /// Adds an error, which is also counted and kept.
    pub(crate) fn report(
        &mut self,
        operation: Operation,
        error: Error,
        detail: Detail,
        at: Instant,
    ) {
        count(&mut self.counters.errors, 1);
        self.last_error = Some(LastError {
            operation,
            error,
            detail,
            at,
        });
        self.emit(Event::Error {
            operation,
            error,
            detail,
        });
    }

    /// Keeps what an error response says in words, for the event that follows.
    pub(crate) fn keep_diagnostic(&mut self, response: &Message<'_>) {
        self.diagnostics.keep(response);
    }

    pub(crate) fn poll(&mut self) -> Option<Event> {
        self.queue.pop_front()
    }

    pub(crate) fn last_error(&self) -> Option<LastError> {
        self.last_error
    }

    pub(crate) fn diagnostic(&self) -> Option<Diagnostic<'_>> {
        self.diagnostics.get()
    }

    /// A datagram that was of no use.
    pub(crate) fn discard(&mut self) {
        count(&mut self.counters.discarded, 1);
    }
}

/// Counters wrap.
pub(crate) fn count(counter: &mut u32, by: usize) {
    *counter = counter.wrapping_add(by as u32);
}
