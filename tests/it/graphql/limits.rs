//! What GraphQL refuses: other media types and methods, other sites' forms, and whatever is too large in any way.

use std::fmt::Write;
use std::time::Duration;

use civic::limits;
use http::{Method, Request};
use serde_json::{Value, json};
use tests::browser::Browser;
use tests::city::TestCity;
use tests::{city, given, outside, person};

use super::{code, data};

fn request(method: Method, media: &str, body: String) -> Request<bytes::Bytes> {
    let request = Request::builder()
        .method(method)
        .uri("/graphql")
        .header("content-type", media);
    request.body(body.into()).expect("a request")
}

#[tokio::test]
async fn only_json_is_read_and_only_by_post() {
    city::with(async |city| {
        let visitor = city.visitor();
        let asked = json!({ "query": "{ __typename }" }).to_string();
        for media in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "application/graphql",
        ] {
            let answer = visitor
                .send(request(Method::POST, media, asked.clone()))
                .await
                .expect(415);
            assert_eq!(code(&answer), "media_type_refused");
        }
        for media in [
            "application/json",
            "application/json; charset=utf-8",
            "Application/JSON",
        ] {
            data(visitor.send(request(Method::POST, media, asked.clone())).await);
        }
        for method in [Method::GET, Method::PUT, Method::DELETE] {
            let answer = visitor
                .send(request(method, "application/json", asked.clone()))
                .await
                .expect(405);
            assert_eq!(
                (code(&answer).as_str(), answer.header("allow")),
                ("method_refused", "POST, OPTIONS")
            );
        }
        let bad = visitor
            .send(request(Method::POST, "application/json", "{".to_owned()))
            .await
            .expect(400);
        assert_eq!(code(&bad), "bad_request");
        let elsewhere = visitor.get("/graphql/elsewhere").await.expect(404);
        assert_eq!(code(&elsewhere), "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_cross_site_form_cannot_act_since_cookies_are_not_looked_at() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let ada = person::citizen(city, "ada").await;
        let proposal = given::proposal(city, &ada, consultation, "Piste ciclabili sicure").await;
        let give = format!("mutation {{ supportGive(id: \"{proposal}\") {{ tally {{ supportCount }} }} }}");
        // Signed in by a cookie, and even with the right media type.
        let answer = ada.pages.graphql(&give, json!({})).await;
        assert_eq!(code(&answer), "unauthenticated");
        let form = ada.pages.post_form("/graphql", &[("query", &give)]).await.expect(415);
        assert_eq!(form.header("access-control-allow-credentials"), "");
        assert_eq!(form.header("access-control-allow-origin"), "*");

        let asked = json!({ "query": give }).to_string();
        let mut stale = request(Method::POST, "application/json", asked);
        stale
            .headers_mut()
            .insert("authorization", "Bearer arengo_nothing".parse().expect("a header"));
        let answer = city.visitor().send(stale).await.expect(401);
        assert_eq!(
            (code(&answer).as_str(), answer.header("www-authenticate")),
            ("unauthenticated", "Bearer")
        );
        let mut ask = request(Method::OPTIONS, "", String::new());
        ask.headers_mut()
            .insert("origin", "https://altrove.example".parse().expect("a header"));
        let preflight = city.visitor().send(ask).await.expect(204);
        assert_eq!(preflight.header("access-control-allow-methods"), "POST");
    })
    .await;
}

/// Documents that pass one limit each.
fn too_much() -> Vec<(&'static str, String)> {
    let aliases = |number: usize| {
        let mut fields = String::new();
        for alias in 0..number {
            write!(fields, "a{alias}: hasNextPage ").expect("memory");
        }
        format!("{{ consultations {{ pageInfo {{ {fields} }} }} }}")
    };
    let mut deep = "id".to_owned();
    for _ in 0..limits::GRAPHQL_DEPTH {
        deep = format!("id parent {{ {deep} }}");
    }
    let bomb = (0..40).fold(String::from("fragment f40 on Query { __typename } "), |text, number| {
        format!("{text} fragment f{number} on Query {{ ...f{0} ...f{0} }}", number + 1)
    });
    vec![
        ("aliases", aliases(limits::GRAPHQL_ALIASES + 1)),
        (
            "roots",
            format!("{{ {} }}", "__typename ".repeat(limits::GRAPHQL_ROOT_FIELDS + 1)),
        ),
        (
            "directives",
            format!(
                "{{ __typename {} }}",
                "@include(if: true) ".repeat(limits::GRAPHQL_DIRECTIVES + 1)
            ),
        ),
        ("depth", format!("{{ comment(id: \"com_0\") {{ {deep} }} }}")),
        (
            "cost",
            "{ proposals(first: 100) { edges { node { threads(first: 100) { edges { node { more } } } } } } }"
                .to_owned(),
        ),
        (
            "cost of answers",
            "{ proposals(first: 1) { edges { node { threads(first: 30) { edges { node { replies { id } } } } } } } }"
                .to_owned(),
        ),
        ("brackets", format!("{{ {} }}", "a{".repeat(500))),
        (
            "brackets in a value",
            format!("{{ nodes(ids: {}) {{ id }} }}", "[".repeat(2_000)),
        ),
        (
            "brackets hidden by strings",
            format!("{{ a(b: \"\"\"\\\"\"\" \"\"\") {} }}", "a{".repeat(500)),
        ),
        ("fragments", format!("{{ ...f0 }} {bomb}")),
        ("names", format!("{{ {} }}", "__typename ".repeat(2_000))),
    ]
}

