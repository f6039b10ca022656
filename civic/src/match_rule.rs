//! A match rule as it is stored and published: versioned data with bounds.
//!
//! Rule: what is stored reads back to the same rule or is refused: an unknown field, an unknown version and a value out
//! of bounds all are. The version is that of the rules' meaning, so that a call that was published under one keeps it.

use serde::{Deserialize, Serialize};

use crate::error::{Code, Error, Fault, Faults, Result};
use crate::limits::{AMOUNT_MAX_MINOR, MATCH_RATE_MAX_PPM};
use crate::money::{Money, Share, WHOLE_PPM};
use crate::named::named;

/// The version of the meaning that `matching.rs` gives to a rule.
pub const RULE_VERSION: u32 = 1;

named! {
    /// What gifts above the target do to a reserved grant.
    pub enum Overfunding {
        /// The city gives what it reserved; the surplus is the project's.
        Kept = "kept",
        /// The city gives only what is still missing to the cost.
        ReducesGrant = "reduces_grant",
    }
}

/// How a call matches gifts; there is one for each call.
///
/// Every edition of Milan's is data. The first (2016): the city gives half, up to 50,000, once the crowd gave half. The
/// application of 2016 asked for 5,000, raised 110, and nothing was matched.
///
/// ```
/// use civic::matching::{MatchRule, Raised};
/// use civic::money::Money;
///
/// let euros = |whole: i64| Money::eur(whole * 100);
/// let MatchRule::CoFinancing(rule) = MatchRule::parse(
///     r#"{"kind": "co_financing", "version": 1, "share_ppm": 500000, "threshold_ppm": 500000,
///         "cap_per_project_minor": 5000000, "overfunding": "kept"}"#,
/// )? else { unreachable!() };
/// assert_eq!((rule.target(euros(100_000)), rule.reservation(euros(100_000))), (euros(50_000), euros(50_000)));
/// // A dearer project meets the cap, and the crowd's part does not.
/// assert_eq!((rule.target(euros(120_000)), rule.reservation(euros(120_000))), (euros(60_000), euros(50_000)));
/// // The application: the crowd's half of 10,000 was 5,000.
/// let app = rule.outcome(euros(10_000), Raised::from_the_crowd(euros(110)));
/// assert_eq!((app.reached, app.granted, app.released), (false, euros(0), euros(5_000)));
/// # Ok::<(), civic::error::Error>(())
/// ```
///
/// The second (2020): 60 % up to 60,000, once the crowd gave 40 %. The cap is 60 % of the dearest project allowed, so it
/// never binds; Ri-Porta Vittoria's 62,500 were 25,000 of the crowd and 37,500 of the city.
///
/// ```
/// use civic::matching::{MatchRule, Raised};
/// use civic::money::Money;
///
/// let euros = |whole: i64| Money::eur(whole * 100);
/// let MatchRule::CoFinancing(rule) = MatchRule::parse(
///     r#"{"kind": "co_financing", "version": 1, "share_ppm": 600000, "threshold_ppm": 400000,
///         "cap_per_project_minor": 6000000, "overfunding": "kept"}"#,
/// )? else { unreachable!() };
/// assert_eq!(rule.reservation(euros(100_000)), euros(60_000));
/// let vittoria = euros(62_500);
/// assert_eq!((rule.target(vittoria), rule.reservation(vittoria)), (euros(25_000), euros(37_500)));
/// let short = rule.outcome(vittoria, Raised::from_the_crowd(Money::eur(2_499_999)));
/// assert_eq!((short.granted, short.released), (euros(0), euros(37_500)));
/// let just = rule.outcome(vittoria, Raised::from_the_crowd(euros(25_000)));
/// assert_eq!((just.granted, just.released), (euros(37_500), euros(0)));
/// // More than the target: the promise is kept, and the surplus is the project's.
/// assert_eq!(rule.outcome(vittoria, Raised::from_the_crowd(euros(40_000))).granted, euros(37_500));
/// // The newspaper's own example: 50,000 needed, 20,000 of the crowd, 30,000 of the city.
/// assert_eq!((rule.target(euros(50_000)), rule.reservation(euros(50_000))), (euros(20_000), euros(30_000)));
/// # Ok::<(), civic::error::Error>(())
/// ```
///
/// The third (2022): 60 % up to 48,000, of projects between 20,000 and 80,000.
///
/// ```
/// use civic::matching::MatchRule;
/// use civic::money::Money;
///
/// let euros = |whole: i64| Money::eur(whole * 100);
/// let MatchRule::CoFinancing(rule) = MatchRule::parse(
///     r#"{"kind": "co_financing", "version": 1, "share_ppm": 600000, "threshold_ppm": 400000,
///         "cap_per_project_minor": 4800000, "overfunding": "kept"}"#,
/// )? else { unreachable!() };
/// assert_eq!((rule.target(euros(20_000)), rule.reservation(euros(20_000))), (euros(8_000), euros(12_000)));
/// assert_eq!((rule.target(euros(80_000)), rule.reservation(euros(80_000))), (euros(32_000), euros(48_000)));
/// // An odd cost: the target rounds up, the city's part down, and together they are the cost.
/// let odd = Money::eur(2_000_001);
/// assert_eq!((rule.target(odd), rule.reservation(odd)), (Money::eur(800_001), Money::eur(1_200_000)));
/// # Ok::<(), civic::error::Error>(())
/// ```
///
/// The fourth (2024): back to half, up to 50,000, of projects between 20,000 and 100,000.
///
/// ```
/// use civic::matching::{MatchRule, Raised};
/// use civic::money::Money;
///
/// let euros = |whole: i64| Money::eur(whole * 100);
/// let MatchRule::CoFinancing(rule) = MatchRule::parse(
///     r#"{"kind": "co_financing", "version": 1, "share_ppm": 500000, "threshold_ppm": 500000,
///         "cap_per_project_minor": 5000000, "overfunding": "kept"}"#,
/// )? else { unreachable!() };
/// assert_eq!((rule.target(euros(20_000)), rule.reservation(euros(20_000))), (euros(10_000), euros(10_000)));
/// // The promoter's own gift counts as raised, but not towards the target.
/// let raised = Raised { all: euros(10_000), towards: euros(9_000) };
/// assert!(!rule.outcome(euros(20_000), raised).reached);
/// // Spending that was not proved lowers the final grant: half of 15,000.
/// assert_eq!(rule.final_grant(euros(10_000), euros(15_000)), euros(7_500));
/// assert_eq!(rule.final_grant(euros(10_000), euros(25_000)), euros(10_000));
/// # Ok::<(), civic::error::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub enum MatchRule {
    /// The city gives its share of the cost once the crowd gave its own.
    CoFinancing(CoFinancing),
    /// The city adds so much to each euro.
    PerDonation(PerDonation),
}

