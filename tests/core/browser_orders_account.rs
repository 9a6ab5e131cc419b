//! The account of the page in the browser: the player's, another one, none, or one that is not known yet.

use pianola::account::ActionStatus;
use pianola::feed::FeedEvent;
use pianola::trading::{BrowserAccount, PlayerEvent};
use serde_json::json;

use crate::support::decimal::d;
use crate::support::scripted_player::{GAME, PLAYER, ScriptedPlayer, playing_in_browser};

#[test]
fn another_account_ends_the_session_and_starts_one() {
    let mut player = playing_in_browser();
    player.sent("buyOrder", json!({ "amount": 0.1 }), Some(1));
    let other = "did:privy:player-0099";
    // The wallet identifies the player; the name comes after it, on a new connection.
    let wallet =
        json!({ "id": other, "cash": 7.5, "positionQty": 0, "avgCost": 0, "authenticated": true });
    let body = FeedEvent::Down {
        why: pianola::feed::DisconnectReason::Closed,
    };
    player.message(body);
    player.event("playerUpdate", &[wallet]);
    player.name(other);
    assert_eq!(player.sessions.len(), 2);
    assert_eq!(player.session().player_id.as_deref(), Some(other));
    assert_eq!(player.session().username.as_deref(), Some("player"));
    assert_eq!(player.session().start_balance, d("7.5"));
    let before = &player.sessions[0].actions()[0];
    assert_eq!(before.status, ActionStatus::Unknown);
    let changed = player.player_events.iter().filter(|event| {
        matches!(event, PlayerEvent::PlayerIdentified { before: Some(before), .. } if before.player_id == PLAYER)
    });
    assert_eq!(changed.count(), 1);
    // And back, on the same connection.
    let wallet = json!({ "id": PLAYER, "cash": 1, "positionQty": 0, "avgCost": 0 });
    player.event("playerUpdate", &[wallet]);
    assert_eq!(player.sessions.len(), 3);
    assert_eq!(player.drifts(), 0);
}

#[test]
fn a_page_without_a_login_is_recognised() {
    let mut player = ScriptedPlayer::in_browser();
    assert_eq!(player.view().page, Some(BrowserAccount::Unknown));
    player.tick(GAME, 1, "1.1");
    assert_eq!(player.view().page, Some(BrowserAccount::Unknown));
    player.later(9_990);
    player.tick(GAME, 2, "1.1");
    assert_eq!(player.view().page, Some(BrowserAccount::NotLoggedIn));
    player.log_in("1", "0", "0");
    assert_eq!(player.view().page, Some(BrowserAccount::Known));
    // A wallet is rare; the own row comes with every update of the game, until the player logs out.
    for tick in 3..60 {
        player.later(240);
        player.tick(GAME, tick, "1.1");
        player.event("gameStatePlayerUpdate", &[json!({ "gameId": GAME })]);
        assert_eq!(player.view().page, Some(BrowserAccount::Known));
    }
    for tick in 60..110 {
        player.later(240);
        player.tick(GAME, tick, "1.1");
    }
    assert_eq!(player.view().page, Some(BrowserAccount::NotLoggedIn));
    player.down();
    assert_eq!(player.view().page, Some(BrowserAccount::Unknown));
    // A wallet without a login.
    player.event(
        "playerUpdate",
        &[json!({ "authenticated": false, "cash": 0 })],
    );
    assert_eq!(player.sessions.len(), 1);
    // A player at a table has no page.
    assert_eq!(ScriptedPlayer::at_server().view().page, None);
}
