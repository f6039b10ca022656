//! Lists as Relay has them: edges with cursors, and where the next page begins.
//!
//! Rule: a cursor is civic's, and works whatever comes or goes meanwhile. Deliberately absent: paging backwards, and a
//! total, which a list would have to count for everybody who does not ask.

use std::borrow::Cow;

use async_graphql::{OutputType, SimpleObject, TypeName};
use civic::error::{Error, Fault};
use civic::id::TypedId;
use civic::page::{Page, Paging};

use super::error::Result;

/// Where a page stands in its list.
#[derive(Debug, Clone, SimpleObject)]
pub struct PageInfo {
    /// Whether there is a page after this one.
    pub has_next_page: bool,
    /// Whether this page was asked for by a cursor.
    pub has_previous_page: bool,
    /// The cursor of the first edge.
    pub start_cursor: Option<String>,
    /// What to give as `after` for the next page.
    pub end_cursor: Option<String>,
}

/// An item of a list with its place.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(name_type)]
pub struct Edge<T: OutputType> {
    /// The item.
    pub node: T,
    /// What to give as `after` for what follows it.
    pub cursor: String,
}

impl<T: OutputType> TypeName for Edge<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", <T as OutputType>::type_name()).into()
    }
}

/// A page of a list.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(name_type)]
pub struct Connection<T: OutputType> {
    /// The items.
    pub edges: Vec<Edge<T>>,
    /// Where the page stands.
    pub page_info: PageInfo,
}

impl<T: OutputType> TypeName for Connection<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", <T as OutputType>::type_name()).into()
    }
}

impl<T: OutputType> Connection<T> {
    /// A page of civic's; `id` says by which id an item has its place.
    pub fn of<A: Into<T>, I: TypedId>(page: Page<A>, paging: Paging, id: impl Fn(&A) -> I) -> Self {
        let cursors = page
            .items
            .iter()
            .map(|item| page.place_of(id(item)).map(|place| place.text()).unwrap_or_default())
            .collect();
        Self::with(page, paging, cursors)
    }

    /// A page of civic's none of whose rows was left out: the places are those of the items, one by one.
    pub fn in_order<A: Into<T>>(page: Page<A>, paging: Paging) -> Self {
        let cursors = page.places.iter().map(|place| place.text()).collect();
        Self::with(page, paging, cursors)
    }

    fn with<A: Into<T>>(page: Page<A>, paging: Paging, cursors: Vec<String>) -> Self {
        let next = page.next.map(|next| next.text());
        let page_info = PageInfo {
            has_next_page: next.is_some(),
            has_previous_page: paging.after.is_some(),
            start_cursor: cursors.first().cloned(),
            end_cursor: next.or_else(|| cursors.last().cloned()),
        };
        let edges = page
            .items
            .into_iter()
            .zip(cursors)
            .map(|(item, cursor)| Edge {
                node: item.into(),
                cursor,
            })
            .collect();
        Self { edges, page_info }
    }
}

/// Reads `first` and `after`; a fault names the argument as it is called here.
///
/// # Errors
/// `Invalid` in `first` or `after`.
pub fn paging(first: Option<u64>, after: Option<&str>) -> Result<Paging> {
    Paging::parse(first, after).map_err(|error| match error {
        Error::Invalid(faults) => {
            let named = faults.into_iter().map(|fault| match fault.field.as_ref() {
                "limit" => Fault {
                    field: "first".into(),
                    ..fault
                },
                _ => fault,
            });
            Error::Invalid(named.collect()).into()
        }
        other => other.into(),
    })
}
