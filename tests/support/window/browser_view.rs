//! The view of a player who plays in the browser.

use pianola::engine::{SessionCore, View};
use pianola::feed::{BrowserStatus, FeedState};
use pianola::protocol::number;
use pianola::recording::{RecorderState, RecordingPolicy};
use pianola::trading::{OrderLimits, Trader};
use serde_json::json;

use crate::support::window::made_view::{GAME, noon, running};

pub const PLAYER: &str = "did:privy:player-0002";

/// What the messages tell of the page's account.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PageLogin {
    /// Nothing, for long.
    Nothing,
    /// That there is one.
    LoggedIn,
    /// Its wallet and its name.
    Wallet,
}

/// A running game, seen through a browser.
pub fn mirrored(heard: PageLogin, browser: BrowserStatus) -> View {
    let trader = Trader::in_browser(OrderLimits::default());
    let mut core = SessionCore::new(
        RecordingPolicy::everything(),
        Some(trader),
        None,
        Vec::new(),
    );
    let up = FeedState::Up { since: noon() };
    core.set_feed_state(&up);
    let shown = running(300);
    let price = number::to_json(shown.price.expect("a price"));
    let update = json!({
        "gameId": GAME, "active": true, "rugged": false, "tickCount": shown.tick, "price": price,
    });
    let at = |seconds| noon() + chrono::Duration::seconds(seconds);
    core.event("gameStateUpdate", std::slice::from_ref(&update), at(0));
    match heard {
        PageLogin::Nothing => {
            core.event("gameStateUpdate", &[update], at(11));
        }
        PageLogin::LoggedIn => {
            core.event("gameStatePlayerUpdate", &[json!({ "gameId": GAME })], at(0));
        }
        PageLogin::Wallet => {
            let wallet = json!({ "id": PLAYER, "cash": 0.5, "positionQty": 0.08, "avgCost": 1.25 });
            core.event("playerUpdate", &[wallet], at(0));
            let name = json!({ "id": PLAYER, "hasUsername": true, "username": "dutch\u{1b}" });
            core.event("usernameStatus", &[name], at(0));
        }
    }
    let trader = core.view(up, RecorderState::default(), at(11)).trader;
    View {
        trader,
        browser,
        ..shown
    }
}

pub fn page() -> BrowserStatus {
    BrowserStatus {
        page: Some("https://rugs.fun/".to_owned()),
        ..BrowserStatus::default()
    }
}
