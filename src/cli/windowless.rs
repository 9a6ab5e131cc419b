//! `pianola` alone where no window can be: it records instead.

use super::{End, RecordArgs, WindowArgs, output, record};

/// Records the source of the options, else the practice table.
pub(super) fn without_window(args: &WindowArgs) -> anyhow::Result<End> {
    let practice = args.url.is_none() && !args.live;
    if practice {
        output::say("recording the practice table instead, Ctrl-C ends it");
    } else {
        output::say("recording without a window, Ctrl-C ends it");
    }
    record::record(&RecordArgs {
        practice,
        live: args.live,
        url: args.url.clone(),
        seed: args.seed,
        speed: args.speed,
        games: None,
        out: args.out.clone(),
    })
}
