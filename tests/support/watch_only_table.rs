//! A server that can only be watched: it plays games of the practice table and takes no orders.

use std::fmt::Write as _;
use std::path::Path;

use pianola::table::{GameStream, Speed, StepKind, Table, TableConfig, TableSource};
use serde_json::json;

/// Starts it with the games of a seed until the first of them is over, at this speed; `folder` takes a file.
pub fn watched(folder: &Path, seed: u64, times: f64) -> Table {
    let path = folder.join("capture.jsonl");
    let mut stream = GameStream::seeded(seed);
    let mut text = String::new();
    let mut now = 1_765_761_431_000_u64;
    for message in stream.greeting() {
        write_line(&mut text, now, &message.event, &message.args);
    }
    loop {
        let step = stream.next_step();
        now += step.delay_micros / 1_000;
        for message in &step.messages {
            write_line(&mut text, now, &message.event, &message.args);
        }
        if step.kind == StepKind::Settled {
            break;
        }
    }
    std::fs::write(&path, text).unwrap();
    let table = Table::start(TableConfig {
        speed: Speed::Times(times),
        source: TableSource::Capture { path, looped: true },
        ..TableConfig::default()
    });
    table.unwrap()
}

fn write_line(text: &mut String, ts: u64, event: &str, args: &[serde_json::Value]) {
    let mut line = json!({ "ts": ts, "event": event, "data": args.last() });
    if let [trace, _] = args {
        line["trace"] = trace.clone();
    }
    writeln!(text, "{line}").unwrap();
}
