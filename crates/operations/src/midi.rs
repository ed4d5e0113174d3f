//! The accents of a Report as music: a Standard MIDI File, for those who would rather hear a rhythm than read it.
//!
//! One track per service, one note per accent: when it begins and ends, how strong it is. The window becomes one to
//! four minutes; where series have a rhythm, the beat of the clearest one becomes a quarter note.
//!
//! Source: The Complete MIDI 1.0 Detailed Specification, part 4 (Standard MIDI Files 1.0).

use report::{Accent, Report, SeriesSummary};

/// Ticks in a quarter note.
const QUARTER: u16 = 480;
/// Microseconds in a quarter note: 120 beats a minute.
const TEMPO_US: u32 = 500_000;
/// The length of the music: shortest and longest, in quarter notes.
const LENGTH: (f64, f64) = (120.0, 480.0);
/// The shortest note, in ticks.
const SHORTEST: u32 = 60;
/// A pentatonic scale: whatever sounds together does not clash by itself.
const SCALE: [u8; 5] = [0, 2, 4, 7, 9];
/// The lowest note: C two octaves below the middle.
const LOWEST: u8 = 36;
/// The channel that plays drums, whatever its notes are.
const DRUMS: u8 = 9;

/// The clock that turns time into ticks.
struct Clock {
    start_ms: i64,
    ticks_per_ms: f64,
}

impl Clock {
    fn of(report: &Report) -> Self {
        let data = &report.dataset;
        let span_ms = (data.end_ms.saturating_sub(data.start_ms)).max(1) as f64;
        let beat_ms = report
            .series
            .iter()
            .filter_map(|series| series.rhythm.as_ref())
            .filter(|rhythm| rhythm.period_s > 0.0)
            .fold(None, |best: Option<(f64, f64)>, rhythm| match best {
                Some((p, _)) if p <= rhythm.p => best,
                _ => Some((rhythm.p, rhythm.period_s * 1_000.0)),
            })
            .map_or(span_ms / LENGTH.1, |(_, beat_ms)| beat_ms);
        let mut quarters = span_ms / beat_ms;
        // A beat that would make the music too long or too short becomes two, or a half, until it does not.
        while quarters > LENGTH.1 {
            quarters /= 2.0;
        }
        while quarters < LENGTH.0 {
            quarters *= 2.0;
        }
        Self { start_ms: data.start_ms, ticks_per_ms: quarters * f64::from(QUARTER) / span_ms }
    }

    fn tick(&self, time_ms: i64) -> u32 {
        ((time_ms.saturating_sub(self.start_ms)) as f64 * self.ticks_per_ms).round().max(0.0) as u32
    }
}

/// Writes the file: format 1, a track for tempo and title, then one for each service that has accents.
///
/// A note stands within half a tick of its accent. Pitch tells the series within its service, loudness the accent's
/// strength. Without accents there is the first track only.
pub fn write(report: &Report) -> Vec<u8> {
    let clock = Clock::of(report);
    let mut tracks = vec![first_track(report, &clock)];
    for (number, service) in report.services.iter().enumerate() {
        let members: Vec<&SeriesSummary> =
            service.series.iter().filter_map(|position| report.series.get(*position)).collect();
        if members.iter().any(|series| !series.accents.is_empty()) {
            tracks.push(service_track(&service.name, number, &members, &clock));
        }
    }
    let mut file = Vec::new();
    chunk(&mut file, b"MThd", &{
        let mut head = vec![0, 1];
        head.extend_from_slice(&u16::try_from(tracks.len()).unwrap_or(u16::MAX).to_be_bytes());
        head.extend_from_slice(&QUARTER.to_be_bytes());
        head
    });
    // The head can count no more tracks than that.
    for track in tracks.iter().take(usize::from(u16::MAX)) {
        chunk(&mut file, b"MTrk", track);
    }
    file
}

fn chunk(file: &mut Vec<u8>, kind: &[u8; 4], content: &[u8]) {
    file.extend_from_slice(kind);
    file.extend_from_slice(&u32::try_from(content.len()).unwrap_or(u32::MAX).to_be_bytes());
    file.extend_from_slice(content);
}

fn first_track(report: &Report, clock: &Clock) -> Vec<u8> {
    let mut track = Vec::new();
    let title: Vec<&str> = report.dataset.sources.iter().map(|source| source.name.as_str()).collect();
    meta(&mut track, 0x03, title.join(", ").as_bytes());
    let second = 1.0 / (clock.ticks_per_ms / f64::from(QUARTER) * f64::from(TEMPO_US) / 1_000.0);
    let words = format!("one second of music is {}", report::format::duration_s(second));
    meta(&mut track, 0x01, words.as_bytes());
    let tempo = TEMPO_US.to_be_bytes();
    meta(&mut track, 0x51, tempo.get(1..).unwrap_or_default());
    meta(&mut track, 0x2f, &[]);
    track
}

/// An event that is not played, at the time of the one before.
fn meta(track: &mut Vec<u8>, kind: u8, content: &[u8]) {
    // Texts are kept short, as readers of old expect them.
    let content = content.get(..120).unwrap_or(content);
    track.extend_from_slice(&[0, 0xff, kind]);
    number(track, content.len() as u32);
    track.extend_from_slice(content);
}

/// A number in groups of seven bits, the highest first.
fn number(track: &mut Vec<u8>, value: u32) {
    for shift in [28, 21, 14, 7] {
        if value >> shift > 0 {
            track.push(0x80 | (value >> shift & 0x7f) as u8);
        }
    }
    track.push((value & 0x7f) as u8);
}

