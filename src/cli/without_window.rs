//! `pianola` alone where no window can be opened: it records instead.

use super::source::SourceArgs;
use super::{CommandOutcome, RecordArgs, WindowArgs, output, record};
use crate::paths;

/// Records the source of the options, else the practice table.
///
/// # Errors
/// The options ask for a replay, which needs a window, or the recording fails.
pub(super) fn without_window(args: &WindowArgs) -> anyhow::Result<CommandOutcome> {
    if let Some(file) = args.recording() {
        let file = output::escaped(&paths::text(file));
        anyhow::bail!(
            "{file} can be played in a window only; `pianola replay {file}` compares its numbers without one"
        );
    }
    let source = &args.source;
    let practice = source.url.is_none() && source.browser.is_none() && !source.live;
    if practice {
        output::say("recording the practice table instead, Ctrl-C ends it");
    } else {
        output::say("recording without a window, Ctrl-C ends it");
    }
    record::record(&RecordArgs {
        source: SourceArgs {
            practice,
            ..source.clone()
        },
        games: None,
        out: args.out.clone(),
        raw_capture: args.raw_capture,
    })
}
