//! Instances and resources that a server creates, writes and deletes, through a whole client.

use super::*;
use client_lite::{Association, Path};

#[test]
fn the_server_creates_an_instance() {
    let _alone = alone();
    let mut device = Device::registered();
    let answer = device.ask(
        POST,
        "/33002",
        &[0x08, 4, 10, 0xc3, 0, b'n', b'e', b'w', 0x83, 2, 0x41, 1, 7],
    );
    assert_eq!(answer, "2.01");
    assert_eq!(
        values(),
        ["/33002/4/0 new", "/33002/4/1 0", "/33002/4/2/1 7"]
    );
    assert_eq!(
        told(),
        [
            "added /33002/4",
            "written /33002/4/0",
            "written /33002/4/2/1"
        ]
    );
    assert_eq!(device.updates, ["</33002/4>,</33003>"]);
    assert_eq!(device.ask(DELETE, "/33002/4", &[]), "2.02");
    assert_eq!(told(), ["removed /33002/4"]);
    assert_eq!(device.updates.last().unwrap(), "</33002>,</33003>");
    assert!(is_empty());
    assert_eq!(device.ask(DELETE, "/33002/4", &[]), "4.04");
}

/// And what the device does not know of them, or servers cannot write, is passed over.
#[test]
fn the_server_creates_several_instances() {
    let _alone = alone();
    let mut device = Device::registered();
    let body = [
        &[
            0x08, 4, 11, 0xc3, 0, b'o', b'n', b'e', 0xc1, 1, 7, 0xc1, 77, 5,
        ][..],
        &[0x05, 2, 0xc3, 0, b't', b'w', b'o'],
    ];
    assert_eq!(device.ask(POST, "/33002", &body.concat()), "2.01");
    assert_eq!(
        values(),
        [
            "/33002/2/0 two",
            "/33002/2/1 0",
            "/33002/4/0 one",
            "/33002/4/1 0"
        ]
    );
    assert_eq!(
        told(),
        [
            "added /33002/2",
            "added /33002/4",
            "written /33002/2/0",
            "written /33002/4/0"
        ]
    );
    assert_eq!(device.updates, ["</33002/2>,</33002/4>,</33003>"]);
}

#[test]
fn a_resource_instance_is_deleted() {
    let _alone = alone();
    let mut device = Device::with_shelf();
    assert_eq!(device.ask(DELETE, "/33002/0/2/0", &[]), "2.02");
    assert_eq!(told(), ["removed /33002/0/2/0"]);
    assert_eq!(device.ask(DELETE, "/33002/0/2/0", &[]), "4.04");
    assert_eq!(device.ask(DELETE, "/33002/0/1", &[]), "4.05");
}

#[test]
fn the_device_chooses_the_least_free_id() {
    let _alone = alone();
    let mut device = Device::registered();
    for expected in ["2.01 /33002/0", "2.01 /33002/1", "2.01 /33002/2", "5.00"] {
        // The third one takes the last resource that there is room for.
        assert_eq!(device.ask(POST, "/33002", NEW), expected);
    }
    assert_eq!(values().len(), 6);
    assert_eq!(told().len(), 6);
    assert_eq!(device.ask(DELETE, "/33002/1", &[]), "2.02");
    assert_eq!(device.ask(POST, "/33002", NEW), "2.01 /33002/1");
}

#[test]
fn a_refused_create_leaves_nothing() {
    let _alone = alone();
    let mut device = Device::registered();
    for (body, expected, what) in [
        (&[0x08, 4, 3, 0x81, 2, 0x41][..], "4.00", "truncated"),
        (
            &[0x83, 2, 0x41, 1, 7],
            "4.00",
            "without the mandatory label",
        ),
        (&[], "4.00", "empty"),
        (
            &[0x05, 4, 0xc3, 0, b'n', b'e', b'w', 0x00, 5],
            "4.00",
            "two instances, one without the mandatory label",
        ),
        (&[0xc3, 0, b'n', 0, b'w'], "4.00", "a zero byte"),
        (
            &[
                0xc8, 0, 9, b'1', b'2', b'3', b'4', b'5', b'6', b'7', b'8', b'9',
            ],
            "4.00",
            "a label of nine bytes",
        ),
        (
            &[
                0xc1, 0, b'n', 0x88, 2, 15, 0x41, 1, 7, 0x41, 2, 7, 0x41, 3, 7, 0x41, 4, 7, 0x41,
                5, 7,
            ],
            "5.03",
            "more counts than there is room for",
        ),
    ] {
        assert_eq!(device.ask(POST, "/33002", body), expected, "{what}");
        assert!(is_empty(), "{what}");
        assert_eq!(told(), [""; 0], "{what}");
        assert_eq!(device.updates, [""; 0], "{what}");
    }
    // All room is left: for six resources, and for twenty bytes.
    for label in ["12345678", "abcdefgh", "ABCD"] {
        let head = [0xc8, 0, label.len() as u8];
        let head = if label.len() < 8 {
            &[0xc4, 0][..]
        } else {
            &head
        };
        let body = [head, label.as_bytes()].concat();
        assert!(device.ask(POST, "/33002", &body).starts_with("2.01"));
    }
}

