//! Events of the logged-in player and of the server itself (`docs/protocol.md` 4.1 and 4.3).

use rust_decimal::Decimal;

use super::fields::{
    self, Key, Notes, coin_address, decimal, flag, game_id, id, integer, object, text, user_name,
    wire_object,
};
use super::id::GameId;
use super::json::Json;
use super::leaderboard::{LeaderboardRow, RunningSidebet};

wire_object! {
    /// `usernameStatus`: who is logged in on this connection.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct UsernameStatus {
        required {
            /// Player id, `did:privy:…`.
            id: String = "id" as id,
        }
        optional {
            /// Whether the player has chosen a name.
            has_username: bool = "hasUsername" as flag,
            /// The name.
            username: String = "username" as user_name,
        }
        ignored []
    }
}

wire_object! {
    /// `playerUpdate`: the server's state of the own account. It carries no game, tick or time.
    #[derive(Debug, Clone, PartialEq, Default)]
    pub struct PlayerUpdate {
        optional {
            /// Player id.
            id: String = "id" as id,
            /// Wallet in SOL; current.
            cash: Decimal = "cash" as decimal,
            /// Tokens held; current.
            position_qty: Decimal = "positionQty" as decimal,
            /// Average cost of the lots held, in multiplier; current.
            avg_cost: Decimal = "avgCost" as decimal,
            /// P&L of the running game **as of the last tick**, i.e. before the trade this update confirms.
            cumulative_pnl: Decimal = "cumulativePnL" as decimal,
            /// Profit of the finished sidebets.
            sidebet_pnl: Decimal = "sidebetPnl" as decimal,
            /// Also as of the last tick.
            pnl_percent: Decimal = "pnlPercent" as decimal,
            /// Highest net outlay of the game plus all stakes; current.
            total_invested: Decimal = "totalInvested" as decimal,
            /// A third purse.
            bonus_balance: Decimal = "bonusBalance" as decimal,
            /// The connection is logged in.
            authenticated: bool = "authenticated" as flag,
            /// The win limit of the game was reached.
            hit_max_win: bool = "hitMaxWin" as flag,
            /// Address of a coin other than SOL.
            selected_coin: String = "selectedCoin" as coin_address,
            /// `Some(None)`: the server states that no sidebet is running; `None`: it states nothing.
            side_bet: Option<RunningSidebet> = "sideBet" as running_sidebet,
        }
        computed {
            /// Keys that were present and unreadable, by their wire name.
            unreadable: Vec<&'static str> = Notes::take_unreadable,
        }
        ignored [
            "autobuysEnabled", "autosellPrice", "bonusWagerReq", "bonusWagered", "crateCooldown",
            "crateKeys", "hasInteracted", "levelInfo", "leveragedPositions", "recentCrateRewards",
            "role", "shitcoinBalances", "shortPosition", "sidebets", "xpBoost"
        ]
    }
}

/// `null` is an answer here, not an absence: no sidebet is running.
#[allow(
    clippy::option_option,
    reason = "absent, null and a bet are three answers"
)]
fn running_sidebet<'a>(
    notes: &mut Notes<'_>,
    key: Key,
    value: impl Json<'a>,
) -> Option<Option<RunningSidebet>> {
    if value.is_null() {
        return Some(None);
    }
    object(notes, key, value).map(Some)
}

wire_object! {
    /// `gameStatePlayerUpdate`: the own row, which may be older than the last `playerUpdate`.
    #[derive(Debug, Clone, PartialEq)]
    pub struct GameStatePlayerUpdate {
        required {
            /// The game.
            game_id: GameId = "gameId" as game_id,
        }
        optional {
            /// The own row; present only after the player acted in this game.
            leaderboard_entry: LeaderboardRow = "leaderboardEntry" as object,
        }
        ignored ["rugpool", "trades"]
    }
}

wire_object! {
    /// `playerLeaderboardPosition`: the rank of a player over a period.
    #[derive(Debug, Clone, PartialEq)]
    pub struct LeaderboardPosition {
        required {
            /// The server found an answer.
            success: bool = "success" as flag,
        }
        optional {
            /// `7d` and the like.
            period: String = "period" as text,
            /// The player is ranked.
            player_found: bool = "playerFound" as flag,
            /// From 1.
            rank: u64 = "rank" as integer,
            /// Ranked players.
            total: u64 = "total" as integer,
            /// P&L of the period in SOL.
            pnl: Decimal = "playerEntry" as entry_pnl,
        }
        ignored ["sortDirection", "surroundingEntries"]
    }
}

fn entry_pnl<'a>(notes: &mut Notes<'_>, key: Key, value: impl Json<'a>) -> Option<Decimal> {
    let pnl = fields::map(notes, key, value)?.get("pnl")?;
    decimal(notes, key, pnl)
}

wire_object! {
    /// `maintenanceUpdate`: the server announces a restart when `active`.
    #[derive(Debug, Clone, PartialEq, Eq, Default)]
    pub struct Maintenance {
        optional {
            /// A restart is coming.
            active: bool = "active" as flag,
            /// The server's text.
            message: String = "message" as text,
        }
        ignored ["mega"]
    }
}
