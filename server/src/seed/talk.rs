//! What people say on the stage: supports, comments, answers, and what becomes of them.

use civic::comment::NewComment;
use civic::error::Result;
use civic::id::{CommentId, ProposalId};
use civic::moderation::Subject;
use civic::time::{HOUR_MS, MINUTE_MS, Timestamp};
use civic::{comment, support};

use super::Member;
use super::play::{STRIDE, Stage};
use super::script;

impl Stage<'_> {
    pub(super) async fn supports(
        &mut self,
        author: &Member,
        id: ProposalId,
        wanted: usize,
        number: usize,
        (from, until): (Timestamp, Timestamp),
    ) -> Result<()> {
        let step = until.since_ms(from) / whole(wanted.max(1));
        let mut at = from;
        for place in 0..wanted {
            let supporter = self.member(None, number + place * STRIDE)?;
            if supporter.id != author.id {
                support::write::give(&self.cx(&supporter, at), id).await?;
                self.wrote();
            }
            at = at.plus_ms(step);
        }
        Ok(())
    }

    /// The comments of the script, then some of the common remarks.
    pub(super) async fn comments(
        &mut self,
        script: &script::Proposal,
        id: ProposalId,
        number: usize,
        (from, until): (Timestamp, Timestamp),
    ) -> Result<()> {
        let town = self.town;
        let common = (0..script.remarks).filter_map(|place| {
            let remark = town.remarks.get((number * 5 + place * 7) % town.remarks.len().max(1))?;
            Some(script::Comment {
                text: remark.text.clone(),
                stance: remark.stance,
                supports: (number + place) % 4,
                ..script::Comment::default()
            })
        });
        let common: Vec<script::Comment> = common.collect();
        let total = whole(script.comments.len() + common.len() + 1);
        let step = until.since_ms(from) / total;
        for (place, comment) in script.comments.iter().chain(&common).enumerate() {
            let at = from.plus_ms(step * whole(place));
            self.thread(comment, id, number * 11 + place * 3, (at, until)).await?;
        }
        Ok(())
    }

    /// A comment with its answers, which come ever closer to the end and never after it; then what became of each.
    async fn thread(
        &mut self,
        script: &script::Comment,
        under: ProposalId,
        number: usize,
        (at, until): (Timestamp, Timestamp),
    ) -> Result<()> {
        let mut waiting = vec![(script, None, number, at)];
        let mut written = Vec::new();
        while let Some((script, parent, number, at)) = waiting.pop() {
            let author = self.member(script.by.as_deref(), number * STRIDE + 5)?;
            let new = NewComment {
                body: script.text.clone(),
                stance: script.stance,
                parent,
                lang: None,
            };
            let id = comment::write::write(&self.cx(&author, at), under, new).await?;
            self.wrote();
            for (place, answer) in script.answers.iter().enumerate().rev() {
                let share = whole(place + 1);
                let later = at.plus_ms((until.since_ms(at) / 20).min(5 * HOUR_MS) * share);
                waiting.push((answer, Some(id), number + 1 + place * 2, later));
            }
            written.push((script, id, author, number, at));
        }
        for (script, id, author, number, at) in written {
            self.aftermath(script, id, &author, number, at).await?;
        }
        Ok(())
    }

    async fn aftermath(
        &mut self,
        script: &script::Comment,
        id: CommentId,
        author: &Member,
        number: usize,
        at: Timestamp,
    ) -> Result<()> {
        let soon = at.plus_ms(9 * MINUTE_MS);
        if let Some(text) = &script.edited {
            comment::write::edit(&self.cx(author, soon), id, None, text).await?;
            self.wrote();
        }
        for place in 0..script.supports {
            let supporter = self.member(None, number + 3 + place * STRIDE)?;
            if supporter.id != author.id {
                comment::write::support(&self.cx(&supporter, soon), id, true).await?;
                self.wrote();
            }
        }
        if script.removed {
            comment::write::remove(&self.cx(author, soon), id).await?;
            self.wrote();
        }
        self.judge(Subject::Comment(id), (&script.hidden, &script.restored), soon)
            .await
    }
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