/// The city gives its share of the cost once the crowd gave its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoFinancing {
    share: Share,
    threshold: Share,
    cap_per_project: Money,
    overfunding: Overfunding,
}

/// The city adds so much to each euro; the caps are on the gifts' amounts, not on the match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PerDonation {
    rate_ppm: u32,
    threshold: Share,
    cap_per_donation: Money,
    cap_per_donor: Money,
    cap_per_project: Money,
}

/// A rule as it stands in the database, in files and on the wire.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Stored {
    CoFinancing {
        version: u32,
        share_ppm: u32,
        threshold_ppm: u32,
        cap_per_project_minor: i64,
        overfunding: Overfunding,
    },
    PerDonation {
        version: u32,
        rate_ppm: u32,
        threshold_ppm: u32,
        cap_per_donation_minor: i64,
        cap_per_donor_minor: i64,
        cap_per_project_minor: i64,
    },
}

impl MatchRule {
    /// Reads a rule from its JSON.
    ///
    /// # Errors
    /// `Invalid` with every bound that is passed, or `Malformed` for what is no rule at all.
    pub fn parse(json: &str) -> Result<Self> {
        let stored: Stored = serde_json::from_str(json).map_err(|_| Error::field("rule", Code::Malformed))?;
        stored.try_into()
    }

    /// What the crowd must raise.
    #[must_use]
    pub fn target(&self, cost: Money) -> Money {
        match self {
            Self::CoFinancing(rule) => rule.target(cost),
            Self::PerDonation(rule) => rule.target(cost),
        }
    }

    /// What is reserved when the campaign is scheduled: nothing where each gift takes its own part.
    #[must_use]
    pub fn reservation(&self, cost: Money) -> Money {
        match self {
            Self::CoFinancing(rule) => rule.reservation(cost),
            Self::PerDonation(_) => Money::eur(0),
        }
    }
}

impl CoFinancing {
    /// The city's share of the cost.
    #[must_use]
    pub const fn share(&self) -> Share {
        self.share
    }

    /// The crowd's share of the cost.
    #[must_use]
    pub const fn threshold(&self) -> Share {
        self.threshold
    }

    /// The most that one project may get.
    #[must_use]
    pub const fn cap_per_project(&self) -> Money {
        self.cap_per_project
    }

    /// What gifts above the target do.
    #[must_use]
    pub const fn overfunding(&self) -> Overfunding {
        self.overfunding
    }
}

impl PerDonation {
    /// What the city adds to a euro, in parts per million; it may be more than the whole.
    #[must_use]
    pub const fn rate_ppm(&self) -> u32 {
        self.rate_ppm
    }

