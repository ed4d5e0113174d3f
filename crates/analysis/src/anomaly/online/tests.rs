use super::*;
use proptest::prelude::*;

fn noise(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    move || {
        (0..12)
            .map(|_| {
                state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                (state >> 33) as f64 / (1u64 << 31) as f64
            })
            .sum::<f64>()
            - 6.0
    }
}

fn judged(values: &[f64], options: &DetectorOptions) -> Vec<Judgement> {
    let mut detector = Detector::new(options);
    values.iter().map(|value| detector.push(*value)).collect()
}

fn alarms(judged: &[Judgement]) -> Vec<usize> {
    (0..judged.len()).filter(|place| judged[*place].score >= 1.0).collect()
}

fn same(ours: &Judgement, theirs: &Judgement) -> bool {
    ours.score.to_bits() == theirs.score.to_bits() && ours.lasting == theirs.lasting
}

/// Values with ties, gaps, levels and wild ones.
fn values() -> impl Strategy<Value = Vec<f64>> {
    let value = prop_oneof![
        8 => -3.0..3.0f64,
        3 => (-3i32..3).prop_map(f64::from),
        1 => Just(f64::NAN),
        1 => prop_oneof![-200.0..200.0f64, Just(f64::MAX), Just(f64::MIN_POSITIVE), Just(f64::INFINITY)],
    ];
    (prop::collection::vec(value, 50..400), 1usize..9)
        .prop_map(|(some, times)| some.iter().cycle().take(some.len() * times).copied().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_taken_back_the_judgement_is_that_of_the_whole(
        values in values(), rewinds in prop::collection::vec((0.0..1.0f64, 0usize..REWIND), 0..6),
    ) {
        let whole = judged(&values, &DetectorOptions::default());
        let mut scan = OnlineScan::new(&DetectorOptions::default());
        let mut turns: Vec<(usize, usize)> =
            rewinds.iter().map(|(at, back)| ((at * values.len() as f64) as usize, *back)).collect();
        while scan.len() < values.len() {
            let place = scan.len();
            if let Some(turn) = turns.iter().position(|(at, _)| *at == place) {
                let (_, back) = turns.remove(turn);
                let len = place.saturating_sub(back);
                let expected = if scan.rewind(len) { len } else { place };
                prop_assert_eq!(scan.len(), expected);
                continue;
            }
            let judgement = scan.push(values[place]);
            prop_assert!(same(&judgement, &whole[place]), "{place}: {judgement:?} instead of {:?}", whole[place]);
            prop_assert_eq!(judgement.score.is_nan(), !values[place].is_finite());
        }
        prop_assert!(scan.kept() <= 2 * REWIND);
    }
}

#[test]
fn what_is_not_kept_cannot_be_taken_back() {
    let mut scan = OnlineScan::new(&DetectorOptions::default());
    for value in 0..5_000 {
        scan.push(f64::from(value % 17));
    }
    assert!(!scan.rewind(10));
    assert_eq!(scan.len(), 5_000);
    assert!(scan.rewind(5_000 - REWIND));
    assert_eq!(scan.len(), 5_000 - REWIND);
}

#[test]
fn an_event_is_one_alarm_with_a_direction_and_a_duration() {
    let mut noise = noise(3);
    let values: Vec<f64> =
        (0..2_000).map(|place| noise() - if (1_500..1_540).contains(&place) { 30.0 } else { 0.0 }).collect();
    let judged = judged(&values, &DetectorOptions::default());
    let late: Vec<usize> = alarms(&judged).into_iter().filter(|place| *place >= 1_490).collect();
    assert_eq!(late[0], 1_500);
    assert!(late.len() <= 3, "{late:?}");
    assert!(judged[1_500].deviation < -25.0, "{:?}", judged[1_500]);
    assert_eq!(judged[1_520].lasting, 21);
    assert!(judged[1_520].unrest > 1.0 && judged[1_520].score <= 0.5);
}

#[test]
fn an_odd_shape_in_usual_bounds_is_found() {
    let mut noise = noise(4);
    let values: Vec<f64> = (0..4_000)
        .map(|place| {
            let wave = if (3_000..3_050).contains(&place) { 0.0 } else { (place as f64 * 0.1309).sin() };
            10.0 * wave + 0.1 * noise()
        })
        .collect();
    let judged = judged(&values, &DetectorOptions::default());
    assert!(alarms(&judged).iter().any(|place| (3_000..3_060).contains(place)), "{:?}", alarms(&judged));
}

#[test]
fn what_repeats_exactly_or_stands_still_raises_no_alarm_until_it_changes() {
    let steps: Vec<f64> = (0..3_000).map(|place| f64::from([20, 20, 20, 80, 80, 30][(place / 10) % 6])).collect();
    // Once it has been seen some times.
    let late = alarms(&judged(&steps, &DetectorOptions::default())).into_iter().find(|place| *place > 300);
    assert_eq!(late, None);
    let mut flat = vec![7.25; 1_000];
    assert_eq!(alarms(&judged(&flat, &DetectorOptions::default())), Vec::<usize>::new());
    flat.push(7.5);
    assert_eq!(alarms(&judged(&flat, &DetectorOptions::default())), [1_000]);
}

#[test]
fn what_deviates_less_than_matters_is_no_alarm() {
    let mut noise = noise(5);
    let values: Vec<f64> = (0..1_500).map(|place| noise() + if place == 1_200 { 30.0 } else { 0.0 }).collect();
    assert!(alarms(&judged(&values, &DetectorOptions::default())).contains(&1_200));
    let options = DetectorOptions { minimum_deviation: 50.0, ..DetectorOptions::default() };
    assert_eq!(alarms(&judged(&values, &options)), Vec::<usize>::new());
}

#[test]
fn a_judgement_does_not_depend_on_the_unit() {
    let mut noise = noise(6);
    let values: Vec<f64> = (0..1_500).map(|place| noise() + if place > 1_200 { 9.0 } else { 0.0 }).collect();
    let scaled: Vec<f64> = values.iter().map(|value| value * 1024.0).collect();
    for (ours, theirs) in
        judged(&values, &DetectorOptions::default()).iter().zip(judged(&scaled, &DetectorOptions::default()))
    {
        assert!(same(ours, &theirs));
    }
}

#[test]
fn noise_raises_few_alarms() {
    let mut count = 0;
    for seed in 100..120 {
        let mut noise = noise(seed);
        let values: Vec<f64> = (0..5_000).map(|_| noise()).collect();
        count += alarms(&judged(&values, &DetectorOptions::default())).len();
    }
    assert!(count <= 40, "{count} in 100 000 values");
}

#[test]
fn a_gap_is_no_event() {
    let values: Vec<f64> = (0..3_000)
        .map(|place| if (1_500..1_600).contains(&place) { f64::NAN } else { (place as f64 * 0.05).sin() })
        .collect();
    let judged = judged(&values, &DetectorOptions::default());
    assert!(judged[1_550].score.is_nan());
    assert!(!alarms(&judged).iter().any(|place| *place > 1_550), "{:?}", alarms(&judged));
}
