//! The app: takes the newest view, draws it, and turns what was pressed into commands.

use std::collections::BTreeSet;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, watch};

use super::ability::{ability, most};
use super::browser::{browser_ui, is_mirrored};
use super::command::{KeyCommand, On, pressed};
use super::notices::Notices;
use super::page::{Around, Asked, GamePage, Part};
use super::press::{OrderPresses, drop_key_repeats};
use super::stop::{self, Twice};
use super::theme::{GRID, Level, Theme};
use super::ticket::TicketInput;
use super::top_bar::{Facts, Pressed, top_bar_ui};
use crate::account::{ActionSource, CHIP_STEPS, Chip};
use crate::engine::{Command, Notice, View};
use crate::trading::{Order, OrderLimits};

/// The smallest chip.
const STEP: rust_decimal::Decimal = CHIP_STEPS[0];

/// What is said of a press that sends nothing because it is the second click of a double click.
const DOUBLE_PRESS: &str =
    "Double press ignored: one press is one order. The settings can turn this off";

/// Live, nothing was recorded that could be wrong.
const NONE_WRONG: BTreeSet<u32> = BTreeSet::new();

/// What connects the window with an engine.
#[derive(Debug)]
pub struct Link {
    /// The newest view.
    pub view: watch::Receiver<View>,
    /// The way to the engine.
    pub commands: mpsc::Sender<Command>,
    /// News, in order.
    pub notices: mpsc::Receiver<Notice>,
    /// What the top bar calls the source.
    pub source: String,
    /// Where is recorded.
    pub folder: PathBuf,
    /// Orders go to a table of ours: the trade keys are armed from the start.
    pub armed: bool,
}

/// The window's own state.
#[derive(Debug)]
pub struct App {
    link: Link,
    /// Where the time comes from; a test sets it.
    clock: fn() -> DateTime<Utc>,
    page: GamePage,
    notices: Notices,
    armed: bool,
    /// The price that the player has before him when he presses, and the one that this frame draws.
    seen: Option<rust_decimal::Decimal>,
    drawn: Option<rust_decimal::Decimal>,
    over: Option<Over>,
    presses: OrderPresses,
    /// A second press of an order button right after the first one is no order.
    ignores_double_press: bool,
    /// Presses of Escape.
    escapes: Twice,
    /// Escape had something to put away when the page was drawn last.
    covered: bool,
    /// The key of another page was pressed; whoever owns the pages takes it.
    turned: Option<KeyCommand>,
}

/// What lies over the game.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    /// All keys.
    Help,
    /// The question whether the local wallet shall begin anew.
    NewWallet,
}

impl App {
    /// Returns the app of an engine.
    pub fn new(link: Link, clock: fn() -> DateTime<Utc>) -> Self {
        Self {
            armed: link.armed,
            link,
            clock,
            page: GamePage::default(),
            notices: Notices::default(),
            seen: None,
            drawn: None,
            over: None,
            presses: OrderPresses::default(),
            ignores_double_press: true,
            escapes: Twice::default(),
            covered: false,
            turned: None,
        }
    }

    /// Takes the news; called once a frame.
    pub fn take_news(&mut self) {
        let now = (self.clock)();
        while let Ok(notice) = self.link.notices.try_recv() {
            self.notices.take(&notice, now);
        }
    }

    /// How the chart is drawn: whether with candles, and whether on a logarithmic axis.
    pub fn chart_style(&self) -> (bool, bool) {
        self.page.chart_style()
    }

    /// Draws the chart so.
    pub fn set_chart_style(&mut self, style: (bool, bool)) {
        self.page.set_chart_style(style);
    }

    /// Shows another source; what is being typed stays.
    pub fn relink(&mut self, link: Link) {
        self.armed = link.armed;
        self.link = link;
        self.drawn = None;
    }

    /// Keeps orders within these limits.
    pub fn set_limits(&mut self, limits: OrderLimits) {
        self.send(Command::Limits(limits));
    }

