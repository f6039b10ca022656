//! Lists by the page: a keyset cursor and what a page holds.
//!
//! Rule: every order is a whole number and an id that breaks ties, so one cursor serves all lists, none is ever made of
//! an offset, and rows that come or go meanwhile neither repeat nor skip others.

use data_encoding::BASE64URL_NOPAD;
use uuid::Uuid;

use crate::error::{Code, Error, Fault, Result};
use crate::id::TypedId;
use crate::limits::{PAGE_DEFAULT, PAGE_MAX};

/// The place in a list after which the next page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cursor {
    /// The last row's place in the order.
    pub key: i64,
    /// The last row's id.
    pub id: Uuid,
}

impl Cursor {
    /// The opaque text that goes into addresses.
    #[must_use]
    pub fn text(&self) -> String {
        let mut bytes = [0_u8; 24];
        bytes[..8].copy_from_slice(&self.key.to_be_bytes());
        bytes[8..].copy_from_slice(self.id.as_bytes());
        BASE64URL_NOPAD.encode(&bytes)
    }

    /// Reads the opaque text; `None` when we did not write it.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let (key, id) = bytes.split_at_checked(8)?;
        Some(Self {
            key: i64::from_be_bytes(key.try_into().ok()?),
            id: Uuid::from_slice(id).ok()?,
        })
    }
}

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Paging {
    /// How many items at most.
    pub limit: u64,
    /// After which place.
    pub after: Option<Cursor>,
}

impl Default for Paging {
    fn default() -> Self {
        Self {
            limit: PAGE_DEFAULT,
            after: None,
        }
    }
}

impl Paging {
    /// Reads `limit` and `after` as they come from outside.
    ///
    /// # Errors
    /// `Invalid` with `limit` out of range or `after` malformed.
    pub fn parse(limit: Option<u64>, after: Option<&str>) -> Result<Self> {
        let limit = limit.unwrap_or(PAGE_DEFAULT);
        if !(1..=PAGE_MAX).contains(&limit) {
            return Err(Error::Invalid(vec![Fault::over("limit", Code::OutOfRange, PAGE_MAX)]));
        }
        let after = match after.filter(|text| !text.is_empty()) {
            None => None,
            Some(text) => Some(Cursor::read(text).ok_or_else(|| Error::field("after", Code::Malformed))?),
        };
        Ok(Self { limit, after })
    }
}

/// One page of a list and where the next one begins.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<Cursor>,
    /// The place of each row that was read, by its id, for surfaces that give every item its own cursor.
    pub places: Vec<Cursor>,
}

impl<T> Page<T> {
    /// A page from up to `limit + 1` rows: the extra row only tells that there are more.
    pub fn from_rows(mut rows: Vec<T>, limit: u64, place: impl Fn(&T) -> Cursor) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let places: Vec<Cursor> = rows.iter().map(place).collect();
        let next = places.last().copied().filter(|_| more);
        Self {
            items: rows,
            next,
            places,
        }
    }

    /// The same page with other items; some may be left out.
    pub fn with<U>(self, items: Vec<U>) -> Page<U> {
        Page {
            items,
            next: self.next,
            places: self.places,
        }
    }

    /// The place of the row with this id.
    #[must_use]
    pub fn place_of(&self, id: impl TypedId) -> Option<Cursor> {
        self.places.iter().copied().find(|place| place.id == id.uuid())
    }

    /// The same page with each item changed.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(change).collect(),
            next: self.next,
            places: self.places,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_the_way_out_and_back() {
        let cursor = Cursor {
            key: -5,
            id: Uuid::from_u128(77),
        };
        assert_eq!(Cursor::read(&cursor.text()), Some(cursor));
        assert_eq!(Cursor::read("AAAA"), None);
        assert_eq!(Cursor::read("é"), None);
    }

    #[test]
    fn a_page_over_the_limit_is_refused_with_its_limit() {
        assert_eq!(
            Paging::parse(Some(101), None).map(|p| p.limit),
            Err(Error::Invalid(vec![Fault::over("limit", Code::OutOfRange, 100)]))
        );
        assert!(Paging::parse(Some(0), None).is_err());
    }
}
