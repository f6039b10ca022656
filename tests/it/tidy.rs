//! The picture in the README, asserted, so that it cannot rot: where things live, how they are named, what is not done.
//! Every rule is a table and one loop over the tracked files. To change a rule, change its table and say why in the commit.
//! Absent: what the compiler, rustfmt and clippy already see.

mod simulated;
mod source;
mod words;

use std::collections::BTreeSet;

use source::{FILES, File, is_in, places, product, rust};
use toml::Table;

/// One dependency, one home: the only files that may name it. A crate depends on it only if its home is in there.
const HOMES: &[(&str, &[&str])] = &[
    ("ammonia", &["civic/src/text.rs"]),
    ("askama", &["web/"]),
    ("async-stripe", &["server/"]),
    ("async-stripe-checkout", &["server/"]),
    ("async-stripe-core", &["server/"]),
    ("async-stripe-shared", &["server/"]),
    ("async-stripe-types", &["server/"]),
    ("async-graphql", &["api/"]),
    ("async-graphql-poem", &["api/"]),
    ("clap", &["server/"]),
    ("figment", &["server/"]),
    ("htmd", &["civic/src/text/import_html.rs"]),
    ("hyper", &["server/", "civic/src/files/"]),
    ("image", &["civic/src/picture.rs"]),
    ("krilla", &["web/src/paper.rs", "web/src/paper/"]),
    ("lettre", &["server/src/smtp.rs"]),
    ("object_store", &["civic/src/files.rs", "civic/src/files/"]),
    ("poem", &["api/", "web/", "server/"]),
    ("poem-openapi", &["api/"]),
    ("pulldown-cmark", &["civic/src/text.rs"]),
    ("sea-orm", &["civic/", "migrations/"]),
    ("sea-orm-migration", &["migrations/", "server/"]),
    ("skrifa", &["web/src/paper/set.rs"]),
    ("sqlx", &["civic/src/db.rs"]),
    // What async-stripe's crates are called in code.
    ("stripe_checkout", &["server/src/stripe.rs"]),
    ("stripe_core", &["server/src/stripe.rs"]),
    ("stripe_shared", &["server/src/stripe.rs", "server/src/stripe/"]),
    ("stripe_types", &["server/src/stripe.rs"]),
    ("tantivy", &["search/"]),
    ("iban_validate", &["civic/"]),
    ("quick-xml", &["civic/"]),
    ("whatlang", &["civic/src/text/lang.rs"]),
];

/// Who may build on whom. `tests` may on everybody, and nobody on `tests`.
const CRATES: &[(&str, &[&str])] = &[
    ("civic", &[]),
    ("search", &[]),
    ("migrations", &[]),
    ("api", &["civic"]),
    ("web", &["civic"]),
    ("server", &["civic", "api", "web", "search", "migrations"]),
];

const SQL: &[&str] = &[
    "civic/src/*/store.rs",
    "civic/src/donation/store/",
    "civic/src/member/store/",
    "civic/src/proposal/store/",
    "civic/src/audit.rs",
    "civic/src/db.rs",
    "civic/src/mail/queue.rs",
    "civic/src/outbox.rs",
    "civic/src/outbox/",
    "civic/src/rate.rs",
    "civic/src/repeat.rs",
    "migrations/",
];
const CLOCK: &[&str] = &["civic/src/time.rs"];
const STOPWATCH: &[&str] = &["server/src/guard.rs", "server/src/guard/"];
const TERMINAL: &[&str] = &[
    "server/src/main.rs",
    "server/src/terminal.rs",
    "server/src/command.rs",
    "server/src/command/",
];

