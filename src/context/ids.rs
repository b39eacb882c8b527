//! Message ids and tokens of this client's own messages.

use crate::archive::Archive;
use crate::coap::Token;
use crate::feature;
use crate::random::Random;

/// Where the numbers are, and what the open association asks of them.
pub(crate) struct Ids {
    message: u16,
    token: u32,
    secure: bool,
}

impl Ids {
    pub(crate) fn new(random: &mut Random) -> Self {
        Self {
            message: random.next() as u16,
            token: 0,
            secure: false,
        }
    }

    /// Where they were when a snapshot was taken is not where they were last, nor is it stored again at each
    /// start: they go on at random in the half that is farthest from there, so that no peer takes a message
    /// for one that it has had.
    pub(crate) fn archive(&mut self, archive: &mut Archive<'_>) {
        let random = self.message & 0x7fff;
        if archive.is_whole() {
            archive.u16(&mut self.message);
            archive.u32(&mut self.token);
        }
        if archive.is_restoring() {
            self.message = self.message.wrapping_add(0x4000).wrapping_add(random);
            self.token = self.token.wrapping_add((1 + u32::from(random)) << 16);
        }
    }

    pub(crate) fn message(&mut self) -> u16 {
        // 0 is left out: it stands for none.
        self.message = self.message.wrapping_add(1).max(1);
        self.message
    }

    /// Random without security; under DTLS a number that never comes again (RFC 9175, 4.2).
    pub(crate) fn token(&mut self, random: &mut Random) -> Token {
        if self.is_secure() {
            self.token = self.token.wrapping_add(1);
            Token::sequence(self.token)
        } else {
            Token::random(random.next())
        }
    }

    /// Whether the open association is one of DTLS.
    pub(crate) fn is_secure(&self) -> bool {
        feature::Dtls::IS_ON && self.secure
    }

    /// An association was opened: a new one numbers its tokens anew.
    pub(crate) fn associate(&mut self, secure: bool, is_new: bool) {
        if feature::Dtls::IS_ON {
            self.secure = secure;
            self.token = if is_new { 0 } else { self.token };
        }
    }
}
