//! Every bound in the system, with its reason.
//!
//! Rule: whatever comes from outside has a bound, and it stands here. Sizes are in characters unless the name says bytes.

use crate::time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS};

/// Shortest title of a proposal: one word says too little to be found.
pub const TITLE_MIN_CHARS: usize = 5;
/// Longest title of a proposal: the longest of the real consultation has 250.
pub const TITLE_MAX_CHARS: usize = 250;
/// Longest text of a proposal: about three printed pages.
pub const PROPOSAL_BODY_MAX_CHARS: usize = 10_000;
/// Longest text of a comment: the longest of the real consultation has 3,646 with its markup.
pub const COMMENT_BODY_MAX_CHARS: usize = 4_000;
/// Longest reason for withdrawing, hiding or correcting.
pub const REASON_MAX_CHARS: usize = 1_000;
/// Characters of a text that a list shows.
pub const EXCERPT_CHARS: usize = 220;
/// Shortest and longest nickname.
pub const NICKNAME_MIN_CHARS: usize = 3;
/// Longest nickname: it must fit one line of a phone.
pub const NICKNAME_MAX_CHARS: usize = 40;
/// Longest e-mail address (RFC 5321, 4.5.3.1.3).
pub const EMAIL_MAX_CHARS: usize = 254;
/// Longest name that a member gives a token.
pub const TOKEN_NAME_MAX_CHARS: usize = 80;
/// Tokens that one member may have at once.
pub const TOKENS_PER_MEMBER: u64 = 20;
/// Drafts that one member may keep in one consultation.
pub const DRAFTS_PER_MEMBER: u64 = 20;
/// Changes by its author of one published text in a day: each is kept as a version, and supporters are told of it.
pub const EDITS_PER_DAY: u64 = 20;
/// Corrections by editors of one text in a day, told to its supporters too.
pub const CORRECTIONS_PER_DAY: u64 = 20;
/// Notes added below one text in a day: every supporter gets a letter about each.
pub const ADDENDA_PER_DAY: u64 = 3;
/// Notes below one text: its page shows all of them.
pub const ADDENDA_PER_PROPOSAL: u64 = 30;
/// Points on one map of proposals: more would cover each other.
pub const MAP_POINTS_MAX: u64 = 500;
/// Proposals that were joined to one: its page names so many.
pub const MERGED_SHOWN: u64 = 50;
/// Changes of one comment within the hour in which it may be changed: its page lists all of them.
pub const EDITS_PER_COMMENT: i64 = 20;
/// Pictures and files of one proposal.
pub const ATTACHMENTS_PER_PROPOSAL: u64 = 8;
/// Pictures and files of one application: statutes, estimates, permits.
pub const ATTACHMENTS_PER_APPLICATION: u64 = 20;
/// Pictures and files that one member may upload in an hour.
pub const UPLOADS_PER_HOUR: u64 = 60;
/// Pictures that are decoded at once: each may need some hundred megabytes.
pub const PICTURES_AT_ONCE: usize = 2;
/// Largest uploaded file in bytes (quality.md S11).
pub const UPLOAD_MAX_BYTES: usize = 10 * 1024 * 1024;
/// Longest description of a picture or file, and longest kept file name.
pub const FILE_NAME_MAX_CHARS: usize = 120;
/// A connection to the storage of files must be there after so many milliseconds.
pub const FILES_CONNECT_MS: u64 = 3_000;
/// The storage of files must begin its answer after so many milliseconds: a whole picture goes over before.
pub const FILES_ANSWER_MS: u64 = 20_000;
/// Times that a request to the storage of files is tried again.
pub const FILES_RETRIES: usize = 2;
/// No further try begins after so many milliseconds: together with the others it must fit into one request of ours.
pub const FILES_RETRY_MS: u64 = 6_000;

