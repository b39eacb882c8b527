//! Where an observation comes from: in Izuma's profile some begin without a request.

use crate::archive::Archive;

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Origin {
    Request,
    /// An `aobs` attribute of the object list.
    List,
    /// The same, but not wanted until the next registration: the server has rejected a notification,
    /// does not acknowledge them, or observes the path by a request.
    Silenced,
}

impl Origin {
    pub(super) const REQUEST: Self = Self::Request;
    pub(super) const IS_ALWAYS_REQUEST: bool = false;

    pub(super) fn is_request(self) -> bool {
        self == Self::Request
    }

    pub(super) fn is_list(self) -> bool {
        self == Self::List
    }

    pub(super) fn is_silenced(self) -> bool {
        self == Self::Silenced
    }

    pub(super) fn archive(&mut self, archive: &mut Archive<'_>) {
        let mut number = *self as u8;
        archive.u8(&mut number);
        match [Self::Request, Self::List, Self::Silenced].get(usize::from(number)) {
            Some(origin) => *self = *origin,
            None => archive.refuse(),
        }
    }

    /// Silences an observation that comes from a list, instead of forgetting it; whether it does.
    pub(super) fn silence(&mut self) -> bool {
        let is_listed = !self.is_request();
        if is_listed {
            *self = Self::Silenced;
        }
        is_listed
    }
}
