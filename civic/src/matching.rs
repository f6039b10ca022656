//! The match: what the city adds to people's gifts, by a rule that is data of the call.
//!
//! Rule: these functions are `money.md` in code and nothing else decides over public money. They take the sums that count
//! and give whole cents; a threshold rounds up, whatever the city gives rounds down, once, over the sum. What was promised
//! is kept: a grant never exceeds its reservation, and no later gift raises an earlier one's base. Deliberately absent:
//! where the money lies, which is the ledger's, and when a gift counts, which is the campaign's.

use serde::{Deserialize, Serialize};

use crate::limits::MATCH_HOLDS_PPM;
pub use crate::match_rule::{CoFinancing, MatchRule, Overfunding, PerDonation, RULE_VERSION};
use crate::money::{Money, Share, WHOLE_PPM};

/// The part of a pot that holds may take.
const HOLDS: Share = match Share::from_ppm(MATCH_HOLDS_PPM) {
    Some(share) => share,
    None => panic!("a share is at most the whole"),
};

/// What a campaign raised: the confirmed gifts that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Raised {
    /// All of it.
    pub all: Money,
    /// The part that counts towards the threshold: without gifts of the promoter, the partners and their
    /// representatives.
    pub towards: Money,
}

impl Raised {
    /// Gifts of which none comes from the promoter's side.
    #[must_use]
    pub const fn from_the_crowd(all: Money) -> Self {
        Self { all, towards: all }
    }
}

/// What the outcome of a campaign fixes, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Whether the threshold was reached.
    pub reached: bool,
    /// What the city adds.
    pub granted: Money,
    /// What was set aside for it and is free again.
    pub released: Money,
}

fn least(one: Money, other: Money) -> Money {
    if other.minor() < one.minor() { other } else { one }
}

/// What is left of `all` without `part`, and nothing when the part is larger.
fn rest(all: Money, part: Money) -> Money {
    Money::eur(all.minor().saturating_sub(part.minor()).max(0))
}

impl CoFinancing {
    /// What the crowd must raise: the threshold's share of the cost, rounded up.
    #[must_use]
    pub fn target(&self, cost: Money) -> Money {
        cost.share_ceil(self.threshold())
    }

    /// What is reserved when the campaign is scheduled: the city's share of the cost, rounded down, up to the cap.
    #[must_use]
    pub fn reservation(&self, cost: Money) -> Money {
        least(cost.share_floor(self.share()), self.cap_per_project())
    }

    /// The grant, fixed once, and what of the reservation is free again.
    ///
    /// ```
    /// use civic::matching::{MatchRule, Overfunding, Raised};
    /// use civic::money::Money;
    ///
    /// // Milan 2024: half of the cost, up to 50,000. This call says that overfunding lowers the grant.
    /// let rule = MatchRule::parse(
    ///     r#"{"kind": "co_financing", "version": 1, "share_ppm": 500000, "threshold_ppm": 500000,
    ///         "cap_per_project_minor": 5000000, "overfunding": "reduces_grant"}"#,
    /// )?;
    /// let MatchRule::CoFinancing(rule) = rule else { unreachable!() };
    /// assert_eq!(rule.overfunding(), Overfunding::ReducesGrant);
    /// let cost = Money::eur(10_000_000);
    /// let raised = Raised::from_the_crowd(Money::eur(6_000_000));
    /// let outcome = rule.outcome(cost, raised);
    /// assert_eq!((outcome.granted, outcome.released), (Money::eur(4_000_000), Money::eur(1_000_000)));
    /// # Ok::<(), civic::error::Error>(())
    /// ```
    #[must_use]
    pub fn outcome(&self, cost: Money, raised: Raised) -> Outcome {
        let reserved = self.reservation(cost);
        let reached = raised.towards.minor() >= self.target(cost).minor();
        let granted = match (reached, self.overfunding()) {
            (false, _) => Money::eur(0),
            (true, Overfunding::Kept) => reserved,
            (true, Overfunding::ReducesGrant) => least(reserved, rest(cost, raised.all)),
        };
        Outcome {
            reached,
            granted,
            released: rest(reserved, granted),
        }
    }

