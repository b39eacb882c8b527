//! Examples as programs.

use std::env;
use std::process::Command;
use std::sync::Once;

/// The example, of the profile that this test has; `cargo test` alone does not build it.
pub fn program(name: &str) -> Command {
    static BUILT: Once = Once::new();
    let test = env::current_exe().expect("this test");
    let profile = test.ancestors().nth(2).expect("target/PROFILE");
    BUILT.call_once(|| {
        let profile = match profile.file_name().and_then(|name| name.to_str()) {
            Some("debug") | None => "dev",
            Some(name) => name,
        };
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--locked", "--example", name])
            .args(["--package", env!("CARGO_PKG_NAME"), "--profile", profile])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status();
        assert!(built.expect("cargo runs").success());
    });
    Command::new(profile.join("examples").join(name))
}
