//! The example `field` as a program: the figures, and the picture.

#[path = "common/example.rs"]
mod example;
#[path = "common/table.rs"]
mod table;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Output;

use table::Row;

fn run(arguments: &str) -> Output {
    let arguments = arguments.split_whitespace();
    let output = example::program("field").args(arguments).output();
    output.expect("runs")
}

/// What the program prints.
fn printed(arguments: &str) -> String {
    let output = run(arguments);
    let why = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments}: {why}");
    String::from_utf8(output.stdout).expect("text")
}

/// The table's rows by their names.
fn figures(arguments: &str) -> BTreeMap<String, Row> {
    table::rows(&printed(arguments))
}

#[test]
fn without_loss_each_value_arrives_that_is_measured_outside_of_the_outage() {
    for (name, row) in &figures("--days 4 --loss 0") {
        assert_eq!(row.get("values") + row.get("lost"), 4.0 * 24.0, "{name}");
        // At the end of the outage the device may wait for an hour and more before it tries again.
        assert!((23.0..=26.0).contains(&row.get("lost")), "{name}");
    }
}

#[test]
fn a_reboot_costs_a_registration_where_nothing_is_kept() {
    let registers = |days, name| {
        let figures = figures(&format!("--days {days} --loss 0"));
        figures[name].get("Registers")
    };
    // At the start, after the outage, and a week later.
    for (name, then) in [
        ("this client, nothing kept over a reboot", 3.0),
        ("this client", 2.0),
    ] {
        assert_eq!(
            (registers(7, name), registers(8, name)),
            (2.0, then),
            "{name}"
        );
    }
}

#[test]
fn zephyr_s_engine_updates_before_each_notification_or_registers() {
    let figures = figures("--days 4 --loss 0");
    let heard = figures["Zephyr's engine"].get("values");
    let updates = figures["Zephyr's engine"].get("Updates");
    assert!((heard - updates).abs() <= 2.0, "{updates} of {heard}");
    let closing = &figures["Zephyr's engine, DTLS, closes when idle"];
    assert!(closing.get("Registers") >= heard - 2.0);
    assert_eq!(closing.get("Updates"), 0.0);
    let own = &figures["this client"];
    // Two a day, each in a burst that there is anyway.
    assert!(own.get("Updates") <= 8.0);
    assert!(own.get("bytes/day") * 2.0 < figures["Zephyr's engine"].get("bytes/day"));
}

/// The radio is on for as long as it listens after a message, and for what goes to and fro before.
#[test]
fn the_awake_time_is_that_of_the_bursts() {
    for awake in [5.0, 93.0] {
        let figures = figures(&format!("--days 1 --loss 0 --awake {awake}"));
        let row = &figures["this client"];
        let listened = row.get("bursts/day") * awake;
        assert!(row.get("s awake/day") >= listened, "{awake}");
        assert!(row.get("s awake/day") < listened * 1.5, "{awake}");
    }
}

#[test]
fn the_same_seed_gives_the_same_figures() {
    let one = printed("--days 3 --loss 10 --seed 5");
    assert_eq!(one, printed("--days 3 --loss 10 --seed 5"));
    assert!(one.contains("seed 5"));
    let another = printed("--days 3 --loss 10 --seed 6");
    assert_ne!(one.replace("seed 5", "seed 6"), another);
}

/// Else `cargo run --release --example field` prints those to put there, and docs/pictures/render draws them.
#[test]
fn the_page_has_the_figures_of_this_tree() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/field.md");
    let page = fs::read_to_string(page).expect("a page");
    let printed = printed("");
    let (_, table) = printed.split_once("\n\n").expect("a title");
    assert!(page.contains(table), "docs/field.md has not {table}");
}

#[test]
fn the_picture_names_each_line() {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("field.svg");
    let arguments = format!("--days 3 --plot {}", file.display());
    let output = run(&arguments);
    let why = String::from_utf8_lossy(&output.stderr);
    if why.contains("name a TrueType font by --font") {
        return println!("skipped: this machine has no font");
    }
    assert!(output.status.success(), "{why}");
    let picture = fs::read_to_string(&file).expect("a picture");
    for text in [
        "this client (",
        "Zephyr's engine (",
        "outage",
        "hours awake",
    ] {
        let text = text.replace('\'', "&apos;");
        assert!(picture.contains(&text), "{text}");
    }
    let file = file.with_extension("png");
    printed(&format!("--days 3 --plot {}", file.display()));
    let bytes = fs::read(&file).expect("a picture");
    assert!(bytes.starts_with(b"\x89PNG") && bytes.len() > 10_000);
}

#[test]
fn what_cannot_be_done_is_told() {
    for (arguments, code, named) in [
        (
            "--days none",
            2,
            "--days: \"none\" is not a number from 1 to 365",
        ),
        ("--days 1 --plot a.png --font no-such.ttf", 1, "no-such.ttf"),
    ] {
        let output = run(arguments);
        let why = String::from_utf8(output.stderr).expect("text");
        assert_eq!(output.status.code(), Some(code), "{why}");
        assert!(why.contains(named), "{why}");
    }
}
