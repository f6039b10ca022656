//! What the city costs, beside what it would cost bare, in one run: searching, lists, supports, starting, memory.
//!
//! Rule: what is compared runs in interleaved rounds in one process on one database on a disk, and medians of rounds are
//! printed with the seed and the commit. Deliberately absent: verdicts; the goals stand beside the numbers.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]

mod corpus;
mod lists;
mod measure;
mod program;
mod searching;
mod supports;

use std::process::Command;

use anyhow::Result;
use measure::Table;

/// From which everything that is left to chance follows.
const SEED: u64 = 20_261_124;

#[tokio::main]
async fn main() -> Result<()> {
    let mut table = Table::default();
    let corpus = corpus::open().await?;
    println!("commit {}, seed {SEED}, {} build, {}", commit(), build(), corpus.said);
    if wanted("searching") {
        searching::measure(&corpus, &mut table).await?;
    }
    if wanted("lists") {
        lists::measure(&corpus, &mut table).await?;
    }
    if wanted("supports") {
        supports::measure(&corpus, &mut table).await?;
    }
    let folder = corpus.close().await;
    if wanted("program") {
        program::measure(&folder, &mut table).await?;
    }
    println!("\n{table}");
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

/// Whether a part is measured: all are, unless some are named (`make bench ARGS="-- lists"`).
fn wanted(part: &str) -> bool {
    let mut named = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .peekable();
    named.peek().is_none() || named.any(|word| word == part)
}

/// The commit that is measured, with a mark when there is more than it.
fn commit() -> String {
    let said = Command::new("git").args(["describe", "--always", "--dirty"]).output();
    said.map_or_else(
        |_| "unknown".to_owned(),
        |said| String::from_utf8_lossy(&said.stdout).trim().to_owned(),
    )
}

const fn build() -> &'static str {
    if cfg!(debug_assertions) {
        "development (numbers mean little)"
    } else {
        "release"
    }
}
