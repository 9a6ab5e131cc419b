//! The sounds: short tones, made by code.

use super::cue::Cue;

/// Samples a second.
pub const RATE: u16 = 48_000;
/// Rise and fall of a tone, in samples: without them it would click.
const EDGE: u16 = 480;

/// A part of a sound: frequency in hertz, length in milliseconds.
type Tone = (f32, u16);

/// Returns the parts of a sound, one after the other.
fn tones(cue: Cue) -> &'static [Tone] {
    match cue {
        Cue::OrderConfirmed => &[(880.0, 60)],
        Cue::Won => &[(659.3, 80), (784.0, 80), (1_046.5, 160)],
        Cue::Rug => &[(330.0, 90), (247.0, 140)],
        Cue::RugWithPosition => &[(330.0, 120), (247.0, 120), (165.0, 240)],
        Cue::Drift => &[(740.0, 110), (698.5, 110), (740.0, 110)],
        Cue::NotRecording => &[
            (440.0, 160),
            (0.0, 80),
            (440.0, 160),
            (0.0, 80),
            (440.0, 160),
        ],
    }
}

/// Returns the samples of a sound, from -1 to 1, at a volume in percent.
pub fn samples(cue: Cue, volume: u8) -> Vec<f32> {
    // Loudness is felt by the logarithm: the square is near enough.
    let level = (f32::from(volume.min(100)) / 100.0).powi(2) * 0.5;
    let mut all = Vec::new();
    for (frequency, millis) in tones(cue) {
        let count = u32::from(*millis) * u32::from(RATE) / 1_000;
        let step = std::f32::consts::TAU * frequency / f32::from(RATE);
        let edge = |from_end: u32| {
            let near = u16::try_from(from_end).unwrap_or(u16::MAX).min(EDGE);
            f32::from(near) / f32::from(EDGE)
        };
        let mut angle = 0.0_f32;
        for index in 0..count {
            let rise = edge(index).min(edge(count - 1 - index));
            // The octave above makes it softer than a plain sine.
            let wave = angle.sin() * 0.8 + (2.0 * angle).sin() * 0.2;
            all.push(wave * rise * level);
            angle = (angle + step) % std::f32::consts::TAU;
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUES: [Cue; 6] = [
        Cue::OrderConfirmed,
        Cue::Won,
        Cue::Rug,
        Cue::RugWithPosition,
        Cue::Drift,
        Cue::NotRecording,
    ];

    #[test]
    fn every_sound_is_short_soft_at_its_ends_and_differs_from_the_others() {
        let all = CUES.map(|cue| samples(cue, 100));
        for (cue, sound) in CUES.iter().zip(&all) {
            let millis = sound.len() * 1_000 / usize::from(RATE);
            assert!((50..700).contains(&millis), "{cue:?}: {millis} ms");
            let peak = sound
                .iter()
                .fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
            assert!((0.3..=0.5).contains(&peak), "{cue:?}: {peak}");
            let ends = [sound[0], sound[sound.len() - 1]];
            assert!(ends.iter().all(|sample| sample.abs() < 0.001), "{cue:?}");
            // No step between two samples that would click.
            let step = sound.windows(2).map(|two| (two[1] - two[0]).abs());
            assert!(step.fold(0.0, f32::max) < 0.15, "{cue:?}");
            assert_eq!(all.iter().filter(|other| *other == sound).count(), 1);
        }
    }

    #[test]
    fn the_volume_scales_the_samples_and_zero_is_silence() {
        let [full, half, none] = [100, 50, 0].map(|volume| samples(Cue::Won, volume));
        assert!(none.iter().all(|sample| *sample == 0.0));
        for (full, half) in full.iter().zip(&half) {
            assert!((full * 0.25 - half).abs() < 1e-6);
        }
        assert_eq!(samples(Cue::Won, 255), full);
    }
}