/// Words that product code says only in these files.
const WORDS: &[(&str, &[&str], &str)] = &[
    ("todo!", &[], "what is not there is left out"),
    ("unimplemented!", &[], "what is not there is left out"),
    ("dbg!", &[], "it was for one afternoon"),
    (
        ".unwrap()",
        &[],
        "an error is handled, or `expect` says why there is none",
    ),
    (
        "println!",
        TERMINAL,
        "only commands talk to a terminal; the rest traces",
    ),
    (
        "eprintln!",
        TERMINAL,
        "only commands talk to a terminal; the rest traces",
    ),
    ("print!", TERMINAL, "only commands talk to a terminal; the rest traces"),
    ("SystemTime::now", CLOCK, "the clock is read once per operation"),
    ("Timestamp::now", CLOCK, "the clock is read once per operation"),
    ("Zoned::now", CLOCK, "the clock is read once per operation"),
    ("Utc::now", CLOCK, "the clock is read once per operation"),
    (
        "Instant::now",
        STOPWATCH,
        "only deadlines of the listener need a stopwatch",
    ),
    ("sea_query", SQL, "SQL stands in store.rs"),
    ("EntityTrait", SQL, "SQL stands in store.rs"),
    ("ConnectionTrait", SQL, "SQL stands in store.rs"),
    ("execute_unprepared", SQL, "SQL stands in store.rs"),
];

/// Words that no test says.
const TEST_WORDS: &[(&str, &str)] = &[
    ("#[ignore", "a test that is not run tells nothing"),
    ("sleep(", "wait for the thing itself; a manual clock moves time"),
    ("todo!", "what is not there is left out"),
    ("dbg!", "it was for one afternoon"),
];

/// Names that say nothing.
const EMPTY_NAMES: &[&str] = &["Manager", "Service", "Helper", "Helpers", "Util", "Utils", "Dto", "DTO"];

/// A noun's folder in `civic/src` holds these, beside `<noun>.rs`; a large noun has more, one for each use case.
const NOUN_FILES: &[&str] = &["read.rs", "store.rs", "write.rs"];

/// Folders in `civic/src` that are no nouns, but parts of one file.
const NO_NOUNS: &[&str] = &[
    "civic/src/documents",
    "civic/src/files",
    "civic/src/mail",
    "civic/src/outbox",
    "civic/src/text",
];

/// Template folders that belong to no single page.
const SHARED_TEMPLATES: &[&str] = &["letters", "parts"];

const MOST_LINES: usize = 500;
const LONG_FILES: &[&str] = &[".rs", ".mjs", ".js", ".sh", ".html", ".scss", ".ftl"];

/// A number this large is a limit, and has its name and reason in `civic/src/limits.rs` or in a constant. (1,000 is exempt:
/// it turns milliseconds into seconds.)
const LARGE: u64 = 1_000;

/// What must stand in no file: places of one machine, and where packages are downloaded from. In two pieces each, so that
/// this file too is free of them.
const LOCAL: &[&str] = &[
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/wo", "rk/"),
    concat!("registry.", "npmjs."),
    concat!("static.", "crates.io"),
    concat!("python", "hosted.org"),
    concat!("deb.", "debian.org"),
];

#[track_caller]
fn none(faults: Vec<String>) {
    assert!(faults.is_empty(), "\n  {}\n", faults.join("\n  "));
}

fn manifest(name: &str) -> Table {
    let path = format!("{name}/Cargo.toml");
    let file = FILES
        .iter()
        .find(|file| file.path == path)
        .unwrap_or_else(|| panic!("no {path}"));
    file.text.parse().expect("a manifest is TOML")
}

fn dependencies(name: &str) -> BTreeSet<String> {
    let manifest = manifest(name);
    let tables = ["dependencies", "dev-dependencies", "build-dependencies"].map(|kind| manifest.get(kind));
    tables
        .into_iter()
        .flatten()
        .filter_map(|table| table.as_table())
        .flat_map(|table| table.keys().cloned())
        .collect()
}

#[test]
fn every_dependency_has_one_home() {
    let mut faults = vec![];
    for (name, _) in CRATES {
        let folder = format!("{name}/");
        for (dependency, homes) in HOMES
            .iter()
            .filter(|(dependency, _)| dependencies(name).contains(*dependency))
        {
            if !homes.iter().any(|home| home.starts_with(&folder)) {
                faults.push(format!("{name}/Cargo.toml: {dependency} is at home in {homes:?}"));
            }
        }
    }
    for file in product() {
        for (dependency, homes) in HOMES.iter().filter(|(_, homes)| !is_in(&file.path, homes)) {
            let word = format!("{}::", dependency.replace('-', "_"));
            let named = places(file.product_code(), &word)
                .map(|at| format!("{}: {dependency} is at home in {homes:?}", file.at(at)));
            faults.extend(named);
        }
    }
    none(faults);
}

