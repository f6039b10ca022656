//! The city's answer to a proposal, and the steps towards it.
//!
//! Rule: the city says why when it accepts or declines; taking up and delivering need no words.

use sea_orm::ActiveValue::Set;

use crate::Cx;
use crate::audit;
use crate::error::{Code, Error, Result};
use crate::id::ProposalId;
use crate::limits::PROPOSAL_BODY_MAX_CHARS;
use crate::outbox::{self, Event};
use crate::policy::{Act, On};
use crate::proposal::store::{self, row};
use crate::proposal::{ProposalStep, read_lang};
use crate::repeat;
use crate::text::Markdown;

/// Sets where a proposal stands with the city's answer.
///
/// # Errors
/// `Conflict(WrongState)` when the lifecycle has no such step or it is none of an answer, `Invalid` in `answer` when its
/// text is missing or too long, `Denied` for others than editors.
pub async fn answer(cx: &Cx, id: ProposalId, step: ProposalStep, text: Option<&str>) -> Result<ProposalId> {
    if !ProposalStep::ANSWERS.contains(&step) {
        return Err(Error::Conflict(Code::WrongState));
    }
    if let Some(done) = repeat::earlier(cx)? {
        return Ok(done);
    }
    let tx = cx.begin().await?;
    let before = store::lock(&tx, id).await?;
    let facts = before.facts()?;
    cx.check(Act::AnswerProposal, On::Proposal(&facts))?;
    let state = facts.state.after(step)?;
    let mut after = row::ActiveModel {
        state: Set(state.as_str().to_owned()),
        ..Default::default()
    };
    match text.filter(|text| !text.trim().is_empty()) {
        None if step.needs_text() => return Err(Error::field("answer", Code::Empty)),
        None => {}
        Some(text) => {
            let text = Markdown::parse(text, PROPOSAL_BODY_MAX_CHARS)
                .map_err(|problem| Error::Invalid(vec![problem.fault("answer")]))?;
            after.answer_lang = Set(Some(read_lang(None, text.as_str())?.code().to_owned()));
            after.answer = Set(Some(text.into_string()));
            after.answered_at = Set(Some(cx.now));
        }
    }
    store::change(&tx, &before, after).await?;
    outbox::put(&tx, cx, &Event::ProposalChanged { proposal: id }).await?;
    let author = before.author_id;
    outbox::put(&tx, cx, &Event::ProposalAnswered { proposal: id, author }).await?;
    audit::note(&tx, cx, "proposal_answer", &id, state.as_str()).await?;
    cx.commit(tx, id).await
}
