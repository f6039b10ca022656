//! The pages: server-rendered HTML in Italian and English over civic's read models, and the letters.
//!
//! Rule: a handler parses, makes one call and wraps; every word is in `locales/`, every shape in `templates/`. All of it
//! works without a script. Deliberately absent: rules, which are civic's, and SQL.

pub mod assets;
pub mod error;
pub mod form;
pub mod format;
pub mod guard;
pub mod language;
pub mod letters;
pub mod page;
pub mod pages;
pub mod session;

use civic::City;
use poem::{EndpointExt, Route};

/// Everything that is mounted at `/`.
#[must_use]
pub fn routes(city: City) -> Route {
    let pages = pages::routes(&city).with(guard::Headers);
    Route::new().nest_no_strip("/", pages)
}
