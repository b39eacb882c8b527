//! Requests of the server that come in blocks (RFC 7959, 2.5): one at a time. Their bodies are
//! collected, and then are those of one request; or, where an object wants that, handed on.

use core::str;

use coap_lite::{CoapOption, ResponseType};

use crate::buffer::copy;
use crate::coap::message::response_code;
use crate::coap::transmission::EXCHANGE_LIFETIME;
use crate::coap::{Message, Writer};
use crate::config::Role;
use crate::context::Context;
use crate::error::Refusal;
use crate::format;
use crate::model::ids::SECURITY;
use crate::model::object::{Object, Operations, Upload};
use crate::model::path::Path;
use crate::model::rights::Rights;
use crate::model::tree::{Objects, Tree};
use crate::model::value::Type;
use crate::number::checksum;
use crate::requests::operation::Request;
use crate::requests::scope::Scope;
use crate::time::Instant;

/// The memory of a body.
pub(crate) struct Memory<const BODY: usize>([u8; BODY]);

impl<const BODY: usize> Memory<BODY> {
    pub(crate) const fn new() -> Self {
        Self([0; BODY])
    }
}

/// The newest upload.
pub(crate) struct Uploads<'s> {
    /// Where bodies are collected.
    body: &'s mut [u8],
    newest: Option<Newest>,
    /// Whose upload was given up, of which its object has yet to hear.
    aborted: Option<Path>,
    /// Whether the request's body is larger than what is here.
    is_too_large: bool,
    /// The bytes of the largest message that this device sends.
    messages: usize,
}

struct Newest {
    /// What the requests of all its blocks have in common.
    key: u32,
    /// The message id of the first block.
    first: u16,
    /// How much of the body has arrived.
    taken: usize,
    /// Until when the next block must come; once all are there, how long the last may come again.
    deadline: Instant,
    /// The resource whose object gets the pieces; `None` where they are collected.
    resource: Option<Path>,
    text: Option<Text>,
    state: State,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Arriving,
    /// All of the body is in the memory.
    Collected,
    /// The last piece was handed on, and has this code as its response.
    HandedOn(u8),
}

/// What a request means for an upload.
pub(super) enum Part {
    /// Nothing: its body is whole.
    Whole,
    /// A block that has its response, a code.
    Responded(u8),
    /// The last block of a collected body of this length.
    Last(usize),
}

impl<'s> Uploads<'s> {
    pub(crate) fn new<const BODY: usize>(memory: &'s mut Memory<BODY>, messages: usize) -> Self {
        Self {
            body: &mut memory.0,
            messages,
            newest: None,
            aborted: None,
            is_too_large: false,
        }
    }

    /// Writes into a response which block it is for, whether more are expected, and how large they
    /// should be (RFC 7959, 2.3); where the body is too large, how large it may be (2.9.3).
    pub(super) fn write_options(&self, request: &Request, code: u8, writer: &mut Writer<'_>) {
        let Some(mut block) = request.blocks.block1 else {
            return;
        };
        block.more = code == CONTINUE;
        if block.more {
            // What does not fit into a message to be sent may be too much for one received.
            block.size = block.size.fitting(self.messages).unwrap_or(block.size);
        }
        writer.option_uint(CoapOption::Block1, block.value());
        if self.is_too_large && code == Refusal::TooLarge.code() {
            writer.option_uint(CoapOption::Size1, self.body.len() as u32);
        }
    }

