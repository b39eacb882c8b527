//! Composite observations (LwM2M Core 1.1, 6.4.4): several places, told in one message when any of
//! them is to be told.

use crate::client::Client;
#[cfg(feature = "attributes")]
use crate::client::condition::Condition;
use crate::coap::{Message, Token};
use crate::error::Refusal;
use crate::model::path::Path;

/// A place of a composite observation.
#[derive(Clone, Copy)]
pub(crate) struct Member {
    /// The observation's.
    pub(super) token: Token,
    pub(super) path: Path,
    #[cfg(feature = "attributes")]
    pub(super) condition: Condition,
}

impl Client<'_> {
    /// Begins or ends an observation of the places that `paths` hands on; the number for its
    /// answer's Observe option. `None` where there is none: ended, or without room for all of them.
    #[allow(dead_code)]
    pub(super) fn observe_composite(
        &mut self,
        message: &Message<'_>,
        wish: u32,
        format: u16,
        paths: &mut dyn FnMut(&mut dyn FnMut(Path) -> Result<(), Refusal>) -> Result<(), Refusal>,
    ) -> Option<u32> {
        let token = message.token;
        let sequence = self.observe(message, wish, Path::ROOT, format)?;
        #[cfg(feature = "attributes")]
        let now = self.timeline.now();
        let members = &mut self.observations.members;
        // The same request again may name other places.
        members.retain(|member| member.token != token);
        let result = paths(&mut |path| {
            if members
                .iter()
                .any(|member| member.token == token && member.path == path)
            {
                return Ok(());
            }
            let member = Member {
                token,
                path,
                #[cfg(feature = "attributes")]
                condition: Condition::new(now),
            };
            members.push(member).map_err(|_| Refusal::InternalError)
        });
        if result.is_err() {
            self.forget_observation(&token);
        }
        result.ok().map(|()| sequence)
    }
}
