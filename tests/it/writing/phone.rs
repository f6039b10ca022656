//! The whole way in a browser on a phone, with scripts switched off.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat};
use serde_json::json;
use tests::browser::Browser;
use tests::outside::without;
use tests::{city, given, person};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proposal_with_a_picture_and_a_point_is_published_on_a_phone_without_scripts() {
    if without("browser") {
        return;
    }
    city::with(async |city| {
        given::consultation(city).await;
        let writer = person::citizen(city, "scrive").await;
        let mut picture = Vec::new();
        let drawn = DynamicImage::new_rgb8(64, 48).write_to(&mut Cursor::new(&mut picture), ImageFormat::Png);
        drawn.expect("a plain picture");
        let input = json!({
            "begin": super::NEW,
            "title": "Alberi davanti alla scuola",
            "theme": "Verde",
            "district": "Municipio 2",
            "picture": data_encoding::BASE64.encode(&picture),
        });
        let browser = Browser::new()
            .with_cookie("__Host-session", &writer.session)
            .without_scripts();
        let seen = browser.flow("write-proposal", &city.base, &input).await;
        assert_eq!(seen["heading"], "Alberi davanti alla scuola");
        assert_eq!(seen["chosen"], "Municipio 2");
        let address = seen["address"].as_str().expect("an address");
        let page = super::stored(city, &writer, super::id_in(address)).await;
        assert!(page.point.is_some() && page.attachments.len() == 1, "{page:?}");
    })
    .await;
}
