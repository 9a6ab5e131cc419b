use proptest::prelude::*;
use rust_decimal::Decimal;

use serde_json::json;

use super::*;
use crate::protocol::number;
use crate::trading::RiskLimits;

mod limits;

fn read(text: &str) -> ParsedSettings {
    Settings::parse(text.as_bytes()).expect("an object")
}

fn d(text: &str) -> Decimal {
    number::parse(text).expect("a decimal")
}

fn names(parsed: &ParsedSettings) -> Vec<String> {
    parsed
        .wrong
        .iter()
        .map(|field| field.name.clone())
        .collect()
}

fn changed() -> Settings {
    Settings {
        look: ThemeChoice::Light,
        money_colours: MoneyColours::BlueOrange,
        amount_places: 6,
        reduce_motion: true,
        scale: 1.25,
        recordings: Some(std::env::temp_dir()),
        source: SourceKind::Browser,
        url: "http://127.0.0.1:4000".to_owned(),
        browser: "127.0.0.1:9333".to_owned(),
        practice_speed: Speed::Max,
        start_balance: Decimal::new(25, 1),
        ask_above_percent: Some(Decimal::from(30)),
        auto_record: true,
        limits: OrderLimits {
            max_buy: Decimal::new(25, 2),
            risk: RiskLimits {
                max_loss_a_day: Some(Decimal::new(15, 1)),
                max_orders_a_minute: None,
                slippage_percent: Some(Decimal::new(25, 1)),
            },
            ..OrderLimits::default()
        },
        ignore_double_press: false,
        candles: true,
        log_axis: true,
        keys: [("Buy".to_owned(), "Q".to_owned())].into(),
        panel_sizes: PanelSizes {
            trade_panel: Some(350),
            bottom: None,
            session: Some(500),
        },
        keep_on_top: true,
        reminder_minutes: Some(45),
        sounds: true,
        sound_volume: 80,
        notifications: true,
        welcome: false,
        raw_capture: true,
    }
}

#[test]
fn what_is_written_is_read() {
    for settings in [Settings::default(), changed()] {
        let parsed = read(&settings.to_text());
        assert_eq!(parsed.settings, settings);
        assert_eq!(parsed.wrong, []);
    }
}

#[test]
fn the_text_of_the_file_is_published() {
    let default = r#"{
  "version": 1,
  "theme": "dark",
  "money_colours": "green-red",
  "amount_places": 4,
  "reduce_motion": false,
  "scale": "1",
  "recordings": null,
  "source": "practice",
  "url": "",
  "browser": "127.0.0.1:9222",
  "practice_speed": "1",
  "start_balance": "1",
  "ask_above_percent": null,
  "auto_record": false,
  "limits": {
    "min_buy": "0.001",
    "max_buy": "1",
    "min_sidebet": "0.001",
    "max_sidebet": "5",
    "max_loss_a_day": null,
    "max_orders_a_minute": 30,
    "slippage_percent": null
  },
  "ignore_double_press": true,
  "candles": false,
  "log_axis": false,
  "keys": {},
  "panel_sizes": {
    "trade_panel": null,
    "bottom": null,
    "session": null
  },
  "keep_on_top": false,
  "reminder_minutes": null,
  "sounds": false,
  "sound_volume": 50,
  "notifications": false,
  "welcome": true,
  "raw_capture": false
}
"#;
    assert_eq!(Settings::default().to_text(), default);
    let settings = Settings {
        look: ThemeChoice::System,
        scale: 0.9,
        recordings: Some("/games".into()),
        source: SourceKind::Url,
        url: "http://127.0.0.1:4000".to_owned(),
        practice_speed: Speed::Times(0.5),
        limits: OrderLimits {
            max_buy: Decimal::new(2_500, 4),
            risk: RiskLimits {
                max_loss_a_day: Some(Decimal::new(15, 1)),
                max_orders_a_minute: None,
                slippage_percent: Some(Decimal::new(250, 2)),
            },
            ..OrderLimits::default()
        },
        ..Settings::default()
    };
    let text = default
        .replace("\"dark\"", "\"system\"")
        .replace("\"scale\": \"1\"", "\"scale\": \"0.9\"")
        .replace("\"recordings\": null", "\"recordings\": \"/games\"")
        .replace("\"practice\"", "\"url\"")
        .replace("\"url\": \"\"", "\"url\": \"http://127.0.0.1:4000\"")
        .replace("\"practice_speed\": \"1\"", "\"practice_speed\": \"0.5\"")
        .replace("\"max_buy\": \"1\"", "\"max_buy\": \"0.25\"")
        .replace("\"max_loss_a_day\": null", "\"max_loss_a_day\": \"1.5\"")
        .replace(
            "\"max_orders_a_minute\": 30",
            "\"max_orders_a_minute\": null",
        )
        .replace(
            "\"slippage_percent\": null",
            "\"slippage_percent\": \"2.5\"",
        );
    assert_eq!(settings.to_text(), text);
}

