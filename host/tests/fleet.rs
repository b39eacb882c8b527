//! The example `fleet` as a program: the figures, the advice, and the picture.

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
    run_on(2, arguments)
}

fn run_on(processors: u32, arguments: &str) -> Output {
    let mut program = example::program("fleet");
    program
        .args(arguments.split_whitespace())
        .env("RAYON_NUM_THREADS", processors.to_string());
    program.output().expect("runs")
}

/// What the program prints.
fn printed(arguments: &str) -> String {
    text(&run(arguments))
}

fn text(output: &Output) -> String {
    let why = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{why}");
    String::from_utf8(output.stdout.clone()).expect("text")
}

/// The table's rows by their names.
fn figures(arguments: &str) -> BTreeMap<String, Row> {
    table::rows(&printed(arguments))
}

#[test]
fn what_is_advised_keeps_to_the_capacity_whatever_the_outage() {
    for outage in [120, 600, 3600] {
        let arguments = format!("--devices 800 --capacity 20 --outage {outage} --hours 2");
        let figures = figures(&arguments);
        let row = &figures["this client, as advised"];
        assert!(row.get("requests/s, peak") <= 20.0, "{outage}");
        assert_eq!(row.get("% refused"), 0.0, "{outage}");
        assert!(row.get("99 % after").is_finite(), "{outage}");
    }
}

#[test]
fn the_advice_is_options_of_kconfig() {
    let printed = printed("--devices 500 --capacity 1 --hours 1");
    // 6 x 500 / 1 s apart, the shortest a quarter of that.
    for line in [
        "CONFIG_CLIENT_LITE_BACK_OFF_MIN=750000",
        "CONFIG_CLIENT_LITE_BACK_OFF_MAX=3750000",
        "CONFIG_CLIENT_LITE_BACK_OFF_CAP=3750000",
    ] {
        assert!(printed.lines().any(|other| other == line), "{printed}");
    }
    let kconfig = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Kconfig");
    let kconfig = fs::read_to_string(kconfig).expect("Kconfig");
    for option in ["MIN", "MAX", "CAP"] {
        assert!(kconfig.contains(&format!("config CLIENT_LITE_BACK_OFF_{option}\n")));
    }
}

#[test]
fn this_client_comes_back_spread_out_and_the_others_all_at_a_time() {
    let figures = figures("--devices 1000");
    let peak = |name: &str| figures[name].get("requests/s, peak");
    for other in ["Zephyr's engine", "Anjay Lite", "a fixed wait of 60 s"] {
        assert!(peak("this client") * 3.0 < peak(other), "{other}");
    }
    // Of those that give up, all come an hour after they have.
    let after = figures["Anjay Lite"].get("99 % after");
    assert!((1200.0..1500.0).contains(&after), "{after}");
}

#[test]
fn the_server_handles_no_more_than_it_can() {
    for refusal in ["drop", "5.03", "5.03 --max-age 300"] {
        let arguments = format!("--devices 500 --capacity 5 --refuse {refusal} --hours 4");
        let figures = figures(&arguments);
        for (name, row) in &figures {
            assert!(row.get("Registers/s, peak") <= 5.0, "{name}, {refusal}");
        }
        let naive = &figures["a fixed wait of 60 s"];
        assert!(naive.get("% refused") > 30.0, "{refusal}");
        let own = &figures["this client"];
        assert!(own.get("% refused") < 20.0, "{refusal}");
        assert!(own.get("99 % after").is_finite(), "{refusal}");
    }
}

#[test]
fn a_server_that_forgets_has_all_register_anew() {
    let arguments = "--devices 300 --notice updates --lifetime 3600 --outage 60";
    let kept = figures(arguments);
    let forgotten = figures(&format!("{arguments} --server-forgets"));
    let after = |figures: &BTreeMap<String, Row>| figures["this client"].get("99 % after");
    assert!(after(&kept) < 120.0, "{}", after(&kept));
    // Each device hears of it at its next Update.
    assert!((1500.0..3600.0).contains(&after(&forgotten)));
}

#[test]
fn the_same_seed_gives_the_same_figures_on_any_number_of_processors() {
    for arguments in [
        "--devices 4200 --outage 30 --hours 1",
        "--devices 4200 --outage 30 --hours 1 --capacity 50",
    ] {
        let one = text(&run_on(1, arguments));
        assert_eq!(one, text(&run_on(3, arguments)));
        let another = text(&run_on(1, &format!("{arguments} --seed 2")));
        assert_ne!(one.replace("seed 1", "seed 2"), another);
    }
}

/// Else the command there prints the table to put there; docs/pictures/render draws the picture.
#[test]
fn the_page_has_the_figures_of_this_tree() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/fleet.md");
    let page = fs::read_to_string(page).expect("a page");
    let command = "--devices 500 --notice updates --lifetime 3600";
    assert!(page.contains(command));
    let printed = printed(command);
    let (_, table) = printed.split_once("\n\n").expect("a title");
    assert!(page.contains(table), "docs/fleet.md has not {table}");
}

#[test]
fn the_picture_names_each_line() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fleet");
    let arguments = format!(
        "--devices 200 --outage 60 --hours 1 --capacity 5 --plot {}",
        folder.display()
    );
    let output = run(&arguments);
    let why = String::from_utf8_lossy(&output.stderr);
    if why.contains("name a TrueType font by --font") {
        return println!("skipped: this machine has no font");
    }
    assert!(output.status.success(), "{why}");
    let picture = fs::read_to_string(folder.join("fleet.svg")).expect("a picture");
    for text in [
        "this client (",
        "this client, as advised (",
        "Zephyr's engine (",
        "Anjay Lite (",
        "outage",
        "requests in the busiest second",
        "% of the devices registered",
        "the server's 5",
    ] {
        let text = text.replace('\'', "&apos;");
        assert!(picture.contains(&text), "{text}");
    }
    let bytes = fs::read(folder.join("fleet.png")).expect("a picture");
    assert!(bytes.starts_with(b"\x89PNG") && bytes.len() > 10_000);
}

#[test]
fn what_cannot_be_done_is_told() {
    for (arguments, code, named) in [
        (
            "--devices none",
            2,
            "--devices: \"none\" is not a number from 1 to 9999999",
        ),
        (
            "--devices 1 --outage 1 --hours 1 --plot . --font no-such.ttf",
            1,
            "no-such.ttf",
        ),
    ] {
        let output = run(arguments);
        let why = String::from_utf8(output.stderr).expect("text");
        assert_eq!(output.status.code(), Some(code), "{why}");
        assert!(why.contains(named), "{why}");
    }
}
