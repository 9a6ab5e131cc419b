//! The player's side as one reducer. Presses, answers, the player's own events and the events of the board go in;
//! requests to send, facts of the session and events for the screen come out ([`TraderEvent`]). Pure.
//!
//! The account is computed here, by [`crate::account::Account::apply`], and compared with the server's at each
//! `playerUpdate`. What the server did to an order is learnt from the player's own trade or from the wallet that the
//! server sends, whichever comes first. The server's answer has neither price nor quantity; it only says that the
//! order was executed.
//!
//! `ARCHITECTURE.md` says which file does what.

mod browser_orders;
mod check;
mod context;
mod drift;
mod events;
mod fills;
mod in_flight;
mod infer_fill;
mod ledger;
mod limits;
mod order;
mod page_signs;
mod player_state;
mod possible_number;
mod refusal;
mod risk;
mod server_state;
mod session;
mod session_rows;
mod settle;
mod trader;
mod unseen_orders;
mod verifier;
mod view;

pub use check::{OrderContext, check, order_price};
pub use context::{Ctx, GameContext};
pub use drift::DriftBadge;
pub use events::{PlayerEvent, TraderEvent};
pub use limits::OrderLimits;
pub use order::{Order, OrderAnswer};
pub use page_signs::BrowserAccount;
pub use player_state::PlayerStateHandler;
pub use refusal::Refusal;
pub use risk::{DayRisk, RiskLimits, RiskUsage, SentOrders};
pub use server_state::{Identity, ServerState};
pub use trader::Trader;
pub use verifier::{Agreement, CompareMode, FieldComparison, StateVerifier, Verification};
pub use view::{PendingOrderView, TraderView};
