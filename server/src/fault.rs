//! Faults that tests ask for.

use std::collections::BTreeMap;

use coap_lite::ResponseType;

/// An operation that a client asks of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// POST /rd.
    Register,
    /// POST to the location.
    Update,
    /// DELETE of the location.
    Deregister,
    /// POST /dp.
    Send,
    /// POST /bs.
    BootstrapRequest,
    /// GET /bspack.
    BootstrapPackRequest,
}

#[derive(Clone, Copy)]
pub(crate) enum Fault {
    Refuse(ResponseType, Option<u32>),
    Reset,
    Malformed,
}

/// The faults in force.
pub(crate) type Faults = BTreeMap<Operation, Fault>;
