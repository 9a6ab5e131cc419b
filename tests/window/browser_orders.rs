//! The window of a player who plays in the browser, by label: what it shows, and that it sends nothing.

use egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use pianola::engine::View;
use pianola::feed::{BrowserStatus, DisconnectReason, FeedState};

use crate::support::window::browser_view::{PageLogin, mirrored, page};
use crate::support::window::labels::{can_press, times};
use crate::support::window::made_view::{Shown, noon};
use crate::support::window::made_window::{commands, open};

fn show(harness: &mut Harness<'_, Shown>, view: View) {
    harness.state().view.send(view).unwrap();
    harness.run();
}

#[test]
fn buttons_and_keys_say_play_in_the_browser_and_do_nothing() {
    for heard in [PageLogin::Nothing, PageLogin::LoggedIn, PageLogin::Wallet] {
        let mut harness = open(mirrored(heard, page()));
        let why = "Play in your browser";
        assert_eq!(times(&harness, why), 3, "{heard:?}");
        for button in ["BUY ", "SELL ", "SIDEBET ", "MAX", "×2", "25 %", "STOP"] {
            assert!(!can_press(&harness, button), "{button} {heard:?}");
        }
        for label in ["BUY 0.0100", "SELL 100 %", "SIDEBET 0.0100", "STOP"] {
            harness.get_by_label_contains(label).click();
            harness.run();
        }
        for key in [Key::B, Key::S, Key::D] {
            harness.key_press(key);
            harness.run();
            assert_eq!(times(&harness, "Not sent: Play in your browser"), 1);
        }
        // Also while the keys are safe: arming them would change nothing.
        harness.key_press(Key::A);
        harness.key_press(Key::B);
        harness.run();
        assert_eq!(times(&harness, "Trade keys are off"), 0);
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
    let mut harness = open(mirrored(PageLogin::Wallet, page()));
    assert_eq!(times(&harness, "Browser "), 1);
    assert_eq!(
        times(&harness, "Logged in in the browser as dutch\\u{1b}"),
        1
    );
    assert_eq!(times(&harness, "Server"), 1);
    assert_eq!(times(&harness, "Wallet 0.5000"), 1);

    show(&mut harness, mirrored(PageLogin::Nothing, page()));
    assert_eq!(times(&harness, "Not logged in in the browser"), 1);
    show(&mut harness, mirrored(PageLogin::LoggedIn, page()));
    assert_eq!(times(&harness, "the wallet appears at the next start"), 1);

    let late = BrowserStatus {
        late: true,
        ..page()
    };
    show(&mut harness, mirrored(PageLogin::LoggedIn, late.clone()));
    assert_eq!(times(&harness, "Joined late"), 1);
    assert_eq!(times(&harness, ", warning"), 1);
    // The player logged in since: the account is known without a reload.
    show(&mut harness, mirrored(PageLogin::Wallet, late));
    assert_eq!(times(&harness, "reload the page"), 0);
    assert_eq!(times(&harness, "Browser "), 1);
    let others = BrowserStatus {
        others: vec!["https://rugs.fun/second".to_owned()],
        ..page()
    };
    show(&mut harness, mirrored(PageLogin::Wallet, others));
    assert_eq!(times(&harness, "another tab too, which is not read"), 1);
}

#[test]
fn a_browser_that_does_not_answer_is_reported_with_the_command_that_starts_it() {
    let mut down = mirrored(PageLogin::Nothing, BrowserStatus::default());
    down.feed = FeedState::Down {
        why: DisconnectReason::NoBrowser("127.0.0.1:9333".to_owned()),
        next_try_at: Some(noon()),
    };
    let mut harness = open(down);
    assert_eq!(times(&harness, "No browser on port 9333."), 1);
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
