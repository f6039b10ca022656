//! What a page is to somebody who hears it: title, landmarks, headings, links, controls with their names.
//! Pages are compared by this and not by their markup, so a changed class breaks no test and a lost label does.
//! Only what names something is computed, by the common rules; style is unknown here, so hidden means `hidden`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use html5ever::tendril::TendrilSink;
use markup5ever_rcdom::{Handle, NodeData, RcDom};

/// A page reduced to lines of text, and what is wrong with it at first hearing.
pub struct Outline {
    /// One thing a line, indented by landmark; ids are replaced, so that it can be compared with a stored one.
    pub text: String,
    /// What any reader of outlines would object to: see [`Outline::of`].
    pub problems: Vec<String>,
}

impl Outline {
    /// Reads a whole page. Problems are: no language or title, not exactly one `h1`, a skipped heading level, a link,
    /// control or picture without a name, an id used twice.
    pub fn of(html: &str) -> Self {
        let document = html5ever::parse_document(RcDom::default(), Default::default())
            .one(html)
            .document;
        let mut reader = Reader::default();
        reader.collect_names(&document);
        reader.visit(&document, 0);
        reader.finish()
    }
}

#[derive(Default)]
struct Reader {
    text: String,
    problems: Vec<String>,
    labels: BTreeMap<String, String>,
    by_id: BTreeMap<String, String>,
    levels: Vec<u32>,
    title: String,
    language: String,
}

impl Reader {
    /// Labels may come after what they name, so names are gathered before anything is read.
    fn collect_names(&mut self, node: &Handle) {
        if let Some(id) = attribute(node, "id")
            && self.by_id.insert(id.clone(), text_of(node)).is_some()
        {
            self.problems.push(format!("the id `{id}` is used twice"));
        }
        if element(node) == "label"
            && let Some(control) = attribute(node, "for")
        {
            self.labels.insert(control, text_of(node));
        }
        for child in node.children.borrow().iter() {
            self.collect_names(child);
        }
    }

    fn visit(&mut self, node: &Handle, depth: usize) {
        let tag = element(node);
        if attribute(node, "hidden").is_some() || matches!(tag.as_str(), "script" | "style" | "template" | "svg") {
            return;
        }
        let depth = depth + usize::from(self.describe(node, &tag, depth));
        for child in node.children.borrow().iter() {
            self.visit(child, depth);
        }
    }

    /// Writes the node's line, if it has one; true for a landmark, inside which the rest is indented.
    fn describe(&mut self, node: &Handle, tag: &str, depth: usize) -> bool {
        match tag {
            "html" => self.language = attribute(node, "lang").unwrap_or_default(),
            "title" if self.title.is_empty() => self.title = text_of(node),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.heading(node, tag, depth),
            "a" if attribute(node, "href").is_some() => {
                let target = stable(&attribute(node, "href").unwrap_or_default());
                let name = self.must_have_name(node, &format!("the link to {target}"));
                self.line(depth, &format!("link {name} -> {target}"));
            }
            "button" | "input" | "select" | "textarea" => self.control(node, tag, depth),
            "img" => match attribute(node, "alt") {
                None => self.problems.push(format!("a picture without alt: {}", source(node))),
                Some(alt) if !alt.is_empty() && around(node, &["a", "button"]).is_none() => {
                    self.line(depth, &format!("picture {alt:?}"))
                }
                Some(_) => {}
            },
            _ => return self.landmark(node, tag, depth),
        }
        false
    }

    fn landmark(&mut self, node: &Handle, tag: &str, depth: usize) -> bool {
        let role = attribute(node, "role");
        let kind = match (role.as_deref(), tag) {
            (Some(role @ ("alert" | "status" | "search" | "navigation" | "region" | "dialog")), _) => role,
            (_, "main" | "nav" | "header" | "footer" | "aside" | "form" | "search" | "fieldset" | "dialog") => tag,
            (_, "section") if self.name(node).is_some() => tag,
            _ => return false,
        };
        let mut line = kind.to_owned();
        let legend = children(node)
            .find(|child| element(child) == "legend")
            .map(|legend| text_of(&legend));
        if let Some(name) = self.name(node).or(legend) {
            let _ = write!(line, " {name:?}");
        }
        if tag == "form" {
            let method = attribute(node, "method").unwrap_or_else(|| "get".into()).to_lowercase();
            let _ = write!(
                line,
                " {method} {}",
                stable(&attribute(node, "action").unwrap_or_default())
            );
        }
        self.line(depth, &line);
        true
    }

