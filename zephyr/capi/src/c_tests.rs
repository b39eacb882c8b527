//! The exported functions as C code calls them, and the registry as the client sees it, on a fake
//! platform.

#[cfg(feature = "create")]
pub mod create;
#[cfg(feature = "records")]
mod record;
#[cfg(feature = "send")]
mod send;

use std::cell::{Cell, RefCell};
use std::ffi::{CStr, c_char, c_int};
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::{ptr, slice, str};

use client_lite::{Account, At, Client, Config, Instant, Object, Refusal, Storage, Value};
use client_lite_zephyr::{Application as _, BoundedText};

use crate::abi::*;
use crate::application::Application;
use crate::connect::{pdmc_connect_add_cloud_resource, pdmc_connect_add_cloud_resource_instance};
use crate::definitions;
use crate::interface;
use crate::registry::REGISTRY;
use crate::values::*;

/// A piece behind the cut would read as if nothing were missing before it.
#[test]
fn a_text_is_cut_at_a_character_and_ends_there() {
    let mut text: BoundedText<8> = BoundedText::with_room(7);
    for piece in ["ab", "c\u{e9}", "d\u{20ac}", "e", "f"] {
        text.push(piece);
    }
    assert_eq!(text.as_str(), "abc\u{e9}d");
    assert_eq!(text.terminated(), Some(c"abc\u{e9}d"));
}

#[test]
fn a_float_passes_both_ways() {
    let _alone = alone();
    let path = add(3303, 0, 5700);
    assert_eq!(
        client_lite_set_value_float(registry(), Some(&path), Some(&22.5)),
        Status::Ok
    );
    let got = out(|value| registry_get_value_float(registry(), Some(&path), value));
    assert_eq!(got, Ok(22.5));
    with_object(3303, |object| {
        assert_eq!(object.read(at(0, 5700)), Ok(Value::Float(22.5)));
        object.write(at(0, 5700), Value::Float(-0.125)).unwrap();
    });
    let got = out(|value| registry_get_value_float(registry(), Some(&path), value));
    assert_eq!(got, Ok(-0.125));
    let line = failure(|| client_lite_set_value_float(registry(), Some(&path), Some(&f64::NAN)));
    assert_eq!(line.0, Status::InvalidInput);
}

#[test]
fn each_type_passes_both_ways() {
    let _alone = alone();
    let (counter, state) = (add(3200, 0, 5501), add(3200, 0, 5500));
    let (text, time) = (add(3200, 0, 1), add(3200, 0, 5523));
    let bytes = add_instance(9, 0);
    for value in [0, i64::MIN, i64::MAX] {
        ok(registry_set_value_int(registry(), Some(&counter), value));
        ok(registry_set_value_time(registry(), Some(&time), value));
        let got = out(|value| registry_get_value_int(registry(), Some(&counter), value));
        assert_eq!(got, Ok(value));
        let got = out(|value| registry_get_value_time(registry(), Some(&time), value));
        assert_eq!(got, Ok(value));
    }
    ok(registry_set_value_boolean(registry(), Some(&state), true));
    let got = out(|value| registry_get_value_boolean(registry(), Some(&state), value));
    assert_eq!(got, Ok(true));
    ok(set_text(&text, c"\u{b0}C"));
    assert_eq!(get_text(&text), Ok("\u{b0}C".into()));
    ok(set_bytes(&bytes, &[0, 255]));
    assert_eq!(get_bytes(&bytes, 8), Ok(vec![0, 255]));
    ok(set_bytes(&bytes, &[]));
    assert_eq!(get_bytes(&bytes, 8), Ok(vec![]));
}

#[test]
fn unsigned_numbers_and_links_pass_both_ways() {
    let _alone = alone();
    let (unsigned, link) = (add(3200, 0, 10), add(3200, 0, 11));
    let set = registry_set_value_unsigned(registry(), Some(&unsigned), u64::MAX);
    ok(set);
    let got = out(|value| registry_get_value_unsigned(registry(), Some(&unsigned), value));
    assert_eq!(got, Ok(u64::MAX));
    let reference = Objlnk {
        object_id: 65535,
        object_instance_id: 1,
    };
    ok(registry_set_value_objlnk(
        registry(),
        Some(&link),
        reference,
    ));
    let got = out(|value| registry_get_value_objlnk(registry(), Some(&link), value));
    assert_eq!(got, Ok(reference));
    with_object(3200, |object| {
        let expected = Value::ObjectLink(reference.into());
        assert_eq!(object.read(at(0, 10)), Ok(Value::Unsigned(u64::MAX)));
        assert_eq!(object.read(at(0, 11)), Ok(expected));
        object.write(at(0, 10), Value::Unsigned(0)).unwrap();
    });
    let got = out(|value| registry_get_value_unsigned(registry(), Some(&unsigned), value));
    assert_eq!(got, Ok(0));
    let (status, _) = failure(|| registry_set_value_int(registry(), Some(&unsigned), 1));
    assert_eq!(status, Status::InvalidInput);
}

