//! Random strategies: the quick way decides as the exact one does, to the last lamport.

use proptest::prelude::*;

use super::{run_of, settings};

fn condition() -> impl Strategy<Value = String> {
    let comparison = prop_oneof![Just(">="), Just("<="), Just(">"), Just("<")];
    let quantity = prop_oneof![
        (0.5f64..4.0).prop_map(|x| ("price", format!("{x:.2}"))),
        (0u32..200).prop_map(|n| ("tick", n.to_string())),
        (0u32..60).prop_map(|n| ("held", n.to_string())),
        (-40i32..80).prop_map(|n| ("profit", format!("{n}%"))),
        (0u32..6).prop_map(|n| ("games", n.to_string())),
        (0.9f64..1.1).prop_map(|x| ("balance", format!("{x:.3}"))),
        (0u32..200).prop_map(|n| ("last ticks", n.to_string())),
        (1.0f64..5.0).prop_map(|x| ("last peak", format!("{x:.1}"))),
        (0.0f64..0.05).prop_map(|x| ("lost", format!("{x:.3}"))),
        (0.0f64..0.05).prop_map(|x| ("won", format!("{x:.3}"))),
    ];
    let compared = (quantity, comparison)
        .prop_map(|((quantity, value), comparison)| format!("{quantity} {comparison} {value}"));
    prop_oneof![
        6 => compared,
        1 => (1u32..70).prop_map(|n| format!("price falls {n}% from high")),
    ]
}

fn rule() -> impl Strategy<Value = String> {
    let amount = || {
        prop_oneof![
            Just("stake".to_owned()),
            (1u32..40).prop_map(|n| format!("0.0{n:02}"))
        ]
    };
    let action = prop_oneof![
        2 => amount().prop_map(|amount| format!("buy {amount}")),
        2 => (1u32..=100).prop_map(|n| format!("sell {n}%")),
        1 => amount().prop_map(|amount| format!("sidebet {amount}")),
    ];
    let head = prop_oneof![
        3 => Just("when"),
        3 => Just("whenever"),
    ];
    let conditions = prop::collection::vec(condition(), 1..3);
    prop_oneof![
        1 => amount().prop_map(|amount| format!("in presale buy {amount}")),
        1 => (0u32..90, amount()).prop_map(|(tick, amount)| format!("at tick {tick} buy {amount}")),
        1 => (1u32..60).prop_map(|ticks| format!("after {ticks} ticks sell all")),
        6 => (head, conditions, action).prop_map(|(head, conditions, action)| {
            format!("{head} {} {action}", conditions.join(" and "))
        }),
    ]
}

fn strategy() -> impl Strategy<Value = String> {
    let change = prop_oneof![
        Just(String::new()),
        Just("after loss stake x 1.25, at most 0.04\n".to_owned()),
        Just("after loss stake x 2\nafter win stake 0.01\n".to_owned()),
        Just("after win stake x 1.1\nstop when lost >= 0.03\n".to_owned()),
    ];
    let rules = prop::collection::vec(rule(), 1..7);
    (rules, change).prop_map(|(rules, change)| format!("stake 0.01\n{change}{}", rules.join("\n")))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_quick_way_is_the_exact_way_to_the_last_lamport(text in strategy(), seed in 0u64..1_000, bank in 1u32..40) {
        let mut settings = settings(&[&text], (3, 6));
        settings.source = pianola::lab::LabGames::New { seed };
        settings.bank = rust_decimal::Decimal::new(i64::from(bank) * 25, 3);
        let report = run_of(&settings);
        let sample = report.strategies[0].exact_sample;
        prop_assert_eq!(sample.different, 0, "{:?}\n{}", sample, text);
    }
}
