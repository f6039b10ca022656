//! Giving in a real browser, on a phone and without scripts.

use civic::limits::PAYMENT_BACK_MS;
use serde_json::json;
use tests::browser::Browser;
use tests::campaigns::in_campaign;
use tests::outside::without;

use super::whole::{told, with_campaign};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_gives_on_a_phone_without_scripts_after_a_card_was_refused_and_is_charged_once() {
    if without("browser") {
        return;
    }
    with_campaign(async |city, emulator, campaign| {
        let input = json!({ "campaign": campaign, "address": "anna@example.org", "width": 390 });
        let browser = Browser::new().without_scripts();
        let seen = browser.flow("give", &city.base, &input).await;
        assert!(
            seen["at"].as_str().is_some_and(|at| at.contains("/it/donations/")),
            "{seen}"
        );
        city.advance_ms(PAYMENT_BACK_MS);
        let back = json!({ "at": seen["at"], "width": 390 });
        browser.flow("given", &city.base, &back).await;
        assert_eq!(in_campaign(city, campaign).await, [3_750, 0, 0]);
        // The message that comes late changes nothing.
        told(city, emulator).await;
        assert_eq!(in_campaign(city, campaign).await, [3_750, 0, 0]);
    })
    .await;
}
