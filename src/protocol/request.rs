//! The requests of a client and the answers of the server (`docs/protocol.md` 5).

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::counts::Counts;
use super::fields::{FromObject as _, Notes};
use super::number;
use super::trace::{Trace, split_trace};
use super::trade::SidebetReport;

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
    /// Log in. The content of the real frame is not known (`docs/protocol.md` 1.2), so the program treats it as opaque.
    Authenticate(Value),
}

/// Why a request of a client could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// No such request.
    #[error("unknown request")]
    Unknown,
    /// The payload lacks a key, or its value does not fit.
    #[error("`{0}` is missing or not a number")]
    Field(&'static str),
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

    /// Reads a request that a page sent; `None` when it moves no money. An unreadable order is counted.
    ///
    /// # Errors
    /// The request is an order that cannot be read.
    pub fn from_page(
        name: &str,
        args: &[Value],
        counts: &mut Counts,
    ) -> Result<Option<Self>, RequestError> {
        match Self::from_args(name, args) {
            Ok(Self::Authenticate(_)) | Err(RequestError::Unknown) => Ok(None),
            Ok(order) => Ok(Some(order)),
            Err(error) => {
                counts.malformed(name);
                Err(error)
            }
        }
    }

    /// Reads a request as the server receives it, with or without a trace.
    ///
    /// # Errors
    /// The request is unknown, or its payload does not fit.
    pub fn from_args(name: &str, args: &[Value]) -> Result<Self, RequestError> {
        let payload = split_trace(args).1.unwrap_or(&Value::Null);
        let decimal = |key| {
            payload
                .get(key)
                .and_then(number::from_json)
                .ok_or(RequestError::Field(key))
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
                    .ok_or(RequestError::Field("coinAddress"))?
                    .to_owned(),
                x_payout: decimal("xPayout")?,
            },
            "authenticate" => Self::Authenticate(payload.clone()),
            _ => return Err(RequestError::Unknown),
        })
    }
}

/// The answer to a request. The ack of a trade has no price and no quantity.
#[derive(Debug, Clone, PartialEq)]
pub struct Ack {
    /// True only for `success: true`; anything else is a refusal.
    pub success: bool,
    /// The server's `message` or `error`, if it is a text.
    pub message: Option<String>,
    /// The placed sidebet.
    pub sidebet: Option<SidebetReport>,
}

impl Ack {
    /// Reads the arguments of an ack; an empty one (of a ping) is not a success.
    pub fn from_args(args: &[Value], counts: &mut Counts) -> Self {
        let answer = split_trace(args).1;
        let get = |key| answer.and_then(|a| a.get(key));
        let sidebet = get("sidebet").filter(|sidebet| sidebet.is_object());
        Self {
            success: get("success") == Some(&Value::Bool(true)),
            message: [get("message"), get("error")]
                .into_iter()
                .flatten()
                .find_map(|text| text.as_str().map(str::to_owned)),
            sidebet: sidebet.and_then(|o| SidebetReport::read(o, &mut Notes::new(counts, "(ack)"))),
        }
    }
}
