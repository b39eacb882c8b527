//! In place of `release.rs` where a device does without the feature `release-assistance`.

use super::Client;
use crate::transport::ReleaseAssistance;

impl Client<'_> {
    pub(crate) fn expects(&self, _: usize, _: bool) -> ReleaseAssistance {
        ReleaseAssistance::Ongoing
    }
}
