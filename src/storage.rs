//! The memory of a client, sized by the caller.

use heapless::{Vec, VecView};

use crate::context::accounts::{self, Accounts};
use crate::model::attributes::{self, Attributes};
use crate::reporting::Reporting;
use crate::reporting::composite::{self, Members};
use crate::reporting::historical_queue::{self, HistoricalQueue};
use crate::reporting::observations::{Observation, Observations};
use crate::reporting::send::{self, Sends};
use crate::requests::Requests;
use crate::requests::duplicates::{Duplicates, Handled};
use crate::requests::upload::{self, Uploads};

/// The capacities of a [`Storage`], which [`storage!`](crate::storage) takes by these names. On Zephyr
/// they are options of Kconfig: `CONFIG_CLIENT_LITE_MESSAGE_SIZE` and so on. The bytes of an entry are
/// those on a 32-bit processor.
#[derive(Clone, Copy, Debug)]
pub struct Capacities {
    /// Bytes of the largest message to be sent (Register with the object list, or the response to a
    /// Read). 1,152 is CoAP's own assumption of what passes everywhere. What is larger goes in the
    /// largest blocks of 16 to 1,024 bytes that fit (feature `block`). Default 1,152.
    pub message_size: usize,
    /// Observations at a time, 56 bytes each, with the feature `attributes` 104. Each token is one, so
    /// several may be of one path. One more is served like a Read. In Izuma's profile each
    /// auto-observable resource takes one. Default 8.
    pub observations: usize,
    /// Changed resources waiting for a Send, 12 bytes each. One more is refused with
    /// [`ChangesFull`](crate::ChangesFull). Default 8.
    pub changes: usize,
    /// Executions, Creates and Deletes, remembered for up to 247 s so that they do not run twice, 16
    /// bytes each, with the feature `create` 24. For one more the oldest gives way, 45 s after it came,
    /// when its sender no longer repeats it (RFC 7252, 4.8.2); until then the new one is refused with
    /// 5.03. Default 8.
    pub requests: usize,
    /// Bytes of the registration's location, each segment with one more for its length. A longer one
    /// fails the registration with [`Detail::LocationTooLong`](crate::Detail::LocationTooLong). Default 64.
    pub location_size: usize,
    /// Notification attributes that the server has written, 24 bytes each. One more is refused with
    /// 5.00. Default 16.
    pub written_attributes: usize,
    /// Paths of composite observations and of the newest Read-Composite, together, 18 bytes each, with
    /// the feature `attributes` 64. A request that names more is refused with 4.13. Default 16.
    pub composite_paths: usize,
    /// Recorded values waiting for a Send, 32 bytes each. One more drops the oldest. Default 16.
    pub records: usize,
    /// Values for observers that wait for the server to be in reach again, where it has written `hqmax`
    /// (feature `historical-queue`), 48 bytes each; those of all observations together. One more drops the
    /// oldest. Default 16.
    pub historical_values: usize,
    /// Bytes of the largest request of the server that comes in blocks (RFC 7959); a larger one is
    /// refused with 4.13. What an object takes block by block
    /// ([`BlockWise`](crate::BlockWise)) does not count. Default 1,024.
    pub body_size: usize,
    /// Accounts that a bootstrap server writes: those of its device's servers, one for each client, and
    /// its own, so 2 for a device with one server. Each takes 120 bytes and the three sizes below,
    /// twice, since what was before stays in force until the bootstrap server has finished. One more is
    /// refused, with 4.13 or by 4.06 to Bootstrap-Finish. Default 2.
    pub accounts: usize,
    /// Bytes of the longest server URI in such an account; the default is what LwM2M asks for (Transport
    /// 1.1, 5.2.9.1). A longer one is refused with 4.00. Default 255.
    pub account_uri_size: usize,
    /// Bytes of the longest identity in such an account; likewise. Of an account with certificates it is
    /// the device's own, mostly 400 to 700. Default 128.
    pub account_identity_size: usize,
    /// Bytes of the longest pre-shared or private key in such an account; likewise. A private key on P-256
    /// takes 138 with its public one. Default 64.
    pub account_key_size: usize,
    /// Bytes of the longest certificate of a server or its authority in such an account (feature
    /// `certificates`), mostly 400 to 700. A longer one is refused with 4.00. Default 0.
    pub account_server_key_size: usize,
}

impl Capacities {
    /// Of each capacity the default.
    pub const DEFAULT: Self = Self {
        message_size: 1152,
        observations: 8,
        changes: 8,
        requests: 8,
        location_size: 64,
        written_attributes: 16,
        composite_paths: 16,
        records: 16,
        historical_values: 16,
        body_size: 1024,
        accounts: 2,
        account_uri_size: 255,
        account_identity_size: 128,
        account_key_size: 64,
        account_server_key_size: 0,
    };
}

