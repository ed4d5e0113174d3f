//! A server that is followed: polls, what they bring at once, and the analysis of all of it in the time between.

use super::desk::Desk;
use super::work;
use crate::bridge::{Access, Envelope, Pause, Response};
use crate::net;
use engine::{Analysis, Options, Status, Watch};
use gloo_timers::future::TimeoutFuture;
use prometheus::{Live, Next, Scope, Update};
use report::format::{duration_s, plural};

/// How often the age of the data is told.
const TELL_MS: i64 = 1_000;
/// Series that are scored from the beginning between two looks at the mailbox.
const SERIES_AT_ONCE: usize = 16;
/// The most names in a sentence.
const NAMES: usize = 3;
/// What the browser's time line calls the work that a poll makes, and a snapshot for the analysis.
const UPDATE: &str = "monteverdi:live-update";
const SNAPSHOT: &str = "monteverdi:live-snapshot";

/// The time in milliseconds since 1970-01-01 UTC.
pub(super) fn now_ms() -> i64 {
    js_sys::Date::now() as i64
}

/// Follows a server whose first Report is complete, as long as its load is wanted.
pub(super) async fn follow(desk: &Desk, generation: u32, pause: &Pause, live: Live, access: &Access, scope: &Scope) {
    let mut following = Following::new(live);
    let nobody = Access::default();
    while desk.wants(generation) {
        following.watch_all(desk, generation, pause).await;
        let is_paused = desk.is_paused();
        following.tell(desk, generation, is_paused);
        if is_paused {
            TimeoutFuture::new(TELL_MS as u32).await;
            continue;
        }
        match following.live.next(now_ms()) {
            Next::Ask(request) => {
                // What proves who asks is for the server itself, not for an Alertmanager beside it.
                let is_own = following.live.is_own(&request);
                let answer = net::carry_out(&request, if is_own { access } else { &nobody }).await;
                if !desk.wants(generation) {
                    return;
                }
                let answer = answer.as_ref().map(net::Answer::as_response).map_err(Clone::clone);
                let seed = js_sys::Math::random().to_bits();
                desk.page.measured(UPDATE, || {
                    // What failed is told with the age of the data, and tried again by itself.
                    if let Ok(Some(update)) = following.live.accept(now_ms(), seed, answer) {
                        following.take(&update);
                    }
                });
            }
            Next::Wait { until_ms } => following.work(desk, generation, pause, scope, until_ms).await,
        }
    }
}

/// What is known of a server that is followed.
struct Following {
    live: Live,
    watch: Watch,
    /// Whether everything is to be scored from the beginning.
    is_unwatched: bool,
    /// Whether there are samples that no analysis has seen.
    is_new: bool,
    is_analysing: bool,
    /// When the analysis under way began, and when the next one may begin.
    began_ms: i64,
    next_ms: i64,
    /// What was told last, and when.
    told: (String, bool, i64),
}

impl Following {
    fn new(live: Live) -> Self {
        Self {
            live,
            watch: Watch::new(&Options::default(), 0),
            is_unwatched: true,
            is_new: false,
            is_analysing: false,
            began_ms: 0,
            next_ms: 0,
            told: (String::new(), false, 0),
        }
    }

    /// Scores everything from the beginning, where that has not been done.
    async fn watch_all(&mut self, desk: &Desk, generation: u32, pause: &Pause) {
        if !std::mem::take(&mut self.is_unwatched) {
            return;
        }
        let ids: Vec<usize> = self.live.ids().collect();
        self.watch = Watch::new(&Options::default(), ids.len());
        for some in ids.chunks(SERIES_AT_ONCE) {
            pause.take().await;
            if !desk.wants(generation) {
                return;
            }
            some.iter().for_each(|id| self.score(*id, i64::MIN));
        }
    }

    fn score(&mut self, id: usize, from_ms: i64) {
        let Some((times_ms, values)) = self.live.samples(id) else { return };
        let kind = self.watch.kind(id).or_else(|| self.live.kind(id)).unwrap_or_default();
        self.watch.update(id, kind, from_ms, times_ms, values);
    }

