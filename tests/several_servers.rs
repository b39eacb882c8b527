//! Several servers: each has a client of its own, over the same objects.
#![cfg(feature = "access-control")]

mod common;

use client_lite::{
    Association, At, Client, Creatable, Event, Object, ObjectDefinition, Operations, Path, Refusal,
    RegisterReason, ResourceDefinition, State, TransportError, TransportRequest, Type,
    Value as Reading, Written, register_in_order,
};
use coap_lite::RequestType;
use common::manual::{Manual, code, willing, with_body};
use common::*;
use demo_server::format::{self, SENML_CBOR, TEXT, Value};

const NAME: &str = "/33000/0/2";

fn written(path: Path) -> Option<Written> {
    Some(Written {
        path,
        instances: false,
    })
}

/// What one server writes, the application hands to the other's observers.
#[test]
fn a_write_through_one_client_is_told_by_the_other() {
    let mut one = Manual::new(0x5e1);
    let mut other = Manual::new(0x5e2);
    other.observe(LEVEL);
    assert_eq!(one.put(LEVEL, TEXT, b"7"), "2.04");
    let place = one.client.poll_written().expect("written");
    // In a device the objects are the same.
    std::mem::swap(&mut one.objects, &mut other.objects);
    let before = other.wire.up().count();
    other.changed(&place.path.to_string());
    let told = other.wire.up().nth(before).expect("a notification");
    assert_eq!(code(&told.packet()), "2.05");
    assert_eq!(one.client.poll_written(), None);
}

#[test]
fn nothing_is_lost_and_nothing_is_told_twice() {
    let mut server = Manual::new(0x5e3);
    assert_eq!(server.client.poll_written(), None);
    for level in 0..100 {
        assert_eq!(
            server.put(LEVEL, TEXT, level.to_string().as_bytes()),
            "2.04"
        );
    }
    assert_eq!(
        server.client.poll_written(),
        written(Path::resource(33000, 0, 1))
    );
    assert_eq!(server.client.poll_written(), None);

    // Several places: the deepest that has them all.
    assert_eq!(server.put(LEVEL, TEXT, b"1"), "2.04");
    assert_eq!(server.put(NAME, TEXT, b"name"), "2.04");
    assert_eq!(
        server.client.poll_written(),
        written(Path::instance(33000, 0))
    );

    let body = format::encode(SENML_CBOR, "/33000/0", &[(1, Value::Integer(5))]).expect("encodes");
    let request = server.request(RequestType::Post, "/33000/0");
    assert_eq!(
        code(&server.ask(&with_body(request, SENML_CBOR, &body))),
        "2.04"
    );
    assert_eq!(
        server.client.poll_written(),
        written(Path::instance(33000, 0))
    );
}

/// Also what an object has taken block by block.
#[test]
fn an_upload_is_a_write() {
    let mut server = Manual::new(0x5e6);
    server.objects.others.push(Box::new(Vault::default()));
    let request =
        |server: &mut Manual| with_body(server.request(RequestType::Put, "/33013/0/0"), 42, b"");
    let answers = block::put(&mut server, &request, &[1; 128], 64);
    assert_eq!(code(answers.last().unwrap()), "2.04");
    assert_eq!(
        server.client.poll_written(),
        written(Path::resource(33013, 0, 0))
    );
}

/// What is refused has changed nothing, nor has what was only read; object 1 is the client's own.
#[test]
fn what_changes_nothing_is_not_told() {
    let mut server = Manual::new(0x5e4);
    assert_eq!(server.put(LEVEL, TEXT, b"x"), "4.00");
    assert_eq!(server.put("/3303/0/5700", TEXT, b"1"), "4.05");
    assert_eq!(server.put("/1/0/6", TEXT, b"0"), "2.04");
    let read = server.request(RequestType::Get, "/33000/0/1");
    server.ask(&read);
    server.measure(30.0);
    assert_eq!(server.client.poll_written(), None);
}

/// Two instances, of which any may go.
struct Pair(Vec<u16>);

impl Object for Pair {
    fn definition(&self) -> &ObjectDefinition {
        static DEFINITION: ObjectDefinition = ObjectDefinition {
            id: 33_999,
            version: (1, 0),
            resources: &[ResourceDefinition::new(1, Type::Integer, Operations::R)],
        };
        &DEFINITION
    }

    fn instance(&self, index: usize) -> Option<u16> {
        self.0.get(index).copied()
    }

    fn read(&mut self, _: At) -> Result<Reading<'_>, Refusal> {
        Ok(Reading::Integer(7))
    }

    fn creatable(&mut self) -> Option<&mut dyn Creatable> {
        Some(self)
    }
}

impl Creatable for Pair {
    fn delete(&mut self, instance: u16) -> Result<(), Refusal> {
        self.0.retain(|id| *id != instance);
        Ok(())
    }
}