    /// When an object is to be told that its upload has stalled.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let newest = self.newest.as_ref()?;
        newest.pending().map(|_| newest.deadline)
    }

    pub(crate) fn expire(&mut self, now: Instant) {
        if self
            .newest
            .as_ref()
            .is_some_and(|newest| newest.deadline <= now)
        {
            self.abort();
        }
    }

    /// Gives the newest upload up.
    pub(crate) fn abort(&mut self) {
        let pending = self.newest.take().and_then(|newest| newest.pending());
        self.aborted = pending.or(self.aborted);
    }

    /// A block was refused. The response to the last one is kept, as it may come again.
    fn fail(&mut self, refusal: Refusal, more: bool) {
        let Some(newest) = &mut self.newest else {
            return;
        };
        if newest.resource.is_none() || more {
            return self.abort();
        }
        self.aborted = newest.pending();
        newest.state = State::HandedOn(refusal.code());
    }

    /// Keeps a part of a body that is none of a request, in place of the newest upload; whether it fits.
    #[cfg(feature = "bootstrap-pack")]
    pub(crate) fn keep(&mut self, start: usize, part: &[u8]) -> bool {
        self.abort();
        copy(part, self.body.get_mut(start..).unwrap_or_default())
    }

    /// The collected body.
    pub(crate) fn body(&self, length: usize) -> &[u8] {
        self.body.get(..length).unwrap_or_default()
    }

    /// The newest upload is over, and its blocks are those of none when they come again.
    pub(super) fn forget(&mut self) {
        self.newest = None;
    }

    /// Tells an object that the rest of its value will not come.
    pub(crate) fn abort_at_object(&mut self, context: &mut Context<'_>, objects: Objects<'_, '_>) {
        if let Some(path) = self.aborted.take()
            && let Ok((object, _)) = context.tree(objects).resource(path)
        {
            // Whatever it says, there is nobody to tell.
            let _ = upload(object, path, Upload::Abort);
        }
    }

    /// The code of the response to a block, or what it completes.
    fn collect(
        &mut self,
        payload: &[u8],
        more: bool,
        now: Instant,
        tree: &mut Tree<'_, '_>,
    ) -> Result<Part, Refusal> {
        let newest = self.newest.as_mut().ok_or(Refusal::InternalError)?;
        let start = newest.taken;
        newest.taken += payload.len();
        newest.deadline = now.after(EXCHANGE_LIFETIME);
        match newest.resource {
            Some(path) => newest.hand_on(path, payload, more, tree)?,
            None => {
                let free = self.body.get_mut(start..).unwrap_or_default();
                if !copy(payload, free) {
                    self.is_too_large = true;
                    return Err(Refusal::TooLarge);
                }
            }
        }
        if more {
            return Ok(Part::Responded(CONTINUE));
        }
        if newest.resource.is_none() {
            newest.state = State::Collected;
        }
        Ok(newest.end())
    }
}

impl Newest {
    /// The resource whose object waits for more.
    fn pending(&self) -> Option<Path> {
        self.resource.filter(|_| self.state == State::Arriving)
    }

    /// What the last block comes to, also if it comes again.
    fn end(&self) -> Part {
        match self.state {
            State::Arriving => Part::Responded(INCOMPLETE),
            State::Collected => Part::Last(self.taken),
            State::HandedOn(code) => Part::Responded(code),
        }
    }

    /// Gives an object the next piece, and the last.
    fn hand_on(
        &mut self,
        path: Path,
        payload: &[u8],
        more: bool,
        tree: &mut Tree<'_, '_>,
    ) -> Result<(), Refusal> {
        let (object, _) = tree.resource(path)?;
        let mut piece = |piece: &[u8]| upload(object, path, Upload::Piece(piece));
        match &mut self.text {
            Some(text) => text.pieces(payload, &mut piece)?,
            None if payload.is_empty() => {}
            None => piece(payload)?,
        }
        if more {
            return Ok(());
        }
        if self.text.as_ref().is_some_and(Text::is_cut) {
            return Err(Refusal::BadRequest);
        }
        self.state = State::HandedOn(response_code(ResponseType::Changed));
        upload(object, path, Upload::Commit)
    }
}

/// Text whose blocks may cut a character in two.
#[derive(Default)]
struct Text {
    /// The beginning of one.
    cut: [u8; 4],
    len: usize,
}

impl Text {
    fn is_cut(&self) -> bool {
        self.len > 0
    }

    /// Hands on whole characters; what is none is refused.
    fn pieces(
        &mut self,
        text: &[u8],
        hand_on: &mut dyn FnMut(&[u8]) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let mut rest = text;
        while self.is_cut()
            && let Some((byte, behind)) = rest.split_first()
        {
            *self.cut.get_mut(self.len).ok_or(Refusal::BadRequest)? = *byte;
            self.len += 1;
            rest = behind;
            let character = self.cut.get(..self.len).unwrap_or_default();
            if whole(character)? == self.len {
                hand_on(character)?;
                self.len = 0;
            }
        }
        let (whole, cut) = rest.split_at_checked(whole(rest)?).unwrap_or_default();
        if !whole.is_empty() {
            hand_on(whole)?;
        }
        for byte in cut {
            *self.cut.get_mut(self.len).ok_or(Refusal::BadRequest)? = *byte;
            self.len += 1;
        }
        Ok(())
    }
}

/// How many bytes of a text are whole characters, all but the beginning of one at most.
fn whole(text: &[u8]) -> Result<usize, Refusal> {
    match str::from_utf8(text) {
        Ok(_) => Ok(text.len()),
        Err(error) if error.error_len().is_none() => Ok(error.valid_up_to()),
        Err(_) => Err(Refusal::BadRequest),
    }
}

