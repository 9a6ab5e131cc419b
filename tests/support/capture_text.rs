//! The text of captures of a seeded practice table.

use pianola::table::{FaultyStream, GameStream, StepKind};
use serde_json::json;

/// Returns the lines of a capture of whole games, each with its reveal.
pub fn capture(seed: u64, games: usize) -> String {
    let mut stream = FaultyStream::new(GameStream::seeded(seed), &[]);
    let (mut lines, mut micros, mut ended) = (String::new(), 1_765_761_431_000_000_u64, 0);
    while ended < games {
        let step = stream.next_step();
        micros += step.delay_micros;
        ended += usize::from(matches!(step.kind, StepKind::Settled));
        for mut message in step.messages {
            let data = message.args.remove(0);
            let line = json!({ "ts": micros / 1_000, "event": message.event, "data": data });
            lines.push_str(&line.to_string());
            lines.push('\n');
        }
    }
    lines
}
