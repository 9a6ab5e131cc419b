//! `pianola table`: the practice table, or a capture, as a server of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;

use super::signals::SignalHandlers;
use super::{CommandOutcome, TableArgs, output};
use crate::recording::UnsavedGames;
use crate::table::{Table, TableConfig, TableSource};

/// Interval of the check whether the table is to end.
const CHECK_EVERY: Duration = Duration::from_millis(50);

pub(super) fn table(args: TableArgs) -> anyhow::Result<CommandOutcome> {
    let source = match args.capture {
        Some(path) => TableSource::Capture {
            path,
            looped: args.looped,
        },
        None => TableSource::Practice,
    };
    let config = TableConfig {
        port: args.port,
        seed: args.seed,
        speed: args.speed,
        source,
        faults: args.faults,
        ..TableConfig::default()
    };
    let signals = SignalHandlers::new().context("cannot listen for Ctrl-C")?;
    let table = Table::start(config)?;
    // A table whose address is not printed is of no use.
    anyhow::ensure!(
        output::print(&table.url()),
        "the address of the table cannot be printed to stdout, so the table ends"
    );
    // A table saves nothing.
    let unsaved = UnsavedGames::default();
    unsaved.set_over();
    let stopped = Arc::new(AtomicBool::new(false));
    let stop = Arc::clone(&stopped);
    let signals = signals
        .listen(unsaved, move || stop.store(true, Ordering::Relaxed))
        .context("cannot listen for Ctrl-C")?;
    // Until the capture is over or a signal comes.
    while !table.wait_for(CHECK_EVERY) && !stopped.load(Ordering::Relaxed) {}
    table.stop();
    signals.end();
    Ok(CommandOutcome::Done)
}