    /// The crowd's share of the cost, below which nothing is matched in the end.
    #[must_use]
    pub const fn threshold(&self) -> Share {
        self.threshold
    }

    /// How much of one gift is matched at most.
    #[must_use]
    pub const fn cap_per_donation(&self) -> Money {
        self.cap_per_donation
    }

    /// How much of one donor's gifts is matched at most.
    #[must_use]
    pub const fn cap_per_donor(&self) -> Money {
        self.cap_per_donor
    }

    /// How much of one project's gifts is matched at most.
    #[must_use]
    pub const fn cap_per_project(&self) -> Money {
        self.cap_per_project
    }
}

fn share(field: &'static str, ppm: u32, least_ppm: u32) -> std::result::Result<Share, Fault> {
    Share::from_ppm(ppm)
        .filter(|share| share.ppm() >= least_ppm)
        .ok_or(Fault::over(field, Code::OutOfRange, u64::from(WHOLE_PPM)))
}

fn cap(field: &'static str, minor: i64) -> std::result::Result<Money, Fault> {
    if (1..=AMOUNT_MAX_MINOR).contains(&minor) {
        Ok(Money::eur(minor))
    } else {
        Err(Fault::over(field, Code::OutOfRange, AMOUNT_MAX_MINOR.unsigned_abs()))
    }
}

fn known(version: u32) -> std::result::Result<(), Fault> {
    if version == RULE_VERSION {
        Ok(())
    } else {
        Err(Fault::new("version", Code::UnknownValue))
    }
}

impl TryFrom<Stored> for MatchRule {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self> {
        let mut faults = Faults::new();
        let nothing = Share::from_ppm(0);
        let rule = match stored {
            Stored::CoFinancing {
                version,
                share_ppm,
                threshold_ppm,
                cap_per_project_minor,
                overfunding,
            } => {
                faults.take(known(version));
                let share_of_city = faults.take(share("share_ppm", share_ppm, 1));
                let threshold = faults.take(share("threshold_ppm", threshold_ppm, 1));
                let cap_per_project = faults.take(cap("cap_per_project_minor", cap_per_project_minor));
                share_of_city
                    .zip(threshold)
                    .zip(cap_per_project)
                    .map(|((share, threshold), cap_per_project)| {
                        Self::CoFinancing(CoFinancing {
                            share,
                            threshold,
                            cap_per_project,
                            overfunding,
                        })
                    })
            }
            Stored::PerDonation {
                version,
                rate_ppm,
                threshold_ppm,
                cap_per_donation_minor,
                cap_per_donor_minor,
                cap_per_project_minor,
            } => {
                faults.take(known(version));
                if !(1..=MATCH_RATE_MAX_PPM).contains(&rate_ppm) {
                    faults.add(Fault::over("rate_ppm", Code::OutOfRange, u64::from(MATCH_RATE_MAX_PPM)));
                }
                let threshold = faults.take(share("threshold_ppm", threshold_ppm, 0)).or(nothing);
                let cap_per_donation = faults.take(cap("cap_per_donation_minor", cap_per_donation_minor));
                let cap_per_donor = faults.take(cap("cap_per_donor_minor", cap_per_donor_minor));
                let cap_per_project = faults.take(cap("cap_per_project_minor", cap_per_project_minor));
                threshold
                    .zip(cap_per_donation)
                    .zip(cap_per_donor)
                    .zip(cap_per_project)
                    .map(|(((threshold, cap_per_donation), cap_per_donor), cap_per_project)| {
                        Self::PerDonation(PerDonation {
                            rate_ppm,
                            threshold,
                            cap_per_donation,
                            cap_per_donor,
                            cap_per_project,
                        })
                    })
            }
        };
        faults.check()?;
        rule.ok_or_else(|| Error::field("rule", Code::Malformed))
    }
}

impl From<MatchRule> for Stored {
    fn from(rule: MatchRule) -> Self {
        match rule {
            MatchRule::CoFinancing(rule) => Self::CoFinancing {
                version: RULE_VERSION,
                share_ppm: rule.share.ppm(),
                threshold_ppm: rule.threshold.ppm(),
                cap_per_project_minor: rule.cap_per_project.minor(),
                overfunding: rule.overfunding,
            },
            MatchRule::PerDonation(rule) => Self::PerDonation {
                version: RULE_VERSION,
                rate_ppm: rule.rate_ppm,
                threshold_ppm: rule.threshold.ppm(),
                cap_per_donation_minor: rule.cap_per_donation.minor(),
                cap_per_donor_minor: rule.cap_per_donor.minor(),
                cap_per_project_minor: rule.cap_per_project.minor(),
            },
        }
    }
}
