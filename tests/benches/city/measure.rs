//! Rounds, medians and the table at the end.

use std::fmt;
use std::future::Future;
use std::time::{Duration, Instant};

/// How often each of the compared things has its turn.
pub const ROUNDS: usize = 7;

/// How long one call takes.
pub async fn time<T>(call: impl Future<Output = T>) -> (Duration, T) {
    let start = Instant::now();
    let given = call.await;
    (start.elapsed(), given)
}

/// The value that so many thousandths of the others do not exceed.
pub fn quantile(times: &mut [Duration], thousandths: usize) -> Duration {
    times.sort_unstable();
    let place = (times.len() * thousandths).div_ceil(1_000).saturating_sub(1);
    times.get(place).copied().unwrap_or_default()
}

/// The middle one.
pub fn median(times: &mut [Duration]) -> Duration {
    quantile(times, 500)
}

/// Milliseconds with three places.
pub fn ms(time: Duration) -> String {
    format!("{:.3} ms", time.as_secs_f64() * 1_000.0)
}

/// How many in a second, when one takes so long.
pub fn rate(one: Duration) -> f64 {
    1.0 / one.as_secs_f64().max(f64::MIN_POSITIVE)
}

/// What was measured, line by line.
#[derive(Default)]
pub struct Table(Vec<[String; 3]>);

impl Table {
    /// Adds a line and says it at once, since the whole takes a while.
    pub fn say(&mut self, what: impl Into<String>, found: impl Into<String>, goal: impl Into<String>) {
        let line = [what.into(), found.into(), goal.into()];
        println!("  {}: {} {}", line[0], line[1], line[2]);
        self.0.push(line);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wide = |column: usize| {
            self.0
                .iter()
                .map(|line| line[column].chars().count())
                .max()
                .unwrap_or(0)
        };
        let (what, found) = (wide(0), wide(1));
        for [name, value, goal] in &self.0 {
            writeln!(f, "{name:<what$}  {value:>found$}  {goal}")?;
        }
        Ok(())
    }
}
