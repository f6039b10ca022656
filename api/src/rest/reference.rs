//! The page to browse the description: made from it once, without scripts and without anything from elsewhere.
//!
//! Rule: what is shown is the description's own text, escaped. It is in English, as the description is.

use std::fmt::Write;

use civic::Settings;
use serde_json::Value;

/// The page's style.
pub const STYLE: &str = include_str!("../../assets/reference.css");
/// What the page may load: its style.
pub const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

struct Html(String);

impl Html {
    fn raw(&mut self, markup: &str) {
        self.0.push_str(markup);
    }

    fn text(&mut self, text: &str) {
        for letter in text.chars() {
            match letter {
                '&' => self.raw("&amp;"),
                '<' => self.raw("&lt;"),
                '>' => self.raw("&gt;"),
                '"' => self.raw("&quot;"),
                letter => self.0.push(letter),
            }
        }
    }

    fn element(&mut self, name: &str, text: &str) {
        // Writing into a text cannot fail.
        let _ = write!(self.0, "<{name}>");
        self.text(text);
        let _ = write!(self.0, "</{name}>");
    }

    /// A paragraph, in which what stands between backticks is code; nothing for an empty one.
    fn prose(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.raw("<p>");
        self.marked(text);
        self.raw("</p>");
    }

    fn marked(&mut self, text: &str) {
        for (index, piece) in text.split('`').enumerate() {
            if index % 2 == 0 {
                self.text(piece);
            } else {
                self.element("code", piece);
            }
        }
    }

    fn table(&mut self, caption: &str, heads: &[&str], rows: &[Vec<String>]) {
        if rows.is_empty() {
            return;
        }
        self.raw("<table>");
        self.element("caption", caption);
        self.raw("<thead><tr>");
        for head in heads {
            self.raw("<th scope=\"col\">");
            self.text(head);
            self.raw("</th>");
        }
        self.raw("</tr></thead><tbody>");
        for row in rows {
            self.raw("<tr>");
            for (index, cell) in row.iter().enumerate() {
                self.raw("<td>");
                if index == 0 {
                    self.element("code", cell);
                } else {
                    self.marked(cell);
                }
                self.raw("</td>");
            }
            self.raw("</tr>");
        }
        self.raw("</tbody></table>\n");
    }
}

fn said<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or("")
}

/// The last part of a reference, which is its name.
fn named(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or(reference)
}

/// What kind of value a schema describes, in a word or two.
fn kind(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        return named(reference).to_owned();
    }
    if let Some(first) = schema["allOf"].get(0) {
        return kind(first);
    }
    if schema["type"] == "array" {
        return format!("list of {}", kind(&schema["items"]));
    }
    match schema["format"].as_str() {
        Some(format) => format.to_owned(),
        None => said(schema, "type").to_owned(),
    }
}

/// The whole page.
pub fn page(document: &Value, settings: &Settings) -> String {
    let mut html = Html(String::new());
    html.raw("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    html.element("title", said(&document["info"], "title"));
    html.raw("<link rel=\"stylesheet\" href=\"/api/reference.css\"></head><body><main>\n");
    html.element("h1", said(&document["info"], "title"));
    html.prose(said(&document["info"], "description"));
    html.raw("<p><a href=\"/api/openapi.json\">openapi.json</a> · <a href=\"/it\">");
    html.text(&settings.city_name);
    html.raw("</a></p>\n<nav aria-label=\"Contents\"><ul>");
    let tags = document["tags"].as_array().map_or(&[][..], Vec::as_slice);
    for tag in tags {
        let name = said(tag, "name");
        html.raw(&format!("<li><a href=\"#{name}\">"));
        html.text(name);
        html.raw("</a></li>");
    }
    html.raw("<li><a href=\"#schemas\">Schemas</a></li></ul></nav>\n");
    for tag in tags {
        let name = said(tag, "name");
        html.raw(&format!("<section id=\"{name}\">"));
        html.element("h2", name);
        html.prose(said(tag, "description"));
        for (path, methods) in document["paths"].as_object().into_iter().flatten() {
            for (method, about) in methods.as_object().into_iter().flatten() {
                if about["tags"]
                    .as_array()
                    .is_some_and(|tags| tags.iter().any(|tag| tag == name))
                {
                    operation(&mut html, document, path, method, about);
                }
            }
        }
        html.raw("</section>\n");
    }
    html.raw("<section id=\"schemas\"><h2>Schemas</h2>");
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        html.raw(&format!("<h3 id=\"schema-{name}\">"));
        html.text(name);
        html.raw("</h3>");
        html.prose(said(schema, "description"));
        let fields = schema["properties"].as_object().into_iter().flatten();
        let rows: Vec<Vec<String>> = fields
            .map(|(field, about)| vec![field.clone(), kind(about), said(about, "description").to_owned()])
            .collect();
        html.table("Fields", &["Field", "Kind", "Meaning"], &rows);
        let values: Vec<&str> = schema["enum"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        if !values.is_empty() {
            html.prose(&values.join(", "));
        }
    }
    html.raw("</section></main></body></html>\n");
    html.0
}

fn operation(html: &mut Html, document: &Value, path: &str, method: &str, about: &Value) {
    let id = said(about, "operationId");
    html.raw(&format!("<article id=\"{id}\"><h3><code>"));
    html.text(&format!("{} {path}", method.to_uppercase()));
    html.raw("</code></h3>");
    html.prose(said(about, "summary"));
    html.prose(said(about, "description"));
    let resolved = |value: &Value| -> Value {
        let pointer = value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
        pointer
            .and_then(|pointer| document.pointer(pointer))
            .unwrap_or(value)
            .clone()
    };
    let parameters = about["parameters"].as_array().into_iter().flatten().map(resolved);
    let rows: Vec<Vec<String>> = parameters
        .map(|parameter| {
            let need = if parameter["required"] == true {
                "required"
            } else {
                "optional"
            };
            vec![
                said(&parameter, "name").to_owned(),
                format!("{}, {need}", said(&parameter, "in")),
                kind(&parameter["schema"]),
                said(&parameter, "description").to_owned(),
            ]
        })
        .collect();
    html.table("Parameters", &["Name", "Where", "Kind", "Meaning"], &rows);
    let bodies = about["requestBody"]["content"].as_object().into_iter().flatten();
    let rows: Vec<Vec<String>> = bodies
        .map(|(media, body)| vec![media.clone(), kind(&body["schema"])])
        .collect();
    html.table("Body", &["Type", "Schema"], &rows);
    let responses = about["responses"].as_object().into_iter().flatten();
    let rows: Vec<Vec<String>> = responses
        .map(|(status, response)| {
            let response = resolved(response);
            let content = response["content"].as_object().into_iter().flatten();
            let schemas: Vec<String> = content.map(|(_, body)| kind(&body["schema"])).take(1).collect();
            vec![
                status.clone(),
                schemas.join(""),
                said(&response, "description").to_owned(),
            ]
        })
        .collect();
    html.table("Answers", &["Status", "Schema", "Meaning"], &rows);
    html.raw("</article>\n");
}
