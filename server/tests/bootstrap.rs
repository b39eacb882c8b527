//! Bootstrap, initiated by the client.

mod common;

use coap_lite::{CoapOption, MessageClass, Packet};
use common::{answer, bench, request, response};
use demo_server::format::{SENML_CBOR, TLV, decode};
use demo_server::{
    BootstrapOperation, Config, Credentials, Event, RequestType, ResponseType, SecurityInstance,
    ServerInstance,
};

fn config() -> Config {
    let security = SecurityInstance {
        instance: 1,
        uri: "coaps://192.0.2.9:5684".into(),
        bootstrap: false,
        credentials: Credentials::PreSharedKey {
            identity: b"device".to_vec(),
            key: vec![0xAB; 16],
        },
        short_server_id: 123,
    };
    let server = ServerInstance {
        instance: 0,
        short_server_id: 123,
        lifetime: 300,
        storing: true,
        binding: "U".into(),
    };
    let account = BootstrapOperation::account(&security, &server);
    Config {
        bootstrap: [("device".into(), account)].into(),
        ..Config::default()
    }
}

fn line(packet: &Packet) -> String {
    let MessageClass::Request(method) = packet.header.code else {
        panic!("{packet:?} is no request");
    };
    let path = packet.get_option(CoapOption::UriPath).into_iter().flatten();
    let path: Vec<_> = path
        .map(|segment| String::from_utf8_lossy(segment).into_owned())
        .collect();
    format!("{method:?} /{}", path.join("/"))
}

#[test]
fn each_operation_waits_for_the_answer_to_the_one_before() {
    for (query, format) in [("", TLV), ("&pct=112", SENML_CBOR), ("&pct=11542", TLV)] {
        let mut bench = bench(config());
        let changed = bench.ask(request(
            RequestType::Post,
            &format!("bs?ep=device{query}"),
            "",
        ));
        assert_eq!(changed.header.code, response(ResponseType::Changed));
        assert!(matches!(bench.event(), Event::BootstrapRequested { .. }));
        let mut lines = Vec::new();
        let mut written = Vec::new();
        for code in [
            ResponseType::Deleted,
            ResponseType::Changed,
            ResponseType::Changed,
            ResponseType::Changed,
        ] {
            let operation = bench.expect_sent();
            assert_eq!(bench.sent(), None);
            let line = line(&operation);
            if line.starts_with("Put") {
                let path = line.trim_start_matches("Put ");
                written.extend(decode(path, Some(format), &operation.payload).expect("decodes"));
            }
            lines.push(line);
            bench.deliver(&answer(&operation, code));
        }
        assert_eq!(lines, ["Delete /", "Put /0/1", "Put /1/0", "Post /bs"]);
        assert_eq!(
            bench.event(),
            Event::Bootstrapped {
                endpoint: "device".into()
            }
        );
        let value = |path| {
            &written
                .iter()
                .find(|entry| entry.path == path)
                .expect(path)
                .value
        };
        assert_eq!(value("/0/1/0").as_text(), Some("coaps://192.0.2.9:5684"));
        assert_eq!(value("/0/1/1").as_boolean(), Some(false));
        assert_eq!(value("/0/1/5").as_bytes(), Some(&[0xAB; 16][..]));
        assert_eq!(value("/0/1/10").as_integer(), Some(123));
        assert_eq!(value("/1/0/1").as_integer(), Some(300));
        assert_eq!(value("/1/0/7").as_text(), Some("U"));
    }
}

#[test]
fn a_refused_operation_ends_the_bootstrap() {
    let mut bench = bench(config());
    bench.ask(request(RequestType::Post, "bs?ep=device", ""));
    bench.events();
    let delete = bench.expect_sent();
    bench.deliver(&answer(&delete, ResponseType::BadRequest));
    let failed = bench.event();
    assert_eq!(
        failed.to_string(),
        "device failed bootstrap at DELETE /: 4.00"
    );
    assert_eq!(bench.sent(), None);
}

#[test]
fn unknown_names_and_formats_are_refused() {
    let mut bench = bench(config());
    let stranger = bench.ask(request(RequestType::Post, "bs?ep=stranger", ""));
    assert_eq!(stranger.header.code, response(ResponseType::BadRequest));
    let json = bench.ask(request(RequestType::Post, "bs?ep=device&pct=110", ""));
    assert_eq!(
        json.header.code,
        response(ResponseType::UnsupportedContentFormat)
    );
}

/// What the client tells is an event, an error too: it gets its account all the same.
#[test]
fn a_client_is_asked_what_it_has() {
    let mut config = config();
    let operations = config.bootstrap.get_mut("device").expect("an account");
    operations.insert(0, BootstrapOperation::discover("/"));
    operations.push(BootstrapOperation::read("/1"));
    let mut bench = bench(config);
    bench.ask(request(RequestType::Post, "bs?ep=device", ""));
    bench.events();

    let discover = bench.expect_sent();
    assert_eq!(line(&discover), "Get /");
    assert_eq!(
        discover.get_first_option(CoapOption::Accept),
        Some(&vec![40])
    );
    let mut told = answer(&discover, ResponseType::Content);
    told.add_option(CoapOption::ContentFormat, vec![40]);
    told.payload = b"</>;lwm2m=1.1,</0/0>,</3/0>".to_vec();
    bench.deliver(&told);
    assert_eq!(
        bench.event().to_string(),
        "device has at / in bootstrap: 2.05 </>;lwm2m=1.1,</0/0>,</3/0>"
    );

    for code in [
        ResponseType::Deleted,
        ResponseType::Changed,
        ResponseType::Changed,
    ] {
        let operation = bench.expect_sent();
        bench.deliver(&answer(&operation, code));
    }
    let read = bench.expect_sent();
    assert_eq!(line(&read), "Get /1");
    assert_eq!(read.get_option(CoapOption::Accept), None);
    bench.deliver(&answer(&read, ResponseType::MethodNotAllowed));
    assert_eq!(
        bench.event().to_string().trim_end(),
        "device has at /1 in bootstrap: 4.05"
    );
    let finish = bench.expect_sent();
    assert_eq!(line(&finish), "Post /bs");
    bench.deliver(&answer(&finish, ResponseType::Changed));
    assert_eq!(bench.event().to_string(), "device bootstrapped");
}

/// What is at /0 may be a key, whoever asks for it.
#[test]
fn of_the_security_object_nothing_is_shown() {
    let mut config = config();
    let operations = vec![BootstrapOperation::read("/0/1")];
    config.bootstrap.insert("device".into(), operations);
    let mut bench = bench(config);
    bench.ask(request(RequestType::Post, "bs?ep=device", ""));
    bench.events();
    let read = bench.expect_sent();
    let mut told = answer(&read, ResponseType::Content);
    told.payload = b"secret".to_vec();
    bench.deliver(&told);
    let shown = bench.event().to_string();
    assert_eq!(shown, "device has at /0/1 in bootstrap: 2.05 (not shown)");
}
