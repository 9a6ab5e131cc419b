//! A leaderboard row: position, average cost and P&L of one player (`docs/protocol.md` 4.2).

use rust_decimal::Decimal;

use super::fields::{
    coin_address, decimal, game_id, id, integer, object, text, tick, user_name, wire_object,
};
use super::id::GameId;
use super::tick::Tick;

wire_object! {
    /// One player on the leaderboard. In the presale the parts of the P&L are absent.
    #[derive(Debug, Clone, PartialEq, Default)]
    pub struct LeaderboardRow under "leaderboard" {
        optional {
            /// Player id, `did:privy:…`.
            id: String = "id" as id,
            /// Displayed name; null for some players.
            username: String = "username" as user_name,
            /// `regular_pnl + sidebet_pnl + short_pnl`, in SOL, at the price one tick back.
            pnl: Decimal = "pnl" as decimal,
            /// Proceeds of all sells + quantity x price - all buys.
            regular_pnl: Decimal = "regularPnl" as decimal,
            /// Profit of the finished sidebets.
            sidebet_pnl: Decimal = "sidebetPnl" as decimal,
            /// Profit of shorts.
            short_pnl: Decimal = "shortPnl" as decimal,
            /// 100 x `pnl` / `total_invested`.
            pnl_percent: Decimal = "pnlPercent" as decimal,
            /// Tokens held.
            position_qty: Decimal = "positionQty" as decimal,
            /// Average cost of the lots still held, in multiplier.
            avg_cost: Decimal = "avgCost" as decimal,
            /// Highest net outlay of the game plus all stakes; not the sum of buys.
            total_invested: Decimal = "totalInvested" as decimal,
            /// The running sidebet.
            side_bet: RunningSidebet = "sideBet" as object,
            /// Address of a coin other than SOL, `0xPractice`.
            selected_coin: String = "selectedCoin" as coin_address,
            /// Rank, from 1.
            position: u32 = "position" as integer,
        }
        ignored ["level", "sidebetActive", "shortPosition", "hasActiveTrades"]
    }
}

wire_object! {
    /// A running sidebet inside a row or a `playerUpdate` (other key names than in the events).
    #[derive(Debug, Clone, PartialEq, Default)]
    pub struct RunningSidebet under "sideBet" {
        optional {
            /// First tick of the window.
            started_at_tick: Tick = "startedAtTick" as tick,
            /// The game.
            game_id: GameId = "gameId" as game_id,
            /// Last tick that wins.
            end: Tick = "end" as tick,
            /// Stake in SOL.
            bet_amount: Decimal = "betAmount" as decimal,
            /// Total return per staked SOL, 5.
            x_payout: Decimal = "xPayout" as decimal,
            /// Currency.
            coin_address: String = "coinAddress" as text,
        }
        ignored ["bonusPortion", "realPortion"]
    }
}
