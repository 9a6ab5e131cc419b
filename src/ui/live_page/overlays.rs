//! The status line of the live game, and what covers the game: the help sheet, the question before a refill, the panel of
//! the piano; how the player takes the hand back from the piano; and the page alone, without the other pages.

use super::{LivePage, Overlay};
use crate::engine::{Command, Notice, PianoEnd};
use crate::replay::Highlight;
use crate::settings::SourceKind;
use crate::table::Speed;
use crate::ui::command::KeyScope;
use crate::ui::confirm::confirm_ui;
use crate::ui::debounce::drop_key_repeats;
use crate::ui::help::help_ui;
use crate::ui::keys::take_commands;
use crate::ui::notices::NoticeLine;
use crate::ui::page::window_below;
use crate::ui::palette::PaletteGame;
use crate::ui::piano::{PianoPanelAction, is_playing, piano_status};
use crate::ui::status_line::{NO_NOTICES, StatusLineContext, status_line_ui};
use crate::ui::strategy::{StrategyDocuments, strategies_beside};
use crate::ui::top_bar::{Navigation, SourceMenu, Tab};
use crate::ui::trade_panel::last_order_line;

impl LivePage {
    /// Draws the page under a bar with the name of the source. For tests and benchmarks, which have no other pages.
    pub fn ui(&mut self, ui: &mut egui::Ui) {
        drop_key_repeats(ui.ctx());
        let commands = take_commands(ui.ctx(), KeyScope::Live);
        self.take_commands(ui.ctx(), &commands, true);
        let name = self.source.name.clone();
        let navigation = Navigation {
            tab: Tab::Play,
            source: SourceMenu {
                name: &name,
                kind: SourceKind::Practice,
                speed: Speed::default(),
                browser: "",
                changing: false,
                player: None,
            },
        };
        self.bar_ui(ui, &navigation);
        self.status_line_ui(ui, &mut None);
        self.page_ui(ui);
    }

    /// Returns the control that the hand of a strategy presses now.
    pub fn hand(&self) -> Option<Highlight> {
        self.piano.pressed()
    }

    /// Takes the hand back from the piano, if it plays: the strategy ends at once.
    pub(super) fn take_hand_back(&mut self) {
        if self.piano.release() {
            self.send(Command::StopPiano);
        }
    }

    /// Leaves the page: sets what was typed for auto-sell, and closes what is drawn over this page alone. Called in every
    /// frame in which the page is not drawn.
    pub fn leave(&mut self) {
        self.set_typed_rules();
        if matches!(self.overlay, Some(Overlay::RefillWallet | Overlay::Piano)) {
            self.overlay = None;
        }
    }

    /// Sets the rules of auto-sell that were typed, where their fields are not drawn.
    pub(super) fn set_typed_rules(&mut self) {
        if self.view().auto_sell.is_some()
            && let Some(rules) = self.page.ticket.auto_sell.take_typed()
        {
            self.send(Command::AutoSell(rules));
        }
    }

    /// Returns the games of the session for the palette.
    pub fn palette_games(&mut self) -> Vec<PaletteGame> {
        let view = self.view();
        PaletteGame::of(&view, self.page.results.of(&view))
    }

    /// Whether a strategy plays.
    pub fn is_piano_playing(&self) -> bool {
        self.view().piano.as_ref().is_some_and(is_playing)
    }

    /// Says that the piano stopped with its source.
    pub fn say_piano_ended(&mut self) {
        let notice = Notice::StrategyEnded(PianoEnd::SourceChanged);
        self.notices.push_notice(&notice, (self.clock)());
    }

    /// Draws the panel of the piano if it is open. The app owns the texts.
    pub fn piano_ui(&mut self, ctx: &egui::Context, documents: &mut StrategyDocuments) {
        if self.overlay != Some(Overlay::Piano) {
            return;
        }
        let view = self.view();
        let mut is_open = view.piano.is_some();
        let action = view.piano.as_ref().and_then(|piano| {
            let folder = strategies_beside(&self.source.folder);
            let texts = (documents, &*folder);
            self.piano_panel.ui(ctx, piano, texts, &mut is_open)
        });
        if !is_open {
            self.overlay = None;
        }
        match action {
            Some(PianoPanelAction::Play(strategy)) => {
                self.piano.start();
                self.send(Command::StartPiano {
                    strategy,
                    skip_games: 0,
                });
            }
            Some(PianoPanelAction::TakeBack) => self.take_hand_back(),
            None => {}
        }
    }

    /// Asks before the wallet is refilled.
    pub(super) fn refill_ui(&mut self, ctx: &egui::Context) {
        if self.overlay != Some(Overlay::RefillWallet) {
            return;
        }
        let balance = self.page.ticket_settings.start_balance.normalize();
        let answer = confirm_ui(
            ctx,
            "Refill your wallet?",
            &format!(
                "A new session begins with {balance} SOL of play money. This session is saved; an open position is lost."
            ),
            ["Start new session", "Cancel"],
        );
        if let Some(refill) = answer {
            self.overlay = None;
            if refill {
                self.send(Command::ResetWallet(balance));
            }
        }
    }

    /// Draws the status line at the bottom of the window, with a notice of the app in place of the newest message.
    pub fn status_line_ui(&mut self, ui: &mut egui::Ui, notice: &mut Option<NoticeLine>) {
        let view = self.view();
        let piano = view.piano.as_ref().and_then(piano_status);
        let newest = self.notices.newest();
        // The trade panel of a low window has no line for the last order.
        let is_low = !self
            .page
            .regions(window_below(ui), false)
            .trade_panel
            .last_order;
        let order = last_order_line(&view).filter(|_| is_low);
        let order = order.filter(|order| newest.is_none_or(|newest| newest.at < order.at));
        let context = StatusLineContext {
            newest: order.as_ref().or(newest),
            empty: NO_NOTICES,
            piano: piano.as_ref(),
            now: (self.clock)(),
            trade_keys_on: Some(self.trade_keys_on),
        };
        for command in status_line_ui(ui, &context, notice) {
            self.execute(ui.ctx(), command, &view);
        }
    }

    /// Draws the help sheet if it is open.
    pub fn help_ui(&mut self, ctx: &egui::Context) {
        if self.overlay == Some(Overlay::Help) && !help_ui(ctx) {
            self.overlay = None;
        }
    }
}
