//! What changed from one version of a text to the next, word by word.
//!
//! Rule: the differences of one page are sought together for a bounded time, off the threads that answer requests.

use std::time::Duration;

use similar::{ChangeTag, TextDiff};

use crate::error::{Error, Result};

/// Whether a piece stayed, came or went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// In both versions.
    Same,
    /// Only in the new one.
    Added,
    /// Only in the old one.
    Removed,
}

/// A piece of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What became of it.
    pub kind: ChangeKind,
    /// The piece itself, plain.
    pub text: String,
}

/// The finest difference is sought for so long; then a coarser one does.
const SOUGHT: Duration = Duration::from_millis(50);
/// All those of one page are sought for so long together.
const SOUGHT_TOGETHER: Duration = Duration::from_millis(500);

/// The pieces of both versions in reading order, neighbours of one kind joined.
#[must_use]
pub fn difference(old: &str, new: &str) -> Vec<Change> {
    difference_within(SOUGHT, old, new)
}

/// The differences of these pairs of an old and a new text, in that order.
pub(crate) async fn differences(pairs: Vec<(String, String)>) -> Result<Vec<Vec<Change>>> {
    let number = u32::try_from(pairs.len().max(1)).unwrap_or(u32::MAX);
    let each = SOUGHT.min(SOUGHT_TOGETHER / number);
    let work = move || {
        let found = pairs.iter().map(|(old, new)| difference_within(each, old, new));
        found.collect()
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Error::Bug(error.to_string()))
}

fn difference_within(time: Duration, old: &str, new: &str) -> Vec<Change> {
    let diff = TextDiff::configure().timeout(time).diff_words(old, new);
    let mut changes: Vec<Change> = Vec::new();
    for change in diff.iter_all_changes() {
        let kind = match change.tag() {
            ChangeTag::Equal => ChangeKind::Same,
            ChangeTag::Insert => ChangeKind::Added,
            ChangeTag::Delete => ChangeKind::Removed,
        };
        match changes.last_mut() {
            Some(last) if last.kind == kind => last.text.push_str(change.value()),
            _ => changes.push(Change {
                kind,
                text: change.value().to_owned(),
            }),
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_can_be_read_from_their_difference() {
        let (old, new) = ("Una pista in via Padova", "Una pista sicura in viale Padova");
        let changes = difference(old, new);
        let read = |without: ChangeKind| -> String {
            changes
                .iter()
                .filter(|change| change.kind != without)
                .map(|change| change.text.as_str())
                .collect()
        };
        assert_eq!(read(ChangeKind::Added), old);
        assert_eq!(read(ChangeKind::Removed), new);
    }
}
