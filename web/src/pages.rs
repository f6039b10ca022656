//! Every page and where it is.
//!
//! Rule: addresses are `/{it|en}/…` with plural nouns; an id has a readable tail that is for people only.

pub mod application;
pub mod attachment;
pub mod books;
pub mod call;
pub mod campaign;
pub mod comment;
pub mod consultation;
pub mod desk;
pub mod donation;
pub mod home;
pub mod me;
pub mod payout;
pub mod proposal;
pub mod receipt;
pub mod report;
pub mod sandbox;
pub mod search;
pub mod second_factor;
pub mod sign_in;
pub mod text;
pub mod writing;

use civic::City;
use civic::language::Language;
use poem::http::header;
use poem::{Request, Response, Route, get, handler, post};

use crate::assets;
use crate::visit::{on, redirect};

/// The routes of all pages.
#[must_use]
pub fn routes(city: &City) -> Route {
    let route = Route::new()
        .at("/", get(begin))
        .at("/robots.txt", get(robots))
        .at("/assets/:file", get(assets::serve))
        .at(
            "/:language/demo/:member/:proof",
            get(on(city, sign_in::demonstration)).post(on(city, sign_in::demonstration_confirm)),
        )
        .at(
            "/:language/sandbox/:proof",
            get(on(city, sandbox::show)).post(on(city, sandbox::pay)),
        )
        .at("/:language/attachments/:id/:variant", get(on(city, attachment::bytes)))
        .at("/:language", get(on(city, home::home)))
        .at("/:language/search", get(on(city, search::search)))
        .at("/:language/consultations", get(on(city, consultation::list)))
        .at("/:language/consultations/:slug", get(on(city, consultation::show)))
        .at(
            "/:language/consultations/:slug/map.svg",
            get(on(city, consultation::map)),
        );
    let route = proposals(city, route);
    let route = comments(city, route);
    let route = calls(city, route);
    let route = campaigns(city, route);
    let route = staff(city, route);
    members(city, route)
}

fn proposals(city: &City, route: Route) -> Route {
    use proposal::{act, list, map, versions};
    route
        .at("/:language/proposals", get(on(city, list::list)))
        .at(
            "/:language/proposals/new",
            get(on(city, writing::begin)).post(on(city, writing::keep_new)),
        )
        .at("/:language/proposals/map", get(on(city, map::map)))
        .at("/:language/proposals/:id", get(on(city, proposal::show)))
        .at("/:language/proposals/:id/support", post(on(city, act::support)))
        .at("/:language/proposals/:id/versions", get(on(city, versions::show)))
        .at(
            "/:language/proposals/:id/edit/:step",
            get(on(city, writing::edit)).post(on(city, writing::keep)),
        )
        .at("/:language/proposals/:id/discard", post(on(city, writing::discard)))
        .at("/:language/proposals/:id/attachments", post(on(city, attachment::add)))
        .at("/:language/attachments/:id/remove", post(on(city, attachment::remove)))
        .at(
            "/:language/proposals/:id/act/:what",
            get(on(city, act::form)).post(on(city, act::submit)),
        )
        .at("/:language/proposals/:id/comments", post(on(city, comment::write)))
}

fn comments(city: &City, route: Route) -> Route {
    route
        .at("/:language/comments/:id", get(on(city, comment::thread)))
        .at(
            "/:language/comments/:id/edit",
            get(on(city, comment::edit_form)).post(on(city, comment::edit)),
        )
        .at("/:language/comments/:id/remove", post(on(city, comment::remove)))
        .at("/:language/comments/:id/support", post(on(city, comment::support)))
        .at(
            "/:language/comments/:id/act/:what",
            get(on(city, comment::moderate_form)).post(on(city, comment::moderate)),
        )
}