#[test]
fn crates_build_on_each_other_only_as_drawn() {
    let mut faults = vec![];
    let ours: BTreeSet<&str> = CRATES.iter().map(|(name, _)| *name).chain(["tests"]).collect();
    for (name, on) in CRATES {
        let others = dependencies(name)
            .into_iter()
            .filter(|other| ours.contains(other.as_str()));
        faults.extend(
            others
                .filter(|other| !on.contains(&other.as_str()))
                .map(|other| format!("{name} builds on {other}")),
        );
    }
    none(faults);
}

#[test]
fn versions_of_libraries_stand_in_one_list() {
    let mut faults = vec![];
    for name in CRATES.iter().map(|(name, _)| *name).chain(["tests"]) {
        for (kind, table) in manifest(name).iter().filter(|(kind, _)| kind.ends_with("dependencies")) {
            for (dependency, value) in table.as_table().into_iter().flatten() {
                if value.get("workspace").and_then(|value| value.as_bool()) != Some(true) {
                    faults.push(format!(
                        "{name}/Cargo.toml: {kind}.{dependency} has its version in the root Cargo.toml"
                    ));
                }
            }
        }
    }
    none(faults);
}

#[test]
fn a_file_can_be_read_in_one_sitting_and_says_first_what_it_is() {
    let mut faults = vec![];
    for file in FILES
        .iter()
        .filter(|file| LONG_FILES.iter().any(|end| file.path.ends_with(end)))
    {
        let lines = file.text.lines().count();
        if lines > MOST_LINES {
            faults.push(format!("{}: {lines} lines, at most {MOST_LINES}", file.path));
        }
    }
    faults.extend(
        rust()
            .filter(|file| !file.text.starts_with("//! "))
            .map(|file| format!("{}: does not open with //!", file.path)),
    );
    none(faults);
}

#[test]
fn some_words_are_said_only_where_they_belong() {
    let mut faults = vec![];
    for file in product() {
        for (word, _, why) in WORDS.iter().filter(|(_, homes, _)| !is_in(&file.path, homes)) {
            faults.extend(places(file.product_code(), word).map(|at| format!("{}: {word} ({why})", file.at(at))));
        }
    }
    none(faults);
}

#[test]
fn tests_neither_sleep_nor_are_skipped() {
    let mut faults = vec![];
    for file in rust() {
        let from = if file.crate_name() == "tests" {
            0
        } else {
            file.product_code().len()
        };
        for (word, why) in TEST_WORDS {
            faults.extend(places(&file.code[from..], word).map(|at| format!("{}: {word} ({why})", file.at(from + at))));
        }
    }
    none(faults);
}

#[test]
fn names_of_tests_are_sentences() {
    let mut faults = vec![];
    for file in rust() {
        for (at, _) in file.code.match_indices("test]\n") {
            let after = &file.code[at..];
            let Some(name) = after
                .split_once("fn ")
                .and_then(|(_, rest)| rest.split(['(', '<']).next())
            else {
                continue;
            };
            if name.split('_').count() < 3 {
                faults.push(format!("{}: {name} says too little", file.at(at)));
            }
        }
    }
    none(faults);
}

#[test]
fn no_sql_is_built_from_strings() {
    let verbs = ["select ", "insert into", "update ", "delete from"];
    let is_sql = |text: &str| {
        let text = text.trim_start().to_lowercase();
        verbs.iter().any(|verb| text.starts_with(verb))
            && (text.contains(" from ") || text.contains(" set ") || text.contains("into"))
    };
    let mut faults = vec![];
    for file in product() {
        let built = file
            .product_literals()
            .filter(|(_, text)| is_sql(text) && text.contains('{'));
        faults.extend(built.map(|(line, _)| format!("{}:{line}: values are bound, names are constants", file.path)));
    }
    none(faults);
}

#[test]
fn names_say_something() {
    let mut faults = vec![];
    for file in rust() {
        for kind in ["struct ", "enum ", "trait ", "type ", "mod ", "fn "] {
            for at in places(&file.code, kind) {
                let name: String = file.code[at + kind.len()..]
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect();
                if parts(&name)
                    .iter()
                    .any(|part| EMPTY_NAMES.iter().any(|empty| empty.eq_ignore_ascii_case(part)))
                {
                    faults.push(format!("{}: {name}", file.at(at)));
                }
            }
        }
    }
    none(faults);
}

