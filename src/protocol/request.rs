//! What a client may ask for, and how the server answers (`protocol.md` 5).

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::reader::Notes;
use super::{Counts, Sidebet, number, split_trace};

/// The currency address of SOL in a sidebet request.
pub const SOL_ADDRESS: &str = "So11111111111111111111111111111111111111112";

/// A request of a client. Amounts are in SOL.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// Buy tokens for `amount`.
    Buy {
        /// SOL to spend.
        amount: Decimal,
    },
    /// Sell a share of the position.
    Sell {
        /// 0 to 100.
        percentage: Decimal,
    },
    /// Bet that the game rugs within 40 ticks.
    Sidebet {
        /// Stake.
        amount: Decimal,
        /// Currency, [`SOL_ADDRESS`].
        coin_address: String,
        /// Total return per staked SOL.
        x_payout: Decimal,
    },
    /// Log in. What the real frame holds is not known (`protocol.md` 1.2), so it is opaque here.
    Authenticate(Value),
}

/// Why a request of a client could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadRequest {
    /// No such request.
    #[error("unknown request")]
    Unknown,
    /// The payload lacks a key, or it does not fit.
    #[error("`{0}` is missing or not a number")]
    Field(&'static str),
}

/// The tracing object that goes first in a request since autumn 2025.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// 32 hex characters; the answers to this request carry them again.
    pub trace_id: String,
    /// 16 hex characters.
    pub span_id: String,
}

impl Trace {
    /// Returns the object as it stands on the wire.
    pub fn to_json(&self) -> Value {
        json!({"__trace": true, "traceparent": format!("00-{}-{}-01", self.trace_id, self.span_id)})
    }
}

impl Request {
    /// Returns the event name of the request.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Buy { .. } => "buyOrder",
            Self::Sell { .. } => "sellOrder",
            Self::Sidebet { .. } => "requestSidebet",
            Self::Authenticate(_) => "authenticate",
        }
    }

    /// Returns the arguments of the frame: the trace, if any, then the payload.
    pub fn to_args(&self, trace: Option<&Trace>) -> Vec<Value> {
        let number = |value: &Decimal| number::to_json(value.normalize());
        let payload = match self {
            Self::Buy { amount } => json!({ "amount": number(amount) }),
            Self::Sell { percentage } => json!({ "percentage": number(percentage) }),
            Self::Sidebet {
                amount,
                coin_address,
                x_payout,
            } => json!({
                "amount": number(amount), "coinAddress": coin_address, "xPayout": number(x_payout),
            }),
            Self::Authenticate(credential) => credential.clone(),
        };
        trace
            .map(Trace::to_json)
            .into_iter()
            .chain([payload])
            .collect()
    }

    /// Reads what a page was seen asking for; `None` when it moves no money. What cannot be read is counted.
    ///
    /// # Errors
    /// It is an order, and this of it cannot be read.
    pub fn seen(
        name: &str,
        args: &[Value],
        counts: &mut Counts,
    ) -> Result<Option<Self>, BadRequest> {
        match Self::from_args(name, args) {
            Ok(Self::Authenticate(_)) | Err(BadRequest::Unknown) => Ok(None),
            Ok(order) => Ok(Some(order)),
            Err(why) => {
                counts.malformed(name);
                Err(why)
            }
        }
    }

    /// Reads a request as the server side gets it, with or without a trace.
    pub fn from_args(name: &str, args: &[Value]) -> Result<Self, BadRequest> {
        let payload = split_trace(args).1.unwrap_or(&Value::Null);
        let decimal = |key| {
            payload
                .get(key)
                .and_then(number::from_json)
                .ok_or(BadRequest::Field(key))
        };
        Ok(match name {
            "buyOrder" => Self::Buy {
                amount: decimal("amount")?,
            },
            "sellOrder" => Self::Sell {
                percentage: decimal("percentage")?,
            },
            "requestSidebet" => Self::Sidebet {
                amount: decimal("amount")?,
                coin_address: payload
                    .get("coinAddress")
                    .and_then(Value::as_str)
                    .ok_or(BadRequest::Field("coinAddress"))?
                    .to_owned(),
                x_payout: decimal("xPayout")?,
            },
            "authenticate" => Self::Authenticate(payload.clone()),
            _ => return Err(BadRequest::Unknown),
        })
    }
}

/// The answer to a request. The ack of a trade has no price and no quantity.
#[derive(Debug, Clone, PartialEq)]
pub struct Ack {
    /// True only if the server said `success: true`; anything else is a refusal.
    pub success: bool,
    /// The server's `message` or `error`, if it is a text.
    pub message: Option<String>,
    /// The placed sidebet.
    pub sidebet: Option<Sidebet>,
}

impl Ack {
    /// Reads the arguments of an ack; an empty one (of a ping) is not a success.
    pub fn from_args(args: &[Value], counts: &mut Counts) -> Self {
        let answer = split_trace(args).1;
        let get = |key| answer.and_then(|a| a.get(key));
        let sidebet = get("sidebet").and_then(Value::as_object);
        Self {
            success: get("success") == Some(&Value::Bool(true)),
            message: [get("message"), get("error")]
                .into_iter()
                .flatten()
                .find_map(|text| text.as_str().map(str::to_owned)),
            sidebet: sidebet.and_then(|o| Sidebet::read(o, &mut Notes::new(counts, "(ack)"))),
        }
    }
}
