//! In place of `snapshots.rs` where a device does without the feature `snapshot`.

use core::marker::PhantomData;

use super::application::Application;
use super::work::Work;
use crate::client::Client;
use crate::time::Instant;
use crate::transport::Endpoints;

pub(super) struct Snapshots<'c>(PhantomData<&'c ()>);

impl Snapshots<'_> {
    pub(super) const NONE: Self = Self(PhantomData);

    pub(super) fn save<A: Application>(
        &mut self,
        _: &mut Client<'_>,
        _: Instant,
        _: &mut A,
    ) -> bool {
        false
    }

    pub(super) fn announce<A: Application>(
        &mut self,
        _: &mut Client<'_>,
        _: Instant,
        _: &[u8],
        _: &mut A,
    ) {
    }
}

impl Work<'_> {
    pub(super) fn restored_endpoints(&self) -> Option<Endpoints> {
        None
    }

    pub(super) fn note_endpoints(&mut self, _: impl FnOnce() -> Option<Endpoints>) {}
}
