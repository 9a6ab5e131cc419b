//! The page of the live game: takes the newest view, draws it, and turns input into commands for the engine.

mod compact;
mod overlays;

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use tokio::sync::mpsc::error::TrySendError;

use super::alerts::Alerts;
use super::browser::{browser_ui, trades_in_browser};
use super::command::KeyCommand;
use super::debounce::OrderPresses;
use super::notices::Notices;
use super::order_preview::{max_amount, preview_order};
use super::page::window_below;
use super::page::{GamePage, PageContext};
use super::page_part::{PageAction, Part};
use super::page_requests::{PageRequests, ReplayRequest};
use super::piano::{ONLY_AT_PRACTICE, PianoHand, PianoPanel};
use super::replay::now;
use super::settings_page::show_row;
use super::stop::{EscapeCounter, TRADING_ELSEWHERE};
use super::theme::StatusLevel;
use super::top_bar::{Navigation, TopBarAction, TopBarContext, top_bar_ui};
use crate::account::{ActionSource, CHIP_STEPS, Chip};
use crate::engine::{Command, View};
use crate::host::RunningSource;
use crate::trading::{Order, OrderLimits, TraderView};

/// Repaint interval while the piano moves.
const PIANO_EVERY: Duration = Duration::from_millis(20);
/// The smallest chip.
const STEP: Decimal = CHIP_STEPS[0];
/// The notice for the second half of a double press.
const DOUBLE_PRESS: &str =
    "Double press ignored: one press is one order. The settings can turn this off";
/// Rows that differ from what the account computes: the live game has none.
const NONE_WRONG: BTreeSet<usize> = BTreeSet::new();

/// The page of the live game.
#[derive(Debug)]
pub struct LivePage {
    /// The running source.
    pub source: RunningSource,
    /// The layout of the game and what the player typed and chose.
    pub page: GamePage,
    /// The notices so far.
    pub notices: Notices,
    /// Sounds and notifications of the desktop.
    pub alerts: Alerts,
    /// Whether the second half of a double press sends no order.
    pub ignores_double_press: bool,
    /// What the player requested from the owner of the pages.
    pub requests: PageRequests,
    /// Returns the time; a test sets it.
    clock: fn() -> DateTime<Utc>,
    /// Whether the trade keys are on.
    pub trade_keys_on: bool,
    /// The price on the screen when the player presses, and the price drawn in this frame.
    seen_price: Option<Decimal>,
    drawn_price: Option<Decimal>,
    overlay: Option<Overlay>,
    piano: PianoHand,
    piano_panel: PianoPanel,
    presses: OrderPresses,
    escapes: EscapeCounter,
    /// Whether Escape had something to close when the page was last drawn.
    escape_closes: bool,
}

/// What covers the game.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Overlay {
    /// The help sheet.
    Help,
    /// The question whether to refill the wallet.
    RefillWallet,
    /// The panel that lets the piano play.
    Piano,
}

impl LivePage {
    /// Returns the page of a running source.
    pub fn new(source: RunningSource, clock: fn() -> DateTime<Utc>) -> Self {
        Self {
            trade_keys_on: source.at_table,
            source,
            page: GamePage::default(),
            notices: Notices::default(),
            alerts: Alerts::default(),
            ignores_double_press: true,
            requests: PageRequests::default(),
            clock,
            seen_price: None,
            drawn_price: None,
            overlay: None,
            piano: PianoHand::default(),
            piano_panel: PianoPanel::default(),
            presses: OrderPresses::default(),
            escapes: EscapeCounter::default(),
            escape_closes: false,
        }
    }

    /// Takes the new notices. Called once a frame.
    pub fn take_notices(&mut self) {
        let now = (self.clock)();
        while let Ok(notice) = self.source.notices.try_recv() {
            self.alerts.take(&notice);
            self.notices.push_notice(&notice, now);
        }
    }

    /// Shows another source. The ticket stays as it is.
    pub fn set_source(&mut self, source: RunningSource) {
        self.take_notices();
        self.alerts.forget_rows();
        self.trade_keys_on = source.at_table;
        self.source = source;
        self.drawn_price = None;
    }

    /// Keeps orders within these limits.
    pub fn set_limits(&mut self, limits: OrderLimits) {
        self.send(Command::Limits(limits));
    }

    /// Returns the newest view.
    pub fn view(&self) -> View {
        self.source.view.borrow().clone()
    }

    /// Whether the player can trade here: nothing covers the game, and they do not trade in a browser.
    pub fn is_free(&self) -> bool {
        self.overlay.is_none() && !trades_in_browser(&self.view())
    }