#[test]
fn what_the_table_does_not_allow() {
    let _alone = alone();
    add(3303, 0, 5700);
    let mut device = Device::registered();
    assert_eq!(device.ask(POST, "/3303", &[0x00, 9]), "4.05");
    assert_eq!(device.ask(DELETE, "/3303/0", &[]), "4.05");
    // Its object lets servers add nothing, so that this device does not have it.
    assert_eq!(device.ask(POST, "/3303/0", &[0xc1, 0, 1]), "2.04");
    assert_eq!(device.ask(PUT, "/3303/0/0", &[0xc1, 0, 1]), "4.04");
    assert!(registry_path_exists(registry(), Some(&path_of([3303, 0, 5700, 0, 2]))) == Status::Ok);
}

#[test]
fn a_replacing_write_takes_away_what_it_leaves_out() {
    let _alone = alone();
    let mut device = Device::with_shelf();
    // `{2: {1: 7, 2: 8}}`
    let counts = &[0x86, 2, 0x41, 1, 7, 0x41, 2, 8];
    assert_eq!(device.ask(PUT, "/33002/0", counts), "2.04");
    assert_eq!(
        values(),
        [
            "/33002/0/0 case",
            "/33002/0/1 0",
            "/33002/0/2/1 7",
            "/33002/0/2/2 8"
        ]
    );
    assert_eq!(
        told(),
        [
            "removed /33002/0/2/0",
            "removed /33002/0/3",
            "written /33002/0/2/1",
            "written /33002/0/2/2",
        ]
    );
    assert_eq!(device.ask(PUT, "/33002/0/2", &[0x80, 2]), "2.04");
    assert_eq!(values(), ["/33002/0/0 case", "/33002/0/1 0"]);
    assert_eq!(device.ask(PUT, "/33002/0/2", &[0x41, 3, 9]), "2.04");
    assert_eq!(
        values(),
        ["/33002/0/0 case", "/33002/0/1 0", "/33002/0/2/3 9"]
    );
}

#[test]
fn a_write_that_does_not_replace_adds() {
    let _alone = alone();
    let mut device = Device::with_shelf();
    let counts = &[0x86, 2, 0x41, 1, 7, 0x41, 2, 8];
    assert_eq!(device.ask(POST, "/33002/0", counts), "2.04");
    assert_eq!(told(), ["written /33002/0/2/1", "written /33002/0/2/2"]);
    assert_eq!(values().len(), 6);
    // There is room for no other.
    assert_eq!(device.ask(POST, "/33002/0", &[0x83, 2, 0x41, 3, 9]), "5.03");
    assert_eq!(device.ask(POST, "/33002/0", &[0x83, 2, 0x41, 1, 9]), "2.04");
}

#[test]
fn a_refused_replacement_changes_nothing() {
    let _alone = alone();
    let mut device = Device::with_shelf();
    let before = values();
    for body in [
        &[0xc3, 0, b'n', b'e', b'w', 0x86, 2, 0x41, 1, 7, 0x41, 2][..],
        &[0xc3, 0, b'n', b'e', b'w', 0xc1, 1, 5],
        &[0xc3, 0, b'n', b'e', b'w', 0xc3, 3, b'a', 0, b'b'],
    ] {
        let answer = device.ask(PUT, "/33002/0", body);
        assert!(answer.starts_with("4."), "{answer}");
        assert_eq!(values(), before);
        assert_eq!(told(), [""; 0]);
    }
}

/// What was cleared is kept for the values that follow, whoever asks for room in between.
#[test]
fn a_replacement_keeps_the_room_of_what_it_replaces() {
    let _alone = alone();
    let _device = Device::with_shelf();
    let text = add(3200, 0, 1);
    ok(set_text(&text, c"1"));
    ok(set_bytes(&add_instance(9, 0), b"123456"));
    with_object(33002, |object| {
        let note = at(0, 3);
        let value = Value::String("87654321");
        assert_eq!(object.validate(note, &value), Ok(()));
        object.creatable().expect("one that is").clear(note);
        assert!(!object.has(note));
        let (status, _) = failure(|| set_text(&text, c"123"));
        assert_eq!(status, Status::NoMemory);
        assert_eq!(object.write(note, value), Ok(()));
    });
    assert!(values().contains(&"/33002/0/3 87654321".into()));
}

