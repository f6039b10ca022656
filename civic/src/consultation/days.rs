//! Phases as people plan them: from a first day to a last one, both of the city's own calendar.
//!
//! Rule: days become half-open windows here and nowhere else, so that days of 23 and 25 hours come out right. A phase
//! that is there and whose days stay the same keeps its instants, even when they are no midnights.

use jiff::civil::Date;

use super::{NewPhase, Phase, PhaseKind};
use crate::error::{Code, Error, Result};
use crate::time::Zone;

/// A phase to be made of whole days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedPhase {
    /// What kind.
    pub kind: PhaseKind,
    /// Its first day, as `2027-03-28`.
    pub first: String,
    /// Its last day.
    pub last: String,
}

impl PlannedPhase {
    /// The days on which a phase begins and ends.
    #[must_use]
    pub fn of(phase: &Phase, zone: &Zone) -> Self {
        let last = phase.window.end.plus_ms(-1);
        Self {
            kind: phase.kind,
            first: phase.window.start.local(zone).date().to_string(),
            last: last.local(zone).date().to_string(),
        }
    }
}

/// Makes windows of days.
///
/// # Errors
/// `Invalid` in `phases` for a day that is none, or a last one before the first.
pub fn read_days(zone: &Zone, planned: &[PlannedPhase], known: &[Phase]) -> Result<Vec<NewPhase>> {
    let known: Vec<(PlannedPhase, &Phase)> = known
        .iter()
        .map(|phase| (PlannedPhase::of(phase, zone), phase))
        .collect();
    planned
        .iter()
        .map(|plan| match known.iter().find(|(days, _)| days == plan) {
            Some((_, phase)) => Ok(NewPhase {
                kind: phase.kind,
                starts_at: phase.window.start,
                ends_at: phase.window.end,
            }),
            None => read_plan(zone, plan),
        })
        .collect()
}

fn read_plan(zone: &Zone, plan: &PlannedPhase) -> Result<NewPhase> {
    let starts_at = zone.day_start(day(&plan.first)?);
    let ends_at = day(&plan.last)?.tomorrow().ok().and_then(|after| zone.day_start(after));
    let out_of_range = || Error::field("phases", Code::OutOfRange);
    let (starts_at, ends_at) = starts_at.zip(ends_at).ok_or_else(out_of_range)?;
    if starts_at >= ends_at {
        return Err(out_of_range());
    }
    Ok(NewPhase {
        kind: plan.kind,
        starts_at,
        ends_at,
    })
}

/// Reads a day.
fn day(text: &str) -> Result<Date> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::field("phases", Code::Empty));
    }
    text.parse().map_err(|_| Error::field("phases", Code::Malformed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Ids;
    use crate::time::{HOUR_MS, Timestamp, Window};

    fn plan(first: &str, last: &str) -> PlannedPhase {
        PlannedPhase {
            kind: PhaseKind::Collection,
            first: first.to_owned(),
            last: last.to_owned(),
        }
    }

    #[test]
    fn a_plan_of_one_long_day_has_25_hours_and_a_last_day_before_the_first_is_refused() {
        let rome = Zone::named("Europe/Rome").expect("Rome is in the list");
        let read = |first, last| read_days(&rome, &[plan(first, last)], &[]);
        let long = read("2026-10-25", "2026-10-25").expect("a day");
        assert_eq!(long[0].ends_at.since_ms(long[0].starts_at), 25 * HOUR_MS);
        assert_eq!(
            read("2026-10-25", "2026-10-24"),
            Err(Error::field("phases", Code::OutOfRange))
        );
        assert_eq!(read("2026-10-25", ""), Err(Error::field("phases", Code::Empty)));
        assert_eq!(read("2026-13-25", "x"), Err(Error::field("phases", Code::Malformed)));
    }

    #[test]
    fn a_phase_whose_days_stay_keeps_its_instants() {
        let rome = Zone::named("Europe/Rome").expect("Rome is in the list");
        let (start, end) = (
            Timestamp::from_ms(1_800_000_000_000),
            Timestamp::from_ms(1_800_900_000_000),
        );
        let phase = Phase {
            id: Ids::seeded(1).next(start),
            kind: PhaseKind::Collection,
            window: Window::new(start, end).expect("not empty"),
        };
        let same = PlannedPhase::of(&phase, &rome);
        let read = read_days(&rome, &[same], &[phase]).expect("days");
        assert_eq!((read[0].starts_at, read[0].ends_at), (start, end));
    }
}
