//! Turns pressed keys into commands, and names the keys of commands. While a modal panel is open, keys and text reach that
//! panel only.

use egui::{Context, Event, Id, Key, KeyboardShortcut, Modifiers};

use super::command::{KeyCommand, KeyScope};
use super::key_bindings::bindings;
use super::key_table::KEYS;

/// Whether an event presses a key. A held key counts only for a command that repeats.
fn is_hit(shortcut: KeyboardShortcut, repeats: bool, event: &Event) -> bool {
    let Event::Key {
        key,
        pressed: true,
        repeat,
        modifiers,
        ..
    } = event
    else {
        return false;
    };
    let required = shortcut.modifiers;
    let shift_is_free = required == Modifiers::NONE && !modifiers.command && !modifiers.alt;
    let fits = modifiers.matches_exact(required) || shift_is_free;
    *key == shortcut.logical_key && fits && (!*repeat || repeats)
}

impl KeyCommand {
    /// Returns the name of its key, as it is assigned in this window.
    pub fn key_name(self, ctx: &Context) -> String {
        bindings(ctx).key_name(self)
    }

    /// Returns the text of a tooltip: what the command does, and its key.
    pub fn tip(self, ctx: &Context) -> String {
        format!("{} ({})", self.text(), self.key_name(ctx))
    }
}

/// What takes keys for itself while it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyTaker {
    /// The next key is assigned to a command: it is no command itself.
    Assignment,
    /// A note is written: whatever has the focus in its editor, keys are text.
    Note,
}

impl KeyTaker {
    fn id(self) -> Id {
        Id::unique("what takes keys").with(self)
    }

    /// Notes that it takes keys now. To be called in each frame in which it is drawn.
    pub fn set_drawn(self, ctx: &Context) {
        let pass = ctx.cumulative_pass_nr();
        ctx.data_mut(|data| data.insert_temp(self.id(), pass));
    }

    /// Whether it was drawn in this frame or the one before.
    fn takes(self, ctx: &Context) -> bool {
        let drawn = ctx.data(|data| data.get_temp::<u64>(self.id()));
        drawn.is_some_and(|pass| ctx.cumulative_pass_nr() <= pass + 1)
    }
}

/// The keys and the text of this frame that only the topmost modal panel may read.
#[derive(Debug, Clone, Default)]
struct ModalInput {
    events: Vec<Event>,
    /// Whether a panel was drawn that read them.
    is_read: bool,
}

impl ModalInput {
    fn id() -> Id {
        Id::unique("modal input")
    }

    fn set(self, ctx: &Context) {
        ctx.data_mut(|data| data.insert_temp(Self::id(), self));
    }

    fn take(ctx: &Context) -> Self {
        ctx.data_mut(|data| data.remove_temp(Self::id()).unwrap_or_default())
    }

    /// Whether an event is of the keyboard or the clipboard. A key that is let go does nothing.
    fn has(event: &Event) -> bool {
        let is_text = matches!(event, Event::Text(_) | Event::Ime(_) | Event::Paste(_));
        let is_key = matches!(event, Event::Key { pressed: true, .. });
        is_text || is_key || matches!(event, Event::Copy | Event::Cut)
    }
}

/// Runs `content` with the keys that [`take_commands`] kept for a modal panel, then keeps what is left of them again.
pub fn with_modal_input<T>(ctx: &Context, content: impl FnOnce() -> T) -> T {
    let ModalInput { events, .. } = ModalInput::take(ctx);
    ctx.input_mut(|input| input.events.extend(events));
    let result = content();
    let left = |event: &mut Event| ModalInput::has(event);
    let events = ctx.input_mut(|input| input.events.extract_if(.., left).collect());
    let is_read = true;
    ModalInput { events, is_read }.set(ctx);
    result
}

/// Puts back what a modal panel left of its keys. To be called when everything is drawn: egui itself zooms and copies at
/// the end of a frame. Keys for a panel that has just closed, or did not open, are of the next frame.
pub fn release_modal_input(ctx: &Context) {
    let input = ModalInput::take(ctx);
    if input.is_read {
        ctx.input_mut(|all| all.events.extend(input.events));
    } else if !input.events.is_empty() {
        input.set(ctx);
        ctx.request_repaint();
    }
}

/// Returns whether the key of a command was pressed, and consumes it. For a modal panel that its own key closes.
pub fn take_key(ctx: &Context, command: KeyCommand) -> bool {
    let shortcut = bindings(ctx).shortcut(command);
    ctx.input_mut(|input| {
        let before = input.events.len();
        input.events.retain(|event| !is_hit(shortcut, false, event));
        input.events.len() < before
    })
}

