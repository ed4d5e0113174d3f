//! Servers that are followed: polls, what they bring at once, and all of it for the analysis whenever that is through.

use super::inbox::Inbox;
use super::line::Line;
use crate::bridge::{Access, Envelope, Pause, Response};
use crate::net;
use engine::{Options, Watch};
use gloo_timers::future::TimeoutFuture;
use prometheus::{Next, Servers, Snapshots, Update};
use report::format::{duration_s, plural};

/// How often the age of the data is told.
const TELL_MS: i64 = 1_000;
/// Series that are scored from the beginning between two looks at the mailbox.
const SERIES_AT_ONCE: usize = 16;
/// The most names in a sentence.
const NAMES: usize = 3;
/// What the browser's time line calls the work that a poll makes, and a data set for the analysis.
const UPDATE: &str = "monteverdi:live-update";
const SNAPSHOT: &str = "monteverdi:live-snapshot";

/// The time in milliseconds since 1970-01-01 UTC.
pub(super) fn now_ms() -> i64 {
    js_sys::Date::now() as i64
}

/// Any number, another one every time.
pub(super) fn seed() -> u64 {
    js_sys::Math::random().to_bits()
}

/// Follows servers whose first Report is complete, as long as their load is wanted. `access` are what goes along with
/// requests to each of them.
pub(super) async fn follow(
    line: &Line,
    generation: u32,
    pause: &Pause,
    servers: Servers,
    access: Vec<Access>,
    service_label: &str,
) {
    let mut following = Following::new(servers);
    while line.wants(generation) {
        following.receive(line);
        following.watch_all(line, generation, pause).await;
        let is_paused = line.is_paused.get();
        following.tell(line, generation, is_paused);
        if is_paused {
            TimeoutFuture::new(TELL_MS as u32).await;
            continue;
        }
        let until_ms = following.send(&access);
        following.work(line, generation, pause, service_label, until_ms).await;
    }
}

/// What is known of servers that are followed.
struct Following {
    servers: Servers,
    inbox: Inbox,
    /// The number of each server's last request: what answers an earlier one came too late.
    tickets: Vec<u32>,
    /// For each server a watch; none where everything of it is to be scored from the beginning.
    watches: Vec<Option<Watch>>,
    /// Whether there are samples that no analysis has seen.
    is_new: bool,
    /// What is taken of the data so far, for the next analysis.
    taken: Option<Snapshots>,
    /// Whether the analysis has a data set that it was not through with when that was looked at last.
    is_sent: bool,
    /// When the last data set was begun, and when the next one may be.
    began_ms: i64,
    next_ms: i64,
    /// What was told last, and when.
    told: (String, bool, i64),
}

impl Following {
    fn new(servers: Servers) -> Self {
        Self {
            inbox: Inbox::default(),
            tickets: vec![0; servers.len()],
            watches: (0..servers.len()).map(|_| None).collect(),
            servers,
            is_new: false,
            taken: None,
            is_sent: false,
            began_ms: 0,
            next_ms: 0,
            told: (String::new(), false, 0),
        }
    }

    /// Sends the requests off that are due; says when the next one may be.
    fn send(&mut self, access: &[Access]) -> i64 {
        loop {
            let (number, request) = match self.servers.next(now_ms()) {
                (number, Next::Ask(request)) => (number, request),
                (_, Next::Wait { until_ms }) => return until_ms,
            };
            // What proves who asks is for the server itself, not for an Alertmanager beside it.
            let is_own = self.servers.is_own(number, &request);
            let access = access.get(number).filter(|_| is_own).cloned().unwrap_or_default();
            let Some(ticket) = self.tickets.get_mut(number) else { return 0 };
            *ticket += 1;
            self.inbox.send(number, *ticket, request, access);
        }
    }

    /// Takes the answers that have arrived.
    fn receive(&mut self, line: &Line) {
        for (number, ticket, answer) in self.inbox.take() {
            if self.tickets.get(number) != Some(&ticket) {
                continue;
            }
            let answer = answer.as_ref().map(net::Answer::as_response).map_err(Clone::clone);
            // What was taken before is not of one moment with what would be taken now.
            self.is_new |= self.taken.take().is_some();
            line.page.measured(UPDATE, || {
                // What failed is told with the age of the data, and tried again by itself.
                if let Ok(Some(update)) = self.servers.accept(number, now_ms(), seed(), answer) {
                    self.take(number, &update);
                }
            });
        }
    }

    /// Scores everything from the beginning, where that has not been done.
    async fn watch_all(&mut self, line: &Line, generation: u32, pause: &Pause) {
        for number in 0..self.watches.len() {
            if self.watches.get(number).is_some_and(Option::is_some) {
                continue;
            }
            // There is to be one false alarm in so and so many of all together.
            let count = self.servers.lives().map(|(_, _, live)| live.ids().count()).sum();
            let ids: Vec<usize> = self.servers.live(number).map_or_else(Vec::new, |live| live.ids().collect());
            if let Some(watch) = self.watches.get_mut(number) {
                *watch = Some(Watch::new(&Options::default(), count));
            }
            for some in ids.chunks(SERIES_AT_ONCE) {
                pause.take().await;
                if !line.wants(generation) {
                    return;
                }
                some.iter().for_each(|id| self.score(number, *id, i64::MIN));
            }
        }
    }

    fn score(&mut self, number: usize, id: usize, from_ms: i64) {
        let Some(live) = self.servers.live(number) else { return };
        let Some((times_ms, values)) = live.samples(id) else { return };
        let Some(Some(watch)) = self.watches.get_mut(number) else { return };
        let kind = watch.kind(id).or_else(|| live.kind(id)).unwrap_or_default();
        watch.update(id, kind, from_ms, times_ms, values);
    }

