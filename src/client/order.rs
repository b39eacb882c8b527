//! The order in which a device registers with several servers (/1/x/13 to 15; LwM2M Core 1.1,
//! 6.2.1.2): each server has a client of its own.

use crate::client::Client;
use crate::time::Instant;

/// Registers the clients of a device's servers, in the order that the bootstrap server has set.
///
/// To be called at the start, and again after each event of one of the clients: each call registers
/// those whose turn has come and that are idle. A client without a priority (/1/x/13) has its turn
/// at once; of the others the lowest number goes first, and the next has its turn when all before
/// it have registered, or have failed without holding up the others (/1/x/15). It then waits for
/// its delay (/1/x/14). A registration counts as failed when the client has halted, or tries again
/// after an error; where an order of retries is set (/1/x/17 to 20), after the last sequence.
///
/// A client that the application has closed is idle, too: leave it out.
pub fn register_in_order(clients: &mut [&mut Client<'_>], now: Instant) {
    for client in clients.iter_mut() {
        if client.context.server.priority().is_none() {
            client.register_in_turn(now, false);
        }
    }
    let mut reached = None;
    while let Some(priority) = clients
        .iter()
        .filter_map(|client| client.context.server.priority())
        .filter(|priority| reached.is_none_or(|reached| *priority > reached))
        .min()
    {
        let mut held_up = false;
        for client in clients.iter_mut() {
            if client.context.server.priority() == Some(priority) {
                client.register_in_turn(now, reached.is_some());
                held_up |= client.session.holds_up(&client.context);
            }
        }
        if held_up {
            return;
        }
        reached = Some(priority);
    }
}

impl Client<'_> {
    fn register_in_turn(&mut self, now: Instant, behind_another: bool) {
        self.context.advance(now);
        self.session
            .register_in_turn(&mut self.context, behind_another);
        self.follow();
    }
}
