//! The core's files use each other in one direction: no circle, neither of its top modules nor of the
//! files of one of them. What holds a module together, its `mod.rs`, is left out.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

#[test]
fn no_file_uses_itself_by_way_of_others() {
    let files = files(Path::new("src"));
    assert!(files.len() > 50, "the sources are not where they were");
    for depth in [1, 2, 3] {
        let mut uses = BTreeMap::<&str, Vec<&str>>::new();
        for (user, text) in &files {
            for used in files.keys().filter(|used| names(text, used)) {
                let (from, to) = (cut(user, depth), cut(used, depth));
                let is_face = |file: &str| file.ends_with("/mod") || file == "lib";
                if from != to && !is_face(from) && !is_face(to) {
                    uses.entry(from).or_default().push(to);
                }
            }
        }
        for start in uses.keys() {
            let mut reached = uses[start].clone();
            let mut next = 0;
            while let Some(file) = reached.get(next).copied() {
                assert!(file != *start, "{start} uses itself by way of {reached:?}");
                for further in uses.get(file).into_iter().flatten() {
                    if !reached.contains(further) {
                        reached.push(further);
                    }
                }
                next += 1;
            }
        }
    }
}

/// Each file's name without its extension, and its text up to its tests.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() && !path.ends_with("vectors") {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a text");
            let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
            let name = path.with_extension("");
            let name = name
                .strip_prefix("src")
                .expect("a source")
                .to_string_lossy();
            found.insert(name.into_owned(), code.into());
        }
    }
    found.remove("coap/oracle");
    found
}

/// Whether a text has `crate::` and the module path of a file.
fn names(text: &str, file: &str) -> bool {
    let module = file.strip_suffix("/mod").unwrap_or(file).replace('/', "::");
    let module = module.strip_suffix("_off").unwrap_or(&module);
    let name = format!("crate::{module}");
    text.match_indices(&name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let behind = text[at + name.len()..].chars().next();
        before != Some('$')
            && behind.is_none_or(|letter| !letter.is_alphanumeric() && letter != '_')
    })
}

/// The first parts of a file's name.
fn cut(file: &str, depth: usize) -> &str {
    let mut ends = file.match_indices('/').map(|(at, _)| at);
    &file[..ends.nth(depth - 1).unwrap_or(file.len())]
}
