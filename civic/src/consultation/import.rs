//! Bringing in a consultation that was held elsewhere: proposals and comments from two CSV files.
//!
//! Rule: every row goes in or is reported with its line and reason; running it twice changes nothing, because the
//! source and its ids are unique. Dates, origins, threads, stances and tallies are kept; phases do not bind what is
//! imported. Rows are read as a stream and written by the hundred, so memory stays flat. Deliberately absent: the
//! names of people, which such files do not hold.

mod survey;

use std::collections::HashMap;
use std::path::Path;

use sea_orm::ActiveValue::Set;
use serde::Deserialize;

use super::store as consultation;
use crate::comment::{Stance, store as comment};
use crate::db::Tx;
use crate::error::Result;
use crate::id::{CommentId, ConsultationId, DistrictId, MemberId, ProposalId, ThemeId};
use crate::language::{Lang, Localised};
use crate::limits::{COMMENT_BODY_MAX_CHARS, EXCERPT_CHARS, PROPOSAL_BODY_MAX_CHARS, TITLE_MAX_CHARS};
use crate::outbox::{self, Event};
use crate::policy::{Act, On};
use crate::proposal::{Origin, ProposalState, VersionKind, store as proposal};
use crate::text::{Markdown, Title, detect, from_html, slug};
use crate::time::{DAY_MS, Zone};
use crate::{Cx, audit};
use survey::{find_or_open, reader, survey};

/// What the files do not say.
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// The consultation's title; its slug is made of it.
    pub title: Localised,
    /// In which zone the files' dates are.
    pub zone: Zone,
}

/// A row that did not go in, or not as it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which file.
    pub file: &'static str,
    /// Which line of it, from 1.
    pub line: u64,
    /// What is wrong.
    pub reason: String,
    /// Whether the row went in all the same.
    pub taken: bool,
}

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Proposals that went in.
    pub proposals: u64,
    /// Comments that went in.
    pub comments: u64,
    /// Rows that were there before.
    pub known: u64,
    /// What to look at.
    pub problems: Vec<Problem>,
}

/// How far an import has come: rows read of one file.
#[derive(Debug, Clone, Copy)]
pub struct ImportProgress {
    /// Which file.
    pub file: &'static str,
    /// Rows read.
    pub rows: u64,
}

/// The files by name.
pub const PROPOSALS: &str = "proposals.csv";
/// The files by name.
pub const COMMENTS: &str = "comments.csv";

/// Rows written in one transaction.
const BATCH: usize = 400;
/// Problems that are listed; a file that is wrong all over needs no longer list.
const PROBLEMS: usize = 1_000;
/// Texts that are looked at to learn which language most are in.
const LANGUAGE_SAMPLE: usize = 300;
/// How long the results of what is long over stay its present phase: a hundred years.
const RESULTS_MS: i64 = 36_525 * DAY_MS;

#[derive(Debug, Deserialize)]
struct ProposalLine {
    id: String,
    code: String,
    created_at: String,
    origin: String,
    author: String,
    district: String,
    category: String,
    subcategory: String,
    title: String,
    summary: String,
    supports: i64,
    accepted: String,
    rejected_message: String,
}

#[derive(Debug, Deserialize)]
struct CommentLine {
    id: String,
    proposal_id: String,
    reply_to: String,
    created_at: String,
    author: String,
    stance: String,
    body_html: String,
    likes: i64,
    dislikes: i64,
}

/// What one import knows while it runs.
struct Import<'a> {
    cx: &'a Cx,
    source: String,
    zone: Zone,
    usual: Lang,
    report: ImportReport,
    progress: &'a mut (dyn FnMut(ImportProgress) + Send),
}