#[tokio::test]
async fn every_limit_refuses_what_passes_it_and_lets_what_reaches_it() {
    city::with(async |city| {
        given::consultation(city).await;
        for (limit, document) in too_much() {
            let answer = city.visitor().graphql(&document, json!({})).await.expect(200);
            assert_eq!(code(&answer), "query_too_costly", "{limit}: {answer}");
        }
        let loops = city
            .visitor()
            .graphql("{ ...a } fragment a on Query { ...a }", json!({}))
            .await;
        assert_eq!(code(&loops), "bad_request");
        let roots = format!("{{ {} }}", "__typename ".repeat(limits::GRAPHQL_ROOT_FIELDS));
        data(city.visitor().graphql(&roots, json!({})).await);
        batches(city).await;
        let long = format!("{{ __typename }} #{}", "x".repeat(limits::GRAPHQL_BODY_MAX_BYTES));
        let answer = city.visitor().graphql(&long, json!({})).await.expect(413);
        assert_eq!(answer.json()["code"], "body_too_large");
    })
    .await;
}

async fn batches(city: &TestCity) {
    let of = |number: usize| Value::Array(vec![json!({ "query": "{ __typename }" }); number]);
    let many = of(limits::GRAPHQL_BATCH + 1);
    let answer = city
        .visitor()
        .send_json(Method::POST, "/graphql", &many)
        .await
        .expect(400);
    assert_eq!(code(&answer), "query_too_costly");
    let enough = city
        .visitor()
        .send_json(Method::POST, "/graphql", &of(limits::GRAPHQL_BATCH))
        .await
        .expect(200);
    assert_eq!(enough.json().as_array().map(Vec::len), Some(limits::GRAPHQL_BATCH));
    let none = city
        .visitor()
        .send_json(Method::POST, "/graphql", &json!([]))
        .await
        .expect(400);
    assert_eq!(code(&none), "bad_request");
}

#[tokio::test]
async fn the_page_for_trying_loads_only_our_own_files() {
    city::with(async |city| {
        let page = city.visitor().get("/graphiql").await.expect(200);
        let policy = page.header("content-security-policy").to_owned();
        assert!(
            policy.contains("script-src 'self';") && policy.contains("default-src 'none'"),
            "{policy}"
        );
        assert!(!page.text().contains("http"), "{page}");
        let addresses: Vec<String> = page
            .text()
            .split('"')
            .filter(|part| part.starts_with("/assets/"))
            .map(ToOwned::to_owned)
            .collect();
        assert_eq!(addresses.len(), 3);
        for address in addresses {
            city.visitor().get(&address).await.expect(200);
        }
        city.visitor()
            .send_json(Method::POST, "/graphiql", &json!({}))
            .await
            .expect(405);
        if !outside::without("browser") {
            let seen = Browser::new().visit(&format!("{}/graphiql", city.base), 1_280).await;
            assert!(seen.troubles.is_empty(), "{:#?}", seen.troubles);
        }
        // GraphiQL begins by asking for the whole schema.
        let whole = data(city.visitor().graphql(INTROSPECTION, json!({})).await);
        assert_eq!(whole["__schema"]["queryType"]["name"], "Query");
    })
    .await;
}

/// As long and as deep as the one that tools send.
const INTROSPECTION: &str = "query IntrospectionQuery { __schema { description queryType { name } mutationType { name }
    subscriptionType { name } types { ...FullType } directives { name description isRepeatable locations
    args(includeDeprecated: true) { ...InputValue } } } }
    fragment FullType on __Type { kind name description specifiedByURL fields(includeDeprecated: true) { name description
    args(includeDeprecated: true) { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }
    inputFields(includeDeprecated: true) { ...InputValue } interfaces { ...TypeRef }
    enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } }
    fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue isDeprecated
    deprecationReason }
    fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
    ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }";

/// A stream of numbers that is the same in each run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % limit as u64).expect("small")
    }
}

const PIECES: [&str; 44] = [
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ":",
    "$",
    "@",
    "!",
    "...",
    "\"",
    "\"\"\"",
    "#",
    "\\",
    "query",
    "mutation",
    "subscription",
    "fragment f on Query",
    "...f",
    "on Proposal",
    "proposals",
    "search(text: \"a\")",
    "first: 99999999999",
    "first: -1",
    "after: \"AAAA\"",
    "id: \"prp_0\"",
    "node(id: \"x\")",
    "edges",
    "node",
    "threads",
    "id",
    "__typename",
    "__schema { types { name } }",
    "me",
    "null",
    "1e999",
    "$v",
    "@include(if: $v)",
    "@skip(if: true)",
    "a: ",
    "\u{0}",
    "\u{202e}",
    "\u{feff}",
];

#[tokio::test]
async fn hostile_documents_are_answered_or_refused_without_a_fault_of_ours() {
    city::with(async |city| {
        let consultation = given::consultation(city).await;
        let ada = person::citizen(city, "ada").await;
        given::proposal(city, &ada, consultation, "Piste ciclabili sicure").await;
        let mut chance = Chance(20_261_124);
        for number in 0..400 {
            let length = 1 + chance.below(60);
            let mut document = String::from(if number % 3 == 0 { "{ " } else { "" });
            for _ in 0..length {
                document.push_str(PIECES[chance.below(PIECES.len())]);
                document.push(' ');
            }
            let variables = match chance.below(4) {
                0 => json!({}),
                1 => json!({ "v": true }),
                2 => json!({ "v": { "a": [[[[1]]]] } }),
                _ => Value::Null,
            };
            let asked = ada.api.graphql(&document, variables);
            let answer = tokio::time::timeout(Duration::from_secs(10), asked)
                .await
                .expect("in time");
            assert!(!answer.status.is_server_error(), "{document}: {answer}");
            let said = answer.text().to_lowercase();
            for inside in ["panick", "sqlx", "sea_orm", "stack", "src/"] {
                assert!(!said.contains(inside), "{document}: {answer}");
            }
        }
    })
    .await;
}
