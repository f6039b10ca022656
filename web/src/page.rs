//! What every page has: its language, its title, the way back, who reads it, and the keys of its forms.

use civic::language::Language;
use civic::secret::hash;

use crate::assets;
use crate::language::{Value, named, words, words_with};
use crate::session;
use crate::visit::Visit;

/// The frame of one page, as the layout shows it.
pub struct Page {
    /// The language of the address.
    pub language: Language,
    /// The title, which reads alone in a tab.
    pub title: String,
    /// The city's name.
    pub city_name: String,
    /// The way back: names and addresses, home first.
    pub trail: Vec<(String, String)>,
    /// The public name of who reads it, when signed in.
    pub viewer: Option<String>,
    /// Whether the reader has a staff role, awake or not.
    pub staff: bool,
    /// Whether the reader has a staff role that still wants its second factor.
    pub factor_missing: bool,
    /// The address of the same content in JSON.
    pub twin: Option<String>,
    /// What was just done, to be told.
    pub done: Option<String>,
    /// Where people write for help.
    pub contact: String,
    /// Where the declaration of accessibility is; empty until there is one.
    pub declaration: String,
    /// This page's path without the language, with what stands behind `?`; of an answer to a form the form's page.
    here: String,
    once: String,
    proof: String,
    demonstration: bool,
}

impl Page {
    /// The frame of the page that a visit asks for.
    #[must_use]
    pub fn new(visit: &Visit, title: impl Into<String>) -> Self {
        let city = &visit.cx.city;
        let once = session::chance(city);
        let person = visit.cx.actor.person();
        let staff = person.is_some_and(|person| !person.grants.is_empty());
        let done = visit.query.some("done").and_then(|done| known(visit.language, done));
        Self {
            language: visit.language,
            title: title.into(),
            city_name: city.settings.city_name.clone(),
            trail: Vec::new(),
            viewer: person.map(|person| person.nickname.clone()),
            staff,
            factor_missing: staff && !person.is_some_and(|person| person.second_factor_holds(visit.cx.now)),
            twin: None,
            done,
            contact: city.settings.contact_email.clone(),
            declaration: city.settings.accessibility_declaration.clone(),
            here: visit
                .filled_on
                .clone()
                .unwrap_or_else(|| format!("{}{}", visit.path, visit.query.with("done", "").query())),
            proof: session::form_proof(city, visit.session.as_deref(), &once),
            once,
            demonstration: city.settings.demonstration,
        }
    }

    /// The same with a step on the way back.
    #[must_use]
    pub fn via(mut self, name: impl Into<String>, path: &str) -> Self {
        let address = self.to(path);
        self.trail.push((name.into(), address));
        self
    }

    /// The same with its twin in JSON.
    #[must_use]
    pub fn twin(mut self, address: impl Into<String>) -> Self {
        self.twin = Some(address.into());
        self
    }

    /// The words of a key.
    #[must_use]
    pub fn t(&self, key: &str) -> String {
        words(self.language, key)
    }

    /// The words of one name of a family: `phase-` and `collection`.
    #[must_use]
    pub fn tn(&self, family: &str, name: impl AsRef<str>) -> String {
        named(self.language, family, name.as_ref())
    }

    /// The words of a key about so many things, `n`.
    #[must_use]
    pub fn say(&self, key: &str, n: &i64) -> String {
        let shown = crate::format::number(self.language, *n);
        words_with(
            self.language,
            key,
            &[("n", Value::Number(*n)), ("shown", Value::Text(&shown))],
        )
    }

    /// The words of a key with one text put in as `text`.
    #[must_use]
    pub fn t_with(&self, key: &str, text: impl AsRef<str>) -> String {
        words_with(self.language, key, &[("text", Value::Text(text.as_ref()))])
    }

    /// The address of a path of ours in this page's language.
    #[must_use]
    pub fn to(&self, path: impl AsRef<str>) -> String {
        format!("/{}{}", self.language.code(), path.as_ref())
    }

    /// The main menu: paths and the keys of their words; the desk is for those who hold a role.
    #[must_use]
    pub fn menu(&self) -> Vec<(&'static str, &'static str)> {
        let desk = self.staff.then_some(("/desk", "desk"));
        let menu = [
            ("", "home"),
            ("/consultations", "consultations"),
            ("/proposals", "proposals"),
            ("/calls", "calls"),
            ("/campaigns", "campaigns"),
            ("/about", "about"),
        ];
        menu.into_iter().chain(desk).collect()
    }

    /// Whether this page is at `path`.
    #[must_use]
    pub fn is_at(&self, path: &str) -> bool {
        self.here.split('?').next() == Some(path)
    }

    /// Whether this page is at `path` or below it; home has nothing below.
    #[must_use]
    pub fn is_in(&self, path: &str) -> bool {
        let rest = self.here.strip_prefix(path);
        self.is_at(path) || (!path.is_empty() && rest.is_some_and(|rest| rest.starts_with('/')))
    }

    /// Where the reader is, for coming back after signing in.
    #[must_use]
    pub fn return_query(&self) -> String {
        format!(
            "?{}",
            serde_urlencoded::to_string([("return", self.to(&self.here))]).unwrap_or_default()
        )
    }

    /// The other language and the same page in it.
    #[must_use]
    pub fn other(&self) -> (Language, String) {
        let other = match self.language {
            Language::It => Language::En,
            Language::En => Language::It,
        };
        (other, format!("/{}{}", other.code(), self.here))
    }

    /// The address of a built file.
    #[must_use]
    pub fn asset(&self, name: &str) -> String {
        assets::asset(name)
    }

    /// A sign of the kit, beside words that say the same.
    #[must_use]
    pub fn icon(&self, name: &str) -> String {
        let sprite = assets::asset("icons.svg");
        format!("<svg class=\"icon icon-sm\" aria-hidden=\"true\"><use href=\"{sprite}#{name}\"></use></svg>")
    }

    /// The hidden keys of a form: its proof, and the key under which a second sending of it is known.
    #[must_use]
    pub fn keys(&self) -> String {
        format!(
            "<input type=\"hidden\" name=\"once\" value=\"{}\"><input type=\"hidden\" name=\"csrf\" value=\"{}\">",
            self.once, self.proof
        )
    }

    /// Whether the page is a box to search in, so that the frame needs none.
    #[must_use]
    pub fn has_own_search(&self) -> bool {
        matches!(self.here.split('?').next(), Some("" | "/search"))
    }

    /// Whether this is a demonstration.
    #[must_use]
    pub fn is_demonstration(&self) -> bool {
        self.demonstration
    }
}

/// The sentence about what was done; only those we know are told.
fn known(language: Language, done: &str) -> Option<String> {
    let key = format!("done-{done}");
    let fits = done.len() <= 40 && done.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    let sentence = words(language, &key);
    (fits && sentence != key).then_some(sentence)
}

/// A name for the same visitor's fair random order: nobody is known by it.
#[must_use]
pub fn seed_of(text: &str) -> u32 {
    u32::from_str_radix(&hash(text)[..7], 16).unwrap_or(1)
}
