//! The window of somebody who plays in his own browser, by label: what it shows, and that nothing leaves it.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "support/mirrored.rs"]
mod mirrored;
#[path = "support/seen.rs"]
mod seen;

use egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use mirrored::{Heard, mirrored, page};
use pianola::engine::{Command, View};
use pianola::feed::{BrowserStatus, DisconnectReason, FeedState};
use seen::{Shown, themed, window};

fn open(view: View) -> Harness<'static, Shown> {
    let mut harness = Harness::builder()
        .with_size([1400.0, 900.0])
        .with_max_steps(200)
        .with_context_setup(themed)
        .build_ui_state(
            |ui, shown: &mut Shown| {
                shown.app.take_news();
                shown.app.show(ui);
            },
            window(view),
        );
    harness.run();
    harness
}

fn show(harness: &mut Harness<'_, Shown>, view: View) {
    harness.state().view.send(view).unwrap();
    harness.run();
}

fn times(harness: &Harness<'_, Shown>, text: &str) -> usize {
    harness.query_all_by_label_contains(text).count()
}

fn commands(harness: &mut Harness<'_, Shown>) -> Vec<Command> {
    let mut all = Vec::new();
    while let Ok(command) = harness.state_mut().commands.try_recv() {
        all.push(command);
    }
    all
}

/// Whether the button that begins so can be pressed.
fn able(harness: &Harness<'_, Shown>, button: &'static str) -> bool {
    let node = harness.get_by(move |node| {
        let name = node.label().unwrap_or_default();
        node.role() == egui::accesskit::Role::Button && name.starts_with(button)
    });
    !node.accesskit_node().is_disabled()
}

#[test]
fn buttons_and_keys_say_play_in_the_browser_and_do_nothing() {
    for heard in [Heard::Nothing, Heard::Somebody, Heard::Wallet] {
        let mut harness = open(mirrored(heard, page()));
        let why = "play in the browser";
        assert_eq!(times(&harness, why), 3, "{heard:?}");
        for button in ["BUY ", "SELL ", "SIDEBET ", "MAX", "x2", "25 %", "STOP"] {
            assert!(!able(&harness, button), "{button} {heard:?}");
        }
        for label in ["BUY 0.010", "SELL 100 %", "SIDEBET 0.010", "STOP"] {
            harness.get_by_label_contains(label).click();
            harness.run();
        }
        for key in [Key::B, Key::S, Key::D] {
            harness.key_press(key);
            harness.run();
            assert_eq!(times(&harness, "Not sent: play in the browser"), 1);
        }
        // Also while the keys are safe: arming them would change nothing.
        harness.key_press(Key::A);
        harness.key_press(Key::B);
        harness.run();
        assert_eq!(times(&harness, "The trade keys are safe"), 0);
        for _ in 0..2 {
            harness.key_press(Key::Escape);
            harness.step();
        }
        harness.run();
        assert_eq!(times(&harness, "nothing there can be stopped from here"), 1);
        assert_eq!(commands(&mut harness), []);
    }
}

#[test]
fn it_says_whose_account_the_page_has_and_what_is_missing() {
    let mut harness = open(mirrored(Heard::Wallet, page()));
    assert_eq!(times(&harness, "● browser"), 1);
    assert_eq!(
        times(&harness, "Logged in in the browser as dutch\\u{1b}"),
        1
    );
    assert_eq!(times(&harness, "of the server"), 1);
    assert_eq!(times(&harness, "0.5000 SOL"), 1);

    show(&mut harness, mirrored(Heard::Nothing, page()));
    assert_eq!(times(&harness, "Not logged in in the browser"), 1);
    show(&mut harness, mirrored(Heard::Somebody, page()));
    assert_eq!(times(&harness, "the wallet is told at the next start"), 1);

    let late = BrowserStatus {
        late: true,
        ..page()
    };
    show(&mut harness, mirrored(Heard::Somebody, late.clone()));
    assert_eq!(times(&harness, "Joined late"), 1);
    assert_eq!(times(&harness, "⚠ browser"), 1);
    // He logged in since: his account is known without a reload.
    show(&mut harness, mirrored(Heard::Wallet, late));
    assert_eq!(times(&harness, "reload the page"), 0);
    assert_eq!(times(&harness, "● browser"), 1);
    let others = BrowserStatus {
        others: vec!["https://rugs.fun/second".to_owned()],
        ..page()
    };
    show(&mut harness, mirrored(Heard::Wallet, others));
    assert_eq!(times(&harness, "another tab too, which is not read"), 1);
}

#[test]
fn a_browser_that_does_not_answer_is_told_with_the_command_that_starts_it() {
    let mut down = mirrored(Heard::Nothing, BrowserStatus::default());
    down.feed = FeedState::Down {
        why: DisconnectReason::NoBrowser("127.0.0.1:9333".to_owned()),
        next_try_in: std::time::Duration::from_secs(1),
    };
    let mut harness = open(down);
    assert_eq!(times(&harness, "No browser answers at 127.0.0.1:9333"), 1);
    assert_eq!(times(&harness, "--remote-debugging-port=9333"), 1);
    harness.get_by_label("Copy the command").click();
    harness.step();
    let copied = harness.output().platform_output.commands.iter();
    let copied: Vec<_> = copied
        .filter_map(|command| match command {
            egui::OutputCommand::CopyText(text) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    let command = "chromium --remote-debugging-port=9333 --user-data-dir=\"$HOME/.config/pianola-browser\" https://rugs.fun";
    assert_eq!(copied, [command]);
    assert_eq!(commands(&mut harness), []);
}
