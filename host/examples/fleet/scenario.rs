//! What happens to a fleet and its server, whatever the devices run.

use client_lite::{Duration, Instant};

#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    pub devices: u32,
    pub notice: Notice,
    /// Seconds in which the server answers nobody.
    pub outage: u32,
    /// Seconds that a registration lasts without an Update.
    pub lifetime: u32,
    pub server: ServerSettings,
    /// Seconds after the outage that are looked at.
    pub watch: u32,
    /// How long an application waits with a client that has given up.
    pub restart: Duration,
    /// How long the naive client waits after each failure.
    pub fixed: Duration,
    pub seed: u64,
}

/// When a device notices the outage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Notice {
    /// All lose their power at the outage's begin, and start again within [`START`].
    AtOnce,
    /// They are registered, and their Updates, spread over the lifetime, get no answer.
    Updates,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ServerSettings {
    /// Requests that it handles in a second; `None` for all that come.
    pub capacity: Option<u32>,
    pub refusal: Refusal,
    /// Whether it has no registrations after the outage.
    pub forgets: bool,
}

/// What becomes of a request that is over the capacity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Refusal {
    Silence,
    /// 5.03, with a Max-Age in seconds or none.
    Unavailable(Option<u32>),
}

impl Default for Scenario {
    fn default() -> Self {
        Self {
            devices: 10_000,
            notice: Notice::AtOnce,
            outage: 3600,
            lifetime: 86_400,
            server: ServerSettings {
                capacity: None,
                refusal: Refusal::Silence,
                forgets: false,
            },
            watch: 3 * 3600,
            restart: Duration::from_secs(3600),
            fixed: Duration::from_secs(60),
            seed: 1,
        }
    }
}

/// Seconds since the begin of time.
impl Scenario {
    /// Before, the devices that notice by their Updates register one by one.
    pub fn outage_start(&self) -> u32 {
        match self.notice {
            Notice::AtOnce => 0,
            Notice::Updates => self.lifetime,
        }
    }

    pub fn outage_end(&self) -> u32 {
        self.outage_start() + self.outage
    }

    pub fn end(&self) -> u32 {
        self.outage_end() + self.watch
    }

    /// A device begins to register at random before this.
    pub fn last_start(&self) -> Instant {
        match self.notice {
            Notice::AtOnce => Instant::default() + START,
            Notice::Updates => seconds(self.lifetime),
        }
    }
}

pub fn seconds(count: u32) -> Instant {
    Instant::from_millis(u64::from(count) * 1000)
}

/// How long devices take to start.
const START: Duration = Duration::from_secs(10);

/// There and back, as over NB-IoT. A second is also what the simulation goes on by: what is answered in
/// one has been asked in the one before.
pub const ROUND_TRIP: Duration = Duration::from_secs(1);

/// All devices have names of this length.
pub const ENDPOINT: &str = "fleet-0000000";
