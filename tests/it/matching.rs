//! The match rules on every small case and on long random lives: never over a cap, a cost or a pot, no cent lost, no
//! earlier base raised. The editions of Milan are examples in `civic/src/match_rule.rs`.

use civic::error::{Code, Error};
use civic::limits::AMOUNT_MAX_MINOR;
use civic::matching::{CoFinancing, MatchRule, Overfunding, PerDonation, Raised, Standing};
use civic::money::Money;

fn co_financing(share_ppm: u32, threshold_ppm: u32, cap: i64, overfunding: Overfunding) -> CoFinancing {
    let json = format!(
        r#"{{"kind":"co_financing","version":1,"share_ppm":{share_ppm},"threshold_ppm":{threshold_ppm},
             "cap_per_project_minor":{cap},"overfunding":"{}"}}"#,
        overfunding.as_str()
    );
    match MatchRule::parse(&json) {
        Ok(MatchRule::CoFinancing(rule)) => rule,
        other => panic!("{other:?}"),
    }
}

fn per_donation(rate_ppm: u32, threshold_ppm: u32, caps: [i64; 3]) -> PerDonation {
    let [gift, donor, project] = caps;
    let json = format!(
        r#"{{"kind":"per_donation","version":1,"rate_ppm":{rate_ppm},"threshold_ppm":{threshold_ppm},
             "cap_per_donation_minor":{gift},"cap_per_donor_minor":{donor},"cap_per_project_minor":{project}}}"#
    );
    match MatchRule::parse(&json) {
        Ok(MatchRule::PerDonation(rule)) => rule,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_grant_is_never_more_than_was_reserved_nor_than_may_be_given() {
    for (share, threshold) in [
        (600_000, 400_000),
        (500_000, 500_000),
        (333_333, 1),
        (1_000_000, 1_000_000),
    ] {
        for overfunding in Overfunding::ALL.iter().copied() {
            let rule = co_financing(share, threshold, 40, overfunding);
            for cost in 1..=90 {
                let (cost, reserved) = (Money::eur(cost), rule.reservation(Money::eur(cost)));
                assert!(reserved.minor() <= 40);
                for all in 0..=100 {
                    for insider in [0, 1, 7] {
                        let raised = Raised {
                            all: Money::eur(all + insider),
                            towards: Money::eur(all),
                        };
                        let outcome = rule.outcome(cost, raised);
                        let (granted, released) = (outcome.granted.minor(), outcome.released.minor());
                        assert_eq!(granted + released, reserved.minor(), "no cent is lost");
                        assert!(granted >= 0 && released >= 0);
                        assert_eq!(outcome.reached, all >= rule.target(cost).minor());
                        assert!(outcome.reached || granted == 0);
                        if overfunding == Overfunding::ReducesGrant && granted > 0 {
                            assert!(granted + all + insider <= cost.minor(), "together at most the cost");
                        }
                        let closed = rule.final_grant(outcome.granted, cost);
                        assert!(closed.minor() <= granted);
                    }
                }
            }
        }
    }
}

#[test]
fn the_crowds_part_and_the_citys_are_the_cost_where_their_shares_are() {
    let rule = co_financing(600_000, 400_000, 6_000_000, Overfunding::Kept);
    for cost in 1..=5_000 {
        let cost = Money::eur(cost);
        assert_eq!(rule.target(cost).minor() + rule.reservation(cost).minor(), cost.minor());
    }
}

/// Gifts in one order, as a ledger would keep them: gift, donor, base.
struct Campaign<'a> {
    rule: &'a PerDonation,
    cost: i64,
    pot: i64,
    gifts: Vec<(i64, usize, i64)>,
}

