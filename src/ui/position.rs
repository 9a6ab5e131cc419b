//! The position: P&L, holdings, wallet, sidebet and the last order. The block has the same height with and without a
//! position, so that the buttons below it never move.

use chrono::Duration;
use egui::{Label, Ui};
use rust_decimal::{Decimal, RoundingStrategy};

use super::format::{delay, percent, signed, sol};
use super::theme::{GRID, Theme, digits, small};
use super::widgets::{truncated_ui, wrapped_ui};
use crate::account::{Holding, OpenSidebet, SIDEBET_WINDOW, WalletKind};
use crate::engine::View;
use crate::game::Phase;
use crate::trading::{OrderLimits, TraderView};

/// Draws the block. Returns whether the player wants to refill the local wallet.
pub fn position_ui(ui: &mut Ui, view: &View) -> bool {
    let theme = Theme::of(ui);
    let Some(trader) = &view.trader else {
        let words = "Nobody plays here: games are only watched and recorded.";
        no_wallet_ui(ui, theme, "Watching", words);
        return false;
    };
    let Some(held) = trader.held() else {
        let (title, words) = match trader.wallet {
            _ if trader.page.is_some() => (
                "In your browser",
                "The wallet appears as soon as the server has told it there.",
            ),
            WalletKind::Server => (
                "Logging in…",
                "The wallet appears as soon as the table has told it.",
            ),
            WalletKind::Local => (
                "Waiting…",
                "The wallet of this computer plays along as soon as the server says something.",
            ),
        };
        no_wallet_ui(ui, theme, title, words);
        return false;
    };
    pnl_ui(ui, theme, trader);
    holding_ui(ui, theme, view, &held);
    let refill = wallet_ui(ui, theme, trader, &held);
    empty_wallet_ui(ui, theme, trader, &held, &view.limits);
    sidebet_ui(ui, theme, view, trader.sidebet().as_ref());
    last_order_ui(ui, theme, trader);
    refill
}

fn no_wallet_ui(ui: &mut Ui, theme: Theme, title: &str, words: &str) {
    ui.heading(title);
    ui.colored_label(theme.quiet, small(words));
}

fn pnl_ui(ui: &mut Ui, theme: Theme, trader: &TraderView) {
    // Truncated: rounding errors of a few lamports are not a loss.
    let exact = trader.pnl.unwrap_or_default();
    let pnl = exact.round_dp_with_strategy(6, RoundingStrategy::ToZero);
    let colour = theme.money(pnl);
    let account = trader.account.as_ref();
    let invested = account.map(|account| account.book().total_invested());
    let share = invested.and_then(|invested| (pnl * Decimal::ONE_HUNDRED).checked_div(invested));
    ui.horizontal(|ui| {
        let number = digits(signed(pnl), 30.0).color(colour).strong();
        let label = ui.add(Label::new(number).extend());
        label.on_hover_text(format!(
            "P&L of this game, the change of the wallet if all is sold now: {} SOL\nA sidebet counts when it is decided",
            exact.round_dp(9).normalize()
        ));
        let unit = share.map_or("SOL".to_owned(), |share| format!("SOL\n{}", percent(share)));
        ui.colored_label(colour, digits(unit, 13.0));
    });
}

fn holding_ui(ui: &mut Ui, theme: Theme, view: &View, held: &Holding) {
    let Some(cost) = held.entry_price else {
        ui.colored_label(theme.quiet, digits("No position", 13.0));
        last_game_ui(ui, theme, view);
        return;
    };
    let tokens = held.position_qty;
    let worth = tokens.saturating_mul(view.order_price());
    let text = format!("{} tokens @ {}x", sol(tokens), cost.trunc_with_scale(4));
    ui.add(Label::new(digits(text, 13.0)).truncate())
        .on_hover_text(format!("{tokens} tokens, average cost {cost}"));
    ui.colored_label(theme.quiet, small(format!("worth {} SOL", sol(worth))));
}

/// Draws the result of the last game the player traded in, from its rug until the next one starts.
fn last_game_ui(ui: &mut Ui, theme: Theme, view: &View) {
    let last = view.actions.last().map(|row| &row.game_id);
    let over = last.filter(|last| {
        Some(*last) != view.game_id.as_ref()
            || matches!(view.phase, Phase::Rugged | Phase::Cooldown)
    });
    let Some(game) = over else {
        ui.label(small(" "));
        return;
    };
    let rows = view.actions.iter().rev();
    let rows = rows.take_while(|row| row.game_id == *game);
    let earned: Decimal = rows.filter_map(|row| row.pnl).sum();
    let text = format!("your last game {} SOL", signed(earned));
    ui.colored_label(theme.money(earned), small(text));
}

