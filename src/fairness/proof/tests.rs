use super::*;

const SEED: &str = "3ebcc4cd5daa7e41cb996efb2c4b73f0235b8e385617c142f17eee9b685d9a7d";
const HASH: &str = "b628c3f0f1215827cacd34edf79f5f620a81fcf378e20367324fc22d2f7e4752";
const TICK_1: &str = "0.9799510872982831";

/// Proves a real game of 8 ticks with these prices; `_` is a hole.
fn proof_of(
    prices: &str,
    change: impl FnOnce(&mut Claim<'_>),
) -> (ProofStatus, String, u32, Vec<Tick>) {
    let id = GameId::new("20251215-1a211bfc7caf41d6").expect("an id");
    let prices: Vec<_> = prices.split_whitespace().map(number::parse).collect();
    let mut claim = Claim {
        game_id: &id,
        prices: &prices,
        rug_tick: None,
        peak: None,
        version: Some(KNOWN_VERSION),
        commitment: Some(HASH),
        commitment_seen: CommitmentSource::Seen,
        revealed_hash: None,
        seed: Some(SEED),
        repaired: false,
    };
    change(&mut claim);
    let (proof, holes) = prove(&claim);
    let words = proof.mismatch.map(|mismatch| mismatch.to_string());
    let words = words.or(proof.reason).unwrap_or_default();
    let holes = holes.into_iter().map(|(tick, _)| tick).collect();
    (proof.status, words, proof.checked_ticks, holes)
}

#[test]
fn a_path_with_which_nothing_was_compared_fills_nothing() {
    let nothing = "nothing to compare".to_owned();
    let nothing = (ProofStatus::Unverifiable, nothing, 0, Vec::new());
    let rugged = |claim: &mut Claim<'_>| claim.rug_tick = Some(7);
    assert_eq!(proof_of("", |_| ()), nothing);
    assert_eq!(proof_of("1", |_| ()), nothing);
    assert_eq!(proof_of("_ _ _", |_| ()), nothing);
    assert_eq!(proof_of("1 _ _ _ _ _ _ 0.01", rugged), nothing);
    assert_eq!(proof_of("_ _ _ _ _ _ _ 0.01", |_| ()), nothing);
}

#[test]
fn one_drawn_price_or_the_peak_is_enough_to_fill_the_rest() {
    let repaired = |checked, holes: &[Tick]| {
        (
            ProofStatus::Repaired,
            String::new(),
            checked,
            holes.to_vec(),
        )
    };
    let one = proof_of(&format!("_ {TICK_1}"), |_| ());
    assert_eq!(one, repaired(1, &[0, 2, 3, 4, 5, 6]));
    let peak = proof_of("1", |claim| claim.peak = Some(Decimal::ONE));
    assert_eq!(peak, repaired(1, &[1, 2, 3, 4, 5, 6]));
}

#[test]
fn the_version_decides_before_anything_is_compared() {
    let wrong = |version| {
        proof_of("1 1.5", move |claim| {
            claim.version = version;
            claim.commitment = Some("00");
        })
    };
    let unverifiable = |words: &str| (ProofStatus::Unverifiable, words.to_owned(), 0, Vec::new());
    assert_eq!(wrong(Some("v1")), unverifiable("unknown version v1"));
    assert_eq!(wrong(Some("")), unverifiable("unknown version "));
    assert_eq!(wrong(None), unverifiable("version not stated"));
    let price = proof_of("1 1.5", |claim| claim.version = None);
    assert_eq!(price, unverifiable("version not stated"));
    let (status, words, ..) = proof_of(&format!("1 {TICK_1}"), |claim| claim.version = None);
    assert_eq!(
        (status, &words[..]),
        (ProofStatus::Repaired, "version not stated")
    );
}

#[test]
fn a_price_compares_as_its_double_and_a_peak_is_a_finding_of_its_own() {
    let spelled = proof_of("1 0.97995108729828310000000001", |_| ());
    assert_eq!((spelled.0, spelled.2), (ProofStatus::Repaired, 2));
    let (status, words, checked, holes) = proof_of("1 0.9799510872982833", |_| ());
    assert_eq!(
        (status, checked, holes),
        (ProofStatus::Mismatch, 2, Vec::new())
    );
    assert_eq!(
        words,
        format!("tick 1: expected {TICK_1}, seen 0.9799510872982833")
    );
    let (status, words, ..) = proof_of(&format!("1 {TICK_1}"), |claim| {
        claim.peak = number::parse("1.25");
    });
    assert_eq!(
        (status, &words[..]),
        (ProofStatus::Mismatch, "peak: stated 1.25, computed 1")
    );
}

#[test]
fn a_game_whose_id_was_cut_has_no_known_path() {
    let id = format!("{}~{}", "x".repeat(47), "0123456789abcdef");
    let id = GameId::new(&id).expect("an id");
    let (status, words, checked, holes) =
        proof_of("1 1.5", |claim| claim.game_id = Box::leak(Box::new(id)));
    assert_eq!(
        (status, &words[..]),
        (ProofStatus::Unverifiable, "the game id is cut")
    );
    assert_eq!((checked, holes), (0, Vec::new()));
}
