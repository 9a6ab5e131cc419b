//! The app: takes the newest view, draws it, and turns what was pressed into commands.

use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, watch};

use super::band::band_ui;
use super::chart::{Chart, chart_ui};
use super::command::{KeyCommand, pressed};
use super::moves::moves_ui;
use super::position::position_ui;
use super::strip::strip_ui;
use super::theme::{GRID, NARROW, Theme};
use super::ticket::{Chip, Ticket, ability, most, ticket_ui};
use super::top_bar::{Pressed, top_bar_ui};
use crate::account::{ActionSource, Order, Rules};
use crate::engine::{Command, Notice, View};

/// The smallest chip.
const STEP: rust_decimal::Decimal = rust_decimal::Decimal::from_parts(1, 0, 0, false, 3);
/// Width of the column with position and ticket.
const SIDE: f32 = 300.0;
/// Height of the chart in a narrow window: position and ticket stay in sight at 700 x 800.
const NARROW_CHART: f32 = 260.0;

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
    /// Orders go to a table of ours or to a local wallet: the trade keys are armed from the start.
    pub armed: bool,
}

/// The window's own state.
#[derive(Debug)]
pub struct App {
    link: Link,
    /// Where the time comes from; a test sets it.
    clock: fn() -> DateTime<Utc>,
    ticket: Ticket,
    chart: Chart,
    rules: Rules,
    armed: bool,
    help: bool,
    /// The key of the settings was pressed; whoever owns the pages takes it.
    settings_pressed: bool,
    said: Vec<String>,
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
            rules: Rules::default(),
            help: false,
            settings_pressed: false,
            said: Vec::new(),
        }
    }

    /// Takes the news; called once a frame.
    pub fn take_news(&mut self) {
        while let Ok(notice) = self.link.notices.try_recv() {
            if let Notice::Said(words) = notice {
                self.said.push(words);
            }
        }
    }

    /// Shows another source; what is being typed stays.
    pub fn relink(&mut self, link: Link) {
        self.armed = link.armed;
        self.link = link;
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
            let accent = Theme::of(ui).accent;
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
        for command in pressed(ui.ctx()) {
            if game_is_seen || !command.row().trades {
                self.key(ui.ctx(), command, &view);
            }
        }
        let now = (self.clock)();
        let frame = egui::Frame::new()
            .inner_margin(2.0 * GRID)
            .fill(Theme::of(ui).panel);
        let bar = egui::Panel::top("top bar")
            .frame(frame)
            .show(ui, |ui| top_bar_ui(ui, &view, lead, self.armed, now));
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
        let view = self.link.view.borrow().clone();
        if ui.available_width() < NARROW {
            self.narrow(ui, &view);
        } else {
            self.wide(ui, &view);
        }
    }

    fn wide(&mut self, ui: &mut egui::Ui, view: &View) {
        let frame = egui::Frame::new().inner_margin(2.0 * GRID);
        egui::Panel::right("side")
            .exact_size(SIDE)
            .resizable(false)
            .frame(frame)
            .show(ui, |ui| {
                egui::ScrollArea::vertical().show(ui, |ui| self.side_ui(ui, view));
            });
        egui::Panel::bottom("moves")
            .exact_size(150.0)
            .resizable(false)
            .frame(frame)
            .show(ui, |ui| {
                moves_ui(ui, &view.actions);
            });
        egui::CentralPanel::no_frame().frame(frame).show(ui, |ui| {
            band_ui(ui, view);
            egui::Panel::bottom("strip")
                .resizable(false)
                .frame(egui::Frame::new())
                .show_separator_line(false)
                .show(ui, |ui| strip_ui(ui, &view.past));
            chart_ui(ui, &mut self.chart, view);
        });
    }

    fn narrow(&mut self, ui: &mut egui::Ui, view: &View) {
        let frame = egui::Frame::new().inner_margin(2.0 * GRID);
        egui::CentralPanel::no_frame().frame(frame).show(ui, |ui| {
            egui::ScrollArea::vertical().show(ui, |ui| {
                band_ui(ui, view);
                let size = egui::vec2(ui.available_width(), NARROW_CHART);
                ui.allocate_ui(size, |ui| chart_ui(ui, &mut self.chart, view));
                self.side_ui(ui, view);
                ui.separator();
                strip_ui(ui, &view.past);
            });
        });
    }

    fn side_ui(&mut self, ui: &mut egui::Ui, view: &View) {
        position_ui(ui, view);
        ui.separator();
        if let Some(order) = ticket_ui(ui, &mut self.ticket, &self.rules, view) {
            self.press(order, ActionSource::Mouse);
        }
    }

    /// Does what a key (or its entry in a menu) asks for.
    fn key(&mut self, ctx: &egui::Context, command: KeyCommand, view: &View) {
        match command {
            KeyCommand::Buy | KeyCommand::Sell | KeyCommand::Sidebet => {
                let able = ability(command, &self.ticket, &self.rules, view);
                match able.order {
                    _ if !self.armed => self.said.push("the trade keys are not armed".to_owned()),
                    Some(order) => self.press(order, ActionSource::Key),
                    None => self.said.push(able.text),
                }
            }
            KeyCommand::Share(share) => self.ticket.share = share,
            KeyCommand::AmountUp => self.ticket.press(Chip::Add(STEP), most(&self.rules, view)),
            KeyCommand::AmountDown => self.ticket.press(Chip::Add(-STEP), most(&self.rules, view)),
            KeyCommand::Arm => self.armed = !self.armed,
            KeyCommand::Record => self.send(Command::Record(!view.recording.record)),
            KeyCommand::AutoRecord => self.send(Command::AutoRecord(!view.recording.auto_record)),
            KeyCommand::Help => self.help = !self.help,
            KeyCommand::FullScreen => {
                let full = ctx.input(|input| input.viewport().fullscreen.unwrap_or(false));
                ctx.send_viewport_cmd(egui::ViewportCommand::Fullscreen(!full));
            }
            KeyCommand::Follow => self.chart.follow(),
            KeyCommand::WholeGame => self.chart.whole_game(),
            KeyCommand::Candles => self.chart.turn_style(),
            KeyCommand::LogAxis => self.chart.turn_scale(),
            KeyCommand::Settings => self.settings_pressed = true,
        }
    }

    fn press(&mut self, order: Order, source: ActionSource) {
        self.send(Command::Press { order, source });
    }

    fn send(&mut self, command: Command) {
        if self.link.commands.try_send(command).is_err() {
            self.said
                .push("the engine does not take commands; start the program anew".to_owned());
        }
    }

    fn help_ui(&mut self, ctx: &egui::Context) {
        if !self.help {
            return;
        }
        egui::Window::new("Keys")
            .collapsible(false)
            .resizable(false)
            .open(&mut self.help)
            .show(ctx, |ui| {
                egui::Grid::new("keys").num_columns(2).show(ui, |ui| {
                    for row in &super::command::KEYS {
                        ui.monospace(row.shown);
                        ui.label(row.text);
                        ui.end_row();
                    }
                });
            });
    }
}
