//! Districts from a file: what can be read goes in, the rest is named, and a second time changes nothing.

use civic::consultation::read::{districts, outlines};
use civic::consultation::write::put_districts;
use civic::consultation::{DistrictKind, NewDistrict};
use civic::error::Error;
use civic::language::Localised;
use civic::limits::{DISTRICT_CODE_MAX_CHARS, TITLE_MAX_CHARS};
use server::districts::{Shape, import};
use tests::{city, given};

fn fixture() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/districts.geojson")
}

fn quarters() -> Shape {
    Shape {
        kind: DistrictKind::Quarter,
        code: "id_nil".to_owned(),
        name: "nil".to_owned(),
    }
}

#[tokio::test]
async fn quarters_of_a_file_go_in_once_and_bad_features_are_named() {
    city::with(async |city| {
        let id = given::consultation(city).await;
        let report = import(&city.city, None, &fixture(), &quarters()).await.expect("read");
        assert_eq!((report.put.new, report.put.same), (2, 0));
        let said: Vec<&str> = report.problems.iter().map(String::as_str).collect();
        assert_eq!(said.len(), 3, "{said:?}");
        assert!(
            said.iter()
                .any(|problem| problem.starts_with("feature 3: it has no geometry"))
        );
        assert!(
            said.iter()
                .any(|problem| problem.starts_with("feature 4: it has no property id_nil"))
        );
        assert!(said.iter().any(|problem| problem.contains("another projection")));

        let again = import(&city.city, Some(given::SLUG), &fixture(), &quarters())
            .await
            .expect("read");
        assert_eq!((again.put.new, again.put.changed, again.put.same), (0, 0, 2));

        let cx = city.city.system();
        let all = districts(&cx, id).await.expect("read");
        let names = |kind| {
            all.iter()
                .filter(move |part| part.kind == kind)
                .map(|part| part.name.get(cx.language))
        };
        let found: Vec<&str> = names(DistrictKind::Quarter).collect();
        assert_eq!(found, ["Corte Vecchia", "Città dei Mulini"]);
        assert_eq!(names(DistrictKind::District).count(), 2, "those that were there stay");
    })
    .await;
}

#[tokio::test]
async fn a_district_that_is_there_gets_the_outline_of_the_file() {
    city::with(async |city| {
        let id = given::consultation(city).await;
        let shape = Shape {
            kind: DistrictKind::District,
            ..quarters()
        };
        let report = import(&city.city, None, &fixture(), &shape).await.expect("read");
        assert_eq!((report.put.new, report.put.changed), (0, 2));
        let found = outlines(&city.city.system(), id).await.expect("read");
        let second = found.iter().find(|(part, _)| part.code == "2").expect("there");
        assert!(second.1.holds(9_230_000, 45_410_000), "the island belongs to it");
        assert_eq!(
            second.0.name.get(civic::language::Language::It),
            "Municipio 2",
            "its name stays"
        );
    })
    .await;
}

#[tokio::test]
async fn the_88_quarters_of_milan_go_in_whole_where_the_real_file_is_at_hand() {
    let Some(data) = tests::outside::real_data() else {
        println!("ARENGO_DATA is not set: only the fixture was read");
        return;
    };
    city::with(async |city| {
        given::consultation(city).await;
        let file = data.join("milan/nil.geojson");
        let report = import(&city.city, None, &file, &quarters()).await.expect("read");
        assert_eq!(
            (report.put.new, report.problems.len()),
            (88, 0),
            "{:?}",
            report.problems
        );
    })
    .await;
}

#[tokio::test]
async fn a_code_or_a_name_over_its_limit_is_refused_whichever_way_it_comes() {
    city::with(async |city| {
        let id = given::consultation(city).await;
        let cx = city.city.system();
        let district = |code: String, name: String| NewDistrict {
            kind: DistrictKind::Quarter,
            code,
            name: Localised::same(&name),
            outline: None,
        };
        for (code, name) in [
            ("x".repeat(DISTRICT_CODE_MAX_CHARS + 1), "Isola".to_owned()),
            ("".to_owned(), "Isola".to_owned()),
            ("9".to_owned(), "x".repeat(TITLE_MAX_CHARS + 1)),
        ] {
            let refused = put_districts(&cx, id, vec![district(code.clone(), name.clone())]).await;
            assert!(matches!(refused, Err(Error::Invalid(_))), "{code} {name}: {refused:?}");
        }
        let fits = district("x".repeat(DISTRICT_CODE_MAX_CHARS), "x".repeat(TITLE_MAX_CHARS));
        let put = put_districts(&cx, id, vec![fits.clone(), fits]).await.expect("put");
        assert_eq!((put.new, put.same), (1, 1));
    })
    .await;
}
