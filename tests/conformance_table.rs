//! docs/conformance.md has each duty once, and each test that it names is there.

use std::fs;
use std::path::Path;

/// How many duties there are of each letter.
const DUTIES: [(char, usize); 9] = [
    ('G', 9),
    ('R', 14),
    ('B', 11),
    ('D', 11),
    ('A', 12),
    ('F', 6),
    ('Q', 2),
    ('S', 6),
    ('U', 4),
];

/// The id and the last column of each line of the tables.
fn rows(table: &str) -> Vec<(&str, &str)> {
    table
        .lines()
        .filter_map(|line| {
            let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
            match cells[..] {
                [id, _, _, shown] if id != "id" && id != "---" => Some((id, shown)),
                _ => None,
            }
        })
        .collect()
}

/// The tests that a cell names in backquotes, each behind its file, which may have several.
fn tests(shown: &str) -> Vec<(&str, &str)> {
    let mut file = "";
    let mut tests = Vec::new();
    for (place, part) in shown.split('`').enumerate() {
        if place % 2 == 1 {
            tests.push((file, part));
        } else if let Some(named) = part.split_whitespace().rfind(|word| word.contains('/')) {
            file = named;
        }
    }
    tests
}

/// Whether a file has this test: in Rust, in Python or as one of Zephyr's.
fn has(source: &str, test: &str) -> bool {
    let mut marked = source.split("#[test]").skip(1);
    let in_rust = marked.any(|behind| {
        let function = behind.split_once("fn ").map(|(_, function)| function);
        function
            .and_then(|function| function.split_once('('))
            .is_some_and(|(name, _)| name == test)
    });
    in_rust
        || source.contains(&format!("\ndef {test}("))
        || source.contains(&format!(", {test})\n"))
}

fn table() -> String {
    read("docs/conformance.md").expect("the table")
}

fn read(file: &str) -> std::io::Result<String> {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file))
}

#[test]
fn each_duty_has_one_line() {
    let expected = DUTIES
        .iter()
        .flat_map(|(letter, count)| (1..=*count).map(move |number| format!("{letter}{number}")));
    let table = table();
    let ids: Vec<_> = rows(&table).iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, expected.collect::<Vec<_>>());
}

#[test]
fn each_line_says_what_shows_it() {
    for (id, shown) in rows(&table()) {
        let says = !tests(shown).is_empty()
            || shown.contains("**not yet**")
            || shown.contains("does not apply");
        assert!(says, "{id}: {shown}");
    }
}

#[test]
fn each_test_is_there() {
    for (id, shown) in rows(&table()) {
        for (file, test) in tests(shown) {
            let source = read(file).unwrap_or_else(|error| panic!("{id}: {file}: {error}"));
            assert!(has(&source, test), "{id}: {file} has no {test}");
        }
    }
}
