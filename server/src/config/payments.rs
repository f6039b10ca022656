//! Who takes payments, as the configuration says it.
//!
//! Rule: what moves no money is refused where people rely on it, and a key that could not work is refused before the first
//! donor finds out.

use anyhow::{bail, ensure};
use civic::iban::Iban;
use civic::limits::PAYMENT_SECRETS_MAX;
use serde::Deserialize;

use super::{Environment, Hidden};

/// Who takes payments.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentsConfig {
    /// Nobody, a page for trying out, or Stripe.
    pub provider: Provider,
    /// The legal body that holds the donors' money.
    pub custodian: String,
    /// The number of its bank account, to which donors transfer; without it there are no transfers.
    pub custodian_iban: String,
    /// The number of the city's own account, from which files for the bank pay its part; without it there are none of them.
    pub city_iban: String,
    /// The secret key of its account.
    pub secret_key: Hidden,
    /// The secrets of the addresses for messages, with commas between them.
    pub webhook_secrets: Hidden,
    /// Where the provider's interface is; empty for the provider itself.
    pub api_base: String,
}

/// What kind of provider takes payments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// Nobody: there is no giving.
    None,
    /// A page of ours on which paying is tried out and no money moves.
    Sandbox,
    /// Stripe.
    Stripe,
}

impl PaymentsConfig {
    /// The secrets of the addresses for messages, one by one.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        let all = self.webhook_secrets.reveal().split(',').map(str::trim);
        all.filter(|secret| !secret.is_empty()).map(ToOwned::to_owned).collect()
    }

    /// Refuses what cannot be worked with.
    ///
    /// # Errors
    /// Says which setting, and what it must be.
    pub fn check(&self, environment: Environment) -> anyhow::Result<()> {
        let production = environment == Environment::Production;
        if self.provider == Provider::Sandbox && production {
            bail!(
                "payments.provider = \"sandbox\" lets gifts be given without money: set \"stripe\" or \"none\" for production"
            );
        }
        if self.provider != Provider::None {
            ensure!(
                !self.custodian.is_empty(),
                "donors must know who holds their money: set payments.custodian"
            );
        }
        for (name, number) in [("custodian_iban", &self.custodian_iban), ("city_iban", &self.city_iban)] {
            ensure!(
                number.is_empty() || Iban::parse(number, "iban").is_ok(),
                "payments.{name} is not the number of an account: check it letter by letter, or leave it empty"
            );
        }
        if self.provider != Provider::Stripe {
            return Ok(());
        }
        let key = self.secret_key.reveal();
        let begins = |kinds: &[&str]| kinds.iter().any(|kind| key.starts_with(kind));
        ensure!(
            begins(&["sk_", "rk_"]),
            "payments.provider = \"stripe\" needs payments.secret_key, which begins with sk_ or rk_"
        );
        ensure!(
            !production || begins(&["sk_live_", "rk_live_"]),
            "in production payments.secret_key must be a live one"
        );
        let secrets = self.secrets();
        ensure!(
            !secrets.is_empty() && secrets.iter().all(|secret| secret.starts_with("whsec_")),
            "payments.provider = \"stripe\" needs payments.webhook_secrets, each of which begins with whsec_"
        );
        ensure!(
            secrets.len() <= PAYMENT_SECRETS_MAX,
            "payments.webhook_secrets holds more than {PAYMENT_SECRETS_MAX} secrets"
        );
        ensure!(
            self.api_base.is_empty() || (!production && is_address(&self.api_base)),
            "payments.api_base is for tests: it must be empty in production, and else begin with http:// or https://"
        );
        Ok(())
    }
}

fn is_address(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str, environment: Environment) -> anyhow::Result<()> {
        let whole = concat!(
            "provider = \"stripe\"\ncustodian = \"Fondazione\"\ncustodian_iban = \"\"\ncity_iban = \"\"\nsecret_key = \"sk_live_hunter2\"\n",
            "webhook_secrets = \"whsec_old, whsec_new\"\napi_base = \"\"\n"
        );
        let mut table: toml::Table = whole.parse()?;
        table.extend(text.parse::<toml::Table>()?);
        let config: PaymentsConfig = table.try_into()?;
        assert!(!format!("{config:?}").contains("hunter2"));
        config.check(environment)
    }

    #[test]
    fn production_takes_live_keys_only_and_nothing_that_moves_no_money() {
        let production = Environment::Production;
        assert!(with("", production).is_ok());
        assert!(with("secret_key = \"sk_test_1\"", production).is_err());
        assert!(with("secret_key = \"sk_test_1\"", Environment::Development).is_ok());
        assert!(with("provider = \"sandbox\"", production).is_err());
        assert!(with("provider = \"sandbox\"", Environment::Development).is_ok());
        assert!(with("api_base = \"http://127.0.0.1:1\"", production).is_err());
        assert!(with("provider = \"none\"\ncustodian = \"\"", production).is_ok());
    }

    #[test]
    fn what_could_not_work_is_refused_at_the_start() {
        for wrong in [
            "custodian = \"\"",
            "secret_key = \"pk_live_1\"",
            "webhook_secrets = \"\"",
            "webhook_secrets = \"whsec_1,sk_live_1\"",
            "webhook_secrets = \"whsec_1,whsec_2,whsec_3,whsec_4,whsec_5\"",
        ] {
            assert!(with(wrong, Environment::Development).is_err(), "{wrong}");
        }
    }

    #[test]
    fn secrets_are_told_apart_by_commas() {
        let config = PaymentsConfig {
            provider: Provider::Stripe,
            custodian: String::new(),
            custodian_iban: String::new(),
            city_iban: String::new(),
            secret_key: Hidden(String::new()),
            webhook_secrets: Hidden(" whsec_a ,whsec_b,".to_owned()),
            api_base: String::new(),
        };
        assert_eq!(config.secrets(), ["whsec_a", "whsec_b"]);
    }
}
