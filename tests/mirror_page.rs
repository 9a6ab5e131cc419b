//! Whose account the page in the browser has: another one, none, one that is not known yet.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "support/sitting.rs"]
mod sitting;

use pianola::account::ActionStatus;
use pianola::feed::FeedEvent;
use pianola::trading::{BrowserAccount, PlayerEvent};
use serde_json::json;
use sitting::{GAME, PLAYER, Sitting, d, mirrored};

#[test]
fn another_account_ends_the_session_and_begins_one() {
    let mut sitting = mirrored();
    sitting.sent("buyOrder", json!({ "amount": 0.1 }), Some(1));
    let other = "did:privy:player-0099";
    // He is named by his wallet; the name comes after it, on a new connection.
    let wallet =
        json!({ "id": other, "cash": 7.5, "positionQty": 0, "avgCost": 0, "authenticated": true });
    let body = FeedEvent::Down {
        why: pianola::feed::DisconnectReason::Closed,
    };
    sitting.message(body);
    sitting.event("playerUpdate", &[wallet]);
    sitting.name(other);
    assert_eq!(sitting.sessions.len(), 2);
    assert_eq!(sitting.session().player_id.as_deref(), Some(other));
    assert_eq!(sitting.session().username.as_deref(), Some("player"));
    assert_eq!(sitting.session().start_balance, d("7.5"));
    let before = &sitting.sessions[0].actions()[0];
    assert_eq!(before.status, ActionStatus::Unknown);
    let changed = sitting.player.iter().filter(|event| {
        matches!(event, PlayerEvent::PlayerIdentified { before: Some(before), .. } if before.player_id == PLAYER)
    });
    assert_eq!(changed.count(), 1);
    // And back, on the same connection.
    let wallet = json!({ "id": PLAYER, "cash": 1, "positionQty": 0, "avgCost": 0 });
    sitting.event("playerUpdate", &[wallet]);
    assert_eq!(sitting.sessions.len(), 3);
    assert_eq!(sitting.drifts(), 0);
}

#[test]
fn a_page_that_is_not_logged_in_is_told_from_one_that_is() {
    let mut sitting = Sitting::mirror();
    assert_eq!(sitting.view().page, Some(BrowserAccount::Unknown));
    sitting.tick(GAME, 1, "1.1");
    assert_eq!(sitting.view().page, Some(BrowserAccount::Unknown));
    sitting.later(9_990);
    sitting.tick(GAME, 2, "1.1");
    assert_eq!(sitting.view().page, Some(BrowserAccount::NotLoggedIn));
    sitting.log_in("1", "0", "0");
    assert_eq!(sitting.view().page, Some(BrowserAccount::Known));
    // A wallet comes seldom; the own row comes with every update of the game, until he logs out.
    for tick in 3..60 {
        sitting.later(240);
        sitting.tick(GAME, tick, "1.1");
        sitting.event("gameStatePlayerUpdate", &[json!({ "gameId": GAME })]);
        assert_eq!(sitting.view().page, Some(BrowserAccount::Known));
    }
    for tick in 60..110 {
        sitting.later(240);
        sitting.tick(GAME, tick, "1.1");
    }
    assert_eq!(sitting.view().page, Some(BrowserAccount::NotLoggedIn));
    sitting.down();
    assert_eq!(sitting.view().page, Some(BrowserAccount::Unknown));
    // Nobody's wallet.
    sitting.event(
        "playerUpdate",
        &[json!({ "authenticated": false, "cash": 0 })],
    );
    assert_eq!(sitting.sessions.len(), 1);
    // Who plays at a table is no page.
    assert_eq!(Sitting::at_server().view().page, None);
}
