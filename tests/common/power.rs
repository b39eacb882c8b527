//! Devices that keep snapshots, and lose their power.

use std::net::{Ipv4Addr, SocketAddr};

use client_lite::{
    Association, Client, Config, Duration, Endpoints, Instant, Memory, Restored, Storage,
};

use super::World;
pub use super::flash::Flash;
use super::world::leak;

/// Snapshots.
impl World {
    /// The device keeps snapshots from here on. Its clock outlives a loss of power.
    pub fn keep_snapshots(&mut self) -> Restored {
        self.keep_snapshots_in(Flash::default())
    }

    pub fn keep_snapshots_in(&mut self, flash: Flash) -> Restored {
        self.flash = Some(flash);
        self.tell_time();
        self.restore()
    }

    /// The power goes, and comes back after a while. The device has registered again by itself; what
    /// happens next is up to the test.
    pub fn restart(&mut self, away: Duration) -> Restored {
        self.restart_in(away, leak(<Storage>::new()))
    }

    /// With a storage of other sizes.
    pub fn restart_in(&mut self, away: Duration, memory: impl Into<Memory<'static>>) -> Restored {
        self.power_off(away, memory);
        let restored = self.restore();
        self.register();
        restored
    }

    /// From the next restart on the device is configured so.
    pub fn reconfigure(&mut self, change: impl FnOnce(&mut Config<'static>)) {
        change(&mut self.config);
    }

    /// The power goes, and comes back after a while. The device has done nothing yet.
    pub fn power_off(&mut self, away: Duration, memory: impl Into<Memory<'static>>) {
        self.transport.lose_power();
        let entropy = self.entropy();
        // Nothing that is in the air reaches it, and it does nothing.
        self.client = Client::new(self.config.clone(), memory, entropy);
        if let Some(flash) = &mut self.flash {
            flash.power = None;
        }
        self.run_for(away);
        self.set_device_time(Instant::from_millis(0));
    }

    pub fn restore(&mut self) -> Restored {
        self.tell_time();
        let time = self.device_time();
        let flash = self.flash.as_mut().expect("a flash");
        self.client.restore(time, flash, &mut self.objects.list())
    }

    fn tell_time(&mut self) {
        let now = self.now.as_millis();
        if let Some(flash) = &mut self.flash {
            flash.time = self.birth.map(|birth| birth + now);
        }
    }

    pub(super) fn has_power(&self) -> bool {
        !self.flash.as_ref().is_some_and(Flash::is_off)
    }

    /// Stores what is due; whether there was something, or `None` where the device has no power.
    pub(super) fn save(&mut self) -> Option<bool> {
        self.tell_time();
        let time = self.device_time();
        let Some(flash) = &mut self.flash else {
            return Some(false);
        };
        let objects = &mut self.objects.list();
        let is_due = !flash.is_off() && self.client.is_snapshot_due(objects);
        if is_due {
            let saved = self.client.save(time, flash, objects);
            assert_eq!(saved.is_err(), flash.is_off() || flash.is_broken);
            assert!(!self.client.is_snapshot_due(objects), "it is due once");
        }
        (!flash.is_off()).then_some(is_due)
    }

    /// What must not run twice is stored before it is carried out; `None` where the device has no power.
    pub(super) fn announce(&mut self, datagram: &[u8]) -> Option<bool> {
        if self.flash.is_some() {
            let time = self.device_time();
            let objects = &mut self.objects.list();
            self.client.announce(time, datagram, objects);
        }
        self.save()
    }

    /// The port of the registration from before a loss of power.
    pub(super) fn restored_port(&self) -> Option<u16> {
        Some(self.client.restored_endpoints()?.local.port())
    }

    pub(super) fn note_association(&mut self, association: Association) {
        let is_secure = self.transport.is_secure();
        let address = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let endpoints = Endpoints {
            local: address(self.transport.port()),
            remote: address(5683),
        };
        if association == Association::Continued
            && let Some(restored) = self.client.restored_endpoints()
        {
            assert_eq!(restored, endpoints);
        }
        let endpoints = (!is_secure).then_some(endpoints);
        let time = self.device_time();
        self.client.handle_connected(time, association);
        self.client.set_endpoints(endpoints);
    }
}
