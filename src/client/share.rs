//! A bootstrap for several servers (LwM2M Core 1.1, 6.1): one client of the device asks the bootstrap
//! server, and each server that it has written gets a client of its own.

use crate::client::Client;
use crate::config::Role;
use crate::event::Event;
use crate::time::Instant;

/// Gives the accounts that a bootstrap server has written to a device's clients, one each; whether
/// there were any.
///
/// To be called after each event of one of the clients. Where it gives `true`, the clients that have
/// a server by then ([`Client::has_server`]) are to be registered, by
/// [`register_in_order`](crate::register_in_order).
///
/// Of the clients that are configured with a bootstrap server the first asks it, also in the name of
/// the others, and keeps the account with its own short server id, or the first one. The others are
/// to be left alone until they have got a server. One that had a server and has none any longer is
/// idle, and tells [`Event::Deregistered`] where it was registered: the server is not asked (Core
/// 1.1, 6.1.3.3). The [`Storage`](crate::Storage) of each has the same sizes, with `accounts` of
/// one more than there are such clients.
pub fn share_accounts(clients: &mut [&mut Client<'_>], now: Instant) -> bool {
    let mut bootstrapped = clients
        .iter_mut()
        .filter(|client| client.role() == Role::Bootstrap);
    let Some(first) = bootstrapped.next() else {
        return false;
    };
    let mut is_asked = false;
    for other in bootstrapped {
        is_asked |= other.session.follows_another();
    }
    first.context.advance(now);
    if is_asked {
        first.session.bootstrap_for_others(&first.context);
        first.follow();
    }
    let shares = first.session.takes_new_accounts();
    if shares || first.context.snapshots.take_accounts() {
        deal(clients, shares, now);
    }
    shares
}

/// Deals the first client's accounts out to the others: first to those that have had the same server
/// before. Those that are not new, but restored after a loss of power, leave whoever has one alone: only
/// what was interrupted by it is done.
fn deal(clients: &mut [&mut Client<'_>], are_new: bool, now: Instant) {
    let is_bootstrapped = |client: &&mut Client<'_>| client.role() == Role::Bootstrap;
    let first = clients.iter().position(is_bootstrapped);
    let split = first.and_then(|first| clients.get_mut(first..)?.split_first_mut());
    let Some((first, others)) = split else {
        return;
    };
    let own = first.short_server_id();
    let accounts = &first.context.accounts.in_force;
    let ids = || accounts.securities.servers().filter(|id| *id != own);
    for other in others.iter_mut().filter(|other| is_bootstrapped(other)) {
        let id = other.short_server_id();
        let is_kept = other.has_server() && ids().any(|kept| kept == id);
        let own = &other.context.accounts.in_force.securities;
        let is_same = match is_kept {
            true => own.agree_on(&accounts.securities, id),
            false => !other.has_server(),
        };
        if !are_new && is_same {
            continue;
        }
        other.adopt(first, is_kept.then_some(id), now);
    }
    for id in ids() {
        let has_it = |other: &&mut Client<'_>| other.has_server() && other.short_server_id() == id;
        if others.iter().any(has_it) {
            continue;
        }
        let mut free = others.iter_mut().filter(|other| is_bootstrapped(other));
        if let Some(free) = free.find(|other| !other.has_server()) {
            free.adopt(first, Some(id), now);
        }
    }
}

impl Client<'_> {
    /// What the configured account's server is for.
    pub fn role(&self) -> Role {
        self.context.config.account.role
    }

    /// Whether there is a server to register with: the configured one, or one that a bootstrap
    /// server has written.
    pub fn has_server(&self) -> bool {
        self.context.has_server()
    }

    /// Takes over the account of a server from the client that has them all, in place of the one that
    /// it had.
    fn adopt(&mut self, first: &Client<'_>, id: Option<u16>, now: Instant) {
        self.context.advance(now);
        let was_registered = self.session.abandon_server(&self.context);
        self.follow();
        let here = self.context.now();
        let accounts = &mut self.context.accounts;
        accounts.in_force.clear();
        let Some(id) = id else {
            if was_registered {
                self.context.emit(Event::Deregistered);
            }
            return;
        };
        accounts.expire_with(&first.context.accounts, here, first.context.now());
        let others = &first.context.accounts.in_force;
        for instance in others.securities.iter() {
            if !instance.is_bootstrap && instance.short_server_id == id {
                // There is as much room as there.
                let _ = accounts
                    .in_force
                    .securities
                    .copy(&others.securities, instance);
            }
        }
        if let Some(server) = others.server(id) {
            self.context.server = *server;
        }
    }
}
