//! The simulation of money at length, outside of the tests: `ARENGO_SEEDS` lives of `ARENGO_ACTS` acts each, or the one of
//! `ARENGO_SEED`. It prints what was counted, and ends with 1 when anything was wrong or too seldom.

use std::process::ExitCode;

use tests::simulation::{run_all, told};

/// Lives, and acts of each, when nothing else is said.
const SEEDS: u64 = 64;
const ACTS: u64 = 1_000_000;
/// How often each fault must be met and each step taken.
const LEAST: u64 = 1_000;

fn main() -> ExitCode {
    let acts = told("ARENGO_ACTS").unwrap_or(ACTS);
    let alone = told("ARENGO_SEED");
    let seeds = alone.map_or_else(
        || (0..told("ARENGO_SEEDS").unwrap_or(SEEDS)).collect(),
        |seed| vec![seed],
    );
    let lives = run_all(&seeds, acts, false);
    say(&lives.counts.to_string());
    for wrong in &lives.wrong {
        say(wrong);
    }
    let missing = lives.counts.missing(told("ARENGO_LEAST").unwrap_or(LEAST));
    let seldom = alone.is_none() && !missing.is_empty();
    if seldom {
        say(&format!("too seldom: {missing:#?}"));
    }
    if lives.wrong.is_empty() && !seldom {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

#[expect(clippy::print_stdout, reason = "this program is run to be read")]
fn say(text: &str) {
    println!("{text}");
}
