//! What is refused of a record, and what comes to the client.

use client_lite::storage;

use super::*;
use crate::record::{hand_over, pdmc_connect_record};

/// 2023-11-14T22:13:20Z, in milliseconds.
const START: i64 = 1_700_000_000_000;

#[test]
fn the_client_keeps_all_values_of_a_call() {
    let _alone = alone();
    handed_over();
    let paths = [add(3200, 0, 5501), add(3303, 0, 5700), add_instance(9, 1)];
    ok(registry_set_value_int(registry(), Some(&paths[0]), 1));
    let float = client_lite_set_value_float(registry(), Some(&paths[1]), Some(&20.5));
    assert_eq!(float, Status::Ok);
    assert_eq!(record(&paths[..2], START), Status::Ok);
    // The second is one more of the same resource, and not the same.
    assert_eq!(record(&paths[..1], START), Status::Ok);
    assert_eq!(handed_over(), 3);
    assert_eq!(handed_over(), 0);
}

#[test]
fn of_a_call_that_fails_nothing_is_kept() {
    let _alone = alone();
    handed_over();
    let (number, text) = (add(3200, 0, 5501), add(3200, 0, 1));
    let empty = add(3200, 0, 5500);
    ok(registry_set_value_int(registry(), Some(&number), 1));
    ok(set_text(&text, c"a"));
    let instance = path_of([3200, 0, 0, 0, 1]);
    let absent = path_of([3200, 0, 5502, 0, 2]);
    for (path, time, expected, words) in [
        (text, START, Status::InvalidInput, "only integers"),
        (instance, START, Status::InvalidInput, "down to a resource"),
        (absent, START, Status::NotFound, "/3200/0/5502"),
        (number, START / 1000, Status::InvalidInput, "set the clock"),
        (number, -1, Status::InvalidInput, "set the clock"),
    ] {
        let (status, line) = failure(|| record(&[number, path], time));
        assert_eq!(status, expected, "{line}");
        assert!(line.contains(words), "{line}");
    }
    assert_eq!(record(&[number, empty], START), Status::NoData);
    // SAFETY: NULL is no pointer to paths.
    let (status, _) = failure(|| unsafe { pdmc_connect_record(ptr::null(), 1, START) });
    assert_eq!(status, Status::InvalidInput);

    assert_eq!(record(&[number; 8], START), Status::Ok);
    let (status, line) = failure(|| record(&[number], START));
    assert_eq!(status, Status::NoMemory);
    assert!(line.contains("CONFIG_CLIENT_LITE_CHANGES"), "{line}");
    assert_eq!(handed_over(), 8);
}

/// The client takes each time that C code is not refused.
#[test]
fn the_first_time_of_all_is_the_clients() {
    let _alone = alone();
    handed_over();
    let path = add(3200, 0, 5501);
    ok(registry_set_value_int(registry(), Some(&path), 1));
    let first = (1 << 28) * 1000;
    failure(|| record(&[path], first - 1));
    assert_eq!(record(&[path], first), Status::Ok);
    assert_eq!(handed_over(), 1);
}

fn record(paths: &[RegistryPath], time: i64) -> Status {
    // SAFETY: the pointer is one to as many paths.
    unsafe { pdmc_connect_record(paths.as_ptr(), paths.len(), time) }
}

/// How many records come to a new client.
fn handed_over() -> usize {
    let mut storage: storage! { records: 16 } = Storage::new();
    let config = Config::new("device", Account::new("coap://192.0.2.1"));
    let mut client = Client::new(config, &mut storage, [1; 4]);
    hand_over(&mut client, Instant::from_millis(0));
    client.records()
}
