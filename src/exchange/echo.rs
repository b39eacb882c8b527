//! The Echo option (RFC 9175, 2), by which a server makes sure that a request is fresh and comes
//! from where it says: its value goes into the next request, and where the server wants the same
//! request again, into that at once.

use coap_lite::ResponseType;
use heapless::Vec;

use crate::coap::{Message, Writer};

/// What the server wants to see again.
#[derive(Default)]
pub(super) struct Echo {
    /// Empty where it wants nothing.
    value: Vec<u8, 40>,
    /// Whether the outstanding request is such a repetition.
    repeats: bool,
}

impl Echo {
    /// Takes the value of a response to a request. Whether the request is to be sent again with it
    /// (2.3): once, so that a server that is never content does not make it a loop.
    pub(super) fn asks_again(&mut self, response: &Message<'_>) -> bool {
        let mut options = response.options();
        let given = options.find_map(|(number, value)| (number == NUMBER).then_some(value));
        let given = given.filter(|value| (1..=self.value.capacity()).contains(&value.len()));
        // One that holds for a request in blocks holds for each of them.
        if given.is_some() || !response.is(ResponseType::Continue) {
            self.value.clear();
            let _ = self.value.extend_from_slice(given.unwrap_or_default());
        }
        given.is_some() && response.is(ResponseType::Unauthorized) && !self.repeats
    }

    /// A request begins, which may be a repetition.
    pub(super) fn begin(&mut self, repeats: bool) {
        self.repeats = repeats;
    }

    /// Writes the option, behind all others and before a payload that is there already.
    pub(super) fn write(&self, writer: &mut Writer<'_>) {
        if !self.value.is_empty() {
            writer.add_option(NUMBER, &self.value);
        }
    }

    /// How much of a message is to be left to the option.
    pub(super) fn room(&self) -> usize {
        match self.value.len() {
            0 => 0,
            length => length + 4,
        }
    }
}

const NUMBER: u16 = 252;
