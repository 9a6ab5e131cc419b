//! The controls of the order ticket: amount, chips, share to sell, and three buttons that say what they will do or why
//! they cannot.

use rust_decimal::Decimal;

use super::browser::trades_in_browser;
use super::command::KeyCommand;
use super::debounce::pressed_by;
use super::order_preview::{OrderPreview, max_amount, preview_order};
use super::theme::{GRID, RADIUS, Theme, digits, small};
use super::ticket::{Ticket, TicketInput};
use super::widgets::{truncated_ui, wrapped_ui};
use crate::account::{ActionSource, CHIP_STEPS, Chip, SHARES, SIDEBET_WINDOW};
use crate::engine::View;
use crate::protocol::number::NumberError;
use crate::replay::{Button, Highlight};
use crate::trading::Order;

/// Chance that the game rugs within the window of a sidebet: 1 - 0.995^40, a rug is drawn at each tick.
const SIDEBET_CHANCE: &str = "18.2 %";
/// Why a button cannot be pressed in a replay.
const REPLAYED: &str = "In a replay the piano presses the buttons; L leads back to the live game";

/// Draws the ticket. Returns the order whose button was pressed, and the input device.
pub fn ticket_ui(
    ui: &mut egui::Ui,
    ticket: &mut Ticket,
    view: &View,
    input: TicketInput,
) -> Option<(Order, ActionSource)> {
    let theme = Theme::of(ui);
    let max = max_amount(view);
    // While the player trades in a browser, the amount here has no use.
    let enabled = !trades_in_browser(view);
    ui.add_enabled_ui(enabled, |ui| amount_ui(ui, ticket, max, input));
    ui.add_space(GRID);
    let mut pressed = None;
    let trade = (theme.accent_fill, Theme::ON_FILL);
    let sidebet = (theme.side_fill, Theme::ON_FILL);
    for (command, button, colours) in [
        (KeyCommand::Buy, Button::Buy, trade),
        (KeyCommand::Sell, Button::Sell, trade),
        (KeyCommand::Sidebet, Button::Sidebet, sidebet),
    ] {
        // The player sees the price of this frame.
        let preview = preview_order(command, ticket, view, Some(view.order_price()));
        let control = Highlight::Button(button);
        let source = trade_button_ui(ui, command, ticket, &preview, colours, (input, control));
        pressed = preview.order.zip(source).or(pressed);
        if command == KeyCommand::Sell {
            ui.add_enabled_ui(enabled, |ui| shares_ui(ui, ticket, input));
            ui.add_space(GRID);
        }
    }
    let odds =
        format!("{SIDEBET_CHANCE} chance of a rug in {SIDEBET_WINDOW} ticks, 20 % to break even");
    wrapped_ui(ui, theme.quiet, small(odds));
    pressed
}

fn amount_ui(ui: &mut egui::Ui, ticket: &mut Ticket, max: Decimal, input: TicketInput) {
    let theme = Theme::of(ui);
    ui.horizontal(|ui| {
        let label = ui.colored_label(theme.quiet, "Amount");
        let error = ticket.amount().err();
        let field = egui::TextEdit::singleline(&mut ticket.text)
            .font(egui::FontId::monospace(16.0))
            .align(egui::Align2::RIGHT_CENTER)
            .text_color_opt(error.map(|_| theme.amber))
            .interactive(input == TicketInput::Player)
            .desired_width(ui.available_width() - 40.0);
        let field = ui.add(field).labelled_by(label.id);
        if let Some(error) = error.filter(|_| input == TicketInput::Player) {
            wrong_amount_ui(ui, &field, label.rect.union(field.rect), error);
        }
        if input.presses(Highlight::Field) {
            let stroke = egui::Stroke::new(2.0, theme.replay);
            let kind = egui::StrokeKind::Outside;
            ui.painter().rect_stroke(field.rect, RADIUS, stroke, kind);
        }
        ui.colored_label(theme.quiet, "SOL");
    });
    ui.horizontal_wrapped(|ui| {
        let mut chip = |name: &str, tip: &str, chip: Chip| {
            let control = Highlight::Chip(chip);
            if small_button_ui(ui, name, tip, false, (input, control)).clicked() {
                ticket.press(chip, max);
            }
        };
        chip("X", "Clear the amount", Chip::Clear);
        for step in CHIP_STEPS {
            chip(&format!("+{step}"), "Raise the amount", Chip::Add(step));
        }
        chip("1/2", "Halve the amount", Chip::Half);
        chip("x2", "Double the amount", Chip::Double);
        let tip = "As much as the wallet and the limit allow";
        chip("MAX", tip, Chip::Max);
    });
}

