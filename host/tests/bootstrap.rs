//! From a bootstrap server in the clear to a management server over DTLS.

mod common;

use std::net::UdpSocket;
use std::time::Duration;

use client_lite::{Account, Detail, Event, RegisterReason};
use coap_lite::{CoapOption, MessageClass, MessageType, Packet, RequestType, ResponseType};
use common::{
    IDENTITY, KEY, PATIENCE, Running, authority, certified_server, config, device_of,
    secure_server, server, server_of, server_with, uri,
};
use demo_server::pki::a_year;
use demo_server::{
    BootstrapOperation, Credentials, Event as ServerEvent, SecurityInstance, ServerInstance,
    UdpConfig, UdpServer,
};

#[test]
fn a_device_gets_its_account_and_registers() {
    let management = secure_server(UdpConfig::default());
    let device = bootstrapped(
        &management,
        Credentials::PreSharedKey {
            identity: IDENTITY.into(),
            key: KEY.into(),
        },
    );
    assert_eq!(
        device.event(),
        Event::Registered(RegisterReason::Bootstrapped)
    );
    let lifetime = management.with(|server, _| server.client("device").map(|c| c.lifetime));
    assert_eq!(lifetime, Some(120));
}

#[test]
fn the_account_may_have_certificates() {
    let authority = authority();
    let management = certified_server(server_of(&authority));
    let own = device_of(&authority);
    let device = bootstrapped(
        &management,
        Credentials::Certificates {
            certificate: own.certificate,
            key: own.key,
            server: own.authority,
            usage: 2,
        },
    );
    assert_eq!(
        device.event(),
        Event::Registered(RegisterReason::Bootstrapped)
    );
}

/// The pack is larger than a message, and comes in blocks.
#[test]
fn a_pack_is_enough() {
    let authority = authority();
    let management = certified_server(server_of(&authority));
    let own = device_of(&authority);
    let security = SecurityInstance {
        instance: 1,
        uri: format!("coaps://{}", management.dtls_addr().expect("DTLS")),
        bootstrap: false,
        credentials: Credentials::Certificates {
            certificate: own.certificate,
            key: own.key,
            server: own.authority,
            usage: 2,
        },
        short_server_id: 1,
    };
    let mut server = bootstrap_server(&security);
    server.server.bootstrap_packs = true;
    let server = UdpServer::start(server).expect("a server");
    let account = Account::new(uri("coap", server.local_addr())).for_bootstrap();
    let mut config = config(account);
    config.bootstrap_pack = true;
    let device = Running::new(config);
    assert_eq!(device.event(), Event::BootstrapDone);
    assert_eq!(
        device.event(),
        Event::Registered(RegisterReason::Bootstrapped)
    );
    let is_request = |event: &ServerEvent| matches!(event, ServerEvent::BootstrapRequested { .. });
    let is_pack = |event: &ServerEvent| matches!(event, ServerEvent::BootstrapPack { .. });
    assert!(server.wait_for(is_pack, PATIENCE).is_some());
    assert!(server.wait_for(is_request, Duration::ZERO).is_none());
}

/// Whom its certificate names does not matter then.
#[test]
fn the_account_may_have_the_servers_own_certificate() {
    let authority = authority();
    let own = authority.server(&["another.example"], a_year());
    let theirs = server_with(&authority, own.expect("a certificate"));
    let management = certified_server(theirs.clone());
    let credentials = |server: Vec<u8>| {
        let own = device_of(&authority);
        Credentials::Certificates {
            certificate: own.certificate,
            key: own.key,
            server,
            usage: 3,
        }
    };
    let device = bootstrapped(&management, credentials(theirs.certificate));
    assert_eq!(
        device.event(),
        Event::Registered(RegisterReason::Bootstrapped)
    );

    let other = server_of(&authority).certificate;
    let device = bootstrapped(&management, credentials(other));
    assert_eq!(device.detail(), Detail::Certificate);
    let (_, why) = device.failure();
    assert!(
        why.ends_with("it is not the one that this device trusts"),
        "{why}"
    );
}

/// A bootstrap server that writes this account for the device `device`.
fn bootstrap_server(security: &SecurityInstance) -> UdpConfig {
    let server = ServerInstance {
        instance: 0,
        short_server_id: 1,
        lifetime: 120,
        storing: true,
        binding: "U".into(),
    };
    let mut bootstrap = UdpConfig::default();
    bootstrap.server.bootstrap.insert(
        "device".into(),
        BootstrapOperation::account(security, &server),
    );
    bootstrap
}

/// A device whose bootstrap server has just told it of its management server.
fn bootstrapped(management: &UdpServer, credentials: Credentials) -> Running {
    let address = management.dtls_addr().expect("DTLS");
    let security = SecurityInstance {
        instance: 1,
        uri: format!("coaps://{address}"),
        bootstrap: false,
        credentials,
        short_server_id: 1,
    };
    let bootstrap = UdpServer::start(bootstrap_server(&security)).expect("a server");
    let account = Account::new(uri("coap", bootstrap.local_addr())).for_bootstrap();
    let device = Running::new(config(account));
    assert_eq!(device.event(), Event::BootstrapDone);
    device
}

/// Its server has not got the answer, and asks again while the device registers elsewhere.
#[test]
fn a_finish_that_comes_again_is_answered_over_the_association_before() {
    let management = server();
    let socket = UdpSocket::bind("127.0.0.1:0").expect("binds");
    socket.set_read_timeout(Some(PATIENCE)).expect("a time");
    let account = Account::new(uri("coap", socket.local_addr().expect("an address")));
    let device = Running::new(config(account.for_bootstrap()));

    let mut buffer = [0; 1500];
    let mut receive = || {
        let (length, from) = socket.recv_from(&mut buffer).expect("a message");
        (Packet::from_bytes(&buffer[..length]).expect("CoAP"), from)
    };
    let (asked, from) = receive();
    let send = |packet: &Packet| {
        let bytes = packet.to_bytes().expect("encodes");
        socket.send_to(&bytes, from).expect("sends");
    };
    let mut answer = Packet::new();
    answer.header.set_type(MessageType::Acknowledgement);
    answer.header.code = MessageClass::Response(ResponseType::Changed);
    answer.header.message_id = asked.header.message_id;
    answer.set_token(asked.get_token().to_vec());
    send(&answer);

    let security = format!(
        r#"[{{"bn":"/0/1/","n":"0","vs":"coap://{}"}},{{"n":"2","v":3}},{{"n":"10","v":1}}]"#,
        management.local_addr()
    );
    let server = r#"[{"bn":"/1/1/","n":"0","v":1},{"n":"1","v":120}]"#;
    let request = |id, method, path: &str, body: &str| {
        let mut packet = Packet::new();
        packet.header.code = MessageClass::Request(method);
        packet.header.message_id = id;
        packet.add_option(CoapOption::UriPath, path.into());
        if !body.is_empty() {
            packet.add_option(CoapOption::ContentFormat, vec![110]);
            packet.payload = body.into();
        }
        packet
    };
    let finish = request(3, RequestType::Post, "bs", "");
    for request in [
        &request(1, RequestType::Put, "0", &security),
        &request(2, RequestType::Put, "1", server),
        &finish,
    ] {
        send(request);
        assert_eq!(receive().0.header.get_code(), "2.04");
    }
    assert_eq!(device.event(), Event::BootstrapDone);
    assert_eq!(
        device.event(),
        Event::Registered(RegisterReason::Bootstrapped)
    );
    send(&finish);
    let (again, _) = receive();
    assert_eq!(again.header.get_code(), "2.04");
    assert_eq!(again.header.message_id, finish.header.message_id);
}