/// What is told to the client goes out, by notification or Send.
#[test]
fn a_value_that_is_there_already_is_not_told_again() {
    let _alone = alone();
    let told = || REGISTRY.with(|registry| registry.take_changed(None));
    let counter = add(3200, 0, 5501);
    let (state, text, time) = (add(3200, 0, 5500), add(3200, 0, 1), add(3200, 0, 5523));
    while told().is_some() {}
    let link = |object_id| Objlnk {
        object_id,
        object_instance_id: 0,
    };
    let sets: [(&RegistryPath, &dyn Fn(i64)); 4] = [
        (&counter, &|value| {
            ok(registry_set_value_int(registry(), Some(&counter), value));
        }),
        (&state, &|value| {
            ok(registry_set_value_boolean(
                registry(),
                Some(&state),
                value != 0,
            ));
        }),
        (&text, &|value| {
            ok(set_text(&text, if value == 0 { c"" } else { c"one" }));
        }),
        (&time, &|value| {
            ok(registry_set_value_time(registry(), Some(&time), value));
        }),
    ];
    // The first value is news, whatever it is, and so is each other one.
    for (path, set) in sets {
        for (value, news) in [(0, true), (0, false), (1, true), (1, false), (0, true)] {
            set(value);
            assert_eq!(told().is_some(), news, "{path:?}: {value}");
        }
    }
    for path in [counter, state, text, time] {
        ok(remove(&path));
    }

    let (float, unsigned, reference) = (add(3303, 0, 5700), add(3200, 0, 10), add(3200, 0, 11));
    let bytes = add_instance(9, 0);
    while told().is_some() {}
    let sets: [&dyn Fn(bool); 4] = [
        &|other| {
            // The same by comparison, and not for a server.
            let value = if other { -0.0 } else { 0.0 };
            ok(client_lite_set_value_float(
                registry(),
                Some(&float),
                Some(&value),
            ));
        },
        &|other| {
            ok(registry_set_value_unsigned(
                registry(),
                Some(&unsigned),
                other.into(),
            ));
        },
        &|other| {
            let value = link(other.into());
            ok(registry_set_value_objlnk(
                registry(),
                Some(&reference),
                value,
            ));
        },
        &|other| ok(set_bytes(&bytes, if other { &[0] } else { &[] })),
    ];
    for (index, set) in sets.iter().enumerate() {
        for (value, news) in [(false, true), (false, false), (true, true), (true, false)] {
            set(value);
            assert_eq!(told().is_some(), news, "{index}: {value}");
        }
    }

    // What the server has written is not told back; what is added anew is news.
    with_object(3303, |object| {
        object.write(at(0, 5700), Value::Float(1.5)).unwrap();
    });
    ok(client_lite_set_value_float(
        registry(),
        Some(&float),
        Some(&1.5),
    ));
    assert_eq!(told(), None);
    ok(remove(&float));
    let float = add(3303, 0, 5700);
    ok(client_lite_set_value_float(
        registry(),
        Some(&float),
        Some(&1.5),
    ));
    assert!(told().is_some());
}