/// Shows why the amount is wrong, in a tooltip left of the field: no button moves while the player types.
fn wrong_amount_ui(ui: &egui::Ui, field: &egui::Response, row: egui::Rect, error: NumberError) {
    if !ui.is_rect_visible(field.rect) {
        return;
    }
    let colour = Theme::of(ui).amber;
    let mut tip = egui::Tooltip::for_widget(field);
    tip.popup = tip.popup.anchor(row).align(egui::RectAlign::LEFT);
    tip.show(|ui| {
        let text = egui::RichText::new(format!("Amount: {error}")).color(colour);
        ui.add(egui::Label::new(text).extend());
    });
}

fn shares_ui(ui: &mut egui::Ui, ticket: &mut Ticket, input: TicketInput) {
    ui.horizontal(|ui| {
        for share in SHARES {
            let percent = Decimal::from(share);
            let (name, tip) = (format!("{share} %"), KeyCommand::Share(share).tooltip());
            let control = (input, Highlight::Share(percent));
            if small_button_ui(ui, &name, &tip, ticket.share == percent, control).clicked() {
                ticket.share = percent;
            }
        }
    });
}

/// Draws a chip or a share. In a replay only the piano presses it.
fn small_button_ui(
    ui: &mut egui::Ui,
    name: &str,
    tip: &str,
    chosen: bool,
    (input, control): (TicketInput, Highlight),
) -> egui::Response {
    let theme = Theme::of(ui);
    let down = input.presses(control);
    let is_chip = matches!(control, Highlight::Chip(_));
    let text = digits(name, 12.0);
    let button = if down {
        egui::Button::new(text.color(Theme::ON_FILL)).fill(theme.replay_fill)
    } else if is_chip {
        egui::Button::new(text)
    } else {
        egui::Button::selectable(chosen, text)
    };
    let height = if is_chip { 6.0 * GRID } else { 0.0 };
    let button = button.min_size(egui::vec2(0.0, height));
    if input == TicketInput::Player {
        return ui.add(button).on_hover_text(tip);
    }
    let response = ui.add_enabled(down, button.sense(egui::Sense::hover()));
    set_pressed_info(&response, down || chosen, name);
    response
}

/// Tells screen readers and tests whether the piano presses a control.
fn set_pressed_info(response: &egui::Response, down: bool, name: &str) {
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, down, name));
}

/// Draws a button of full width with its key, and under it what it will do or why it cannot. Returns what pressed it.
fn trade_button_ui(
    ui: &mut egui::Ui,
    command: KeyCommand,
    ticket: &Ticket,
    preview: &OrderPreview,
    (colour, on_colour): (egui::Color32, egui::Color32),
    (input, control): (TicketInput, Highlight),
) -> Option<ActionSource> {
    let theme = Theme::of(ui);
    let by_player = input == TicketInput::Player;
    let amount = ticket
        .amount()
        .map_or_else(|_| "?".to_owned(), |amount| amount.to_string());
    let name = match command {
        KeyCommand::Sell => format!("SELL {} %", ticket.share),
        KeyCommand::Sidebet => format!("SIDEBET {amount}"),
        _ => format!("BUY {amount}"),
    };
    let down = input.presses(control);
    let can_press = by_player && preview.order.is_some();
    let (ground, ink) = if can_press {
        (colour, on_colour)
    } else if down {
        (theme.replay_fill, Theme::ON_FILL)
    } else {
        (theme.panel, theme.quiet)
    };
    let enabled = can_press || down;
    let text = egui::RichText::new(&name).size(16.0).strong();
    let button = egui::Button::new(text.color(ink))
        .right_text(egui::RichText::new(command.binding().shown).color(ink))
        .fill(ground)
        .min_size(egui::vec2(ui.available_width(), 9.0 * GRID));
    let response = ui.add_enabled(enabled, button);
    let pressed = pressed_by(&response).filter(|_| by_player);
    if by_player {
        // The text under the button may be cut; the reason is whole on hover.
        response.on_disabled_hover_text(&preview.text);
    } else {
        set_pressed_info(&response, down, &name);
        if down {
            // In a small window the ticket scrolls.
            response.scroll_to_me(None);
        }
        response.on_disabled_hover_text(REPLAYED);
    }
    let note = match &ticket.note {
        Some(note) if down => note,
        // Why the player could not press now does not matter in a replay.
        _ if !by_player && preview.order.is_none() => " ",
        _ => &preview.text,
    };
    let colour = if enabled { theme.text } else { theme.quiet };
    truncated_ui(ui, colour, small(note));
    pressed
}
