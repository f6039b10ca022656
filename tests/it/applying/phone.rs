//! The whole way in a browser on a phone, with scripts switched off.

use civic::application::ApplicationState;
use civic::application::read::page;
use civic::id::{ApplicationId, TypedId};
use serde_json::json;
use tests::browser::Browser;
use tests::calls::{BODY_CODE, PERSON_CODE, published, terms};
use tests::outside::without;
use tests::{city, person};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_application_with_a_document_is_handed_in_on_a_phone_without_scripts() {
    if without("browser") {
        return;
    }
    city::with(async |city| {
        published(city, terms(city)).await;
        let writer = person::citizen(city, "scrive").await;
        let input = json!({
            "begin": "/it/calls/quartieri-2027",
            "title": "Ombra davanti alla scuola",
            "body": BODY_CODE,
            "person": PERSON_CODE,
            "document": data_encoding::BASE64.encode(super::PDF),
        });
        let browser = Browser::new()
            .with_cookie("__Host-session", &writer.session)
            .without_scripts();
        let seen = browser.flow("apply", &city.base, &input).await;
        assert_eq!(seen["heading"], "Ombra davanti alla scuola");
        assert_eq!(seen["wide"], false, "nothing is wider than the screen");
        let address = seen["address"].as_str().expect("an address");
        let tail = address.rsplit('/').next().expect("an id");
        let id = ApplicationId::read(tail.split('-').next().expect("an id")).expect("an id");
        let found = page(&writer.cx(city).await, id).await.expect("read");
        assert_eq!((found.card.state, found.card.cost.minor()), (ApplicationState::Submitted, 3_000_050));
        assert_eq!(found.attachments.len(), 1);
    })
    .await;
}