#[test]
fn a_value_that_does_not_fit_leaves_the_one_before() {
    let _alone = alone();
    let text = add(3200, 0, 1);
    ok(set_text(&text, c"12345678"));
    let (status, line) = failure(|| set_text(&text, c"123456789"));
    assert_eq!(status, Status::NoMemory);
    assert!(line.contains("CONFIG_CLIENT_LITE_VALUE_SIZE"), "{line}");
    let (one, other) = (add_instance(9, 0), add_instance(9, 1));
    ok(set_bytes(&one, b"abcdefgh"));
    ok(set_bytes(&other, b"ijkl"));
    let (status, line) = failure(|| set_bytes(&other, b"ijklm"));
    assert_eq!(status, Status::NoMemory);
    assert!(line.contains("CONFIG_CLIENT_LITE_VALUE_POOL"), "{line}");
    // The pool is full, but of the same length another value always fits.
    ok(set_text(&text, c"87654321"));
    ok(set_bytes(&one, b"hgfedcba"));
    assert_eq!(get_text(&text), Ok("87654321".into()));
    assert_eq!(get_bytes(&one, 8), Ok(b"hgfedcba".to_vec()));
    assert_eq!(get_bytes(&other, 8), Ok(b"ijkl".to_vec()));
}

#[test]
fn what_is_removed_gives_its_memory_back() {
    let _alone = alone();
    let text = add(3200, 0, 1);
    ok(set_text(&text, c"12345678"));
    let instances = [0, 1].map(|instance| add_instance(9, instance));
    ok(set_bytes(&instances[0], b"abcdefgh"));
    ok(set_bytes(&instances[1], b"ijkl"));
    ok(remove(&RegistryPath {
        path_type: 2,
        ..instances[0]
    }));
    assert_eq!(remove(&instances[0]), Status::NotFound);
    assert_eq!(get_text(&text), Ok("12345678".into()));
    let again = add_instance(9, 7);
    assert_eq!(get_bytes(&again, 8), Err(Status::NoData));
    ok(set_bytes(&again, b"mnopqrst"));
    assert_eq!(get_text(&text), Ok("12345678".into()));
}

#[test]
fn full_tables() {
    let _alone = alone();
    add(3200, 0, 1);
    add(3303, 0, 5700);
    let line = refused(3305, 0, 5700);
    assert!(line.contains("CONFIG_CLIENT_LITE_OBJECTS"), "{line}");
    for instance in 1..=4 {
        add(3303, instance, 5700);
    }
    let line = refused(3303, 5, 5700);
    assert!(line.contains("CONFIG_CLIENT_LITE_RESOURCES"), "{line}");
    // What is there can be added again.
    add(3303, 4, 5700);
}

#[test]
fn what_cannot_be_added() {
    let _alone = alone();
    for (object, instance, resource, hint) in [
        (3306, 0, 5850, "LWM2M_OBJECT_REGISTER"),
        (3200, 0, 5700, "LWM2M_OBJECT_REGISTER"),
        (1, 0, 0, "LWM2M_OBJECT_REGISTER"),
        (3200, 65535, 5501, "65534"),
        (3200, 0, 9, "pdmc_connect_add_cloud_resource_instance"),
    ] {
        let line = refused(object, instance, resource);
        assert!(line.contains(hint), "{line}");
    }
    let mut path = RegistryPath::default();
    let lines = logged(|| {
        let add = pdmc_connect_add_cloud_resource;
        assert_eq!(add(registry(), None, 3200, 0, 5501, true, None), 0);
        assert_eq!(
            add(ptr::null(), Some(&mut path), 3200, 0, 5501, true, None),
            0
        );
        let add = pdmc_connect_add_cloud_resource_instance;
        assert_eq!(
            add(registry(), Some(&mut path), 3200, 0, 5501, 0, true, None),
            0
        );
    });
    let hints = ["path is NULL", "pdmc_connect_get_interface", "single"];
    assert_eq!(lines.len(), hints.len());
    for (line, hint) in lines.iter().zip(hints) {
        assert!(line.contains(hint), "{line}");
    }
    assert_eq!(path, RegistryPath::default());
}

#[test]
fn what_is_added_again_keeps_its_value() {
    let _alone = alone();
    let path = add(3200, 0, 5501);
    ok(registry_set_value_int(registry(), Some(&path), 7));
    assert!(registry_is_auto_observable(registry(), Some(&path)));
    let mut again = RegistryPath::default();
    let added = pdmc_connect_add_cloud_resource(
        registry(),
        Some(&mut again),
        3200,
        0,
        5501,
        false,
        Some(record),
    );
    assert_eq!((added, again), (1, path));
    assert!(!registry_is_auto_observable(registry(), Some(&path)));
    let got = out(|value| registry_get_value_int(registry(), Some(&path), value));
    assert_eq!(got, Ok(7));
}