/// Returns the commands of the keys that were pressed, in their order, and consumes their events. A press of Escape is
/// not consumed, because it may close something as well. While the player assigns a key, no key is a command. While a
/// modal panel is open, and after a command that opens one, keys are kept for that panel; two presses of Escape stop
/// trading only where nothing covers the game, which the caller knows.
pub fn take_commands(ctx: &Context, scope: KeyScope) -> Vec<KeyCommand> {
    let before = ModalInput::take(ctx);
    if !before.is_read {
        // A press of Escape was a command already: once more it would stop trading.
        let is_escape = |event: &Event| {
            matches!(
                event,
                Event::Key {
                    key: Key::Escape,
                    ..
                }
            )
        };
        let late = before.events.into_iter().filter(|event| !is_escape(event));
        ctx.input_mut(|input| input.events.splice(..0, late).for_each(drop));
    }
    let mut is_covered = ctx.memory(|memory| memory.top_modal_layer().is_some());
    if KeyTaker::Assignment.takes(ctx) && !is_covered {
        return Vec::new();
    }
    let typing = ctx.text_edit_focused() || KeyTaker::Note.takes(ctx);
    let bindings = bindings(ctx);
    let rows: Vec<_> = KEYS
        .iter()
        .map(|row| (row, bindings.shortcut(row.command)))
        .filter(|(row, key)| row.command.acts_in(scope) && (!typing || row.acts_while_typing(*key)))
        .collect();
    let mut commands = Vec::new();
    let mut modal = ModalInput::default();
    ctx.input_mut(|input| {
        for event in std::mem::take(&mut input.events) {
            let hit = rows
                .iter()
                .find(|(row, key)| is_hit(*key, row.command.repeats(), &event));
            let hit = hit.map(|(row, _)| row.command);
            let stops = hit == Some(KeyCommand::Stop);
            commands.extend(hit.filter(|_| stops || !is_covered));
            if is_covered && ModalInput::has(&event) {
                modal.events.push(event);
            } else if is_covered || stops || hit.is_none() {
                input.events.push(event);
            }
            is_covered |= hit.is_some_and(KeyCommand::opens_modal);
        }
    });
    modal.set(ctx);
    commands
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::command::ReplayKey;

    #[test]
    fn a_modal_panel_has_every_key_and_nothing_behind_it_has_one() {
        let key = |key| Event::Key {
            key,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers: Modifiers::NONE,
        };
        let typed = || {
            vec![
                key(Key::Enter),
                Event::Text("x".to_owned()),
                key(Key::Questionmark),
            ]
        };
        let pass = |ctx: &Context, events: Vec<Event>, is_modal: bool| {
            let input = egui::RawInput {
                events,
                ..Default::default()
            };
            ctx.begin_pass(input);
            let commands = take_commands(ctx, KeyScope::Library);
            let behind = ctx.input(|input| input.events.clone());
            let shown = is_modal.then(|| {
                let modal = egui::Modal::new(Id::unique("panel"));
                let read = |ui: &mut egui::Ui| ui.input(|input| input.events.clone());
                crate::ui::widgets::modal_ui(ctx, modal, read).0
            });
            let after = ctx.input(|input| input.events.clone());
            release_modal_input(ctx);
            let at_end = ctx.input(|input| input.events.clone());
            ctx.end_pass().textures_delta.clear();
            (commands, behind, shown, after, at_end)
        };
        let ctx = Context::default();
        pass(&ctx, Vec::new(), true);
        let (commands, behind, shown, after, at_end) = pass(&ctx, typed(), true);
        assert_eq!((commands, behind, after), (vec![], vec![], vec![]));
        assert_eq!((shown, at_end), (Some(typed()), typed()));
        // The command that opens a panel: what is pressed after it is for the panel, in the same frame already.
        let ctx = Context::default();
        let share = Event::Key {
            key: Key::S,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers: Modifiers::COMMAND,
        };
        let (commands, behind, shown, ..) = pass(&ctx, [vec![share], typed()].concat(), true);
        assert_eq!((commands, behind), (vec![KeyCommand::ShareSession], vec![]));
        assert_eq!(shown, Some(typed()));
        // A panel that has closed: the keys are of the page, in the next frame.
        let (commands, behind, ..) = pass(&ctx, Vec::new(), true);
        assert_eq!((commands, behind), (vec![], vec![]));
        let (commands, _, _, _, at_end) = pass(&ctx, vec![key(Key::Slash)], false);
        assert_eq!((commands, at_end), (vec![], vec![]));
        let (commands, ..) = pass(&ctx, Vec::new(), false);
        let search = KeyCommand::InLibrary(crate::ui::command::LibraryKey::Search);
        assert_eq!(commands, [search]);
        // Without a panel the keys are commands, and the text is of the page.
        let ctx = Context::default();
        let (commands, behind, ..) = pass(&ctx, typed(), false);
        let open = KeyCommand::InLibrary(crate::ui::command::LibraryKey::Open);
        assert_eq!(commands, [open, KeyCommand::Help]);
        assert_eq!(behind, [Event::Text("x".to_owned())]);
    }

    #[test]
    fn keys_of_one_frame_act_in_the_order_of_their_presses() {
        let key = |key, modifiers| Event::Key {
            key,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers,
        };
        let events = vec![
            key(Key::ArrowRight, Modifiers::COMMAND),
            key(Key::ArrowLeft, Modifiers::NONE),
            key(Key::B, Modifiers::NONE),
            key(Key::ArrowLeft, Modifiers::NONE),
        ];
        let input = egui::RawInput {
            events,
            ..Default::default()
        };
        let ctx = Context::default();
        ctx.begin_pass(input);
        let back = KeyCommand::Replay(ReplayKey::PreviousTick);
        let on = KeyCommand::Replay(ReplayKey::NextAction);
        assert_eq!(take_commands(&ctx, KeyScope::Replay), [on, back, back]);
        assert_eq!(
            take_commands(&ctx, KeyScope::Live),
            [KeyCommand::Buy],
            "the rest"
        );
        ctx.end_pass().textures_delta.clear();
    }
}