#[test]
fn a_variant_is_its_name_and_nothing_else() {
    for text in [
        r#"{ "theme": { "light": null }, "source": { "live": null } }"#,
        r#"{ "theme": "Light", "source": ["live"] }"#,
        r#"{ "theme": 1, "source": null }"#,
    ] {
        let parsed = read(text);
        assert_eq!(parsed.settings, Settings::default());
        assert_eq!(names(&parsed), ["theme", "source"], "{text}");
    }
}

#[test]
fn reminders_and_volumes_out_of_range_are_wrong() {
    for (minutes, volume) in [
        ("0", "101"),
        ("1441", "-1"),
        ("1.5", "256"),
        ("\"30\"", "null"),
    ] {
        let text = format!(r#"{{ "reminder_minutes": {minutes}, "sound_volume": {volume} }}"#);
        let parsed = read(&text);
        assert_eq!(parsed.settings, Settings::default());
        assert_eq!(
            names(&parsed),
            ["reminder_minutes", "sound_volume"],
            "{text}"
        );
    }
    let parsed = read(r#"{ "reminder_minutes": 1440, "sound_volume": 0, "sounds": true }"#);
    let settings = parsed.settings;
    assert_eq!(
        (settings.reminder_minutes, settings.sound_volume),
        (Some(1_440), 0)
    );
    assert!(settings.sounds && parsed.wrong.is_empty());
}

#[test]
fn a_wrong_field_costs_itself() {
    let text = r#"{ "theme": "pink", "scale": 1.5, "recordings": "relative", "source": 3, "practice_speed": 20,
        "limits": { "min_buy": "-1", "max_buy": "0.5", "min_sidebet": 10 }, "welcome": "yes" }"#;
    let parsed = read(text);
    let settings = parsed.settings.clone();
    assert_eq!(settings.look, ThemeChoice::Dark);
    assert!((settings.scale - 1.5).abs() < f32::EPSILON);
    assert_eq!(settings.practice_speed, Speed::Times(20.0));
    assert_eq!(settings.limits.min_buy, OrderLimits::default().min_buy);
    assert_eq!(settings.limits.max_buy, d("0.5"));
    assert!(settings.welcome);
    let wrong = [
        "theme",
        "recordings",
        "source",
        "min_buy",
        "min_sidebet",
        "welcome",
    ];
    assert_eq!(names(&parsed), wrong);
    let theme = parsed.wrong[0].to_string();
    assert_eq!(theme, "theme is \"pink\" (used: the default)");
}

#[test]
fn numbers_are_brought_within_their_limits() {
    for (text, scale) in [
        ("0.1", 0.75),
        ("1e9", 3.0),
        ("\"1.5\"", 1.5),
        ("\"inf\"", 1.0),
        ("\"NaN\"", 1.0),
        ("\"+2\"", 1.0),
        ("\"2.\"", 1.0),
    ] {
        let parsed = read(&format!("{{\"scale\": {text}}}"));
        assert!(
            (parsed.settings.scale - scale).abs() < f32::EPSILON,
            "{text}"
        );
    }
    for text in ["5000", "\"+5\"", "\"5.\"", "\"0,5\"", "[]"] {
        let parsed = read(&format!("{{\"practice_speed\": {text}}}"));
        assert_eq!(parsed.settings.practice_speed, Speed::default());
        assert_eq!(names(&parsed), ["practice_speed"], "{text}");
    }
}

#[test]
fn a_byte_order_mark_does_not_count() {
    let text = "\u{feff}{ \"theme\": \"light\" }";
    assert_eq!(read(text).settings.look, ThemeChoice::Light);
    assert!(Settings::parse("\u{feff}\u{feff}{}".as_bytes()).is_err());
    assert!(Settings::parse("\u{feff}".as_bytes()).is_err());
}

#[test]
fn only_what_was_changed_is_written_over_what_was_found() {
    let text = r#"{ "version": 9, "theme": "pink", "piano": { "speed": 2 },
        "limits": { "max_loss_a_day": "0.5 SOL", "max_buy": "0.7", "new": 1 } }"#;
    let found = fields_of(text.as_bytes()).expect("an object");
    let before = read(text).settings;
    let mut after = before.clone();
    after.candles = true;
    after.limits.max_sidebet = d("2");
    let written = apply_changes(found, &before.to_fields(), &after.to_fields());
    let written = Value::Object(written);
    assert_eq!(written["version"], json!(9));
    assert_eq!(written["piano"], json!({ "speed": 2 }));
    assert_eq!(written["theme"], json!("pink"));
    let limits = &written["limits"];
    assert_eq!(
        limits["max_loss_a_day"],
        json!("0.5 SOL"),
        "still to be said"
    );
    assert_eq!(
        (&limits["max_buy"], &limits["new"]),
        (&json!("0.7"), &json!(1))
    );
    assert_eq!(limits["max_sidebet"], json!("2"));
    assert_eq!(written["candles"], json!(true));
    // As soon as the player sets that field, it is theirs.
    let found = fields_of(text.as_bytes()).expect("an object");
    after.limits.risk.max_loss_a_day = None;
    let written = Value::Object(apply_changes(
        found,
        &before.to_fields(),
        &after.to_fields(),
    ));
    assert_eq!(written["limits"]["max_loss_a_day"], json!(null));
    // Limits that are none are replaced as a whole, at their strictest.
    let found = fields_of(b"{ \"limits\": [] }").expect("an object");
    let before = Settings::of_unreadable_file();
    let mut after = before.clone();
    after.limits.max_buy = d("0.5");
    let written = Value::Object(apply_changes(
        found,
        &before.to_fields(),
        &after.to_fields(),
    ));
    assert_eq!(written["limits"]["max_orders_a_minute"], json!(1));
}

