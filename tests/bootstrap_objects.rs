//! What a bootstrap server sets up besides accounts: instances of the application's objects, and who
//! may do what with them (LwM2M Core 1.1, 6.1.7 and 8.2).

mod common;

use client_lite::{Account, State};
use coap_lite::RequestType;
use common::manual::{code, text, willing, with_body};
use common::*;
use demo_server::format::{self, TLV, Value};

/// A device that waits for its bootstrap server, with these shelves.
fn waiting(seed: u64, shelves: &[u16]) -> World {
    let mut setup = Setup::new(seed);
    setup.config.account = Account::new("coap://bootstrap").for_bootstrap();
    let mut world = setup.build();
    world.objects.shelf = Some(Shelf::with(shelves));
    world.peer = Peer::answering(willing);
    world.register();
    world.run_for(seconds(1));
    world.expect_state(State::Bootstrapping);
    world
}

/// The code of the answer to a request.
fn ask(world: &mut World, method: RequestType, path: &str, body: &[u8]) -> String {
    let id = 0x100 + world.wire.datagrams.len() as u16;
    let mut request = request(method, path, id);
    if !body.is_empty() {
        request = with_body(request, TLV, body);
    }
    let before = world.wire.datagrams.len();
    world.deliver(&bytes(&request));
    code(&world.wire.datagrams[before].packet())
}

fn write(world: &mut World, path: &str, resources: &[(u16, Value)]) -> String {
    let body = format::encode(TLV, path, resources).expect("encodes");
    ask(world, RequestType::Put, path, &body)
}

fn delete(world: &mut World, path: &str) -> String {
    ask(world, RequestType::Delete, path, &[])
}

fn ids(world: &World) -> Vec<u16> {
    let shelf = world.objects.shelf.as_ref().unwrap();
    shelf.cases.keys().copied().collect()
}

#[test]
fn instances_are_created_by_writing_them() {
    let mut world = waiting(1, &[0]);
    let label = |text: &str| [(0, Value::Text(text.into())), (1, Value::Integer(5))];
    assert_eq!(write(&mut world, "/33002/4", &label("new")), "2.04");
    let case = &world.objects.shelf.as_ref().unwrap().cases[&4];
    // Also what servers cannot write.
    assert_eq!((case.label.as_str(), case.weight), ("new", 5));
    // One that is there is written only.
    assert_eq!(write(&mut world, "/33002/4", &label("newer")), "2.04");
    // A value that is refused leaves nothing behind.
    assert_eq!(write(&mut world, "/33002/5", &label("too long!")), "4.00");
    assert_eq!(ids(&world), [0, 4]);
    // A resource brings its instance with it, and not each object has room for one.
    let resource = [(0, Value::Text("new".into()))];
    assert_eq!(write(&mut world, "/33002/6/0", &resource), "2.04");
    assert_eq!(ids(&world), [0, 4, 6]);
    assert_eq!(write(&mut world, "/33000/6", &[]), "4.05");
}

#[test]
fn instances_are_deleted() {
    let mut world = waiting(2, &[0, 1, 2]);
    assert_eq!(delete(&mut world, "/33002/1"), "2.02");
    assert_eq!(delete(&mut world, "/33002/1"), "4.04");
    assert_eq!(ids(&world), [0, 2]);
    // What the application has made is no part of the accounts.
    assert_eq!(delete(&mut world, "/"), "2.02");
    assert_eq!(ids(&world), [0, 2]);
    assert_eq!(delete(&mut world, "/33002"), "2.02");
    assert!(ids(&world).is_empty());
    assert_eq!(delete(&mut world, "/33000"), "4.05");
    assert_eq!(delete(&mut world, "/9"), "4.04");
}

