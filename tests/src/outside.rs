//! Programs from outside that the tests use: a browser, an API fuzzer. `make test` installs them under `target/tools`.
//! The rule it keeps: a missing part fails the run, unless `ARENGO_TEST_WITHOUT` names it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Whether this run was told to do without a part (`postgres`, `browser`, `schemathesis`).
pub fn without(part: &str) -> bool {
    let named = std::env::var("ARENGO_TEST_WITHOUT").unwrap_or_default();
    named.split(',').any(|name| name.trim() == part)
}

/// The top of the source tree.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("this crate lies in the workspace")
        .to_owned()
}

/// The folder with the real data, from `ARENGO_DATA`; none means the small fixtures of the project.
pub fn real_data() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("ARENGO_DATA")?);
    Some(if folder.is_absolute() {
        folder
    } else {
        root().join(folder)
    })
}

/// Runs Schemathesis on the API at `base` with a fixed seed; `token` says as whom, nothing means as a visitor.
///
/// `ARENGO_EXAMPLES` sets the number of examples of each operation (20 otherwise). Panics with its report when it finds
/// a 5xx, an undocumented answer, or is not installed.
pub fn schemathesis(base: &str, token: Option<&str>) {
    let program = root().join("target/tools/python/bin/schemathesis");
    assert!(program.exists(), "Schemathesis is missing: `make tools` installs it");
    let examples = std::env::var("ARENGO_EXAMPLES").unwrap_or_else(|_| "20".to_owned());
    let mut command = Command::new(program);
    command
        .current_dir(root().join("target"))
        .arg("--config-file")
        .arg(root().join("tests/schemathesis.toml"))
        .args([
            "run",
            &format!("{base}/api/openapi.json"),
            "--seed",
            "20261124",
            "--max-examples",
            &examples,
        ]);
    if let Some(token) = token {
        command.args(["--header", &format!("Authorization: Bearer {token}")]);
    }
    let output = command.output().expect("Schemathesis starts");
    assert!(output.status.success(), "{}", report(&output));
}

/// What a program said, for a failing test.
pub fn report(output: &Output) -> String {
    let said = [&output.stdout[..], b"\n", &output.stderr[..]].concat();
    String::from_utf8_lossy(&said).into_owned()
}
