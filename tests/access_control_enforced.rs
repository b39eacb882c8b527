//! What servers with different rights may do (LwM2M Core 1.1, 8.2): each has a client of its own,
//! over the same objects.
#![cfg(feature = "access-control")]

mod common;

use client_lite::objects::access_control::{AccessControl, DEFAULT, Rights};
use client_lite::{Event, Object, Path, RecordError};
use coap_lite::{MessageType, Packet, RequestType};
use common::block::part;
use common::composite::{fetch, lines, names, patch, values};
use common::manual::*;
use common::*;
use demo_server::format::{SENML_CBOR, TEXT, TLV};

/// The two servers of a device.
struct Servers {
    one: Manual,
    two: Manual,
}

/// The short server ids.
const ONE: u16 = 1;
const TWO: u16 = 2;

type Control = AccessControl<8>;

/// A device with shelf 0, of which all is granted to server 1 and this to server 2.
fn servers(seed: u64, of_two: Rights) -> Servers {
    let mut control = Control::new();
    control.grant(33000, 0, ONE, &[(TWO, of_two)]).unwrap();
    control.grant(33002, 0, ONE, &[(TWO, of_two)]).unwrap();
    control
        .grant_create(33002, &[(ONE, Rights::CREATE)])
        .unwrap();
    with(seed, control)
}

/// A device with shelf 0 and these rights.
fn with(seed: u64, control: Control) -> Servers {
    with_others(seed, vec![Box::new(control)])
}

fn with_others(seed: u64, others: Vec<Box<dyn Object>>) -> Servers {
    let mut one = registered(seed, ONE);
    one.objects.shelf = Some(Shelf::with(&[0]));
    one.objects.others = others;
    let two = registered(seed + 1, TWO);
    Servers { one, two }
}

fn registered(seed: u64, id: u16) -> Manual {
    let mut setup = Setup::new(seed);
    setup.config.short_server_id = id;
    Manual::of(setup.build())
}

impl Servers {
    /// What a server does, with the objects in its client's hands.
    fn as_server<R>(&mut self, id: u16, act: impl FnOnce(&mut Manual) -> R) -> R {
        if id == ONE {
            return act(&mut self.one);
        }
        std::mem::swap(&mut self.one.objects, &mut self.two.objects);
        let result = act(&mut self.two);
        std::mem::swap(&mut self.one.objects, &mut self.two.objects);
        result
    }

    fn one<R>(&mut self, act: impl FnOnce(&mut Manual) -> R) -> R {
        self.as_server(ONE, act)
    }

    fn two<R>(&mut self, act: impl FnOnce(&mut Manual) -> R) -> R {
        self.as_server(TWO, act)
    }

    /// Server 1, which owns what it is about, writes the rights of server 2.
    fn let_two(&mut self, control: u16, rights: Rights) {
        let bits = (0..32).find(|bits| rights_of(*bits) == rights).unwrap();
        let path = format!("/2/{control}/2/{TWO}");
        let answer = self.one(|server| server.put(&path, TEXT, bits.to_string().as_bytes()));
        assert_eq!(answer, "2.04");
    }
}

fn rights_of(bits: u8) -> Rights {
    let all = [
        Rights::READ,
        Rights::WRITE,
        Rights::EXECUTE,
        Rights::DELETE,
        Rights::CREATE,
    ];
    let set = { all }.into_iter().enumerate();
    set.filter(|(place, _)| bits & (1 << place) != 0)
        .fold(Rights::NONE, |rights, (_, right)| rights | right)
}

fn observe_code(server: &mut Manual, path: &str) -> String {
    let request = server.observe_request(path);
    code(&server.ask(&request))
}

/// What a composite operation reads; the answer.
fn read(server: &mut Manual, paths: &[&str]) -> Packet {
    let request = fetch(server, &names(paths));
    server.ask(&request)
}

/// `{0: "new"}` of the instance that the device chooses.
const NEW: &[u8] = &[0xc3, 0, b'n', b'e', b'w'];

type Operation = fn(&mut Manual) -> String;

