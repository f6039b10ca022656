//! Counts the statements that the databases were asked, by the spans that the library opens for each.
//!
//! Rule: counting is bound to the test's own thread, so it works in tests of one thread (`#[tokio::test]` as it stands),
//! where the server's tasks run on that thread too. Absent: the text of the statements.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Dispatch, Event, Metadata, Subscriber};

/// The library's methods that send one statement each.
const SENDING: [&str; 5] = [
    "execute_raw",
    "execute_unprepared",
    "query_one_raw",
    "query_all_raw",
    "stream_raw",
];

/// Counts while it lives.
pub struct Statements {
    sent: Arc<AtomicUsize>,
    _guard: DefaultGuard,
}

impl Statements {
    /// Begins to count what this thread sends.
    pub fn watch() -> Self {
        LazyLock::force(&SECOND);
        let sent = Arc::new(AtomicUsize::new(0));
        let counter = Counter {
            sent: Arc::clone(&sent),
            next: AtomicU64::new(1),
        };
        Self {
            sent,
            _guard: tracing::subscriber::set_default(counter),
        }
    }

    /// How many were sent since the last time this was asked.
    pub fn take(&self) -> usize {
        self.sent.swap(0, Ordering::SeqCst)
    }
}

/// While only one listener exists, the library asks the thread that comes by first whether anybody listens, and another
/// test's thread says no; with a second one that stays, it asks them all.
static SECOND: LazyLock<Dispatch> = LazyLock::new(|| {
    Dispatch::new(Counter {
        sent: Arc::default(),
        next: AtomicU64::new(1),
    })
});

struct Counter {
    sent: Arc<AtomicUsize>,
    next: AtomicU64,
}

impl Subscriber for Counter {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_span() && metadata.target().starts_with("sea_orm::database") && SENDING.contains(&metadata.name())
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        self.sent.fetch_add(1, Ordering::SeqCst);
        Id::from_u64(self.next.fetch_add(1, Ordering::SeqCst))
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}
