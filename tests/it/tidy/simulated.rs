//! What makes the simulation of money worth believing: an oracle that shares nothing with what it judges, and planted bugs
//! that still apply.

use std::process::Command;

use tests::outside::root;

use super::none;
use super::source::{FILES, rust};

const ORACLE: &str = "tests/src/simulation/oracle";
/// What the oracle may name: the language's own library, and its own files.
const OWN: &[&str] = &["std::", "super::oracle"];
/// Bugs that are planted at least.
const PLANTED: usize = 30;

#[test]
fn the_oracle_imports_nothing_of_what_it_judges() {
    let mut faults = vec![];
    let mut files = 0;
    for file in rust().filter(|file| file.path.starts_with(ORACLE)) {
        files += 1;
        for (number, line) in file.code.lines().enumerate() {
            let named = line.trim_start().strip_prefix("use ");
            if let Some(path) = named.filter(|path| !OWN.iter().any(|own| path.starts_with(own))) {
                faults.push(format!("{}:{}: {path}", file.path, number + 1));
            }
            for word in ["civic::", "crate::", "server::", "migrations::", "f64", "f32"] {
                if line.contains(word) {
                    faults.push(format!("{}:{}: says {word}", file.path, number + 1));
                }
            }
        }
    }
    assert!(files > 0, "there is no oracle");
    none(faults);
}

#[test]
fn every_planted_bug_still_applies() {
    let patches: Vec<_> = FILES
        .iter()
        .filter(|file| file.path.starts_with("tests/planted/") && file.path.ends_with(".patch"))
        .collect();
    assert!(patches.len() >= PLANTED, "only {} bugs are planted", patches.len());
    let mut faults = vec![];
    for patch in patches {
        let done = Command::new("git")
            .args(["apply", "--check", &patch.path])
            .current_dir(root())
            .output()
            .expect("git answers");
        if !done.status.success() {
            faults.push(format!("{}: {}", patch.path, String::from_utf8_lossy(&done.stderr)));
        }
    }
    none(faults);
}
