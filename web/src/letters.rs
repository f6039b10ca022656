//! The letters: plain text and the same as HTML, in the member's language, made by us alone.
//!
//! Rule: a letter says why it comes and what to do; it names no secret but the one it is sent for.

pub mod gift;
pub mod payout;
pub mod receipt;

use askama::Template;
use civic::City;
use civic::application::ApplicationNews;
use civic::application::read::ApplicationLetter;
use civic::id::{ApplicationId, DecisionId, MemberId, ProposalId, RoleGrantId, SignInId};
use civic::language::Language;
use civic::mail::Letter;
use civic::member::read::RoleLetter;
use civic::member::sign_in::SignInLetter;
use civic::moderation::DecisionKind;
use civic::proposal::read::ProposalCard;

use crate::format::{date, moment};
use crate::language::{Value, named, words, words_with};
use crate::pages::application::path as application_path;
use crate::pages::proposal::path;

#[derive(Template)]
#[template(path = "letters/letter.html")]
struct Html<'a> {
    language: Language,
    subject: &'a str,
    lines: &'a [String],
    digits: Option<&'a str>,
    link: Option<&'a str>,
    link_words: &'a str,
    closing: &'a str,
}

/// What a letter says, before it has its two forms.
struct Draft<'a> {
    to: &'a str,
    subject: String,
    lines: Vec<String>,
    digits: Option<&'a str>,
    link: String,
    link_words: String,
    /// What the letter is about; the same for the same letter.
    about: String,
}

fn finish(city: &City, language: Language, draft: &Draft<'_>) -> Letter {
    let closing = put(language, "letter-closing", &city.settings.city_name);
    let mut text = draft.lines.join("\n\n");
    if let Some(digits) = draft.digits {
        text.push_str(&format!("\n\n    {digits}"));
    }
    text.push_str(&format!("\n\n{}\n{}\n\n-- \n{closing}\n", draft.link_words, draft.link));
    let html = Html {
        language,
        subject: &draft.subject,
        lines: &draft.lines,
        digits: draft.digits,
        link: Some(&draft.link),
        link_words: &draft.link_words,
        closing: &closing,
    };
    let host = city
        .settings
        .base_url
        .split("//")
        .last()
        .unwrap_or("localhost")
        .split(':')
        .next()
        .unwrap_or("localhost");
    Letter {
        to: draft.to.to_owned(),
        subject: draft.subject.clone(),
        text,
        html: html.render().unwrap_or_default(),
        message_id: format!("<{}@{host}>", draft.about),
    }
}

fn put(language: Language, key: &str, text: &str) -> String {
    words_with(language, key, &[("text", Value::Text(text))])
}

/// The letter with the code and the link of a sign-in.
#[must_use]
pub fn sign_in(city: &City, due: &SignInLetter, id: SignInId) -> Letter {
    let language = due.language;
    let minutes = civic::limits::SIGN_IN_MS / civic::time::MINUTE_MS;
    let draft = Draft {
        to: &due.email,
        subject: put(language, "letter-sign-in", &due.digits),
        lines: vec![
            put(language, "letter-sign-in-asked", &city.settings.city_name),
            words_with(language, "letter-sign-in-code", &[("n", Value::Number(minutes))]),
        ],
        digits: Some(&due.digits),
        link: format!(
            "{}/{}/sign-in/{id}/{}",
            city.settings.base_url,
            language.code(),
            due.link_proof
        ),
        link_words: words(language, "letter-sign-in-link"),
        about: id.to_string(),
    };
    finish(city, language, &draft)
}

/// The letter to the author of what a moderator hid or restored, with the reason.
#[must_use]
pub fn decided(
    city: &City,
    (to, language): (&str, Language),
    id: DecisionId,
    kind: DecisionKind,
    reason: &str,
    path: &str,
) -> Letter {
    let name = kind.as_str();
    let draft = Draft {
        to,
        subject: words(language, &format!("letter-{name}")),
        lines: vec![
            words(language, &format!("letter-{name}-told")),
            put(language, "letter-reason", reason),
        ],
        digits: None,
        link: format!("{}/{}{path}", city.settings.base_url, language.code()),
        link_words: words(language, "letter-see"),
        about: id.to_string(),
    };
    finish(city, language, &draft)
}

