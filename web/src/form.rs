//! What people type: the fields of a form as they came, and what was wrong with each.
//!
//! Rule: a form that is refused gives back everything that was typed, with a summary of what to correct on top.

use askama::Template;
use civic::error::{Code, Error, Fault, Result};
use civic::language::Language;
use civic::limits::{BODY_MAX_BYTES, UPLOAD_MAX_BYTES};
use poem::http::header;
use poem::web::Multipart;
use poem::{FromRequest, Request, RequestBody};

use crate::format::number;
use crate::language::{Value, named, words, words_with};

/// The fields of a query or a form, in the order in which they came.
#[derive(Debug, Clone, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads `a=b&c=d`; what is not of that form is left out.
    #[must_use]
    pub fn parse(encoded: &str) -> Self {
        Self(serde_urlencoded::from_str(encoded).unwrap_or_default())
    }

    /// A field's text; empty when it is not there.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value)
    }

    /// A field's text when it is there and not blank.
    #[must_use]
    pub fn some(&self, name: &str) -> Option<&str> {
        Some(self.text(name).trim()).filter(|text| !text.is_empty())
    }

    /// Whether the field is there at all.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// Every field with its text.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, text)| (&**name, &**text))
    }

    /// Every text of a field that may come several times.
    #[must_use]
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.0
            .iter()
            .filter(|(key, _)| key == name)
            .map(|(_, value)| &**value)
            .collect()
    }

    /// The same fields with one set, or taken away when the text is empty.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut fields: Vec<(String, String)> = self.0.iter().filter(|(key, _)| key != name).cloned().collect();
        if !value.is_empty() {
            fields.push((name.to_owned(), value.to_owned()));
        }
        Self(fields)
    }

    /// The form in which they stand in an address; begins with `?`, or is empty.
    #[must_use]
    pub fn query(&self) -> String {
        let encoded = serde_urlencoded::to_string(&self.0).unwrap_or_default();
        if encoded.is_empty() {
            encoded
        } else {
            format!("?{encoded}")
        }
    }

    /// The same fields with one more.
    #[must_use]
    pub fn and(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.push((name.to_owned(), value.into()));
        self
    }

    /// A field that must be one of a closed list when it is there.
    ///
    /// # Errors
    /// `Invalid` with the field.
    pub fn choice<T>(&self, name: &'static str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>> {
        match self.some(name) {
            None => Ok(None),
            Some(text) => read(text)
                .map(Some)
                .ok_or_else(|| Error::field(name, Code::UnknownValue)),
        }
    }
}

/// A file that came with a form.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Its name on the sender's device.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Reads the body of a form, with or without a file.
///
/// # Errors
/// `Conflict` with `BodyTooLarge`, `MediaTypeRefused` or `BadRequest`.
pub async fn read(request: &Request, body: &mut RequestBody) -> Result<(Fields, Option<Upload>)> {
    let kind = request.header(header::CONTENT_TYPE).unwrap_or("").to_owned();
    let refused = |_| Error::Conflict(Code::BadRequest);
    if kind.starts_with("multipart/form-data") {
        return read_parts(request, body).await;
    }
    if !(kind.is_empty() || kind.starts_with("application/x-www-form-urlencoded")) {
        return Err(Error::Conflict(Code::MediaTypeRefused));
    }
    let taken = body.take().map_err(|_| Error::Conflict(Code::BadRequest))?;
    let bytes = taken
        .into_bytes_limit(BODY_MAX_BYTES)
        .await
        .map_err(|_| Error::Conflict(Code::BodyTooLarge))?;
    let pairs = serde_urlencoded::from_bytes(&bytes).map_err(refused)?;
    Ok((Fields(pairs), None))
}

