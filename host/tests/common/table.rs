//! Tables of Markdown that examples print.

use std::collections::BTreeMap;

/// A row of a table by its columns' names.
pub struct Row(BTreeMap<String, f64>);

impl Row {
    #[track_caller]
    pub fn get(&self, column: &str) -> f64 {
        self.0[column]
    }
}

/// The rows of the table in a text by their names.
pub fn rows(printed: &str) -> BTreeMap<String, Row> {
    let mut rows = printed.lines().filter(|line| line.starts_with('|'));
    let cells = |line: &str| -> Vec<String> {
        let line = line.trim_matches('|').split('|');
        line.map(|cell| cell.trim().to_owned()).collect()
    };
    let head = cells(rows.next().expect("a head"));
    let rows = rows.skip(1).map(|line| {
        let cells = cells(line);
        let numbers = cells[1..].iter().map(|cell| number(cell));
        let row = head[1..].iter().cloned().zip(numbers).collect();
        (cells[0].clone(), Row(row))
    });
    rows.collect()
}

/// Of minutes and seconds the seconds; what has not come is never.
fn number(cell: &str) -> f64 {
    if cell.starts_with("over ") {
        return f64::INFINITY;
    }
    let number = |text: &str| -> f64 { text.parse().expect("a number") };
    match cell.split_once(':') {
        Some((minutes, seconds)) => number(minutes) * 60.0 + number(seconds),
        None => number(cell),
    }
}
