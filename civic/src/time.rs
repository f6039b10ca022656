//! The one instant at which an operation happens, windows between instants, and the city's local calendar.
//!
//! Rule: instants are UTC milliseconds; a deadline is half-open (`[start, end)`) and made from local days once, so that
//! days of 23 and 25 hours come out right (quality.md E18). The clock is read in `City::cx` and nowhere else.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::civil;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// One second, minute, hour and day in milliseconds.
pub const SECOND_MS: i64 = 1_000;
/// One minute in milliseconds.
pub const MINUTE_MS: i64 = 60 * SECOND_MS;
/// One hour in milliseconds.
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
/// One hour in seconds, as answers say when to come back.
pub const HOUR_S: u64 = 3_600;
/// Twenty-four hours in milliseconds (a local day may be shorter or longer).
pub const DAY_MS: i64 = 24 * HOUR_MS;

/// An instant: milliseconds since 1970 in UTC.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, sea_orm::DeriveValueType,
)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The instant that many milliseconds after the beginning of 1970 (UTC).
    #[must_use]
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since the beginning of 1970 (UTC).
    #[must_use]
    pub const fn ms(self) -> i64 {
        self.0
    }

    /// The instant `ms` milliseconds later; earlier when negative.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this instant.
    #[must_use]
    pub const fn since_ms(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// RFC 3339 in UTC with milliseconds, as the API writes it.
    #[must_use]
    pub fn rfc3339(self) -> String {
        format!("{:.3}", self.instant())
    }

    /// Reads RFC 3339 with any offset; `None` when it is not that.
    #[must_use]
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>()
            .ok()
            .map(|instant| Self(instant.as_millisecond()))
    }

    /// The calendar date and time of this instant in `zone`.
    #[must_use]
    pub fn local(self, zone: &Zone) -> civil::DateTime {
        zone.0.to_datetime(self.instant())
    }

    fn instant(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

/// A time zone of the IANA list, such as `Europe/Rome`.
#[derive(Debug, Clone)]
pub struct Zone(TimeZone);

impl Zone {
    /// Finds a zone by its IANA name; `None` when there is none.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        TimeZone::get(name).ok().map(Self)
    }

    /// The instant at which the local day `date` begins.
    #[must_use]
    pub fn day_start(&self, date: civil::Date) -> Option<Timestamp> {
        self.at(date.to_datetime(civil::Time::midnight()))
    }

    /// The instant of a local date and time; in a gap the later one, in a fold the earlier one.
    #[must_use]
    pub fn at(&self, local: civil::DateTime) -> Option<Timestamp> {
        self.0
            .to_timestamp(local)
            .ok()
            .map(|instant| Timestamp::from_ms(instant.as_millisecond()))
    }

    /// Reads `2016-02-01` or `2016-02-01T11:27:33` as local time.
    #[must_use]
    pub fn parse_local(&self, text: &str) -> Option<Timestamp> {
        match text.parse::<civil::DateTime>() {
            Ok(local) => self.at(local),
            Err(_) => self.day_start(text.parse().ok()?),
        }
    }

    /// The first instant after the local day that a text such as `2027-03-28` names; `None` when it names none.
    #[must_use]
    pub fn day_end(&self, text: &str) -> Option<Timestamp> {
        let day: civil::Date = text.trim().parse().ok()?;
        self.day_start(day.tomorrow().ok()?)
    }

    /// The zone's IANA name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }
}

/// A stretch of time that holds its start and not its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first instant inside.
    pub start: Timestamp,
    /// The first instant after.
    pub end: Timestamp,
}

impl Window {
    /// A window, or `None` when it would be empty.
    #[must_use]
    pub fn new(start: Timestamp, end: Timestamp) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    /// Whether `instant` lies inside.
    #[must_use]
    pub fn holds(&self, instant: Timestamp) -> bool {
        self.start <= instant && instant < self.end
    }

    /// Whether the two share an instant.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// Where an operation's instant comes from.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that stands still until a test moves it.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `start` until it is moved.
    #[must_use]
    pub fn manual(start: Timestamp) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(start.ms())))
    }

    /// The present instant.
    #[must_use]
    #[allow(clippy::disallowed_methods, reason = "this is where the clock is read")]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp(jiff::Timestamp::now().as_millisecond()),
            Self::Manual(ms) => Timestamp(ms.load(Ordering::SeqCst)),
        }
    }

    /// Moves a manual clock on by `ms` milliseconds; the machine's clock stays as it is.
    pub fn advance_ms(&self, ms: i64) {
        if let Self::Manual(now) = self {
            now.fetch_add(ms, Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rome() -> Zone {
        Zone::named("Europe/Rome").expect("Rome is in the list")
    }

    #[test]
    fn the_short_and_the_long_day_of_rome_have_23_and_25_hours() {
        for (day, next, hours) in [("2026-03-29", "2026-03-30", 23), ("2026-10-25", "2026-10-26", 25)] {
            let start = rome().parse_local(day).expect("a day");
            let end = rome().parse_local(next).expect("a day");
            assert_eq!(end.since_ms(start), hours * HOUR_MS);
        }
    }

    #[test]
    fn a_window_holds_its_start_and_not_its_end() {
        let window = Window::new(Timestamp(10), Timestamp(20)).expect("not empty");
        assert!(window.holds(Timestamp(10)) && window.holds(Timestamp(19)) && !window.holds(Timestamp(20)));
        assert!(Window::new(Timestamp(10), Timestamp(10)).is_none());
    }

    #[test]
    fn an_instant_survives_rfc_3339() {
        let instant = Timestamp(1_454_326_053_007);
        assert_eq!(instant.rfc3339(), "2016-02-01T11:27:33.007Z");
        assert_eq!(Timestamp::parse_rfc3339(&instant.rfc3339()), Some(instant));
    }
}