    /// Whether something covers the game that Escape closes.
    pub fn is_covered(&self) -> bool {
        self.overlay.is_some()
    }

    /// Executes the commands of keys. Trade keys act only while the game is visible.
    pub fn take_commands(
        &mut self,
        ctx: &egui::Context,
        commands: &[KeyCommand],
        game_is_visible: bool,
    ) {
        self.seen_price = self.drawn_price.take();
        let view = self.view();
        for command in commands {
            // An overlay must be closed before the player can trade.
            let free = game_is_visible && self.overlay.is_none();
            if *command == KeyCommand::Stop {
                let now = ctx.input(|input| input.time);
                // A text field has lost its focus to this press already.
                if self.escapes.press(now, free && !self.escape_closes) {
                    if trades_in_browser(&view) {
                        self.warn(TRADING_ELSEWHERE);
                    } else {
                        self.send(Command::EmergencyStop(true));
                    }
                }
            } else if free || !command.trades() {
                self.execute(ctx, *command, &view);
            }
        }
    }

    /// Draws the top bar and the help sheet. Returns what the player did, except the commands of this page.
    pub fn bar_ui(&mut self, ui: &mut egui::Ui, navigation: &Navigation<'_>) -> Vec<TopBarAction> {
        let view = self.source.view.borrow_and_update().clone();
        let regions = self.page.regions(window_below(ui), false);
        let context = TopBarContext {
            regions: &regions,
            folder: &self.source.folder,
            now: (self.clock)(),
        };
        let identity = view
            .trader
            .as_ref()
            .and_then(|trader| trader.identity.as_ref());
        let mut navigation = *navigation;
        navigation.source.player =
            identity.map(|identity| identity.username.as_deref().unwrap_or("without a name"));
        let actions = top_bar_ui(ui, Some(&view), &navigation, &context);
        self.help_ui(ui.ctx());
        let mut others = Vec::new();
        for action in actions {
            match action {
                TopBarAction::Command(command) => self.execute(ui.ctx(), command, &view),
                TopBarAction::TryNow => self.send(Command::TryNow),
                other => others.push(other),
            }
        }
        others
    }

    /// Draws the game.
    pub fn page_ui(&mut self, ui: &mut egui::Ui) {
        let view = self.view();
        self.drawn_price = Some(view.order_price());
        let mut browser = |ui: &mut egui::Ui| browser_ui(ui, &view);
        let under_ticket: Part<'_> = Some(&mut browser);
        let now = now(ui.ctx());
        let (input, note) = self.piano.update(&view, &mut self.page.ticket, now);
        self.page.chart.note = note;
        if self.piano.is_moving(now) {
            ui.ctx().request_repaint_after(PIANO_EVERY);
        }
        let context = PageContext {
            now: (self.clock)(),
            notices: &self.notices,
            host: &self.source.host,
            input,
            transport: None,
            under_ticket: under_ticket.filter(|_| trades_in_browser(&view)),
            wrong: &NONE_WRONG,
            pressed: None,
        };
        for action in self.page.ui(ui, &view, context) {
            match action {
                PageAction::Order(order, source) => self.press(ui.ctx(), order, source),
                PageAction::AutoSell(rules) => self.send(Command::AutoSell(rules)),
                PageAction::TakeHandBack => self.take_hand_back(),
                PageAction::RefillWallet => self.overlay = Some(Overlay::RefillWallet),
                PageAction::ShowSetting(name) => {
                    show_row(ui.ctx(), name);
                    self.requests.command = Some(KeyCommand::Settings);
                }
                PageAction::Stop(stopped) => self.send(Command::EmergencyStop(stopped)),
                PageAction::ReplayGame(game) => {
                    self.requests.replay = Some(ReplayRequest::Game(game));
                }
                PageAction::Note(subject) => self.requests.note = Some(subject),
                PageAction::ReplaySession => self.requests.replay = Some(ReplayRequest::Session),
                PageAction::Guide(action) => self.requests.guide = Some(action),
                // The chart shows a tick of its own game; a game that has not begun has none.
                PageAction::ShowTick(game, tick) => {
                    let is_here =
                        [&view.series.game_id, &view.game_id].contains(&&Some(game.clone()));
                    if !is_here {
                        self.requests.replay = Some(ReplayRequest::Tick(game, tick));
                    }
                }
            }
        }
        self.refill_ui(ui.ctx());
        let ctx = ui.ctx();
        let typing = ctx.text_edit_focused() || egui::Popup::is_any_open(ctx);
        self.escape_closes = typing || self.overlay.is_some();
    }

