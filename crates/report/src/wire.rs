//! The Report's types as bytes; see [`crate::bytes`].

use crate::{
    Accent, Arrival, Beat, Behind, Cause, ChartData, Class, ClassSpan, DataNote, DatasetSummary, DelayVerdict,
    Direction, EventMark, Expectation, Finding, FindingKind, Foot, Frame, GainFit, Impact, Incident, Known,
    LabelEvidence, NamedSignature, Narrative, Offbeat, PairSpectrum, PatternCount, Period, Quantity, Relation,
    RelationKind, Replay, Report, Resemblance, Rhythm, Scale, ScaleSummary, SeriesSummary, ServiceSummary, Severity,
    Source, Span, SpectrumBand, SpreadStep, State, Subject, Surprise, Track, enum_bytes, struct_bytes,
};

struct_bytes! {
    ChartData { series, times_ms, values, lower, upper, expected, low, high, bits }
    Source { name, format, assumed_time_zone }
    DataNote { kind, subject, count, message, undo }
    EventMark { start_ms, end_ms, title }
    DatasetSummary {
        sources, start_ms, end_ms, interval_ms, slots, series_count, point_count, notes, events,
    }
    ServiceSummary { name, series, reach, weight, calls }
    SeriesSummary {
        name, service, metric, labels, unit, is_rate_of_counter, points, missing, median, spread, min, max, period_s,
        periods, scale_shares, accents, rhythm, patterns, expectation,
    }
    Quantity { name, value, unit }
    Finding {
        id, kind, series, services, scale, start_ms, end_ms, score, direction, p, numbers, sentence, refuted_by,
    }
    Span { text, finding }
    Narrative { headline, body, refuted_by, check_next }
    Cause { service, series, score, confidence, onset_ms, findings, sentence }
    LabelEvidence { label, value, moved, series, moved_elsewhere, series_elsewhere, explained }
    SpreadStep { service, onset_ms, lag_s, lag_plus_minus_s, finding }
    Impact { services, series, share, service_s, median_s, is_weighted }
    Arrival { service, through, at_ms, plus_minus_s, chance }
    Incident {
        start_ms, end_ms, peak_ms, findings, causes, labels, spread, risk, severity, impact, critical, recovered_ms, next,
        narrative, signature, known, resembles,
    }
    Relation {
        kind, from, to, scale, strength, sign, lag_s, lag_plus_minus_s, delay_s, delay_plus_minus_s, delay_verdict, q,
        period_s, gain_db, quality, leads_q, follows_q,
        explained_by, same_source, locking, periods_s, next_ms,
    }
    PairSpectrum { from, to, bands, periods_s, fit }
    SpectrumBand {
        scale, segments, threshold, period_s, coherence, phase, phase_plus_minus, gain_db,
    }
    GainFit { period_s, gain_db }
    Period { period_s, low_s, high_s, share, amplitude, crest_ms, harmonic, family }
    Accent { start_ms, end_ms, strength, foot }
    Rhythm { period_s, plus_minus_s, variation, count, foot, foot_share, p, newest, strangest, offbeats }
    Beat { at_ms, came, bits }
    Offbeat { at_ms, instead_of_ms, bits }
    PatternCount { pattern, count, by_chance, at_ms }
    Expectation { period_s, predicted, coverage, newest, limit_bits, violation_count, violations }
    Surprise { at_ms, value, expected, low, high, bits }
    Known { name, distance, confidence }
    NamedSignature { name, features }
    Resemblance { start_ms, end_ms, distance, p }
    Frame { start_ms, end_ms }
    ClassSpan { from, to, class, score }
    Track { subject, scale, spans, consonance }
    Replay { frames, tracks, start_frame }
    ScaleSummary { scale, from_s, to_s, unavailable }
    State { subject, scale, class, consonance, score, period_s, beat_period_s, beat_at_ms, confidence, evidence }
    Report {
        version, complete, dataset, services, series, scales, states, findings, relations, branching_ratio,
        incidents, warnings, replay,
    }
}

enum_bytes! { Behind { 0: Nothing, 1: Band, 2: Course } else Self::Nothing }
enum_bytes! { Scale { 0: Micro, 1: Macro, 2: Meso } else Self::Micro }
enum_bytes! {
    Class { 0: Insufficient, 1: Steady, 2: Periodic, 3: Beating, 4: Jagged, 5: Fragmented } else Self::Insufficient
}
enum_bytes! { Subject { 0: System, 1: Service(index), 2: Series(index) } else Self::System }
enum_bytes! { Direction { 0: Up, 1: Down } else Self::Up }
enum_bytes! {
    FindingKind {
        0: Spike, 1: LevelShift, 2: VarianceEscalation, 3: Trend, 4: Vanished, 5: Frozen, 6: Beat, 7: MissedBeat,
        8: ExtraBeat, 9: LateBeat, 10: MetreChange, 11: PeriodDrift, 12: Dissonance,
        13: PeerDeparture, 14: CorrelationBreak, 15: SlopeChange, 16: VarianceChange, 17: PeriodChange,
    } else Self::Spike
}
enum_bytes! { RelationKind { 0: Coupling, 1: Resonance, 2: AntiResonance, 3: Beat } else Self::Coupling }
enum_bytes! { DelayVerdict { 0: Agrees, 1: Dispersive, 2: Disagrees } else Self::Agrees }
enum_bytes! { Severity { 0: Minor, 1: Major, 2: Critical } else Self::Minor }
enum_bytes! { Foot { 0: Iamb, 1: Trochee, 2: Anapest, 3: Dactyl, 4: Amphibrach } else Self::Iamb }
