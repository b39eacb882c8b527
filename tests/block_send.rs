//! Register, Update and Send that are larger than the device's messages go in blocks (RFC 7959, 2.5).

mod common;

use client_lite::{
    At, Detail, Error, Event, Object, ObjectDefinition, Operation, Operations, Refusal,
    RegisterReason, ResourceDefinition, State, Storage, Type, Value, object, storage,
};
use coap_lite::{CoapOption, Packet, ResponseType};
use common::block::{block, collecting, number};
use common::manual::willing;
use common::*;
use demo_server::Operation as Asked;

/// Object 33011 with many instances.
struct Many(u16);

impl Object for Many {
    fn definition(&self) -> &ObjectDefinition {
        static DEFINITION: ObjectDefinition = ObjectDefinition {
            id: 33011,
            version: (2, 1),
            resources: &[ResourceDefinition::new(0, Type::Integer, Operations::R)],
        };
        &DEFINITION
    }

    fn instance(&self, index: usize) -> Option<u16> {
        (index < usize::from(self.0)).then_some(index as u16)
    }

    fn read(&mut self, _: At) -> Result<Value<'_>, Refusal> {
        Ok(Value::Integer(1))
    }
}

/// A world whose device has many instances and messages of this size.
fn world<const MESSAGE: usize>(seed: u64, instances: u16) -> World {
    let mut world = Setup::new(seed).build_in(leak(<Storage<MESSAGE>>::new()));
    world.objects.others = vec![Box::new(Many(instances))];
    world
}

/// What a device with messages for it all tells.
fn whole(instances: u16) -> Vec<u8> {
    let mut world = world::<8192>(1, instances);
    world.peer = Peer::answering(willing);
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    let register = world.wire.requests(Asked::Register)[0].packet();
    assert!(register.get_option(CoapOption::Block1).is_none());
    register.payload
}

fn registers(world: &World) -> Vec<Packet> {
    let registers = world.wire.requests(Asked::Register);
    registers.iter().map(|datagram| datagram.packet()).collect()
}

#[test]
fn register_with_two_hundred_instances() {
    let mut world = world::<256>(2, 200);
    let (peer, collected) = collecting(willing);
    world.peer = peer;
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    assert_eq!(collected.borrow().bodies, [whole(200)]);
    let registers = registers(&world);
    assert_eq!(registers.len(), whole(200).len().div_ceil(128));
    let size1 = |packet: &Packet| number(packet, CoapOption::Size1);
    assert_eq!(size1(&registers[0]), Some(whole(200).len()));
    assert_eq!(size1(&registers[1]), None);
    for pair in registers.windows(2) {
        assert_ne!(pair[0].header.message_id, pair[1].header.message_id);
        assert_eq!(queries(&pair[0]), queries(&pair[1]));
    }
    world.expect_no_event();
    world.expect_state(State::Registered);
}

#[test]
fn the_size_of_blocks() {
    fn size<const MESSAGE: usize>() -> usize {
        let mut world = world::<MESSAGE>(3, 200);
        let (peer, collected) = collecting(willing);
        world.peer = peer;
        world.register();
        world.expect(Event::Registered(RegisterReason::First));
        assert_eq!(collected.borrow().bodies, [whole(200)]);
        collected.borrow().blocks[0].2
    }
    assert_eq!(size::<1152>(), 1024);
    assert_eq!(size::<128>(), 32);
    assert_eq!(size::<100>(), 16);
}

/// An Update has its list in blocks as well; what is registered goes on meanwhile.
#[test]
fn update_with_two_hundred_instances() {
    let mut world = world::<256>(4, 1);
    let (peer, collected) = collecting(willing);
    world.peer = peer;
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world.objects.others = vec![Box::new(Many(200))];
    world.objects_changed();
    world.expect(Event::Updated);
    assert_eq!(collected.borrow().bodies, [whole(200)]);
    assert!(world.wire.requests(Asked::Update).len() > 10);
}

/// 2.3: a server may ask for smaller blocks, from the next one on.
#[test]
fn a_server_that_wants_smaller_blocks() {
    let mut world = world::<256>(5, 200);
    let (peer, collected) = collecting(willing);
    collected.borrow_mut().largest = Some(32);
    world.peer = peer;
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    let collected = collected.borrow();
    assert_eq!(collected.bodies, [whole(200)]);
    assert_eq!(collected.blocks[..2], [(0, true, 128), (4, true, 32)]);
}

/// 2.9.3: 4.13 with a smaller size: from the start, in that size.
#[test]
fn blocks_that_are_too_large() {
    for instances in [200, 2] {
        let mut world = world::<256>(6, instances);
        let (peer, collected) = collecting(willing);
        collected.borrow_mut().largest = Some(64);
        collected.borrow_mut().refusals = vec![ResponseType::RequestEntityTooLarge];
        world.peer = peer;
        world.register();
        world.expect(Event::Registered(RegisterReason::First));
        let bodies = &collected.borrow().bodies;
        match instances {
            200 => assert_eq!(*bodies, [whole(200)]),
            // All in one message needs no block, and is not refused.
            _ => assert!(bodies.is_empty()),
        }
    }
}

