//! Turns pressed keys into commands, and names the keys of commands.

use egui::{Context, Event, Id, KeyboardShortcut, Modifiers};

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

/// Returns the commands of the keys that were pressed, in their order, and consumes their events. A press of Escape is
/// not consumed, because it may close something as well. While the player assigns a key, no key is a command.
pub fn take_commands(ctx: &Context, scope: KeyScope) -> Vec<KeyCommand> {
    if KeyTaker::Assignment.takes(ctx) {
        return Vec::new();
    }
    let typing = ctx.text_edit_focused() || KeyTaker::Note.takes(ctx);
    let bindings = bindings(ctx);
    let rows: Vec<_> = KEYS
        .iter()
        .map(|row| (row, bindings.shortcut(row.command)))
        .filter(|(row, key)| row.command.acts_in(scope) && (!typing || row.acts_while_typing(*key)))
        .collect();
    ctx.input_mut(|input| {
        let mut commands = Vec::new();
        input.events.retain(|event| {
            let hit = rows
                .iter()
                .find(|(row, key)| is_hit(*key, row.command.repeats(), event));
            commands.extend(hit.map(|(row, _)| row.command));
            hit.is_none_or(|(row, _)| row.command == KeyCommand::Stop)
        });
        commands
    })
}

#[cfg(test)]
mod tests {
    use egui::Key;

    use super::*;
    use crate::ui::command::ReplayKey;

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
