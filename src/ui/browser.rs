//! The state of the player's own browser: whether its page is read, who is logged in there, and how to start a browser
//! that can be read.

use super::format::escaped;
use super::theme::{GRID, StatusLevel, Theme, digits};
use super::widgets::wrapped_ui;
use crate::engine::View;
use crate::feed::{BrowserStatus, DisconnectReason, FeedState, browser_command};
use crate::trading::BrowserAccount;

/// Whether the player trades in a browser, so that no order is placed here.
pub fn trades_in_browser(view: &View) -> bool {
    view.trader
        .as_ref()
        .is_some_and(|trader| trader.page.is_some())
}

/// Returns the state of the browser. Once the account is known a late start has no effect on it, and is left out: the
/// chart counts the ticks missed before it.
pub fn browser_status(view: &View) -> BrowserStatus {
    let mut status = view.browser.clone();
    let page = view.trader.as_ref().and_then(|trader| trader.page);
    status.late &= page != Some(BrowserAccount::Known);
    status
}

/// Draws the state of the browser below the disabled trade buttons.
pub fn browser_ui(ui: &mut egui::Ui, view: &View) {
    let theme = Theme::of(ui);
    for (level, words) in lines(view) {
        wrapped_ui(ui, theme.level(level), words);
    }
    // In the place of an empty chart is a guide with the command.
    if let FeedState::Down {
        why: DisconnectReason::NoBrowser(address),
        ..
    } = &view.feed
        && view.series.newest().is_some()
    {
        command_ui(ui, address);
    }
}

/// Draws the command that starts a browser readable at this address, with a button that copies it.
pub fn command_ui(ui: &mut egui::Ui, address: &str) {
    let command = browser_command(address);
    ui.horizontal(|ui| {
        ui.colored_label(Theme::of(ui).quiet, "Start it with");
        let tip = "Copy the command; its browser has a profile for the game alone";
        if ui.button("Copy the command").on_hover_text(tip).clicked() {
            ui.ctx().copy_text(command.clone());
        }
    });
    ui.add(egui::Label::new(digits(command, 11.0)).wrap());
    ui.add_space(GRID);
}

/// Returns what the player should know about the page.
fn lines(view: &View) -> Vec<(StatusLevel, String)> {
    match &view.feed {
        FeedState::Up { .. } | FeedState::Stale { .. } => {}
        FeedState::Down { why, .. } => {
            return vec![(StatusLevel::Error, why.in_the_window())];
        }
        FeedState::Connecting { .. } | FeedState::Stopped => return Vec::new(),
    }
    let page = view.trader.as_ref().and_then(|trader| trader.page);
    let status = browser_status(view);
    let words = match page {
        Some(BrowserAccount::NotLoggedIn) => {
            Some("Not logged in in the browser. Log in there; Pianola keeps watching.")
        }
        Some(BrowserAccount::NoWallet) if status.late => Some(
            "Joined late: the page is logged in, and its wallet appears at the next start of a game or order. \
             Reload the page to see it now.",
        ),
        Some(BrowserAccount::NoWallet) => {
            Some("Logged in; the wallet appears at the next start of a game or order.")
        }
        Some(BrowserAccount::OtherCoin) => {
            Some("The page plays with another coin than SOL: what it does with it is not recorded.")
        }
        Some(BrowserAccount::Unknown) => Some("No account seen in the page yet."),
        Some(BrowserAccount::Known) | None => None,
    };
    let words = words.map(|words| (StatusLevel::Warning, words.to_owned()));
    let mut lines: Vec<_> = words.into_iter().collect();
    if status.needs_attention() {
        lines.push((StatusLevel::Warning, format!("{status}.")));
    }
    if page == Some(BrowserAccount::Known) {
        let identity = view
            .trader
            .as_ref()
            .and_then(|trader| trader.identity.as_ref());
        let name = identity.and_then(|identity| identity.username.as_deref());
        let name = name.map_or("an account without a known name".to_owned(), escaped);
        lines.push((
            StatusLevel::Muted,
            format!("Logged in in the browser as {name}."),
        ));
    }
    lines
}
