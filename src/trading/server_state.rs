//! Who is logged in and what the server says of the own account. Absent fields keep their last value.

use rust_decimal::Decimal;

use crate::account::{Account, Lot, OpenSidebet};
use crate::protocol::{
    GameId, GameStatePlayerUpdate, LeaderboardRow, PlayerUpdate, RunningSidebet, UsernameStatus,
};
use crate::trading::Verification;

/// No wallet, position or price of the game comes near this; beyond it the digits of a product end.
const MAX_NUMBER: Decimal = Decimal::from_parts(1_000_000_000, 0, 0, false, 0);

/// The player of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Player id, `did:privy:…`.
    pub player_id: String,
    /// The name, if one was chosen.
    pub username: Option<String>,
}

/// The server's view of the own account. `None`: never said on this connection.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ServerState {
    /// Wallet in SOL.
    pub cash: Option<Decimal>,
    /// Tokens held.
    pub position_qty: Option<Decimal>,
    /// Average cost of the lots held, in multiplier.
    pub avg_cost: Option<Decimal>,
    /// P&L of the running game as of the last tick.
    pub cumulative_pnl: Option<Decimal>,
    /// Highest net outlay of the game plus all stakes.
    pub total_invested: Option<Decimal>,
    /// The running sidebet; `Some(None)`: there is none.
    pub side_bet: Option<Option<RunningSidebet>>,
}

impl ServerState {
    /// Returns an account as the server tells it, and the game of its sidebet; `None` before the wallet was told.
    ///
    /// Which lots are held is never told: one with the average cost is the nearest.
    pub fn account(&self) -> Option<(Account, Option<GameId>)> {
        let lot = self.position_qty.zip(self.avg_cost);
        let lot = lot.map(|(qty, price)| Lot {
            qty: qty.normalize(),
            price: price.normalize(),
        });
        let bet = self.side_bet.as_ref().and_then(Option::as_ref);
        let running = bet.and_then(|bet| {
            Some(Sidebet {
                stake: bet.bet_amount?.normalize(),
                start_tick: bet.started_at_tick?,
            })
        });
        let account = Account::with_sidebet(self.cash?.normalize(), lot, running);
        Some((account, bet.and_then(|bet| bet.game_id.clone())))
    }
}

/// What an event of the player's own meant.
#[derive(Debug, Clone, PartialEq)]
pub enum PlayerEvent {
    /// Somebody is logged in; again only when it is somebody else.
    PlayerIdentified {
        /// Who.
        identity: Identity,
        /// Who it was before on this connection: his session ends here.
        before: Option<Identity>,
    },
    /// The server told the state of the account.
    ServerStateUpdate(ServerState),
    /// The own leaderboard row, one message stale.
    PersonalLeaderboard(Box<LeaderboardRow>),
    /// Our account and the server's differ; ours follows from here on.
    StateDriftDetected(Box<Verification>),
    /// A number of the server that cannot be: it was passed over.
    AbsurdNumber {
        /// Its wire name.
        field: &'static str,
        /// The number.
        value: Decimal,
    },
}

/// Reads the player's own events.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlayerStateHandler {
    identity: Option<Identity>,
    server: ServerState,
    /// What the newest update told, without what it left out.
    newest: ServerState,
}

impl PlayerStateHandler {
    /// Returns who is logged in.
    pub fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    /// Returns the server's view as far as it was told.
    pub fn server(&self) -> &ServerState {
        &self.server
    }

    /// Returns what the newest `playerUpdate` told. Only this is compared: a field that it left out may be older than
    /// the player's last order.
    pub fn newest(&self) -> &ServerState {
        &self.newest
    }

    /// A new connection knows nothing.
    pub fn disconnected(&mut self) {
        *self = Self::default();
    }

    /// Takes `usernameStatus`, which comes twice; the second time nothing happens.
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
        // Who only has another name now is still the same.
        let before = before.filter(|before| before.player_id != identity.player_id);
        if before.is_some() {
            // Another player: nothing that was said of the one before holds.
            self.server = ServerState::default();
            self.newest = ServerState::default();
        }
        Some(PlayerEvent::PlayerIdentified { identity, before })
    }

    /// Takes `playerUpdate`. A wallet or position that is negative or absurdly large cannot be and is passed over.
    pub fn player_update(&mut self, update: &PlayerUpdate) -> Vec<PlayerEvent> {
        let mut events = Vec::new();
        let mut possible = |field, said: Option<Decimal>| {
            let absurd = said.filter(|value| {
                value.is_sign_negative() && !value.is_zero() || *value > MAX_NUMBER
            });
            events.extend(absurd.map(|value| PlayerEvent::AbsurdNumber { field, value }));
            said.filter(|_| absurd.is_none())
        };
        let newest = ServerState {
            cash: possible("cash", update.cash),
            position_qty: possible("positionQty", update.position_qty),
            avg_cost: possible("avgCost", update.avg_cost),
            total_invested: possible("totalInvested", update.total_invested),
            cumulative_pnl: update.cumulative_pnl,
            side_bet: update.side_bet.clone(),
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
        events.push(PlayerEvent::ServerStateUpdate(server.clone()));
        self.newest = newest;
        events
    }

    /// Takes `gameStatePlayerUpdate`; `None` while the player has not acted in this game.
    pub fn game_state_player_update(&self, update: &GameStatePlayerUpdate) -> Option<PlayerEvent> {
        update
            .leaderboard_entry
            .clone()
            .map(|row| PlayerEvent::PersonalLeaderboard(Box::new(row)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Counts, Event, decode, number};
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
    fn what_an_update_does_not_say_keeps_its_value() {
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
    fn a_negative_wallet_is_passed_over_and_named() {
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
    fn another_player_takes_nothing_over() {
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