#[test]
fn each_failure_has_its_status_and_one_line() {
    let _alone = alone();
    let (counter, text) = (add(3200, 0, 5501), add(3200, 0, 1));
    let absent = RegistryPath {
        resource_id: 5500,
        ..counter
    };
    let object = RegistryPath {
        path_type: 0,
        ..counter
    };
    let level = RegistryPath {
        path_type: 4,
        ..counter
    };
    let set = |path| registry_set_value_int(registry(), path, 1);
    let cases: [(&dyn Fn() -> Status, Status, &str); 13] = [
        (&|| set(None), Status::InvalidInput, "path is NULL"),
        (&|| set(Some(&absent)), Status::NotFound, "add it"),
        (&|| set(Some(&object)), Status::InvalidInput, "resource"),
        (&|| set(Some(&level)), Status::InvalidInput, "set_path"),
        (&|| set(Some(&text)), Status::InvalidInput, "type"),
        (
            &|| registry_set_value_int(ptr::null(), Some(&counter), 1),
            Status::InvalidInput,
            "pdmc_connect_get_interface",
        ),
        (
            &|| registry_get_value_int(registry(), Some(&counter), None),
            Status::NoData,
            "",
        ),
        (
            // SAFETY: NULL is allowed.
            &|| unsafe { registry_set_value_string(registry(), Some(&text), ptr::null(), false) },
            Status::InvalidInput,
            "value is NULL",
        ),
        (
            // SAFETY: a terminated string.
            &|| unsafe { registry_set_value_string(registry(), Some(&text), c"a".as_ptr(), true) },
            Status::InvalidInput,
            "free_on_remove",
        ),
        (&|| set_text(&text, c"\xff"), Status::InvalidInput, "UTF-8"),
        (
            // SAFETY: one byte.
            &|| unsafe { registry_set_value_string_copy(registry(), Some(&text), [0].as_ptr(), 1) },
            Status::InvalidInput,
            "zero byte",
        ),
        (
            &|| registry_remove_object(registry(), Some(&text), 0),
            Status::InvalidInput,
            "REGISTRY_REMOVE_SKIP_CALLBACK",
        ),
        (
            &|| client_lite_set_value_float(registry(), Some(&counter), None),
            Status::InvalidInput,
            "value is NULL",
        ),
    ];
    for (call, expected, hint) in cases {
        let lines = logged(|| assert_eq!(call(), expected, "{hint}"));
        assert_eq!(lines.len(), usize::from(!hint.is_empty()), "{lines:?}");
        assert!(lines.iter().all(|line| line.contains(hint)), "{lines:?}");
    }
    ok(registry_set_value_int(registry(), Some(&counter), 1));
    let mut output = MaybeUninit::new(0);
    let lines = logged(|| {
        let status = registry_get_value_time(registry(), Some(&counter), Some(&mut output));
        assert_eq!(status, Status::InvalidInput);
    });
    assert_eq!(lines.len(), 1);
    // SAFETY: it was written when it was made.
    assert_eq!(unsafe { output.assume_init() }, 0);
}

#[test]
fn small_buffers_are_left_alone() {
    let _alone = alone();
    let (text, bytes) = (add(3200, 0, 1), add_instance(9, 0));
    ok(set_text(&text, c"abc"));
    ok(set_bytes(&bytes, b"abc"));
    let mut buffer = [b'-' as c_char; 4];
    let mut get = |size| {
        // SAFETY: the buffer has at least this size.
        let status = unsafe {
            registry_get_value_string(registry(), Some(&text), buffer.as_mut_ptr(), size)
        };
        (status, buffer[0])
    };
    assert_eq!(get(3), (Status::NoMemory, b'-' as c_char));
    assert_eq!(get(4), (Status::Ok, b'a' as c_char));
    assert_eq!(get_bytes(&bytes, 2), Err(Status::NoMemory));
    assert_eq!(get_bytes(&bytes, 3), Ok(b"abc".to_vec()));
}

