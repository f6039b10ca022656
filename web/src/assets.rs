//! The stylesheet, the script, the icons and the fonts, embedded in the program.
//!
//! Rule: a file's name holds a hash of its content, so it is kept by browsers forever and never goes stale.

use std::collections::HashMap;
use std::sync::LazyLock;

use poem::http::{StatusCode, header};
use poem::{Request, Response, handler};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/assets/dist"]
#[allow_missing = true]
struct Dist;

static MANIFEST: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    Dist::get("manifest.json")
        .and_then(|file| serde_json::from_slice(&file.data).ok())
        .unwrap_or_default()
});

/// The address of a built file by its plain name, such as `arengo.css`.
#[must_use]
pub fn asset(name: &str) -> String {
    format!("/assets/{}", MANIFEST.get(name).map_or(name, String::as_str))
}

/// The bytes of a built file by its plain name; none where nothing was built.
#[must_use]
pub fn bytes(name: &str) -> Option<Vec<u8>> {
    Some(Dist::get(MANIFEST.get(name)?)?.data.into_owned())
}

/// Serves a built file, compressed as the browser likes it best.
#[handler]
pub fn serve(request: &Request) -> Response {
    let name = request.raw_path_param("file").unwrap_or("");
    let accepted = request.header(header::ACCEPT_ENCODING).unwrap_or("");
    let compressed = [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .find_map(|(coding, ending)| {
            let takes = accepted
                .split(',')
                .any(|part| part.trim().split(';').next() == Some(coding));
            takes.then(|| Dist::get(&format!("{name}{ending}")).map(|file| (coding, file)))?
        });
    let Some(plain) = media_type(name)
        .filter(|_| name != "manifest.json")
        .and_then(|kind| Some((kind, Dist::get(name)?)))
    else {
        return StatusCode::NOT_FOUND.into();
    };
    let (kind, file) = plain;
    let answer = Response::builder()
        .header(header::CONTENT_TYPE, kind)
        .header(header::CACHE_CONTROL, "public, max-age=31536000, immutable")
        .header(header::VARY, "accept-encoding");
    match compressed {
        Some((coding, small)) => answer
            .header(header::CONTENT_ENCODING, coding)
            .body(small.data.into_owned()),
        None => answer.body(file.data.into_owned()),
    }
}

fn media_type(name: &str) -> Option<&'static str> {
    let (_, ending) = name.rsplit_once('.')?;
    Some(match ending {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        "png" => "image/png",
        _ => return None,
    })
}
