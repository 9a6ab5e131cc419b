//! `pianola table`: the practice table, or a capture, as a server of its own.

use super::{End, TableArgs, output};
use crate::table::{Source, Table, TableConfig};

pub(super) fn table(args: TableArgs) -> anyhow::Result<End> {
    let source = match args.capture {
        Some(path) => Source::Capture {
            path,
            looped: args.looped,
        },
        None => Source::Practice,
    };
    let config = TableConfig {
        port: args.port,
        seed: args.seed,
        speed: args.speed,
        source,
        faults: args.faults,
    };
    let table = Table::start(config)?;
    output::print(&table.url());
    // Until the capture is over or somebody ends the process; it keeps nothing that could be lost.
    table.wait();
    table.stop();
    Ok(End::Done)
}