/// The words of a name: `SafeHtml` and `safe_html` are two.
fn parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut small = false;
    for letter in name.chars() {
        if letter == '_' || (letter.is_uppercase() && small) {
            parts.push(String::new());
        }
        small = letter.is_lowercase();
        if letter != '_' {
            parts.last_mut().expect("never empty").push(letter);
        }
    }
    parts
}

#[test]
fn a_noun_is_always_the_same_four_files() {
    let below = |file: &&File| file.path.starts_with("civic/src/") && file.path.matches('/').count() == 3;
    let folders: BTreeSet<&str> = FILES
        .iter()
        .filter(below)
        .filter_map(|file| file.path.rsplit_once('/'))
        .map(|(folder, _)| folder)
        .collect();
    let mut faults = vec![];
    for folder in folders.iter().filter(|folder| !NO_NOUNS.contains(folder)) {
        let wanted = NOUN_FILES
            .iter()
            .map(|name| format!("{folder}/{name}"))
            .chain([format!("{folder}.rs")]);
        let missing = wanted.filter(|path| !FILES.iter().any(|file| file.path == *path));
        faults.extend(missing.map(|path| format!("{path} is missing")));
    }
    none(faults);
}

#[test]
fn templates_mirror_the_pages_that_fill_them() {
    let names = |folder: &str, depth: usize| -> BTreeSet<String> {
        let paths = FILES.iter().filter_map(|file| file.path.strip_prefix(folder));
        let names = paths
            .filter(|path| path.split('/').count() > depth)
            .filter_map(|path| path.split('/').next());
        names.map(|name| name.trim_end_matches(".rs").to_owned()).collect()
    };
    let pages = names("web/src/pages/", 0);
    let templates = names("web/templates/", 1);
    let lost = templates
        .iter()
        .filter(|name| !SHARED_TEMPLATES.contains(&name.as_str()) && !pages.contains(*name));
    none(
        lost.map(|name| format!("web/templates/{name}: there is no web/src/pages/{name}.rs"))
            .collect(),
    );
}

#[test]
fn large_numbers_have_names_and_reasons() {
    let mut faults = vec![];
    for file in product().filter(|file| file.path != "civic/src/limits.rs" && file.crate_name() != "migrations") {
        let mut at = 0;
        for line in file.product_code().split_inclusive('\n') {
            let named = line.contains("const ") || line.contains("static ");
            let large = line
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .filter(|word| !named && is_large(word));
            faults.extend(large.map(|number| format!("{}: {number} has no name", file.at(at))));
            at += line.len();
        }
    }
    none(faults);
}

fn is_large(word: &str) -> bool {
    let digits = word.trim_end_matches(|c: char| c.is_alphabetic()).replace('_', "");
    let digits = digits.trim_end_matches(['i', 'u', 'f']);
    word.starts_with(|c: char| c.is_ascii_digit()) && digits.parse().is_ok_and(|number: u64| number > LARGE)
}

#[test]
fn no_file_knows_the_machine_it_was_written_on() {
    let mut faults = vec![];
    for file in FILES.iter().filter(|file| file.path != "Cargo.lock") {
        for word in LOCAL {
            let begins = |at: &usize| !file.text[..*at].ends_with(|c: char| c.is_alphanumeric() || "_./-".contains(c));
            let found = file
                .text
                .match_indices(word)
                .map(|(at, _)| at)
                .filter(|at| !word.starts_with('/') || begins(at));
            faults.extend(found.map(|at| format!("{}: {word}", file.at(at))));
        }
        if file.path.ends_with("package-lock.json") && file.text.contains("\"resolved\":") {
            faults.push(format!("{}: carries download addresses", file.path));
        }
    }
    none(faults);
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut faults = vec![];
    // The texts of the house are pages: their links are addresses, which `text.rs` follows.
    let is_document = |file: &&File| file.path.ends_with(".md") && !file.path.starts_with("web/texts/");
    for file in FILES.iter().filter(is_document) {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let targets = file
            .text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split([')', '#']).next());
        for target in targets.filter(|target| !target.is_empty() && !target.contains(':')) {
            if !tests::outside::root().join(folder).join(target).exists() {
                faults.push(format!("{}: {target}", file.path));
            }
        }
    }
    none(faults);
}
