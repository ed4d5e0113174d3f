/** A file as stored; gzip is unpacked. */
export interface NamedFile {
  name?: string;
  bytes: string | Uint8Array | ArrayBuffer;
}

/** A series that you already have: as many times as values, in any order; `null` or NaN where there is no value. */
export interface GivenSeries {
  name: string;
  labels?: Record<string, string>;
  times_ms: Float64Array | number[];
  values: Float64Array | (number | null)[];
}

/** What you may choose; every option has a default. */
export interface Options {
  /** The share of healthy Reports that may carry any finding; 0.02. */
  falseAlarmRate?: number;
  /** The false-discovery rate among the relations; 0.01. */
  falseDiscoveryRate?: number;
  /** The border between micro and macro in seconds; 300. */
  microToMacroS?: number;
  /** The border between macro and meso in seconds; 21600. */
  macroToMesoS?: number;
  /** Series name to service name, where the names say it wrong. */
  services?: Record<string, string>;
  /** Incidents that are known; new ones are compared with them (`incident.known`). */
  signatures?: { name: string; features: (number | null)[] }[];
  /** What services weigh in the impact of an incident (users, requests or money per second); others weigh 1. */
  weights?: Record<string, number>;
  /** Who calls whom: pairs of caller and callee, by the names of services. Where none is given, labels may say it. */
  calls?: [string, string][];
  /** Patterns of strong (1) and weak (0) accents to count in every series (`series.patterns`). */
  patterns?: (0 | 1)[][];
  /** The format's name; found by content if absent. */
  format?: string;
  /** The column that holds the time. */
  timeColumn?: string;
  /** The table has no time column; its rows are this many milliseconds apart. */
  stepMs?: number;
  /** Minutes that times without a zone are ahead of UTC; 0. */
  utcOffsetMinutes?: number;
  /** Read only these columns or series. */
  columns?: string[];
  /** Leave these columns or series out. */
  ignore?: string[];
  /** Reading settings, `name=value`, as `undo` of the notes on the data has them (`counters=none`, `unit.latency=ms`). */
  settings?: string[];
}

/** How to draw the radar. */
export interface PictureOptions {
  /** "light" by default. */
  theme?: "light" | "dark";
  /** Width and height in CSS pixels; 720. */
  width?: number;
  /** The frame of `Report.replay` to show; the whole window if absent. */
  frame?: number;
}

/** Reads and analyses one or several files. Throws an `Error` that says what could not be read. */
export function analyze(input: string | Uint8Array | ArrayBuffer | NamedFile[], options?: Options): Report;
/** Analyses series that you already have. */
export function analyzeSeries(series: GivenSeries[], options?: Options): Report;
/** Coherence, phase and gain of two series over the period. */
export interface PairSpectrum {
  /** Positions in `Report.series`. */
  from: number;
  to: number;
  /** One for each scale at which the data speak. */
  bands: SpectrumBand[];
  /** The periods that the Report names for the relation of the two. */
  periods_s: number[];
  /** The resonance or the notch that was found. */
  fit: { period_s: number[]; gain_db: number[] } | null;
}

/** The periods of one scale, ascending; the arrays have one length, NaN where there is no value. */
export interface SpectrumBand {
  scale: Scale;
  segments: number;
  /** The coherence that independent series exceed anywhere in the band with the chance of a false discovery. */
  threshold: number;
  period_s: number[];
  coherence: number[];
  /** Radians; negative where `to` follows. */
  phase: number[];
  /** Half the width of the 95 % interval; NaN below the threshold. */
  phase_plus_minus: number[];
  gain_db: number[];
}

/** How two series, named as in the Report, move together at every period. */
export function pairSpectrum(
  input: string | Uint8Array | ArrayBuffer | NamedFile[],
  from: string,
  to: string,
  options?: Options,
): PairSpectrum;
/** The system's radar as an SVG document. */
export function radarSvg(report: Report, options?: PictureOptions): string;