    /// Executes the command of a key or of its entry in a menu.
    fn execute(&mut self, ctx: &egui::Context, command: KeyCommand, view: &View) {
        if self.page.chart.key(command) {
            return;
        }
        if command.trades() || command.changes_ticket() {
            self.take_hand_back();
        }
        let ticket = &mut self.page.ticket;
        match command {
            KeyCommand::Buy | KeyCommand::Sell | KeyCommand::Sidebet => {
                let preview = preview_order(command, ticket, view, self.seen_price, false);
                match preview.order {
                    _ if !self.trade_keys_on && !trades_in_browser(view) => {
                        self.warn(&format!(
                            "Trade keys are off; {} turns them on",
                            KeyCommand::ToggleTradeKeys.key_name(ctx)
                        ));
                    }
                    Some(order) => self.press(ctx, order, ActionSource::Key),
                    None => self.warn(&format!("Not sent: {}", preview.text)),
                }
            }
            KeyCommand::Share(share) => ticket.share = share.into(),
            KeyCommand::AmountUp => ticket.press(Chip::Add(STEP), max_amount(view)),
            KeyCommand::AmountDown => ticket.press(Chip::Add(-STEP), max_amount(view)),
            KeyCommand::ToggleTradeKeys => self.trade_keys_on = !self.trade_keys_on,
            KeyCommand::Record => self.send(Command::Record(!view.recording.record)),
            KeyCommand::AutoRecord => self.send(Command::AutoRecord(!view.recording.auto_record)),
            KeyCommand::Help => self.overlay = Some(Overlay::Help),
            KeyCommand::Piano if view.piano.is_none() => self.warn(ONLY_AT_PRACTICE),
            KeyCommand::Piano => {
                self.piano_panel.open();
                self.overlay = Some(Overlay::Piano);
                // The menu has it on every page; the panel is over the game.
                self.requests.game = true;
            }
            KeyCommand::BottomCards => self.page.turn_bottom(),
            KeyCommand::FullScreen => {
                let full = ctx.input(|input| input.viewport().fullscreen.unwrap_or(false));
                ctx.send_viewport_cmd(egui::ViewportCommand::Fullscreen(!full));
            }
            KeyCommand::ReplayGame => match view.last_game() {
                Some(game) => self.requests.replay = Some(ReplayRequest::Game(game)),
                None => self.warn("No game to replay yet"),
            },
            command if command.is_of_app() => self.requests.command = Some(command),
            // The app passes the commands of a replay and of the library to these.
            _ => {}
        }
    }

    /// Sends an order, once per press. Every order of the window passes here.
    fn press(&mut self, ctx: &egui::Context, order: Order, source: ActionSource) {
        let now = ctx.input(|input| input.time);
        if self.ignores_double_press && self.presses.is_second(&order, now) {
            return self.warn(DOUBLE_PRESS);
        }
        let ticket = &mut self.page.ticket;
        let account = self
            .source
            .view
            .borrow()
            .trader
            .as_ref()
            .and_then(TraderView::held);
        let balance = account.map(|held| held.balance);
        let above = self.page.ticket_settings.ask_above_percent;
        if ticket.must_ask(&order, balance, above) {
            if self.ignores_double_press && ticket.is_same_press(&order, now) {
                return self.warn(DOUBLE_PRESS);
            }
            if !ticket.press_again(&order, now) {
                return;
            }
        }
        let sent = self.try_send(Command::Press {
            order,
            source,
            seen: self.seen_price,
        });
        if sent {
            self.presses.sent(&order, now);
            self.page.ticket.sent(&order);
        }
    }

    /// Sends a command to the engine. A failure is shown to the player.
    pub fn send(&mut self, command: Command) {
        self.try_send(command);
    }

    /// Sends a command to the engine. Returns whether it was sent; a failure is shown to the player.
    fn try_send(&mut self, command: Command) -> bool {
        let Err(error) = self.source.commands.try_send(command) else {
            return true;
        };
        self.warn(match error {
            TrySendError::Full(_) => "Not done: Pianola is busy; try again",
            TrySendError::Closed(_) => {
                "Not done: Pianola's engine has stopped; restart the program"
            }
        });
        false
    }

    /// Shows a warning.
    pub fn warn(&mut self, words: &str) {
        self.notices
            .push(StatusLevel::Warning, words, (self.clock)());
    }

    /// Shows a message that needs nothing of the player.
    pub fn inform(&mut self, words: &str) {
        self.notices.push(StatusLevel::Ok, words, (self.clock)());
    }
}
