//! The memory of a client, sized by the caller.

use heapless::Vec;

#[cfg(feature = "bootstrap")]
use crate::context::accounts::Memory;
#[cfg(feature = "attributes")]
use crate::model::attributes::Attribute;
#[cfg(feature = "composite")]
use crate::reporting::composite::Member;
use crate::reporting::observations::Observation;
#[cfg(feature = "send")]
use crate::reporting::records::Record;
#[cfg(feature = "send")]
use crate::reporting::send::Change;
use crate::requests::duplicates::Handled;

/// The memory that a [`Client`](crate::Client) works in. Its code is the same for all sizes. What
/// belongs to a feature that is off takes no memory; the bytes of an entry are those on a 32-bit
/// processor.
///
/// - `MESSAGE`: bytes of the largest message to be sent (Register with the object list, or the
///   response to a Read). 1,152 is CoAP's own assumption of what passes everywhere. What is larger goes
///   in the largest blocks of 16 to 1,024 bytes that fit (feature `block`).
/// - `OBSERVATIONS`: observations at a time, 56 bytes each, with the feature `attributes` 104. Each
///   token is one, so several may be of one path. One more is served like a Read. In Izuma's
///   profile each auto-observable resource takes one.
/// - `CHANGES`: changed resources waiting for a Send, 12 bytes each. One more is refused with
///   [`ChangesFull`](crate::ChangesFull).
/// - `REQUESTS`: executions, Creates and Deletes, remembered for up to 247 s so that they do not run
///   twice, 16 bytes each, with the feature `create` 24. For one more the oldest gives way, 45 s
///   after it came, when its sender no longer repeats it (RFC 7252, 4.8.2); until then the new one is
///   refused with 5.03.
/// - `LOCATION`: bytes of the registration's location, each segment with one more for its length. A
///   longer one fails the registration with
///   [`Detail::LocationTooLong`](crate::Detail::LocationTooLong).
/// - `ATTRIBUTES`: notification attributes that the server has written, 24 bytes each. One more is
///   refused with 5.00.
/// - `COMPOSITE`: paths of composite observations and of the newest Read-Composite, together, 18
///   bytes each, with the feature `attributes` 64. A request that names more is refused with 4.13.
/// - `RECORDS`: recorded values waiting for a Send, 32 bytes each. One more drops the oldest.
/// - `BODY`: bytes of the largest request of the server that comes in blocks (RFC 7959); a larger one
///   is refused with 4.13. What an object takes block by block
///   ([`Object::takes_blocks`](crate::Object::takes_blocks)) does not count.
/// - `ACCOUNTS`: accounts that a bootstrap server writes: those of its device's servers, one for each
///   client, and its own, so 2 for a device with one server. Each takes 120 bytes and the three sizes
///   below, twice, since what was before stays in force until the bootstrap server has finished. One
///   more is refused, with 4.13 or by 4.06 to Bootstrap-Finish.
/// - `URI`, `IDENTITY`, `KEY`: bytes of the longest server URI, identity and pre-shared key in such
///   an account; the defaults are what LwM2M asks for (Transport 1.1, 5.2.9.1). A longer one is
///   refused with 4.00.
///
/// ```
/// let mut storage: client_lite::Storage = client_lite::Storage::new();
/// let mut small = client_lite::Storage::<512, 4, 4, 4, 32>::new();
/// # let _ = (&mut storage, &mut small);
/// ```
pub struct Storage<
    const MESSAGE: usize = 1152,
    const OBSERVATIONS: usize = 8,
    const CHANGES: usize = 8,
    const REQUESTS: usize = 8,
    const LOCATION: usize = 64,
    const ATTRIBUTES: usize = 16,
    const COMPOSITE: usize = 16,
    const RECORDS: usize = 16,
    const BODY: usize = 1024,
    const ACCOUNTS: usize = 2,
    const URI: usize = 255,
    const IDENTITY: usize = 128,
    const KEY: usize = 64,
> {
    pub(crate) message: [u8; MESSAGE],
    pub(crate) observations: Vec<Observation, OBSERVATIONS>,
    #[cfg(feature = "send")]
    pub(crate) changes: Vec<Change, CHANGES>,
    #[cfg(feature = "send")]
    pub(crate) records: Vec<Record, RECORDS>,
    pub(crate) requests: Vec<Handled, REQUESTS>,
    pub(crate) location: Vec<u8, LOCATION>,
    #[cfg(feature = "attributes")]
    pub(crate) attributes: Vec<Attribute, ATTRIBUTES>,
    #[cfg(feature = "composite")]
    pub(crate) members: Vec<Member, COMPOSITE>,
    #[cfg(feature = "block")]
    pub(crate) body: [u8; BODY],
    #[cfg(feature = "bootstrap")]
    pub(crate) accounts: [Memory<ACCOUNTS, URI, IDENTITY, KEY>; 2],
}

impl<
    const MESSAGE: usize,
    const OBSERVATIONS: usize,
    const CHANGES: usize,
    const REQUESTS: usize,
    const LOCATION: usize,
    const ATTRIBUTES: usize,
    const COMPOSITE: usize,
    const RECORDS: usize,
    const BODY: usize,
    const ACCOUNTS: usize,
    const URI: usize,
    const IDENTITY: usize,
    const KEY: usize,
>
    Storage<
        MESSAGE,
        OBSERVATIONS,
        CHANGES,
        REQUESTS,
        LOCATION,
        ATTRIBUTES,
        COMPOSITE,
        RECORDS,
        BODY,
        ACCOUNTS,
        URI,
        IDENTITY,
        KEY,
    >
{
    /// Empty storage; usable for a `static`.
    pub const fn new() -> Self {
        Self {
            message: [0; MESSAGE],
            observations: Vec::new(),
            #[cfg(feature = "send")]
            changes: Vec::new(),
            #[cfg(feature = "send")]
            records: Vec::new(),
            requests: Vec::new(),
            location: Vec::new(),
            #[cfg(feature = "attributes")]
            attributes: Vec::new(),
            #[cfg(feature = "composite")]
            members: Vec::new(),
            #[cfg(feature = "block")]
            body: [0; BODY],
            #[cfg(feature = "bootstrap")]
            accounts: [const { Memory::new() }; 2],
        }
    }
}

impl<
    const MESSAGE: usize,
    const OBSERVATIONS: usize,
    const CHANGES: usize,
    const REQUESTS: usize,
    const LOCATION: usize,
    const ATTRIBUTES: usize,
    const COMPOSITE: usize,
    const RECORDS: usize,
    const BODY: usize,
    const ACCOUNTS: usize,
    const URI: usize,
    const IDENTITY: usize,
    const KEY: usize,
> Default
    for Storage<
        MESSAGE,
        OBSERVATIONS,
        CHANGES,
        REQUESTS,
        LOCATION,
        ATTRIBUTES,
        COMPOSITE,
        RECORDS,
        BODY,
        ACCOUNTS,
        URI,
        IDENTITY,
        KEY,
    >
{
    fn default() -> Self {
        Self::new()
    }
}
