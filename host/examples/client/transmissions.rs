//! Which messages have been there before, and when they come again (RFC 7252, 4.2).

use std::collections::VecDeque;
use std::time::Duration;

use client_lite_host::Direction;
use coap_lite::{MessageType, Packet};

pub struct Transmissions {
    /// MAX_RETRANSMIT.
    most: u8,
    /// The newest confirmable messages.
    newest: VecDeque<Confirmable>,
}

struct Confirmable {
    direction: Direction,
    id: u16,
    token: Vec<u8>,
    /// The last time.
    at: Duration,
    retransmissions: u8,
}

impl Transmissions {
    pub fn new(most: u8) -> Self {
        Self {
            most,
            newest: VecDeque::new(),
        }
    }

    /// Takes a message that goes or comes now. One that has done so before gives words for that, such as
    /// `retransmission 2 of 4, next in 11.8 s`.
    pub fn repeated(
        &mut self,
        now: Duration,
        direction: Direction,
        packet: &Packet,
    ) -> Option<String> {
        if packet.header.get_type() != MessageType::Confirmable {
            return None;
        }
        let (id, token) = (packet.header.message_id, packet.get_token());
        let before = self
            .newest
            .iter_mut()
            .find(|one| (one.direction, one.id, one.token.as_slice()) == (direction, id, token));
        let Some(before) = before else {
            if self.newest.len() >= MOST_MESSAGES {
                self.newest.pop_front();
            }
            self.newest.push_back(Confirmable {
                direction,
                id,
                token: token.to_vec(),
                at: now,
                retransmissions: 0,
            });
            return None;
        };
        if direction == Direction::In {
            return Some("received again".into());
        }
        before.retransmissions = before.retransmissions.saturating_add(1);
        // Each wait is twice the one before it.
        let wait = 2.0 * now.saturating_sub(before.at).as_secs_f64();
        before.at = now;
        let next = match before.retransmissions < self.most {
            true => "next",
            false => "given up",
        };
        Some(format!(
            "retransmission {} of {}, {next} in {wait:.1} s",
            before.retransmissions, self.most
        ))
    }
}

/// More than are under way at once.
const MOST_MESSAGES: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: MessageType, id: u16) -> Packet {
        let mut packet = Packet::new();
        packet.header.set_type(kind);
        packet.header.message_id = id;
        packet
    }

    #[test]
    fn a_retransmission_says_which_it_is_and_when_the_next_one_comes() {
        let mut transmissions = Transmissions::new(3);
        let mut sent = |seconds, id| {
            let now = Duration::from_millis(seconds);
            let packet = message(MessageType::Confirmable, id);
            transmissions.repeated(now, Direction::Out, &packet)
        };
        assert_eq!(sent(1_000, 7), None);
        assert_eq!(sent(1_500, 8), None);
        for (at, told) in [
            (3_500, "retransmission 1 of 3, next in 5.0 s"),
            (8_500, "retransmission 2 of 3, next in 10.0 s"),
            (18_500, "retransmission 3 of 3, given up in 20.0 s"),
        ] {
            assert_eq!(sent(at, 7).as_deref(), Some(told));
        }
    }

    #[test]
    fn what_comes_again_is_told_from_what_this_device_sends() {
        let mut transmissions = Transmissions::new(4);
        let mut at_once =
            |direction, packet| transmissions.repeated(Duration::ZERO, direction, &packet);
        let confirmable = || message(MessageType::Confirmable, 7);
        assert_eq!(at_once(Direction::Out, confirmable()), None);
        assert_eq!(at_once(Direction::In, confirmable()), None);
        let again = at_once(Direction::In, confirmable());
        assert_eq!(again.as_deref(), Some("received again"));
        // Nobody waits for an answer to these.
        let other = || message(MessageType::NonConfirmable, 8);
        assert_eq!(at_once(Direction::Out, other()), None);
        assert_eq!(at_once(Direction::Out, other()), None);
    }
}
