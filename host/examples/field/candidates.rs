//! Who goes through the scenario.

use client_lite::{Notifications, Storage};
use fastrand::Rng;

use crate::channel::Security;
use crate::client::ClientLite;
use crate::engine::{Build, Engine, Idle};
use crate::field::{Field, Results};
use crate::flash::Flash;
use crate::scenario::Scenario;

pub struct Candidate {
    pub name: &'static str,
    software: Software,
}

enum Software {
    ClientLite(Security, Notifications, Memory),
    Engine(Build),
}

/// What a reboot leaves of the client.
#[derive(Clone, Copy)]
enum Memory {
    Snapshots,
    Nothing,
}

impl Candidate {
    pub fn run(&self, scenario: &Scenario) -> Results {
        let mut random = Rng::with_seed(scenario.seed);
        let security = match self.software {
            Software::ClientLite(security, ..) => security,
            Software::Engine(build) => build.security,
        };
        let mut field = Field::new(scenario, security, &mut random);
        let mut flash = Flash::default();
        for until in scenario.reboots().chain([scenario.end()]) {
            let start = (field.now, field.value);
            match self.software {
                Software::ClientLite(security, notifications, memory) => {
                    let flash = match memory {
                        Memory::Snapshots => Some(&mut flash),
                        Memory::Nothing => None,
                    };
                    let mut storage = <Storage>::new();
                    let mut device = ClientLite::start(
                        scenario,
                        security,
                        notifications,
                        &mut storage,
                        flash,
                        start,
                        &mut random,
                    );
                    field.run(&mut device, until);
                }
                Software::Engine(build) => {
                    let mut device = Engine::start(scenario, build, start, &mut random);
                    field.run(&mut device, until);
                }
            }
        }
        field.results(flash.writes)
    }
}

pub const CANDIDATES: [Candidate; 8] = [
    Candidate {
        name: "this client",
        software: Software::ClientLite(
            Security::None,
            Notifications::NonConfirmable,
            Memory::Snapshots,
        ),
    },
    Candidate {
        name: "this client, notifications acknowledged",
        software: Software::ClientLite(
            Security::None,
            Notifications::Confirmable,
            Memory::Snapshots,
        ),
    },
    Candidate {
        name: "this client, nothing kept over a reboot",
        software: Software::ClientLite(
            Security::None,
            Notifications::NonConfirmable,
            Memory::Nothing,
        ),
    },
    Candidate {
        name: "this client, DTLS with a connection id",
        software: Software::ClientLite(
            Security::ConnectionId,
            Notifications::NonConfirmable,
            Memory::Snapshots,
        ),
    },
    Candidate {
        name: "Zephyr's engine",
        software: Software::Engine(ENGINE),
    },
    Candidate {
        name: "Zephyr's engine, sends at once",
        software: Software::Engine(Build {
            sends_at_once: true,
            ..ENGINE
        }),
    },
    Candidate {
        name: "Zephyr's engine, DTLS with a connection id",
        software: Software::Engine(Build {
            security: Security::ConnectionId,
            ..ENGINE
        }),
    },
    Candidate {
        name: "Zephyr's engine, DTLS, closes when idle",
        software: Software::Engine(Build {
            security: Security::Dtls,
            idle: Idle::CloseSocket,
            ..ENGINE
        }),
    },
];

const ENGINE: Build = Build {
    security: Security::None,
    idle: Idle::StopPolling,
    sends_at_once: false,
};