#[test]
fn a_listing_goes_by_ids() {
    let _alone = alone();
    add(3303, 0, 5700);
    add(3200, 7, 5501);
    add(3200, 0, 5501);
    add_instance(9, 3);
    add_instance(9, 1);
    let mut path = RegistryPath::default();
    let mut found = Vec::new();
    while registry_next_path(registry(), Some(&mut path)) == Status::Ok {
        found.push(path.to_path().unwrap().to_string());
    }
    assert_eq!(
        found,
        [
            "/3200/0/9/1",
            "/3200/0/9/3",
            "/3200/0/5501",
            "/3200/7/5501",
            "/3303/0/5700"
        ]
    );
    with_object(3200, |object| {
        let instances: Vec<_> = (0..).map_while(|index| object.instance(index)).collect();
        assert_eq!(instances, [0, 7]);
        let instances: Vec<_> = (0..)
            .map_while(|index| object.resource_instance(at(0, 9), index))
            .collect();
        assert_eq!(instances, [1, 3]);
        assert!(object.has(at(0, 9)) && !object.has(at(7, 9)));
    });
    for (path, status) in [
        ([3200, 7, 0, 0, 1], Status::Ok),
        ([3200, 8, 0, 0, 1], Status::NotFound),
        ([3, 0, 0, 0, 0], Status::NotFound),
    ] {
        assert_eq!(
            registry_path_exists(registry(), Some(&path_of(path))),
            status
        );
    }
}

#[test]
fn a_resource_without_a_value_is_not_found_by_the_server() {
    let _alone = alone();
    let path = add(3200, 0, 5501);
    let empty = |expected| {
        let got = out(|empty| registry_is_value_empty(registry(), Some(&path), empty));
        assert_eq!(got, Ok(expected));
    };
    empty(true);
    with_object(3200, |object| {
        assert!(object.has(at(0, 5501)));
        assert_eq!(object.read(at(0, 5501)), Err(Refusal::NotFound));
    });
    ok(registry_set_value_int(registry(), Some(&path), 0));
    empty(false);
    with_object(3200, |object| {
        assert_eq!(object.read(at(0, 5501)), Ok(Value::Integer(0)));
    });
}

#[test]
fn an_object_without_resources_is_not_visible() {
    let _alone = alone();
    let visible = || {
        let mut ids = Vec::new();
        Application::new().with_objects(|objects| {
            ids.extend(objects.iter().map(|object| object.definition().id));
        });
        ids
    };
    // Servers may create instances of these.
    let always = [33002, 33003];
    assert_eq!(visible(), always);
    let path = add(3303, 0, 5700);
    assert_eq!(visible(), [3303, 33002, 33003]);
    ok(remove(&path));
    assert_eq!(visible(), always);
}

#[test]
fn the_callback_is_told_what_the_server_has_written() {
    let _alone = alone();
    let counter = add_with(3200, 0, 5501, Some(record));
    let text = add_with(3200, 0, 1, Some(record));
    let bytes = add_instance_with(9, 2, Some(record));
    let mut application = Application::new();
    application.with_objects(|objects| {
        let object = &mut *objects[0];
        object.write(at(0, 5501), Value::Integer(-3)).unwrap();
        object.write(at(0, 1), Value::String("ab")).unwrap();
        let instance = At {
            resource_instance: 2,
            ..at(0, 9)
        };
        object.write(instance, Value::Opaque(&[1, 2, 3])).unwrap();
    });
    assert_eq!(taken(), []);
    turn(&mut application);
    assert_eq!(
        taken(),
        [
            (REGISTRY_CALLBACK_VALUE_UPDATED, text, "ab".into()),
            (REGISTRY_CALLBACK_VALUE_UPDATED, bytes, "[1, 2, 3]".into()),
            (REGISTRY_CALLBACK_VALUE_UPDATED, counter, "-3".into()),
        ]
    );
    turn(&mut application);
    assert_eq!(taken(), []);
}

#[test]
fn a_callback_may_call_back() {
    let _alone = alone();
    extern "C" fn double(
        _: registry_callback_type_t,
        path: *const RegistryPath,
        _: *const registry_callback_token_t,
        value: *const ObjectValue,
        _: registry_notification_status_t,
        registry: *mut RegistryHandle,
    ) -> c_int {
        // SAFETY: both live as long as the call.
        let (path, value) = unsafe { (&*path, (*value).int_value) };
        registry_set_value_int(registry, Some(path), 2 * value) as c_int
    }
    let path = add_with(3200, 0, 5501, Some(double));
    let mut application = Application::new();
    application.with_objects(|objects| {
        objects[0].write(at(0, 5501), Value::Integer(21)).unwrap();
    });
    turn(&mut application);
    let got = out(|value| registry_get_value_int(registry(), Some(&path), value));
    assert_eq!(got, Ok(42));
}

