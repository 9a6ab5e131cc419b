//! The arguments of a Socket.IO event, however many there are: serde's lists would be one argument each.

use std::fmt;

use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeTuple as _, Serializer};
use serde_json::Value;

/// All arguments of an incoming event. A list type of serde would read the first one only.
#[derive(Debug, Default)]
pub(super) struct IncomingArgs(pub Vec<Value>);

impl<'de> Deserialize<'de> for IncomingArgs {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        // The library hands all arguments to a tuple, whatever length it names.
        source.deserialize_tuple(2, ArgsVisitor)
    }
}

struct ArgsVisitor;

impl<'de> Visitor<'de> for ArgsVisitor {
    type Value = IncomingArgs;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the arguments of an event")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<IncomingArgs, A::Error> {
        let mut args = Vec::new();
        while let Some(value) = list.next_element()? {
            args.push(value);
        }
        Ok(IncomingArgs(args))
    }
}

/// The arguments of an outgoing event. A sequence would arrive as one array.
pub(super) struct OutgoingArgs<'a>(pub &'a [Value]);

impl Serialize for OutgoingArgs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(self.0.len())?;
        for argument in self.0 {
            tuple.serialize_element(argument)?;
        }
        tuple.end()
    }
}