/// Draws the wallet. Returns whether the player wants to refill it.
fn wallet_ui(ui: &mut Ui, theme: Theme, trader: &TraderView, held: &Holding) -> bool {
    ui.add_space(GRID);
    let (owner, tip) = match trader.wallet {
        WalletKind::Server if trader.page.is_some() => (
            "of the server",
            "The server keeps it, as it tells your browser; ours is computed beside it and compared",
        ),
        WalletKind::Server => (
            "of the table",
            "The table keeps it; ours is compared with it",
        ),
        WalletKind::Local => ("local", "It is on this computer; nothing is ever sent"),
    };
    let row = ui.horizontal(|ui| {
        ui.colored_label(theme.quiet, "Wallet");
        ui.label(digits(format!("{} SOL", sol(held.balance)), 15.0))
            .on_hover_text(format!("{} SOL", held.balance));
        ui.colored_label(theme.quiet, small(owner))
            .on_hover_text(tip);
        trader.wallet == WalletKind::Local
            && ui
                .small_button("Anew")
                .on_hover_text("Begin anew with 1 SOL; asks first")
                .clicked()
    });
    row.inner
}

/// Says how to go on when the balance is below the smallest order. A wallet is never refilled automatically.
fn empty_wallet_ui(
    ui: &mut Ui,
    theme: Theme,
    trader: &TraderView,
    held: &Holding,
    limits: &OrderLimits,
) {
    let smallest = limits.min_buy.min(limits.min_sidebet);
    let is_open = held.position_qty > Decimal::ZERO || trader.sidebet().is_some();
    if held.balance >= smallest || is_open || trader.page.is_some() {
        return;
    }
    let text = match trader.wallet {
        WalletKind::Local => "Too little for the smallest order: \"Anew\" begins with 1 SOL.",
        WalletKind::Server => {
            "Too little for the smallest order: a practice table that is started anew (another source and back) gives 1 SOL."
        }
    };
    wrapped_ui(ui, theme.amber, text);
}

fn sidebet_ui(ui: &mut Ui, theme: Theme, view: &View, bet: Option<&OpenSidebet>) {
    let tick = view.tick.unwrap_or(0);
    let left = bet.map_or(0, |bet| bet.end_tick().saturating_sub(tick));
    let (text, colour, fill) = match bet {
        Some(bet) => {
            let text = format!("Sidebet {} SOL, {left} left", sol(bet.stake));
            (text, theme.side, theme.side)
        }
        None => ("No sidebet".to_owned(), theme.quiet, theme.line),
    };
    let label = truncated_ui(ui, colour, digits(text, 13.0));
    if let Some(bet) = bet {
        label.on_hover_text(format!(
            "{left} ticks left: it wins if the game rugs from tick {} to {}",
            bet.start_tick,
            bet.end_tick()
        ));
    }
    let ticks = |ticks| f32::from(u16::try_from(ticks).unwrap_or(u16::MAX));
    let share = ticks(left.min(SIDEBET_WINDOW)) / ticks(SIDEBET_WINDOW);
    ui.add(
        egui::ProgressBar::new(share)
            .desired_height(GRID)
            .fill(fill),
    );
}

fn last_order_ui(ui: &mut Ui, theme: Theme, trader: &TraderView) {
    let (text, tip, colour) = match trader.pending {
        Some(pending) if pending.unknown => (
            format!("{}: no answer", pending.order),
            "It is never sent again; the next news of the wallet tells what became of it",
            theme.amber,
        ),
        Some(pending) => (
            format!("{}: sent…", pending.order),
            "The server's answer is waited for",
            theme.amber,
        ),
        None => {
            let text = match trader.to_update {
                Some(took) => {
                    let [p50, p95] =
                        [took.p50, took.p95].map(|took| delay(Duration::milliseconds(took)));
                    format!("press to wallet {p50} (95 %: {p95})")
                }
                None if trader.actions == 0 => "No order yet".to_owned(),
                None => " ".to_owned(),
            };
            let tip = "From the press to the news of the wallet, the half of all and 95 %";
            (text, tip, theme.quiet)
        }
    };
    truncated_ui(ui, colour, small(text)).on_hover_text(tip);
}