impl Uploads<'_> {
    /// What a request means for an upload, after its block was taken.
    pub(super) fn take(
        &mut self,
        scope: &mut Scope<'_, '_, '_>,
        message: &Message<'_>,
        request: &Request,
    ) -> Result<Part, Refusal> {
        let now = scope.context.now();
        self.is_too_large = false;
        self.expire(now);
        self.abort_at_object(scope.context, &mut *scope.objects);
        let Some(block) = request.blocks.block1 else {
            return Ok(Part::Whole);
        };
        let key = key(message);
        let newest = self.newest.as_ref();
        let newest = newest.filter(|newest| newest.key == key);
        let length = message.payload.len();
        if length > block.size.bytes() || (block.more && length < block.size.bytes()) {
            return Err(Refusal::BadRequest);
        }
        let offset = block.offset();
        match newest {
            // The network has delivered it twice.
            Some(newest) if offset == 0 && newest.first == message.id => {
                return Ok(Part::Responded(CONTINUE));
            }
            // Begins, or begins anew; in a single block there is nothing to collect.
            newest if offset == 0 => {
                if block.more || newest.is_some() {
                    self.abort();
                    self.abort_at_object(scope.context, &mut *scope.objects);
                }
                if !block.more {
                    return Ok(Part::Whole);
                }
                let is_bootstrap = scope.role == Role::Bootstrap;
                self.begin(key, message, request, is_bootstrap, now, &mut scope.tree())?;
            }
            Some(newest) if newest.taken == offset && newest.state == State::Arriving => {}
            // It was taken already, and its response has been lost.
            Some(newest) if newest.taken >= offset + length => {
                return Ok(match block.more {
                    true => Part::Responded(CONTINUE),
                    false => newest.end(),
                });
            }
            // Blocks are missing before it (2.9.2).
            _ => return Ok(Part::Responded(INCOMPLETE)),
        }
        let part = self.collect(message.payload, block.more, now, &mut scope.tree());
        match &part {
            Err(refusal) => self.fail(*refusal, block.more),
            Ok(Part::Responded(_)) if !block.more => scope.was_written(request.path),
            Ok(_) => {}
        }
        self.abort_at_object(scope.context, &mut *scope.objects);
        part
    }

    fn begin(
        &mut self,
        key: u32,
        message: &Message<'_>,
        request: &Request,
        is_bootstrap: bool,
        now: Instant,
        tree: &mut Tree<'_, '_>,
    ) -> Result<(), Refusal> {
        let size = request.blocks.size1;
        let resource = match is_bootstrap {
            true => None,
            false => takes_blocks(message, request, tree)?,
        };
        if let Some((path, _)) = resource {
            let (object, _) = tree.resource(path)?;
            upload(object, path, Upload::Begin { size })?;
        } else if size.is_some_and(|size| size as usize > self.body.len()) {
            self.is_too_large = true;
            return Err(Refusal::TooLarge);
        }
        self.newest = Some(Newest {
            key,
            first: message.id,
            taken: 0,
            deadline: now,
            resource: resource.map(|(path, _)| path),
            text: resource.and_then(|(_, kind)| (kind == Type::String).then(Text::default)),
            state: State::Arriving,
        });
        Ok(())
    }
}

/// The resource that a request writes, and its type, where its object takes it in blocks; refused
/// where the server may not write it.
fn takes_blocks(
    message: &Message<'_>,
    request: &Request,
    tree: &mut Tree<'_, '_>,
) -> Result<Option<(Path, Type)>, Refusal> {
    let path = request.path;
    if path.depth() != 3 || path.object_id() == Some(SECURITY) || !request.writes_value(message) {
        return Ok(None);
    }
    tree.require(Rights::WRITE, path)?;
    let Ok((object, definition)) = tree.resource(path) else {
        return Ok(None);
    };
    let is_possible = definition.operations.allow(Operations::W) && !definition.multiple;
    let object = object.block_wise().filter(|_| is_possible);
    let takes = object.is_some_and(|object| object.takes_blocks(path.at()));
    let bare = format::is_bare(request.format, definition.kind);
    Ok((takes && bare).then_some((path, definition.kind)))
}

/// Hands a step to the object that takes a resource in blocks.
fn upload(object: &mut dyn Object, path: Path, step: Upload<'_>) -> Result<(), Refusal> {
    let object = object.block_wise().ok_or(Refusal::MethodNotAllowed)?;
    object.upload(path.at(), step)
}

/// What the blocks of one request have in common: its method, and all options but those of blocks
/// and those that mark no other request (RFC 7252, 5.4.6; RFC 7959, 2.5).
fn key(message: &Message<'_>) -> u32 {
    let mut key = checksum::extend(checksum::START, &[message.code]);
    for (number, value) in message.options() {
        let counts = number & 0x1e != 0x1c
            && number != u16::from(CoapOption::Block1)
            && number != u16::from(CoapOption::Block2);
        if counts {
            key = checksum::extend(key, &number.to_be_bytes());
            key = checksum::extend(key, &(value.len() as u16).to_be_bytes());
            key = checksum::extend(key, value);
        }
    }
    key
}

/// 2.31 (RFC 7959, 2.9.1)
const CONTINUE: u8 = (2 << 5) | 31;
/// 4.08
const INCOMPLETE: u8 = (4 << 5) | 8;
