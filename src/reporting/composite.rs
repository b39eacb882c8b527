//! The paths of composite observations, and of the newest Read-Composite (LwM2M Core 1.1, 6.3.8 and
//! 6.4.4).

use heapless::{Vec, VecView};

use crate::archive::Archive;
use crate::coap::Token;
use crate::error::Refusal;
use crate::format::{self, Body, Content};
use crate::keep::Keep as _;
use crate::model::path::Path;
use crate::reporting::condition::Condition;
use crate::time::Instant;

/// A path that a composite operation is about.
#[derive(Clone, Copy)]
pub(crate) struct Member {
    /// The observation's, or [`Token::NONE`] for the newest Read-Composite.
    pub(super) token: Token,
    pub(super) path: Path,
    pub(super) condition: Condition,
}

/// The memory of the paths.
pub(crate) struct Memory<const COMPOSITE: usize>(Vec<Member, COMPOSITE>);

impl<const COMPOSITE: usize> Memory<COMPOSITE> {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }
}

/// The paths, in the caller's storage.
pub(crate) struct Members<'s> {
    list: &'s mut VecView<Member>,
    /// Whose paths the newest composite response had: a request for its further blocks may not name
    /// them again.
    newest: Token,
}

impl<'s> Members<'s> {
    pub(crate) fn new<const COMPOSITE: usize>(memory: &'s mut Memory<COMPOSITE>) -> Self {
        let list = memory.0.as_mut_view();
        list.clear();
        Self {
            list,
            newest: Token::NONE,
        }
    }

    pub(super) fn newest(&self) -> Token {
        self.newest
    }

    pub(super) fn set_newest(&mut self, token: Token) {
        self.newest = token;
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Member> {
        self.list.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Member> {
        self.list.iter_mut()
    }

    /// Those of an observation, or of the newest Read-Composite.
    pub(super) fn of(&mut self, owner: Token) -> impl Iterator<Item = &mut Member> {
        self.iter_mut().filter(move |member| member.token == owner)
    }

    /// The path at `index` of those of an observation.
    pub(super) fn path(&self, owner: Token, index: usize) -> Option<Path> {
        self.iter()
            .filter(|member| member.token == owner)
            .nth(index)
            .map(|member| member.path)
    }

    /// Forgets what belongs to no observation any longer.
    pub(super) fn retain_observed(&mut self, is_observed: &dyn Fn(&Token) -> bool) {
        self.list
            .keep(&mut |member| member.token == Token::NONE || is_observed(&member.token));
    }

    /// Keeps the paths that a body names as those of the newest Read-Composite. An observation of the
    /// token loses its own for them, unless there is no room for all.
    pub(crate) fn name(
        &mut self,
        token: &Token,
        format: u16,
        body: &[u8],
        now: Instant,
    ) -> Result<(), Refusal> {
        let each = |visit: &mut dyn FnMut(Path)| {
            let mut names = Body::new(Some(format), body, &mut []);
            format::decode(&mut names, Path::ROOT, &mut |path, content| match content {
                // What is asked for has no value (RFC 8790, 3.1).
                Content::Value(_) | Content::Null(_) => Err(Refusal::BadRequest),
                _ => {
                    visit(path);
                    Ok(())
                }
            })
        };
        let mut count = 0;
        each(&mut |_| count += 1)?;
        let members = &mut *self.list;
        members.keep(&mut |member| member.token != Token::NONE);
        let others = members.iter().filter(|member| member.token != *token);
        // Else the observation's own go when all others are there.
        if others.count() + count <= members.capacity() {
            members.keep(&mut |member| member.token != *token);
        }
        let mut fits = true;
        each(&mut |path| {
            let is_named = |member: &Member| member.token == Token::NONE;
            // What is named twice is reported once.
            if members
                .iter()
                .any(|member| is_named(member) && member.path.contains(path))
            {
                return;
            }
            members.keep(&mut |member| !is_named(member) || !path.contains(member.path));
            let mut member = Member {
                token: Token::NONE,
                path,
                condition: Condition::new(now),
            };
            // By ids, so that a format with a map for each object has each object once.
            for other in members.iter_mut().filter(|other| is_named(other)) {
                if member.path.precedes(other.path) {
                    core::mem::swap(other, &mut member);
                }
            }
            fits &= members.push(member).is_ok();
        })?;
        self.newest = Token::NONE;
        members.keep(&mut |member| {
            let is_named = member.token == Token::NONE;
            if fits {
                is_named || member.token != *token
            } else {
                !is_named
            }
        });
        if fits { Ok(()) } else { Err(Refusal::TooLarge) }
    }

    pub(super) fn archive(&mut self, archive: &mut Archive<'_>) {
        if archive.is_restoring() {
            self.newest = Token::NONE;
        }
        let empty = Member {
            token: Token::NONE,
            path: Path::ROOT,
            condition: Condition::new(archive.now()),
        };
        // Those of a Read-Composite serve its further blocks only.
        let is_observed = |member: &Member| member.token != Token::NONE;
        archive.list_of(self.list, empty, &is_observed, &mut |archive, member| {
            member.token.archive(archive);
            member.path.archive(archive);
            member.condition.archive(archive);
        });
    }

    /// The paths of the newest Read-Composite are those of an observation.
    pub(crate) fn adopt(&mut self, token: &Token) {
        for member in self.of(Token::NONE) {
            member.token = *token;
        }
        self.newest = *token;
    }
}