    /// The grant after closing, when `eligible` spending was proved: never more than was granted, nor than the city's
    /// share of what was spent.
    #[must_use]
    pub fn final_grant(&self, granted: Money, eligible: Money) -> Money {
        least(granted, eligible.share_floor(self.share()))
    }
}

/// Where a campaign and its pot stand at the moment one gift is quoted or confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// What the project costs.
    pub cost: Money,
    /// All that is confirmed, this gift among it. For a quote also the gifts that have a live hold, so that no quote
    /// breaks another.
    pub raised: Money,
    /// The sum of the other gifts' matched bases; for a quote with those of live holds.
    pub base: Money,
    /// The part of it that is the same donor's.
    pub donor_base: Money,
    /// What the pot can still give to this gift: what is available, and the gift's own hold.
    pub available: Money,
    /// Whether the donor is the promoter, a partner or one of their representatives.
    pub insider: bool,
}

/// What a donor is told before giving.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote {
    /// How much of the gift is matched.
    pub base: Money,
    /// What the city adds because of it.
    pub brings: Money,
    /// How much of that is kept for the donor while they pay.
    pub held: Money,
}

impl PerDonation {
    /// What the crowd must raise, which may be nothing.
    #[must_use]
    pub fn target(&self, cost: Money) -> Money {
        cost.share_ceil(self.threshold())
    }

    /// The match of a campaign whose matched bases add up to `base`: rounded down once, over the sum.
    ///
    /// ```
    /// use civic::matching::MatchRule;
    /// use civic::money::Money;
    ///
    /// // 0.60 EUR for every EUR: three gifts of one cent bring one cent, though each alone would bring none.
    /// let rule = MatchRule::parse(
    ///     r#"{"kind": "per_donation", "version": 1, "rate_ppm": 600000, "threshold_ppm": 0,
    ///         "cap_per_donation_minor": 100000, "cap_per_donor_minor": 200000, "cap_per_project_minor": 5000000}"#,
    /// )?;
    /// let MatchRule::PerDonation(rule) = rule else { unreachable!() };
    /// assert_eq!(rule.matched(Money::eur(1)), Money::eur(0));
    /// assert_eq!(rule.matched(Money::eur(3)), Money::eur(1));
    /// assert_eq!(rule.matched(Money::eur(2_000)), Money::eur(1_200));
    /// # Ok::<(), civic::error::Error>(())
    /// ```
    #[must_use]
    pub fn matched(&self, base: Money) -> Money {
        let parts = i128::from(base.minor()) * i128::from(self.rate_ppm());
        // Both are bounded where they come from, so the product always fits.
        Money::eur(i64::try_from(parts.div_euclid(i128::from(WHOLE_PPM))).unwrap_or(i64::MAX))
    }

    /// The largest sum of bases whose match is at most `most`.
    fn base_for(&self, most: Money) -> i128 {
        let first_too_much = (i128::from(most.minor()) + 1) * i128::from(WHOLE_PPM);
        (first_too_much - 1).div_euclid(i128::from(self.rate_ppm()))
    }

    /// The base that a gift gets at its confirmation, once: the most that the caps and the pot allow, and that keeps the
    /// match within what is still missing to the cost.
    #[must_use]
    pub fn matched_base(&self, gift: Money, at: &Standing) -> Money {
        if at.insider {
            return Money::eur(0);
        }
        let by_pot = i128::from(self.matched(at.base).minor()) + i128::from(at.available.minor().max(0));
        let by_cost = i128::from(rest(at.cost, at.raised).minor());
        let most = i64::try_from(by_pot.min(by_cost)).unwrap_or(i64::MAX);
        let by_match = self.base_for(Money::eur(most)) - i128::from(at.base.minor());
        let bounds = [
            i128::from(gift.minor()),
            i128::from(self.cap_per_donation().minor()),
            i128::from(rest(self.cap_per_donor(), at.donor_base).minor()),
            i128::from(rest(self.cap_per_project(), at.base).minor()),
            by_match,
        ];
        let base = bounds.into_iter().min().unwrap_or(0).max(0);
        Money::eur(i64::try_from(base).unwrap_or(0))
    }

