//! What long work shows: a bar on a terminal, a plain line now and then elsewhere.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

/// Things between two plain lines.
const STEP: u64 = 1_000;

/// The progress of one piece of work, counted in things.
pub struct Progress {
    what: &'static str,
    bar: Option<ProgressBar>,
    said: u64,
    done: u64,
}

impl Progress {
    /// The beginning of `what`, such as "proposals".
    #[must_use]
    pub fn new(what: &'static str) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new_spinner();
            let style = ProgressStyle::with_template("{spinner} {msg}: {pos} ({per_sec})");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            bar.set_message(what);
            bar
        });
        Self {
            what,
            bar,
            said: 0,
            done: 0,
        }
    }

    /// So many things are done now.
    pub fn reach(&mut self, done: u64) {
        self.done = done;
        match &self.bar {
            Some(bar) => bar.set_position(done),
            None if done >= self.said + STEP => {
                self.said = done;
                self.say();
            }
            None => {}
        }
    }

    /// The same bar goes on with other things.
    pub fn turn_to(&mut self, what: &'static str) {
        if self.what != what {
            self.finish();
            *self = Self::new(what);
        }
    }

    /// The work is over.
    pub fn finish(&mut self) {
        match &self.bar {
            Some(bar) => bar.finish(),
            None if self.done > self.said => self.say(),
            None => {}
        }
    }

    fn say(&self) {
        eprintln!("{}: {}", self.what, self.done);
    }
}