impl Campaign<'_> {
    fn base(&self) -> i64 {
        self.gifts.iter().map(|gift| gift.2).sum()
    }

    fn raised(&self) -> i64 {
        self.gifts.iter().map(|gift| gift.0).sum()
    }

    fn matched(&self) -> i64 {
        self.rule.matched(Money::eur(self.base())).minor()
    }

    fn confirm(&mut self, gift: i64, donor: usize) {
        let of_donor = self.gifts.iter().filter(|one| one.1 == donor).map(|one| one.2).sum();
        let standing = Standing {
            cost: Money::eur(self.cost),
            raised: Money::eur(self.raised() + gift),
            base: Money::eur(self.base()),
            donor_base: Money::eur(of_donor),
            available: Money::eur(self.pot - self.matched()),
            insider: donor == 0,
        };
        let base = self.rule.matched_base(Money::eur(gift), &standing);
        let quote = self.rule.quote(Money::eur(gift), &standing, Money::eur(i64::MAX));
        let before = self.matched();
        self.gifts.push((gift, donor, base.minor()));
        assert_eq!(
            (quote.base, quote.brings.minor()),
            (base, self.matched() - before),
            "quoted as confirmed"
        );
        if base.minor() > 0 {
            assert!(
                self.matched() <= (self.cost - self.raised()).max(0).max(before),
                "within what is missing"
            );
        }
    }

    fn refund(&mut self, place: usize, part: i64) {
        let (gift, _, base) = &mut self.gifts[place];
        *gift -= part;
        *base = PerDonation::base_after(Money::eur(*base), Money::eur(*gift)).minor();
    }
}

#[test]
fn whatever_happens_caps_and_pot_hold_and_no_earlier_base_grows() {
    let amounts = [1, 2, 3, 5, 8, 13, 40];
    // A generator of our own, so that a failure repeats; its quality matters little.
    let mut state = 20_260_101_u64;
    let mut next = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).expect("31 bits") % below
    };
    for (rate, caps) in [
        (600_000, [20, 30, 60]),
        (1_000_000, [1_000, 1_000, 1_000]),
        (333_333, [7, 50, 1_000]),
        (2_500_000, [20, 1_000, 40]),
    ] {
        let rule = per_donation(rate, 0, caps);
        for _ in 0..400 {
            let (cost, pot) = (
                i64::try_from(20 + next(200)).expect("small"),
                i64::try_from(next(60)).expect("small"),
            );
            let mut campaign = Campaign {
                rule: &rule,
                cost,
                pot,
                gifts: Vec::new(),
            };
            for _ in 0..12 {
                let before: Vec<i64> = campaign.gifts.iter().map(|gift| gift.2).collect();
                if before.is_empty() || next(4) > 0 {
                    campaign.confirm(amounts[next(amounts.len())], next(4));
                } else {
                    let place = next(before.len());
                    let part = next(usize::try_from(campaign.gifts[place].0).expect("positive") + 1);
                    campaign.refund(place, i64::try_from(part).expect("small"));
                }
                assert!(
                    before
                        .iter()
                        .zip(&campaign.gifts)
                        .all(|(before, gift)| gift.2 <= *before)
                );
                assert!(campaign.matched() <= pot, "never over the pot");
                assert!(campaign.base() <= caps[2]);
                for donor in 0..4 {
                    let of_donor = campaign.gifts.iter().filter(|gift| gift.1 == donor).map(|gift| gift.2);
                    assert!(of_donor.sum::<i64>() <= if donor == 0 { 0 } else { caps[1] });
                }
                assert!(
                    campaign
                        .gifts
                        .iter()
                        .all(|gift| 0 <= gift.2 && gift.2 <= caps[0].min(gift.0))
                );
                let exact = i128::from(campaign.base()) * i128::from(rate) / 1_000_000;
                assert_eq!(i128::from(campaign.matched()), exact, "rounded once, over the sum");
            }
        }
    }
}

#[test]
fn while_nothing_binds_the_order_of_gifts_changes_nothing() {
    let rule = per_donation(600_000, 0, [1_000, 1_000, 10_000]);
    let gifts = [1, 3, 7, 20];
    let mut ends = std::collections::BTreeSet::new();
    for first in 0..4 {
        for second in (0..4).filter(|second| *second != first) {
            let mut order = vec![first, second];
            order.extend((0..4).filter(|place| *place != first && *place != second));
            let mut campaign = Campaign {
                rule: &rule,
                cost: 10_000,
                pot: 1_000,
                gifts: Vec::new(),
            };
            for place in order {
                campaign.confirm(gifts[place], place + 1);
            }
            ends.insert((campaign.base(), campaign.matched()));
        }
    }
    assert_eq!(ends.into_iter().collect::<Vec<_>>(), [(31, 18)]);
}

#[test]
fn freed_budget_serves_later_gifts_only() {
    let rule = per_donation(1_000_000, 0, [1_000, 1_000, 1_000]);
    let mut campaign = Campaign {
        rule: &rule,
        cost: 1_000,
        pot: 10,
        gifts: Vec::new(),
    };
    campaign.confirm(10, 1);
    campaign.confirm(10, 2);
    campaign.refund(0, 10);
    assert_eq!(campaign.matched(), 0, "the second gift keeps the nothing that it got");
    campaign.confirm(4, 3);
    assert_eq!(campaign.matched(), 4);
}

