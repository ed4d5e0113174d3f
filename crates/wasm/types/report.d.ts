/** A scale of time: micro to 5 minutes, macro to 6 hours, meso beyond (by default). */
export type Scale = "micro" | "macro" | "meso";
/** The class that a radar cell is drawn in. */
export type Class = "insufficient" | "steady" | "periodic" | "beating" | "jagged" | "fragmented";
/** What a state speaks of: the system, or a position in `services` or `series`. */
export type Subject = "system" | { service: number } | { series: number };
/** The detector that a finding comes from. */
export type FindingKind =
  | "spike"
  | "level_shift"
  | "variance_escalation"
  | "trend"
  | "vanished"
  | "frozen"
  | "beat"
  | "missed_beat"
  | "extra_beat"
  | "late_beat"
  | "metre_change"
  | "period_drift"
  | "dissonance"
  | "peer_departure"
  | "correlation_break"
  | "slope_change"
  | "variance_change"
  | "period_change";
/** A group of beats with one accent. */
export type Foot = "iamb" | "trochee" | "anapest" | "dactyl" | "amphibrach";
export type Direction = "up" | "down";
export type Severity = "minor" | "major" | "critical";
export type DelayVerdict = "agrees" | "dispersive" | "disagrees";
export type RelationKind = "coupling" | "resonance" | "anti_resonance" | "beat";

/** Everything that an analysis has to say. `*_ms` are milliseconds since 1970 UTC, `*_s` are seconds. */
export interface Report {
  version: number;
  /** Whether every stage has run. */
  complete: boolean;
  dataset: DatasetSummary;
  /** In alphabetical order. */
  services: ServiceSummary[];
  /** In the order of the source. */
  series: SeriesSummary[];
  scales: ScaleSummary[];
  states: State[];
  /** Strongest first. */
  findings: Finding[];
  /** First those that no third series explains, the strongest first, then beats, then the explained ones, and last those of one distribution. */
  relations: Relation[];
  /** How many services one that is disturbed disturbs in turn, at worst; from 1 on a disturbance feeds itself. */
  branching_ratio: number;
  /** The weightiest first. */
  incidents: Incident[];
  /** What is drifting towards trouble. */
  warnings: Finding[];
  replay: Replay;
}

export interface Source {
  name: string;
  format: string;
  assumed_time_zone: string | null;
}

export interface DataNote {
  kind: string;
  subject: string | null;
  count: number;
  message: string;
  /** The reading setting that undoes it (`counters=none`). */
  undo: string | null;
}

export interface EventMark {
  start_ms: number;
  end_ms: number | null;
  title: string;
}

export interface DatasetSummary {
  sources: Source[];
  start_ms: number;
  end_ms: number;
  interval_ms: number;
  slots: number;
  series_count: number;
  point_count: number;
  notes: DataNote[];
  events: EventMark[];
}

export interface ServiceSummary {
  name: string;
  /** Positions in `Report.series`. */
  series: number[];
  /** How many other services a disturbance of this one is expected to reach. */
  reach: number;
  /** What the user said that it weighs; null counts as 1. */
  weight: number | null;
  /** Positions in `Report.services` of those that it calls; empty where nothing is known. */
  calls: number[];
}

export interface SeriesSummary {
  name: string;
  /** Position in `Report.services`. */
  service: number;
  metric: string;
  labels: Record<string, string>;
  unit: string;
  is_rate_of_counter: boolean;
  points: number;
  missing: number;
  median: number | null;
  spread: number | null;
  min: number | null;
  max: number | null;
  period_s: number | null;
  /** The significant periods, the longest first. */
  periods: Period[];
  /** The shares of the variance at the three scales, micro first; empty where there is none. */
  scale_shares: number[];
  /** In order of time; the strongest 200. */
  accents: Accent[];
  rhythm: Rhythm | null;
  /** The patterns that were asked for. */
  patterns: PatternCount[];
  /** `null` where nothing could be expected, and for series with little to say in large data. */
  expectation: Expectation | null;
}

export interface Period {
  period_s: number;
  low_s: number;
  high_s: number;
  /** Of the series' variance, 0 to 1. */
  share: number;
  amplitude: number;
  crest_ms: number;
  /** 1 is a fundamental. */
  harmonic: number;
  /** Position of its fundamental in `periods`. */
  family: number;
}

export interface Accent {
  start_ms: number;
  end_ms: number;
  /** In robust standard deviations. */
  strength: number;
  foot: Foot | null;
}

export interface Rhythm {
  period_s: number;
  plus_minus_s: number;
  /** The standard deviation of the intervals over their mean. */
  variation: number;
  count: number;
  foot: Foot | null;
  foot_share: number;
  p: number;
  /** The newest beat; four make a period. */
  newest: Beat | null;
  /** The most surprising beat after the first two periods. */
  strangest: Beat | null;
  /** Events on weak beats in the place of strong ones. */
  offbeats: Offbeat[];
}

export interface Beat {
  at_ms: number;
  came: boolean;
  /** −log₂ of the probability of that after the beats before. */
  bits: number;
}

export interface Offbeat {
  at_ms: number;
  instead_of_ms: number;
  bits: number;
}

export interface PatternCount {
  pattern: string;
  count: number;
  /** How often it would stand in the same accents in random order. */
  by_chance: number;
  at_ms: number[];
}

export interface Expectation {
  period_s: number | null;
  predicted: number;
  /** The share of values within their 95 % interval. */
  coverage: number;
  newest: Surprise | null;
  /** From so many bits on, a value is a violation. */
  limit_bits: number;
  violation_count: number;
  /** At most 20, in order of time. */
  violations: Surprise[];
}

