//! SenML in JSON: the examples of LwM2M Core 1.1, 7.4.5, both ways, and RFC 8428's rules.

use std::format;

use super::*;
use crate::format::SENML_JSON;

/// Read /3/0.
#[test]
fn an_object_instance() {
    let body = r#"[{"bn":"/3/0/","n":"0","vs":"Open Mobile Alliance"},
        {"n":"1","vs":"Lightweight M2M Client"},
        {"n":"2","vs":"345000123"},
        {"n":"3","vs":"1.0"},
        {"n":"6/0","v":1},
        {"n":"6/1","v":5},
        {"n":"7/0","v":3800},
        {"n":"7/1","v":5000},
        {"n":"8/0","v":125},
        {"n":"8/1","v":900},
        {"n":"9","v":100},
        {"n":"10","v":15},
        {"n":"11/0","v":0},
        {"n":"13","v":1367491215},
        {"n":"14","vs":"+02:00"},
        {"n":"16","vs":"U"}]"#;
    let base = Path::instance(3, 0);
    assert_decodes(SENML_JSON, base, body.as_bytes(), &device());
    let compact = body.replace("\n        ", "");
    both_ways(SENML_JSON, base, &device(), compact.as_bytes());
}

/// Read /65/0, with object links.
#[test]
fn object_links() {
    let body = r#"[{"bn":"/65/0/","n":"0/0","vlo":"66:0"},{"n":"0/1","vlo":"66:1"},{"n":"1","vs":"8613800755500"},{"n":"2","v":1}]"#;
    both_ways(
        SENML_JSON,
        Path::instance(65, 0),
        &linking(1),
        body.as_bytes(),
    );
}

