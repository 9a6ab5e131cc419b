//! The ticket: an amount, a share to sell, and three buttons that say what they will do or why they cannot.

use rust_decimal::Decimal;

use super::ability::{Ability, ability, most};
use super::browser::is_mirrored;
use super::command::KeyCommand;
use super::press::pressed_by;
use super::theme::{GRID, RADIUS, Theme, digits};
use crate::account::{ActionSource, CHIP_STEPS, Chip, SHARES, SIDEBET_WINDOW};
use crate::engine::View;
use crate::protocol::number::{self, NumberError};
use crate::replay::{Button, Highlight};
use crate::trading::Order;

/// Chance that the game rugs within the window of a sidebet, in percent: 1 - 0.995^40, a rug is drawn each tick.
const SIDEBET_CHANCE: &str = "18.2 %";

/// Why a button cannot be pressed in a replay.
const PLAYED: &str = "In a replay the piano presses the buttons; L leads back to the live game";

/// What is typed and chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// The amount as it is typed.
    pub text: String,
    /// The share to sell, in percent.
    pub share: Decimal,
    /// What came of the button that the piano presses.
    pub told: Option<String>,
}

/// Who presses the buttons of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TicketInput {
    /// The player.
    #[default]
    Own,
    /// The piano, with the control that it highlights.
    Piano(Option<Highlight>),
}

impl TicketInput {
    /// Whether the piano highlights this control.
    fn highlights(self, what: Highlight) -> bool {
        self == Self::Piano(Some(what))
    }
}

impl Default for Ticket {
    fn default() -> Self {
        Self {
            text: "0.010".to_owned(),
            share: Decimal::ONE_HUNDRED,
            told: None,
        }
    }
}

impl Ticket {
    /// Returns the amount.
    ///
    /// # Errors
    /// Why the text is no number.
    pub fn amount(&self) -> Result<Decimal, NumberError> {
        number::parse_typed(&self.text)
    }

    /// Changes the amount by a chip. Text that is no number stays as it is, except that it can be cleared and replaced
    /// by the most.
    pub fn press(&mut self, chip: Chip, most: Decimal) {
        let amount = match self.amount() {
            Ok(amount) => amount,
            Err(NumberError::Empty) => Decimal::ZERO,
            Err(_) if matches!(chip, Chip::Clear | Chip::Max) => Decimal::ZERO,
            Err(_) => return,
        };
        self.set(chip.press(amount, most));
    }

    /// Shows this amount: with three decimals, as players think; more only where there are more.
    pub fn set(&mut self, amount: Decimal) {
        self.text = if amount.scale() < 3 {
            format!("{amount:.3}")
        } else {
            amount.to_string()
        };
    }

    /// Returns the order of a button, or why there is none.
    pub fn order(&self, command: KeyCommand) -> Option<Order> {
        match command {
            KeyCommand::Buy => self.amount().ok().map(|amount| Order::Buy { amount }),
            KeyCommand::Sidebet => self.amount().ok().map(|stake| Order::Sidebet { stake }),
            KeyCommand::Sell => Some(Order::Sell {
                percent: self.share,
            }),
            _ => None,
        }
    }
}

/// Draws the ticket; returns the order whose button was pressed, and by what.
pub fn ticket_ui(
    ui: &mut egui::Ui,
    ticket: &mut Ticket,
    view: &View,
    ticket_input: TicketInput,
) -> Option<(Order, ActionSource)> {
    let theme = Theme::of(ui);
    let most = most(view);
    // Where orders are placed elsewhere, an amount here is one for nothing.
    ui.add_enabled_ui(!is_mirrored(view), |ui| {
        amount_ui(ui, ticket, most, ticket_input);
    });
    ui.add_space(GRID);
    let mut pressed = None;
    let trade = (theme.accent, theme.on_accent);
    for (command, colours) in [
        (KeyCommand::Buy, trade),
        (KeyCommand::Sell, trade),
        (KeyCommand::Sidebet, (theme.sidebet, theme.on_sidebet)),
    ] {
        // The price drawn here is the one that the player sees.
        let able = ability(command, ticket, view, Some(view.order_price()));
        let down = match command {
            KeyCommand::Buy => Button::Buy,
            KeyCommand::Sell => Button::Sell,
            _ => Button::Sidebet,
        };
        let hand = (ticket_input, Highlight::Button(down));
        let source = big_button(ui, command, ticket, &able, colours, hand);
        pressed = able.order.zip(source).or(pressed);
        if command == KeyCommand::Sell {
            ui.add_enabled_ui(!is_mirrored(view), |ui| shares_ui(ui, ticket, ticket_input));
            ui.add_space(GRID);
        }
    }
    let odds =
        format!("{SIDEBET_CHANCE} chance of a rug in {SIDEBET_WINDOW} ticks, 20 % to break even");
    let odds = egui::Label::new(egui::RichText::new(odds).small().color(theme.quiet));
    ui.add(odds.wrap());
    pressed
}