    /// The base of a gift of which only `left` is left after a refund or a lost dispute: it never grows again.
    #[must_use]
    pub fn base_after(base: Money, left: Money) -> Money {
        least(base, left)
    }

    /// What the gift would bring now, and how much of it can be held with `room` left for holds.
    #[must_use]
    pub fn quote(&self, gift: Money, at: &Standing, room: Money) -> Quote {
        let base = self.matched_base(gift, at);
        let with = Money::eur(at.base.minor().saturating_add(base.minor()));
        let brings = rest(self.matched(with), self.matched(at.base));
        Quote {
            base,
            brings,
            held: least(brings, room),
        }
    }

    /// The grant after closing, when `eligible` spending was proved: never more than was granted, nor than the rate gives
    /// for what was spent, since this rule has no share of the cost.
    ///
    /// ```
    /// use civic::matching::MatchRule;
    /// use civic::money::Money;
    ///
    /// let rule = MatchRule::parse(
    ///     r#"{"kind": "per_donation", "version": 1, "rate_ppm": 600000, "threshold_ppm": 0,
    ///         "cap_per_donation_minor": 100000, "cap_per_donor_minor": 200000, "cap_per_project_minor": 5000000}"#,
    /// )?;
    /// let MatchRule::PerDonation(rule) = rule else { unreachable!() };
    /// assert_eq!(rule.final_grant(Money::eur(1_200), Money::eur(1_000)), Money::eur(600));
    /// assert_eq!(rule.final_grant(Money::eur(1_200), Money::eur(5_000)), Money::eur(1_200));
    /// # Ok::<(), civic::error::Error>(())
    /// ```
    #[must_use]
    pub fn final_grant(&self, granted: Money, eligible: Money) -> Money {
        least(granted, self.matched(eligible))
    }

    /// The outcome of a campaign whose matched bases add up to `base`: the match, or all of it released.
    #[must_use]
    pub fn outcome(&self, cost: Money, raised: Raised, base: Money) -> Outcome {
        let reached = raised.towards.minor() >= self.target(cost).minor();
        let matched = self.matched(base);
        let none = Money::eur(0);
        let (granted, released) = if reached { (matched, none) } else { (none, matched) };
        Outcome {
            reached,
            granted,
            released,
        }
    }
}

/// What holds may still take: all together at most their share of what is left in the pot, of which `held` is theirs
/// already.
///
/// ```
/// use civic::matching::room_for_holds;
/// use civic::money::Money;
///
/// assert_eq!(room_for_holds(Money::eur(100_000), Money::eur(2_000)), Money::eur(3_000));
/// assert_eq!(room_for_holds(Money::eur(100), Money::eur(6)), Money::eur(0));
/// ```
#[must_use]
pub fn room_for_holds(left: Money, held: Money) -> Money {
    rest(left.share_floor(HOLDS), held)
}

/// How much of what was drawn from a pot is each contributor's: they are drawn on in their stated order, and refilled in
/// reverse, so the sum drawn says it all. `None` when the pot never held so much.
///
/// FabriQ: the private sector adds one euro to each of the city's, to one pot.
///
/// ```
/// use civic::matching::drawn_from;
/// use civic::money::Money;
///
/// let (city, sponsors) = (Money::eur(10_000_000), Money::eur(10_000_000));
/// let pot = [city, sponsors];
/// let drawn = |minor| drawn_from(&pot, Money::eur(minor)).map(|parts| parts.iter().map(|part| part.minor()).collect());
/// assert_eq!(drawn(6_000_000), Some(vec![6_000_000, 0]));
/// assert_eq!(drawn(12_500_000), Some(vec![10_000_000, 2_500_000]));
/// assert_eq!(drawn(20_000_000), Some(vec![10_000_000, 10_000_000]));
/// assert_eq!(drawn(20_000_001), None::<Vec<i64>>);
/// ```
#[must_use]
pub fn drawn_from(contributions: &[Money], drawn: Money) -> Option<Vec<Money>> {
    let mut left = drawn;
    let mut parts = Vec::with_capacity(contributions.len());
    for contribution in contributions {
        let part = least(left, *contribution);
        left = rest(left, part);
        parts.push(part);
    }
    (left.minor() == 0).then_some(parts)
}
