//! SenML in CBOR: the examples of LwM2M Core 1.1, 7.4.6, both ways, and RFC 8428's rules.

use std::format;

use super::*;
use crate::format::SENML_CBOR;

/// 7.4.6: Read /3/0.
#[test]
fn senml_cbor_of_an_object_instance() {
    both_ways(
        SENML_CBOR,
        Path::instance(3, 0),
        &device(),
        &hex(DEVICE_SENML_CBOR),
    );
}

/// 7.4.6: Read /65/0, whose links are text under the label `vlo`.
#[test]
fn senml_cbor_of_object_links() {
    let body = "84 A3 21 66 2F36352F302F 00 63 302F30 63 766C6F 64 36363A30
                   A2 00 63 302F31 63 766C6F 64 36363A31
                   A2 00 61 31 03 6D 38363133383030373535353030
                   A2 00 61 32 02 01";
    both_ways(SENML_CBOR, Path::instance(65, 0), &linking(1), &hex(body));
}

/// 7.4.6: a value that was asked for by its own path has that as its base name, and no name.
#[test]
fn senml_cbor_of_a_resource() {
    let body = hex("81 A2 21 66 2F332F302F30 03 74 4F70656E204D6F62696C6520416C6C69616E6365");
    let value = [(
        Path::resource(3, 0, 0),
        Value::String("Open Mobile Alliance"),
    )];
    both_ways(SENML_CBOR, Path::resource(3, 0, 0), &value, &body);
}

/// RFC 8428, 4.1 and 4.5.1: a base name holds from its record on, a name is appended to it.
#[test]
fn senml_names_are_base_name_and_name() {
    for body in [
        // Base name only; name only; a base name that ends in the middle of a number.
        "81 A2 21 66 2F332F302F39 02 0A",
        "81 A2 00 66 2F332F302F39 02 0A",
        "81 A3 21 64 2F332F30 00 62 2F39 02 0A",
        // The base name behind the value, and one that is replaced.
        "81 A2 02 0A 21 66 2F332F302F39",
        "82 A1 21 66 2F332F302F38 A2 21 66 2F332F302F39 02 0A",
    ] {
        let values = [(Path::resource(3, 0, 9), Value::Integer(10))];
        assert_decodes(SENML_CBOR, Path::instance(3, 0), &hex(body), &values);
    }
}

/// RFC 8428, 4.4: unknown labels are ignored, but for those that end in `_`; times and units say
/// nothing of a value that is written; a base value or a sum (4.1, 4.2) would change it.
#[test]
fn senml_labels() {
    let record = |fields: &str, count| format!("81 A{count} 21 66 2F332F302F39 {fields}");
    for (fields, count) in [
        ("02 0A", 2),
        ("20 0A 02 0A", 3),
        ("22 1A 5182428F 02 0A", 3),
        ("23 61 56 02 0A", 3),
        ("01 61 56 02 0A", 3),
        ("06 18 64 07 18 64 02 0A", 4),
        ("64 75736572 01 02 0A", 3),
        ("02 FB 4024000000000000", 2),
        ("02 F9 4900", 2),
    ] {
        let values = [(Path::resource(3, 0, 9), Value::Integer(10))];
        let body = hex(&record(fields, count));
        assert_decodes(SENML_CBOR, Path::instance(3, 0), &body, &values);
    }
    for (fields, count) in [
        // A label that must be understood, base value, base sum, sum.
        ("65 757365725F 01 02 0A", 3),
        ("24 01 02 0A", 3),
        ("25 01 02 0A", 3),
        ("05 01 02 0A", 3),
        // Two values in one record; a value of the wrong type for its label.
        ("02 0A 02 0A", 3),
        ("02 0A 04 F5", 3),
        ("02 61 61", 2),
        ("03 0A", 2),
        ("04 0A", 2),
        ("08 61 61", 2),
        // 10.5 is no integer, nor is null.
        ("02 FB 4025000000000000", 2),
        ("02 F6", 2),
    ] {
        let body = hex(&record(fields, count));
        let decoded = decode(SENML_CBOR, Path::instance(3, 0), &body, |_| Type::Integer);
        assert_eq!(decoded, Err(Refusal::BadRequest), "{fields}");
    }
}

