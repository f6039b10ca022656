//! The oracle's match: quotes, matched bases, outcomes. Like all of the oracle, it imports nothing of the workspace.

use std::collections::BTreeMap;

use super::oracle::{DAY, HOLDS, Oracle, Rule, SESSION, SIGNING, WHOLE, part, whole};
use super::oracle_gift::{Gift, Way};

impl Oracle {
    pub(super) fn matched_base(
        &self,
        gift: i64,
        campaign: usize,
        (raised, base, donor_base, available): (i64, i64, i64, i64),
        insider: bool,
    ) -> i64 {
        let of = &self.campaigns[campaign];
        let Rule::Rate {
            rate,
            gift: per_gift,
            donor,
            project,
            ..
        } = of.rule
        else {
            return 0;
        };
        if insider {
            return 0;
        }
        let most = (part(base, rate) + available).min((of.cost - raised).max(0));
        // The largest sum whose match is not more than that.
        let by_match = whole(((i128::from(most) + 1) * WHOLE - 1) / i128::from(rate)) - base;
        [gift, per_gift, donor - donor_base, project - base, by_match]
            .into_iter()
            .min()
            .unwrap_or(0)
            .max(0)
    }

    /// The bases of one donor in a campaign, joined by what they paid with.
    pub(super) fn donor_base(&self, campaign: usize, donor: i64, print: Option<i64>, but: Option<usize>) -> i64 {
        let (mut donors, mut prints) = (vec![donor], Vec::from_iter(print));
        loop {
            let before = donors.len() + prints.len();
            for gift in self.of(campaign) {
                if donors.contains(&gift.donor) || gift.print.is_some_and(|print| prints.contains(&print)) {
                    if !donors.contains(&gift.donor) {
                        donors.push(gift.donor);
                    }
                    prints.extend(gift.print.filter(|print| !prints.contains(print)));
                }
            }
            if donors.len() + prints.len() == before {
                break;
            }
        }
        let own = |gift: &Gift| donors.contains(&gift.donor) || gift.print.is_some_and(|print| prints.contains(&print));
        let all = self
            .gifts
            .iter()
            .enumerate()
            .filter(|(place, gift)| gift.campaign == campaign && Some(*place) != but && own(gift));
        all.map(|(_, gift)| gift.base).sum()
    }

    /// What the city adds to a gift, and what of it is kept; or why there can be none.
    pub fn promise(
        &mut self,
        now: i64,
        campaign: usize,
        (donor, way, insider): (i64, Way, bool),
        amount: i64,
    ) -> Result<(i64, i64), &'static str> {
        if !(50..=if way == Way::Cash { 499_999 } else { 1_000_000 }).contains(&amount) {
            return Err("invalid");
        }
        match self.state_at(campaign, now) {
            "open" => self.campaigns[campaign].state = "open",
            "scheduled" => return Err("campaign_not_open"),
            _ => return Err("campaign_closed"),
        }
        let (mut brings, mut hold) = (0, None);
        if let (Rule::Rate { rate, .. }, Some(pot)) = (self.campaigns[campaign].rule, self.campaigns[campaign].pot) {
            let live: Vec<(&Gift, (i64, i64))> =
                self.gifts.iter().filter_map(|gift| Some((gift, gift.hold?))).collect();
            let here = || live.iter().filter(|(gift, _)| gift.campaign == campaign);
            let in_pot: Vec<_> = live
                .iter()
                .filter(|(gift, _)| self.campaigns[gift.campaign].pot == Some(pot))
                .collect();
            let own: i64 = here()
                .filter(|(gift, _)| gift.donor == donor)
                .map(|(_, (base, _))| base)
                .sum();
            let base = self.base_with_disputed(campaign) + here().map(|(_, (base, _))| base).sum::<i64>();
            let raised = self.raised(campaign) + here().map(|(gift, _)| gift.promised).sum::<i64>() + amount;
            let available = self.pot(pot)[0];
            let at = (
                raised,
                base,
                self.donor_base(campaign, donor, None, None) + own,
                available,
            );
            let added = self.matched_base(amount, campaign, at, insider);
            brings = part(base + added, rate) - part(base, rate);
            let held: i64 = in_pot.iter().map(|(_, (_, held))| held).sum();
            let room = (part(available + held, HOLDS) - held).max(0);
            if way == Way::Online && !in_pot.iter().any(|(gift, _)| gift.donor == donor) && brings.min(room) > 0 {
                hold = Some((added, brings.min(room)));
            }
        }
        let expires = match way {
            Way::Online => now + SESSION,
            _ => self.campaigns[campaign].grace().unwrap_or(now + 30 * DAY),
        };
        self.gifts.push(Gift {
            campaign,
            donor,
            promised: amount,
            way,
            insider,
            expires,
            asked: false,
            authorised: false,
            failed: false,
            expired: false,
            captured: 0,
            late: false,
            counted: false,
            print: None,
            base: 0,
            refunds: Vec::new(),
            disputes: BTreeMap::new(),
            hold,
        });
        Ok((brings, hold.map_or(0, |(_, held)| held)))
    }

    pub(super) fn decide(&mut self, place: usize, now: i64) {
        let towards = self.sum(place, "confirmed", |gift| if gift.insider { 0 } else { gift.left() });
        let (raised, base, reserved) = (self.raised(place), self.base(place), self.reserved(place));
        let of = &self.campaigns[place];
        let target = |share: i64| whole((i128::from(of.cost) * i128::from(share) + WHOLE - 1) / WHOLE);
        let (reached, granted) = match of.rule {
            Rule::Fund => (true, 0),
            Rule::Share {
                threshold, kept: true, ..
            } => (towards >= target(threshold), reserved),
            Rule::Share { threshold, .. } => (towards >= target(threshold), reserved.min((of.cost - raised).max(0))),
            Rule::Rate { threshold, rate, .. } => (towards >= target(threshold), part(base, rate)),
        };
        self.over(place, if reached { "funded" } else { "unfunded" }, now);
        if !reached {
            return;
        }
        let mut payable = 0;
        for gift in self
            .gifts
            .iter_mut()
            .filter(|gift| gift.campaign == place && !gift.late && gift.state() == "confirmed")
        {
            gift.counted = true;
            payable += gift.with_campaign();
        }
        let of = &mut self.campaigns[place];
        (of.granted, of.payable) = (granted, payable);
        of.agree_by = of.pot.map(|_| now + SIGNING);
    }
}