#[test]
fn instances_that_go_are_told_as_such() {
    let mut server = Manual::new(0x5e5);
    server.objects.others.push(Box::new(Pair(vec![0, 1])));
    let delete = server.request(RequestType::Delete, "/33999/1");
    let said = server.say(&delete);
    assert_eq!(code(&said[0]), "2.02");
    let expected = Some(Written {
        path: Path::instance(33999, 1),
        instances: true,
    });
    assert_eq!(server.client.poll_written(), expected);
}

/// Idle clients for whose servers a bootstrap server has set these resources of object 1.
fn clients<const N: usize>(numbers: [&[(u16, i64)]; N]) -> [World; N] {
    let mut seed = 0x5e10;
    numbers.map(|numbers| {
        seed += 1;
        let mut world = bootstrap::world(seed);
        let value = |(resource, number): &(u16, i64)| match resource {
            15 => (15, Value::Boolean(*number != 0)),
            _ => (*resource, Value::Integer((*number).into())),
        };
        let mut resources: Vec<_> = numbers.iter().map(value).collect();
        // It is not to be asked again.
        resources.push((16, Value::Boolean(false)));
        world.peer = bootstrap::server_with(resources);
        world.register();
        world.expect(Event::BootstrapDone);
        world.expect(Event::Registered(RegisterReason::Bootstrapped));
        world.peer = Peer::answering(willing);
        world.close();
        world.run_until_time(at(hours(1)));
        world.take_events();
        world.expect_state(Idle);
        world
    })
}

/// A call of the application's, and what the clients are about after it.
fn order<const N: usize>(servers: &mut [World; N]) -> [State; N] {
    let now = servers.iter().map(|server| server.now).max();
    let now = now.expect("a server");
    let mut clients: Vec<&mut Client<'static>> = servers
        .iter_mut()
        .map(|server| &mut server.client)
        .collect();
    register_in_order(&mut clients, now);
    core::array::from_fn(|index| servers[index].client.state())
}

/// The transport's answer, and the server's.
fn finish(server: &mut World, outcome: Result<Association, TransportError>) {
    server.transport.then(outcome);
    server.settle();
    server.run_for(seconds(1));
}

use State::{Halted, Idle, Registered, Registering};

#[test]
fn the_lowest_priority_number_registers_first() {
    let mut servers = clients([&[(13, 7)], &[(13, 2)], &[], &[(13, 7)]]);
    let started = [Idle, Registering, Registering, Idle];
    assert_eq!(order(&mut servers), started);
    assert_eq!(order(&mut servers), started);
    finish(&mut servers[2], Ok(Association::New));
    assert_eq!(order(&mut servers), [Idle, Registering, Registered, Idle]);
    finish(&mut servers[1], Ok(Association::New));
    let both = [Registering, Registered, Registered, Registering];
    assert_eq!(order(&mut servers), both);
}

#[test]
fn a_failure_holds_up_the_others_where_the_server_says_so() {
    for (block, behind) in [(0, Registering), (1, Idle)] {
        let mut servers = clients([&[(13, 1), (15, block)], &[(13, 2)]]);
        assert_eq!(order(&mut servers), [Registering, Idle]);
        finish(&mut servers[0], Err(TransportError::NotResolved));
        assert_eq!(order(&mut servers), [Registering, behind], "{block}");
        // It registers after all.
        servers[0].run_for(minutes(1));
        assert_eq!(order(&mut servers), [Registered, Registering], "{block}");
    }
}

/// Where the server has set the order of retries, the first failure is not the end of it.
#[test]
fn a_failure_counts_after_the_last_sequence() {
    let mut servers = clients([&[(13, 1), (17, 2), (18, 10), (20, 1)], &[(13, 2)]]);
    servers[0]
        .transport
        .always(Err(TransportError::NotResolved));
    assert_eq!(order(&mut servers), [Registering, Idle]);
    servers[0].settle();
    servers[0].run_for(seconds(1));
    assert_eq!(order(&mut servers), [Registering, Idle]);
    servers[0].run_for(seconds(20));
    assert_eq!(order(&mut servers), [Registering, Registering]);
}

#[test]
fn a_halted_client_lets_the_next_one_go() {
    let mut servers = clients([&[(13, 1)], &[(13, 2)]]);
    servers[0].peer =
        Peer::answering(|request| Some(answer(request, coap_lite::ResponseType::Forbidden)));
    order(&mut servers);
    finish(&mut servers[0], Ok(Association::New));
    assert_eq!(order(&mut servers), [Halted, Registering]);
}

/// The delay begins when the server before has registered.
#[test]
fn the_next_server_waits_for_its_delay() {
    let mut servers = clients([&[(13, 1), (14, 100)], &[(13, 2), (14, 300)]]);
    order(&mut servers);
    // The first has no other before it.
    let asks = |server: &mut World| {
        matches!(
            server.client.poll_transport(),
            Some(TransportRequest::Open { .. })
        )
    };
    finish(&mut servers[0], Ok(Association::New));
    assert_eq!(order(&mut servers), [Registered, Registering]);
    assert!(!asks(&mut servers[1]));
    servers[1].run_for(seconds(299));
    servers[1].expect_state(Registering);
    servers[1].run_for(seconds(15));
    servers[1].expect_state(Registered);
}