/// Operations with the right that each needs.
const OPERATIONS: [(&str, Rights, Operation, &str); 11] = [
    (
        "Read of an instance",
        Rights::READ,
        |server| server.lines("/33002/0").pop().unwrap_or_default(),
        "/33002/0/3 = old",
    ),
    (
        "Read of a resource",
        Rights::READ,
        |server| server.lines("/33000/0/1").concat(),
        "/33000/0/1 = 0",
    ),
    (
        "Observe",
        Rights::READ,
        |server| observe_code(server, "/33000/0/1"),
        "2.05",
    ),
    (
        "Write-Attributes",
        Rights::READ,
        |server| server.write_attributes("/33000/0/1", "pmin=1"),
        "2.04",
    ),
    (
        "Write",
        Rights::WRITE,
        |server| server.put("/33000/0/1", TEXT, b"7"),
        "2.04",
    ),
    (
        "Replace",
        Rights::WRITE,
        |server| server.put("/33002/0", TLV, NEW),
        "2.04",
    ),
    (
        "Partial Update",
        Rights::WRITE,
        |server| server.post("/33002/0", TLV, NEW),
        "2.04",
    ),
    (
        "Write-Composite",
        Rights::WRITE,
        |server| {
            let body = values(&[("/33000/0/1", Ok(8)), ("/1/0/2", Ok(20))]);
            patch(server, &body)
        },
        "2.04",
    ),
    (
        "Execute",
        Rights::EXECUTE,
        |server| server.execute("/33000/0/4"),
        "2.04",
    ),
    (
        "Delete",
        Rights::DELETE,
        |server| server.delete("/33002/0"),
        "2.02",
    ),
    (
        "Discover",
        Rights::NONE,
        |server| server.discover("/33000/0/4"),
        "</33000/0/4>",
    ),
];

#[test]
fn each_operation_needs_its_right() {
    for bits in 0..16 {
        let rights = rights_of(bits);
        for (name, right, operation, success) in OPERATIONS {
            let mut servers = servers(1, rights);
            let allowed = rights.allow(right);
            let expected = if allowed { success } else { "4.01" };
            let said = servers.two(operation);
            assert_eq!(said, expected, "{name} with {rights:?}");
            let unchanged = !allowed || right == Rights::READ || right == Rights::NONE;
            if unchanged {
                let objects = &servers.one.objects;
                assert_eq!(objects.actuator.as_ref().unwrap().executions, 0, "{name}");
                assert_eq!(objects.actuator.as_ref().unwrap().writes, 0, "{name}");
                assert_eq!(objects.shelf.as_ref().unwrap().cases[&0].label, "case 0");
            }
        }
    }
}

/// The owner without an entry of its own.
#[test]
fn the_owner_may_do_everything() {
    for (name, _, operation, success) in OPERATIONS {
        let mut servers = servers(2, Rights::NONE);
        assert_eq!(servers.one(operation), success, "{name}");
    }
}

#[test]
fn without_access_control_every_server_may_do_everything() {
    for (name, _, operation, success) in OPERATIONS {
        let mut servers = with_others(3, vec![]);
        assert_eq!(servers.two(operation), success, "{name}");
    }
}

#[test]
fn what_is_granted_nowhere_is_refused_to_all() {
    let mut servers = with(4, Control::new());
    for (name, right, operation, success) in OPERATIONS {
        let expected = if right == Rights::NONE {
            success
        } else {
            "4.01"
        };
        assert_eq!(servers.one(operation), expected, "{name}");
    }
    assert_eq!(servers.one(|server| server.lines("/3/0/0")), ["4.01"]);
}

/// What is not there is told before what is not allowed.
#[test]
fn what_is_not_there_is_not_found() {
    let mut servers = servers(5, Rights::NONE);
    for path in ["/33002/9", "/33002/9/1", "/9/0"] {
        assert_eq!(servers.two(|server| server.lines(path)), ["4.04"], "{path}");
    }
    assert_eq!(servers.two(|server| server.delete("/33002/9")), "4.04");
    assert_eq!(servers.two(|server| server.post("/9", TLV, NEW)), "4.04");
}

#[test]
fn the_default_entry_is_for_servers_without_one() {
    let mut control = Control::new();
    let entries = [(DEFAULT, Rights::READ), (ONE, Rights::WRITE)];
    control.grant(33000, 0, 9, &entries).unwrap();
    let mut servers = with(6, control);
    let level = "/33000/0/1";
    assert_eq!(
        servers.two(|server| server.lines(level)),
        ["/33000/0/1 = 0"]
    );
    assert_eq!(servers.two(|server| server.put(level, TEXT, b"1")), "4.01");
    // One of its own takes the place of the default.
    assert_eq!(servers.one(|server| server.lines(level)), ["4.01"]);
    assert_eq!(servers.one(|server| server.put(level, TEXT, b"1")), "2.04");
}

