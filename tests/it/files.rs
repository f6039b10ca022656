//! Where pictures and files lie: in S3-compatible storage the same as in a folder.

use std::sync::Arc;

use bytes::Bytes;
use civic::attachment::write::{NewAttachment, add, forget_bytes};
use civic::error::Error;
use civic::files::{Files, S3};
use civic::id::Ids;
use civic::secret::Secret;
use civic::{City, Handles};
use tests::bucket::{ACCESS_KEY, Bucket, NAME};
use tests::city::{self, TestCity};
use tests::{given, person};

fn s3(endpoint: String) -> S3 {
    S3 {
        endpoint,
        region: "eu-south-1".to_owned(),
        bucket: NAME.to_owned(),
        access_key: ACCESS_KEY.to_owned(),
        secret_key: "a secret for tests".to_owned(),
    }
}

/// The same installation with its files elsewhere.
fn moved(city: &TestCity, files: Files) -> City {
    let here = &city.city;
    City::new(Handles {
        db: here.db.clone(),
        clock: here.clock.clone(),
        ids: Ids::seeded(2),
        documents: Arc::clone(&here.documents),
        files,
        payments: Arc::clone(&here.payments),
        printer: Arc::clone(&here.printer),
        secret: Secret::new(vec![7; 32]).expect("long enough"),
        settings: here.settings.clone(),
        bell: tokio::sync::Notify::new(),
        messages: tokio::sync::Notify::new(),
        live: tokio::sync::broadcast::Sender::new(1),
        stopping: tokio::sync::watch::Sender::new(false),
    })
}

fn picture() -> NewAttachment {
    let mut png = std::io::Cursor::new(Vec::new());
    let dots = image::RgbImage::from_fn(900, 600, |x, y| image::Rgb([x as u8, y as u8, (x ^ y) as u8]));
    dots.write_to(&mut png, image::ImageFormat::Png).expect("drawn");
    NewAttachment {
        name: "piazza.png".to_owned(),
        description: "La piazza".to_owned(),
        bytes: Bytes::from(png.into_inner()),
    }
}

#[tokio::test]
async fn a_picture_goes_into_a_bucket_and_comes_out_of_it() {
    city::with(async |city| {
        let bucket = Bucket::start().await.expect("a bucket");
        let files = Files::s3(&s3(bucket.endpoint())).expect("named");
        files.check().await.expect("it answers");
        assert_eq!(files.get("nothing/here").await.expect("it answers"), None);
        let elsewhere = moved(city, files.clone());

        let consultation = given::consultation(city).await;
        let author = person::citizen(city, "pittrice").await;
        let proposal = given::draft(city, &author, consultation, "Una piazza senza auto").await;
        let cx = elsewhere.cx(author.actor(city).await, civic::language::Language::It);
        let id = add(&cx, proposal, picture()).await.expect("kept");

        let sizes = bucket.sizes();
        assert_eq!(sizes.len(), 2, "the picture and the one for cards: {sizes:?}");
        for (key, size) in sizes {
            let found = files.get(&key).await.expect("it answers").expect("there");
            assert_eq!(found.len(), size);
            assert!(image::load_from_memory(&found).is_ok(), "{key} is a picture");
        }
        forget_bytes(&elsewhere, id).await.expect("gone");
        forget_bytes(&elsewhere, id).await.expect("gone twice is gone");
        assert!(bucket.sizes().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_storage_that_is_away_or_refuses_us_is_said_to_be_unavailable() {
    city::with(async |city| {
        let bucket = Bucket::start().await.expect("a bucket");
        let refused = S3 {
            access_key: "somebody-else".to_owned(),
            ..s3(bucket.endpoint())
        };
        assert!(Files::s3(&refused).expect("named").check().await.is_err());
        let endpoint = bucket.endpoint();
        drop(bucket);
        let elsewhere = moved(city, Files::s3(&s3(endpoint)).expect("named"));

        let consultation = given::consultation(city).await;
        let author = person::citizen(city, "pittrice").await;
        let proposal = given::draft(city, &author, consultation, "Una piazza senza auto").await;
        let cx = elsewhere.cx(author.actor(city).await, civic::language::Language::It);
        let added = add(&cx, proposal, picture()).await;
        assert!(matches!(added, Err(Error::Unavailable(_))), "{added:?}");
    })
    .await;
}

#[test]
fn the_keys_of_a_storage_never_print() {
    let printed = format!("{:?}", s3("https://s3.example.org".to_owned()));
    assert!(
        !printed.contains("secret") && !printed.contains(ACCESS_KEY),
        "{printed}"
    );
}
