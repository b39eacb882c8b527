//! What the web page is told: what happens, from the newest past on.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use demo_server::{Event, UdpServer};

use crate::json;

/// The newest of what has happened, each a JSON text. Any number of pages follow it, at their own
/// pace.
#[derive(Default)]
pub struct News {
    recent: Mutex<Recent>,
    happened: Condvar,
}

#[derive(Default)]
struct Recent {
    told: VecDeque<Arc<str>>,
    /// How many were told before these.
    before: usize,
}

impl News {
    /// An event, and the line of the terminal that tells of it.
    pub fn tell(&self, server: &UdpServer, event: &Event, line: &str) {
        self.push(json::happening(server, event, line));
    }

    /// All devices, after a change that no event tells of.
    pub fn tell_devices(&self, server: &UdpServer) {
        self.push(json::devices(server));
    }

    /// Gives `page` one text after the other until it breaks off. The first one has all that a new page
    /// needs, and so has the next one for a page that was too slow. Where nothing happens, it is
    /// given an empty text now and then.
    pub fn follow(&self, server: &UdpServer, mut page: impl FnMut(&str) -> ControlFlow<()>) {
        let mut position = None;
        loop {
            let texts = self.next(server, &mut position);
            let broken_off = match texts.as_slice() {
                [] => page(""),
                texts => texts.iter().try_for_each(|text| page(text)),
            };
            if broken_off.is_break() {
                return;
            }
        }
    }

    /// What has been told from a position on, which moves behind it.
    fn next(&self, server: &UdpServer, position: &mut Option<usize>) -> Vec<Arc<str>> {
        let mut recent = self.lock();
        if *position == Some(recent.end()) {
            let waited = self.happened.wait_timeout(recent, KEEP_ALIVE);
            recent = waited.unwrap_or_else(|poisoned| poisoned.into_inner()).0;
        }
        let end = recent.end();
        let seen = position.and_then(|position| position.checked_sub(recent.before));
        *position = Some(end);
        match seen {
            Some(seen) => recent.told.range(seen..).cloned().collect(),
            None => {
                let told = recent.told.clone();
                drop(recent);
                vec![json::beginning(server, &told).into()]
            }
        }
    }

    fn push(&self, text: String) {
        let mut recent = self.lock();
        if recent.told.len() >= MOST_RECENT {
            recent.told.pop_front();
            recent.before += 1;
        }
        recent.told.push_back(text.into());
        self.happened.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Recent> {
        self.recent
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Recent {
    fn end(&self) -> usize {
        self.before + self.told.len()
    }
}

const MOST_RECENT: usize = 500;

/// How soon a page that has been closed is noticed.
const KEEP_ALIVE: Duration = Duration::from_secs(10);
