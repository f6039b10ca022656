//! Forms of our pages as a browser sends them: with the hidden keys that the page put in.

use crate::http::{Answer, Client};

/// Loads `page`, fills in the form that goes to `action`, and sends it with the page's hidden fields.
///
/// Panics when the page has no such form: then a person could not have sent it either.
pub async fn submit(client: &Client, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
    let html = client.get(page).await.expect(200).text();
    let hidden = hidden(&html, action).unwrap_or_else(|| panic!("{page} has no form to {action}:\n{html}"));
    send(client, action, &hidden, fields).await
}

/// Sends `fields` to `action` with the keys of any form on `page`, as somebody would who made the request by hand.
pub async fn forge(client: &Client, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
    let keys = keys(client, page).await;
    send(client, action, &keys, fields).await
}

/// The keys of the first form on a page.
pub async fn keys(client: &Client, page: &str) -> Vec<(String, String)> {
    let html = client.get(page).await.text();
    let all = inputs(&html).into_iter();
    all.filter(|(name, _)| name == "once" || name == "csrf")
        .take(2)
        .collect()
}

/// Sends a form with these hidden fields and those filled in.
pub async fn send(client: &Client, action: &str, hidden: &[(String, String)], fields: &[(&str, &str)]) -> Answer {
    let mut all: Vec<(&str, &str)> = hidden
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, _)| !fields.iter().any(|(given, _)| given == name))
        .collect();
    all.extend(fields);
    client.post_form(action, &all).await
}

/// The hidden fields of the form on a page that goes to `action`; none when there is no such form.
pub fn hidden(html: &str, action: &str) -> Option<Vec<(String, String)>> {
    let goes = format!("action=\"{action}\"");
    let form = html
        .split("<form")
        .skip(1)
        .find(|form| form.split('>').next().is_some_and(|tag| tag.contains(&goes)))?;
    Some(inputs(form.split("</form>").next().unwrap_or_default()))
}

/// Every field of a form as it stands, in order: inputs, texts, and what is chosen of lists (the first when nothing is).
pub fn fields(form: &str) -> Vec<(String, String)> {
    let tags = form.split('<').skip(1);
    let mut fields: Vec<(String, String)> = Vec::new();
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
        rest.split('"').next().map(unescape)
    };
    let mut open = false;
    for tag in tags {
        let (head, text) = tag.split_once('>').unwrap_or((tag, ""));
        let name = attribute(head, "name");
        match head.split(' ').next().unwrap_or_default() {
            "input" => fields.extend(name.map(|name| (name, attribute(head, "value").unwrap_or_default()))),
            "textarea" => {
                let text = unescape(text.strip_prefix('\n').unwrap_or(text));
                fields.extend(name.map(|name| (name, text)));
            }
            "select" => {
                fields.extend(name.map(|name| (name, String::new())));
                open = true;
            }
            "option" if open || head.contains(" selected") => {
                if let Some((_, value)) = fields.last_mut() {
                    *value = attribute(head, "value").unwrap_or_default();
                }
                open = false;
            }
            _ => {}
        }
    }
    fields
}

fn inputs(html: &str) -> Vec<(String, String)> {
    html.split("<input type=\"hidden\" ")
        .skip(1)
        .filter_map(|rest| {
            let tag = rest.split('>').next()?;
            let name = tag.split("name=\"").nth(1)?.split('"').next()?;
            let value = tag.split("value=\"").nth(1)?.split('"').next()?;
            Some((unescape(name), unescape(value)))
        })
        .collect()
}

fn unescape(text: &str) -> String {
    [
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#38;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain))
}
