//! What is due later goes while the radio is on. Half of its time is the window: what has the same period
//! then comes together, whenever it has begun, and stays together.

use super::Client;
use crate::session::Input;
use crate::time::Instant;

impl Client<'_> {
    /// The radio is on or is about to be, for whatever reason: the modem's tracking area update, another
    /// connection of the device. What would turn it on later goes now: the next Update and
    /// notifications that are due whatever their values are (pmax), each in the second half of its
    /// time, and [records](Self::record) that wait for others.
    ///
    /// In queue mode a driver that sleeps does this with each of its messages.
    pub fn radio_on(&mut self, now: Instant) {
        self.context.advance(now);
        if !self.reach().is_given() {
            return;
        }
        self.reporting.bring_forward(&self.context);
        if self.session.is_update_near(&self.context) {
            self.step(now, Input::Expired);
        }
    }
}