/// Things on one page of a list when nothing is asked for.
pub const PAGE_DEFAULT: u64 = 20;
/// Most things on one page of a list.
pub const PAGE_MAX: u64 = 100;
/// Replies shown below the threads of one page; further ones are on the thread's own page.
pub const REPLIES_PER_PAGE: u64 = 200;
/// How deep replies are shown; deeper ones are shown at this depth, since a phone has no more room.
pub const THREAD_DEPTH: i64 = 4;
/// How deep an answer may be written.
pub const REPLY_DEPTH_MAX: i64 = 8;
/// Longest search text: longer ones are cut.
pub const SEARCH_MAX_CHARS: usize = 200;
/// How far search results can be paged.
pub const SEARCH_REACH: u64 = 500;
/// Themes or districts in the filter of one list; a list of most of them is a list without a filter.
pub const FILTER_IDS_MAX: usize = 100;
/// Longest text to which similar ones are looked for, a whole proposal with its title: longer ones are cut.
pub const SIMILAR_MAX_CHARS: usize = TITLE_MAX_CHARS + PROPOSAL_BODY_MAX_CHARS;
/// Similar proposals shown while writing.
pub const SIMILAR_SHOWN: usize = 5;

/// How long a published text may be changed freely when nobody has supported it yet has no end; with supports, so long.
pub const FREE_EDIT_MS: i64 = HOUR_MS;
/// How long an author may change a comment.
pub const COMMENT_EDIT_MS: i64 = HOUR_MS;

/// How long a sign-in link and code live (quality.md 6.2).
pub const SIGN_IN_MS: i64 = 10 * MINUTE_MS;
/// Tries of a sign-in code.
pub const SIGN_IN_TRIES: i64 = 5;
/// Sign-in mails to one address in an hour, asked for from one network (quality.md S9).
pub const SIGN_IN_MAILS_PER_HOUR: u64 = 3;
/// Sign-in mails to one address in a day, asked for from one network.
pub const SIGN_IN_MAILS_PER_DAY: u64 = 10;
/// Sign-in mails to one address in an hour from everywhere: two strangers elsewhere do not keep its owner out.
pub const SIGN_IN_MAILS_IN_ALL_PER_HOUR: u64 = 9;
/// Sign-in mails to one address in a day from everywhere.
pub const SIGN_IN_MAILS_IN_ALL_PER_DAY: u64 = 30;
/// Sign-ins asked for in an hour from one network: a meeting whose people all sign in over one address.
pub const SIGN_INS_PER_NETWORK_HOUR: u64 = 300;
/// Sign-ins asked for in a day from one network.
pub const SIGN_INS_PER_NETWORK_DAY: u64 = 1_500;
/// Open sign-ins of one browser whose code may be typed: those last asked for.
pub const SIGN_INS_PER_BROWSER: u64 = 10;
/// A citizen's session ends after so long without use, and in any case after `SESSION_MS`.
pub const SESSION_IDLE_MS: i64 = 7 * DAY_MS;
/// A citizen's session ends.
pub const SESSION_MS: i64 = 30 * DAY_MS;
/// A staff session's second factor lasts so long without use, and in any case `STAFF_SESSION_MS`.
pub const STAFF_IDLE_MS: i64 = 30 * MINUTE_MS;
/// A second factor must be given again.
pub const STAFF_SESSION_MS: i64 = 8 * HOUR_MS;
/// The second factor is asked again for roles, money and bank details (architecture, decision 8).
pub const SECOND_FACTOR_FRESH_MS: i64 = 5 * MINUTE_MS;
/// Seen-times of sessions are written at most so often, to spare the disk.
pub const SEEN_STEP_MS: i64 = 5 * MINUTE_MS;
/// Longest life of a token.
pub const TOKEN_MS: i64 = 365 * DAY_MS;

/// Proposals that one member begins in an hour; beyond that people are programs.
pub const PROPOSALS_PER_HOUR: u64 = 20;
/// Comments of one member in an hour.
pub const COMMENTS_PER_HOUR: u64 = 60;
/// Supports that one member gives in an hour, those taken back too: one every six seconds, with no time to read any.
pub const SUPPORTS_PER_HOUR: u64 = 600;

/// Answers to requests with a key are kept so long (architecture, decision 13).
pub const REPEAT_KEPT_MS: i64 = DAY_MS;
/// A claimed key without an answer is free again after so long: longer than any request may take.
pub const REPEAT_CLAIM_MS: i64 = 2 * MINUTE_MS;
/// Longest key of a request (as with the payment providers').
pub const REPEAT_KEY_MAX_CHARS: usize = 255;

