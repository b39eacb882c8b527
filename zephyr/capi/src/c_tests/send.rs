//! What is refused of a Send, and what waits for the client.

use super::*;
use crate::send::{WAITING, pdmc_connect_send};

#[test]
fn all_paths_of_a_call_wait_or_none() {
    let _alone = alone();
    forget();
    let paths: Vec<_> = (0..6).map(|instance| add(3200, instance, 5501)).collect();
    assert_eq!(send(&paths), Status::Ok);
    let object = |instance| RegistryPath {
        path_type: 1,
        ..add(3200, instance, 5501)
    };
    let three: Vec<_> = (0..3).map(object).collect();
    let (status, line) = failure(|| send(&three));
    assert_eq!(status, Status::NoMemory);
    assert!(line.contains("CONFIG_CLIENT_LITE_CHANGES"), "{line}");
    assert_eq!(WAITING.with(|waiting| waiting.len()), 6);
    // What waits already takes no further room.
    assert_eq!(send(&paths), Status::Ok);
    assert_eq!(send(&three[..2]), Status::Ok);
    forget();
}

#[test]
fn what_cannot_be_sent_is_refused() {
    let _alone = alone();
    forget();
    let path = add(3200, 0, 5501);
    let absent = RegistryPath {
        resource_id: 5502,
        ..path
    };
    let (status, line) = failure(|| send(&[path, absent]));
    assert_eq!(status, Status::NotFound);
    assert!(line.contains("/3200/0/5502"), "{line}");
    // SAFETY: NULL is no pointer to paths.
    let (status, _) = failure(|| unsafe { pdmc_connect_send(ptr::null(), 1) });
    assert_eq!(status, Status::InvalidInput);
    assert!(WAITING.with(|waiting| waiting.is_empty()));
}

fn send(paths: &[RegistryPath]) -> Status {
    // SAFETY: the pointer is one to as many paths.
    unsafe { pdmc_connect_send(paths.as_ptr(), paths.len()) }
}

fn forget() {
    WAITING.with(|waiting| waiting.clear());
}
