//! Pictures and files of a proposal through the pages: what comes out of what goes in, who sees it, what is refused.

use std::io::Cursor;

use civic::id::ProposalId;
use image::{DynamicImage, ImageFormat};
use tests::city;
use tests::http::{Answer, Client};
use tests::{given, person};

use super::{begun, option, send, step, stored, with_keys};

/// A word that hides in a picture's metadata.
const HIDDEN: &str = "45.4642N 9.1900E at home";

fn picture(format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    let drawn = DynamicImage::new_rgb8(40, 30).write_to(&mut Cursor::new(&mut bytes), format);
    drawn.expect("a plain picture");
    bytes
}

/// A photograph as a telephone makes it: its first segment says where it was taken.
fn photograph() -> Vec<u8> {
    let plain = picture(ImageFormat::Jpeg);
    let mut segment = b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0".to_vec();
    segment.extend_from_slice(HIDDEN.as_bytes());
    let length = u16::try_from(segment.len() + 2).expect("a short segment").to_be_bytes();
    [&plain[..2], &[0xFF, 0xE1], &length, &segment, &plain[2..]].concat()
}

/// A picture that says it is larger than it is, with the checksum that its header needs to be believed.
fn bomb() -> Vec<u8> {
    const HEADER: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x1f\x40\0\0\x1f\x40\x08\x02\0\0\0";
    let crc = HEADER[12..].iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 {
                (crc >> 1) ^ 0xEDB8_8320
            } else {
                crc >> 1
            }
        })
    });
    let rest = &picture(ImageFormat::Png)[33..];
    [HEADER, &(!crc).to_be_bytes(), rest].concat()
}

/// Sends the form of the details with a file, as its own button does.
async fn upload(pages: &Client, id: ProposalId, fields: &[(&str, &str)], name: &str, bytes: &[u8]) -> Answer {
    let keys = pages.get(&step(id, "details")).await.expect(200).keys();
    let fields = with_keys(&keys, fields);
    pages
        .post_file(&format!("/it/proposals/{id}/attachments"), &fields, (name, bytes))
        .await
}

