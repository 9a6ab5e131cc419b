//! The position: my P&L, the biggest number on the screen, and what it is made of.

use rust_decimal::Decimal;

use super::format::{percent, seconds, signed, sol};
use super::theme::{GRID, Theme, digits};
use super::ticket::price_now;
use crate::account::{DeskView, Holding, Rules, Sidebet, WalletKind};
use crate::engine::View;

/// Draws P&L, position, wallet and sidebet; whether a new local wallet was asked for.
pub fn position_ui(ui: &mut egui::Ui, view: &View, rules: &Rules) -> bool {
    let theme = Theme::of(ui);
    let Some(desk) = &view.desk else {
        ui.label(egui::RichText::new("Watching").heading());
        quiet(
            ui,
            theme,
            "Nobody plays here: games are only watched and recorded.",
        );
        return false;
    };
    let Some(held) = desk.held() else {
        let (head, words) = match desk.wallet {
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
    pnl_ui(ui, theme, desk);
    holding_ui(ui, theme, view, &held);
    let reset = wallet_ui(ui, theme, desk, &held);
    empty_ui(ui, theme, desk, &held, rules);
    if let Some(bet) = desk.sidebet() {
        sidebet_ui(ui, theme, view, &bet);
    }
    pending_ui(ui, theme, desk);
    reset
}

fn pnl_ui(ui: &mut egui::Ui, theme: Theme, desk: &DeskView) {
    let pnl = desk.pnl.unwrap_or_default();
    let colour = theme.money(pnl.cmp(&Decimal::ZERO));
    let invested = desk
        .account
        .as_ref()
        .map(|account| account.book().total_invested());
    let share = invested.and_then(|invested| (pnl * Decimal::ONE_HUNDRED).checked_div(invested));
    ui.horizontal(|ui| {
        let number = digits(signed(pnl), 30.0).color(colour).strong();
        let label = ui.add(egui::Label::new(number).extend());
        label.on_hover_text(format!(
            "P&L of this game, the change of the wallet if all is sold now: {pnl} SOL"
        ));
        let unit = share.map_or("SOL".to_owned(), |share| format!("SOL\n{}", percent(share)));
        ui.label(digits(unit, 13.0).color(colour));
    });
}

fn holding_ui(ui: &mut egui::Ui, theme: Theme, view: &View, held: &Holding) {
    let Some(cost) = held.entry_price else {
        quiet(ui, theme, "No position");
        return;
    };
    let worth = held.position_qty.saturating_mul(price_now(view));
    let text = format!("{} tokens @ {}x", sol(held.position_qty), cost.round_dp(4));
    ui.label(digits(text, 13.0))
        .on_hover_text(format!("{} tokens, average cost {cost}", held.position_qty));
    quiet(ui, theme, &format!("worth {} SOL", sol(worth)));
}

/// Draws the wallet; whether a new one was asked for.
fn wallet_ui(ui: &mut egui::Ui, theme: Theme, desk: &DeskView, held: &Holding) -> bool {
    ui.add_space(GRID);
    let source = match desk.wallet {
        WalletKind::Server => "of the table",
        WalletKind::Local => "local, nothing is sent",
    };
    ui.horizontal_wrapped(|ui| {
        ui.label(egui::RichText::new("Wallet").color(theme.quiet));
        ui.label(digits(format!("{} SOL", sol(held.balance)), 15.0))
            .on_hover_text(format!("{} SOL", held.balance));
        ui.label(egui::RichText::new(source).small().color(theme.quiet));
        desk.wallet == WalletKind::Local
            && ui
                .small_button("Anew")
                .on_hover_text("Begin anew with 1 SOL; asks first")
                .clicked()
    })
    .inner
}

/// A wallet that buys nothing any more says how to go on; it is never filled by itself.
fn empty_ui(ui: &mut egui::Ui, theme: Theme, desk: &DeskView, held: &Holding, rules: &Rules) {
    let least = rules.min_buy.min(rules.min_sidebet);
    let waits = held.position_qty > Decimal::ZERO || desk.sidebet().is_some();
    if held.balance >= least || waits {
        return;
    }
    let text = match desk.wallet {
        WalletKind::Local => "Too little for the smallest order: \"Anew\" begins with 1 SOL.",
        WalletKind::Server => {
            "Too little for the smallest order: a practice table that is started anew (another source and back) gives 1 SOL."
        }
    };
    ui.add(egui::Label::new(egui::RichText::new(text).color(theme.alert)).wrap());
}

fn sidebet_ui(ui: &mut egui::Ui, theme: Theme, view: &View, bet: &Sidebet) {
    let now = view.tick.unwrap_or(0);
    let left = bet.end_tick().saturating_sub(now);
    let text = format!("Sidebet {} SOL · {left} ticks left", sol(bet.stake));
    ui.label(digits(text, 13.0).color(theme.sidebet))
        .on_hover_text(format!(
            "Wins if the game rugs from tick {} to {}",
            bet.start_tick,
            bet.end_tick()
        ));
    let share = f32::from(u16::try_from(left.min(40)).unwrap_or(40)) / 40.0;
    ui.add(
        egui::ProgressBar::new(share)
            .fill(theme.sidebet)
            .desired_height(GRID),
    );
}

fn pending_ui(ui: &mut egui::Ui, theme: Theme, desk: &DeskView) {
    match desk.pending {
        Some(pending) if pending.unknown => {
            let text = format!(
                "{}: no answer; the next news of the wallet tells what became of it",
                pending.order
            );
            ui.label(egui::RichText::new(text).color(theme.alert));
        }
        Some(pending) => {
            ui.label(egui::RichText::new(format!("{}: sent…", pending.order)).color(theme.alert));
        }
        None => {
            // A line of the same height: nothing jumps when an order leaves.
            let last = desk.to_update.map(|p| {
                let ms = chrono::Duration::milliseconds;
                format!(
                    "press to wallet {} (95 %: {})",
                    seconds(ms(p.p50)),
                    seconds(ms(p.p95))
                )
            });
            quiet(ui, theme, last.as_deref().unwrap_or(" "));
        }
    }
}

fn quiet(ui: &mut egui::Ui, theme: Theme, text: &str) {
    ui.label(egui::RichText::new(text).small().color(theme.quiet));
}
