//! The tracing object that the server and its page put before a payload.

use serde_json::{Value, json};

/// The tracing object that goes first in a request since autumn 2025.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// 32 hex characters; the answers to this request repeat them.
    pub trace_id: String,
    /// 16 hex characters.
    pub span_id: String,
}

impl Trace {
    /// Returns the object in its wire format.
    pub fn to_json(&self) -> Value {
        json!({"__trace": true, "traceparent": format!("00-{}-{}-01", self.trace_id, self.span_id)})
    }
}

/// Whether an argument is a tracing object.
pub fn is_trace(arg: &Value) -> bool {
    arg.get("__trace").is_some()
}

/// Returns the trace object and the payload of an event's arguments.
///
/// Since autumn 2025 many events carry a tracing object before the payload, so the payload is not simply argument 1.
pub fn split_trace(args: &[Value]) -> (Option<&Value>, Option<&Value>) {
    match args {
        [first, rest @ ..] if is_trace(first) => (Some(first), rest.first()),
        _ => (None, args.first()),
    }
}