/// The letter to whoever was given a role, or lost it.
#[must_use]
pub fn role(city: &City, due: &RoleLetter, id: RoleGrantId, given: bool) -> Letter {
    let language = due.language;
    let name = if given { "given" } else { "taken" };
    let mut lines = vec![
        words(language, &format!("letter-role-{name}-told")),
        put(
            language,
            "letter-role-which",
            &named(language, "role-", due.role.as_str()),
        ),
    ];
    lines.extend(
        due.consultation
            .iter()
            .map(|title| put(language, "letter-role-where", title)),
    );
    lines.extend(
        due.call
            .iter()
            .map(|title| put(language, "letter-role-where-call", title)),
    );
    if given {
        let end = due
            .until
            .map(|until| date(language, &city.settings.zone, until.plus_ms(-1)));
        lines.extend(end.map(|end| put(language, "letter-role-until", &end)));
        lines.push(words(language, "letter-role-factor"));
    }
    let draft = Draft {
        to: &due.email,
        subject: words(language, &format!("letter-role-{name}")),
        lines,
        digits: None,
        link: format!("{}/{}/me", city.settings.base_url, language.code()),
        link_words: words(language, "letter-see-folder"),
        about: format!("{id}-{name}"),
    };
    finish(city, language, &draft)
}

/// The letter to who wrote an application, about what happened to it in the event of this number.
#[must_use]
pub fn application(
    city: &City,
    due: &ApplicationLetter,
    id: ApplicationId,
    news: ApplicationNews,
    number: i64,
) -> Letter {
    let (language, name) = (due.language, news.as_str().replace('_', "-"));
    let values = [("title", Value::Text(&due.title)), ("call", Value::Text(&due.call))];
    let mut lines = vec![words_with(
        language,
        &format!("letter-application-{name}-told"),
        &values,
    )];
    match news {
        ApplicationNews::CompletionAsked => {
            if let Some((text, until)) = &due.completion {
                lines.push(text.clone());
                let until = moment(language, &city.settings.zone, *until);
                lines.push(put(language, "letter-application-complete-by", &until));
            }
        }
        ApplicationNews::Excluded => {
            lines.extend(due.reason.iter().map(|reason| put(language, "letter-reason", reason)));
        }
        ApplicationNews::Admitted | ApplicationNews::Reserve | ApplicationNews::Rejected => {
            let place = due.place.map(|place| place.to_string());
            lines.extend(place.map(|place| put(language, "letter-application-place", &place)));
        }
        ApplicationNews::Submitted
        | ApplicationNews::Completed
        | ApplicationNews::Admissible
        | ApplicationNews::Ranked
        | ApplicationNews::MovedUp
        | ApplicationNews::Withdrawn => {}
    }
    let next = format!("letter-application-{name}-next");
    let told = words(language, &next);
    lines.extend((told != next).then_some(told));
    let draft = Draft {
        to: &due.email,
        subject: words(language, &format!("letter-application-{name}")),
        lines,
        digits: None,
        link: format!(
            "{}/{}{}",
            city.settings.base_url,
            language.code(),
            application_path(id, &due.slug)
        ),
        link_words: words(language, "letter-see-application"),
        about: format!("{id}-{number}"),
    };
    finish(city, language, &draft)
}

/// The letter to somebody who supports a proposal whose text changed: they may take the support back.
#[must_use]
pub fn corrected(
    city: &City,
    (to, language): (&str, Language),
    id: ProposalId,
    title: &str,
    version: i64,
    reader: &str,
) -> Letter {
    let draft = Draft {
        to,
        subject: words(language, "letter-corrected"),
        lines: vec![put(language, "letter-corrected-told", title)],
        digits: None,
        link: format!(
            "{}/{}{}/versions",
            city.settings.base_url,
            language.code(),
            path(id, "")
        ),
        link_words: words(language, "letter-see-changes"),
        about: format!("{id}-{version}-{reader}"),
    };
    finish(city, language, &draft)
}

/// The letter to one who wrote or supports a proposal of which the city said what becomes of it.
#[must_use]
pub fn answered(city: &City, (to, language): (&str, Language), card: &ProposalCard, reader: MemberId) -> Letter {
    let state = card.state.as_str();
    let told = [
        ("title", Value::Text(&card.title)),
        ("state", Value::Text(&named(language, "state-", state))),
    ];
    let draft = Draft {
        to,
        subject: words(language, "letter-answered"),
        lines: vec![words_with(language, "letter-answered-told", &told)],
        digits: None,
        link: format!(
            "{}/{}{}",
            city.settings.base_url,
            language.code(),
            path(card.id, &card.slug)
        ),
        link_words: words(language, "letter-see-answer"),
        about: format!("{}-{state}-{reader}", card.id),
    };
    finish(city, language, &draft)
}
