//! What happened in simulations, counted: acts, faults, and steps of lives. A run that never met a fault proves nothing
//! about it, so what must have happened is listed here, and its absence is a failure.

use std::collections::BTreeMap;
use std::fmt::{Display, Formatter, Result};

/// Faults that every run must have met.
const FAULTS: &[&str] = &[
    "busy provider",
    "error replayed for a key",
    "forged message",
    "killed after the provider did it",
    "killed before the provider did it",
    "killed between two acts",
    "lost message",
    "message before the answer",
    "message twice",
    "messages reordered",
    "other sum than promised",
    "pot refused a campaign",
    "refused page",
    "refused refund",
    "step of the clock",
    "timeout after success",
    "two messages for one change",
    "unknown message",
    "unreadable message",
];

/// Steps of lives that every run must have seen.
const EDGES: &[&str] = &[
    "authorised > confirmed",
    "authorised > failed",
    "confirmed > disputed",
    "confirmed > refunded",
    "confirmed > refunding",
    "disputed > confirmed",
    "disputed > lost",
    "expired > confirmed",
    "promised > authorised",
    "promised > confirmed",
    "promised > expired",
    "promised > failed",
    "refunded > refunding",
    "refunding > refunded",
    "refunding > lost",
    "campaign open > waiting_for_funds",
    "campaign open > cancelled",
    "campaign scheduled > open",
    "campaign waiting_for_funds > funded",
    "campaign waiting_for_funds > unfunded",
    "campaign funded > agreed",
    "campaign funded > lapsed",
    "campaign agreed > settled",
    "campaign settled > reporting",
    "campaign reporting > closed",
];

/// How often what happened.
#[derive(Debug, Clone, Default)]
pub struct Counts(BTreeMap<&'static str, BTreeMap<String, u64>>);

impl Counts {
    fn add(&mut self, group: &'static str, name: &str) {
        *self.0.entry(group).or_default().entry(name.to_owned()).or_default() += 1;
    }

    pub fn fault(&mut self, name: &str) {
        self.add("fault", name);
    }

    pub fn act(&mut self, name: &str) {
        self.add("act", name);
    }

    pub fn edge(&mut self, of: &str, from: &str, to: &str) {
        if from != to {
            self.add("step", &format!("{of}{from} > {to}"));
        }
    }

    /// Takes in what happened elsewhere.
    pub fn merge(&mut self, other: &Self) {
        for (group, names) in &other.0 {
            for (name, number) in names {
                *self.0.entry(group).or_default().entry(name.clone()).or_default() += number;
            }
        }
    }

    pub fn of(&self, group: &str, name: &str) -> u64 {
        self.0
            .get(group)
            .and_then(|names| names.get(name))
            .copied()
            .unwrap_or(0)
    }

    /// What happened less often than `least` and should have.
    pub fn missing(&self, least: u64) -> Vec<String> {
        let all = FAULTS
            .iter()
            .map(|name| ("fault", name))
            .chain(EDGES.iter().map(|name| ("step", name)));
        let seldom = all.filter(|(group, name)| self.of(group, name) < least);
        seldom
            .map(|(group, name)| format!("{group} \"{name}\": {}", self.of(group, name)))
            .collect()
    }
}

impl Display for Counts {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        for (group, names) in &self.0 {
            for (name, number) in names {
                writeln!(out, "{number:>9}  {group}: {name}")?;
            }
        }
        Ok(())
    }
}