/// LwM2M Core 1.1, 6.3.3: a Write does not delete object instances.
#[test]
fn an_instance_without_resources_stays() {
    let _alone = alone();
    let mut device = Device::registered();
    assert_eq!(device.ask(POST, "/33003", &[0x00, 2]), "2.01");
    let instance = path_of([33003, 2, 0, 0, 1]);
    let exists = || registry_path_exists(registry(), Some(&instance));
    assert_eq!((exists(), values()), (Status::Ok, vec![]));
    assert_eq!(device.ask(PUT, "/33003/2", &[0xc1, 0, 5]), "2.04");
    assert_eq!(values(), ["/33003/2/0 5"]);
    assert_eq!(device.ask(PUT, "/33003/2", &[0xc1, 1, 6]), "2.04");
    assert_eq!(values(), ["/33003/2/1 6"]);
    assert_eq!(device.ask(PUT, "/33003/2/1", &[0xc1, 1, 7]), "2.04");
    device.ask(PUT, "/33003/2", &[0xc1, 0, 5]);
    with_object(33003, |object| {
        object.creatable().expect("one that is").clear(at(2, 0));
    });
    device.turn();
    assert_eq!((exists(), values()), (Status::Ok, vec![]));
    assert_eq!(device.updates, ["</33002>,</33003/2>"]);
    ok(remove(&instance));
    device.turn();
    assert_eq!(device.updates.last().unwrap(), "</33002>,</33003>");
}

#[test]
fn c_code_goes_on_with_what_the_server_has_created() {
    let _alone = alone();
    let mut device = Device::registered();
    assert_eq!(device.ask(POST, "/33002", NEW), "2.01 /33002/0");
    let mut path = RegistryPath::default();
    let added =
        pdmc_connect_add_cloud_resource(registry(), Some(&mut path), 33002, 0, 3, false, None);
    assert_eq!(added, 1);
    ok(set_text(&path, c"note"));
    ok(registry_set_value_int(
        registry(),
        Some(&path_of([33002, 0, 1, 0, 2])),
        5,
    ));
    assert_eq!(
        values(),
        ["/33002/0/0 new", "/33002/0/1 5", "/33002/0/3 note"]
    );
    ok(remove(&path_of([33002, 0, 0, 0, 1])));
    device.turn();
    assert_eq!(device.updates, ["</33002/0>,</33003>", "</33002>,</33003>"]);
    assert_eq!(device.ask(GET, "/33002/0", &[]), "4.04");
}

/// `{0: "new"}`
const NEW: &[u8] = &[0xc3, 0, b'n', b'e', b'w'];

/// The values of objects 33002 and 33003, with their paths.
fn values() -> Vec<String> {
    REGISTRY.with(|registry| {
        let paths: Vec<Path> = registry.below(Path::ROOT).collect();
        let paths = paths
            .into_iter()
            .filter(|path| path.object_id() >= Some(33002));
        paths
            .map(|path| match registry.get(path) {
                Ok(Value::String(text)) => format!("{path} {text}"),
                Ok(Value::Integer(number)) => format!("{path} {number}"),
                other => format!("{path} {other:?}"),
            })
            .collect()
    })
}

fn is_empty() -> bool {
    REGISTRY.with(|registry| !registry.exists(Path::ROOT))
}