    fn heading(&mut self, node: &Handle, tag: &str, depth: usize) {
        let level = u32::from(tag.as_bytes()[1] - b'0');
        let before = self.levels.last().copied().unwrap_or(0);
        let text = text_of(node);
        if level > before + 1 {
            self.problems
                .push(format!("the heading {text:?} skips from level {before} to {level}"));
        }
        if text.is_empty() {
            self.problems.push(format!("an empty {tag}"));
        }
        self.levels.push(level);
        self.line(depth, &format!("{tag} {text}"));
    }

    fn control(&mut self, node: &Handle, tag: &str, depth: usize) {
        let kind = attribute(node, "type").unwrap_or_else(|| if tag == "input" { "text" } else { tag }.to_owned());
        let field = attribute(node, "name").unwrap_or_default();
        if kind == "hidden" {
            return;
        }
        let kind = if tag == "button" { "button" } else { kind.as_str() };
        let name = self.must_have_name(node, &format!("the {kind} `{field}`"));
        let mut line = format!("{kind} {name}");
        if !field.is_empty() {
            let _ = write!(line, " [{field}]");
        }
        for state in ["required", "disabled", "checked"] {
            if attribute(node, state).is_some() {
                let _ = write!(line, " {state}");
            }
        }
        if attribute(node, "aria-invalid").as_deref() == Some("true") {
            line.push_str(" invalid");
        }
        self.line(depth, &line);
        for option in descendants(node).filter(|inner| tag == "select" && element(inner) == "option") {
            self.line(depth + 1, &format!("option {}", text_of(&option)));
        }
    }

    fn must_have_name(&mut self, node: &Handle, what: &str) -> String {
        let name = self.name(node).unwrap_or_default();
        if name.is_empty() {
            self.problems.push(format!("{what} has no name"));
        }
        format!("{name:?}")
    }

    /// The accessible name, by the order of the standard as far as markup alone tells it.
    fn name(&self, node: &Handle) -> Option<String> {
        let tag = element(node);
        let labelled = attribute(node, "aria-labelledby").map(|ids| {
            let parts: Vec<_> = ids
                .split_whitespace()
                .filter_map(|id| self.by_id.get(id).cloned())
                .collect();
            parts.join(" ")
        });
        let label = || {
            attribute(node, "id")
                .and_then(|id| self.labels.get(&id).cloned())
                .or_else(|| around(node, &["label"]).map(|label| text_of(&label)))
        };
        let own = || match tag.as_str() {
            "a" | "button" => Some(text_of(node)),
            "input" => match attribute(node, "type").as_deref() {
                Some("submit" | "reset" | "button") => attribute(node, "value"),
                Some("image") => attribute(node, "alt"),
                _ => label(),
            },
            "select" | "textarea" => label(),
            _ => None,
        };
        let given = |name: &String| !name.trim().is_empty();
        labelled
            .filter(given)
            .or_else(|| attribute(node, "aria-label").filter(given))
            .or_else(|| own().filter(given))
            .or_else(|| attribute(node, "title").filter(given))
    }

    fn line(&mut self, depth: usize, line: &str) {
        let _ = writeln!(self.text, "{:indent$}{line}", "", indent = depth * 2);
    }

    fn finish(mut self) -> Outline {
        let first = self.levels.iter().filter(|level| **level == 1).count();
        if first != 1 {
            self.problems.push(format!("{first} headings of level 1"));
        }
        for (what, value) in [("language", &self.language), ("title", &self.title)] {
            if value.is_empty() {
                self.problems.push(format!("the page has no {what}"));
            }
        }
        let text = format!("title {:?} in {:?}\n{}", self.title, self.language, self.text);
        Outline {
            text,
            problems: self.problems,
        }
    }
}

fn element(node: &Handle) -> String {
    match &node.data {
        NodeData::Element { name, .. } => name.local.to_string(),
        _ => String::new(),
    }
}

fn attribute(node: &Handle, wanted: &str) -> Option<String> {
    let NodeData::Element { attrs, .. } = &node.data else {
        return None;
    };
    let attrs = attrs.borrow();
    attrs
        .iter()
        .find(|attribute| &*attribute.name.local == wanted)
        .map(|attribute| attribute.value.to_string())
}