/// The address of the first picture or file on the page of a proposal's details.
fn address(page: &str) -> String {
    let (_, rest) = page.split_once("/it/attachments/").expect("an attachment on the page");
    format!("/it/attachments/{}", rest.split('/').next().unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photograph_comes_out_without_what_it_hid_and_a_drafts_is_not_public() {
    city::with(async |city| {
        given::consultation(city).await;
        let (writer, other) = (
            person::citizen(city, "scrive").await,
            person::citizen(city, "altra").await,
        );
        let id = begun(&writer, "Orti per tutti").await;
        let theme = option(&writer.pages.get(&step(id, "details")).await.text(), "Verde");
        let fields = [("theme", theme.as_str()), ("description", "Un orto in via Padova")];
        let added = upload(&writer.pages, id, &fields, "../casa mia è.jpg", &photograph())
            .await
            .expect(303);
        assert!(
            added.location().ends_with("done=file-added#files"),
            "{}",
            added.location()
        );
        let page = writer.pages.get(&step(id, "details")).await.expect(200).text();
        assert!(
            page.contains(&format!("value=\"{theme}\" selected")),
            "what stood beside it is kept"
        );

        let address = address(&page);
        for variant in ["full", "card"] {
            let address = format!("{address}/{variant}");
            let seen = writer.pages.get(&address).await.expect(200);
            assert_eq!(seen.header("content-type"), "image/jpeg");
            assert_eq!(seen.header("x-content-type-options"), "nosniff");
            assert_eq!(seen.header("cache-control"), "private, no-store");
            assert!(seen.header("content-security-policy").contains("sandbox"));
            let bytes = String::from_utf8_lossy(&seen.body).into_owned();
            assert!(!bytes.contains(HIDDEN) && !bytes.contains("Exif"), "metadata came out");
            image::load_from_memory(&seen.body).expect("it is a picture");
            other.pages.get(&address).await.expect(404);
            city.visitor().get(&address).await.expect(404);
        }
        let disposition = writer.pages.get(&format!("{address}/full")).await;
        let disposition = disposition.header("content-disposition").to_owned();
        assert!(
            disposition.starts_with("inline; filename=\"casa mia _.jpg\""),
            "{disposition}"
        );

        send(&writer.pages, &step(id, "check"), &step(id, "check"), &[])
            .await
            .expect(303);
        let public = city.visitor().get(&format!("{address}/full")).await.expect(200);
        assert!(public.header("cache-control").contains("immutable"));
        city.visitor().get(&format!("{address}/original")).await.expect(404);
        send(&other.pages, "/it", &format!("{address}/remove"), &[])
            .await
            .expect(403);
        let removed = send(&writer.pages, &step(id, "details"), &format!("{address}/remove"), &[]).await;
        assert!(removed.expect(303).location().ends_with("done=file-removed#files"));
        city.visitor().get(&format!("{address}/full")).await.expect(404);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_picture_or_too_large_is_refused_and_the_form_comes_back() {
    city::with(async |city| {
        given::consultation(city).await;
        let writer = person::citizen(city, "scrive").await;
        let id = begun(&writer, "Orti per tutti").await;
        let theme = option(&writer.pages.get(&step(id, "details")).await.text(), "Verde");
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".to_vec();
        let page = b"<!doctype html><html><script>alert(1)</script></html>".to_vec();
        let large = vec![0xFF; civic::limits::UPLOAD_MAX_BYTES + 100];
        let broken = picture(ImageFormat::Png)[..40].to_vec();
        for (name, bytes, why) in [
            ("disegno.png", svg, "Questo tipo di file non è accettato"),
            ("pagina.png", page, "Questo tipo di file non è accettato"),
            ("grande.png", large, "Il file è troppo grande"),
            ("bomba.png", bomb(), "ha troppi pixel"),
            ("rotta.png", broken, "non si riesce a leggere"),
            ("vuoto.png", Vec::new(), "va compilato"),
        ] {
            let fields = [
                ("theme", theme.as_str()),
                ("lang", "ca"),
                ("description", "Che cosa si vede"),
            ];
            let text = upload(&writer.pages, id, &fields, name, &bytes)
                .await
                .expect(422)
                .text();
            assert!(
                text.contains("id=\"file-wrong\"") && text.contains(why),
                "{name}: {text}"
            );
            assert!(
                text.contains("value=\"Che cosa si vede\""),
                "{name}: the description comes back"
            );
            assert!(
                text.contains("value=\"ca\" selected"),
                "{name}: the language comes back"
            );
        }
        let nameless = upload(
            &writer.pages,
            id,
            &[("description", " ")],
            "orto.png",
            &picture(ImageFormat::Png),
        )
        .await;
        assert!(nameless.expect(422).text().contains("id=\"description-wrong\""));
        assert!(stored(city, &writer, id).await.attachments.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_file_sent_twice_is_there_once_and_going_on_takes_it_along() {
    city::with(async |city| {
        given::consultation(city).await;
        let writer = person::citizen(city, "scrive").await;
        let id = begun(&writer, "Orti per tutti").await;
        let details = step(id, "details");
        let keys = writer.pages.get(&details).await.expect(200).keys();
        let fields = with_keys(&keys, &[("description", "Un documento"), ("do", "next")]);
        let pdf = b"%PDF-1.4\n1 0 obj<<>>endobj\n%%EOF\n";
        for _ in 0..2 {
            let sent = writer
                .pages
                .post_file(&details, &fields, ("piano.pdf", pdf))
                .await
                .expect(303);
            assert_eq!(sent.location(), step(id, "place"));
        }
        let files = stored(city, &writer, id).await.attachments;
        assert_eq!(files.len(), 1);
        let other = ("altro.pdf", &b"%PDF-1.5\n%%EOF\n"[..]);
        writer.pages.post_file(&details, &fields, other).await.expect(303);
        let files = stored(city, &writer, id).await.attachments;
        assert_eq!(files.len(), 2, "with another file it is another form");
        let file = writer
            .pages
            .get(&format!("/it/attachments/{}/full", files[0].id))
            .await
            .expect(200);
        assert_eq!(
            file.header("content-disposition"),
            "attachment; filename=\"piano.pdf\"; filename*=UTF-8''piano.pdf"
        );
        assert_eq!(&file.body[..], pdf);
    })
    .await;
}
