//! Izuma's profile: what a device notifies from registration on, without being asked. The `aobs`
//! attribute of a link in the object list is the token of its notifications, as a number; on the
//! wire it has two bytes, the higher one first.

use super::Server;
use super::requests::{Observation, Origin};
use crate::messages::Token;

/// A place that the device notifies without being asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AutoObservation {
    /// Such as `/3200/0/5501`.
    pub path: String,
    /// The token of its notifications.
    pub token: [u8; 2],
}

impl AutoObservation {
    pub(super) fn parse(ids: &[u16], token: &str) -> Result<Self, String> {
        let path: String = ids.iter().map(|id| format!("/{id}")).collect();
        match token.parse::<u16>() {
            Ok(token) => Ok(Self {
                path,
                token: token.to_be_bytes(),
            }),
            Err(_) => Err(format!("<{path}>: aobs={token} is not a number of 16 bits")),
        }
    }
}

impl Server {
    /// Observes what the newest object list of a client says, and nothing else without a request.
    /// What was forgotten stays so until the client registers anew.
    pub(super) fn auto_observe(&mut self, endpoint: &str) {
        let Some(client) = self.clients.get(endpoint) else {
            return;
        };
        let peer = client.registration.peer;
        let list = &client.registration.auto_observations;
        let unlisted: Vec<_> = self
            .observations
            .range((peer, Token::new())..)
            .take_while(|((at, _), _)| *at == peer)
            .filter(|((_, token), observation)| {
                observation.endpoint == endpoint
                    && observation.origin != Origin::Request
                    && !list.iter().any(|listed| {
                        listed.token == token.as_slice() && listed.path == observation.path
                    })
            })
            .map(|(key, _)| key.clone())
            .collect();
        for key in unlisted {
            self.observations.remove(&key);
        }
        for AutoObservation { path, token } in list {
            self.observations
                .entry((peer, token.to_vec()))
                .or_insert_with(|| Observation {
                    endpoint: endpoint.to_owned(),
                    path: path.clone(),
                    origin: Origin::List,
                    newest: None,
                });
        }
    }
}