#[test]
fn several_values_are_written_as_a_whole_or_not_at_all() {
    let _alone = alone();
    add(3200, 0, 1);
    let instances = [0, 1, 2].map(|instance| {
        add_instance(9, instance);
        At {
            resource_instance: instance,
            ..at(0, 9)
        }
    });
    let eight = Value::Opaque(&[1; 8]);
    let mut application = Application::new();
    application.with_objects(|objects| {
        let object = &mut *objects[0];
        assert_eq!(object.validate(instances[0], &eight), Ok(()));
        assert_eq!(object.validate(instances[1], &eight), Ok(()));
        let refused = object.validate(instances[2], &eight);
        assert_eq!(refused, Err(Refusal::Unavailable));
    });
    application.with_objects(|objects| {
        let object = &mut *objects[0];
        // What was refused holds nothing.
        for instance in &instances[..2] {
            assert_eq!(object.validate(*instance, &eight), Ok(()));
        }
        // C code takes no memory that the server was promised.
        let (status, _) = failure(|| set_text(&path_of([3200, 0, 1, 0, 2]), c"12345"));
        assert_eq!(status, Status::NoMemory);
        for instance in &instances[..2] {
            assert_eq!(object.write(*instance, eight), Ok(()));
        }
        let text = Value::String("123456789");
        assert_eq!(object.validate(at(0, 1), &text), Err(Refusal::BadRequest));
        let text = Value::String("a\0b");
        assert_eq!(object.validate(at(0, 1), &text), Err(Refusal::BadRequest));
    });
}

#[test]
fn an_execution_is_answered_by_what_the_callback_returns() {
    let _alone = alone();
    let path = add_with(3200, 0, 5, Some(record));
    with_object(3200, |object| {
        RETURNED.set(0);
        assert_eq!(object.execute(at(0, 5), b"0='a'"), Ok(()));
        RETURNED.set(Status::InvalidInput as c_int);
        assert_eq!(object.execute(at(0, 5), b""), Err(Refusal::BadRequest));
        RETURNED.set(Status::NoMemory as c_int);
        let refused = object.execute(at(0, 5), b"");
        assert_eq!(refused, Err(Refusal::InternalError));
        RETURNED.set(0);
        let refused = object.execute(at(0, 5), b"123456789");
        assert_eq!(refused, Err(Refusal::TooLarge));
    });
    let arguments = format!("{:?}", b"0='a'");
    let calls = taken();
    assert_eq!(calls.len(), 3);
    assert_eq!(calls[0], (REGISTRY_CALLBACK_EXECUTE, path, arguments));
    assert_eq!(calls[1], (REGISTRY_CALLBACK_EXECUTE, path, "[]".into()));
    ok(registry_set_callback(registry(), Some(&path), None));
    with_object(3200, |object| {
        let refused = object.execute(at(0, 5), b"");
        assert_eq!(refused, Err(Refusal::MethodNotAllowed));
    });
}

#[test]
fn delivery_is_told_to_each_instance() {
    let _alone = alone();
    let instances = [1, 4].map(|instance| add_instance_with(9, instance, Some(record)));
    add_instance(9, 2);
    with_object(3200, |object| object.delivered(at(0, 9)));
    let kind = REGISTRY_CALLBACK_NOTIFICATION_STATUS;
    let expected = instances.map(|path| (kind, path, "delivered".into()));
    assert_eq!(taken(), expected);
}

#[test]
fn changes_wake_the_client() {
    let _alone = alone();
    let path = add(3200, 0, 5501);
    COMMANDS.store(0, Ordering::SeqCst);
    ok(registry_set_value_int(registry(), Some(&path), 1));
    assert_eq!(COMMANDS.swap(0, Ordering::SeqCst), CHANGED);
    failure(|| set_text(&path, c"a"));
    assert_eq!(COMMANDS.swap(0, Ordering::SeqCst), 0);
    ok(remove(&path));
    assert_eq!(COMMANDS.swap(0, Ordering::SeqCst), CHANGED);
}

