//! What is said of the player's own browser: whether its page is read, who is logged in there, and how a browser is
//! started that can be read.

use super::theme::{GRID, Level, Theme};
use crate::engine::View;
use crate::feed::{BrowserStatus, DisconnectReason, FeedState, browser_command};
use crate::trading::BrowserAccount;

/// Whether orders are placed in a browser, and never here.
pub fn is_mirrored(view: &View) -> bool {
    view.trader
        .as_ref()
        .is_some_and(|trader| trader.page.is_some())
}

/// Returns what is read of the browser, without what is made up for: the account of somebody who logged in after a late
/// start is known, and ticks from before it are counted as missing on the chart.
pub fn tap_of(view: &View) -> BrowserStatus {
    let mut tap = view.tap.clone();
    let page = view.trader.as_ref().and_then(|trader| trader.page);
    tap.late &= page != Some(BrowserAccount::Known);
    tap
}

/// Draws what stands under the buttons that do nothing.
pub fn browser_ui(ui: &mut egui::Ui, view: &View) {
    let theme = Theme::of(ui);
    for (level, words) in lines(view) {
        let words = egui::RichText::new(words).color(theme.level(level));
        ui.add(egui::Label::new(words).wrap());
    }
    if let FeedState::Down {
        why: DisconnectReason::NoBrowser(address),
        ..
    } = &view.feed
    {
        command_ui(ui, address);
    }
}

/// Draws the one line that starts a browser which can be read at this address, to be copied.
pub fn command_ui(ui: &mut egui::Ui, address: &str) {
    let theme = Theme::of(ui);
    let command = browser_command(address);
    ui.horizontal(|ui| {
        ui.label(egui::RichText::new("Start it with").color(theme.quiet));
        let tip = "Copy the command; its browser has a profile for the game alone";
        if ui.button("Copy the command").on_hover_text(tip).clicked() {
            ui.ctx().copy_text(command.clone());
        }
    });
    let text = egui::RichText::new(&command).monospace().size(11.0);
    ui.add(egui::Label::new(text).wrap());
    ui.add_space(GRID);
}

/// Returns what the player should know of his page.
fn lines(view: &View) -> Vec<(Level, String)> {
    let mut lines = Vec::new();
    match &view.feed {
        FeedState::Up { .. } | FeedState::Stale { .. } => {}
        FeedState::Down { why, .. } => {
            let words = match why {
                // The command itself stands below, to be copied.
                DisconnectReason::NoBrowser(address) => {
                    format!("No browser answers at {address}. If it is open, close it first.")
                }
                why => why.to_string(),
            };
            lines.push((Level::Wrong, words));
            return lines;
        }
        FeedState::Connecting { .. } | FeedState::Stopped => return lines,
    }
    let page = view.trader.as_ref().and_then(|trader| trader.page);
    let tap = tap_of(view);
    let words = match page {
        Some(BrowserAccount::NotLoggedIn) => {
            Some("Not logged in in the browser: log in there. Pianola looks on meanwhile.")
        }
        Some(BrowserAccount::NoWallet) if tap.late => Some(
            "Joined late: the page is logged in, and its wallet is told at the next start of a game or order. \
             Reload the page to see it now.",
        ),
        Some(BrowserAccount::NoWallet) => {
            Some("Logged in; the wallet is told at the next start of a game or order.")
        }
        Some(BrowserAccount::OtherCoin) => {
            Some("The page plays with another coin than SOL: what it does with it is not recorded.")
        }
        Some(BrowserAccount::Unknown) => Some("Nothing was heard of an account in the page yet."),
        Some(BrowserAccount::Known) | None => None,
    };
    lines.extend(words.map(|words| (Level::Look, words.to_owned())));
    if tap.needs_attention() {
        lines.push((Level::Look, format!("{tap}.")));
    }
    if page == Some(BrowserAccount::Known) {
        let identity = view
            .trader
            .as_ref()
            .and_then(|trader| trader.identity.as_ref());
        let name = identity.and_then(|identity| identity.username.as_deref());
        let name = name.map_or(
            "an account without a known name".to_owned(),
            super::format::escaped,
        );
        lines.push((Level::Quiet, format!("Logged in in the browser as {name}.")));
    }
    lines
}
