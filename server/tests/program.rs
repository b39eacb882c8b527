//! The demo server as a program: its command line and its commands.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::thread;
use std::time::Duration;

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_demo-server"))
}

fn run(arguments: &[&str]) -> Output {
    program().args(arguments).output().expect("runs")
}

#[test]
fn a_command_line_that_is_wrong_is_refused_with_code_2() {
    for (arguments, named) in [
        (
            &["--bind", "[::1]:0", "--bind", "[::1]:0"][..],
            "--bind is given twice",
        ),
        (&["now"], "\"now\""),
        (
            &["--psk", ":00", "--dtls-bind", "127.0.0.1:0"],
            "identity is empty",
        ),
        (&["--registrations", "none"], "\"none\""),
    ] {
        let output = run(arguments);
        let why = String::from_utf8(output.stderr).expect("text");
        assert_eq!(output.status.code(), Some(2), "{why}");
        assert!(why.contains(named), "{why}");
    }
}

#[test]
fn it_tells_its_version() {
    let output = run(&["--version"]);
    assert!(output.status.success());
    let version = concat!("demo-server ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(output.stdout, version.as_bytes());
}

#[test]
fn it_makes_certificates_serves_with_them_and_does_not_overwrite_them() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pki");
    let _ = fs::remove_dir_all(&folder);
    let path = folder.to_str().expect("Unicode");
    let made = run(&["pki", path, "--name", "localhost", "--endpoint", "device"]);
    let told = String::from_utf8(made.stdout).expect("text");
    assert!(made.status.success());
    let expected = "of the server localhost and of the device device\n";
    assert!(told.ends_with(expected), "{told}");
    let key = folder.join("device-key.der");
    let before = fs::read(&key).expect("a key");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&key).expect("a file").permissions().mode();
        assert_eq!(mode & 0o77, 0, "{mode:o}");
    }
    let again = run(&["pki", path]);
    let why = String::from_utf8(again.stderr).expect("text");
    assert_eq!(again.status.code(), Some(1));
    assert!(why.contains("ca.der is there already"), "{why}");
    assert_eq!(fs::read(&key).expect("a key"), before);
    let (mut child, mut output) =
        start_with(&["--dtls-bind", "127.0.0.1:0", "--certificates", path]);
    let mut second = String::new();
    output.read_line(&mut second).expect("a line");
    assert!(second.starts_with("listening on coaps://"), "{second}");
    let mut input = child.stdin.take().expect("piped");
    writeln!(input, "quit").expect("it runs");
    assert!(child.wait().expect("ends").success());
}

/// On any port; its first line is read.
fn start() -> (Child, BufReader<ChildStdout>) {
    start_with(&[])
}

fn start_with(options: &[&str]) -> (Child, BufReader<ChildStdout>) {
    let mut child = program()
        .args(["--bind", "127.0.0.1:0"])
        .args(options)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    let mut output = BufReader::new(child.stdout.take().expect("piped"));
    let mut first = String::new();
    output.read_line(&mut first).expect("a line");
    assert!(
        first.starts_with("listening on coap://127.0.0.1:"),
        "{first}"
    );
    (child, output)
}

#[test]
fn it_ends_quietly_when_nobody_reads_its_output() {
    let (mut child, output) = start();
    drop(output);
    let mut input = child.stdin.take().expect("piped");
    // The first lines may still be taken: another child has not closed what it inherited yet.
    while child.try_wait().expect("a child").is_none() {
        let _ = input.write_all(b"help\n");
        thread::sleep(Duration::from_millis(10));
    }
    let ended = child.wait_with_output().expect("has ended");
    // As if SIGPIPE had ended it.
    assert_eq!(ended.status.code(), Some(141));
    assert_eq!(ended.stderr, b"");
}

#[test]
fn a_word_too_many_is_named() {
    let (mut child, mut output) = start();
    let mut input = child.stdin.take().expect("piped");
    for (command, answer) in [
        ("forget it", "unexpected \"it\" behind forget"),
        ("clients all", "unexpected \"all\" behind clients"),
        ("quit now", "unexpected \"now\" behind quit"),
        ("silence on please", "silence on or off?"),
        ("read a /3 x", "unexpected \"x\" behind read a /3"),
        ("read a", "read needs a device and a path"),
        ("allow update x", "\"update x\" is not"),
        ("\u{1b}[2K", r#"unknown command "\u{1b}[2K""#),
        ("read a\u{1b} /3", r#"no client "a\u{1b}" is registered"#),
        ("help", "Commands on standard input:"),
    ] {
        writeln!(input, "{command}").expect("it runs");
        let mut line = String::new();
        output.read_line(&mut line).expect("a line");
        assert!(line.contains(answer), "{command}: {line}");
    }
    writeln!(input, "quit").expect("it runs");
    assert!(child.wait().expect("ends").success());
}