/// 4.13 to a message without a block names a size: then it goes in blocks of that size.
#[test]
fn a_message_that_is_too_large() {
    let mut world = world::<1152>(7, 20);
    let (mut collector, collected) = collecting(willing);
    let mut first = true;
    world.peer = Peer::script(move |datagram| {
        let request = packet(datagram);
        if std::mem::take(&mut first) {
            let too_large = answer(&request, ResponseType::RequestEntityTooLarge);
            return vec![bytes(&block::with_block(
                too_large,
                CoapOption::Block1,
                (0, false, 64),
            ))];
        }
        collector.answers(datagram)
    });
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    assert_eq!(collected.borrow().bodies, [whole(20)]);
    assert_eq!(collected.borrow().blocks[0], (0, true, 64));
}

/// 2.9.2: 4.08 once is worth another try; twice is an error.
#[test]
fn a_server_that_has_lost_blocks() {
    let incomplete = ResponseType::RequestEntityIncomplete;
    let mut world = world::<256>(8, 200);
    let (peer, collected) = collecting(willing);
    collected.borrow_mut().refusals = vec![incomplete];
    world.peer = peer;
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    assert_eq!(collected.borrow().bodies, [whole(200)]);

    let mut world = self::world::<256>(8, 200);
    let (peer, collected) = collecting(willing);
    collected.borrow_mut().refusals = vec![incomplete; 2];
    world.peer = peer;
    world.register();
    world.expect_error(
        Operation::Register,
        Error::UnknownError,
        answered(incomplete),
    );
    world.expect(Event::Registered(RegisterReason::First));
}

/// Any other answer to a block is the answer to the request.
#[test]
fn a_refusal_on_the_way() {
    let mut world = world::<256>(9, 200);
    let (peer, collected) = collecting(willing);
    world.peer = peer;
    world.register();
    world.run_until(|_| collected.borrow().blocks.len() == 3);
    collected.borrow_mut().refusals = vec![ResponseType::Forbidden];
    world.expect_error(
        Operation::Register,
        Error::InvalidParameters,
        answered(ResponseType::Forbidden),
    );
    world.expect_silence();
}

/// Objects that come on the way: the list begins anew, and none is a mixture.
#[test]
fn a_list_that_changes_on_the_way() {
    let mut world = world::<256>(10, 200);
    let (peer, collected) = collecting(willing);
    world.peer = peer;
    world.register();
    world.run_until(|_| collected.borrow().blocks.len() == 3);
    world.objects.others = vec![Box::new(Many(100))];
    world.expect(Event::Registered(RegisterReason::First));
    assert_eq!(collected.borrow().bodies, [whole(100)]);
}

/// A list that never stays the same is an error that ends.
#[test]
fn a_list_that_changes_all_the_time() {
    let mut world = world::<256>(11, 200);
    let (peer, collected) = collecting(willing);
    world.peer = peer;
    world.register();
    for count in 0..5 {
        let before = collected.borrow().blocks.len();
        world.run_until(|_| collected.borrow().blocks.len() == before + 2);
        world.objects.others = vec![Box::new(Many(100 + count))];
    }
    world.expect_error(
        Operation::Register,
        Error::UnknownError,
        Detail::BodyChanged,
    );
    world.expect(Event::Registered(RegisterReason::First));
    assert_eq!(collected.borrow().bodies, [whole(104)]);
}

object! {
    struct Log: 33012, delivered count {
        0: text: heapless::String<2000> [R, auto],
        1: deliveries: i64 [R],
    }
}

impl Log {
    fn count(&mut self, _: u16) {
        self.deliveries += 1;
    }
}

/// A value that is larger than a message is sent in blocks; what is small does not wait for it.
#[test]
fn send_of_a_large_value() {
    let mut world = Setup::new(12).build_in(leak(<storage! { message_size: 256 }>::new()));
    let text = "0123456789".repeat(200);
    world.objects.others = vec![Box::new(Log {
        text: text.parse().unwrap(),
        deliveries: 0,
    })];
    let (peer, collected) = collecting(willing);
    world.peer = peer;
    world.register();
    world.expect(Event::Registered(RegisterReason::First));
    world.changed("/33012/0/0");
    world.changed("/3200/0/5501");
    world.run_for(seconds(10));
    let collected = collected.borrow();
    assert_eq!(collected.bodies.len(), 1);
    let sent = String::from_utf8_lossy(&collected.bodies[0]).into_owned();
    assert!(sent.ends_with(&text), "{sent}");
    let sends = world.wire.requests(Asked::Send);
    let in_blocks = sends
        .iter()
        .filter(|send| block(&send.packet(), CoapOption::Block1).is_some());
    assert_eq!(
        (in_blocks.count(), collected.blocks.len()),
        (sends.len() - 1, sends.len() - 1)
    );
    world.expect_no_event();
}

/// Loss, reordering and duplication: what the server has is the list, and once.
#[test]
fn a_poor_network() {
    for seed in 0..40 {
        let mut world = world::<256>(seed, 60);
        let (peer, collected) = collecting(willing);
        world.peer = peer;
        world.link = Link::poor();
        world.register();
        world.run_for(hours(12));
        let collected = collected.borrow();
        assert!(!collected.bodies.is_empty(), "seed {seed}");
        assert!(
            collected.bodies.iter().all(|body| *body == whole(60)),
            "seed {seed}"
        );
        world.expect_state(State::Registered);
    }
}
