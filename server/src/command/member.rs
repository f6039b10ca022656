//! `arengo member`: the first administrator comes from here, and so can any member and role.

use anyhow::Context;
use civic::actor::Role;
use civic::member::NewGrant;
use civic::member::write::{ensure, grant_role};
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
        /// moderator, editor or administrator
        role: String,
    },
}

/// Makes a member or gives a role, and says whose.
///
/// # Errors
/// When the address or the role is none.
pub async fn run(config: &Config, what: Member) -> anyhow::Result<()> {
    let wired = wiring::open(config).await?;
    let cx = wired.city.system();
    match what {
        Member::Make { email, nickname } => {
            let id = ensure(&cx, &email, nickname.as_deref()).await?;
            println!("{id}");
        }
        Member::Grant { email, role } => {
            let role = Role::parse(&role).context("the role is one of moderator, editor, administrator")?;
            let member = ensure(&cx, &email, None).await?;
            grant_role(
                &cx,
                NewGrant {
                    member,
                    role,
                    consultation: None,
                    until: None,
                },
            )
            .await?;
            println!("{member} is {} now", role.as_str());
        }
    }
    Ok(())
}
