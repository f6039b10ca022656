//! The words of pages and errors: the same in both languages, none missing, none left over.

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::{Attribute, Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;

use super::none;
use super::source::{FILES, places, product};

const LANGUAGES: [&str; 2] = ["it", "en"];

/// How pages ask for their words: what comes between these quotes is a key of `web/locales`.
const SAYING: &[&str] = &["t(\"", "t_with(\"", "say(\""];

/// A message, or an attribute of one, and the arguments that its text takes.
type Messages = BTreeMap<String, BTreeSet<String>>;

/// Every folder of languages with what each language says in it.
fn locales() -> BTreeMap<String, BTreeMap<String, Messages>> {
    let mut locales: BTreeMap<String, BTreeMap<String, Messages>> = BTreeMap::new();
    for file in FILES.iter().filter(|file| file.path.ends_with(".ftl")) {
        let mut parts = file.path.rsplitn(3, '/').skip(1);
        let (Some(language), Some(folder)) = (parts.next(), parts.next()) else {
            panic!("{} is at no language", file.path)
        };
        let messages = locales
            .entry(folder.to_owned())
            .or_default()
            .entry(language.to_owned())
            .or_default();
        for (key, arguments) in read(&file.path, &file.text) {
            assert!(
                messages.insert(key.clone(), arguments).is_none(),
                "{}: {key} is said twice",
                file.path
            );
        }
    }
    locales
}

fn read(path: &str, text: &str) -> Vec<(String, BTreeSet<String>)> {
    let resource = parser::parse(text).unwrap_or_else(|(_, errors)| panic!("{path}: {errors:?}"));
    let mut read = vec![];
    for entry in resource.body {
        let (name, value, attributes) = match entry {
            Entry::Message(message) => (message.id.name.to_owned(), message.value, message.attributes),
            Entry::Term(term) => (format!("-{}", term.id.name), Some(term.value), term.attributes),
            _ => continue,
        };
        for Attribute { id, value } in attributes {
            read.push((format!("{name}.{}", id.name), arguments_of(&value)));
        }
        read.push((name, value.as_ref().map(arguments_of).unwrap_or_default()));
    }
    read
}

fn arguments_of(pattern: &Pattern<&str>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            gather(expression, &mut found);
        }
    }
    found
}

fn gather(expression: &Expression<&str>, found: &mut BTreeSet<String>) {
    let mut inline = |inline: &InlineExpression<&str>| match inline {
        InlineExpression::VariableReference { id } => {
            found.insert(id.name.to_owned());
        }
        InlineExpression::FunctionReference { arguments, .. } => {
            for argument in &arguments.positional {
                if let InlineExpression::VariableReference { id } = argument {
                    found.insert(id.name.to_owned());
                }
            }
        }
        _ => {}
    };
    match expression {
        Expression::Inline(InlineExpression::Placeable { expression }) => gather(expression, found),
        Expression::Inline(expression) => inline(expression),
        Expression::Select { selector, variants } => {
            inline(selector);
            variants
                .iter()
                .for_each(|variant| found.extend(arguments_of(&variant.value)));
        }
    }
}

#[test]
fn both_languages_say_the_same_things_with_the_same_arguments() {
    let mut faults = vec![];
    for (folder, languages) in locales() {
        let silent = Messages::new();
        let [first, second] = LANGUAGES.map(|language| languages.get(language).unwrap_or(&silent));
        for key in first.keys().chain(second.keys()).collect::<BTreeSet<_>>() {
            match (first.get(key), second.get(key)) {
                (Some(a), Some(b)) if a == b => {}
                (Some(a), Some(b)) => faults.push(format!(
                    "{folder}: {key} takes {a:?} in one language and {b:?} in the other"
                )),
                (None, _) => faults.push(format!("{folder}: {key} is not said in {}", LANGUAGES[0])),
                (_, None) => faults.push(format!("{folder}: {key} is not said in {}", LANGUAGES[1])),
            }
        }
    }
    none(faults);
}

#[test]
fn every_word_that_pages_ask_for_is_there() {
    let locales = locales();
    let Some(words) = locales
        .get("web/locales")
        .and_then(|languages| languages.get(LANGUAGES[0]))
    else {
        return;
    };
    let mut faults = vec![];
    for file in FILES
        .iter()
        .filter(|file| file.path.starts_with("web/templates/") || file.path.starts_with("web/src/"))
    {
        for (saying, at) in SAYING
            .iter()
            .flat_map(|saying| places(&file.text, saying).map(move |at| (saying, at)))
        {
            let key = file.text[at + saying.len()..].split('"').next().unwrap_or_default();
            if !words.contains_key(key) {
                faults.push(format!("{}: {key:?} is not in web/locales", file.at(at)));
            }
        }
    }
    none(faults);
}

#[test]
fn every_message_is_said_somewhere() {
    let named: Vec<String> = texts().collect();
    let mut faults = vec![];
    for (folder, languages) in locales() {
        for key in languages
            .get(LANGUAGES[0])
            .into_iter()
            .flat_map(|messages| messages.keys())
        {
            let name = key.trim_start_matches('-').split('.').next().unwrap_or_default();
            let referred = FILES
                .iter()
                .any(|file| file.path.ends_with(".ftl") && file.text.contains(&format!("{{ {key}")));
            if !referred && !named.iter().any(|text| says(text, name)) {
                faults.push(format!("{folder}: {key} is said nowhere"));
            }
        }
    }
    none(faults);
}

/// Whether a literal is the key, or a form (`phase-{}`, `phase-`) that makes it.
fn says(text: &str, key: &str) -> bool {
    match text.split_once('{') {
        None => text == key || (text.ends_with('-') && text.len() > 3 && key.starts_with(text)),
        Some((before, rest)) => {
            let after = rest.rsplit_once('}').map_or("", |(_, after)| after);
            before.len() > 2 && before.ends_with('-') && key.starts_with(before) && key.ends_with(after)
        }
    }
}

/// Every literal of the product's code, and everything in quotes in templates.
fn texts() -> impl Iterator<Item = String> {
    let code = product().flat_map(|file| file.product_literals().map(|(_, text)| text.to_owned()));
    let templates = FILES.iter().filter(|file| file.path.starts_with("web/templates/"));
    code.chain(templates.flat_map(|file| file.text.split('"').map(str::to_owned)))
}