/// RFC 8949, 3.2.2: containers that end with a break, as streaming writers have them.
#[test]
fn senml_containers_of_indefinite_length() {
    let values = [(Path::resource(3, 0, 9), Value::Integer(10))];
    for body in [
        "9F A2 21 66 2F332F302F39 02 0A FF",
        "81 BF 21 66 2F332F302F39 02 0A FF",
        "9F BF 21 66 2F332F302F39 02 0A FF FF",
        "9F BF 21 65 2F332F302F FF BF 00 61 39 02 0A FF FF",
    ] {
        assert_decodes(SENML_CBOR, Path::instance(3, 0), &hex(body), &values);
    }
    for body in [
        "9F",
        "9F A2 21 66 2F332F302F39 02 0A",
        "9F BF 21 66 2F332F302F39 02 0A FF",
        "9F BF 21 66 2F332F302F39 02 FF FF",
        "9F FF FF",
        "81 FF",
        "81 A2 21 66 2F332F302F39 02 FF",
        "81 A2 21 7F 66 2F332F302F39 FF 02 0A",
    ] {
        let decoded = decode(SENML_CBOR, Path::instance(3, 0), &hex(body), |_| {
            Type::Integer
        });
        assert_eq!(decoded, Err(Refusal::BadRequest), "{body}");
    }
}

/// RFC 8428, 4.5.3: a base time holds until the next one; 0 is the time of the message.
#[cfg(feature = "send")]
#[test]
fn senml_cbor_of_a_backlog() {
    let body = hex("84
        A3 21 6C 2F333330332F302F35373030 22 1A 59130000 02 F9 4DA0
        A2 22 FB 41D644C000600000 02 F9 4DC0
        A1 02 F9 4DE0
        A2 22 00 02 F9 4E00");
    let path = Path::resource(3303, 0, 5700);
    let mut bytes = [0; 128];
    let mut buffer = Buffer::new(&mut bytes);
    crate::format::encode(SENML_CBOR, path, &mut buffer, &mut |encoder| {
        encoder.time(0x5913_0000_i64 * 1000);
        encoder.value(path, &Value::Float(22.5));
        encoder.time(0x5913_0001_i64 * 1000 + 500);
        encoder.value(path, &Value::Float(23.0));
        encoder.value(path, &Value::Float(23.5));
        encoder.time(0);
        encoder.value(path, &Value::Float(24.0));
        Ok(())
    })
    .expect("can be written");
    assert_eq!(buffer.written_since(0), body);
}

#[test]
fn senml_that_names_another_place_is_refused() {
    for name in [
        "65 2F332F312F39",
        "61 39",
        "67 2F332F302F3961",
        "60",
        "67 2F36353533352F",
    ] {
        let body = hex(&format!("81 A2 00 {name} 02 0A"));
        let decoded = decode(SENML_CBOR, Path::instance(3, 0), &body, |_| Type::Integer);
        assert_eq!(decoded, Err(Refusal::BadRequest), "{name}");
    }
}

const DEVICE_SENML_CBOR: &str = "90
    A3 21 65 2F332F302F 00 61 30 03 74 4F70656E204D6F62696C6520416C6C69616E6365
    A2 00 61 31 03 76 4C69676874776569676874204D324D20436C69656E74
    A2 00 61 32 03 69 333435303030313233
    A2 00 61 33 03 63 312E30
    A2 00 63 362F30 02 01
    A2 00 63 362F31 02 05
    A2 00 63 372F30 02 190ED8
    A2 00 63 372F31 02 191388
    A2 00 63 382F30 02 187D
    A2 00 63 382F31 02 190384
    A2 00 61 39 02 1864
    A2 00 62 3130 02 0F
    A2 00 64 31312F30 02 00
    A2 00 62 3133 02 1A5182428F
    A2 00 62 3134 03 66 2B30323A3030
    A2 00 62 3136 03 61 55";