#[test]
fn below_its_threshold_all_of_the_match_is_released() {
    let rule = per_donation(600_000, 400_000, [5_000, 5_000, 100_000]);
    let (cost, base) = (Money::eur(10_000), Money::eur(3_000));
    let below = rule.outcome(cost, Raised::from_the_crowd(Money::eur(3_999)), base);
    assert_eq!((below.granted, below.released), (Money::eur(0), Money::eur(1_800)));
    let reached = rule.outcome(cost, Raised::from_the_crowd(Money::eur(4_000)), base);
    assert_eq!((reached.granted, reached.released), (Money::eur(1_800), Money::eur(0)));
}

#[test]
fn a_quote_says_what_the_gift_brings_and_holds_what_there_is_room_for() {
    let rule = per_donation(600_000, 0, [10_000, 10_000, 100_000]);
    let standing = Standing {
        cost: Money::eur(1_000_000),
        raised: Money::eur(2_000),
        base: Money::eur(0),
        donor_base: Money::eur(0),
        available: Money::eur(500_000),
        insider: false,
    };
    let quote = rule.quote(Money::eur(2_000), &standing, Money::eur(25_000));
    assert_eq!((quote.brings, quote.held), (Money::eur(1_200), Money::eur(1_200)));
    let tight = rule.quote(Money::eur(2_000), &standing, Money::eur(500));
    assert_eq!((tight.brings, tight.held), (Money::eur(1_200), Money::eur(500)));
    let own = rule.quote(
        Money::eur(2_000),
        &Standing {
            insider: true,
            ..standing
        },
        Money::eur(25_000),
    );
    assert_eq!((own.base, own.brings), (Money::eur(0), Money::eur(0)));
}

#[test]
fn the_largest_amounts_do_not_overflow() {
    let most = AMOUNT_MAX_MINOR;
    let rule = per_donation(10_000_000, 0, [most; 3]);
    let standing = Standing {
        cost: Money::eur(most),
        raised: Money::eur(0),
        base: Money::eur(0),
        donor_base: Money::eur(0),
        available: Money::eur(most),
        insider: false,
    };
    let base = rule.matched_base(Money::eur(most), &standing);
    assert_eq!(rule.matched(base).minor(), most);
    assert_eq!(rule.matched(Money::eur(most)).minor(), most * 10);
}

#[test]
fn what_is_no_rule_is_refused_with_every_bound_it_passes() {
    let good = r#"{"kind":"co_financing","version":1,"share_ppm":600000,"threshold_ppm":400000,"cap_per_project_minor":6000000,"overfunding":"kept"}"#;
    let rule = MatchRule::parse(good).expect("a rule");
    assert_eq!(serde_json::to_string(&rule).expect("written"), good, "as it was read");
    for bad in [
        good.replace("\"kind\"", "\"sort\""),
        good.replace("kept", "lost"),
        good.replace("\"version\":1,", "\"version\":1,\"bonus\":1,"),
        good.replace("\"version\":1,", ""),
        good.replace("600000,", "-1,"),
        good.replace("600000,", "0.6,"),
        "null".to_owned(),
    ] {
        let malformed = Err(Error::field("rule", Code::Malformed));
        assert_eq!(MatchRule::parse(&bad), malformed, "{bad}");
    }
    let fields = |json: &str| match MatchRule::parse(json) {
        Err(Error::Invalid(faults)) => faults.iter().map(|fault| fault.field.to_string()).collect(),
        other => panic!("{other:?}"),
    };
    let wrong: Vec<String> = fields(
        r#"{"kind":"co_financing","version":2,"share_ppm":1000001,"threshold_ppm":0,"cap_per_project_minor":0,"overfunding":"kept"}"#,
    );
    assert_eq!(
        wrong,
        ["version", "share_ppm", "threshold_ppm", "cap_per_project_minor"]
    );
    let wrong: Vec<String> = fields(
        r#"{"kind":"per_donation","version":1,"rate_ppm":0,"threshold_ppm":1000001,"cap_per_donation_minor":-1,
            "cap_per_donor_minor":9000000000000001,"cap_per_project_minor":0}"#,
    );
    assert_eq!(wrong.len(), 5);
}
