//! LwM2M CBOR: LwM2M Core 1.2, 7.4.4.

use super::*;
use crate::format::LWM2M_CBOR;

/// 7.4.4.4: an instance of the Server object.
#[test]
fn the_server_object() {
    let body = "A1 01 A1 00 A7
        00 1865
        01 1A 00015180
        02 19 012C
        03 19 1770
        05 1A 00015180
        06 F5
        07 61 55";
    let values = paths([
        ("/1/0/0", Value::Integer(101)),
        ("/1/0/1", Value::Integer(86_400)),
        ("/1/0/2", Value::Integer(300)),
        ("/1/0/3", Value::Integer(6_000)),
        ("/1/0/5", Value::Integer(86_400)),
        ("/1/0/6", Value::Boolean(true)),
        ("/1/0/7", Value::String("U")),
    ]);
    both_ways(LWM2M_CBOR, Path::object(1), &values, &hex(body));
    // A base of several levels is an array of ids.
    let body = body.replacen("A1 01 A1 00", "A1 82 01 00", 1);
    both_ways(LWM2M_CBOR, Path::instance(1, 0), &values, &hex(&body));
}

#[test]
fn maps_end_where_a_path_leaves_them() {
    let body = "A2
        03 A1 00 A2
           06 A2 00 01 01 05
           0D C1 1A 5182428F
        18 41 A2
           00 A1 00 A2 00 64 36363A30 01 64 36363A31
           01 A1 01 F4";
    let values = paths([
        ("/3/0/6/0", Value::Integer(1)),
        ("/3/0/6/1", Value::Integer(5)),
        ("/3/0/13", Value::Time(1_367_491_215)),
        ("/65/0/0/0", to(66, 0)),
        ("/65/0/0/1", to(66, 1)),
        ("/65/1/1", Value::Boolean(false)),
    ]);
    both_ways(LWM2M_CBOR, Path::ROOT, &values, &hex(body));
}

#[test]
fn a_single_value() {
    for (path, body) in [
        ("/13/26/1", "A1 83 0D 181A 01 182A"),
        ("/13/26/1/2", "A1 84 0D 181A 01 02 182A"),
    ] {
        let path = path.parse().unwrap();
        both_ways(LWM2M_CBOR, path, &[(path, Value::Integer(42))], &hex(body));
    }
    let values = paths([
        ("/13/26/1/0", Value::Integer(1)),
        ("/13/26/1/7", Value::Integer(2)),
    ]);
    let body = hex("A1 83 0D 181A 01 A2 00 01 07 02");
    both_ways(LWM2M_CBOR, Path::resource(13, 26, 1), &values, &body);
}

/// Keys of any count of ids, containers of either kind, times with and without tag.
#[test]
fn other_forms_of_the_same() {
    for body in [
        "A1 0D A1 181A A1 01 182A",
        "A1 82 0D 181A A1 01 182A",
        "A1 0D A1 82 181A 01 182A",
        "A1 81 0D A1 81 181A A1 81 01 182A",
        "BF 9F 0D 181A 01 FF 182A FF",
        "BF 0D BF 181A BF 01 182A FF FF FF",
        "A1 83 19 000D 1A 0000001A 01 F9 5140",
        "A1 83 0D 181A 01 C1 182A",
    ] {
        let values = [(Path::resource(13, 26, 1), Value::Integer(42))];
        assert_decodes(LWM2M_CBOR, Path::object(13), &hex(body), &values);
    }
    for body in [
        "A2 82 0D 181A A1 01 182A 83 0D 181A 02 15",
        "A1 82 0D 181A A2 01 182A 02 15",
        "A2 83 0D 181A 01 182A 82 0D 181A A1 81 02 15",
    ] {
        let values = paths([
            ("/13/26/1", Value::Integer(42)),
            ("/13/26/2", Value::Integer(21)),
        ]);
        assert_decodes(LWM2M_CBOR, Path::instance(13, 26), &hex(body), &values);
    }
}

/// What a Read-Composite asks for, and an instance that Create is to make, have no values.
#[test]
fn places_without_values() {
    let body = hex("BF 83 03 00 00 F6 01 F7 82 19 0CE7 00 A0 82 04 00 BF FF 05 A1 00 F6 FF");
    let mut named = vec![];
    crate::format::decode(
        &mut Body::new(Some(LWM2M_CBOR), &body, &mut []),
        Path::ROOT,
        &mut |path, content| {
            assert!(matches!(content, Content::Name | Content::Empty(_)));
            named.push(path);
            Ok(())
        },
    )
    .expect("can be read");
    let paths = ["/3/0/0", "/1", "/3303/0", "/4/0", "/5/0"].map(|path| path.parse().unwrap());
    assert_eq!(named, paths);
}

#[test]
fn what_is_refused() {
    for body in [
        "",
        "80",
        "01",
        "A1",
        "A1 03",
        "A1 03 A1 00",
        "A0 00",
        "BF",
        "BF 83 03 00 09 01",
        // Keys that are no ids, none, the reserved one, or more than a path has.
        "A1 20 A1 00 A1 09 01",
        "A1 61 33 01",
        "A1 80 01",
        "A1 81 61 33 01",
        "A1 81 81 03 01",
        "A1 19 FFFF 01",
        "A1 1A 00010003 A1 00 A1 09 01",
        "A1 85 03 00 09 00 00 01",
        "A1 84 03 00 09 00 A1 00 01",
        // Another place, a value that is none, and an array of values.
        "A1 83 03 01 09 01",
        "A1 83 04 00 09 01",
        "A1 83 03 00 09 80",
        "A1 83 03 00 09 81 01",
        "A1 83 03 00 09 C2 41 01",
        "A1 83 03 00 09 FF",
        "A1 83 03 00 09 61 31",
    ] {
        let decoded = decode(LWM2M_CBOR, Path::instance(3, 0), &hex(body), |_| {
            Type::Integer
        });
        assert_eq!(decoded, Err(Refusal::BadRequest), "{body}");
    }
}
