//! Composite operations (LwM2M Core 1.1, 6.3.8, 6.3.9 and 6.4.4): several places in one message, by
//! FETCH and iPATCH (RFC 8132) of the root.

use coap_lite::ResponseType;

use crate::client::Client;
#[cfg(feature = "attributes")]
use crate::client::condition::Condition;
use crate::client::management::{Answer, Request, SECURITY};
use crate::client::observe::Observations;
use crate::client::write::Writing;
use crate::coap::{Message, Token};
use crate::error::Refusal;
use crate::format::{self, Body, Content};
use crate::model::path::Path;
#[cfg(feature = "access-control")]
use crate::model::rights::Rights;
use crate::model::tree::Objects;

/// A place that a composite operation is about.
#[derive(Clone, Copy)]
pub(crate) struct Member {
    /// The observation's, or [`Token::NONE`] for the newest Read-Composite.
    pub(super) token: Token,
    pub(super) path: Path,
    #[cfg(feature = "attributes")]
    pub(super) condition: Condition,
}

impl Client<'_> {
    /// Read-Composite, Observe-Composite and its cancellation.
    pub(super) fn read_composite(
        &mut self,
        message: &Message<'_>,
        request: &Request,
        objects: Objects<'_, '_>,
    ) -> Result<usize, Refusal> {
        let given = request.format.filter(|format| is_pack(*format));
        let given = given.ok_or(Refusal::UnsupportedContentFormat)?;
        let format = request
            .accept
            .map_or(format::answering(given), |accept| accept as u16);
        if !format::is_pack(format) {
            return Err(Refusal::NotAcceptable);
        }
        let sequence = self.observation_number(message, request);
        let token = sequence.map_or(Token::NONE, |_| message.token);
        // For a further block of the newest answer the places need not be named again.
        if !request.asks_for_more() || !message.payload.is_empty() {
            self.list(&token, given, message.payload)?;
        }
        if sequence.is_some() {
            self.observations.adopt(&token);
        }
        let result = self.answer_content(message, request, format, sequence, objects);
        if result.is_err() {
            // One that this token had has lost its places.
            self.observations
                .forget(&|observation| observation.is_composite() && observation.token == token);
        }
        result
    }

    /// Write-Composite: all of it, or nothing.
    pub(super) fn write_composite(
        &mut self,
        request: &Request,
        body: &[u8],
        objects: Objects<'_, '_>,
    ) -> Result<Answer, Refusal> {
        if !request.format.is_some_and(is_pack) {
            return Err(Refusal::UnsupportedContentFormat);
        }
        let each = |visit: &mut dyn FnMut(Path) -> Result<(), Refusal>| {
            let mut names = request.body(body, &mut []);
            format::decode(&mut names, Path::ROOT, &mut |path, _| visit(path))
        };
        #[cfg(feature = "access-control")]
        let mut tree = self.tree(&mut *objects);
        each(&mut |path| match path.object_id() {
            Some(SECURITY) => Err(Refusal::Unauthorized),
            #[cfg(feature = "access-control")]
            _ => tree.require(Rights::WRITE, path),
            #[cfg(not(feature = "access-control"))]
            _ => Ok(()),
        })?;
        self.write_body(request, body, Writing::Update, objects)?;
        each(&mut |path| {
            self.was_written(path);
            Ok(())
        })?;
        Ok(Answer::code(ResponseType::Changed))
    }
}

impl Client<'_> {
    /// Keeps the places that a body names as those of the newest Read-Composite. An observation of
    /// the token loses its own for them, unless there is no room for all.
    fn list(&mut self, token: &Token, format: u16, body: &[u8]) -> Result<(), Refusal> {
        let each = |visit: &mut dyn FnMut(Path)| {
            let mut names = Body::new(Some(format), body, &mut []);
            format::decode(&mut names, Path::ROOT, &mut |path, content| match content {
                // What is asked for has no value (RFC 8790, 3.1).
                Content::Value(_) => Err(Refusal::BadRequest),
                #[cfg(any(feature = "senml-cbor", feature = "senml-json"))]
                Content::Null => Err(Refusal::BadRequest),
                _ => {
                    visit(path);
                    Ok(())
                }
            })
        };
        let mut count = 0;
        each(&mut |_| count += 1)?;
        let members = &mut *self.observations.members;
        members.retain(|member| member.token != Token::NONE);
        let others = members.iter().filter(|member| member.token != *token);
        // Else the observation's own go when all others are there.
        if others.count() + count <= members.capacity() {
            members.retain(|member| member.token != *token);
        }
        let mut fits = true;
        each(&mut |path| {
            let is_listed = |member: &Member| member.token == Token::NONE;
            // What is named twice is told once.
            if members
                .iter()
                .any(|member| is_listed(member) && member.path.contains(path))
            {
                return;
            }
            members.retain(|member| !is_listed(member) || !path.contains(member.path));
            let mut member = Member {
                token: Token::NONE,
                path,
                #[cfg(feature = "attributes")]
                condition: Condition::new(self.timeline.now()),
            };
            // By ids, so that a format with a map for each object has each object once.
            for other in members.iter_mut().filter(|other| is_listed(other)) {
                if member.path.precedes(other.path) {
                    core::mem::swap(other, &mut member);
                }
            }
            fits &= members.push(member).is_ok();
        })?;
        self.observations.newest = Token::NONE;
        members.retain(|member| {
            let is_listed = member.token == Token::NONE;
            if fits {
                is_listed || member.token != *token
            } else {
                !is_listed
            }
        });
        if fits { Ok(()) } else { Err(Refusal::TooLarge) }
    }
}

/// Whether what a composite operation names can stand in a format.
fn is_pack(format: u16) -> bool {
    format::is_pack(format::answering(format))
}

impl Observations<'_> {
    /// The places of the newest Read-Composite are those of an observation.
    fn adopt(&mut self, token: &Token) {
        for member in self.members.iter_mut() {
            if member.token == Token::NONE {
                member.token = *token;
            }
        }
        self.newest = *token;
    }
}