    /// Takes what a poll has brought.
    fn take(&mut self, update: &Update) {
        self.is_new |= update.is_anew || !update.changes.is_empty() || !update.gone.is_empty();
        if update.is_anew {
            self.is_unwatched = true;
            return;
        }
        for id in &update.gone {
            self.watch.remove(*id);
        }
        for (id, from_ms) in &update.changes {
            self.score(*id, *from_ms);
        }
    }

    /// Works on the analysis for a slice; where there is nothing to do, waits for a while.
    async fn work(&mut self, desk: &Desk, generation: u32, pause: &Pause, scope: &Scope, until_ms: i64) {
        let now = now_ms();
        if self.is_analysing {
            pause.take().await;
            match desk.work_on(generation, |analysis| work::slice(desk, analysis)) {
                Some(Status::Working(_)) => {}
                Some(Status::Done) => {
                    desk.work_on(generation, |analysis| desk.say_report(generation, analysis.report()));
                    desk.finish(generation);
                    self.is_analysing = false;
                    // At most half of the time: the processor is not ours alone.
                    self.next_ms = 2 * now_ms() - self.began_ms;
                }
                None => self.is_analysing = false,
            }
        } else if self.is_new && now >= self.next_ms {
            self.is_new = false;
            self.began_ms = now;
            let analysis = desk.page.measured(SNAPSHOT, || {
                let dataset = self.live.dataset().ok()?;
                let options = Options { services: scope.services(&dataset), ..Options::default() };
                Analysis::new(dataset, options).ok()
            });
            self.is_analysing = analysis.is_some();
            if let Some(analysis) = analysis {
                desk.put(generation, analysis);
            }
        } else {
            TimeoutFuture::new((until_ms - now).clamp(1, TELL_MS) as u32).await;
        }
    }

    /// Tells the page how the server stands, where that has changed.
    fn tell(&mut self, desk: &Desk, generation: u32, is_paused: bool) {
        let now = now_ms();
        let (told, was_paused, told_ms) = &self.told;
        if *was_paused == is_paused && !told.is_empty() && (*told_ms..told_ms + TELL_MS).contains(&now) {
            return;
        }
        let seconds = |ms: i64| duration_s(((ms + 500) / 1_000) as f64);
        let age_ms = self.live.age_ms(now).unwrap_or(0);
        let is_old = age_ms > self.live.stale_from_ms();
        let words = format!("{} old{}", seconds(age_ms), if is_paused { ", paused" } else { "" });
        let mut sentences = vec![format!("The newest sample is {} old.", seconds(age_ms))];
        if is_paused {
            sentences.push("Nothing is asked for at the moment.".to_owned());
        } else if let Some(trouble) = self.live.trouble() {
            sentences.push(trouble.to_string());
            if self.live.failures() > 0 {
                sentences.push("It is asked again by itself, after longer and longer waits.".to_owned());
            }
        } else {
            sentences.push(format!("The server is asked every {}.", seconds(self.live.poll_ms())));
        }
        let skew_ms = self.live.skew_ms();
        if skew_ms.abs() >= 2_000 {
            let way = if skew_ms > 0 { "ahead of" } else { "behind" };
            sentences.push(format!("Its clock is {} {way} ours, which is allowed for.", seconds(skew_ms.abs())));
        }
        let stale = self.live.stale(now);
        if !is_old && !stale.is_empty() {
            let count = plural(stale.len(), "series has", "series have");
            sentences.push(format!("{count} no new samples: {}.", self.names(&stale)));
        }
        let alarms = self.watch.alarms();
        if !alarms.is_empty() {
            sentences.push(format!("Out of its habit just now: {}.", self.names(&alarms)));
        }
        let detail = sentences.join(" ");
        let is_told = *told == format!("{words} {detail}");
        self.told = (format!("{words} {detail}"), is_paused, now);
        if is_told {
            return;
        }
        desk.page.say(Envelope::of(Response::Live { generation, words, detail, is_old }));
    }

    fn names(&self, ids: &[usize]) -> String {
        let mut names: Vec<String> = ids.iter().take(NAMES).filter_map(|id| self.live.name(*id)).collect();
        if ids.len() > NAMES {
            names.push(format!("and {} more", ids.len() - NAMES));
        }
        names.join(", ")
    }
}
