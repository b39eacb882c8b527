//! A device with several clients: the power may go between the snapshots of two of them.
#![cfg(all(feature = "access-control", feature = "snapshot"))]

mod common;

use client_lite::{
    Account, Client, Config, Event, Instant, TransportRequest, share_accounts, storage,
};
use common::bootstrap::{BOOTSTRAP, ByHand, instance_of, security};
use common::*;

/// With room for two servers and the bootstrap server.
type Roomy = storage! { accounts: 3 };

#[test]
fn what_the_first_has_stored_reaches_the_others() {
    for is_stored in [true, false] {
        let (mut first, mut flash) = bootstrapped();
        let mut second = client();
        let now = Instant::from_millis(0);
        let mut objects = Objects::default();
        second.restore(now, &mut flash, &mut objects.list());
        let mut shares = vec![&mut first.client, &mut second];
        assert!(share_accounts(&mut shares, now));
        assert_eq!(second.short_server_id(), 102);
        if is_stored {
            assert!(second.is_snapshot_due(&mut objects.list()));
            let saved = second.save(now, &mut flash, &mut objects.list());
            assert_eq!(saved, Ok(()));
        }

        first.power_off(minutes(1), leak(Roomy::new()));
        assert_eq!(first.restore().accounts, Ok(()));
        let mut second = client();
        let restored = second.restore(now, &mut flash, &mut objects.list());
        assert_eq!(restored.accounts.is_ok(), is_stored);
        assert_eq!(second.has_server(), is_stored);
        let mut shares = vec![&mut first.client, &mut second];
        assert!(!share_accounts(&mut shares, now), "nothing new");
        assert!(second.has_server());
        assert_eq!(second.short_server_id(), 102);
    }
}

/// The first has stored another key when the power goes, and the second has not heard of it.
#[test]
fn an_account_that_has_changed_is_dealt_out_again() {
    let (mut first, mut flash) = bootstrapped();
    let mut second = client();
    let now = Instant::from_millis(0);
    let mut objects = Objects::default();
    second.restore(now, &mut flash, &mut objects.list());
    share_accounts(&mut [&mut first.client, &mut second], now);
    let saved = second.save(now, &mut flash, &mut objects.list());
    assert_eq!(saved, Ok(()));
    first.register();
    first.run_for(seconds(1));
    first.take_events();
    bootstrap::ask_again(&mut first);
    assert_eq!(first.write("/0/2", &security("coap://moved", 102)), "2.04");
    assert_eq!(first.finish(), "2.04");

    first.power_off(minutes(1), leak(Roomy::new()));
    assert_eq!(first.restore().accounts, Ok(()));
    let mut second = client();
    second.restore(now, &mut flash, &mut objects.list());
    share_accounts(&mut [&mut first.client, &mut second], now);
    second.register(now);
    let Some(TransportRequest::Open { account, .. }) = second.poll_transport() else {
        panic!("it has a server");
    };
    assert_eq!(account.uri, "coap://moved");
}

/// The first of two clients, which has got accounts of the servers 101 and 102, and the memory of the
/// second.
fn bootstrapped() -> (ByHand, Flash) {
    let mut world = setup();
    world.keep_snapshots().accounts.expect_err("nothing yet");
    let mut server = ByHand::of(world);
    server.write_account(1, "coap://one", 101);
    assert_eq!(server.write("/0/2", &security("coap://two", 102)), "2.04");
    assert_eq!(server.write("/1/2", &instance_of(102, 900)), "2.04");
    assert_eq!(server.finish(), "2.04");
    server.expect(Event::BootstrapDone);
    (server, Flash::default())
}

fn setup() -> World {
    let mut setup = Setup::new(1);
    setup.config = config();
    setup.build_in(leak(Roomy::new()))
}

fn client() -> Client<'static> {
    Client::new(config(), leak(Roomy::new()), [5, 6, 7, 8])
}

fn config() -> Config<'static> {
    Config::new(ENDPOINT, Account::new(BOOTSTRAP).for_bootstrap())
}
