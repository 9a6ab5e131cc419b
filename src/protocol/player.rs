//! Events of the logged-in player and of the server itself (`protocol.md` 4.1 and 4.3).

use rust_decimal::Decimal;

use super::leaderboard::coin_address;
use super::reader::{Notes, Object};
use super::{GameId, LeaderboardRow, SideBet};

/// `usernameStatus`: who is logged in on this connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsernameStatus {
    /// Player id, `did:privy:…`.
    pub id: String,
    /// Whether a name was chosen.
    pub has_username: Option<bool>,
    /// The name.
    pub username: Option<String>,
}

/// `playerUpdate`: the server's view of the own account. It carries no game, tick or time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlayerUpdate {
    /// Player id.
    pub id: Option<String>,
    /// Wallet in SOL; current.
    pub cash: Option<Decimal>,
    /// Tokens held; current.
    pub position_qty: Option<Decimal>,
    /// Average cost of the lots held, in multiplier; current.
    pub avg_cost: Option<Decimal>,
    /// P&L of the running game **as of the last tick**, i.e. before the trade this update confirms.
    pub cumulative_pnl: Option<Decimal>,
    /// Profit of the finished sidebets.
    pub sidebet_pnl: Option<Decimal>,
    /// As of the last tick, too.
    pub pnl_percent: Option<Decimal>,
    /// Highest net outlay of the game plus all stakes; current.
    pub total_invested: Option<Decimal>,
    /// A third purse.
    pub bonus_balance: Option<Decimal>,
    /// The connection is logged in.
    pub authenticated: Option<bool>,
    /// The win limit of the game was reached.
    pub hit_max_win: Option<bool>,
    /// Address of a coin other than SOL.
    pub selected_coin: Option<String>,
    /// `Some(None)`: the server says that there is no running sidebet; `None`: it says nothing.
    pub side_bet: Option<Option<SideBet>>,
    /// Keys that were there and could not be read, by their wire name.
    pub unreadable: Vec<&'static str>,
}

/// `gameStatePlayerUpdate`: the own row, which may be older than the last `playerUpdate`.
#[derive(Debug, Clone, PartialEq)]
pub struct GameStatePlayerUpdate {
    /// The game.
    pub game_id: GameId,
    /// The own row; present only after the player acted in this game.
    pub leaderboard_entry: Option<LeaderboardRow>,
}

/// `playerLeaderboardPosition`: the rank of a player over a period.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LeaderboardPosition {
    /// The server could answer.
    pub success: Option<bool>,
    /// `7d` and the like.
    pub period: Option<String>,
    /// The player is ranked.
    pub player_found: Option<bool>,
    /// From 1.
    pub rank: Option<u64>,
    /// Ranked players.
    pub total: Option<u64>,
    /// P&L of the period in SOL.
    pub pnl: Option<Decimal>,
}

/// `maintenanceUpdate`: the server announces a restart when `active`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Maintenance {
    /// A restart is coming.
    pub active: Option<bool>,
    /// The server's text.
    pub message: Option<String>,
}

impl UsernameStatus {
    pub(super) fn read(object: Object<'_>, notes: &mut Notes<'_>) -> Option<Self> {
        let (mut id, mut has_username, mut username) = (None, None, None);
        for (key, value) in object {
            match key.as_str() {
                "id" => id = notes.id("id", value),
                "hasUsername" => has_username = notes.flag("hasUsername", value),
                "username" => username = notes.user_name("username", value),
                other => notes.unknown(other),
            }
        }
        Some(Self {
            id: id?,
            has_username,
            username,
        })
    }
}

impl PlayerUpdate {
    pub(super) fn read(object: Object<'_>, notes: &mut Notes<'_>) -> Self {
        let mut update = Self::default();
        for (key, value) in object {
            match key.as_str() {
                "id" => update.id = notes.id("id", value),
                "cash" => update.cash = notes.decimal("cash", value),
                "positionQty" => update.position_qty = notes.decimal("positionQty", value),
                "avgCost" => update.avg_cost = notes.decimal("avgCost", value),
                "cumulativePnL" => update.cumulative_pnl = notes.decimal("cumulativePnL", value),
                "sidebetPnl" => update.sidebet_pnl = notes.decimal("sidebetPnl", value),
                "pnlPercent" => update.pnl_percent = notes.decimal("pnlPercent", value),
                "totalInvested" => update.total_invested = notes.decimal("totalInvested", value),
                "bonusBalance" => update.bonus_balance = notes.decimal("bonusBalance", value),
                "authenticated" => update.authenticated = notes.flag("authenticated", value),
                "hitMaxWin" => update.hit_max_win = notes.flag("hitMaxWin", value),
                "selectedCoin" => update.selected_coin = coin_address(value),
                // `null` is an answer here, not an absence: no sidebet is running.
                "sideBet" if value.is_null() => update.side_bet = Some(None),
                "sideBet" => {
                    update.side_bet = notes
                        .object("sideBet", value)
                        .map(|o| Some(SideBet::read(o, notes)));
                }
                "autobuysEnabled" | "autosellPrice" | "bonusWagerReq" | "bonusWagered"
                | "crateCooldown" | "crateKeys" | "hasInteracted" | "levelInfo"
                | "leveragedPositions" | "recentCrateRewards" | "role" | "shitcoinBalances"
                | "shortPosition" | "sidebets" | "xpBoost" => {}
                other => notes.unknown(other),
            }
        }
        update.unreadable = std::mem::take(&mut notes.unreadable);
        update
    }
}

impl GameStatePlayerUpdate {
    pub(super) fn read(object: Object<'_>, notes: &mut Notes<'_>) -> Option<Self> {
        let (mut game_id, mut leaderboard_entry) = (None, None);
        for (key, value) in object {
            match key.as_str() {
                "gameId" => game_id = notes.game_id("gameId", value),
                "leaderboardEntry" => {
                    leaderboard_entry = notes
                        .object("leaderboardEntry", value)
                        .map(|o| LeaderboardRow::read(o, notes));
                }
                "rugpool" | "trades" => {}
                other => notes.unknown(other),
            }
        }
        Some(Self {
            game_id: game_id?,
            leaderboard_entry,
        })
    }
}

impl LeaderboardPosition {
    pub(super) fn read(object: Object<'_>, notes: &mut Notes<'_>) -> Option<Self> {
        let mut position = Self::default();
        for (key, value) in object {
            match key.as_str() {
                "success" => position.success = notes.flag("success", value),
                "period" => position.period = notes.text("period", value),
                "playerFound" => position.player_found = notes.flag("playerFound", value),
                "rank" => position.rank = notes.integer("rank", value),
                "total" => position.total = notes.integer("total", value),
                "playerEntry" => {
                    let entry = notes.object("playerEntry", value);
                    let pnl = entry.and_then(|o| o.get("pnl"));
                    position.pnl = pnl.and_then(|v| notes.decimal("playerEntry", v));
                }
                "sortDirection" | "surroundingEntries" => {}
                other => notes.unknown(other),
            }
        }
        position.success.is_some().then_some(position)
    }
}

impl Maintenance {
    pub(super) fn read(object: Object<'_>, notes: &mut Notes<'_>) -> Self {
        let mut update = Self::default();
        for (key, value) in object {
            match key.as_str() {
                "active" => update.active = notes.flag("active", value),
                "message" => update.message = notes.text("message", value),
                "mega" => {}
                other => notes.unknown(other),
            }
        }
        update
    }
}
