//! The map of proposals: every part of the city with the number that the list shows there, and the way to them.

use civic::consultation::{DistrictKind, read};
use civic::proposal::{Point, ProposalInput};
use server::districts::{Shape, import};
use tests::person::citizen;
use tests::{city, given};

/// Bytes of the page with a city's ninety quarters on it, before they are compressed.
const PAGE_MAX_BYTES: usize = 120_000;

#[tokio::test]
async fn each_part_of_the_city_stands_on_the_map_with_its_number_and_leads_to_its_proposals() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let author = citizen(city, "autrice").await;
        let cx = author.cx(city).await;
        let districts = read::districts(&cx, consultation).await.expect("read");
        let themes = read::themes(&cx, consultation).await.expect("read");
        for number in 0..3 {
            let input = ProposalInput {
                title: Some(format!("Piste ciclabili numero {number}")),
                body: Some(given::BODY.to_owned()),
                theme: Some(Some(themes[number % 2].id)),
                district: Some(Some(districts[0].id)),
                point: Some(Point::on_globe(45_450_000, 9_150_000)),
                ..ProposalInput::default()
            };
            let id = civic::proposal::write::begin(&cx, consultation, input)
                .await
                .expect("kept");
            civic::proposal::write::publish(&cx, id).await.expect("public");
        }
        let reader = city.visitor();
        let list = format!(
            "/it/proposals?consultation={}&theme={}&sort=newest",
            given::SLUG,
            themes[0].id
        );
        let way = list.replace("/proposals?", "/proposals/map?");
        let page = reader.get(&list).await.expect(200).text();
        assert!(
            page.contains(&way.replace('&', "&#38;")),
            "the list leads to its map: {page}"
        );
        let map = reader.get(&way).await.expect(200).text();
        let first = format!("{list}&district={}", districts[0].id).replace('&', "&amp;");
        let drawn = format!(
            "<a href=\"{first}\" aria-label=\"Municipio 1: 2 proposte\"><title>Municipio 1: 2 proposte</title>"
        );
        assert!(map.contains(&drawn), "{map}");
        assert!(
            map.contains("<g role=\"img\" aria-label=\"Municipio 2: 0 proposte\">"),
            "{map}"
        );
        assert!(map.contains(">2</text>") && map.contains(">0</text>"), "{map}");
        assert_eq!(map.matches("<circle").count(), 2, "the points of what the list shows");
        assert!(
            map.contains("Mobilità") && map.contains("Guarda come elenco"),
            "the filter in force is told: {map}"
        );
        let there = reader.get(&first.replace("&amp;", "&")).await.expect(200).text();
        assert_eq!(there.matches("<article").count(), 2, "{there}");
    })
    .await;
}

#[tokio::test]
async fn where_no_outlines_are_known_no_map_is_shown() {
    city::with(async |city| {
        given::another_consultation(city, "altrove").await;
        let list = city
            .visitor()
            .get("/it/proposals?consultation=altrove&sort=newest")
            .await;
        assert!(!list.expect(200).text().contains("/proposals/map"));
        city.visitor()
            .get("/it/proposals/map?consultation=altrove")
            .await
            .expect(404);
        city.visitor().get("/it/proposals/map").await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn the_quarters_of_the_real_city_make_a_light_page() {
    let Some(data) = std::env::var_os("ARENGO_DATA") else {
        println!("without the real data: nothing to weigh");
        return;
    };
    city::with(async |city| {
        given::another_consultation(city, "altrove").await;
        let shape = Shape {
            kind: DistrictKind::Quarter,
            code: "id_nil".to_owned(),
            name: "nil".to_owned(),
        };
        let file = std::path::Path::new(&data).join("milan/nil.geojson");
        import(&city.city, None, &file, &shape).await.expect("read");
        let page = city
            .visitor()
            .get("/it/proposals/map?consultation=altrove")
            .await
            .expect(200)
            .text();
        assert_eq!(page.matches("<path fill").count(), 88);
        assert!(page.len() < PAGE_MAX_BYTES, "{} bytes", page.len());
    })
    .await;
}
