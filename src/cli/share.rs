//! `pianola share`: puts a session with its games and notes into one file.

use std::path::PathBuf;

use super::{CommandOutcome, ShareArgs, output};
use crate::disk::RealDisk;
use crate::library::{share as bundle_of, write_bundle};
use crate::paths;

pub(super) fn share(args: &ShareArgs) -> anyhow::Result<CommandOutcome> {
    let escaped = |why: String| anyhow::anyhow!(output::escaped(&why));
    let bundle = bundle_of(&RealDisk, &args.session, args.games.as_deref(), args.names);
    let bundle = bundle.map_err(escaped)?;
    let target = args
        .out
        .clone()
        .unwrap_or_else(|| PathBuf::from(&bundle.name));
    let shown = output::escaped(&paths::text(&target));
    anyhow::ensure!(
        !target.exists(),
        "{shown} exists; name another file with --out"
    );
    write_bundle(&RealDisk, &target, &bundle).map_err(escaped)?;
    for missing in &bundle.missing {
        output::say(&output::escaped(&format!("not in it: {missing}")));
    }
    let kib = bundle.bytes.len().div_ceil(1024);
    output::print(&format!("{shown}: {} games, {kib} KiB", bundle.games));
    Ok(if bundle.missing.is_empty() {
        CommandOutcome::Done
    } else {
        CommandOutcome::Finding
    })
}
