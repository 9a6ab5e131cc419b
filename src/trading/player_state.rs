//! Reads the player's own events: who is logged in, and the account. Absent fields keep their last value.

use super::events::PlayerEvent;
use super::possible_number::NumberCheck;
use super::server_state::{Identity, ServerState};
use crate::protocol::{PlayerUpdate, UsernameStatus};

/// Reads the player's own events.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlayerStateHandler {
    identity: Option<Identity>,
    server: ServerState,
    /// The newest update alone.
    newest: ServerState,
}

impl PlayerStateHandler {
    /// Returns the player that is logged in.
    pub fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    /// Returns the account as far as it was sent.
    pub fn server(&self) -> &ServerState {
        &self.server
    }

    /// Returns the account of the newest `playerUpdate` alone. Only this is compared: a field that it left out may be
    /// older than the player's last order.
    pub fn newest(&self) -> &ServerState {
        &self.newest
    }

    /// Forgets everything: the next connection sends it again.
    pub fn disconnected(&mut self) {
        *self = Self::default();
    }

    /// Takes `usernameStatus`, which comes twice; the second one causes no event.
    pub fn username_status(&mut self, status: &UsernameStatus) -> Option<PlayerEvent> {
        let username = status.username.as_deref().filter(|name| !name.is_empty());
        let username = username.map(str::to_owned);
        let identity = Identity {
            player_id: status.id.clone(),
            username,
        };
        if self.identity.as_ref() == Some(&identity) {
            return None;
        }
        let before = self.identity.replace(identity.clone());
        // Another name alone is the same player.
        let before = before.filter(|before| before.player_id != identity.player_id);
        if before.is_some() {
            // Another player: the account of the one before is not theirs.
            self.server = ServerState::default();
            self.newest = ServerState::default();
        }
        Some(PlayerEvent::PlayerIdentified { identity, before })
    }

    /// Takes `playerUpdate`. A number that is negative or absurdly large is ignored and reported.
    pub fn player_update(&mut self, update: &PlayerUpdate) -> Vec<PlayerEvent> {
        let mut check = NumberCheck::default();
        let newest = ServerState {
            cash: check.held("cash", update.cash),
            position_qty: check.held("positionQty", update.position_qty),
            avg_cost: check.held("avgCost", update.avg_cost),
            total_invested: check.held("totalInvested", update.total_invested),
            cumulative_pnl: update.cumulative_pnl,
            side_bet: update
                .side_bet
                .as_ref()
                .map(|bet| bet.as_ref().map(|bet| check.sidebet(bet))),
        };
        let server = &mut self.server;
        server.cash = newest.cash.or(server.cash);
        server.position_qty = newest.position_qty.or(server.position_qty);
        server.avg_cost = newest.avg_cost.or(server.avg_cost);
        server.total_invested = newest.total_invested.or(server.total_invested);
        server.cumulative_pnl = newest.cumulative_pnl.or(server.cumulative_pnl);
        if newest.side_bet.is_some() {
            server.side_bet.clone_from(&newest.side_bet);
        }
        let mut events = check.into_events();
        events.push(PlayerEvent::ServerStateUpdate(server.clone()));
        self.newest = newest;
        events
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Counts, Event, decode, number};
    use rust_decimal::Decimal;
    use serde_json::json;

    fn d(text: &str) -> Decimal {
        number::parse(text).expect("a decimal")
    }

    fn status(id: &str, name: &str) -> UsernameStatus {
        UsernameStatus {
            id: id.into(),
            has_username: Some(true),
            username: Some(name.into()),
        }
    }

