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

fn listening_id() -> Id {
    Id::unique("a key is assigned")
}

/// Notes the pass in which the next key is to be assigned. The list says so again in each frame in which it is drawn.
pub(super) fn set_listening(ctx: &Context, pass: u64) {
    ctx.data_mut(|data| data.insert_temp(listening_id(), pass));
}

/// Whether the next key is to be assigned: it is no command.
fn is_listening(ctx: &Context) -> bool {
    let listening = ctx.data(|data| data.get_temp::<u64>(listening_id()));
    listening.is_some_and(|pass| ctx.cumulative_pass_nr() <= pass + 1)
}

fn writing_id() -> Id {
    Id::unique("a note is written")
}

/// Notes that the editor of a note is open: whatever has the focus in it, keys are text. To be called in each frame in which
/// it is drawn.
pub fn set_writing(ctx: &Context) {
    let pass = ctx.cumulative_pass_nr();
    ctx.data_mut(|data| data.insert_temp(writing_id(), pass));
}

fn is_writing(ctx: &Context) -> bool {
    let writing = ctx.data(|data| data.get_temp::<u64>(writing_id()));
    writing.is_some_and(|pass| ctx.cumulative_pass_nr() <= pass + 1)
}

/// Returns the commands of the keys that were pressed, in their order, and consumes their events. A press of Escape is
/// not consumed, because it may close something as well. While the player assigns a key, no key is a command.
pub fn take_commands(ctx: &Context, scope: KeyScope) -> Vec<KeyCommand> {
    if is_listening(ctx) {
        return Vec::new();
    }
    let typing = ctx.text_edit_focused() || is_writing(ctx);
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
