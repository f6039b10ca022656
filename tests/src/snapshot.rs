//! Texts that are compared with a committed file: lifecycles, tables of permissions, outlines of pages.
//! `ARENGO_BLESS=1` writes the file instead; what changed is then read in the commit.

use std::fmt::Write as _;

use civic::error::Result;

use crate::outside::root;

/// Fails unless a lifecycle is the one that was reviewed: where each step leads from each state, or why nowhere.
#[track_caller]
pub fn lifecycle<State: Copy, Step: Copy + std::fmt::Debug>(
    name: &str,
    (states, steps): (&[State], &[Step]),
    called: impl Fn(State) -> &'static str,
    after: impl Fn(State, Step) -> Result<State>,
) {
    let mut table = String::new();
    for state in states {
        for step in steps {
            let to = after(*state, *step).map_or_else(|error| error.code().as_str(), &called);
            writeln!(table, "{} {step:?}: {to}", called(*state)).expect("written");
        }
    }
    matches(&format!("{name}_lifecycle"), &table);
}

/// Fails unless `text` is what `tests/it/snapshots/<name>.txt` holds; says where they part.
#[track_caller]
pub fn matches(name: &str, text: &str) {
    let file = root().join(format!("tests/it/snapshots/{name}.txt"));
    if std::env::var_os("ARENGO_BLESS").is_some() {
        std::fs::write(&file, text).expect("the snapshot is written");
        return;
    }
    let stored = std::fs::read_to_string(&file).unwrap_or_default();
    if stored == text {
        return;
    }
    let pairs = stored.lines().map(Some).chain(std::iter::repeat(None));
    let at = text.lines().zip(pairs).position(|(new, old)| Some(new) != old);
    let line = at.unwrap_or_else(|| text.lines().count());
    let stretch = |all: &str| {
        let lines: Vec<&str> = all.lines().skip(line.saturating_sub(2)).take(6).collect();
        lines.join("\n    ")
    };
    panic!(
        "{name} differs from its snapshot at line {}:\n  now\n    {}\n  stored\n    {}\nIf that is meant, ARENGO_BLESS=1 stores it.",
        line + 1,
        stretch(text),
        stretch(&stored)
    );
}