export interface Surprise {
  at_ms: number;
  value: number;
  expected: number;
  low: number;
  high: number;
  /** −log₂ of the chance of a value as far out or further. */
  bits: number;
}

export interface ScaleSummary {
  scale: Scale;
  from_s: number;
  to_s: number | null;
  /** Why the data say nothing at this scale; `null` where they do. */
  unavailable: string | null;
}

export interface State {
  subject: Subject;
  scale: Scale;
  class: Class;
  /** 0 to 1; `null` where undefined. */
  consonance: number | null;
  score: number;
  period_s: number | null;
  beat_period_s: number | null;
  /** A moment at which the beat's two periods fall together. */
  beat_at_ms: number | null;
  /** How sure the class is, 0 to 1. */
  confidence: number;
  evidence: string;
}

export interface Quantity {
  name: string;
  value: number;
  unit: string;
}

export interface Finding {
  id: string;
  kind: FindingKind;
  /** Positions in `Report.series`. */
  series: number[];
  /** Positions in `Report.services`. */
  services: number[];
  scale: Scale;
  start_ms: number;
  end_ms: number;
  /** 1.0 is the threshold. */
  score: number;
  direction: Direction | null;
  p: number | null;
  numbers: Quantity[];
  sentence: string;
  refuted_by: string;
}

export interface Relation {
  kind: RelationKind;
  from: number;
  to: number;
  scale: Scale;
  strength: number;
  sign: number;
  lag_s: number | null;
  lag_plus_minus_s: number | null;
  /** The lag by the slope of the phase over frequency. */
  delay_s: number | null;
  delay_plus_minus_s: number | null;
  /** What that says about the lag: one delay for all periods, or a filter, or two ways. */
  delay_verdict: DelayVerdict | null;
  q: number;
  period_s: number | null;
  /** The gain's peak (or notch, negative) over what is beside it. */
  gain_db: number | null;
  quality: number | null;
  /** The false-discovery rate at which the past of `from` predicts `to`. */
  leads_q: number | null;
  follows_q: number | null;
  /** Position of a third series that explains the relation. */
  explained_by: number | null;
  /** Whether both tell of the same observations (two quantiles of one metric): then it says nothing about the system. */
  same_source: boolean;
  /** 0 to 1. */
  locking: number | null;
  /** Of a beat: the two periods, that of `from` first. */
  periods_s: [number, number] | null;
  /** Of a beat: when both next fall together. */
  next_ms: number | null;
}

export interface Span {
  text: string;
  /** Position in `Report.findings`. */
  finding: number | null;
}

export interface Narrative {
  headline: Span[];
  body: Span[];
  refuted_by: string;
  check_next: string[];
}

export interface Cause {
  service: number;
  series: number;
  /** Below 1.0 it moved no further than healthy services do. */
  score: number;
  /** Its share of the evidence, 0 to 1; "none of these" holds a share, too, so they add up to less than 1. */
  confidence: number;
  onset_ms: number;
  findings: number[];
  sentence: string;
}

/** A label value that a deviation comes with, by leaving its series out. */
export interface LabelEvidence {
  label: string;
  value: string;
  /** How many of the series with this value moved visibly, and how many there are. */
  moved: number;
  series: number;
  /** The same of the series with another value of this label. */
  moved_elsewhere: number;
  series_elsewhere: number;
  /** The share of the evidence that is gone without its series, 0 to 1. */
  explained: number;
}

export interface SpreadStep {
  service: number;
  onset_ms: number;
  lag_s: number;
  lag_plus_minus_s: number;
  finding: number;
}

/** What an incident touched. */
export interface Impact {
  services: number;
  series: number;
  /** The share of all services' weights that these hold. */
  share: number;
  /** Seconds that services spent in trouble, times their weights. */
  service_s: number;
  /** At least half of these services were in trouble for so many seconds each, without weights. */
  median_s: number;
  is_weighted: boolean;
}

/** A service that an incident may reach next. */
export interface Arrival {
  service: number;
  /** The service that it comes from. */
  through: number;
  at_ms: number;
  plus_minus_s: number;
  /** 0 to 1. */
  chance: number;
}

export interface Incident {
  start_ms: number;
  end_ms: number;
  peak_ms: number;
  findings: number[];
  /** Best first; each service once. */
  causes: Cause[];
  /** The most telling first. */
  labels: LabelEvidence[];
  spread: SpreadStep[];
  /** 0 to 1. */
  risk: number;
  /** The risk as a word: from 0.5 on major, from 0.8 on critical. */
  severity: Severity;
  impact: Impact;
  /** The finding that hurts most; null where users feel none. */
  critical: number | null;
  /** When its last finding was over; null where something lasts to the end of the data. */
  recovered_ms: number | null;
  /** The services that it has not reached, the soonest first. */
  next: Arrival[];
  narrative: Narrative;
  /** Numbers that can be kept and compared; empty for beats. */
  signature: (number | null)[];
  known: Known | null;
  /** Stretches that look like its beginning. */
  resembles: Resemblance[];
}

export interface Known {
  name: string;
  /** Beyond 1 nothing is near enough. */
  distance: number;
  /** 0 to 1. */
  confidence: number;
}

export interface Resemblance {
  start_ms: number;
  end_ms: number;
  /** 0 is the same shape, 1 is none in common. */
  distance: number;
  p: number;
}

export interface Frame {
  start_ms: number;
  end_ms: number;
}

export interface ClassSpan {
  from: number;
  to: number;
  class: Class;
  score: number;
}

export interface Track {
  subject: Subject;
  scale: Scale;
  spans: ClassSpan[];
  consonance: (number | null)[];
}

export interface Replay {
  frames: Frame[];
  tracks: Track[];
  start_frame: number;
}
