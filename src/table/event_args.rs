//! The arguments of an incoming event, however many there are.

use std::fmt;

use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use serde_json::Value;

/// All arguments of one event. A list type of serde would read the first one only.
#[derive(Debug, Default)]
pub(super) struct EventArgs(pub Vec<Value>);

impl<'de> Deserialize<'de> for EventArgs {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        // The library hands all arguments to a tuple; how long it says it is does not matter to it.
        source.deserialize_tuple(2, EventArgsVisitor)
    }
}

struct EventArgsVisitor;

impl<'de> Visitor<'de> for EventArgsVisitor {
    type Value = EventArgs;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the arguments of an event")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<EventArgs, A::Error> {
        let mut args = Vec::new();
        while let Some(value) = list.next_element()? {
            args.push(value);
        }
        Ok(EventArgs(args))
    }
}