/// 6.1.7.6: whatever the bootstrap server deletes, a device goes on being one.
#[test]
fn the_device_object_stays() {
    let mut world = waiting(6, &[0]);
    for path in ["/3/0", "/3", "/"] {
        delete(&mut world, path);
    }
    let account = [
        (0, Value::Text("coap://server".into())),
        (2, Value::Integer(3)),
        (10, Value::Integer(7)),
    ];
    let server = [(0, Value::Integer(7)), (1, Value::Integer(300))];
    assert_eq!(write(&mut world, "/0/1", &account), "2.04");
    assert_eq!(write(&mut world, "/1/0", &server), "2.04");
    assert_eq!(ask(&mut world, RequestType::Post, "/bs", &[]), "2.04");
    world.run_for(seconds(10));
    world.expect_state(State::Registered);
    let register = &world.wire.requests(demo_server::Operation::Register)[0];
    let register = register.packet();
    let list = text(&register);
    assert!(list.contains("</3/0>"), "{list}");
    assert_eq!(ask(&mut world, RequestType::Get, "/3/0", &[]), "2.05");
}

#[cfg(feature = "access-control")]
mod rights {
    use client_lite::objects::access_control::AccessControl;

    use super::*;

    /// `{0: object, 1: instance, 2: {7: rights}, 3: 65535}`
    fn control(object: u16, instance: u16, rights: u8) -> Vec<u8> {
        let mut body = Vec::new();
        for (id, number) in [(0, object), (1, instance), (3, u16::MAX)] {
            // In four bytes no number is negative.
            body.extend([0xc4, id]);
            body.extend(u32::from(number).to_be_bytes());
        }
        body.extend([0x83, 2, 0x41, 7, rights]);
        body
    }

    fn put(world: &mut World, path: &str, body: &[u8]) -> String {
        ask(world, RequestType::Put, path, body)
    }

    /// Registers server 7.
    fn finish(world: &mut World) {
        let security = [
            (0, Value::Text("coap://server".into())),
            (1, Value::Boolean(false)),
            (2, Value::Integer(3)),
            (10, Value::Integer(7)),
        ];
        let server = [(0, Value::Integer(7)), (1, Value::Integer(300))];
        assert_eq!(write(world, "/0/1", &security), "2.04");
        assert_eq!(write(world, "/1/0", &server), "2.04");
        assert_eq!(ask(world, RequestType::Post, "/bs", &[]), "2.04");
        world.run_for(seconds(10));
        world.expect_state(State::Registered);
    }

    fn controlled(seed: u64) -> World {
        let mut world = waiting(seed, &[0]);
        world.objects.others = vec![Box::new(AccessControl::<4>::new())];
        world
    }

    #[test]
    fn the_bootstrap_server_grants_them() {
        let mut world = controlled(3);
        assert_eq!(put(&mut world, "/2/5", &control(33002, 0, 1)), "2.04");
        assert_eq!(put(&mut world, "/2/6", &control(33002, 65535, 16)), "2.04");
        finish(&mut world);
        let read = RequestType::Get;
        assert_eq!(ask(&mut world, read, "/33002/0/0", &[]), "2.05");
        assert_eq!(ask(&mut world, read, "/33000/0/1", &[]), "4.01");
        assert_eq!(delete(&mut world, "/33002/0"), "4.01");
        // What nobody but the bootstrap server owns.
        assert_eq!(put(&mut world, "/2/5/2", &[0x41, 7, 15]), "4.01");
        let label = [0xc3, 0, b'n', b'e', b'w'];
        let created = ask(&mut world, RequestType::Post, "/33002", &label);
        assert_eq!(created, "2.01");
        assert_eq!(ask(&mut world, read, "/33002/1/0", &[]), "2.05");
    }

    #[test]
    fn the_bootstrap_server_takes_them_away() {
        for path in ["/", "/2", "/2/5"] {
            let mut world = controlled(4);
            assert_eq!(put(&mut world, "/2/5", &control(33002, 0, 1)), "2.04");
            assert_eq!(delete(&mut world, path), "2.02", "{path}");
            finish(&mut world);
            let read = ask(&mut world, RequestType::Get, "/33002/0/0", &[]);
            assert_eq!(read, "4.01", "{path}");
        }
    }

    /// A Bootstrap-Write that is refused leaves no instance behind.
    #[test]
    fn a_wrong_grant_is_none() {
        let mut world = controlled(5);
        assert_eq!(put(&mut world, "/2/5", &control(33002, 0, 32)), "4.00");
        assert_eq!(delete(&mut world, "/2/5"), "4.04");
    }
}