/// Imports the consultation in `folder`.
///
/// # Errors
/// `Invalid` naming the file that is missing or the column that it lacks, and those of the database.
pub async fn import(
    cx: &Cx,
    folder: &Path,
    options: ImportOptions,
    progress: &mut (dyn FnMut(ImportProgress) + Send),
) -> Result<ImportReport> {
    cx.check(Act::KeepConsultation, On::City)?;
    let outline = survey(folder, &options.zone)?;
    let source = slug(options.title.get(crate::language::Language::It));
    let id = find_or_open(cx, &source, &options, &outline).await?;
    let mut run = Import {
        cx,
        source,
        zone: options.zone,
        usual: outline.usual,
        report: ImportReport::default(),
        progress,
    };
    run.proposals(folder, id).await?;
    run.comments(folder).await?;
    let report = run.report;
    let tx = cx.begin().await?;
    proposal::recount_comments(&tx, id).await?;
    if report.proposals + report.comments > 0 {
        let event = Event::Imported {
            proposals: report.proposals,
            comments: report.comments,
        };
        outbox::put(&tx, cx, &event).await?;
        audit::note(
            &tx,
            cx,
            "consultation_import",
            &id,
            &format!("{} {}", report.proposals, report.comments),
        )
        .await?;
    }
    cx.commit(tx, ()).await?;
    Ok(report)
}