async fn read_parts(request: &Request, body: &mut RequestBody) -> Result<(Fields, Option<Upload>)> {
    let bad = || Error::Conflict(Code::BadRequest);
    let mut parts = Multipart::from_request(request, body).await.map_err(|_| bad())?;
    let (mut fields, mut upload) = (Vec::new(), None);
    let mut left = BODY_MAX_BYTES;
    while let Some(part) = parts.next_field().await.map_err(|_| bad())? {
        let name = part.name().unwrap_or("").to_owned();
        let file = part.file_name().map(ToOwned::to_owned);
        let bytes = match file {
            Some(_) => read_file(part).await?,
            None => read_bounded(part, left).await?,
        };
        match file {
            Some(name) if !bytes.is_empty() => upload = Some(Upload { name, bytes }),
            Some(_) => {}
            None => {
                left -= bytes.len();
                fields.push((name, String::from_utf8(bytes).map_err(|_| bad())?));
            }
        }
    }
    Ok((Fields(fields), upload))
}

/// Reads a file as far as it can be of use and lets the rest go by: the use case says that it is too large, and the form
/// comes back with all its other fields.
async fn read_file(part: poem::web::Field) -> Result<Vec<u8>> {
    use tokio::io::AsyncReadExt;
    let refused = |_| Error::Conflict(Code::BadRequest);
    let mut bytes = Vec::new();
    let most = u64::try_from(UPLOAD_MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    let mut reader = std::pin::pin!(part.into_async_read());
    let read = reader.as_mut().take(most).read_to_end(&mut bytes).await;
    read.map_err(refused)?;
    tokio::io::copy(&mut reader, &mut tokio::io::sink())
        .await
        .map_err(refused)?;
    Ok(bytes)
}

/// Reads at most `limit` bytes of a part and refuses more.
async fn read_bounded(part: poem::web::Field, limit: usize) -> Result<Vec<u8>> {
    use tokio::io::AsyncReadExt;
    let mut bytes = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let read = part.into_async_read().take(most).read_to_end(&mut bytes).await;
    read.map_err(|_| Error::Conflict(Code::BadRequest))?;
    if bytes.len() > limit {
        return Err(Error::Conflict(Code::BodyTooLarge));
    }
    Ok(bytes)
}

/// What was wrong with a form, as its page says it.
#[derive(Debug, Clone, Default)]
pub struct Wrong {
    /// Each wrong field with what to do.
    pub fields: Vec<(String, String)>,
    /// What is wrong with the whole, when it is no field.
    pub whole: Option<String>,
}

impl Wrong {
    /// What the error says of a form, or the error itself when a form cannot help.
    ///
    /// # Errors
    /// The error, when there is nothing to correct: not there, not allowed, a fault of ours.
    pub fn from_error(error: Error, language: Language) -> Result<Self> {
        match error {
            Error::Invalid(faults) => Ok(Self {
                fields: faults
                    .iter()
                    .map(|fault| (fault.field.to_string(), say(fault, language)))
                    .collect(),
                whole: None,
            }),
            Error::Conflict(code) => Ok(Self {
                fields: Vec::new(),
                whole: Some(code.sentence(language)),
            }),
            Error::TooMany { .. } | Error::Busy => Ok(Self {
                fields: Vec::new(),
                whole: Some(error.code().sentence(language)),
            }),
            other => Err(other),
        }
    }

    /// Whether there is anything to correct.
    #[must_use]
    pub fn any(&self) -> bool {
        self.whole.is_some() || !self.fields.is_empty()
    }

    /// What is wrong with one field; empty when nothing is.
    #[must_use]
    pub fn of(&self, field: &str) -> &str {
        self.fields
            .iter()
            .find(|(name, _)| name == field)
            .map_or("", |(_, text)| text)
    }
}

fn say(fault: &Fault, language: Language) -> String {
    let sentence = fault.code.sentence(language);
    let Some(limit) = fault.limit else { return sentence };
    let limit = number(language, i64::try_from(limit).unwrap_or(i64::MAX));
    let key = match fault.code {
        Code::TooShort => "limit-least",
        _ => "limit-most",
    };
    let tail = words_with(language, key, &[("limit", Value::Text(&limit))]);
    format!("{sentence} {tail}")
}

/// A form as it is shown: what was typed, and what was wrong with it.
#[derive(Debug, Clone, Default)]
pub struct Form {
    language: Language,
    /// What was typed.
    pub fields: Fields,
    /// What was wrong.
    pub wrong: Wrong,
}

#[derive(Template)]
#[template(path = "parts/field.html")]
struct Field<'a> {
    name: &'a str,
    label: String,
    hint: String,
    wrong: &'a str,
    value: &'a str,
    kind: &'a str,
    extra: &'a str,
    rows: usize,
    max: usize,
    options: &'a [Choice],
}

