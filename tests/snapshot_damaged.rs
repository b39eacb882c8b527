//! A snapshot that is torn, changed, of another build or of another device is recognised, and the device
//! begins without it.
#![cfg(all(feature = "bootstrap", feature = "snapshot"))]

mod common;

use client_lite::{
    Account, Event, Part, RegisterReason, RestoreError, Restored, State, Storage, storage,
};
use common::*;

/// Bytes of what stands before each part: what it is, the features, whose it is, how long it is, when it
/// was stored, and two checksums, the last of which is the head's own.
const HEAD: usize = 32;

#[test]
fn a_part_that_is_cut_anywhere() {
    each_part(|world, part, whole| {
        for length in 0..whole.len() {
            let restored = restore(world, part, &whole[..length]);
            assert_eq!(restored, Err(RestoreError::Damaged), "{part:?}: {length} B");
        }
    });
}

#[test]
fn a_part_with_any_bit_changed() {
    each_part(|world, part, whole| {
        for bit in 0..8 * whole.len() {
            let mut changed = whole.to_vec();
            changed[bit / 8] ^= 1 << (bit % 8);
            let restored = restore(world, part, &changed);
            assert_eq!(restored, Err(RestoreError::Damaged), "{part:?}: bit {bit}");
        }
    });
}

/// Of the one at its start, and of the features behind it.
#[test]
fn a_part_of_another_build() {
    each_part(|world, part, whole| {
        for byte in [0, 1, 2, 4, 5, 6, 7] {
            let mut other = whole.to_vec();
            other[byte] ^= 1;
            let checksum = fnv(&other[..HEAD - 4]);
            other[HEAD - 4..HEAD].copy_from_slice(&checksum.to_le_bytes());
            let restored = restore(world, part, &other);
            assert_eq!(
                restored,
                Err(RestoreError::OtherBuild),
                "{part:?}: byte {byte}"
            );
        }
    });
}

#[test]
fn a_part_that_ends_later_than_it_says() {
    each_part(|world, part, whole| {
        let mut longer = whole.to_vec();
        longer.push(0);
        assert_eq!(restore(world, part, &longer), Ok(()), "{part:?}");
    });
}

#[test]
fn a_part_in_the_place_of_the_other() {
    let mut world = bootstrapped(1);
    let accounts = stored(&world, Part::Accounts);
    let restored = restore(&mut world, Part::Session, &accounts);
    assert_eq!(restored, Err(RestoreError::OtherBuild));
}

/// The device asks the bootstrap server again.
#[test]
fn without_accounts_there_is_no_session() {
    let mut world = bootstrapped(2);
    let flash = world.flash.as_mut().expect("a flash");
    flash.set(Part::Accounts, None);
    let restored = world.restart(minutes(1));
    assert_eq!(restored.accounts, Err(RestoreError::Missing));
    assert_eq!(restored.session, Err(RestoreError::OtherDevice));
    world.expect(Event::BootstrapDone);
    world.expect(Event::Registered(RegisterReason::Bootstrapped));
}

/// The accounts are of use all the same.
#[test]
fn a_torn_session_registers_anew() {
    let mut world = bootstrapped(3);
    let mut torn = stored(&world, Part::Session);
    torn.truncate(torn.len() / 2);
    let flash = world.flash.as_mut().expect("a flash");
    flash.set(Part::Session, Some(torn));
    let restored = world.restart(minutes(1));
    assert_eq!(restored.accounts, Ok(()));
    assert_eq!(restored.session, Err(RestoreError::Damaged));
    world.expect(Event::Registered(RegisterReason::First));
    world.expect_no_event();
    // From here on there is a sound one.
    assert_eq!(world.restart(minutes(1)).session, Ok(()));
    world.expect(Event::Registered(RegisterReason::Restored));
}

/// What the server was told at the last registration.
#[test]
fn other_objects_register_anew() {
    let changes: [fn(&mut Objects); 3] = [
        |objects| objects.actuator = None,
        |objects| objects.shelf = Some(Shelf::with(&[0])),
        |objects| objects.probe = Some(Probe::default()),
    ];
    for change in changes {
        let mut world = bootstrapped(4);
        change(&mut world.objects);
        let restored = world.restart(minutes(1));
        assert_eq!(restored.accounts, Ok(()));
        assert_eq!(restored.session, Err(RestoreError::OtherDevice));
        world.expect(Event::Registered(RegisterReason::First));
    }
}

#[test]
fn another_configuration_begins_anew() {
    type Change = fn(&mut client_lite::Config<'static>);
    let changes: [Change; 2] = [
        |config| config.endpoint = "another",
        |config| config.account = Account::new("coap://elsewhere").for_bootstrap(),
    ];
    for change in changes {
        let mut world = bootstrapped(5);
        world.reconfigure(change);
        world.power_off(minutes(1), leak(<Storage>::new()));
        let restored = world.restore();
        assert_eq!(restored.accounts, Err(RestoreError::OtherDevice));
        assert_eq!(restored.session, Err(RestoreError::OtherDevice));
        world.register();
        world.expect_state(State::Bootstrapping);
    }
}

/// An update of the firmware may have made them smaller.
#[test]
fn what_does_not_fit_any_longer_is_not_restored() {
    let mut world = bootstrapped(6);
    let small: storage! { account_uri_size: 8 } = Storage::new();
    let restored = world.restart_in(minutes(1), leak(small));
    assert_eq!(restored.accounts, Err(RestoreError::Damaged));
    world.expect_state(State::Bootstrapping);

    let mut world = bootstrapped(7);
    world.observe(TEMPERATURE);
    world.observe(PRESSES);
    world.run_for(seconds(1));
    let small: storage! { observations: 1 } = Storage::new();
    let restored = world.restart_in(minutes(1), leak(small));
    assert_eq!(restored.accounts, Ok(()));
    assert_eq!(restored.session, Err(RestoreError::Damaged));
    world.expect(Event::Registered(RegisterReason::First));
    world.observe(TEMPERATURE);
    world.run_for(seconds(1));
    assert_eq!(world.server().observed(ENDPOINT), [TEMPERATURE]);
}

/// A device that has been bootstrapped, has registered and is observed.
fn bootstrapped(seed: u64) -> World {
    let mut world = bootstrap::keeping(seed);
    world.observe(TEMPERATURE);
    world.run_for(seconds(1));
    world
}

fn each_part(check: impl Fn(&mut World, Part, &[u8])) {
    for part in [Part::Accounts, Part::Session] {
        let mut world = bootstrapped(8);
        let whole = stored(&world, part);
        check(&mut world, part, &whole);
        // The world is as it was, and the sound one is of use.
        assert_eq!(restore(&mut world, part, &whole), Ok(()));
    }
}

fn stored(world: &World, part: Part) -> Vec<u8> {
    let flash = world.flash.as_ref().expect("a flash");
    flash.part(part).expect("stored").clone()
}

/// What a device with these bytes in place of a part makes of it.
fn restore(world: &mut World, part: Part, bytes: &[u8]) -> Result<(), RestoreError> {
    let flash = world.flash.as_mut().expect("a flash");
    flash.set(part, Some(bytes.to_vec()));
    world.power_off(millis(1), leak(<Storage>::new()));
    let Restored { accounts, session } = world.restore();
    match part {
        Part::Accounts => accounts,
        Part::Session => session,
    }
}

/// FNV-1a in 32 bits.
fn fnv(bytes: &[u8]) -> u32 {
    let step = |sum: u32, byte: &u8| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    bytes.iter().fold(0x811c_9dc5, step)
}
