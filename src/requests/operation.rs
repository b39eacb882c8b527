//! What a request of the server asks for: its options and its path (LwM2M Core 1.1, 6.3 and 6.4; Transport
//! 1.1, 6.4).

use coap_lite::{CoapOption, RequestType};

use crate::coap::Message;
use crate::coap::block::Blocks;
use crate::coap::message::uint;
use crate::error::Refusal;
use crate::feature;
use crate::model::ids::SECURITY;
use crate::model::path::Path;
use crate::model::tree::Tree;
use crate::reporting::observations::Observe;
use crate::requests::write::Writing;

/// An operation of device management or information reporting.
pub(super) enum Operation {
    /// Read, Discover and Observe, and what cancels it.
    Read,
    /// Read-Composite and Observe-Composite, and what cancels it.
    ReadComposite(feature::Composite),
    Write(Writing),
    WriteComposite(feature::Composite),
    WriteAttributes(feature::Attributes),
    Execute,
    Create(feature::Create),
    Delete(feature::Create),
}

/// What a request's options say.
pub(super) struct Request {
    pub(super) path: Path,
    /// Whether the path is `/bs` and no node of the data model.
    pub(super) is_bootstrap: bool,
    has_query: bool,
    /// The content format of the body.
    pub(super) format: Option<u16>,
    /// The content format that the response is to have.
    pub(super) accept: Option<u32>,
    /// The Observe option.
    pub(super) observe: Option<Observe>,
    pub(super) blocks: Blocks,
}

impl Request {
    /// What no option says anything of.
    pub(super) const NONE: Self = Self {
        path: Path::ROOT,
        is_bootstrap: false,
        has_query: false,
        format: None,
        accept: None,
        observe: None,
        blocks: Blocks::NONE,
    };

    /// Takes the options of a message; of those that are refused, the first says why.
    pub(super) fn parse(&mut self, message: &Message<'_>) -> Result<(), Refusal> {
        let is = |option: CoapOption| message.unknown == Some(option.into());
        let mut result = match message.unknown {
            None => Ok(()),
            // This device is no proxy (RFC 7252, 5.7.2 and 5.10.2).
            Some(_) if is(CoapOption::ProxyUri) || is(CoapOption::ProxyScheme) => {
                Err(Refusal::ProxyingNotSupported)
            }
            Some(_) => Err(Refusal::BadOption),
        };
        for (number, value) in message.options() {
            result = result.and(self.take(number, value));
        }
        result
    }

    fn take(&mut self, number: u16, value: &[u8]) -> Result<(), Refusal> {
        let is = |option: CoapOption| number == u16::from(option);
        if is(CoapOption::UriPath) {
            return self.enter(value);
        }
        if is(CoapOption::UriQuery) {
            self.has_query = true;
            if self.observe == Some(Observe::Register) {
                // An observation has no attributes of its own here (LwM2M Core 1.2, 6.4.1).
                return Err(Refusal::BadRequest);
            }
        } else if is(CoapOption::ContentFormat) {
            // Of an elective option the first that is sound counts (5.4.3, 5.4.5).
            let format = uint(value, 2).map(|format| format as u16);
            self.format = self.format.or(format);
        } else if is(CoapOption::Observe) {
            self.observe = self.observe.or(Observe::parse(value));
        } else if is(CoapOption::Accept) {
            self.accept = uint(value, 2);
        } else {
            return self.blocks.take(number, value);
        }
        Ok(())
    }

    /// Whether it is a Write to a value, and not of attributes.
    pub(super) fn writes_value(&self, message: &Message<'_>) -> bool {
        !self.has_query && !self.is_bootstrap && message.asks(RequestType::Put)
    }

    /// What is asked for; refused where there can be no such operation. `tree` says what is there.
    pub(super) fn operation(
        &self,
        message: &Message<'_>,
        tree: &mut Tree<'_, '_>,
    ) -> Result<Operation, Refusal> {
        if self.is_bootstrap {
            return Err(Refusal::NotFound);
        }
        if self.path.object_id() == Some(SECURITY) {
            return Err(Refusal::Unauthorized);
        }
        let depth = self.path.depth();
        let multiple = match depth {
            0..3 => None,
            3 if message.code != POST => None,
            _ => tree.defined(self.path).ok().map(|found| found.1.multiple),
        };
        let is_multiple = multiple == Some(true);
        if depth > 3 && multiple == Some(false) {
            // There can be none (LwM2M Transport 1.2, 6.4.4).
            return Err(Refusal::MethodNotAllowed);
        }
        let replaces = feature::Create::VALUE.map_or(Writing::Update, Writing::Replace);
        let updates = Some(Operation::Write(Writing::Update));
        let operation = match (message.code, depth, self.has_query) {
            (GET, 1.., _) => Some(Operation::Read),
            (FETCH, 0, _) => feature::Composite::VALUE.map(Operation::ReadComposite),
            (IPATCH, 0, _) => feature::Composite::VALUE.map(Operation::WriteComposite),
            (PUT, 1.., true) => feature::Attributes::VALUE.map(Operation::WriteAttributes),
            (PUT, 2.., false) => Some(Operation::Write(replaces)),
            (POST, 2, false) => updates,
            // An array of values is updated as an instance is.
            (POST, 3, false) if is_multiple && feature::Create::IS_ON => updates,
            (POST, 3, _) => Some(Operation::Execute),
            (POST, 1, _) => feature::Create::VALUE.map(Operation::Create),
            (DELETE, 2 | 4, _) => feature::Create::VALUE.map(Operation::Delete),
            _ => None,
        };
        if operation.is_none() {
            // What is not there goes before what cannot be done to it.
            tree.find(self.path)?;
        }
        operation.ok_or(Refusal::MethodNotAllowed)
    }

    /// One segment of the path.
    #[inline(never)]
    fn enter(&mut self, segment: &[u8]) -> Result<(), Refusal> {
        if segment == b"bs" && self.path == Path::ROOT {
            self.is_bootstrap = true;
        } else if segment == b"65535" {
            // What has no id has this one (LwM2M Transport 1.2, 6.4.4).
            return Err(Refusal::MethodNotAllowed);
        } else if !segment.is_empty() {
            // An empty segment is how some servers write the root.
            let id = Path::parse_id(segment).filter(|_| !self.is_bootstrap);
            let path = id.and_then(|id| self.path.join(id));
            self.path = path.ok_or(Refusal::NotFound)?;
        }
        Ok(())
    }
}

// The codes of methods (RFC 7252, 12.1.1; RFC 8132, 6), as the patterns above need them.
const GET: u8 = 1;
const POST: u8 = 2;
const PUT: u8 = 3;
const DELETE: u8 = 4;
const FETCH: u8 = 5;
const IPATCH: u8 = 7;
