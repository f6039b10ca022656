//! The oracle's payouts: parts that are due, two persons' steps, files for the bank, and the final grant. Like all of the
//! oracle, it imports nothing of the workspace.

use super::oracle::{DAY, Oracle, Rule, WHOLE, part};
use super::oracle_gift::Gift;

impl Oracle {
    /// The part of a payout that is due next: of the gifts, and of the grant.
    pub fn request(&mut self, place: usize, now: i64) -> Option<(i64, i64)> {
        let leaving: i64 = self.of(place).filter(|gift| gift.counted).map(Gift::leaving).sum();
        let of = &mut self.campaigns[place];
        if !matches!(of.state, "agreed" | "settled" | "reporting" | "closed") || of.asking.is_some() {
            return None;
        }
        let (share, days) = of.tranche;
        let gifts = (of.payable - leaving).max(0);
        let grant = (of.fixed.unwrap_or(of.granted) - of.paid).max(0);
        let first = |left: i64, paid: i64| part(left + paid, share).min(left);
        let parts = [
            (0, of.outcome_at? + days * DAY <= now),
            (1, of.state == "closed" && i128::from(share) < WHOLE),
        ];
        let next = parts
            .into_iter()
            .filter(|(place, due)| !of.taken[*place] && *due)
            .map(|(place, _)| {
                let last = place == 1 && of.taken[0] || place == 0 && (of.taken[1] || i128::from(share) == WHOLE);
                let second = |left: i64, paid: i64| (left + paid - part(left + paid, share)).min(left).max(0);
                let of_both = |left, paid| {
                    if last {
                        left
                    } else if place == 0 {
                        first(left, paid)
                    } else {
                        second(left, paid)
                    }
                };
                (place, of_both(gifts, of.paid_gifts), of_both(grant, of.paid), false)
            });
        of.asking = next.into_iter().find(|(_, gifts, grant, _)| gifts + grant > 0);
        of.asking.map(|(_, gifts, grant, _)| (gifts, grant))
    }
    pub fn approve(&mut self, place: usize) {
        let of = &mut self.campaigns[place];
        if let Some(asking) = &mut of.asking {
            asking.3 = true;
            of.due += asking.2;
        }
    }
    pub fn withdraw(&mut self, place: usize) {
        let of = &mut self.campaigns[place];
        if let Some((_, _, grant, true)) = of.asking.take() {
            of.due -= grant;
        }
    }
    /// The approved payouts that leave with a file, unless gifts went back meanwhile.
    pub fn send(&mut self) -> Vec<usize> {
        let mut sent = Vec::new();
        for place in 0..self.campaigns.len() {
            let leaving: i64 = self.of(place).filter(|gift| gift.counted).map(Gift::leaving).sum();
            let of = &mut self.campaigns[place];
            if let Some((part, gifts, grant, true)) =
                of.asking.filter(|asking| asking.1 <= (of.payable - leaving).max(0))
            {
                (of.asking, of.taken[part]) = (None, true);
                (of.due, of.paid, of.paid_gifts, of.payable) = (
                    of.due - grant,
                    of.paid + grant,
                    of.paid_gifts + gifts,
                    of.payable - gifts,
                );
                self.paid_out += gifts;
                sent.push(place);
            }
        }
        sent
    }
    pub fn send_back(&mut self, place: usize, part: usize, (gifts, grant): (i64, i64)) {
        let of = &mut self.campaigns[place];
        of.taken[part] = false;
        (of.paid, of.paid_gifts, of.payable) = (of.paid - grant, of.paid_gifts - gifts, of.payable + gifts);
        self.paid_out -= gifts;
    }
    /// So much of the spending is accepted, which fixes the final grant.
    pub fn close(&mut self, place: usize, eligible: i64) {
        let of = &mut self.campaigns[place];
        let by_rule = match of.rule {
            Rule::Fund => of.granted,
            Rule::Share { share, .. } => part(eligible, share),
            Rule::Rate { rate, .. } => part(eligible, rate),
        };
        let fixed = of.granted.min(by_rule);
        (of.fixed, of.state, of.spare) = (Some(fixed), "closed", of.granted - fixed.max(of.paid));
    }
}