fn calls(city: &City, route: Route) -> Route {
    use application::{act, files, step};
    route
        .at("/:language/calls", get(on(city, call::list)))
        .at("/:language/calls/:slug", get(on(city, call::show)))
        .at("/:language/calls/:slug/ranking", get(on(city, call::ranking::show)))
        .at(
            "/:language/calls/:slug/apply",
            get(on(city, step::begin)).post(on(city, step::keep_new)),
        )
        .at("/:language/applications/:id", get(on(city, application::show)))
        .at(
            "/:language/applications/:id/edit/:step",
            get(on(city, step::edit)).post(on(city, step::keep)),
        )
        .at("/:language/applications/:id/discard", post(on(city, step::discard)))
        .at("/:language/applications/:id/attachments", post(on(city, files::add)))
        .at(
            "/:language/applications/:id/act/:what",
            get(on(city, act::form)).post(on(city, act::submit)),
        )
        .at("/:language/me/applications", get(on(city, application::own)))
}

fn campaigns(city: &City, route: Route) -> Route {
    use campaign::{act, edit};
    use donation::give;
    route
        .at("/:language/campaigns", get(on(city, campaign::list)))
        .at("/:language/campaigns/:id", get(on(city, campaign::show)))
        .at("/:language/campaigns/:id/donations", get(on(city, campaign::donations)))
        .at(
            "/:language/campaigns/:id/give",
            get(on(city, give::form)).post(on(city, give::give)),
        )
        .at(
            "/:language/campaigns/:id/edit",
            get(on(city, edit::form)).post(on(city, edit::keep)),
        )
        .at(
            "/:language/campaigns/:id/act/:what",
            get(on(city, act::form)).post(on(city, act::submit)),
        )
        .at("/:language/applications/:id/campaign", post(on(city, edit::begin)))
        .at(
            "/:language/campaigns/:id/payouts",
            get(on(city, payout::show)).post(on(city, payout::request)),
        )
        .at(
            "/:language/campaigns/:id/bank-account/:what",
            get(on(city, payout::act::account_form)).post(on(city, payout::act::account)),
        )
        .at(
            "/:language/payouts/:id/act/:what",
            get(on(city, payout::act::payout_form)).post(on(city, payout::act::payout)),
        )
        .at("/:language/campaigns/:id/report", get(on(city, report::show)))
        .at(
            "/:language/campaigns/:id/report/edit",
            get(on(city, report::edit::form)).post(on(city, report::edit::keep)),
        )
        .at(
            "/:language/campaigns/:id/report/act/:what",
            get(on(city, report::act::form)).post(on(city, report::act::submit)),
        )
        .at("/:language/donations/:id", get(on(city, donation::show)))
        .at("/:language/me/donations", get(on(city, donation::own)))
        .at("/:language/receipts/:id", get(on(city, receipt::show)))
        .at("/:language/receipts/:id/pdf", get(on(city, receipt::pdf)))
        .at(
            "/:language/receipts/:id/tax-data",
            get(on(city, receipt::tax_form)).post(on(city, receipt::tax)),
        )
        .at("/:language/me/receipts/:what", get(on(city, receipt::statement)))
        .at("/:language/campaigns/:id/receipts", get(on(city, receipt::desk::show)))
        .at(
            "/:language/campaigns/:id/receipts/:what",
            get(on(city, receipt::desk::year)),
        )
        .at("/:language/books", get(on(city, books::show)))
        .at("/:language/books.csv", get(on(city, books::csv::fetch)))
        .at("/:language/me/campaigns", get(on(city, campaign::own)))
}

