//! The app: takes the newest view, draws it, and turns what was pressed into commands.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, watch};

use super::chart::{Chart, Scale, Style};
use super::command::{KeyCommand, pressed};
use super::notices::Notices;
use super::statistics::Sheet;
use super::theme::{GRID, Level, Theme};
use super::ticket::{Ticket, ability, most, price_now};
use super::top_bar::{Facts, Pressed, top_bar_ui};
use crate::account::{ActionSource, CHIP_STEPS, Chip, Order, Rules};
use crate::engine::{Command, Notice, View};

/// The smallest chip.
const STEP: rust_decimal::Decimal = CHIP_STEPS[0];
/// Ticks by which a key moves the chart.
const PAN: f64 = 40.0;
/// How much closer a key looks at the chart.
const ZOOM: f64 = 1.5;

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
    pub(super) link: Link,
    /// Where the time comes from; a test sets it.
    pub(super) clock: fn() -> DateTime<Utc>,
    pub(super) ticket: Ticket,
    pub(super) chart: Chart,
    pub(super) sheet: Sheet,
    pub(super) notices: Notices,
    pub(super) rules: Rules,
    armed: bool,
    /// The price that the player has before him when he presses, and the one that this frame draws.
    seen: Option<rust_decimal::Decimal>,
    drawn: Option<rust_decimal::Decimal>,
    pub(super) over: Option<Over>,
    /// The key of the settings was pressed; whoever owns the pages takes it.
    settings_pressed: bool,
}

/// What lies over the game.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
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
            ticket: Ticket::default(),
            chart: Chart::default(),
            sheet: Sheet::default(),
            notices: Notices::default(),
            rules: Rules::default(),
            seen: None,
            drawn: None,
            over: None,
            settings_pressed: false,
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
        (
            self.chart.style == Style::Candles,
            self.chart.scale == Scale::Log,
        )
    }

    /// Draws the chart so.
    pub fn set_chart_style(&mut self, (candles, log): (bool, bool)) {
        self.chart.style = if candles { Style::Candles } else { Style::Line };
        self.chart.scale = if log { Scale::Log } else { Scale::Linear };
    }

    /// Shows another source; what is being typed stays.
    pub fn relink(&mut self, link: Link) {
        self.armed = link.armed;
        self.link = link;
        self.drawn = None;
    }

    /// Keeps orders within these limits.
    pub fn set_limits(&mut self, rules: Rules) {
        self.rules = rules;
        self.send(Command::Limits(rules));
    }

    /// Turns auto-record.
    pub fn set_auto_record(&mut self, on: bool) {
        self.send(Command::AutoRecord(on));
    }

    /// Returns the newest view.
    pub fn view(&self) -> View {
        self.link.view.borrow().clone()
    }

    /// Whether the key of the settings was pressed since the last call.
    pub fn take_settings_press(&mut self) -> bool {
        std::mem::take(&mut self.settings_pressed)
    }

    /// Draws everything, under a bar that begins with the name of the source.
    pub fn show(&mut self, ui: &mut egui::Ui) {
        let source = self.link.source.clone();
        let mut lead = |ui: &mut egui::Ui| {
            let accent = Theme::of(ui).accent_text;
            ui.label(egui::RichText::new(&source).strong().color(accent));
        };
        self.bar(ui, &mut lead, true);
        self.page(ui);
    }

    /// Takes the keys and draws the top bar, with `lead` at its begin. Nothing trades by key while the page of the
    /// game is not to be seen.
    pub fn bar(
        &mut self,
        ui: &mut egui::Ui,
        lead: &mut dyn FnMut(&mut egui::Ui),
        game_is_seen: bool,
    ) {
        let view = self.link.view.borrow_and_update().clone();
        self.seen = self.drawn.replace(price_now(&view));
        for command in pressed(ui.ctx()) {
            // What lies over the game is put away before anything is traded.
            let free = game_is_seen && self.over.is_none();
            if free || !command.row().trades {
                self.key(ui.ctx(), command, &view);
            }
        }
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

    /// Does what a key (or its entry in a menu) asks for.
    fn key(&mut self, ctx: &egui::Context, command: KeyCommand, view: &View) {
        match command {
            KeyCommand::Buy | KeyCommand::Sell | KeyCommand::Sidebet => {
                let able = ability(command, &self.ticket, &self.rules, view);
                match able.order {
                    _ if !self.armed => self.say("The trade keys are safe; A arms them"),
                    Some(order) => self.press(order, ActionSource::Key),
                    None => self.say(&format!("Not sent: {}", able.text)),
                }
            }
            KeyCommand::Share(share) => self.ticket.share = share,
            KeyCommand::AmountUp => self.ticket.press(Chip::Add(STEP), most(&self.rules, view)),
            KeyCommand::AmountDown => self.ticket.press(Chip::Add(-STEP), most(&self.rules, view)),
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
            KeyCommand::Follow => self.chart.follow(),
            KeyCommand::WholeGame => self.chart.whole_game(),
            KeyCommand::Back => self.chart.pan(-PAN),
            KeyCommand::Forward => self.chart.pan(PAN),
            KeyCommand::Closer => self.chart.zoom(ZOOM),
            KeyCommand::Farther => self.chart.zoom(1.0 / ZOOM),
            KeyCommand::Candles => self.chart.turn_style(),
            KeyCommand::LogAxis => self.chart.turn_scale(),
            KeyCommand::Settings => self.settings_pressed = true,
        }
    }

    pub(super) fn press(&mut self, order: Order, source: ActionSource) {
        let seen = self.seen;
        self.send(Command::Press {
            order,
            source,
            seen,
        });
    }

    pub(super) fn send(&mut self, command: Command) {
        if self.link.commands.try_send(command).is_err() {
            self.say(
                "Not done: what runs behind the window takes no commands; start the program anew",
            );
        }
    }

    fn say(&mut self, words: &str) {
        self.notices.say(Level::Look, words, (self.clock)());
    }

    fn help_ui(&mut self, ctx: &egui::Context) {
        if self.over != Some(Over::Help) {
            return;
        }
        let escape = (egui::Modifiers::NONE, egui::Key::Escape);
        let mut open = !ctx.input_mut(|input| input.consume_key(escape.0, escape.1));
        egui::Window::new("Keys")
            .collapsible(false)
            .resizable(false)
            .open(&mut open)
            .pivot(egui::Align2::CENTER_CENTER)
            .default_pos(ctx.content_rect().center())
            .show(ctx, |ui| {
                // As high as the window has room for; the rest is scrolled.
                let room = ctx.content_rect().height() - 24.0 * GRID;
                ui.spacing_mut().interact_size.y = ui.text_style_height(&egui::TextStyle::Body);
                egui::ScrollArea::vertical()
                    .max_height(room)
                    .min_scrolled_height(room)
                    .show(ui, keys_ui);
            });
        if !open {
            self.over = None;
        }
    }
}

fn keys_ui(ui: &mut egui::Ui) {
    egui::Grid::new("keys").num_columns(2).show(ui, |ui| {
        for row in &super::command::KEYS {
            ui.monospace(row.shown);
            ui.label(row.text);
            ui.end_row();
        }
        ui.monospace("Esc");
        ui.label("Close this, a question, or the settings");
        ui.end_row();
    });
}