thread_local! {
    static TOLD: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// The callback of objects 33002 and 33003.
pub extern "C" fn note(
    kind: registry_callback_type_t,
    path: *const RegistryPath,
    _: *const registry_callback_token_t,
    value: *const ObjectValue,
    _: registry_notification_status_t,
    _: *mut RegistryHandle,
) -> c_int {
    // SAFETY: the path lives as long as the call.
    let path = unsafe { *path }.to_path().unwrap();
    let words = match kind {
        REGISTRY_CALLBACK_ITEM_ADDED => "added",
        REGISTRY_CALLBACK_ITEM_REMOVED => "removed",
        REGISTRY_CALLBACK_VALUE_UPDATED => "written",
        _ => panic!("{kind:?}"),
    };
    assert_eq!(value.is_null(), kind != REGISTRY_CALLBACK_VALUE_UPDATED);
    TOLD.with_borrow_mut(|told| told.push(format!("{words} {path}")));
    0
}

fn told() -> Vec<String> {
    TOLD.take()
}

/// A registered device, its server, and the links of objects 33002 and 33003 in its Updates.
struct Device {
    client: Client<'static>,
    application: Application,
    updates: Vec<String>,
    id: u8,
}

impl Device {
    fn registered() -> Self {
        TOLD.take();
        let storage: &'static mut Storage = Box::leak(Box::new(Storage::new()));
        let config = Config::new("device", Account::new("coap://192.0.2.1"));
        let mut device = Self {
            client: Client::new(config, storage, [1; 4]),
            application: Application::new(),
            updates: Vec::new(),
            id: 0,
        };
        device.client.register(NOW);
        assert!(device.client.poll_transport().is_some());
        device.client.handle_connected(NOW, Association::New);
        device.turn();
        assert!(device.client.endpoint_info().is_some());
        device.updates.clear();
        device
    }

    /// With an instance `{0: "case", 1: 0, 2: {0: 10}, 3: "old"}`.
    fn with_shelf() -> Self {
        let mut device = Self::registered();
        let body = [
            &[0xc4, 0, b'c', b'a', b's', b'e'][..],
            &[0x83, 2, 0x41, 0, 10],
            &[0xc3, 3, b'o', b'l', b'd'],
        ];
        assert_eq!(device.ask(POST, "/33002", &body.concat()), "2.01 /33002/0");
        told();
        device.updates.clear();
        device
    }

    /// The code of the answer to a request with a body in TLV, and its location.
    fn ask(&mut self, method: u8, path: &str, body: &[u8]) -> String {
        self.id += 1;
        let mut datagram = vec![0x40, method, 0, self.id];
        let mut delta = 11;
        for segment in path.split('/').skip(1) {
            datagram.push(delta << 4 | segment.len() as u8);
            datagram.extend(segment.bytes());
            delta = 0;
        }
        if method != GET && method != DELETE {
            // Content-Format 11542
            datagram.extend([0x12, 0x2d, 0x16]);
        }
        if !body.is_empty() {
            datagram.push(0xff);
            datagram.extend(body);
        }
        self.deliver(&datagram);
        let answer = self.transmit().expect("an answer");
        assert_eq!(answer[0] >> 4, 0x6, "an acknowledgement");
        let code = format!("{}.{:02}", answer[1] >> 5, answer[1] & 0x1f);
        let locations: Vec<String> = options(&answer)
            .filter(|(number, _)| *number == 8)
            .map(|(_, value)| value)
            .collect();
        self.turn();
        match &locations[..] {
            [] => code,
            _ => format!("{code} /{}", locations.join("/")),
        }
    }

    /// What the run loop does: the device says what it has to, and the server agrees.
    fn turn(&mut self) {
        self.application.poll(&mut [&mut self.client], NOW);
        while let Some(request) = self.transmit() {
            let token = &request[4..4 + usize::from(request[0] & 0xf)];
            let mut answer = vec![0x60 | token.len() as u8, 0x44, request[2], request[3]];
            answer.extend(token);
            let is_register = options(&request)
                .filter(|(number, _)| *number == 11)
                .count()
                == 1;
            if is_register {
                answer[1] = 0x41;
                answer.extend([0x82, b'r', b'd', 0x01, b'1']);
            }
            let links = request
                .split(|byte| *byte == 0xff)
                .nth(1)
                .unwrap_or_default();
            let links = String::from_utf8_lossy(links);
            let links = links.split(',').filter(|link| link.contains("/3300"));
            self.updates.push(links.collect::<Vec<_>>().join(","));
            self.deliver(&answer);
        }
        while self.client.poll_event().is_some() {}
        self.application.poll(&mut [&mut self.client], NOW);
    }

    fn deliver(&mut self, datagram: &[u8]) {
        let client = &mut self.client;
        self.application
            .with_objects(|objects| client.handle_datagram(NOW, datagram, objects));
    }

    fn transmit(&mut self) -> Option<Vec<u8>> {
        let client = &mut self.client;
        self.application
            .with_objects(|objects| client.poll_transmit(NOW, objects).map(<[u8]>::to_vec))
    }
}

/// The options of a message, with the values as text.
fn options(message: &[u8]) -> impl Iterator<Item = (u8, String)> {
    let mut rest = &message[4 + usize::from(message[0] & 0xf)..];
    let mut number = 0;
    std::iter::from_fn(move || {
        let (first, behind) = rest.split_first().filter(|(first, _)| **first != 0xff)?;
        let (value, next) = behind.split_at(usize::from(first & 0xf));
        number += first >> 4;
        rest = next;
        Some((number, String::from_utf8_lossy(value).into_owned()))
    })
}

const NOW: Instant = Instant::from_millis(0);
const GET: u8 = 1;
const POST: u8 = 2;
const PUT: u8 = 3;
const DELETE: u8 = 4;
