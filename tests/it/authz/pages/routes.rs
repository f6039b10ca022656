//! The routes of the pages, each with the addresses by which it is walked.
//!
//! Rule: what destroys comes last. Deliberately absent: what each kind of reader gets, which the snapshot says.

/// Each route with the addresses by which it is walked; `{…}` stand for what `Made` made. What destroys comes last.
pub const ROUTES: &[(&str, &[&str])] = &[
    ("/", &["/"]),
    ("/robots.txt", &["/robots.txt"]),
    ("/assets/:file", &["/assets/nothing.css"]),
    ("/:language", &["/it"]),
    ("/:language/search", &["/it/search?q=piste"]),
    ("/:language/consultations", &["/it/consultations"]),
    (
        "/:language/consultations/:slug",
        &["/it/consultations/milano-domani", "/it/consultations/none"],
    ),
    (
        "/:language/consultations/:slug/map.svg",
        &["/it/consultations/milano-domani/map.svg"],
    ),
    ("/:language/proposals", &["/it/proposals"]),
    (
        "/:language/proposals/new",
        &["/it/proposals/new?consultation=milano-domani"],
    ),
    (
        "/:language/proposals/map",
        &["/it/proposals/map?consultation=milano-domani"],
    ),
    (
        "/:language/proposals/:id",
        &[
            "/it/proposals/{proposal}-piste-ciclabili-sicure",
            "/it/proposals/{draft}",
            "/it/proposals/{hidden}-nascosta",
        ],
    ),
    (
        "/:language/proposals/:id/support",
        &["/it/proposals/{proposal}/support"],
    ),
    (
        "/:language/proposals/:id/versions",
        &[
            "/it/proposals/{proposal}/versions",
            "/it/proposals/{draft}/versions",
            "/it/proposals/{hidden}/versions",
        ],
    ),
    (
        "/:language/proposals/:id/edit/:step",
        &["/it/proposals/{draft}/edit/idea", "/it/proposals/{proposal}/edit/idea"],
    ),
    (
        "/:language/proposals/:id/attachments",
        &["/it/proposals/{draft}/attachments"],
    ),
    (
        "/:language/proposals/:id/act/:what",
        &[
            "/it/proposals/{proposal}/act/add",
            "/it/proposals/{proposal}/act/withdraw",
            "/it/proposals/{proposal}/act/correct",
            "/it/proposals/{proposal}/act/answer",
            "/it/proposals/{proposal}/act/merge",
            "/it/proposals/{proposal}/act/hide",
            "/it/proposals/{hidden}/act/restore",
            "/it/proposals/{proposal}/act/nothing",
        ],
    ),
    (
        "/:language/proposals/:id/comments",
        &["/it/proposals/{proposal}/comments"],
    ),
    ("/:language/attachments/:id/:variant", &["/it/attachments/none/full"]),
    ("/:language/attachments/:id/remove", &["/it/attachments/none/remove"]),
    ("/:language/comments/:id", &["/it/comments/{comment}"]),
    ("/:language/comments/:id/edit", &["/it/comments/{comment}/edit"]),
    ("/:language/comments/:id/support", &["/it/comments/{comment}/support"]),
    (
        "/:language/comments/:id/act/:what",
        &["/it/comments/{comment}/act/hide", "/it/comments/{comment}/act/restore"],
    ),
    ("/:language/comments/:id/remove", &["/it/comments/{comment}/remove"]),
    ("/:language/proposals/:id/discard", &["/it/proposals/{draft}/discard"]),
    ("/:language/calls", &["/it/calls"]),
    (
        "/:language/calls/:slug",
        &["/it/calls/quartieri-2027", "/it/calls/bozza", "/it/calls/none"],
    ),
    (
        "/:language/calls/:slug/ranking",
        &["/it/calls/quartieri-2027/ranking", "/it/calls/finito/ranking"],
    ),
    ("/:language/calls/:slug/apply", &["/it/calls/quartieri-2027/apply"]),
    (
        "/:language/applications/:id",
        &["/it/applications/{application}-orto-urbano", "/it/applications/{begun}"],
    ),
    (
        "/:language/applications/:id/edit/:step",
        &[
            "/it/applications/{begun}/edit/project",
            "/it/applications/{begun}/edit/files",
            "/it/applications/{begun}/edit/check",
        ],
    ),
    (
        "/:language/applications/:id/attachments",
        &["/it/applications/{begun}/attachments"],
    ),
    (
        "/:language/applications/:id/act/:what",
        &[
            "/it/applications/{application}/act/complete",
            "/it/applications/{application}/act/ask-completion",
            "/it/applications/{application}/act/exclude",
            "/it/applications/{application}/act/score",
            "/it/applications/{application}/act/conflict",
            "/it/applications/{application}/act/withdraw",
            "/it/applications/{application}/act/find-admissible",
            "/it/applications/{application}/act/nothing",
        ],
    ),
    (
        "/:language/applications/:id/discard",
        &["/it/applications/{begun}/discard"],
    ),
    ("/:language/me/applications", &["/it/me/applications"]),
    (
        "/:language/applications/:id/campaign",
        &["/it/applications/{application}/campaign"],
    ),
    ("/:language/campaigns", &["/it/campaigns"]),
    (
        "/:language/campaigns/:id",
        &[
            "/it/campaigns/{fund}-alberi",
            "/it/campaigns/{written}",
            "/it/campaigns/none",
        ],
    ),
    (
        "/:language/campaigns/:id/donations",
        &["/it/campaigns/{fund}/donations", "/it/campaigns/{written}/donations"],
    ),
    (
        "/:language/campaigns/:id/give",
        &["/it/campaigns/{fund}/give", "/it/campaigns/{written}/give"],
    ),
    (
        "/:language/campaigns/:id/edit",
        &["/it/campaigns/{written}/edit", "/it/campaigns/{fund}/edit"],
    ),
    ("/:language/me/campaigns", &["/it/me/campaigns"]),
    (
        "/:language/campaigns/:id/payouts",
        &["/it/campaigns/{fund}/payouts", "/it/campaigns/{written}/payouts"],
    ),
    (
        "/:language/campaigns/:id/bank-account/:what",
        &[
            "/it/campaigns/{fund}/bank-account/enter",
            "/it/campaigns/{fund}/bank-account/verify",
            "/it/campaigns/{fund}/bank-account/nothing",
        ],
    ),
    (
        "/:language/payouts/:id/act/:what",
        &[
            "/it/payouts/pay_7zzzzzzzzzzzzzzzzzzzzzzzzz/act/approve",
            "/it/payouts/none/act/nothing",
        ],
    ),
    ("/:language/campaigns/:id/report", &["/it/campaigns/{fund}/report"]),
    (
        "/:language/campaigns/:id/report/edit",
        &["/it/campaigns/{fund}/report/edit"],
    ),
    (
        "/:language/campaigns/:id/report/act/:what",
        &[
            "/it/campaigns/{fund}/report/act/begin",
            "/it/campaigns/{fund}/report/act/submit",
            "/it/campaigns/{fund}/report/act/send-back",
            "/it/campaigns/{fund}/report/act/close",
            "/it/campaigns/{fund}/report/act/pay-back",
            "/it/campaigns/{fund}/report/act/nothing",
        ],
    ),
    ("/:language/desk/money", &["/it/desk/money"]),
    (
        "/:language/desk/money/donations/:id",
        &["/it/desk/money/donations/{donation}", "/it/desk/money/donations/none"],
    ),
    (
        "/:language/desk/money/donations/:id/refund",
        &["/it/desk/money/donations/{donation}/refund"],
    ),
    ("/:language/desk/money/refunds/:id", &["/it/desk/money/refunds/none"]),
    (
        "/:language/desk/payouts",
        &["/it/desk/payouts", "/it/desk/payouts?state=nothing"],
    ),
    ("/:language/desk/reconciliation", &["/it/desk/reconciliation"]),
    (
        "/:language/desk/reconciliation/:id/:what",
        &["/it/desk/reconciliation/none/bank"],
    ),
    ("/:language/desk/statements", &["/it/desk/statements"]),
    (
        "/:language/desk/statements/:id/:what",
        &["/it/desk/statements/none/assign", "/it/desk/statements/none/set-aside"],
    ),
    (
        "/:language/desk/payouts/:id/:what",
        &["/it/desk/payouts/none/custodian"],
    ),
    (
        "/:language/campaigns/:id/act/:what",
        &[
            "/it/campaigns/{written}/act/submit",
            "/it/campaigns/{fund}/act/tell",
            "/it/campaigns/{fund}/act/schedule",
            "/it/campaigns/{fund}/act/send-back",
            "/it/campaigns/{fund}/act/extend",
            "/it/campaigns/{fund}/act/agree",
            "/it/campaigns/{fund}/act/cancel",
            "/it/campaigns/{fund}/act/end",
            "/it/campaigns/{fund}/act/nothing",
        ],
    ),
    (
        "/:language/donations/:id",
        &["/it/donations/{donation}", "/it/donations/{donation}?proof=guessed"],
    ),
    ("/:language/me/donations", &["/it/me/donations"]),
    (
        "/:language/receipts/:id",
        &["/it/receipts/{receipt}", "/it/receipts/none"],
    ),
    ("/:language/receipts/:id/pdf", &["/it/receipts/{receipt}/pdf"]),
    (
        "/:language/receipts/:id/tax-data",
        &[
            "/it/receipts/{receipt}/tax-data",
            "/it/receipts/{receipt}/tax-data?proof=guessed",
        ],
    ),
    ("/:language/me/receipts/:what", &["/it/me/receipts/2026"]),
    (
        "/:language/campaigns/:id/receipts",
        &["/it/campaigns/{fund}/receipts", "/it/campaigns/{written}/receipts"],
    ),
    (
        "/:language/campaigns/:id/receipts/:what",
        &[
            "/it/campaigns/{fund}/receipts/2026.csv",
            "/it/campaigns/{fund}/receipts/2026",
        ],
    ),
    (
        "/:language/books",
        &["/it/books", "/it/books?campaign={fund}", "/it/books?campaign={written}"],
    ),
    (
        "/:language/books.csv",
        &["/it/books.csv", "/it/books.csv?campaign={written}"],
    ),
    ("/:language/desk/calls/new", &["/it/desk/calls/new"]),
    (
        "/:language/desk/calls/:slug",
        &["/it/desk/calls/bozza", "/it/desk/calls/quartieri-2027"],
    ),
    (
        "/:language/desk/calls/:slug/applications",
        &["/it/desk/calls/quartieri-2027/applications"],
    ),
    (
        "/:language/desk/calls/:slug/act/:what",
        &[
            "/it/desk/calls/quartieri-2027/act/extend",
            "/it/desk/calls/quartieri-2027/act/rank",
            "/it/desk/calls/quartieri-2027/act/publish-ranking",
            "/it/desk/calls/quartieri-2027/act/close",
            "/it/desk/calls/bozza/act/publish",
        ],
    ),
    ("/:language/desk", &["/it/desk"]),
    ("/:language/desk/consultations/new", &["/it/desk/consultations/new"]),
    (
        "/:language/desk/consultations/:slug",
        &["/it/desk/consultations/milano-domani", "/it/desk/consultations/none"],
    ),
    ("/:language/desk/roles", &["/it/desk/roles"]),
    ("/:language/desk/roles/:id/revoke", &["/it/desk/roles/none/revoke"]),
    ("/:language/sign-in", &["/it/sign-in"]),
    ("/:language/sign-in/code", &["/it/sign-in/code"]),
    ("/:language/sign-in/:id/:proof", &["/it/sign-in/none/none"]),
    ("/:language/demo/:member/:proof", &["/it/demo/none/none"]),
    ("/:language/sandbox/:proof", &["/it/sandbox/none.none"]),
    ("/:language/second-factor", &["/it/second-factor"]),
    ("/:language/second-factor/setup", &["/it/second-factor/setup"]),
    ("/:language/:text", &["/it/about", "/it/nothing-of-ours"]),
    ("/:language/*nowhere", &["/it/nothing/of/ours"]),
    ("/:language/me", &["/it/me"]),
    ("/:language/me/:what", &["/it/me/drafts", "/it/me/nothing"]),
    ("/:language/me/settings", &["/it/me/settings"]),
    ("/:language/me/tokens", &["/it/me/tokens"]),
    ("/:language/me/tokens/:id/revoke", &["/it/me/tokens/none/revoke"]),
    ("/:language/second-factor/remove", &["/it/second-factor/remove"]),
    ("/:language/me/sign-out-everywhere", &["/it/me/sign-out-everywhere"]),
    ("/:language/sign-out", &["/it/sign-out"]),
];
