//! `arengo member`: the first administrator comes from here, and so can any member and role; here too a role is taken away,
//! and the second factor of somebody who lost their telephone.

use anyhow::{Context, ensure};
use civic::actor::{Role, Within};
use civic::member::read::holder;
use civic::member::{NewGrant, second_factor, write};
use clap::Subcommand;

use crate::config::Config;
use crate::wiring;

/// What can be done with members.
#[derive(Debug, Subcommand)]
pub enum Member {
    /// Make a member with this address, when there is none
    Make {
        /// The e-mail address
        email: String,
        /// The public name
        #[arg(long)]
        nickname: Option<String>,
    },
    /// Give a role for the whole city; it counts after the second factor
    Grant {
        /// The e-mail address
        email: String,
        /// moderator, editor, office, treasurer or administrator
        role: String,
    },
    /// Take a role away wherever it was given; effective with the next request
    Revoke {
        /// The e-mail address
        email: String,
        /// moderator, editor, office, commissioner, treasurer or administrator
        role: String,
    },
    /// Take the second factor away from somebody who lost it, and end their sessions and tokens
    ResetSecondFactor {
        /// The e-mail address
        email: String,
    },
}

/// Does one of these, and says to whom.
///
/// # Errors
/// When the address or the role is none.
pub async fn run(config: &Config, what: Member) -> anyhow::Result<()> {
    let wired = wiring::open(config).await?;
    let cx = wired.city.system();
    match what {
        Member::Make { email, nickname } => {
            let id = write::ensure(&cx, &email, nickname.as_deref()).await?;
            println!("{id}");
        }
        Member::Grant { email, role } => {
            let role = read(&role)?;
            let member = write::ensure(&cx, &email, None).await?;
            write::grant_role(
                &cx,
                NewGrant {
                    member,
                    role,
                    within: Within::City,
                    until: None,
                },
            )
            .await?;
            println!("{member} is {} now", role.as_str());
        }
        Member::Revoke { email, role } => {
            let role = read(&role)?;
            let (member, held) = holder(&cx, &email).await.context(email)?;
            let held: Vec<_> = held.iter().filter(|card| card.role == role).collect();
            ensure!(!held.is_empty(), "{member} is not {}", role.as_str());
            for card in held {
                write::revoke_role(&cx, card.id).await?;
            }
            println!("{member} is not {} any more", role.as_str());
        }
        Member::ResetSecondFactor { email } => {
            let (member, _) = holder(&cx, &email).await.context(email)?;
            let reset = second_factor::reset(&cx, member).await;
            reset.with_context(|| format!("the second factor of {member}"))?;
            println!("{member} has no second factor now, and is signed in nowhere");
        }
    }
    Ok(())
}

fn read(role: &str) -> anyhow::Result<Role> {
    Role::parse(role).context("the role is one of moderator, editor, office, commissioner, treasurer, administrator")
}
