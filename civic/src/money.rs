//! Money: whole cents of one currency, and shares in parts per million.
//!
//! Rule: every sum is checked and says when it does not fit; a share is rounded to the side that its rule names, and a
//! split gives away every cent. Deliberately absent: operators, which could not fail, and floating point, which could not
//! be right.

use serde::{Deserialize, Serialize};

/// A currency; the rules of record know one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Currency {
    /// The euro, counted in cents.
    #[serde(rename = "EUR")]
    Eur,
}

impl Currency {
    /// Its code (ISO 4217).
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Eur => "EUR",
        }
    }
}

/// An amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// Why amounts do not add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The result is larger than any amount can be.
    #[error("the amount is too large")]
    TooLarge,
    /// The amounts are of two currencies.
    #[error("the amounts are of two currencies")]
    OtherCurrency,
    /// Nothing can be split among nobody.
    #[error("there is nobody to split among")]
    NoWeights,
}

/// What a calculation gives.
pub type Sum = Result<Money, MoneyError>;

/// A share in parts per million, from nothing to the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Share(u32);

/// The whole, in parts per million.
pub const WHOLE_PPM: u32 = 1_000_000;

impl Share {
    /// A share of so many parts per million; `None` for more than the whole.
    #[must_use]
    pub const fn from_ppm(ppm: u32) -> Option<Self> {
        if ppm <= WHOLE_PPM { Some(Self(ppm)) } else { None }
    }

    /// Parts per million.
    #[must_use]
    pub const fn ppm(self) -> u32 {
        self.0
    }
}

impl Money {
    /// So many euro cents; less than nothing is a debt.
    #[must_use]
    pub const fn eur(minor: i64) -> Self {
        Self {
            minor,
            currency: Currency::Eur,
        }
    }

    /// The amount in the smallest unit of its currency.
    #[must_use]
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// Its currency.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    fn of(self, minor: Option<i64>) -> Sum {
        let minor = minor.ok_or(MoneyError::TooLarge)?;
        Ok(Self { minor, ..self })
    }

    fn alike(self, other: Self) -> Result<i64, MoneyError> {
        if self.currency == other.currency {
            Ok(other.minor)
        } else {
            Err(MoneyError::OtherCurrency)
        }
    }

    /// Both together.
    ///
    /// # Errors
    /// `TooLarge`, `OtherCurrency`.
    pub fn plus(self, other: Self) -> Sum {
        let other = self.alike(other)?;
        self.of(self.minor.checked_add(other))
    }

    /// What is left without the other.
    ///
    /// # Errors
    /// `TooLarge`, `OtherCurrency`.
    pub fn minus(self, other: Self) -> Sum {
        let other = self.alike(other)?;
        self.of(self.minor.checked_sub(other))
    }

    /// The share of it, rounded down to a whole cent: what a match may give.
    #[must_use]
    pub fn share_floor(self, share: Share) -> Self {
        let parts = i128::from(self.minor) * i128::from(share.0);
        self.whole(parts.div_euclid(i128::from(WHOLE_PPM)))
    }

    /// The share of it, rounded up to a whole cent: what a threshold asks.
    #[must_use]
    pub fn share_ceil(self, share: Share) -> Self {
        let parts = i128::from(self.minor) * i128::from(share.0);
        let whole = i128::from(WHOLE_PPM);
        self.whole(-(-parts).div_euclid(whole))
    }

    /// A share is never further from nothing than the whole, so it always fits.
    fn whole(self, minor: i128) -> Self {
        let minor = i64::try_from(minor).unwrap_or(self.minor);
        Self { minor, ..self }
    }

    /// Splits it by weights so that no cent is lost: each gets its part rounded down, and the cents that are left go to
    /// those who lost most by rounding, earlier ones first.
    ///
    /// # Errors
    /// `NoWeights` when the weights are none or all nothing.
    pub fn split(self, weights: &[u32]) -> Result<Vec<Self>, MoneyError> {
        let all: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
        if all == 0 {
            return Err(MoneyError::NoWeights);
        }
        let exact = |weight: &u32| i128::from(self.minor) * i128::from(*weight);
        let mut parts: Vec<i128> = weights.iter().map(|weight| exact(weight).div_euclid(all)).collect();
        let mut left = i128::from(self.minor) - parts.iter().sum::<i128>();
        let mut order: Vec<usize> = (0..weights.len()).collect();
        order.sort_by_key(|place| std::cmp::Reverse(exact(&weights[*place]).rem_euclid(all)));
        for place in order {
            if left == 0 {
                break;
            }
            parts[place] += 1;
            left -= 1;
        }
        Ok(parts.into_iter().map(|part| self.whole(part)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(ppm: u32) -> Share {
        Share::from_ppm(ppm).expect("at most the whole")
    }

    #[test]
    fn a_sum_that_does_not_fit_is_an_error_and_no_other_sum() {
        assert_eq!(Money::eur(250).plus(Money::eur(-50)), Ok(Money::eur(200)));
        assert_eq!(Money::eur(250).minus(Money::eur(300)), Ok(Money::eur(-50)));
        assert_eq!(Money::eur(i64::MAX).plus(Money::eur(1)), Err(MoneyError::TooLarge));
        assert_eq!(Money::eur(i64::MIN).minus(Money::eur(1)), Err(MoneyError::TooLarge));
    }

    #[test]
    fn a_match_rounds_down_and_a_threshold_rounds_up() {
        // Ri-Porta Vittoria: 62,500 in all, 60 % from the city, 40 % from donors.
        let cost = Money::eur(6_250_000);
        assert_eq!(cost.share_floor(share(600_000)), Money::eur(3_750_000));
        assert_eq!(cost.share_ceil(share(400_000)), Money::eur(2_500_000));
        assert_eq!(Money::eur(1).share_floor(share(600_000)), Money::eur(0));
        assert_eq!(Money::eur(1).share_ceil(share(400_000)), Money::eur(1));
        assert_eq!(Money::eur(i64::MAX).share_floor(share(1_000_000)), Money::eur(i64::MAX));
        assert_eq!(Share::from_ppm(1_000_001), None);
    }

    #[test]
    fn a_split_gives_away_every_cent() {
        let split = |minor, weights: &[u32]| {
            let parts = Money::eur(minor).split(weights).expect("weights");
            parts.into_iter().map(Money::minor).collect::<Vec<_>>()
        };
        assert_eq!(split(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(split(-100, &[1, 1, 1]), [-33, -33, -34]);
        assert_eq!(split(5, &[0, 3, 7]), [0, 2, 3]);
        assert_eq!(Money::eur(5).split(&[0, 0]), Err(MoneyError::NoWeights));
        for minor in -50..50 {
            for weights in [[1, 2, 3], [7, 0, 11], [1, 1, 98]] {
                assert_eq!(
                    split(minor, &weights).iter().sum::<i64>(),
                    minor,
                    "{minor} by {weights:?}"
                );
            }
        }
    }
}