fn staff(city: &City, route: Route) -> Route {
    route
        .at("/:language/desk", get(on(city, desk::desk)))
        .at(
            "/:language/desk/statements",
            get(on(city, desk::statements)).post(on(city, desk::import_statement)),
        )
        .at(
            "/:language/desk/statements/:id/:what",
            get(on(city, desk::line_form)).post(on(city, desk::line_act)),
        )
        .at("/:language/desk/reconciliation", get(on(city, desk::reconciliation)))
        .at(
            "/:language/desk/reconciliation/:id/:what",
            get(on(city, desk::movement_form)).post(on(city, desk::movement_act)),
        )
        .at(
            "/:language/desk/payouts",
            get(on(city, desk::payouts)).post(on(city, desk::send_payouts)),
        )
        .at("/:language/desk/money", get(on(city, desk::money)))
        .at(
            "/:language/desk/money/donations/:id",
            get(on(city, desk::gift)).post(on(city, desk::confirm_gift)),
        )
        .at(
            "/:language/desk/money/donations/:id/refund",
            get(on(city, desk::give_back::form)).post(on(city, desk::give_back::submit)),
        )
        .at(
            "/:language/desk/money/refunds/:id",
            get(on(city, desk::refund)).post(on(city, desk::settle_refund)),
        )
        .at("/:language/desk/payouts/:id/:what", get(on(city, desk::payout_file)))
        .at(
            "/:language/desk/consultations/new",
            get(on(city, desk::new)).post(on(city, desk::open)),
        )
        .at(
            "/:language/desk/consultations/:slug",
            get(on(city, desk::edit)).post(on(city, desk::change)),
        )
        .at(
            "/:language/desk/calls/new",
            get(on(city, desk::new_call)).post(on(city, desk::open_call)),
        )
        .at(
            "/:language/desk/calls/:slug",
            get(on(city, desk::edit_call)).post(on(city, desk::change_call)),
        )
        .at(
            "/:language/desk/calls/:slug/applications",
            get(on(city, desk::applications)),
        )
        .at(
            "/:language/desk/calls/:slug/act/:what",
            get(on(city, desk::call_act_form)).post(on(city, desk::call_act)),
        )
        .at(
            "/:language/desk/roles",
            get(on(city, desk::roles)).post(on(city, desk::give)),
        )
        .at("/:language/desk/roles/:id/revoke", post(on(city, desk::take)))
}

fn members(city: &City, route: Route) -> Route {
    route
        .at(
            "/:language/sign-in",
            get(on(city, sign_in::form)).post(on(city, sign_in::ask)),
        )
        .at(
            "/:language/sign-in/code",
            get(on(city, sign_in::code_form)).post(on(city, sign_in::code)),
        )
        .at(
            "/:language/sign-in/:id/:proof",
            get(on(city, sign_in::link)).post(on(city, sign_in::link_confirm)),
        )
        .at("/:language/sign-out", post(on(city, sign_in::sign_out)))
        .at(
            "/:language/second-factor",
            get(on(city, second_factor::form)).post(on(city, second_factor::give)),
        )
        .at(
            "/:language/second-factor/setup",
            get(on(city, second_factor::setup)).post(on(city, second_factor::confirm)),
        )
        .at("/:language/second-factor/remove", post(on(city, second_factor::remove)))
        .at("/:language/me", get(on(city, me::folder)))
        .at(
            "/:language/me/settings",
            get(on(city, me::settings)).post(on(city, me::change)),
        )
        .at(
            "/:language/me/tokens",
            get(on(city, me::tokens)).post(on(city, me::make_token)),
        )
        .at("/:language/me/tokens/:id/revoke", post(on(city, me::revoke_token)))
        .at(
            "/:language/me/sign-out-everywhere",
            post(on(city, me::sign_out_everywhere)),
        )
        .at("/:language/me/:what", get(on(city, me::list)))
        .at("/:language/:text", get(on(city, text::show)))
        .at("/:language/*nowhere", get(on(city, text::nowhere)))
}

/// The beginning leads to the reader's language.
#[handler]
fn begin(request: &Request) -> Response {
    let language = Language::negotiate(request.header(header::ACCEPT_LANGUAGE).unwrap_or(""));
    let mut answer = redirect(&format!("/{}", language.code()));
    answer
        .headers_mut()
        .insert(header::VARY, header::HeaderValue::from_static("accept-language"));
    answer
}

#[handler]
fn robots() -> &'static str {
    "User-agent: *\nDisallow: /it/sign-in\nDisallow: /en/sign-in\nDisallow: /it/me\nDisallow: /en/me\nDisallow: /it/desk\nDisallow: /en/desk\n"
}
