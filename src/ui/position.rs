//! The position: my P&L, the biggest number on the screen, and what it is made of. As high with a position as without:
//! the buttons below it never move.

use rust_decimal::{Decimal, RoundingStrategy};

use super::format::{delay, percent, signed, sol};
use super::theme::{GRID, Theme, digits};
use crate::account::{Holding, OpenSidebet, SIDEBET_WINDOW, WalletKind};
use crate::engine::View;
use crate::game::Phase;
use crate::trading::{OrderLimits, TraderView};

/// Draws P&L, position, wallet and sidebet; whether a new local wallet was asked for.
pub fn position_ui(ui: &mut egui::Ui, view: &View) -> bool {
    let theme = Theme::of(ui);
    let Some(trader) = &view.trader else {
        ui.label(egui::RichText::new("Watching").heading());
        quiet(
            ui,
            theme,
            "Nobody plays here: games are only watched and recorded.",
        );
        return false;
    };
    let Some(held) = trader.held() else {
        let (head, words) = match trader.wallet {
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
        ui.label(egui::RichText::new(head).heading());
        quiet(ui, theme, words);
        return false;
    };
    pnl_ui(ui, theme, trader);
    holding_ui(ui, theme, view, &held);
    let reset = wallet_ui(ui, theme, trader, &held);
    empty_ui(ui, theme, trader, &held, &view.limits);
    sidebet_ui(ui, theme, view, trader.sidebet().as_ref());
    pending_ui(ui, theme, trader);
    reset
}

fn pnl_ui(ui: &mut egui::Ui, theme: Theme, trader: &TraderView) {
    // The cut of the tokens, some lamports, is no loss yet.
    let exact = trader.pnl.unwrap_or_default();
    let pnl = exact.round_dp_with_strategy(6, RoundingStrategy::ToZero);
    let colour = theme.money(pnl.cmp(&Decimal::ZERO));
    let invested = trader
        .account
        .as_ref()
        .map(|account| account.book().total_invested());
    let share = invested.and_then(|invested| (pnl * Decimal::ONE_HUNDRED).checked_div(invested));
    ui.horizontal(|ui| {
        let number = digits(signed(pnl), 30.0).color(colour).strong();
        let label = ui.add(egui::Label::new(number).extend());
        label.on_hover_text(format!(
            "P&L of this game, the change of the wallet if all is sold now: {} SOL\nA sidebet counts when it is decided",
            exact.round_dp(9).normalize()
        ));
        let unit = share.map_or("SOL".to_owned(), |share| format!("SOL\n{}", percent(share)));
        ui.label(digits(unit, 13.0).color(colour));
    });
}

fn holding_ui(ui: &mut egui::Ui, theme: Theme, view: &View, held: &Holding) {
    let Some(cost) = held.entry_price else {
        ui.label(digits("No position", 13.0).color(theme.quiet));
        last_game_ui(ui, theme, view);
        return;
    };
    let worth = held.position_qty.saturating_mul(view.order_price());
    let text = format!(
        "{} tokens @ {}x",
        sol(held.position_qty),
        cost.trunc_with_scale(4)
    );
    let label = egui::Label::new(digits(text, 13.0)).truncate();
    ui.add(label)
        .on_hover_text(format!("{} tokens, average cost {cost}", held.position_qty));
    quiet(ui, theme, &format!("worth {} SOL", sol(worth)));
}

/// What the last game earned that I played, until the next one begins: the rug does not wipe it away.
fn last_game_ui(ui: &mut egui::Ui, theme: Theme, view: &View) {
    let last = view.actions.last().map(|row| &row.game_id);
    let over = last.filter(|last| {
        Some(*last) != view.game_id.as_ref()
            || matches!(view.phase, Phase::Rugged | Phase::Cooldown)
    });
    let Some(game) = over else {
        quiet(ui, theme, " ");
        return;
    };
    let rows = view
        .actions
        .iter()
        .rev()
        .take_while(|row| row.game_id == *game);
    let earned: Decimal = rows.filter_map(|row| row.pnl).sum();
    let colour = theme.money(earned.cmp(&Decimal::ZERO));
    let text = format!("your last game {} SOL", signed(earned));
    ui.label(egui::RichText::new(text).small().color(colour));
}

/// Draws the wallet; whether a new one was asked for.
fn wallet_ui(ui: &mut egui::Ui, theme: Theme, trader: &TraderView, held: &Holding) -> bool {
    ui.add_space(GRID);
    let (source, tip) = match trader.wallet {
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
    ui.horizontal(|ui| {
        ui.label(egui::RichText::new("Wallet").color(theme.quiet));
        ui.label(digits(format!("{} SOL", sol(held.balance)), 15.0))
            .on_hover_text(format!("{} SOL", held.balance));
        ui.label(egui::RichText::new(source).small().color(theme.quiet))
            .on_hover_text(tip);
        trader.wallet == WalletKind::Local
            && ui
                .small_button("Anew")
                .on_hover_text("Begin anew with 1 SOL; asks first")
                .clicked()
    })
    .inner
}

/// A wallet that buys nothing any more says how to go on; it is never filled by itself.
fn empty_ui(
    ui: &mut egui::Ui,
    theme: Theme,
    trader: &TraderView,
    held: &Holding,
    limits: &OrderLimits,
) {
    let least = limits.min_buy.min(limits.min_sidebet);
    let waits = held.position_qty > Decimal::ZERO || trader.sidebet().is_some();
    if held.balance >= least || waits || trader.page.is_some() {
        return;
    }
    let text = match trader.wallet {
        WalletKind::Local => "Too little for the smallest order: \"Anew\" begins with 1 SOL.",
        WalletKind::Server => {
            "Too little for the smallest order: a practice table that is started anew (another source and back) gives 1 SOL."
        }
    };
    ui.add(egui::Label::new(egui::RichText::new(text).color(theme.alert)).wrap());
}

fn sidebet_ui(ui: &mut egui::Ui, theme: Theme, view: &View, bet: Option<&OpenSidebet>) {
    let now = view.tick.unwrap_or(0);
    let left = bet.map_or(0, |bet| bet.end_tick().saturating_sub(now));
    match bet {
        Some(bet) => {
            let text = format!("OpenSidebet {} SOL, {left} left", sol(bet.stake));
            let label = egui::Label::new(digits(text, 13.0).color(theme.sidebet)).truncate();
            ui.add(label).on_hover_text(format!(
                "{left} ticks left: it wins if the game rugs from tick {} to {}",
                bet.start_tick,
                bet.end_tick()
            ));
        }
        None => {
            ui.label(digits("No sidebet", 13.0).color(theme.quiet));
        }
    }
    let part = |ticks| f32::from(u16::try_from(ticks).unwrap_or(u16::MAX));
    let share = part(left.min(SIDEBET_WINDOW)) / part(SIDEBET_WINDOW);
    let bar = egui::ProgressBar::new(share).desired_height(GRID);
    ui.add(bar.fill(if bet.is_some() {
        theme.sidebet
    } else {
        theme.line
    }));
}

fn pending_ui(ui: &mut egui::Ui, theme: Theme, trader: &TraderView) {
    let (text, tip, colour) = match trader.pending {
        Some(pending) if pending.unknown => (
            format!("{}: no answer", pending.order),
            "It is never sent again; the next news of the wallet tells what became of it",
            theme.alert,
        ),
        Some(pending) => (
            format!("{}: sent…", pending.order),
            "The server's answer is waited for",
            theme.alert,
        ),
        None => {
            let last = trader.to_update.map(|took| {
                let ms = chrono::Duration::milliseconds;
                let (p50, p95) = (delay(ms(took.p50)), delay(ms(took.p95)));
                format!("press to wallet {p50} (95 %: {p95})")
            });
            let tip = "From the press to the news of the wallet, the half of all and 95 %";
            let none = if trader.actions == 0 {
                "No order yet"
            } else {
                " "
            };
            let text = last.unwrap_or_else(|| none.to_owned());
            (text, tip, theme.quiet)
        }
    };
    let label = egui::Label::new(egui::RichText::new(text).small().color(colour));
    ui.add(label.truncate()).on_hover_text(tip);
}

fn quiet(ui: &mut egui::Ui, theme: Theme, text: &str) {
    ui.label(egui::RichText::new(text).small().color(theme.quiet));
}