    /// Takes what a poll of a server has brought.
    fn take(&mut self, number: usize, update: &Update) {
        self.is_new |= update.is_anew || !update.changes.is_empty() || !update.gone.is_empty();
        let Some(place) = self.watches.get_mut(number) else { return };
        let Some(watch) = place.as_mut().filter(|_| !update.is_anew) else {
            *place = None;
            return;
        };
        for id in &update.gone {
            watch.remove(*id);
        }
        for (id, from_ms) in &update.changes {
            self.score(number, *id, *from_ms);
        }
    }

    /// Works on the next data set for a slice; where there is nothing to do, waits for a while.
    async fn work(&mut self, line: &Line, generation: u32, pause: &Pause, service_label: &str, until_ms: i64) {
        let now = now_ms();
        let is_analysed = line.is_analysed.get();
        if is_analysed && std::mem::take(&mut self.is_sent) {
            // At most half of the time: the processor is not ours alone.
            self.next_ms = 2 * now - self.began_ms;
        }
        if let Some(mut taken) = self.taken.take() {
            pause.take().await;
            let is_whole = line.page.measured(SNAPSHOT, || line.page.slice(|| self.servers.step(&mut taken)));
            if !is_whole {
                self.taken = Some(taken);
                return;
            }
            line.page.measured(SNAPSHOT, || {
                if let Ok(dataset) = self.servers.merge(taken) {
                    line.send(generation, dataset, service_label);
                    self.is_sent = true;
                }
            });
        } else if self.is_new && is_analysed && now >= self.next_ms && !self.servers.is_torn() {
            self.is_new = false;
            self.began_ms = now;
            self.taken = Some(Snapshots::default());
        } else {
            self.inbox.wait((until_ms - now).clamp(1, TELL_MS) as u32).await;
        }
    }

    /// Tells the page how the servers stand, where that has changed.
    fn tell(&mut self, line: &Line, generation: u32, is_paused: bool) {
        let now = now_ms();
        let (told, was_paused, told_ms) = &self.told;
        if *was_paused == is_paused && !told.is_empty() && (*told_ms..told_ms + TELL_MS).contains(&now) {
            return;
        }
        let seconds = |ms: i64| duration_s(((ms + 500) / 1_000) as f64);
        let (age_ms, is_old) = self.servers.age_ms(now).unwrap_or((0, false));
        let read = self.servers.lives().filter(|(.., live)| live.newest_ms().is_some()).count();
        let all = self.servers.len();
        let partly = if read < all { format!(", {read} of {all} servers") } else { String::new() };
        let words = format!("{} old{partly}{}", seconds(age_ms), if is_paused { ", paused" } else { "" });
        let whose = if self.servers.len() > 1 { " of the server that is behind" } else { "" };
        let mut sentences = vec![format!("The newest sample{whose} is {} old.", seconds(age_ms))];
        if is_paused {
            sentences.push("Nothing is asked for at the moment.".to_owned());
        } else {
            self.tell_troubles(&mut sentences, seconds);
        }
        let (mut stale, mut alarms) = (Vec::new(), Vec::new());
        for (number, server, live) in self.servers.lives() {
            let skew_ms = live.skew_ms();
            if skew_ms.abs() >= 2_000 {
                let way = if skew_ms > 0 { "ahead of" } else { "behind" };
                let ahead = seconds(skew_ms.abs());
                sentences.push(format!("{server}Its clock is {ahead} {way} ours, which is allowed for."));
            }
            // Of one that is old as a whole, the age tells.
            if !live.is_old(now) {
                live.stale(now).into_iter().for_each(|id| stale.push((number, id)));
            }
            if let Some(Some(watch)) = self.watches.get(number) {
                watch.alarms().into_iter().for_each(|id| alarms.push((number, id)));
            }
        }
        if !stale.is_empty() {
            let count = plural(stale.len(), "series has", "series have");
            sentences.push(format!("{count} no new samples: {}.", self.names(&stale)));
        }
        if !alarms.is_empty() {
            sentences.push(format!("Out of its habit just now: {}.", self.names(&alarms)));
        }
        let detail = sentences.join(" ");
        let telling = format!("{words} {detail}");
        let is_told = *told == telling;
        self.told = (telling, is_paused, now);
        if is_told {
            return;
        }
        line.page.say(Envelope::of(Response::Live { generation, words, detail, is_old }));
    }

    /// What is wrong with which server, and how often those are asked that are well.
    fn tell_troubles(&self, sentences: &mut Vec<String>, seconds: impl Fn(i64) -> String) {
        let (mut is_well, mut poll_ms) = (true, None);
        for (_, server, live) in self.servers.lives() {
            let Some(trouble) = live.trouble() else {
                poll_ms = poll_ms.max(Some(live.poll_ms()));
                continue;
            };
            is_well = false;
            let trouble = trouble.on_page();
            // Some name it themselves.
            let server = if trouble.starts_with("http") { "" } else { server.as_str() };
            sentences.push(format!("{server}{trouble}"));
            if live.failures() > 0 {
                sentences.push("It is asked again by itself, after longer and longer waits.".to_owned());
            }
        }
        let who = match (self.servers.len(), is_well) {
            (1, _) => "The server is",
            (_, true) => "The servers are",
            (_, false) => "The others are",
        };
        sentences.extend(poll_ms.map(|poll_ms| format!("{who} asked every {}.", seconds(poll_ms))));
    }

    fn names(&self, ids: &[(usize, usize)]) -> String {
        let some = ids.iter().take(NAMES);
        let mut names: Vec<String> = some.filter_map(|(number, id)| self.servers.name(*number, *id)).collect();
        if ids.len() > NAMES {
            names.push(format!("and {} more", ids.len() - NAMES));
        }
        names.join(", ")
    }
}