/// The type of a [`Storage`](crate::Storage) with some of its [`Capacities`](crate::Capacities) given by
/// name; the others have their defaults.
///
/// ```
/// use client_lite::{Account, Client, Config, Storage, storage};
/// let mut small: storage! { message_size: 512, observations: 4, accounts: 3 } = Storage::new();
/// let config = Config::new("my-device", Account::new("coap://[::1]"));
/// let client = Client::new(config, &mut small, [1, 2, 3, 4]);
/// # let _ = client;
/// ```
#[macro_export]
macro_rules! storage {
    (@ $wanted:ident $($capacity:ident: $size:expr),*) => {
        {
            #[allow(clippy::needless_update)]
            const CAPACITIES: $crate::Capacities = $crate::Capacities {
                $($capacity: $size,)*
                ..$crate::Capacities::DEFAULT
            };
            CAPACITIES.$wanted
        }
    };
    ($($capacity:ident: $size:expr),* $(,)?) => {
        $crate::Storage<
            { $crate::storage!(@ message_size $($capacity: $size),*) },
            { $crate::storage!(@ observations $($capacity: $size),*) },
            { $crate::storage!(@ changes $($capacity: $size),*) },
            { $crate::storage!(@ requests $($capacity: $size),*) },
            { $crate::storage!(@ location_size $($capacity: $size),*) },
            { $crate::storage!(@ written_attributes $($capacity: $size),*) },
            { $crate::storage!(@ composite_paths $($capacity: $size),*) },
            { $crate::storage!(@ records $($capacity: $size),*) },
            { $crate::storage!(@ historical_values $($capacity: $size),*) },
            { $crate::storage!(@ body_size $($capacity: $size),*) },
            { $crate::storage!(@ accounts $($capacity: $size),*) },
            { $crate::storage!(@ account_uri_size $($capacity: $size),*) },
            { $crate::storage!(@ account_identity_size $($capacity: $size),*) },
            { $crate::storage!(@ account_key_size $($capacity: $size),*) },
            { $crate::storage!(@ account_server_key_size $($capacity: $size),*) },
        >
    };
}

/// The memory that a [`Client`](crate::Client) works in. Its code is the same for all sizes. What
/// belongs to a feature that is off takes no memory.
///
/// `Storage` alone has the default [`Capacities`]; [`storage!`](crate::storage) is the type with others.
pub struct Storage<
    const MESSAGE: usize = { Capacities::DEFAULT.message_size },
    const OBSERVATIONS: usize = { Capacities::DEFAULT.observations },
    const CHANGES: usize = { Capacities::DEFAULT.changes },
    const REQUESTS: usize = { Capacities::DEFAULT.requests },
    const LOCATION: usize = { Capacities::DEFAULT.location_size },
    const ATTRIBUTES: usize = { Capacities::DEFAULT.written_attributes },
    const COMPOSITE: usize = { Capacities::DEFAULT.composite_paths },
    const RECORDS: usize = { Capacities::DEFAULT.records },
    const HISTORY: usize = { Capacities::DEFAULT.historical_values },
    const BODY: usize = { Capacities::DEFAULT.body_size },
    const ACCOUNTS: usize = { Capacities::DEFAULT.accounts },
    const URI: usize = { Capacities::DEFAULT.account_uri_size },
    const IDENTITY: usize = { Capacities::DEFAULT.account_identity_size },
    const KEY: usize = { Capacities::DEFAULT.account_key_size },
    const SERVER_KEY: usize = { Capacities::DEFAULT.account_server_key_size },
> {
    message: [u8; MESSAGE],
    location: Vec<u8, LOCATION>,
    requests: Vec<Handled, REQUESTS>,
    body: upload::Memory<BODY>,
    observations: Vec<Observation, OBSERVATIONS>,
    paths: composite::Memory<COMPOSITE>,
    history: historical_queue::Memory<HISTORY>,
    sends: send::Memory<CHANGES, RECORDS>,
    attributes: attributes::Memory<ATTRIBUTES>,
    accounts: accounts::Memory<ACCOUNTS, URI, IDENTITY, KEY, SERVER_KEY>,
}

/// A [`Storage`] of any capacities, as a [`Client`](crate::Client) takes it.
pub struct Memory<'s> {
    pub(crate) message: &'s mut [u8],
    pub(crate) location: &'s mut VecView<u8>,
    pub(crate) requests: Requests<'s>,
    pub(crate) reporting: Reporting<'s>,
    pub(crate) attributes: Attributes<'s>,
    pub(crate) accounts: Accounts<'s>,
}

/// What there is for storages of all sizes: so their names stand here once.
macro_rules! for_sizes {
    ($($SIZE:ident),*) => {
        impl<$(const $SIZE: usize),*> Storage<$($SIZE),*> {
            /// Empty storage; usable for a `static`.
            pub const fn new() -> Self {
                Self {
                    message: [0; MESSAGE],
                    location: Vec::new(),
                    requests: Vec::new(),
                    body: upload::Memory::new(),
                    observations: Vec::new(),
                    paths: composite::Memory::new(),
                    history: historical_queue::Memory::new(),
                    sends: send::Memory::new(),
                    attributes: attributes::Memory::new(),
                    accounts: accounts::Memory::new(),
                }
            }
        }

        impl<$(const $SIZE: usize),*> Default for Storage<$($SIZE),*> {
            fn default() -> Self {
                Self::new()
            }
        }

        impl<'s, $(const $SIZE: usize),*> From<&'s mut Storage<$($SIZE),*>> for Memory<'s> {
            fn from(storage: &'s mut Storage<$($SIZE),*>) -> Self {
                let members = Members::new(&mut storage.paths);
                let history = HistoricalQueue::new(&mut storage.history);
                Self {
                    message: &mut storage.message,
                    location: &mut storage.location,
                    requests: Requests {
                        duplicates: Duplicates::new(&mut storage.requests),
                        uploads: Uploads::new(&mut storage.body, MESSAGE),
                    },
                    reporting: Reporting {
                        observations: Observations::new(&mut storage.observations, members, history),
                        sends: Sends::new(&mut storage.sends),
                    },
                    attributes: Attributes::new(&mut storage.attributes),
                    accounts: Accounts::new(&mut storage.accounts),
                }
            }
        }
    };
}

for_sizes!(
    MESSAGE,
    OBSERVATIONS,
    CHANGES,
    REQUESTS,
    LOCATION,
    ATTRIBUTES,
    COMPOSITE,
    RECORDS,
    HISTORY,
    BODY,
    ACCOUNTS,
    URI,
    IDENTITY,
    KEY,
    SERVER_KEY
);
