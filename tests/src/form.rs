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
    let html = client.get(page).await.text();
    let keys: Vec<(String, String)> = inputs(&html)
        .into_iter()
        .filter(|(name, _)| name == "once" || name == "csrf")
        .take(2)
        .collect();
    send(client, action, &keys, fields).await
}

async fn send(client: &Client, action: &str, hidden: &[(String, String)], fields: &[(&str, &str)]) -> Answer {
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
