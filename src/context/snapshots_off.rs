//! In place of `snapshots.rs` where a device does without the feature `snapshot`.

#[derive(Default)]
pub(crate) struct Snapshots {}

impl Snapshots {
    pub(crate) fn take_number(&mut self) -> bool {
        true
    }

    pub(crate) fn take_accounts(&mut self) -> bool {
        false
    }

    pub(crate) fn registered(&mut self) {}
}
