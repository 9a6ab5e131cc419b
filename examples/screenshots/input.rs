//! The events of keys, clicks and typed text.

use pianola::ui::KeyCommand;

/// Returns the events of a key that is pressed and let go.
pub fn pressed(modifiers: egui::Modifiers, key: egui::Key) -> [egui::Event; 2] {
    [true, false].map(|pressed| egui::Event::Key {
        key,
        physical_key: None,
        pressed,
        repeat: false,
        modifiers,
    })
}

pub fn pressed_by(command: KeyCommand) -> Vec<egui::Event> {
    let shortcut = command.binding().shortcut;
    pressed(shortcut.modifiers, shortcut.logical_key).into()
}

/// Returns the events of a click.
pub fn clicked(pos: egui::Pos2) -> Vec<egui::Event> {
    let button = |pressed| egui::Event::PointerButton {
        pos,
        button: egui::PointerButton::Primary,
        pressed,
        modifiers: egui::Modifiers::NONE,
    };
    vec![egui::Event::PointerMoved(pos), button(true), button(false)]
}

/// Returns the events that replace the text that has the focus.
pub fn typed(text: &str) -> Vec<egui::Event> {
    let mut events: Vec<_> = pressed(egui::Modifiers::COMMAND, egui::Key::A).into();
    events.push(egui::Event::Text(text.to_owned()));
    events
}
