//! Programs from outside that the tests use: a browser, an API fuzzer. `make test` installs them under `target/tools`.
//! The rule it keeps: a missing part fails the run, unless `ARENGO_TEST_WITHOUT` names it.

use std::path::{Path, PathBuf};
use std::process::Output;

use tokio::process::Command;

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

/// The program itself, as `cargo build` leaves it beside the tests.
pub fn arengo() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows where it is");
    let folder = test
        .parent()
        .and_then(Path::parent)
        .expect("tests lie in target/debug/deps");
    let program = folder.join("arengo");
    assert!(
        program.exists(),
        "the program is missing: `cargo build --workspace` makes it"
    );
    program
}

/// What Schemathesis judges every answer by: no 5xx, and nothing that the API's description does not announce.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance,unsupported_method";

/// What it judges GraphQL by: to it any error is the server's, also one that says what was asked wrongly, so only the form
/// of answers is left, and the city itself watches for faults of ours.
const CHECKS_OF_GRAPHQL: &str = "status_code_conformance,content_type_conformance";

/// Everything about a run of Schemathesis that does not depend on who asks: the same requests each time, nothing kept.
const MANNER: &str = "--seed 20261124 --generation-database none --suppress-health-check all --warnings off";

/// Runs Schemathesis on the interface at `base` that `description` describes (`/api/openapi.json`, `/graphql`); `token`
/// says as whom, nothing means as a visitor.
///
/// `ARENGO_EXAMPLES` sets the number of examples of each operation (20 otherwise). Panics with its report when it finds
/// a 5xx or an undocumented answer, or is not installed.
pub async fn schemathesis(base: &str, description: &str, token: Option<&str>) {
    schemathesis_knowing(base, description, token, "").await;
}

/// The same with a configuration of Schemathesis' own, such as ids that are there.
pub async fn schemathesis_knowing(base: &str, description: &str, token: Option<&str>, known: &str) {
    let program = root().join("target/tools/python/bin/schemathesis");
    assert!(program.exists(), "Schemathesis is missing: `make tools` installs it");
    let port = base.rsplit(':').next().unwrap_or_default();
    let config = root().join(format!("target/tools/schemathesis-{port}.toml"));
    std::fs::write(&config, known).expect("the configuration can be written");
    let examples = std::env::var("ARENGO_EXAMPLES").unwrap_or_else(|_| "20".to_owned());
    let checks = if description == "/graphql" {
        CHECKS_OF_GRAPHQL
    } else {
        CHECKS
    };
    let header = token.map(|token| ["--header".to_owned(), format!("Authorization: Bearer {token}")]);
    let output = Command::new(program)
        .current_dir(root().join("target"))
        .env(
            "SCHEMATHESIS_HOOKS",
            root().join("tests/fixtures/schemathesis_scalars.py"),
        )
        .arg("--config-file")
        .arg(&config)
        .args(["--no-color", "run", &format!("{base}{description}"), "--origin", base])
        .args(["--checks", checks, "--max-examples", &examples])
        .args(MANNER.split_whitespace())
        .args(header.into_iter().flatten())
        .kill_on_drop(true)
        .output()
        .await
        .expect("Schemathesis starts");
    std::fs::remove_file(&config).expect("the configuration can be removed");
    assert!(output.status.success(), "{}", report(&output));
}

/// What a program said, for a failing test.
pub fn report(output: &Output) -> String {
    let said = [&output.stdout[..], b"\n", &output.stderr[..]].concat();
    String::from_utf8_lossy(&said).into_owned()
}