fn service_track(name: &str, number_of_service: usize, members: &[&SeriesSummary], clock: &Clock) -> Vec<u8> {
    let mut channel = (number_of_service % 15) as u8;
    channel += u8::from(channel >= DRUMS);
    // Notes begin and end; at one tick an end goes first, so that a note that follows is heard.
    let mut events: Vec<(u32, bool, u8, u8)> = Vec::new();
    for (place, series) in members.iter().enumerate() {
        let pitch = pitch(place);
        for accent in &series.accents {
            let (from, to) = (clock.tick(accent.start_ms), clock.tick(accent.end_ms));
            events.push((from, true, pitch, loudness(accent)));
            events.push((to.max(from + SHORTEST), false, pitch, 0));
        }
    }
    order::sort(&mut events);
    let mut track = Vec::new();
    meta(&mut track, 0x03, name.as_bytes());
    // An instrument of its own, from the tuned ones of General MIDI.
    track.extend_from_slice(&[0, 0xc0 | channel, (number_of_service * 8 % 96) as u8]);
    let mut now = 0;
    for (tick, is_begin, pitch, loudness) in events {
        number(&mut track, tick - now);
        now = tick;
        track.extend_from_slice(&[if is_begin { 0x90 } else { 0x80 } | channel, pitch, loudness]);
    }
    meta(&mut track, 0x2f, &[]);
    track
}

/// The pitch of a service's series, by its place.
fn pitch(place: usize) -> u8 {
    let step = place % (SCALE.len() * 6);
    let octave = (step / SCALE.len()) as u8;
    LOWEST + 12 * octave + SCALE.get(step % SCALE.len()).copied().unwrap_or(0)
}

/// 40 to 127, with the logarithm of the strength.
fn loudness(accent: &Accent) -> u8 {
    let strength = if accent.strength.is_finite() { accent.strength.max(1.0) } else { 1.0 };
    (40.0 + 30.0 * strength.ln()).clamp(40.0, 127.0) as u8
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use midly::{MetaMessage, MidiMessage, Smf, Timing, TrackEventKind};
    use report::{DatasetSummary, Rhythm, ServiceSummary, Source};

    fn accent(start_ms: i64, end_ms: i64, strength: f64) -> Accent {
        Accent { start_ms, end_ms, strength, foot: None }
    }

    fn report() -> Report {
        let series = |service: usize, accents: Vec<Accent>| SeriesSummary {
            service,
            accents,
            rhythm: Some(Rhythm { period_s: 60.0, p: 1e-6, ..Rhythm::default() }),
            ..SeriesSummary::default()
        };
        Report {
            dataset: DatasetSummary {
                sources: vec![Source { name: "a.csv".into(), ..Source::default() }],
                start_ms: 1_000_000,
                end_ms: 1_000_000 + 240 * 60_000,
                ..DatasetSummary::default()
            },
            services: vec![
                ServiceSummary { name: "cart".into(), series: vec![0, 1], ..ServiceSummary::default() },
                ServiceSummary { name: "calm".into(), series: vec![2], ..ServiceSummary::default() },
            ],
            series: vec![
                series(
                    0,
                    (0..240).map(|beat| accent(1_000_000 + beat * 60_000, 1_010_000 + beat * 60_000, 3.0)).collect(),
                ),
                series(0, vec![accent(1_090_000, 1_090_000, 50.0)]),
                series(1, Vec::new()),
            ],
            ..Report::default()
        }
    }

    #[test]
    fn another_reader_finds_every_accent_on_its_beat() {
        let bytes = write(&report());
        let file = Smf::parse(&bytes).unwrap();
        assert_eq!(file.header.timing, Timing::Metrical(QUARTER.into()));
        assert_eq!(file.tracks.len(), 2, "a service without accents has no track");
        let mut now = 0;
        let mut notes = Vec::new();
        for event in &file.tracks[1] {
            now += event.delta.as_int();
            match event.kind {
                TrackEventKind::Meta(MetaMessage::TrackName(name)) => assert_eq!(name, b"cart"),
                TrackEventKind::Midi { message: MidiMessage::NoteOn { key, vel }, .. } => {
                    notes.push((now, key.as_int(), vel.as_int()));
                }
                _ => {}
            }
        }
        // A beat of a minute is a quarter note of 480 ticks.
        let beats: Vec<u32> = notes.iter().filter(|note| note.1 == LOWEST).map(|note| note.0).collect();
        assert_eq!(beats, (0..240).map(|beat| beat * 480).collect::<Vec<_>>());
        let other: Vec<_> = notes.iter().filter(|note| note.1 != LOWEST).collect();
        assert_eq!(other, [&(720, LOWEST + 2, 127)]);
    }

    #[test]
    fn music_is_neither_endless_nor_a_click() {
        for (period_s, span_ms) in [(1.0, 86_400_000), (86_400.0, 14 * 86_400_000), (60.0, 600_000)] {
            let mut report = report();
            report.dataset.end_ms = report.dataset.start_ms + span_ms;
            report.series[0].rhythm = Some(Rhythm { period_s, p: 1e-9, ..Rhythm::default() });
            let clock = Clock::of(&report);
            let quarters = f64::from(clock.tick(report.dataset.end_ms)) / f64::from(QUARTER);
            assert!((LENGTH.0..=LENGTH.1).contains(&quarters), "{period_s} {quarters}");
        }
        assert!(Smf::parse(&write(&Report::default())).is_ok_and(|file| file.tracks.len() == 1));
    }

    #[test]
    fn long_numbers_take_several_bytes() {
        let written = |value| {
            let mut track = Vec::new();
            number(&mut track, value);
            track
        };
        assert_eq!(written(0x7f), [0x7f]);
        assert_eq!(written(0x80), [0x81, 0x00]);
        assert_eq!(written(0x0fff_ffff), [0xff, 0xff, 0xff, 0x7f]);
    }
}