/// Events stay in the outbox so long after every follower has passed them: an index that was away longer is built anew.
pub const OUTBOX_KEPT_MS: i64 = 30 * DAY_MS;
/// Handing one letter over may take so many milliseconds.
pub const LETTER_MS: u64 = 30_000;
/// A letter that a server began to send is taken up by another after so long: longer than sending may take.
pub const LETTER_HELD_MS: i64 = MINUTE_MS;
/// A letter about a change waits so long, and those about further changes meanwhile are the same letter.
pub const LETTER_QUIET_MS: i64 = 10 * MINUTE_MS;
/// A letter that did not go out is tried again after so long, then after twice as long, and so on.
pub const LETTER_AGAIN_MS: i64 = 10 * SECOND_MS;
/// However often it was tried, a letter waits no longer than this for its next try.
pub const LETTER_AGAIN_MAX_MS: i64 = 15 * MINUTE_MS;
/// A letter that did not go out in so long is given up: after it, the news is none.
pub const LETTER_KEPT_MS: i64 = 3 * DAY_MS;
/// Letters that are queued in one transaction: others wait for it to end.
pub const LETTERS_QUEUED: usize = 1_000;
/// Letters to donors of a campaign that are queued in one transaction, in the place of those to all of them.
pub const LETTERS_SPREAD: u64 = 200;

/// Themes, districts and phases of one consultation.
pub const THEMES_PER_CONSULTATION: usize = 300;
/// Districts and quarters of one consultation.
pub const DISTRICTS_PER_CONSULTATION: usize = 500;
/// Longest code of a district: the city's own are numbers of a few digits.
pub const DISTRICT_CODE_MAX_CHARS: usize = 20;
/// Points of one district's outline: every page with a map carries all of them.
pub const POINTS_PER_OUTLINE: usize = 2_000;
/// Phases of one consultation.
pub const PHASES_PER_CONSULTATION: usize = 20;

/// Largest REST or form body in bytes (quality.md D9).
pub const BODY_MAX_BYTES: usize = 64 * 1024;
/// Largest GraphQL request in bytes.
pub const GRAPHQL_BODY_MAX_BYTES: usize = 32 * 1024;
/// Deepest GraphQL query (architecture, decision 12).
pub const GRAPHQL_DEPTH: usize = 15;
/// Costliest GraphQL query (architecture, decision 12).
pub const GRAPHQL_COMPLEXITY: usize = 5_000;
/// Fields with another name in one GraphQL query.
pub const GRAPHQL_ALIASES: usize = 20;
/// Queries in one GraphQL request.
pub const GRAPHQL_BATCH: usize = 5;
/// Directives on one GraphQL field.
pub const GRAPHQL_DIRECTIVES: usize = 5;
/// Root fields of one GraphQL query.
pub const GRAPHQL_ROOT_FIELDS: usize = 10;
/// Brackets inside each other in one GraphQL document: twice the depth, with room for arguments.
pub const GRAPHQL_BRACKETS: usize = 40;
/// Subscriptions on one socket.
pub const GRAPHQL_SUBSCRIPTIONS: usize = 10;
/// A socket lives so many milliseconds at most; then its program opens a new one.
pub const SOCKET_MS: u64 = 3_600_000;
/// Whoever is behind a socket is looked up again after so long: a token that was revoked opens nothing for longer.
pub const SOCKET_TOKEN_MS: i64 = 10 * SECOND_MS;
/// Between two tallies of one subscription lie at least so many milliseconds: nobody reads faster.
pub const TALLY_MS: u64 = 500;
/// A GraphQL request may take so many milliseconds.
pub const GRAPHQL_MS: u64 = 2_000;

/// Connections at once (quality.md E1): below the usual limit of open files, with room for the database's.
pub const CONNECTIONS_MAX: usize = 1_024;
/// Connections at once from one network: enough for an office behind one address.
pub const CONNECTIONS_PER_NETWORK: usize = 64;
/// A request's header must be there after so many milliseconds; a connection without a request is closed then too.
pub const HEADER_MS: u64 = 10_000;
/// A request may take so many milliseconds.
pub const REQUEST_MS: u64 = 30_000;
/// A request that brings a file may take so many milliseconds: 10 MiB on a slow line.
pub const UPLOAD_MS: u64 = 120_000;
/// Bytes of requests' bodies that are held at once (quality.md E3).
pub const BODIES_MAX_BYTES: usize = 64 * 1024 * 1024;
/// What runs when the program is told to stop may go on for so many milliseconds.
pub const STOP_MS: u64 = 10_000;
/// After an error on accepting, as when no files are left, nothing is accepted for so many milliseconds (quality.md E5).
pub const ACCEPT_PAUSE_MS: u64 = 100;
/// After that, what follows the outbox may go on for so many milliseconds: together, less than 15 seconds.
pub const STOP_WORK_MS: u64 = 4_000;
/// Header lines of one request.
pub const HEADERS_MAX: usize = 64;
/// Bytes of one request's header.
pub const HEADER_MAX_BYTES: usize = 16 * 1024;

