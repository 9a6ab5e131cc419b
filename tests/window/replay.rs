//! A recorded session in the window, by label: the buttons go down where they were pressed, nothing of it reaches the
//! table, and the live game goes on behind it.

use egui::Key;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::support::files::{game_files, overwrite};
use crate::support::recorded_session::{RecordedSession, rows};
use crate::support::window::app_window::{Window, practice};
use crate::support::window::labels;
use crate::support::window::replay_page::{
    BUTTONS, CHIPS, amount, down, expected, place, replay_command, replaying,
};

#[test]
fn step_by_step_each_button_is_down_where_it_was_pressed_and_nowhere_else() {
    let recorded = RecordedSession::new();
    let mut window = replaying(&recorded);
    let expected = expected(&recorded.json());
    assert!(expected.len() > 10);
    let mut left = expected.iter().peekable();
    loop {
        let here = place(&window);
        match left.next_if(|(place, ..)| *place == here) {
            Some((_, button, number)) => {
                assert_eq!(down(&window), [*button], "{here}");
                let number: f64 = number.parse().unwrap();
                if *button == BUTTONS[1] {
                    let name = window.its("SELL ").name;
                    let begins = format!("SELL {number} %");
                    assert!(name.starts_with(&begins), "{name}, {here}");
                } else {
                    assert!((amount(&window) - number).abs() < 1e-12, "{here}");
                }
            }
            // A result, which has no button.
            None => assert_eq!(down(&window), Vec::<&str>::new(), "{here}"),
        }
        window.ctrl(Key::ArrowRight);
        if place(&window) == here {
            break;
        }
    }
    assert_eq!(left.next(), None, "every press was seen");
    window.key(Key::End);
    let json = recorded.json();
    let end: Decimal = json["meta"]["end_balance"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let end = format!("Wallet {:.4}", end.round_dp(4));
    assert!(window.says(&end), "{end}: {:#?}", window.texts());
    // All the way back it says the same.
    window.key(Key::Home);
    assert_eq!(place(&window), "game 1 presale");
    assert!(window.says("Wallet 1.0000"));
}

#[test]
fn timing_as_recorded_says_when_the_times_were_spread() {
    let words = "times spread evenly";
    let recorded = RecordedSession::new();
    let mut window = replaying(&recorded);
    window.key(Key::T);
    assert!(!window.says(words), "the games have their arrivals");
    // As older versions recorded.
    for path in game_files(recorded.folder.path()) {
        let mut game: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        game.as_object_mut().unwrap().remove("arrivals").unwrap();
        overwrite(&path, game.to_string().as_bytes());
    }
    let mut window = replaying(&recorded);
    assert!(!window.says(words), "250 ms a tick");
    window.key(Key::T);
    assert!(window.says(words), "{:#?}", window.texts());
    window.key(Key::T);
    assert!(!window.says(words));
}

#[test]
fn while_it_plays_the_chips_build_the_amount_and_then_the_button_goes_down() {
    let recorded = RecordedSession::new();
    let mut window = replaying(&recorded);
    let wanted = expected(&recorded.json());
    let (place_of_buy, button, number) =
        wanted.iter().find(|(p, ..)| p.contains("tick 5")).unwrap();
    assert_eq!(*button, "BUY ");
    // To the sidebet before it, and from there on it plays.
    window.ctrl(Key::ArrowRight);
    assert_eq!(place(&window), "game 1 tick 2");
    assert!((amount(&window) - 0.001).abs() < 1e-12);
    window.key(Key::Space);
    // Played again, this press is done again.
    window.until("the sidebet", |window| {
        (down(window) == ["SIDEBET "]).then_some(())
    });
    let (mut pressed, mut before) = (Vec::new(), None);
    for _ in 0..300 {
        let chip = CHIPS.iter().find(|chip| {
            let control = window.control(chip);
            control.is_some_and(|control| control.on)
        });
        if let Some(chip) = chip
            && before != Some(chip)
        {
            pressed.push((*chip, amount(&window)));
        }
        before = chip;
        if down(&window) == ["BUY "] {
            break;
        }
        window.frame();
    }
    assert_eq!(down(&window), ["BUY "]);
    assert_eq!(place(&window), *place_of_buy);
    assert_eq!(amount(&window).to_string(), *number, "{pressed:?}");
    // Typed, for no chips build four decimals: 0.0237. The field says so, the chips rest.
    assert!(pressed.is_empty(), "{pressed:?}");
    // The next buy is one of chips: 0.004 from 0.0237.
    let (next, _, number) = wanted.iter().find(|(p, ..)| p.contains("tick 15")).unwrap();
    let before_it = wanted.iter().position(|(p, ..)| p == next).unwrap() - 1;
    while place(&window) != wanted[before_it].0 {
        window.frame();
    }
    let (mut shown, mut count, mut before) = (amount(&window), 0, None);
    while place(&window) != *next || down(&window).is_empty() {
        let chip = CHIPS.iter().find(|chip| {
            let control = window.control(chip);
            control.is_some_and(|control| control.on)
        });
        if let Some(chip) = chip
            && before != Some(chip)
        {
            let does = |to: f64| assert!((amount(&window) - to).abs() < 1e-9, "{chip} on {shown}");
            match *chip {
                "Clear" => does(0.0),
                "1/2" => does(shown / 2.0),
                "×2" => does(shown * 2.0),
                "MAX" => panic!("no buy uses MAX here"),
                step => does(shown + step.parse::<f64>().unwrap()),
            }
            count += 1;
        }
        shown = amount(&window);
        before = chip;
        window.frame();
    }
    assert!(count >= 3, "Clear, +.001 and ×2 twice: {count} chips");
    assert_eq!(amount(&window).to_string(), *number);
}

#[test]
fn nothing_of_it_is_sent_and_what_is_recorded_goes_on() {
    let recorded = RecordedSession::new();
    let mut window = Window::replaying(practice(3, 50.0), recorded.path.clone());
    window.wait_for_part("REPLAY");
    window.wait_for_part("Live");
    window.ctrl(Key::T);
    let mut frames = 0;
    let files = window.until("three live games", |window| {
        frames += 1;
        // A hand that plays along in vain.
        for key in [Key::B, Key::S, Key::D] {
            window.harness.key_press(key);
        }
        let buy = window.its("BUY ").rect.center();
        labels::click_at(&mut window.harness, buy);
        if window.says_part("presale") && frames > 50 {
            window.key(Key::End);
        }
        let files = game_files(&window.out());
        (files.len() >= 3).then_some(files)
    });
    assert!(window.says_part("REPLAY"), "it is still there");
    assert_eq!(
        window
            .harness
            .state()
            .borrow()
            .as_ref()
            .unwrap()
            .view()
            .unwrap()
            .actions
            .len(),
        0
    );
    let (left, _home) = window.close();
    assert_eq!(left[0].sessions, 0, "no session");
    assert_eq!(left[0].trouble, None);
    // Not the game that the end may have cut off.
    for file in files {
        let text = std::fs::read(&file).unwrap();
        let game: Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(
            game["meta"]["proof"]["status"],
            "proven",
            "{}",
            file.display()
        );
        assert_eq!(game["meta"]["complete"], true);
    }
}

#[test]
fn one_key_leads_back_to_the_live_game() {
    let recorded = RecordedSession::new();
    for key in [Key::L, Key::Escape] {
        let mut window = replaying(&recorded);
        assert!(window.control("Source: PRACTICE TABLE").is_none());
        window.key(key);
        window.wait_its("Source: PRACTICE TABLE");
        assert!(!window.says_part("REPLAY"));
        window.its("Trade keys on");
    }
    let mut window = replaying(&recorded);
    window.click("Back to live");
    window.wait_its("Source: PRACTICE TABLE");
}

#[test]
fn what_comes_next_can_be_hidden() {
    let recorded = RecordedSession::new();
    let mut window = replaying(&recorded);
    window.ctrl(Key::ArrowRight);
    let all = recorded.json()["actions"].as_array().unwrap().len();
    let verified = format!("{all} of {all} verified");
    let parts = [
        "Game 1 of 2",
        "tick 2/",
        "next: tick ",
        "press 2 of ",
        &verified,
    ];
    for part in parts {
        assert!(window.says_part(part), "{part}: {:#?}", window.texts());
    }
    window.click("Hide what comes next");
    window.frame();
    for part in parts {
        assert!(!window.says_part(part), "{part}: {:#?}", window.texts());
    }
    assert!(window.says_part("Game 1,") && window.says_part("pressed by the piano"));
    assert!(window.says_part("1 of 1 verified"), "{:#?}", window.texts());
    // The place goes on, and it is shown again.
    window.key(Key::ArrowRight);
    assert_eq!(place(&window), "game 1 tick 3");
    window.click("Hide what comes next");
    window.frame();
    assert!(window.says_part("tick 3/"));
}

#[test]
fn the_status_line_is_of_the_replay() {
    let recorded = RecordedSession::new();
    let mut window = replaying(&recorded);
    window.wait_for_part("No press yet.");
    assert!(!window.says_part("play money."), "{:#?}", window.texts());
    window.ctrl(Key::ArrowRight);
    window.wait_for_part(" at tick 0 matches the file.");
    assert!(window.control("Trade keys on").is_none());
    window.key(Key::Escape);
    window.wait_for_part("play money.");
    assert!(!window.says_part("matches the file."));
}

#[test]
fn what_differs_is_shown_where_it_happens() {
    let recorded = RecordedSession::new();
    let mut session = recorded.json();
    let row = &mut session["actions"][4];
    let (seq, tick) = (row["seq"].clone(), row["executed_tick"].clone());
    let real = row["balance_after"].as_str().unwrap()[..6].to_owned();
    row["balance_after"] = "0.5".into();
    recorded.put(&session);
    let all = rows(&session).len();
    let mut window = replaying(&recorded);
    window.wait_for("No order yet");
    window.key(Key::F);
    assert_eq!(place(&window), format!("game 1 tick {tick}"));
    let different = "Balance: file 0.5, Pianola ";
    assert!(window.says_part(different), "{:#?}", window.texts());
    assert!(window.says("4 of 5 equal so far"));
    assert!(window.says_part("differs from the file."));
    window.click("Details");
    let action = session["actions"][4]["action"].as_str().unwrap();
    let line = format!("#{seq} {action} balance_after: recorded 0.5, computed {real}");
    assert!(window.says_part(&line), "{:#?}", window.texts());
    assert!(window.says_part(" apart"));
    assert!(
        window
            .texts()
            .iter()
            .any(|text| text.ends_with(", computed differently")),
        "the row of the trades"
    );
    // The same as the command says.
    let (code, output_text) = replay_command(&recorded);
    assert_eq!(code, Some(1));
    assert!(output_text.contains(&format!("{all} actions: {} agree", all - 1)));
    assert!(output_text.contains(&format!(
        "action {seq} {action} balance_after: recorded 0.5, computed {real}"
    )));
}

#[test]
fn what_cannot_be_played_is_reported_and_leaves_the_window_as_it_was() {
    let recorded = RecordedSession::new();
    let text = std::fs::read(&recorded.path).unwrap();
    let cases: [(&[u8], &str); 4] = [
        (b"", "empty"),
        (&text[..text.len() / 2], "session"),
        (b"\x89PNG\r\n\x1a\n", "recording"),
        (
            b"{\"date\":\"2026-01-01\",\"games\":[],\"sessions\":[]}",
            "index",
        ),
    ];
    for (content, word) in cases {
        overwrite(&recorded.path, content);
        let mut window = Window::replaying(practice(3, 0.1), recorded.path.clone());
        let name = recorded
            .path
            .file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        window.wait_for_part("cannot open ");
        let message = window
            .texts()
            .into_iter()
            .find(|text| text.contains("cannot open "))
            .unwrap();
        assert!(message.contains(&name), "it names the file: {message}");
        assert!(
            message.contains(word),
            "it says what is wrong ({word}): {message}"
        );
        window.click("Play");
        window.wait_its("BUY ");
        assert!(!window.says_part("REPLAY"));
    }
}