/// RFC 8428, 5: a value of each kind; bytes in Base64 for URLs without padding (4.3).
#[test]
fn values() {
    let resource = Path::resource(9, 0, 1);
    for (value, field) in [
        (Value::Integer(i64::MIN), r#""v":-9223372036854775808"#),
        (Value::Unsigned(u64::MAX), r#""v":18446744073709551615"#),
        (Value::Float(23.1), r#""v":23.1"#),
        (Value::Float(-0.0), r#""v":-0"#),
        (Value::Float(5e-324), r#""v":5e-324"#),
        (Value::Boolean(true), r#""vb":true"#),
        (Value::Boolean(false), r#""vb":false"#),
        (Value::Time(1_276_020_076), r#""v":1276020076"#),
        (Value::Opaque(b"hi \n"), r#""vd":"aGkgCg""#),
        (Value::Opaque(b"\xfb\xff"), r#""vd":"-_8""#),
        (Value::Opaque(b""), r#""vd":"""#),
        (Value::String("a/b \u{e9}"), r#""vs":"a/b é""#),
        (Value::String("\"\\\n\u{1f}"), r#""vs":"\"\\\u000a\u001f""#),
        (to(65_535, 65_535), r#""vlo":"65535:65535""#),
    ] {
        let body = format!(r#"[{{"bn":"/9/0/1",{field}}}]"#);
        both_ways(SENML_JSON, resource, &[(resource, value)], body.as_bytes());
    }
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let values = [(resource, Value::Float(value))];
        assert_eq!(
            encode(SENML_JSON, resource, &values),
            Err(Refusal::NotAcceptable)
        );
    }
}

/// RFC 8259: whitespace, escapes, surrogates; numbers in other forms.
#[test]
fn other_texts_of_the_same() {
    let resource = Path::resource(9, 0, 1);
    for (value, fields) in [
        (Value::String("\u{1d11e}"), r#""vs":"\uD834\udd1e""#),
        (
            Value::String("\u{8}\u{c}\n\r\t/\"\\"),
            r#""vs":"\b\f\n\r\t\/\"\\""#,
        ),
        (Value::String("\u{0}\u{20ac}"), r#""vs":"\u0000\u20AC""#),
        (Value::String("x"), "\r\n\t \"vs\" : \"x\" "),
        (Value::Opaque(b"\xfb\xff"), r#""vd":"+\/8=""#),
        (to(1, 2), r#""vlo":"\u0031:2""#),
        (Value::Integer(10), r#""\u0076":10"#),
        (Value::Integer(10), r#""v":1.0e1"#),
        (Value::Unsigned(10), r#""v":10.0"#),
        (Value::Float(10.0), r#""v":1E+1"#),
        (
            Value::Float(0.1),
            r#""v":0.1000000000000000055511151231257827"#,
        ),
    ] {
        for body in [
            format!(r#"[{{"bn":"/9/0/1",{fields}}}]"#),
            format!(r#" [ {{{fields},"n":"\/9\u002f0/1"}} ] "#),
        ] {
            assert_decodes(SENML_JSON, resource, body.as_bytes(), &[(resource, value)]);
        }
    }
}

/// A text with escapes needs room for what it says, and only that one does.
#[test]
fn escapes_need_room() {
    let resource = Path::resource(9, 0, 1);
    for (text, room, result) in [
        ("plain", 0, Ok(())),
        (r"\u0061bc", 3, Ok(())),
        (r"\u0061bc", 2, Err(Refusal::TooLarge)),
    ] {
        let body = format!(r#"[{{"bn":"/9/0/1","vs":"{text}"}}]"#);
        let mut room = vec![0; room];
        let mut body = Body::new(Some(SENML_JSON), body.as_bytes(), &mut room);
        let decoded = crate::format::decode(&mut body, resource, &mut |_, content| match content {
            Content::Value(value) => value.into_value(Type::String).map(|_| ()),
            _ => panic!("no value"),
        });
        assert_eq!(decoded, result);
    }
}

/// RFC 8428, 4.1 and 4.5.1: a base name holds from its record on, a name is appended to it.
#[test]
fn names_are_base_name_and_name() {
    for body in [
        r#"[{"bn":"/3/0/9","v":10}]"#,
        r#"[{"n":"/3/0/9","v":10}]"#,
        r#"[{"bn":"/3/0","n":"/9","v":10}]"#,
        r#"[{"v":10,"n":"9","bn":"/3/0/"}]"#,
        r#"[{"bn":"/3/0/8"},{"bn":"/3/0/","n":"9","v":10}]"#,
    ] {
        let values = [(Path::resource(3, 0, 9), Value::Integer(10))];
        assert_decodes(SENML_JSON, Path::instance(3, 0), body.as_bytes(), &values);
    }
}

/// LwM2M Core 1.1, 6.3.8: a Read-Composite has names only.
#[test]
fn names_without_values() {
    let body = br#"[{"n":"/3/0/0"},{"n":"/1"},{"bn":"/3303/0/","n":"5700"},{"bn":"/"}]"#;
    let mut named = vec![];
    crate::format::decode(
        &mut Body::new(Some(SENML_JSON), body, &mut []),
        Path::ROOT,
        &mut |path, content| {
            assert!(matches!(content, Content::Name | Content::Base));
            named.push(path);
            Ok(())
        },
    )
    .expect("can be read");
    let paths = ["/3/0/0", "/1", "/3303/0/5700", "/"].map(|path| path.parse().unwrap());
    assert_eq!(named, paths);
}

/// RFC 8428, 4.4: unknown labels are ignored, but for those that end in `_`; times and units say
/// nothing of a value that is written; a base value or a sum (4.1, 4.2) would change it.
#[test]
fn labels() {
    let resource = Path::resource(3, 0, 9);
    for fields in [
        r#""bver":10,"v":10"#,
        r#""bt":1320067464,"t":-1.5,"ut":60,"v":10"#,
        r#""bu":"%EL","u":"V","v":10"#,
        r#""user":{"a":[1,{"b":[]}],"v":"\"}]"},"v":10"#,
        r#""":null,"x":[],"y":{},"z":true,"v":10"#,
    ] {
        let body = format!(r#"[{{"bn":"/3/0/9",{fields}}}]"#);
        let values = [(resource, Value::Integer(10))];
        assert_decodes(SENML_JSON, resource, body.as_bytes(), &values);
    }
    for fields in [
        r#""user_":1,"v":10"#,
        r#""bv":1,"v":10"#,
        r#""bs":1,"v":10"#,
        r#""s":1"#,
        r#""v":10,"v":10"#,
        r#""v":10,"vb":true"#,
        r#""v":"10""#,
        r#""v":null"#,
        r#""v":true"#,
        r#""v":[10]"#,
        r#""vs":10"#,
        r#""vb":1"#,
        r#""vd":10"#,
        r#""v":10.5"#,
        r#""v":9223372036854775808"#,
        r#""v":1e19"#,
        r#""v":"#,
        r#""v":-"#,
        r#""v":+1"#,
        r#""v":Infinity"#,
        r#""v":10,"#,
        r#""v":10 "x":1"#,
        r#""v" 10"#,
        r#"v:10"#,
        r#""x":{"a":1,},"v":10"#,
        r#""x":[1 2],"v":10"#,
        r#""x":[[[[[1]]]]],"v":10"#,
        "\"x\":\"\n\",\"v\":10",
    ] {
        let body = format!(r#"[{{"bn":"/3/0/9",{fields}}}]"#);
        let decoded = decode(SENML_JSON, resource, body.as_bytes(), |_| Type::Integer);
        assert_eq!(decoded, Err(Refusal::BadRequest), "{fields}");
    }
    for text in [
        r"\x",
        r"\u12",
        r"\ud800",
        r"\udc00",
        r"\ud800\u0041",
        r"\ud800x",
        "\\",
    ] {
        let body = format!(r#"[{{"bn":"/3/0/9","vs":"{text}"}}]"#);
        let decoded = decode(SENML_JSON, resource, body.as_bytes(), |_| Type::String);
        assert_eq!(decoded, Err(Refusal::BadRequest), "{text}");
    }
    for text in ["a", "a+b!", "aGkgCg=", "aGk gCg"] {
        let body = format!(r#"[{{"bn":"/3/0/9","vd":"{text}"}}]"#);
        let decoded = decode(SENML_JSON, resource, body.as_bytes(), |_| Type::Opaque);
        assert_eq!(decoded, Err(Refusal::BadRequest), "{text}");
    }
}

#[test]
fn what_is_no_pack() {
    for body in [
        "",
        "[",
        "{}",
        "[]]",
        "[] x",
        "[{}",
        "[{},]",
        "[,{}]",
        "[1]",
        "null",
        "[{\"n\":\"/3/0/9\"}",
        // A name that is no path (RFC 8428, 5.1.1), of another place, or too long for one.
        r#"[{"n":"urn:dev:ow:10e2073a01080063","u":"Cel","v":23.1}]"#,
        r#"[{"n":"/3/1/9","v":1}]"#,
        r#"[{"n":"/3/0/9a","v":1}]"#,
        r#"[{"n":"/3/0/0000000000000000000000000","v":1}]"#,
    ] {
        let decoded = decode(SENML_JSON, Path::instance(3, 0), body.as_bytes(), |_| {
            Type::Integer
        });
        assert_eq!(decoded, Err(Refusal::BadRequest), "{body}");
    }
}

/// RFC 8428, 4.5.3: a base time holds until the next one; 0 is the time of the message.
#[cfg(feature = "send")]
#[test]
fn a_backlog() {
    let body = r#"[{"bn":"/3303/0/5700","bt":1276020091.305,"v":22.5},{"bt":1276020092,"v":23},{"v":23.5},{"bt":-0.050,"v":24},{"bt":0,"v":24.5}]"#;
    let path = Path::resource(3303, 0, 5700);
    let mut bytes = [0; 256];
    let mut buffer = Buffer::new(&mut bytes);
    crate::format::encode(SENML_JSON, path, &mut buffer, &mut |encoder| {
        for (time, value) in [
            (Some(1_276_020_091_305), 22.5),
            (Some(1_276_020_092_000), 23.0),
            (None, 23.5),
            (Some(-50), 24.0),
            (Some(0), 24.5),
        ] {
            if let Some(time) = time {
                encoder.time(time);
            }
            encoder.value(path, &Value::Float(value));
        }
        Ok(())
    })
    .expect("can be written");
    assert_eq!(str::from_utf8(buffer.written_since(0)), Ok(body));
}
