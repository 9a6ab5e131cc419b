//! Lines `["event", arguments…]` as a server may send them, through decoder, board and trader, in order.
#![no_main]

use chrono::{DateTime, TimeDelta};
use libfuzzer_sys::fuzz_target;
use pianola::account::LocalWallet;
use pianola::trading::{Trader, OrderLimits};
use pianola::engine::SessionCore;
use pianola::feed::FeedState;
use pianola::protocol::{Counts, Request};
use pianola::recording::{RecordingPolicy, RecorderState};
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    let mut at = DateTime::from_timestamp(1_765_000_000, 0).unwrap();
    let mut cores = [
        Trader::at_server(OrderLimits::default()),
        Trader::local(OrderLimits::default(), LocalWallet::new(1.into())),
    ]
    .map(|trader| SessionCore::new(RecordingPolicy::everything(), Some(trader), None, Vec::new()));
    for line in bytes.split(|byte| *byte == b'\n') {
        let Ok(Value::Array(mut args)) = serde_json::from_slice(line) else {
            continue;
        };
        let Some(Value::String(name)) = (!args.is_empty()).then(|| args.remove(0)) else {
            continue;
        };
        if let Ok(request) = Request::from_args(&name, &args) {
            let again = Request::from_args(request.name(), &request.to_args(None));
            assert!(again.is_ok(), "{request:?}");
        }
        at += TimeDelta::milliseconds(100);
        for core in &mut cores {
            core.set_feed_state(&FeedState::Up { since: at });
            let events = core.event(&name, &args, at);
            core.to_record(events);
            core.acked(&args, at);
            core.view(FeedState::Up { since: at }, RecorderState::default(), at);
        }
        pianola::protocol::Ack::from_args(&args, &mut Counts::default());
    }
    for core in &mut cores {
        core.stop(at);
    }
});
