//! The source that the arguments name.

use clap::Args;

use super::{UsageError, whole_number};
use crate::engine::{GameSource, OpenedSource};
use crate::feed::{Address, BrowserAddress};
use crate::table::Speed;

/// The arguments that name a source.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct SourceArgs {
    /// The built-in practice table: games from fresh seeds, no network.
    #[arg(long, conflicts_with_all = ["live", "url", "browser"])]
    pub practice: bool,
    /// The real server, without login: nothing is ever sent.
    #[arg(long, conflicts_with_all = ["url", "browser"])]
    pub live: bool,
    /// Any other server that speaks the protocol; TLS is required unless it is on this machine.
    #[arg(long, value_name = "U", conflicts_with = "browser")]
    pub url: Option<String>,
    /// Your own page in the browser that listens there, read only: 127.0.0.1:9222, or the port alone.
    #[arg(long, value_name = "ADDR")]
    pub browser: Option<BrowserAddress>,
    /// Seed of the practice table: the same games every time.
    #[arg(long, value_name = "N", value_parser = whole_number::<u64>)]
    pub seed: Option<u64>,
    /// Speed of the practice table, 0.1 to 1000 or max.
    #[arg(long, value_name = "X")]
    pub speed: Option<Speed>,
}

/// Returns the source that the arguments name.
///
/// # Errors
/// The arguments do not fit together, or name no source.
pub(super) fn source_of(args: &SourceArgs) -> anyhow::Result<GameSource> {
    let faster = args.speed.is_some_and(|speed| speed != Speed::default());
    let table_only = |what: &str| {
        UsageError(format!(
            "{what} is the practice table's alone: use it with --practice, or with `pianola table`"
        ))
    };
    if args.practice {
        return Ok(GameSource::Practice {
            seed: args.seed,
            speed: args.speed.unwrap_or_default(),
        });
    }
    if let Some(browser) = args.browser {
        return match (faster, args.seed) {
            (true, _) => Err(table_only("--speed").into()),
            (_, Some(_)) => Err(table_only("--seed").into()),
            _ => Ok(GameSource::Browser(browser)),
        };
    }
    let address = match &args.url {
        // Not parsed by clap: its message would repeat the whole address, which may hold a credential.
        Some(text) => Address::parse(text).map_err(|why| UsageError(format!("--url: {why}")))?,
        None if args.live => Address::live(),
        None => {
            let hint = "say where the games come from: --practice (the built-in table), --live (rugs.fun, watching only), --url U or --browser ADDR (your own page)";
            return Err(UsageError(hint.to_owned()).into());
        }
    };
    if faster && !address.is_loopback() {
        return Err(table_only("--speed").into());
    }
    if args.seed.is_some() {
        return Err(table_only("--seed").into());
    }
    if faster {
        tracing::warn!("the table at --url has a speed of its own; --speed changes nothing");
    }
    Ok(if args.live {
        GameSource::Live
    } else {
        GameSource::Url(address)
    })
}

/// Opens the source that the arguments name.
///
/// # Errors
/// As [`source_of`], or the source cannot be opened.
pub(super) fn open(args: &SourceArgs) -> anyhow::Result<OpenedSource> {
    Ok(source_of(args)?.open()?)
}