#[test]
fn a_server_manages_its_own_account() {
    let mut servers = with(7, Control::new());
    assert_eq!(
        servers.two(|server| server.put("/1/0/1", TEXT, b"90")),
        "2.04"
    );
    assert_eq!(servers.two(|server| server.lines("/1/0/0")), ["/1/0/0 = 2"]);
    assert_eq!(servers.two(|server| server.execute("/1/0/8")), "2.04");
}

/// Every server reads object 2, the owner alone writes it, and neither creates nor deletes.
#[test]
fn rights_are_changed_by_the_owner() {
    let mut servers = servers(8, Rights::FULL);
    let entry = "/2/0/2/2";
    for id in [ONE, TWO] {
        let read = servers.as_server(id, |server| server.lines(entry));
        assert_eq!(read, ["/2/0/2/2 = 15"]);
        let deleted = servers.as_server(id, |server| server.delete("/2/0"));
        assert_eq!(deleted, "4.01");
        let created = servers.as_server(id, |server| server.post("/2", TLV, &[0xc1, 3, 1]));
        assert_eq!(created, "4.01");
    }
    assert_eq!(servers.two(|server| server.put(entry, TEXT, b"1")), "4.01");
    assert_eq!(servers.one(|server| server.put(entry, TEXT, b"1")), "2.04");
    let level = "/33000/0/1";
    assert_eq!(servers.two(|server| server.put(level, TEXT, b"1")), "4.01");
    // Another owner.
    assert_eq!(
        servers.one(|server| server.put("/2/0/3", TEXT, b"2")),
        "2.04"
    );
    assert_eq!(servers.one(|server| server.put(entry, TEXT, b"3")), "4.01");
    assert_eq!(servers.two(|server| server.put(entry, TEXT, b"3")), "2.04");
    assert_eq!(servers.two(|server| server.put(level, TEXT, b"1")), "2.04");
}

#[test]
fn who_creates_an_instance_owns_it() {
    let mut servers = servers(9, Rights::FULL);
    assert_eq!(
        servers.two(|server| server.post("/33002", TLV, NEW)),
        "4.01"
    );
    assert_eq!(
        servers.one(|server| server.post("/33002", TLV, NEW)),
        "2.01"
    );
    let control = servers.one(|server| server.lines("/2/3"));
    assert_eq!(
        control,
        ["/2/3/0 = 33002", "/2/3/1 = 1", "/2/3/3 = 1"],
        "the creator's"
    );
    let label = "/33002/1/0";
    assert_eq!(
        servers.one(|server| server.put(label, TEXT, b"mine")),
        "2.04"
    );
    assert_eq!(servers.two(|server| server.lines(label)), ["4.01"]);
    assert_eq!(servers.two(|server| server.delete("/33002/1")), "4.01");
    servers.let_two(3, Rights::DELETE);
    assert_eq!(servers.two(|server| server.delete("/33002/1")), "2.02");
    // Its rights go with it.
    assert_eq!(servers.one(|server| server.lines("/2/3")), ["4.04"]);
}

#[test]
fn a_refused_create_belongs_to_nobody() {
    let mut servers = servers(10, Rights::NONE);
    // A label of nine bytes.
    let body = [&[0xc8, 0, 9][..], b"too long!"].concat();
    assert_eq!(
        servers.one(|server| server.post("/33002", TLV, &body)),
        "4.00"
    );
    assert_eq!(servers.one(|server| server.lines("/2/3")), ["4.04"]);
    assert_eq!(servers.one(|server| server.lines("/33002/1")), ["4.04"]);
}

/// Without room for who owns it there is no instance.
#[test]
fn a_create_that_cannot_be_booked_is_refused() {
    let mut control = AccessControl::<1>::new();
    control
        .grant_create(33002, &[(ONE, Rights::CREATE)])
        .unwrap();
    let mut servers = with_others(11, vec![Box::new(control)]);
    assert_eq!(
        servers.one(|server| server.post("/33002", TLV, NEW)),
        "5.00"
    );
    let shelf = servers.one.objects.shelf.as_ref().unwrap();
    assert_eq!(shelf.cases.len(), 1);
}