/// Largest amount of money in cents (quality.md I23): far above any city's budget, and far below what a sum can hold.
pub const AMOUNT_MAX_MINOR: i64 = 9_000_000_000_000_000;
/// The most that a rule adds to each euro, in parts per million: ten times the gift, more than any known scheme.
pub const MATCH_RATE_MAX_PPM: u32 = 10_000_000;
/// All holds together take at most this part of what is left in a pot, in parts per million: quotes must not lock it.
pub const MATCH_HOLDS_PPM: u32 = 50_000;
/// A quote is held for so long, with the payment session.
pub const MATCH_HOLD_MS: i64 = 30 * MINUTE_MS;
/// Entries of one txn of the ledger: the largest there is returns one gift from several accounts.
pub const ENTRIES_PER_TXN: usize = 20;
/// Longest cause of a txn: an id or two, and a word.
pub const CAUSE_MAX_CHARS: usize = 200;
/// Txns that a check of the ledger reads at a time.
pub const LEDGER_PAGE: u64 = 1_000;
/// Findings of a check of the ledger that are listed: whoever has so many reads the first ones.
pub const LEDGER_FINDINGS_MAX: usize = 100;

/// Criteria of one call: a commissioner scores each.
pub const CRITERIA_PER_CALL: usize = 20;
/// The most points for one criterion.
pub const CRITERION_POINTS_MAX: u32 = 100;
/// How often the points of one criterion count at most.
pub const CRITERION_WEIGHT_MAX: u32 = 100;
/// Rounds of one call: Milan's had up to four.
pub const ROUNDS_PER_CALL: usize = 12;
/// Longest round in days.
pub const ROUND_DAYS_MAX: u32 = 366;
/// Contributors of one pot.
pub const CONTRIBUTORS_PER_POT: usize = 20;
/// Parts in which a grant is paid.
pub const TRANCHES_PER_CALL: usize = 10;
/// Latest part, in days after the outcome: about three years.
pub const TRANCHE_DAYS_MAX: u32 = 1_100;
/// When a grant is paid unless the call says otherwise, in days after the outcome (money.md, Payout).
pub const TRANCHE_DAYS: u32 = 14;
/// What is held back until the report unless the call says otherwise, in parts per million (money.md, Payout).
pub const HOLD_BACK_PPM: u32 = 200_000;
/// Days in which promised money may still come unless the call says otherwise (money.md, Time).
pub const GRACE_DAYS: u32 = 14;
/// Longest such wait in days.
pub const GRACE_DAYS_MAX: u32 = 60;
/// How often the window of one call is extended: whoever applies must be able to plan.
pub const EXTENSIONS_PER_CALL: usize = 5;
/// Applications that one call takes: sixty came to Milan's, and the list is drawn up in one go.
pub const APPLICATIONS_PER_CALL: u64 = 1_000;
/// Applications that one member may have begun for one call and not handed in.
pub const APPLICATION_DRAFTS_PER_MEMBER: u64 = 5;
/// Applications that one member begins in an hour.
pub const APPLICATIONS_PER_HOUR: u64 = 20;
/// Lines of one project's costs.
pub const COST_LINES_MAX: usize = 50;
/// Partners of one application.
pub const PARTNERS_MAX: usize = 20;
/// Commissioners of one call.
pub const COMMISSIONERS_PER_CALL: u64 = 50;
/// Longest name, place, number of a register or way to reach somebody in an application.
pub const APPLICATION_LINE_MAX_CHARS: usize = 200;
/// The office gives at most so long to complete an application.
pub const COMPLETION_MAX_MS: i64 = 90 * DAY_MS;

