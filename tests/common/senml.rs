//! SenML in CBOR (RFC 8428) as a server reads it, with its times.

use ciborium::Value as Cbor;

/// A path, its time in seconds, and its value.
pub type Entry = (String, f64, f64);

/// The records of a pack, with base names and base times added.
#[track_caller]
pub fn entries(pack: &[u8]) -> Vec<Entry> {
    let pack: Cbor = ciborium::from_reader(pack).expect("CBOR");
    let (mut base_name, mut base_time) = (String::new(), 0.0);
    let mut entries = Vec::new();
    for record in pack.into_array().expect("a pack") {
        let (mut name, mut time, mut value) = (String::new(), 0.0, None);
        for (label, item) in record.into_map().expect("a record") {
            match i128::from(label.into_integer().expect("a label")) {
                -2 => base_name = item.into_text().expect("a name"),
                -3 => base_time = number(&item),
                0 => name = item.into_text().expect("a name"),
                2 => value = Some(number(&item)),
                4 => value = Some(f64::from(u8::from(item.as_bool().expect("a boolean")))),
                6 => time = number(&item),
                other => panic!("label {other}"),
            }
        }
        let value = value.expect("a value");
        entries.push((base_name.clone() + &name, base_time + time, value));
    }
    entries
}

fn number(item: &Cbor) -> f64 {
    match item {
        Cbor::Integer(number) => i128::from(*number) as f64,
        Cbor::Float(number) => *number,
        other => panic!("no number: {other:?}"),
    }
}