    fn update(payload: serde_json::Value) -> PlayerUpdate {
        match decode("playerUpdate", &[payload], &mut Counts::default()) {
            Some(Event::PlayerUpdate(update)) => *update,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn test_username_status_captures_player_id() {
        let mut handler = PlayerStateHandler::default();
        handler.username_status(&status("did:privy:cm3xxxx", "TestUser"));
        let identity = handler.identity().expect("identified");
        assert_eq!(identity.player_id, "did:privy:cm3xxxx");
    }

    #[test]
    fn test_username_status_captures_username() {
        let mut handler = PlayerStateHandler::default();
        handler.username_status(&status("did:privy:cm3xxxx", "TestUser"));
        let identity = handler.identity().expect("identified");
        assert_eq!(identity.username.as_deref(), Some("TestUser"));
    }

    #[test]
    fn test_username_status_emits_event() {
        let mut handler = PlayerStateHandler::default();
        let first = handler.username_status(&status("did:privy:cm3xxxx", "TestUser"));
        assert!(matches!(
            first,
            Some(PlayerEvent::PlayerIdentified { before: None, .. })
        ));
        // It comes twice on a real connection.
        assert_eq!(
            handler.username_status(&status("did:privy:cm3xxxx", "TestUser")),
            None
        );
    }

    #[test]
    fn test_player_update_parses_cash() {
        let mut handler = PlayerStateHandler::default();
        handler.player_update(&update(
            json!({"cash": 3.967_072_345, "positionQty": 0, "avgCost": 0}),
        ));
        assert_eq!(handler.server().cash, Some(d("3.967072345")));
    }

    #[test]
    fn test_player_update_parses_position() {
        let mut handler = PlayerStateHandler::default();
        handler.player_update(&update(
            json!({"cash": 1, "positionQty": 0.222_291_9, "avgCost": 1.259}),
        ));
        assert_eq!(handler.server().position_qty, Some(d("0.2222919")));
    }

    #[test]
    fn test_player_update_emits_event() {
        let mut handler = PlayerStateHandler::default();
        let events =
            handler.player_update(&update(json!({"cash": 1, "positionQty": 0, "avgCost": 0})));
        assert!(
            matches!(events[..], [PlayerEvent::ServerStateUpdate(_)]),
            "{events:?}"
        );
    }

    #[test]
    fn a_field_that_an_update_leaves_out_keeps_its_value() {
        let mut handler = PlayerStateHandler::default();
        handler.player_update(&update(
            json!({"cash": 2, "positionQty": 0.5, "avgCost": 1.5}),
        ));
        handler.player_update(&update(json!({"cash": 1.5})));
        let server = handler.server();
        assert_eq!(
            (server.cash, server.position_qty),
            (Some(d("1.5")), Some(d("0.5")))
        );
    }

    #[test]
    fn a_negative_wallet_is_ignored_and_reported() {
        let mut handler = PlayerStateHandler::default();
        handler.player_update(&update(json!({"cash": 2})));
        let events = handler.player_update(&update(json!({"cash": -1, "positionQty": 0.1})));
        assert_eq!(
            events[0],
            PlayerEvent::AbsurdNumber {
                field: "cash",
                value: d("-1")
            }
        );
        assert_eq!(handler.server().cash, Some(d("2")));
        assert_eq!(handler.server().position_qty, Some(d("0.1")));
    }

    #[test]
    fn a_negative_stake_is_ignored_and_reported() {
        let mut handler = PlayerStateHandler::default();
        let bet = json!({"startedAtTick": 3, "betAmount": -1});
        let events = handler.player_update(&update(json!({"cash": 2, "sideBet": bet})));
        let value = d("-1");
        let field = "betAmount";
        assert_eq!(events[0], PlayerEvent::AbsurdNumber { field, value });
        let (account, _) = handler.server().account().expect("a wallet");
        assert_eq!(account.book().sidebet, None);
    }

    #[test]
    fn another_player_starts_without_an_account() {
        let mut handler = PlayerStateHandler::default();
        handler.username_status(&status("a", "A"));
        handler.player_update(&update(json!({"cash": 2})));
        let event = handler.username_status(&status("b", "B"));
        assert!(matches!(
            event,
            Some(PlayerEvent::PlayerIdentified {
                before: Some(_),
                ..
            })
        ));
        assert_eq!(handler.server().cash, None);
    }
}
