//! Files that are damaged, state something wrong or hold absurd numbers.

use proptest::prelude::*;

use super::*;

#[test]
fn damaged_files_and_wrong_statements_are_named() {
    let error = read_game(b"{", "x").unwrap_err().to_string();
    assert!(error.starts_with("x: EOF"), "{error}");
    let newer = EXAMPLE.replace("\"format\": 1", "\"format\": 9");
    let error = read_game(newer.as_bytes(), "x").unwrap_err().to_string();
    assert!(error.contains("newer"), "{error}");
    let record = changed(|file| file["meta"]["duration_ticks"] = json!(9));
    let text = "duration_ticks: the file says 9, computed now: 8".to_owned();
    assert_eq!(kinds(&record), [(FindingKind::WrongStatement, text)]);
    assert_eq!(record.game.n_ticks, 8, "the prices count");
}

/// Numbers at the ends of their types.
#[test]
fn absurd_numbers_do_not_overflow() {
    let record = changed(|file| {
        file["meta"]["reconnects"] = json!(u32::MAX);
        file["meta"]["anomalies"] = json!({"tick_jump": u32::MAX, "bad_price": u32::MAX});
        file["meta"]["repaired_ticks"] = json!([u32::MAX, 0, 0]);
        file["meta"]["sources"] =
            json!({"live": u32::MAX, "partial": u32::MAX, "snapshot": 0, "history": 0, "seed": 0});
        file["meta"]["speed"] = json!(1e28);
        file["meta"]["peak_multiplier"] = json!("79228162514264337593543950335");
        file["arrivals"][1] = json!(u32::MAX);
    });
    assert_eq!(
        (record.game.reconnects, record.game.anomalies_n),
        (i32::MAX, i32::MAX)
    );
    assert_eq!(
        (record.game.time_scale, record.game.peak_tick),
        (Some(1e28), None)
    );
    assert_eq!(record.path.arrival_ms[1], None);
}

proptest! {
    #[test]
    fn no_change_of_a_file_panics(at in 0..EXAMPLE.len(), with in any::<u8>()) {
        let mut text = EXAMPLE.as_bytes().to_vec();
        text[at] = with;
        if let Ok(record) = read_game(&text, "x") {
            prop_assert_eq!(record.path.prices.len(), record.sources.len());
            prop_assert_eq!(record.path.prices.len(), record.path.arrival_ms.len());
            prop_assert!(record.game.entry_tick <= record.game.exit_tick);
        }
    }
}