/// One call to the provider of payments may take so many milliseconds: a donor waits for it, in one request of ours.
pub const PAYMENT_CALL_MS: u64 = 12_000;
/// Largest message of the provider of payments in bytes: one with a dispute's evidence has up to 150,000 characters.
pub const PAYMENT_MESSAGE_MAX_BYTES: usize = 256 * 1024;
/// A message's signature must not be older than this, nor so much from the future (quality.md 4.1).
pub const PAYMENT_SIGNATURE_MS: i64 = 5 * MINUTE_MS;
/// Signatures of one message that are looked at: while secrets are rolled there are two.
pub const PAYMENT_SIGNATURES_MAX: usize = 10;
/// Secrets for signatures that may be in force at once: the old one and the new, on two addresses.
pub const PAYMENT_SECRETS_MAX: usize = 4;
/// A message that a server works on is taken up by another after so long: longer than its calls to the provider take.
pub const PAYMENT_MESSAGE_HELD_MS: i64 = 2 * MINUTE_MS;
/// A message that could not be worked off is tried again after so long, then after twice as long, and so on.
pub const PAYMENT_MESSAGE_AGAIN_MS: i64 = 5 * SECOND_MS;
/// However often it was tried, a message waits no longer than this for its next try; it is never given up.
pub const PAYMENT_MESSAGE_AGAIN_MAX_MS: i64 = HOUR_MS;
/// Messages are kept so long after they were worked off: they name people, and the provider has them all the same.
pub const PAYMENT_MESSAGE_KEPT_MS: i64 = 90 * DAY_MS;
/// A message that waits for longer than this is a matter for the operator.
pub const PAYMENT_MESSAGE_LATE_MS: i64 = HOUR_MS;
/// Longest error that is kept with a message.
pub const PAYMENT_ERROR_MAX_CHARS: usize = 500;
/// Pages of a hundred that are gone through to find one payment page at the provider: more than a city sees in a day.
pub const PAYMENT_PAGES_MAX: usize = 100;
/// A payment page must live for half an hour, counted from when the provider opens it, and a donor may ask for it until the
/// promise is over: so much longer it lives there. When the promise is over it is closed.
pub const PAYMENT_PAGE_MARGIN_MS: i64 = 32 * MINUTE_MS;
/// A debit that is tried out arrives, or comes back, after so long.
pub const TRIAL_DEBIT_MS: i64 = MINUTE_MS;

