//! Which server the arguments name; wrong use is told here.

use super::WrongUse;
use crate::feed::Address;
use crate::host::{Opened, Place};
use crate::table::Speed;

/// What the arguments say of the source.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// The built-in table.
    pub practice: bool,
    /// The real server.
    pub live: bool,
    /// Any other.
    pub url: Option<&'a str>,
    /// Of the built-in table.
    pub seed: Option<u64>,
    /// Of the built-in table.
    pub speed: Option<Speed>,
    /// What to say when nothing is named.
    pub hint: &'static str,
}

/// Returns the source that the arguments name; wrong use is told here.
pub(super) fn place(args: &Wanted<'_>) -> anyhow::Result<Place> {
    let faster = args.speed.is_some_and(|speed| speed != Speed::default());
    let of_a_table = |what: &str| {
        WrongUse(format!(
            "{what} is the practice table's alone: use it with --practice, or with `pianola table`"
        ))
    };
    if args.practice {
        return Ok(Place::Practice {
            seed: args.seed,
            speed: args.speed.unwrap_or_default(),
        });
    }
    let address = match args.url {
        // Parsed here, not by clap: that would repeat the whole address, with whatever is in it.
        Some(text) => Address::parse(text).map_err(|why| WrongUse(format!("--url: {why}")))?,
        None if args.live => Address::live(),
        None => {
            return Err(WrongUse(args.hint.to_owned()).into());
        }
    };
    if faster && !address.is_loopback() {
        return Err(of_a_table("--speed").into());
    }
    if args.seed.is_some() {
        return Err(of_a_table("--seed").into());
    }
    if faster {
        tracing::warn!("the table at --url has a speed of its own; --speed changes nothing");
    }
    Ok(if args.live {
        Place::Live
    } else {
        Place::Url(address)
    })
}

/// Makes the source ready that the arguments name.
pub(super) fn open(args: &Wanted<'_>) -> anyhow::Result<Opened> {
    Ok(place(args)?.open()?)
}