fn amount_ui(ui: &mut egui::Ui, ticket: &mut Ticket, most: Decimal, ticket_input: TicketInput) {
    let theme = Theme::of(ui);
    ui.horizontal(|ui| {
        let label = ui.label(egui::RichText::new("Amount").color(theme.quiet));
        let wrong = ticket.amount().err();
        let field = egui::TextEdit::singleline(&mut ticket.text)
            .font(egui::FontId::monospace(16.0))
            .align(egui::Align2::RIGHT_CENTER)
            .text_color_opt(wrong.map(|_| theme.alert))
            .interactive(ticket_input == TicketInput::Own)
            .desired_width(ui.available_width() - 40.0);
        let field = ui.add(field).labelled_by(label.id);
        if let Some(why) = wrong.filter(|_| ticket_input == TicketInput::Own) {
            wrong_amount_ui(ui, &field, label.rect.union(field.rect), why);
        }
        if ticket_input.highlights(Highlight::Field) {
            let stroke = egui::Stroke::new(2.0, theme.replay);
            let kind = egui::StrokeKind::Outside;
            ui.painter().rect_stroke(field.rect, RADIUS, stroke, kind);
        }
        ui.label(egui::RichText::new("SOL").color(theme.quiet));
    });
    ui.horizontal_wrapped(|ui| {
        let mut chip = |ui: &mut egui::Ui, name: &str, tip: &str, chip: Chip| {
            let highlight = Highlight::Chip(chip);
            if small_button(ui, name, tip, false, (ticket_input, highlight)).clicked() {
                ticket.press(chip, most);
            }
        };
        chip(ui, "X", "Clear the amount", Chip::Clear);
        for step in CHIP_STEPS {
            let name = format!("+{step}");
            chip(ui, &name, "Raise the amount", Chip::Add(step));
        }
        chip(ui, "1/2", "Halve the amount", Chip::Half);
        chip(ui, "x2", "Double the amount", Chip::Double);
        chip(
            ui,
            "MAX",
            "As much as the wallet and the limit allow",
            Chip::Max,
        );
    });
}

/// Says left of the row of the field why its text is no amount. It floats, so that no button moves while the player types.
fn wrong_amount_ui(ui: &egui::Ui, field: &egui::Response, row: egui::Rect, why: NumberError) {
    if !ui.is_rect_visible(field.rect) {
        return;
    }
    let colour = Theme::of(ui).alert;
    let mut tip = egui::Tooltip::for_widget(field);
    tip.popup = tip.popup.anchor(row).align(egui::RectAlign::LEFT);
    tip.show(|ui| {
        let text = egui::RichText::new(format!("Amount: {why}")).color(colour);
        ui.add(egui::Label::new(text).extend());
    });
}

fn shares_ui(ui: &mut egui::Ui, ticket: &mut Ticket, ticket_input: TicketInput) {
    ui.horizontal(|ui| {
        for share in SHARES {
            let percent = Decimal::from(share);
            let (name, tip) = (format!("{share} %"), KeyCommand::Share(share).tip());
            let hand = (ticket_input, Highlight::Share(percent));
            if small_button(ui, &name, &tip, ticket.share == percent, hand).clicked() {
                ticket.share = percent;
            }
        }
    });
}

/// A chip or a share. The piano's are pressed by nobody else.
fn small_button(
    ui: &mut egui::Ui,
    name: &str,
    tip: &str,
    chosen: bool,
    (ticket_input, highlight): (TicketInput, Highlight),
) -> egui::Response {
    let theme = Theme::of(ui);
    let down = ticket_input.highlights(highlight);
    let is_chip = matches!(highlight, Highlight::Chip(_));
    let text = digits(name, 12.0);
    let button = if down {
        egui::Button::new(text.color(theme.on_replay)).fill(theme.replay)
    } else if is_chip {
        egui::Button::new(text)
    } else {
        egui::Button::selectable(chosen, text)
    };
    let height = if is_chip { 6.0 * GRID } else { 0.0 };
    let button = button.min_size(egui::vec2(0.0, height));
    if ticket_input == TicketInput::Own {
        return ui.add(button).on_hover_text(tip);
    }
    let response = ui.add_enabled(down, button.sense(egui::Sense::hover()));
    told_down(&response, down || chosen, name);
    response
}

/// Says of a control whether the piano presses it, readable without the colour.
fn told_down(response: &egui::Response, down: bool, name: &str) {
    let told = || egui::WidgetInfo::selected(egui::Role::Button, true, down, name);
    response.widget_info(told);
}

