//! The interface for programs is a promise: its committed description is what the program serves, and a difference is a
//! change that somebody decided.
//!
//! To write it anew: `ARENGO_BLESS=1 cargo test --workspace --test it -- contract`.

use civic::Settings;
use civic::time::Zone;
use tests::outside::root;

/// The installation that the committed description speaks of.
fn example() -> Settings {
    Settings {
        city_name: "Comune di Milano".to_owned(),
        base_url: "https://arengo.example.org".to_owned(),
        zone: Zone::named("Europe/Rome").expect("Rome is in the list"),
        contact_email: "aiuto@example.org".to_owned(),
        accessibility_declaration: String::new(),
        custodian: "Fondazione di Comunità Milano".to_owned(),
        custodian_iban: String::new(),
        city_iban: String::new(),
        demonstration: false,
    }
}

#[track_caller]
fn assert_committed(path: &str, served: &str) {
    let file = root().join(path);
    if std::env::var_os("ARENGO_BLESS").is_some() {
        std::fs::write(&file, served).expect("the file can be written");
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == served,
        "{path} is out of date: `ARENGO_BLESS=1 cargo test --workspace --test it -- contract` writes it anew"
    );
}

#[test]
fn the_committed_description_of_rest_is_what_is_served() {
    assert_committed("api/openapi.json", &api::rest::openapi(&example()));
}

#[test]
fn the_committed_schema_of_graphql_is_what_is_served() {
    assert_committed("api/schema.graphql", &api::graphql::sdl());
}

#[test]
fn everything_in_the_schema_of_graphql_says_what_it_is() {
    let schema = api::graphql::sdl();
    let mut lines = schema.lines().map(str::trim).peekable();
    let mut silent = Vec::new();
    let mut described = false;
    let mut inside = false;
    while let Some(line) = lines.next() {
        if line.starts_with("\"\"\"") {
            // A description opens and closes on lines of its own.
            while lines.next().is_some_and(|line| !line.starts_with("\"\"\"")) {}
            described = true;
            continue;
        }
        let ours = !line.starts_with("directive ") && !line.starts_with("schema ") && !line.is_empty();
        match line {
            "}" => inside = false,
            _ if line.ends_with('{') => inside = !line.starts_with("schema"),
            _ => {}
        }
        let said =
            !line.starts_with(['}', ')']) && ours && (inside || line.ends_with('{') || line.starts_with("scalar "));
        if said && !described {
            silent.push(line.to_owned());
        }
        described = false;
    }
    assert!(silent.is_empty(), "{silent:#?}");
}
