//! In place of `power.rs` where a device does without the feature `snapshot`.

use client_lite::Association;

use super::World;

pub enum Flash {}

impl World {
    pub(super) fn save(&mut self) -> Option<bool> {
        Some(false)
    }

    pub(super) fn has_power(&self) -> bool {
        true
    }

    pub(super) fn announce(&mut self, _: &[u8]) -> Option<bool> {
        Some(false)
    }

    pub(super) fn restored_port(&self) -> Option<u16> {
        None
    }

    pub(super) fn note_association(&mut self, association: Association) {
        let time = self.device_time();
        self.client.handle_connected(time, association);
    }
}