/// A button of full width with its key; under it what it will do, or why it cannot. Returns by what it was pressed.
fn big_button(
    ui: &mut egui::Ui,
    command: KeyCommand,
    ticket: &Ticket,
    able: &Ability,
    (colour, on_colour): (egui::Color32, egui::Color32),
    (ticket_input, highlight): (TicketInput, Highlight),
) -> Option<ActionSource> {
    let theme = Theme::of(ui);
    let amount = ticket
        .amount()
        .map_or_else(|_| "?".to_owned(), |amount| amount.to_string());
    let name = match command {
        KeyCommand::Sell => format!("SELL {} %", ticket.share),
        KeyCommand::Sidebet => format!("SIDEBET {amount}"),
        _ => format!("BUY {amount}"),
    };
    let down = ticket_input.highlights(highlight);
    let (ground, ink) = match ticket_input {
        TicketInput::Own if able.order.is_some() => (colour, on_colour),
        TicketInput::Piano(_) if down => (theme.replay, theme.on_replay),
        TicketInput::Own | TicketInput::Piano(_) => (theme.panel, theme.quiet),
    };
    let enabled = able.order.is_some() && ticket_input == TicketInput::Own || down;
    let text = egui::RichText::new(&name).size(16.0).strong();
    let button = egui::Button::new(text.color(ink))
        .right_text(egui::RichText::new(command.row().shown).color(ink))
        .fill(ground)
        .min_size(egui::vec2(ui.available_width(), 9.0 * GRID));
    let response = ui.add_enabled(enabled, button);
    let pressed = pressed_by(&response).filter(|_| ticket_input == TicketInput::Own);
    if ticket_input == TicketInput::Own {
        // What it does stands under it and on it; only what may be cut off there is told on hover as well.
        response.on_disabled_hover_text(&able.text);
    } else {
        told_down(&response, down, &name);
        if down {
            // In a small window the ticket is scrolled.
            response.scroll_to_me(None);
        }
        response.on_disabled_hover_text(PLAYED);
    }
    let colour = if enabled { theme.text } else { theme.quiet };
    let told = ticket.told.as_ref().filter(|_| down);
    let note = match (ticket_input, told) {
        (TicketInput::Piano(_), Some(told)) => told,
        // Why the piano could not press is of no interest.
        (TicketInput::Piano(_), None) if able.order.is_none() => " ",
        _ => &able.text,
    };
    let note = egui::RichText::new(note).small().color(colour);
    ui.add(egui::Label::new(note).truncate());
    pressed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Decimal {
        number::parse(text).expect("a decimal")
    }

    #[test]
    fn chips_build_exact_amounts_within_the_limits() {
        let mut ticket = Ticket::default();
        let mut press = |chip| {
            ticket.press(chip, d("0.75"));
            ticket.text.clone()
        };
        assert_eq!(press(Chip::Clear), "0.000");
        assert_eq!(press(Chip::Add(d("0.001"))), "0.001");
        assert_eq!(press(Chip::Add(d("0.01"))), "0.011");
        assert_eq!(press(Chip::Half), "0.0055");
        assert_eq!(press(Chip::Double), "0.011");
        assert_eq!(press(Chip::Add(d("1"))), "0.750");
        assert_eq!(press(Chip::Clear), "0.000");
        assert_eq!(press(Chip::Max), "0.750");
        ticket.text = String::new();
        ticket.press(Chip::Add(d("0.1")), d("0.75"));
        assert_eq!(ticket.text, "0.100");
        // Halving has an end: nothing below a lamport.
        for _ in 0..60 {
            ticket.press(Chip::Half, d("0.75"));
        }
        assert_eq!(ticket.text, "0.000");
    }

    #[test]
    fn an_amount_is_a_number_of_the_grammar_with_a_point_or_a_comma() {
        let mut ticket = Ticket::default();
        let mut order = |text: &str| {
            ticket.text = text.to_owned();
            ticket.order(KeyCommand::Buy)
        };
        let buy = |amount| Some(Order::Buy { amount: d(amount) });
        assert_eq!(order("0.5"), buy("0.5"));
        assert_eq!(order("0,5"), buy("0.5"));
        assert_eq!(order("1e-2"), buy("0.01"));
        for text in [
            "1_0", "+1", ".5", "1.", "1 0", "1,000.5", "1,2,3", "١", "0.5 SOL", "1e99", "", "0x1",
        ] {
            assert_eq!(order(text), None, "{text}");
        }
    }

    #[test]
    fn a_chip_leaves_text_that_is_no_number() {
        let pressed = |chip| {
            let mut ticket = Ticket {
                text: "1,000.5".to_owned(),
                ..Ticket::default()
            };
            ticket.press(chip, d("0.75"));
            ticket.text
        };
        for chip in [Chip::Add(d("0.1")), Chip::Half, Chip::Double] {
            assert_eq!(pressed(chip), "1,000.5");
        }
        assert_eq!(pressed(Chip::Clear), "0.000");
        assert_eq!(pressed(Chip::Max), "0.750");
    }
}