impl Import<'_> {
    fn problem(&mut self, file: &'static str, line: u64, reason: impl Into<String>, taken: bool) {
        if self.report.problems.len() < PROBLEMS {
            self.report.problems.push(Problem {
                file,
                line,
                reason: reason.into(),
                taken,
            });
        }
    }

    async fn proposals(&mut self, folder: &Path, id: ConsultationId) -> Result<()> {
        let themes: HashMap<String, ThemeId> = consultation::themes(self.cx.db(), &[id])
            .await?
            .into_iter()
            .map(|row| (row.slug, row.id))
            .collect();
        let districts: HashMap<String, DistrictId> = consultation::districts(self.cx.db(), &[id])
            .await?
            .into_iter()
            .map(|row| (row.code, row.id))
            .collect();
        let places = Places {
            consultation: id,
            themes,
            districts,
        };
        let mut reader = reader(folder, PROPOSALS)?;
        let mut rows = reader.deserialize::<ProposalLine>();
        let mut read = 0;
        loop {
            let batch = self.batch(PROPOSALS, &mut rows, &mut read);
            if batch.is_empty() {
                return Ok(());
            }
            self.proposal_batch(&places, batch).await?;
            (self.progress)(ImportProgress {
                file: PROPOSALS,
                rows: read,
            });
        }
    }

    /// The next rows that can be read; the others are reported.
    fn batch<T: serde::de::DeserializeOwned>(
        &mut self,
        file: &'static str,
        rows: &mut csv::DeserializeRecordsIter<'_, std::fs::File, T>,
        read: &mut u64,
    ) -> Vec<(u64, T)> {
        let mut batch = Vec::with_capacity(BATCH);
        while batch.len() < BATCH {
            let line = rows.reader().position().line();
            match rows.next() {
                None => break,
                Some(Ok(row)) => batch.push((line, row)),
                Some(Err(error)) => self.problem(file, line, error.to_string(), false),
            }
            *read += 1;
        }
        batch
    }

    async fn proposal_batch(&mut self, places: &Places, batch: Vec<(u64, ProposalLine)>) -> Result<()> {
        let tx = self.cx.begin().await?;
        let external: Vec<String> = batch.iter().map(|(_, line)| line.id.clone()).collect();
        let mut known: HashMap<String, ProposalId> = proposal::ids_of_source(&*tx, &self.source, &external)
            .await?
            .into_iter()
            .collect();
        let authors = self.authors(&tx, batch.iter().map(|(_, line)| &line.author)).await?;
        let (mut rows, mut versions) = (Vec::new(), Vec::new());
        for (at, line) in batch {
            if known.contains_key(&line.id) {
                self.report.known += 1;
                continue;
            }
            match self.proposal(places, &authors, &line) {
                Ok((row, version)) => {
                    known.insert(line.id, *row.id.as_ref());
                    rows.push(row);
                    versions.push(version);
                }
                Err(reason) => self.problem(PROPOSALS, at, reason, false),
            }
        }
        self.report.proposals += rows.len() as u64;
        proposal::insert_many(&tx, rows, versions).await?;
        tx.commit().await
    }

    async fn authors<'b>(&self, tx: &Tx, named: impl Iterator<Item = &'b String>) -> Result<HashMap<String, MemberId>> {
        let mut external: Vec<String> = named.filter(|author| !author.is_empty()).cloned().collect();
        external.sort();
        external.dedup();
        crate::member::write::import_authors(self.cx, tx, &self.source, &external).await
    }

    fn proposal(
        &self,
        places: &Places,
        authors: &HashMap<String, MemberId>,
        line: &ProposalLine,
    ) -> std::result::Result<(proposal::row::ActiveModel, proposal::version::ActiveModel), String> {
        let title = Title::parse(from_html(&line.title).to_plain().as_str(), 1, TITLE_MAX_CHARS)
            .map_err(|problem| format!("title: {problem}"))?
            .into_string();
        let body = Markdown::parse(from_html(&line.summary).as_str(), PROPOSAL_BODY_MAX_CHARS)
            .map_err(|problem| format!("summary: {problem}"))?;
        let at = self
            .zone
            .parse_local(&line.created_at)
            .ok_or_else(|| format!("date {}", line.created_at))?;
        let origin = match line.origin.as_str() {
            "citizen" => Origin::Online,
            "meeting" => Origin::Meeting,
            "organization" => Origin::Organisation,
            "official" => Origin::Official,
            other => return Err(format!("origin {other}")),
        };
        let state = match line.accepted.as_str() {
            "1" => ProposalState::Accepted,
            "0" => ProposalState::Declined,
            "" => ProposalState::Published,
            other => return Err(format!("accepted {other}")),
        };
        if line.supports < 0 {
            return Err(format!("supports {}", line.supports));
        }
        let lang = detect(&format!("{title}. {}", body.as_str())).unwrap_or_else(|| self.usual.clone());
        let answer = from_html(&line.rejected_message).into_string();
        let answer = (!answer.is_empty()).then_some(answer);
        let id: ProposalId = self.cx.city.ids.next(at);
        let author = authors.get(&line.author).copied();
        let version = proposal::version::ActiveModel {
            proposal_id: Set(id),
            version: Set(1),
            kind: Set(VersionKind::Original.as_str().to_owned()),
            title: Set(title.clone()),
            body: Set(body.as_str().to_owned()),
            reason: Set(String::new()),
            editor_id: Set(author),
            written_at: Set(at),
        };
        let row = proposal::row::ActiveModel {
            id: Set(id),
            consultation_id: Set(places.consultation),
            author_id: Set(author),
            origin: Set(origin.as_str().to_owned()),
            state: Set(state.as_str().to_owned()),
            hidden_by: Set(None),
            title: Set(title),
            excerpt: Set(body.excerpt(EXCERPT_CHARS)),
            body: Set(body.into_string()),
            lang: Set(lang.code().to_owned()),
            theme_id: Set(places.theme(line)),
            district_id: Set(places.districts.get(&slug(&line.district)).copied()),
            quarter_id: Set(None),
            latitude_e6: Set(None),
            longitude_e6: Set(None),
            version: Set(1),
            text_version: Set(1),
            shuffle: Set(proposal::shuffle(&self.cx.city)),
            tally_supports: Set(line.supports),
            supports: Set(line.supports),
            comments: Set(0),
            created_at: Set(at),
            published_at: Set(Some(at)),
            edited_at: Set(None),
            withdrawn_at: Set(None),
            withdraw_reason: Set(None),
            answer_lang: Set(answer
                .as_ref()
                .map(|text| detect(text).unwrap_or_else(|| self.usual.clone()).code().to_owned())),
            answer: Set(answer),
            answered_at: Set(None),
            merged_into: Set(None),
            reference: Set(Some(line.code.clone()).filter(|code| !code.is_empty())),
            source: Set(Some(self.source.clone())),
            external_id: Set(Some(line.id.clone())),
        };
        Ok((row, version))
    }

    async fn comments(&mut self, folder: &Path) -> Result<()> {
        let mut reader = reader(folder, COMMENTS)?;
        let mut rows = reader.deserialize::<CommentLine>();
        let mut read = 0;
        loop {
            let batch = self.batch(COMMENTS, &mut rows, &mut read);
            if batch.is_empty() {
                return Ok(());
            }
            self.comment_batch(batch).await?;
            (self.progress)(ImportProgress {
                file: COMMENTS,
                rows: read,
            });
        }
    }

    async fn comment_batch(&mut self, batch: Vec<(u64, CommentLine)>) -> Result<()> {
        let tx = self.cx.begin().await?;
        let mut named: Vec<String> = batch.iter().map(|(_, line)| line.proposal_id.clone()).collect();
        named.sort();
        named.dedup();
        let proposals: HashMap<String, ProposalId> = proposal::ids_of_source(&*tx, &self.source, &named)
            .await?
            .into_iter()
            .collect();
        let named: Vec<String> = batch
            .iter()
            .flat_map(|(_, line)| [line.id.clone(), line.reply_to.clone()])
            .collect();
        let mut known: HashMap<String, comment::ImportedRow> = comment::of_source(&*tx, &self.source, &named)
            .await?
            .into_iter()
            .map(|row| (row.external_id.clone(), row))
            .collect();
        let authors = self.authors(&tx, batch.iter().map(|(_, line)| &line.author)).await?;
        let mut rows = Vec::new();
        for (at, line) in batch {
            if known.contains_key(&line.id) {
                self.report.known += 1;
                continue;
            }
            let Some(proposal) = proposals.get(&line.proposal_id).copied() else {
                self.problem(
                    COMMENTS,
                    at,
                    format!("proposal {} is not there", line.proposal_id),
                    false,
                );
                continue;
            };
            let parent = known
                .get(&line.reply_to)
                .filter(|row| row.proposal_id == proposal)
                .cloned();
            match self.comment(proposal, parent.as_ref(), &authors, &line) {
                Ok(row) => {
                    if parent.is_none() && !line.reply_to.is_empty() {
                        let reason = format!("answers {}, which is not there; kept at the top", line.reply_to);
                        self.problem(COMMENTS, at, reason, true);
                    }
                    let kept = comment::ImportedRow {
                        external_id: line.id.clone(),
                        id: *row.id.as_ref(),
                        proposal_id: proposal,
                        thread_id: *row.thread_id.as_ref(),
                        depth: *row.depth.as_ref(),
                    };
                    known.insert(line.id, kept);
                    rows.push(row);
                }
                Err(reason) => self.problem(COMMENTS, at, reason, false),
            }
        }
        self.report.comments += rows.len() as u64;
        comment::insert_many(&tx, rows).await?;
        tx.commit().await
    }

    fn comment(
        &self,
        proposal: ProposalId,
        parent: Option<&comment::ImportedRow>,
        authors: &HashMap<String, MemberId>,
        line: &CommentLine,
    ) -> std::result::Result<comment::row::ActiveModel, String> {
        let body = Markdown::parse(from_html(&line.body_html).as_str(), COMMENT_BODY_MAX_CHARS)
            .map_err(|problem| format!("body: {problem}"))?;
        let at = self
            .zone
            .parse_local(&line.created_at)
            .ok_or_else(|| format!("date {}", line.created_at))?;
        let stance = match line.stance.as_str() {
            "" => None,
            stance => Some(Stance::parse(stance).ok_or_else(|| format!("stance {stance}"))?),
        };
        if line.likes < 0 || line.dislikes < 0 {
            return Err(format!("likes {} and dislikes {}", line.likes, line.dislikes));
        }
        let lang = detect(body.as_str()).unwrap_or_else(|| self.usual.clone());
        let id: CommentId = self.cx.city.ids.next(at);
        Ok(comment::row::ActiveModel {
            id: Set(id),
            proposal_id: Set(proposal),
            thread_id: Set(parent.map_or(id, |row| row.thread_id)),
            parent_id: Set(parent.map(|row| row.id)),
            depth: Set(parent.map_or(0, |row| row.depth + 1)),
            author_id: Set(authors.get(&line.author).copied()),
            stance: Set(stance.map(|stance| stance.as_str().to_owned())),
            body: Set(body.into_string()),
            lang: Set(lang.code().to_owned()),
            version: Set(1),
            tally_supports: Set(line.likes),
            tally_objections: Set(line.dislikes),
            supports: Set(line.likes),
            written_at: Set(at),
            edited_at: Set(None),
            removed_at: Set(None),
            hidden_by: Set(None),
            source: Set(Some(self.source.clone())),
            external_id: Set(Some(line.id.clone())),
        })
    }
}

/// Where an imported proposal may belong.
struct Places {
    consultation: ConsultationId,
    themes: HashMap<String, ThemeId>,
    districts: HashMap<String, DistrictId>,
}

impl Places {
    /// The narrower theme where there is one.
    fn theme(&self, line: &ProposalLine) -> Option<ThemeId> {
        let above = slug(&line.category);
        let below = format!("{above}-{}", slug(&line.subcategory));
        self.themes.get(&below).or_else(|| self.themes.get(&above)).copied()
    }
}