proptest! {
    #[test]
    fn no_text_panics(text in proptest::collection::vec(any::<u8>(), 0..200)) {
        Settings::parse(&text).ok();
    }

    #[test]
    fn any_value_in_any_field_gives_settings_that_can_be_written(
        name in prop::sample::select(vec![
            "theme", "scale", "recordings", "source", "url", "practice_speed", "auto_record", "limits", "candles",
            "log_axis", "welcome", "raw_capture", "ignore_double_press", "version", "other",
        ]),
        value in prop_oneof![
            Just("null".to_owned()), Just("[[]]".to_owned()), Just("{\"min_buy\":{}}".to_owned()), Just("{\"max_orders_a_minute\":-3}".to_owned()),
            "-?[0-9]{1,30}(\\.[0-9]{1,30})?(e-?[0-9]{1,4})?", "\"[ -!#-\\[\\]-~]{0,40}\"",
            any::<bool>().prop_map(|on| on.to_string()),
        ],
    ) {
        if let Ok(parsed) = Settings::parse(format!("{{\"{name}\":{value}}}").as_bytes()) {
            let settings = parsed.settings;
            prop_assert!(SCALE.contains(&settings.scale));
            prop_assert!(settings.limits.min_buy <= settings.limits.max_buy);
            let again = Settings::parse(settings.to_text().as_bytes()).expect("our own text");
            prop_assert_eq!(again.wrong, []);
            prop_assert_eq!(again.settings, settings);
        }
    }
}