    /// Says whether a second press of an order button right after the first one is passed over.
    pub fn set_ignore_double_press(&mut self, on: bool) {
        self.ignores_double_press = on;
    }

    /// Turns auto-record.
    pub fn set_auto_record(&mut self, on: bool) {
        self.send(Command::AutoRecord(on));
    }

    /// Switches the raw capture.
    pub fn set_raw_capture(&mut self, on: bool) {
        self.send(Command::RawCapture(on));
    }

    /// Returns the newest view.
    pub fn view(&self) -> View {
        self.link.view.borrow().clone()
    }

    /// Returns the page whose key was pressed since the last call.
    pub fn take_turned(&mut self) -> Option<KeyCommand> {
        self.turned.take()
    }

    /// Whether something lies over the game that Escape puts away.
    pub fn is_covered(&self) -> bool {
        self.over.is_some()
    }

    /// Returns what was told.
    pub(super) fn notices(&self) -> &Notices {
        &self.notices
    }

    /// Draws everything, under a bar that begins with the name of the source.
    pub fn show(&mut self, ui: &mut egui::Ui) {
        drop_key_repeats(ui.ctx());
        self.keys(ui.ctx(), &pressed(ui.ctx(), On::Live), true);
        let source = self.link.source.clone();
        let mut lead = |ui: &mut egui::Ui| {
            let accent = Theme::of(ui).accent_text;
            ui.label(egui::RichText::new(&source).strong().color(accent));
        };
        self.bar(ui, &mut lead);
        self.page(ui);
    }

    /// Does what keys ask for. Nothing trades by key while the page of the game is not to be seen.
    pub fn keys(&mut self, ctx: &egui::Context, commands: &[KeyCommand], game_is_seen: bool) {
        self.seen = self.drawn.take();
        let view = self.view();
        for command in commands {
            // What lies over the game is put away before anything is traded.
            let free = game_is_seen && self.over.is_none();
            if *command == KeyCommand::Stop {
                let now = ctx.input(|input| input.time);
                // egui has left the field already that was left with this press.
                if self.escapes.press(now, free && !self.covered) {
                    if is_mirrored(&view) {
                        self.say(stop::ELSEWHERE);
                    } else {
                        self.send(Command::EmergencyStop(true));
                    }
                }
            } else if free || !command.row().trades {
                self.key(ctx, *command, &view);
            }
        }
    }

    /// Draws the top bar, with `lead` at its begin, and the help sheet.
    pub fn bar(&mut self, ui: &mut egui::Ui, lead: &mut dyn FnMut(&mut egui::Ui)) {
        let view = self.link.view.borrow_and_update().clone();
        let now = (self.clock)();
        let frame = egui::Frame::new()
            .inner_margin(2.0 * GRID)
            .fill(Theme::of(ui).panel);
        let bar = egui::Panel::top("top bar").frame(frame).show(ui, |ui| {
            let facts = Facts {
                armed: self.armed,
                folder: &self.link.folder,
                now,
            };
            top_bar_ui(ui, &view, lead, facts)
        });
        for pressed in bar.inner {
            match pressed {
                Pressed::Key(command) => self.key(ui.ctx(), command, &view),
                Pressed::Engine(command) => self.send(command),
            }
        }
        self.help_ui(ui.ctx());
    }

    /// Draws the game.
    pub fn page(&mut self, ui: &mut egui::Ui) {
        let view = self.view();
        self.drawn = Some(view.order_price());
        let now = (self.clock)();
        let mut told = |ui: &mut egui::Ui| browser_ui(ui, &view);
        let under: Part<'_> = Some(&mut told);
        let around = Around {
            now,
            notices: &self.notices,
            ticket_input: TicketInput::Own,
            under_chart: None,
            under_ticket: under.filter(|_| is_mirrored(&view)),
            wrong: &NONE_WRONG,
        };
        match self.page.show(ui, &view, around) {
            Some(Asked::Order(order, source)) => self.press(ui.ctx(), order, source),
            Some(Asked::NewWallet) => self.over = Some(Over::NewWallet),
            Some(Asked::Stop(stopped)) => self.send(Command::EmergencyStop(stopped)),
            None => {}
        }
        self.reset_ui(ui.ctx());
        let ctx = ui.ctx();
        let typing = ctx.text_edit_focused() || egui::Popup::is_any_open(ctx);
        self.covered = typing || self.over.is_some();
    }