fn source(node: &Handle) -> String {
    attribute(node, "src").unwrap_or_default()
}

fn children(node: &Handle) -> impl Iterator<Item = Handle> {
    node.children.borrow().clone().into_iter()
}

fn descendants(node: &Handle) -> impl Iterator<Item = Handle> {
    let mut waiting: Vec<Handle> = children(node).collect();
    waiting.reverse();
    std::iter::from_fn(move || {
        let next = waiting.pop()?;
        let inner: Vec<Handle> = children(&next).collect();
        waiting.extend(inner.into_iter().rev());
        Some(next)
    })
}

/// What would be read aloud: text and alternative texts, without what is hidden, spaces joined.
fn text_of(node: &Handle) -> String {
    let mut words = String::new();
    gather(node, &mut words);
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn gather(node: &Handle, words: &mut String) {
    if let NodeData::Text { contents } = &node.data {
        words.push_str(&contents.borrow());
        return;
    }
    let silent = matches!(element(node).as_str(), "script" | "style" | "template")
        || attribute(node, "hidden").is_some()
        || attribute(node, "aria-hidden").as_deref() == Some("true");
    if silent {
        return;
    }
    let spoken = attribute(node, "aria-label").or_else(|| attribute(node, "alt"));
    match spoken {
        Some(spoken) if element(node) == "img" || element(node) == "svg" => {
            let _ = write!(words, " {spoken} ");
        }
        _ => children(node).for_each(|child| gather(&child, words)),
    }
}

/// The nearest of these elements around a node: a label needs no `for` then, and a picture in a link is its name.
fn around(node: &Handle, tags: &[&str]) -> Option<Handle> {
    let mut current = node.clone();
    loop {
        let weak = current.parent.take();
        current.parent.set(weak.clone());
        current = weak?.upgrade()?;
        if tags.contains(&element(&current).as_str()) {
            return Some(current);
        }
    }
}

/// An address with the ids in it replaced (`prp_01jd…` by `prp_…`), since they differ from run to run.
fn stable(address: &str) -> String {
    let mut seen = BTreeSet::new();
    // An address may lie encoded in another one, as where to return to.
    let plain = address.replace("%2F", "/");
    for part in plain.split(['/', '?', '&', '=', '#', '-']) {
        if let Some((kind, id)) = part.split_once('_')
            && kind.len() == 3
            && id.len() >= 20
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
        {
            seen.insert((format!("{kind}_{id}"), format!("{kind}_…")));
        }
    }
    seen.iter()
        .fold(address.to_owned(), |address, (id, short)| address.replace(id, short))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_reduced_to_what_is_heard() {
        let page = r##"<!doctype html><html lang="it"><title>Proposte</title>
            <a href="#main" class="x">Vai al contenuto</a>
            <main id="main"><h1>Proposte <span aria-hidden="true">★</span></h1>
            <form role="search" action="/it/proposals"><label for="q">Cerca</label><input id="q" name="q" type="search">
            <label><input type="checkbox" name="open" checked> Solo aperte</label><button><img src="x" alt="Trova"></button>
            <input type="hidden" name="csrf" value="1"></form>
            <article><h2>Piste</h2><a href="/it/proposals/prp_01jd8w2m3n4p5q6r7s8t9v0w1x-piste">Leggi</a></article></main>"##;
        let outline = Outline::of(page);
        assert_eq!(outline.problems, Vec::<String>::new());
        let expected = r##"title "Proposte" in "it"
link "Vai al contenuto" -> #main
main
  h1 Proposte
  search get /it/proposals
    search "Cerca" [q]
    checkbox "Solo aperte" [open] checked
    button "Trova"
  h2 Piste
  link "Leggi" -> /it/proposals/prp_…-piste
"##;
        assert_eq!(outline.text, expected);
    }

    #[test]
    fn what_a_page_lacks_is_named() {
        let page = r#"<title></title><h2 id="a">Due</h2><h4 id="a">Quattro</h4><img src="p.jpg"><input name="q"><a href="/"></a>"#;
        assert_eq!(
            Outline::of(page).problems,
            [
                "the id `a` is used twice",
                "the heading \"Due\" skips from level 0 to 2",
                "the heading \"Quattro\" skips from level 2 to 4",
                "a picture without alt: p.jpg",
                "the text `q` has no name",
                "the link to / has no name",
                "0 headings of level 1",
                "the page has no language",
                "the page has no title",
            ]
        );
    }
}