#[test]
fn two_threads_never_see_half_a_value() {
    let _alone = alone();
    let (one, other) = (add(3200, 0, 1), add_instance(9, 0));
    ok(set_text(&one, c"aaaaaaaa"));
    thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0..2_000 {
                ok(set_text(&one, [c"aaaaaaaa", c"bbb", c""][round % 3]));
            }
        });
        scope.spawn(|| {
            for round in 0..2_000_usize {
                ok(set_bytes(&other, &[round as u8; 8][..round % 9]));
                let bytes = get_bytes(&other, 8).unwrap();
                assert!(bytes.iter().all(|byte| *byte == round as u8));
            }
        });
        for _ in 0..2_000 {
            let text = get_text(&one).unwrap();
            assert!(["aaaaaaaa", "bbb", ""].contains(&text.as_str()), "{text}");
        }
    });
}

// Shorthands.

fn registry() -> *const RegistryHandle {
    interface::registry()
}

fn add(object: u16, instance: u16, resource: u16) -> RegistryPath {
    add_with(object, instance, resource, None)
}

fn add_with(object: u16, instance: u16, resource: u16, callback: Option<Callback>) -> RegistryPath {
    let mut path = RegistryPath::default();
    let output = Some(&mut path);
    let add = pdmc_connect_add_cloud_resource;
    let added = add(
        registry(),
        output,
        object,
        instance,
        resource,
        true,
        callback,
    );
    assert_eq!(added, 1);
    path
}

/// An instance of the multiple resource of /3200/0.
fn add_instance(resource: u16, instance: u16) -> RegistryPath {
    add_instance_with(resource, instance, None)
}

fn add_instance_with(resource: u16, instance: u16, callback: Option<Callback>) -> RegistryPath {
    let mut path = RegistryPath::default();
    let output = Some(&mut path);
    let add = pdmc_connect_add_cloud_resource_instance;
    let added = add(
        registry(),
        output,
        3200,
        0,
        resource,
        instance,
        true,
        callback,
    );
    assert_eq!(added, 1);
    path
}

fn refused(object: u16, instance: u16, resource: u16) -> String {
    let lines = logged(|| {
        let mut path = RegistryPath::default();
        let add = pdmc_connect_add_cloud_resource;
        let output = Some(&mut path);
        let added = add(registry(), output, object, instance, resource, true, None);
        assert_eq!((added, path), (0, RegistryPath::default()));
    });
    let [line] = <[String; 1]>::try_from(lines).expect("one line in the log");
    line
}

fn path_of(ids: [u16; 5]) -> RegistryPath {
    RegistryPath {
        object_id: ids[0],
        object_instance_id: ids[1],
        resource_id: ids[2],
        resource_instance_id: ids[3],
        path_type: ids[4] as u8,
    }
}

fn at(instance: u16, resource: u16) -> At {
    At {
        instance,
        resource,
        resource_instance: 0,
    }
}

fn set_text(path: &RegistryPath, text: &CStr) -> Status {
    // SAFETY: a terminated string.
    unsafe { registry_set_value_string(registry(), Some(path), text.as_ptr(), false) }
}

fn get_text(path: &RegistryPath) -> Result<String, Status> {
    let mut buffer: [c_char; 9] = [0; 9];
    // SAFETY: the buffer has this size.
    let status = unsafe {
        registry_get_value_string(registry(), Some(path), buffer.as_mut_ptr(), buffer.len())
    };
    if status != Status::Ok {
        return Err(status);
    }
    // SAFETY: the function has terminated the text.
    let text = unsafe { CStr::from_ptr(buffer.as_ptr()) };
    Ok(text.to_str().unwrap().into())
}

fn set_bytes(path: &RegistryPath, bytes: &[u8]) -> Status {
    // SAFETY: the bytes have this length.
    unsafe { registry_set_value_opaque_copy(registry(), Some(path), bytes.as_ptr(), bytes.len()) }
}

fn get_bytes(path: &RegistryPath, size: usize) -> Result<Vec<u8>, Status> {
    let mut buffer = vec![0; size];
    let length = out(|length| {
        // SAFETY: the buffer has this size.
        unsafe {
            registry_get_value_opaque(registry(), Some(path), buffer.as_mut_ptr(), size, length)
        }
    })?;
    buffer.truncate(length);
    Ok(buffer)
}

fn remove(path: &RegistryPath) -> Status {
    registry_remove_object(registry(), Some(path), 2)
}

fn ok(status: Status) {
    assert_eq!(status, Status::Ok);
}

/// What a call writes to its output, where it does.
fn out<T>(call: impl FnOnce(Option<&mut MaybeUninit<T>>) -> Status) -> Result<T, Status> {
    let mut output = MaybeUninit::uninit();
    match call(Some(&mut output)) {
        // SAFETY: the call has written it.
        Status::Ok => Ok(unsafe { output.assume_init() }),
        status => Err(status),
    }
}