    /// Does what a key (or its entry in a menu) asks for.
    fn key(&mut self, ctx: &egui::Context, command: KeyCommand, view: &View) {
        if self.page.chart_key(command) {
            return;
        }
        let ticket = &mut self.page.ticket;
        match command {
            KeyCommand::Buy | KeyCommand::Sell | KeyCommand::Sidebet => {
                let able = ability(command, ticket, view, self.seen);
                let elsewhere = is_mirrored(view);
                match able.order {
                    _ if !self.armed && !elsewhere => {
                        self.say("The trade keys are safe; A arms them");
                    }
                    Some(order) => self.press(ctx, order, ActionSource::Key),
                    None => self.say(&format!("Not sent: {}", able.text)),
                }
            }
            KeyCommand::Share(share) => ticket.share = share.into(),
            KeyCommand::AmountUp => ticket.press(Chip::Add(STEP), most(view)),
            KeyCommand::AmountDown => ticket.press(Chip::Add(-STEP), most(view)),
            KeyCommand::Arm => self.armed = !self.armed,
            KeyCommand::Record => self.send(Command::Record(!view.recording.record)),
            KeyCommand::AutoRecord => self.send(Command::AutoRecord(!view.recording.auto_record)),
            KeyCommand::Help => {
                self.over = match self.over {
                    Some(Over::Help) => None,
                    _ => Some(Over::Help),
                };
            }
            KeyCommand::FullScreen => {
                let full = ctx.input(|input| input.viewport().fullscreen.unwrap_or(false));
                ctx.send_viewport_cmd(egui::ViewportCommand::Fullscreen(!full));
            }
            // The pages are the shell's, and what a replay does is the replay's.
            KeyCommand::Settings | KeyCommand::Library => self.turned = Some(command),
            _ => {}
        }
    }

    /// Sends an order, once for a press: every order of the window passes here.
    fn press(&mut self, ctx: &egui::Context, order: Order, source: ActionSource) {
        let now = ctx.input(|input| input.time);
        if self.ignores_double_press && self.presses.is_second(&order, now) {
            return self.say(DOUBLE_PRESS);
        }
        let seen = self.seen;
        let sent = self.try_send(Command::Press {
            order,
            source,
            seen,
        });
        if sent {
            self.presses.sent(&order, now);
        }
    }

    fn send(&mut self, command: Command) {
        self.try_send(command);
    }

    /// Sends a command to the engine. False where that takes none, which the player is then shown.
    fn try_send(&mut self, command: Command) -> bool {
        let sent = self.link.commands.try_send(command).is_ok();
        if !sent {
            self.say(
                "Not done: what runs behind the window takes no commands; start the program anew",
            );
        }
        sent
    }

    fn say(&mut self, words: &str) {
        self.notices.say(Level::Look, words, (self.clock)());
    }

    /// Asks before the local wallet is filled anew.
    fn reset_ui(&mut self, ctx: &egui::Context) {
        if self.over != Some(Over::NewWallet) {
            return;
        }
        let answer = super::ask::ask_ui(
            ctx,
            "A new wallet?",
            "The wallet on this computer begins anew with 1 SOL; your session ends and is saved.",
            ["Begin anew", "Keep it"],
        );
        if let Some(answer) = answer {
            self.over = None;
            if answer {
                self.send(Command::ResetWallet);
            }
        }
    }

    /// Draws the help sheet, if it is open.
    pub(super) fn help_ui(&mut self, ctx: &egui::Context) {
        if self.over == Some(Over::Help) && !super::help::help_ui(ctx) {
            self.over = None;
        }
    }
}
