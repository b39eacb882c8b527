use std::env;
use std::io::{self, Write};
use std::path::Path;
use std::process::{self, ExitCode};

/// Prints to standard output, and ends the program where nobody is left to read it.
pub fn print(text: &str) {
    let mut output = io::stdout().lock();
    if let Err(error) = output
        .write_all(text.as_bytes())
        .and_then(|()| output.flush())
    {
        if error.kind() == io::ErrorKind::BrokenPipe {
            process::exit(128 + SIGPIPE);
        }
        complain(&format!("cannot write to standard output: {error}"));
        process::exit(1);
    }
}

/// Says on standard error what is wrong, behind the program's name.
pub fn complain(why: &str) {
    let path = env::args_os().next().unwrap_or_default();
    let name = Path::new(&path).file_stem().unwrap_or_default();
    // Nobody may be left to read it.
    let _ = writeln!(io::stderr(), "{}: {why}", name.display());
}

/// How a program ends that did what it was asked for; why it could not is said.
pub fn end(result: Result<(), String>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            complain(&why);
            ExitCode::FAILURE
        }
    }
}

/// How a program ends whose command line is wrong.
pub fn reject(wrong: &str) -> ExitCode {
    complain(&format!("{wrong}\n(--help explains the options)"));
    ExitCode::from(2)
}

/// Ends other programs; Rust's ignore it. The exit code is what a shell shows then.
const SIGPIPE: i32 = 13;
