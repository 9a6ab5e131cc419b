//! `pianola share`: puts a session with its games and notes into one file.

use std::path::PathBuf;

use super::{CommandOutcome, ShareArgs, output};
use crate::disk::RealDisk;
use crate::library::{ShareFailure, save_bundle, share as bundle_of};
use crate::paths;
use crate::plural::count;

pub(super) fn share(args: &ShareArgs) -> anyhow::Result<CommandOutcome> {
    let escaped = |why: String| anyhow::anyhow!(output::escaped(&why));
    let bundle = bundle_of(&RealDisk, &args.session, args.games.as_deref(), args.names);
    let bundle = bundle.map_err(escaped)?;
    let content = &bundle.content;
    let target = args.out.clone();
    let target = target.unwrap_or_else(|| PathBuf::from(&content.name));
    let shown = output::escaped(&paths::text(&target));
    save_bundle(&RealDisk, &target, &bundle, false).map_err(|failure| match failure {
        ShareFailure::Exists => anyhow::anyhow!("{shown} exists; name another file with --out"),
        ShareFailure::Failed(why) => escaped(why),
    })?;
    for missing in &content.missing {
        output::say(&output::escaped(&format!("not in it: {missing}")));
    }
    let kib = bundle.bytes.len().div_ceil(1024);
    let games = count(content.games, "game");
    output::print(&format!("{shown}: {games}, {kib} KiB"));
    Ok(if content.missing.is_empty() {
        CommandOutcome::Done
    } else {
        CommandOutcome::Finding
    })
}