/// Shelves 0, 1 and 2, of which server 2 may read 1.
fn three_shelves(seed: u64) -> Servers {
    let mut control = Control::new();
    control.grant(33002, 0, ONE, &[]).unwrap();
    control
        .grant(33002, 1, ONE, &[(TWO, Rights::READ)])
        .unwrap();
    control
        .grant(33002, 2, ONE, &[(TWO, Rights::WRITE)])
        .unwrap();
    let mut servers = with(seed, control);
    servers.one.objects.shelf = Some(Shelf::with(&[0, 1, 2]));
    servers
}

#[test]
fn of_an_object_the_instances_that_may_be_read_are_told() {
    let mut servers = three_shelves(12);
    let read = servers.two(|server| server.lines("/33002"));
    assert!(read.contains(&"/33002/1/0 = case 1".to_owned()), "{read:?}");
    assert!(read.iter().all(|line| line.starts_with("/33002/1/")));
    assert_eq!(servers.one(|server| server.lines("/33002")).len(), 15);
    let links = servers.two(|server| server.discover("/33002"));
    assert!(links.contains("</33002/2>"), "{links}");
}

#[test]
fn composite_reads_leave_out_what_may_not_be_read() {
    let mut servers = three_shelves(13);
    let answer = servers.two(|server| read(server, &["/33002/0/0", "/33002/1/0", "/1/0/0"]));
    assert_eq!(lines(&answer), ["/1/0/0 = 2", "/33002/1/0 = case 1"]);
    let answer = servers.two(|server| read(server, &["/33002"]));
    assert!(
        lines(&answer)
            .iter()
            .all(|line| line.starts_with("/33002/1/"))
    );
    let answer = servers.two(|server| read(server, &["/33002/0/0", "/33002/2/0"]));
    assert_eq!((code(&answer), lines(&answer).len()), ("2.05".into(), 0));
}

#[test]
fn composite_writes_are_refused_as_a_whole() {
    let mut servers = servers(14, Rights::READ);
    let body = values(&[("/1/0/2", Ok(20)), ("/33000/0/1", Ok(8))]);
    assert_eq!(servers.two(|server| patch(server, &body)), "4.01");
    assert_eq!(servers.two(|server| server.lines("/1/0/2")), ["4.04"]);
}

/// RFC 7641, 4.2: the error ends it.
#[test]
fn an_observation_ends_when_its_right_is_withdrawn() {
    let mut servers = servers(15, Rights::READ);
    let level = "/33000/0/1";
    servers.two(|server| server.observe(level));
    assert_eq!(servers.one(|server| server.put(level, TEXT, b"7")), "2.04");
    notification(servers.two(|server| server.change(level)));
    servers.let_two(0, Rights::WRITE);
    let said = servers.two(|server| server.change(level));
    assert_eq!(said.iter().map(code).collect::<Vec<_>>(), ["4.01"]);
    assert_eq!(servers.two(|server| server.change(level)), []);
    // Of the other server's nothing has changed.
    servers.one(|server| server.observe(level));
    notification(servers.one(|server| server.change(level)));
}

#[test]
fn an_observation_of_several_goes_on_with_the_others() {
    let mut servers = three_shelves(16);
    servers.two(|server| {
        let mut request = server.observe_request("/33002");
        request = with_accept(request, SENML_CBOR);
        assert!(observe(&server.ask(&request)).is_some());
        let mut request = server.request(RequestType::Fetch, "/");
        request.set_observe_value(0);
        let body = names(&["/33002/1/1", "/1/0/0"]);
        let answer = server.ask(&with_body(request, SENML_CBOR, &body));
        assert_eq!(lines(&answer), ["/1/0/0 = 2", "/33002/1/1 = 0"]);
    });
    servers.let_two(1, Rights::NONE);
    servers.let_two(2, Rights::READ);
    let said = servers.two(|server| server.change("/33002"));
    assert_eq!(said.len(), 2);
    assert!(said.iter().all(|packet| code(packet) == "2.05"));
    let of_object = lines(&said[0]);
    assert!(of_object.contains(&"/33002/2/0 = case 2".to_owned()));
    assert!(of_object.iter().all(|line| line.starts_with("/33002/2/")));
    assert_eq!(lines(&said[1]), ["/1/0/0 = 2"]);
}

