//! What the letters to those who applied say, from what is true when they go out.

use super::super::ApplicationNews;
use super::super::store;
use crate::City;
use crate::call::store as calls;
use crate::error::{Error, Result};
use crate::id::ApplicationId;
use crate::language::{Language, Localised};
use crate::member;
use crate::text::slug;
use crate::time::Timestamp;

/// What a letter about an application says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationLetter {
    /// To whom.
    pub email: String,
    /// In which language.
    pub language: Language,
    /// The project's title.
    pub title: String,
    /// The readable tail of its address.
    pub slug: String,
    /// The call's title.
    pub call: String,
    /// What is to be completed, in Markdown, and by when.
    pub completion: Option<(String, Timestamp)>,
    /// Why it was excluded.
    pub reason: Option<String>,
    /// Its place on the list.
    pub place: Option<i64>,
}

/// What the letter about a piece of news says; nothing for those without an address, of a completion that is not awaited
/// any more, and of one that was withdrawn since.
///
/// # Errors
/// `NotFound`, and those of the database.
pub async fn letter(city: &City, id: ApplicationId, news: ApplicationNews) -> Result<Option<ApplicationLetter>> {
    let db = city.db.read();
    let row = store::find(db, id).await?.ok_or(Error::NotFound)?;
    let call = calls::find(db, row.call_id).await?.ok_or(Error::NotFound)?;
    let Some((email, language)) = member::read::address(city, row.author_id).await? else {
        return Ok(None);
    };
    let awaited = row.awaits_completion(city.system().now);
    let gone = row.withdrawn_at.is_some() && news != ApplicationNews::Withdrawn;
    if gone || (news == ApplicationNews::CompletionAsked && !awaited) {
        return Ok(None);
    }
    Ok(Some(ApplicationLetter {
        email,
        language,
        slug: slug(&row.title),
        call: Localised::from_stored(&call.title).get(language).to_owned(),
        completion: row.completion_text.clone().zip(row.completion_due_at),
        reason: row.exclude_reason.clone(),
        place: row.place_on_list.filter(|_| call.ranked_at.is_some()),
        title: row.title,
    }))
}