/// Longest story of a campaign: as a proposal's text.
pub const STORY_MAX_CHARS: usize = PROPOSAL_BODY_MAX_CHARS;
/// Rewards of one campaign: its page shows all of them.
pub const REWARDS_PER_CAMPAIGN: usize = 30;
/// The most of one reward.
pub const REWARD_STOCK_MAX: i64 = 100_000;
/// Needs in kind of one campaign.
pub const NEEDS_PER_CAMPAIGN: usize = 30;
/// People named as the team of one campaign.
pub const TEAM_MAX: usize = 30;
/// News of one campaign.
pub const UPDATES_PER_CAMPAIGN: u64 = 200;
/// Smallest gift in cents: what the provider charges at least (quality.md 4.1).
pub const DONATION_MIN_MINOR: i64 = 50;
/// Largest gift in cents: larger ones are agreed on with the city.
pub const DONATION_MAX_MINOR: i64 = 1_000_000;
/// Largest gift in cash in cents: Italian law allows none of 5,000 euros and above.
pub const CASH_MAX_MINOR: i64 = 499_999;
/// Shortest and longest key that a donor's program makes for a gift: chance that nobody guesses.
pub const DONATION_KEY_MIN_CHARS: usize = 16;
/// Longest such key.
pub const DONATION_KEY_MAX_CHARS: usize = 100;
/// Longest name that is shown with a gift.
pub const DONOR_NAME_MAX_CHARS: usize = 80;
/// Longest message to the promoter.
pub const DONATION_MESSAGE_MAX_CHARS: usize = 300;
/// Gifts promised in an hour by one donor: who tries stolen cards tries many.
pub const DONATIONS_PER_DONOR_HOUR: u64 = 20;
/// Gifts promised in an hour from one network: a meeting whose people all give over one address.
pub const DONATIONS_PER_NETWORK_HOUR: u64 = 300;
/// A gift is to be paid within so long; the provider's page lives no shorter.
pub const DONATION_SESSION_MS: i64 = MATCH_HOLD_MS;
/// A transfer or cash to a fund without a deadline is waited for so long.
pub const TRANSFER_WAIT_MS: i64 = 30 * DAY_MS;
/// Longest name of something at the provider of payments, or on a bank's statement.
pub const PAYMENT_REFERENCE_MAX_CHARS: usize = 100;
/// How often donors of one gift are looked for by what they paid with: each look may find another card.
pub const DONOR_LINKS_MAX: usize = 20;
/// Payouts of one campaign, those that came to nothing among them: eleven parts, each asked for several times.
pub const PAYOUTS_PER_CAMPAIGN: u64 = 100;
/// Payouts that one file for the bank takes: what one person reads before releasing it there.
pub const PAYOUTS_PER_FILE: u64 = 100;
/// Longest name of an account's holder (ISO 20022 in SEPA: 70).
pub const HOLDER_MAX_CHARS: usize = 70;
/// Payouts rest for so long after a bank account was changed (money.md, Payout).
pub const ACCOUNT_REST_MS: i64 = 7 * DAY_MS;
/// Largest statement of a bank: a year of a busy account.
pub const STATEMENT_MAX_BYTES: usize = 5 * 1_024 * 1_024;
/// Lines of one statement.
pub const STATEMENT_LINES_MAX: usize = 10_000;
/// How deep elements of a statement lie in each other: the schema has about a dozen levels.
pub const STATEMENT_DEPTH_MAX: usize = 40;
/// Longest text of a statement's line that is kept: SEPA has 140, banks add their own words.
pub const STATEMENT_TEXT_MAX_CHARS: usize = 500;
/// Rows that one statement of the database adds: each has some twenty values, and SQLite takes 32,766.
pub const ROWS_PER_INSERT: usize = 500;
/// Lines of one report of what was spent.
pub const SPENDINGS_MAX: usize = 200;
/// Days after a funded outcome in which the agreement is to be signed.
pub const AGREEMENT_DAYS: i64 = 60;
/// A campaign below its target is at risk when it ends within so long: the promoter can still tell people.
pub const AT_RISK_MS: i64 = 3 * DAY_MS;
/// Longest extension of a campaign in days.
pub const EXTENSION_DAYS_MAX: u32 = 90;
/// Days of work for which the refund of a debit waits: the donor's bank may take it back by itself (money.md, Lives).
pub const DEBIT_REFUND_DAYS: u32 = 7;
/// So much of what was compared with the provider before is compared again: what it books late is found all the same.
pub const RECONCILE_AGAIN_MS: i64 = 14 * DAY_MS;
/// A comparison that was broken off is taken up again after so long.
pub const RECONCILE_RETRY_MS: i64 = 30 * MINUTE_MS;
/// Pages of movements that one comparison reads: a hundred movements each.
pub const RECONCILE_PAGES_MAX: usize = 1_000;
/// What the provider has not shown for so long is missing there (quality.md I15: explained within a day).
pub const ASTRAY_AFTER_MS: i64 = DAY_MS;
/// Things missing at the provider that are named; all of them are counted.
pub const ASTRAY_SHOWN: u64 = 50;
/// A comparison is overdue after so long: one day was missed.
pub const RECONCILE_OVERDUE_MS: i64 = 2 * DAY_MS;
/// Things that one turn of money looks at of each kind.
pub const MONEY_TURN: u64 = 100;
/// A payment whose page was asked for and never answered is looked up after so long.
pub const PAYMENT_LOOK_MS: i64 = MINUTE_MS;
/// A debit under way is looked up so often, should its news be lost.
pub const PAYMENT_UNDER_WAY_MS: i64 = 6 * HOUR_MS;
/// A donor who comes back from the provider makes us look there at most so often.
pub const PAYMENT_BACK_MS: i64 = 5 * SECOND_MS;
/// A gift to a fund gets its receipt so long after it was confirmed: most that come back, come back sooner (money.md, Paper).
pub const RECEIPT_FUND_MS: i64 = 14 * DAY_MS;
/// Longest name and longest address of a donor on a receipt: each takes two lines of its one page.
pub const RECEIPT_LINE_MAX_CHARS: usize = 120;
/// Receipts that one yearly statement of a donor lists: about twenty pages.
pub const RECEIPTS_PER_STATEMENT: u64 = 1_000;
/// Receipts of one gift that its page shows: each refund of a part makes another.
pub const RECEIPTS_PER_GIFT: u64 = 20;
/// Years of receipts that a page leads to.
pub const RECEIPT_YEARS_SHOWN: u64 = 30;
/// Refunds of one gift that its page shows.
pub const REFUNDS_SHOWN: u64 = 50;