/// The status of a call that fails, and its line in the log.
fn failure(call: impl FnOnce() -> Status) -> (Status, String) {
    let mut status = Status::Ok;
    let lines = logged(|| status = call());
    let [line] = <[String; 1]>::try_from(lines).expect("one line in the log");
    (status, line)
}

fn with_object(id: u16, call: impl FnOnce(&mut dyn Object)) {
    Application::new().with_objects(|objects| {
        let object = objects
            .iter_mut()
            .find(|object| object.definition().id == id);
        call(*object.expect("a visible object"));
    });
}

/// What the run loop does after it has handled a datagram.
fn turn(application: &mut Application) {
    let mut storage: Storage = Storage::new();
    let config = Config::new("device", Account::new("coap://192.0.2.1"));
    let mut client = Client::new(config, &mut storage, [1; 4]);
    application.poll(&mut [&mut client], Instant::from_millis(0));
}

thread_local! {
    static CALLS: RefCell<Vec<(registry_callback_type_t, RegistryPath, String)>> = const { RefCell::new(Vec::new()) };
    static RETURNED: Cell<c_int> = const { Cell::new(0) };
    static LINES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// A callback that notes its calls, with the value in words.
extern "C" fn record(
    kind: registry_callback_type_t,
    path: *const RegistryPath,
    token: *const registry_callback_token_t,
    value: *const ObjectValue,
    status: registry_notification_status_t,
    handle: *mut RegistryHandle,
) -> c_int {
    assert!(token.is_null() && handle.cast_const() == registry());
    // SAFETY: the path lives as long as the call.
    let path = unsafe { *path };
    let words = if value.is_null() {
        assert_eq!(status, NOTIFICATION_STATUS_DELIVERED);
        "delivered".into()
    } else {
        assert_eq!(status, NOTIFICATION_STATUS_IGNORE);
        // SAFETY: the value lives as long as the call, and the resource's type says what it is.
        unsafe {
            match path.resource_id {
                1 => CStr::from_ptr((*value).generic_value.data.string)
                    .to_str()
                    .unwrap()
                    .into(),
                5 | 9 => {
                    let opaque = (*value).generic_value.data.opaque_data;
                    let (data, size) = ((&raw const (*opaque).data).cast::<u8>(), (*opaque).size);
                    format!("{:?}", std::slice::from_raw_parts(data, size as usize))
                }
                _ => (*value).int_value.to_string(),
            }
        }
    };
    CALLS.with_borrow_mut(|calls| calls.push((kind, path, words)));
    RETURNED.get()
}

fn taken() -> Vec<(registry_callback_type_t, RegistryPath, String)> {
    CALLS.take()
}

/// Keeps the one registry for one test, empty at its beginning.
pub fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    definitions::tests::define();
    REGISTRY.with(|registry| *registry = crate::registry::Registry::new());
    alone
}

/// The lines that a call writes to the log on this thread.
pub fn logged(call: impl FnOnce()) -> Vec<String> {
    LINES.take();
    call();
    LINES.take()
}

// The platform.

static LOCK: AtomicBool = AtomicBool::new(false);
static COMMANDS: AtomicU32 = AtomicU32::new(0);
const CHANGED: u32 = 1 << 7;

/// Not even for the same thread a second time: nobody calls out while he holds it.
#[unsafe(no_mangle)]
extern "C" fn client_lite_lock() {
    while LOCK.swap(true, Ordering::Acquire) {
        thread::yield_now();
    }
}

#[unsafe(no_mangle)]
extern "C" fn client_lite_unlock() {
    LOCK.store(false, Ordering::Release);
}

#[unsafe(no_mangle)]
extern "C" fn client_lite_command(command: u32) {
    COMMANDS.fetch_or(command, Ordering::SeqCst);
}

#[unsafe(no_mangle)]
extern "C" fn client_lite_log(_level: c_int, text: *const c_char, length: usize) {
    // SAFETY: the caller's text is so long.
    let text = unsafe { slice::from_raw_parts(text.cast(), length) };
    let line = str::from_utf8(text).expect("UTF-8").to_owned();
    LINES.with_borrow_mut(|lines| lines.push(line));
}