/// One of the values that a field can have.
#[derive(Debug, Clone)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
}

#[derive(Template)]
#[template(path = "parts/summary.html")]
struct Summary<'a> {
    title: String,
    whole: Option<&'a str>,
    fields: Vec<(&'a str, String, &'a str)>,
}

impl Form {
    /// A form with what it begins with.
    #[must_use]
    pub fn new(language: Language, fields: Fields) -> Self {
        Self {
            language,
            fields,
            wrong: Wrong::default(),
        }
    }

    /// The same form after it was refused.
    ///
    /// # Errors
    /// The error, when there is nothing to correct in a form.
    pub fn refused(language: Language, fields: Fields, error: Error) -> Result<Self> {
        Ok(Self {
            language,
            fields,
            wrong: Wrong::from_error(error, language)?,
        })
    }

    /// A field of one line; `kind` as in HTML, `extra` further attributes of ours.
    #[must_use]
    pub fn line(&self, name: &str, kind: &str, max: usize, extra: &str) -> String {
        self.field(name, kind, extra, 0, max, &[])
    }

    /// A field of several lines.
    #[must_use]
    pub fn area(&self, name: &str, rows: usize, max: usize) -> String {
        self.field(name, "area", "", rows, max, &[])
    }

    /// A field whose value is chosen from a list.
    #[must_use]
    pub fn select(&self, name: &str, options: &[Choice]) -> String {
        self.field(name, "select", "", 0, 0, options)
    }

    /// A field whose value is chosen by a button of several.
    #[must_use]
    pub fn radio(&self, name: &str, options: &[Choice]) -> String {
        self.field(name, "radio", "", 0, 0, options)
    }

    fn field(&self, name: &str, kind: &str, extra: &str, rows: usize, max: usize, options: &[Choice]) -> String {
        let hint_key = format!("hint-{}", name.replace('_', "-"));
        let hint = words(self.language, &hint_key);
        let field = Field {
            name,
            label: label(self.language, name),
            hint: if hint == hint_key { String::new() } else { hint },
            wrong: self.wrong.of(name),
            value: self.fields.text(name),
            kind,
            extra,
            rows,
            max,
            options,
        };
        field.render().unwrap_or_default()
    }

    /// What to correct, on top of the form, each with a link to its field.
    #[must_use]
    pub fn summary(&self) -> String {
        if !self.wrong.any() {
            return String::new();
        }
        let fields = self.wrong.fields.iter();
        let summary = Summary {
            title: words(self.language, "form-refused"),
            whole: self.wrong.whole.as_deref(),
            fields: fields
                .map(|(name, text)| (&**name, label(self.language, name), &**text))
                .collect(),
        };
        summary.render().unwrap_or_default()
    }
}

/// The words of a field.
#[must_use]
pub fn label(language: Language, field: &str) -> String {
    named(language, "field-", field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_field_of_an_address_changes_and_the_others_stay() {
        let fields = Fields::parse("theme=a&sort=newest&theme=b");
        assert_eq!(fields.all("theme"), ["a", "b"]);
        assert_eq!(fields.with("sort", "random").query(), "?theme=a&theme=b&sort=random");
        assert_eq!(Fields::parse("after=x").with("after", "").query(), "");
    }
}