#[test]
fn observers_of_object_2_hear_of_what_is_created() {
    let mut servers = servers(17, Rights::NONE);
    servers.one(|server| {
        let request = server.observe_request("/2");
        server.ask(&with_accept(request, SENML_CBOR));
        let request = server.request(RequestType::Post, "/33002");
        let said = server.say(&with_body(request, TLV, NEW));
        let told = said.iter().filter(|packet| observe(packet).is_some());
        let told: Vec<String> = told.flat_map(lines).collect();
        assert!(told.contains(&"/2/3/0 = 33002".to_owned()), "{said:?}");
    });
}

fn sent(server: &Manual) -> usize {
    let sends = server.wire.requests(demo_server::Operation::Send);
    sends.len()
}

#[test]
fn send_tells_what_may_be_read() {
    let mut servers = servers(18, Rights::READ);
    let level = Path::resource(33000, 0, 1);
    let send = |server: &mut Manual| {
        let before = sent(server);
        let now = server.device_time();
        server.client.send(now, level).unwrap();
        server.settle();
        server.run_for(seconds(1));
        // An auto-observable resource.
        server.changed("/33000/0/1");
        server.run_for(seconds(1));
        sent(server) - before
    };
    assert_eq!(servers.two(send), 2);
    assert_eq!(servers.two(|server| server.take_events()), []);
    servers.let_two(0, Rights::NONE);
    assert_eq!(servers.two(send), 0);
    let events = servers.two(|server| server.take_events());
    // Of what the application has asked for.
    assert_eq!(events.len(), 1);
    assert!(matches!(events[0], Event::SendFailed(_)));
}

#[test]
fn records_of_what_may_be_read_no_longer_are_not_sent() {
    let mut servers = servers(19, Rights::READ);
    let record = |server: &mut Manual| {
        let world = &mut **server;
        let level = Path::resource(33000, 0, 1);
        let now = world.device_time();
        let objects = &mut world.objects.list();
        world.client.record(now, level, 1_700_000_000_000, objects)
    };
    assert_eq!(servers.two(record), Ok(()));
    servers.let_two(0, Rights::NONE);
    assert_eq!(servers.two(record), Err(RecordError::NoValue));
    servers.two(|server| {
        let now = server.device_time();
        server.client.send_records(now);
        server.settle();
        server.run_for(minutes(5));
        assert_eq!((sent(server), server.client.records()), (0, 0));
        assert_eq!(server.take_events(), []);
    });
}

/// What the other side acknowledges is told of the instances that it was told of.
#[test]
fn only_what_was_told_is_delivered() {
    let mut control = Control::new();
    control.grant(33000, 0, ONE, &[]).unwrap();
    let mut servers = with(20, control);
    servers.two(|server| {
        let request = server.observe_request("/33000");
        server.ask(&request);
        server.run_for(hours(25));
        for notification in server.change("/33000") {
            assert_eq!(kind(&notification), MessageType::Confirmable);
            server.acknowledge(&notification);
        }
    });
    let actuator = servers.one.objects.actuator.as_ref().unwrap();
    assert_eq!(actuator.deliveries, 0);
}

#[test]
fn an_upload_is_refused_with_its_first_block() {
    let vault = Vault::default();
    let mut control = Control::new();
    control
        .grant(33013, 0, ONE, &[(TWO, Rights::READ)])
        .unwrap();
    let others: Vec<Box<dyn Object>> = vec![Box::new(control), Box::new(vault.clone())];
    let mut servers = with_others(21, others);
    let body = [7; 256];
    let first = |server: &mut Manual| {
        let request = server.request(RequestType::Put, "/33013/0/0");
        let request = with_body(request, 42, b"");
        let request = part(request, &body, 0, &body[..64], true, 64);
        code(&server.ask(&request))
    };
    assert_eq!(servers.two(first), "4.01");
    assert_eq!(vault.steps(), []);
    assert_eq!(servers.one(first), "2.31");
    assert_eq!(vault.steps()[..1], [Step::Begin(Some(256))]);
}
