//! What a person wants to see.

use crate::preset::ALERTS;
use crate::{Budget, Endpoint, Error, Scope};

/// What to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// These PromQL expressions.
    Queries(Vec<String>),
    /// What these presets hold, and some PromQL expressions besides.
    Packs {
        /// The names of the presets, see [`crate::preset`].
        packs: Vec<String>,
        /// Expressions.
        queries: Vec<String>,
    },
    /// Whatever the server has that is worth looking at, up to a number of series: see [`crate::worth`].
    Discover {
        /// The most series to take.
        max_series: usize,
    },
}

/// A question to a server about a range of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The server.
    pub endpoint: Endpoint,
    /// What to look at.
    pub question: Question,
    /// The beginning, in milliseconds since 1970-01-01 UTC.
    pub start_ms: i64,
    /// The end, included.
    pub end_ms: i64,
    /// The resolution; none for automatic.
    pub step_ms: Option<i64>,
    /// The label that tells services apart; none for the best.
    pub service_label: Option<String>,
    /// How much may be fetched.
    pub budget: Budget,
    /// Whether alerts are asked for; if none, where the server's metrics are looked through and there are any.
    pub alerts: Option<bool>,
    /// The Alertmanager that is asked, too.
    pub alertmanager: Option<Endpoint>,
}

impl Ask {
    /// The range of time looked at when nobody says: the last 12 hours, 2,880 scrapes at the common 15 s.
    pub const USUAL_RANGE_MS: i64 = 12 * 3_600_000;

    /// The most series taken when nobody says.
    pub const USUAL_SERIES: usize = 200;

    /// Asks for some PromQL expressions.
    pub fn queries<Q: Into<String>>(
        endpoint: Endpoint,
        queries: impl IntoIterator<Item = Q>,
        start_ms: i64,
        end_ms: i64,
    ) -> Self {
        let queries = queries.into_iter().map(Into::into).collect();
        Self::plain(endpoint, Question::Queries(queries), start_ms, end_ms)
    }

    /// Asks for what a scope says, up to a moment in milliseconds since 1970-01-01 UTC.
    pub fn of_scope(endpoint: Endpoint, scope: &Scope, end_ms: i64) -> Self {
        let start_ms = end_ms.saturating_sub(scope.range_ms.unwrap_or(Self::USUAL_RANGE_MS));
        // Alerts are events beside metrics; which metrics, they do not say.
        let packs: Vec<String> = scope.packs.iter().filter(|pack| *pack != ALERTS).cloned().collect();
        let question = match (packs.is_empty(), scope.queries.is_empty()) {
            (true, true) => Question::Discover { max_series: Self::USUAL_SERIES },
            (true, false) => Question::Queries(scope.queries.clone()),
            (false, _) => Question::Packs { packs, queries: scope.queries.clone() },
        };
        Self {
            step_ms: scope.step_ms,
            service_label: scope.service_label.clone(),
            budget: scope.budget(),
            alerts: scope.alerts.or(scope.packs.iter().any(|pack| pack == ALERTS).then_some(true)),
            alertmanager: scope.alertmanager.as_ref().and_then(|address| Endpoint::parse(address).ok()),
            ..Self::plain(endpoint, question, start_ms, end_ms)
        }
    }

    /// Asks the server of a number for what a scope says, up to the newest moment of the scope's at a time (milliseconds
    /// since 1970-01-01 UTC). An Alertmanager is asked beside the first server only: its alerts are events once.
    ///
    /// # Errors
    /// [`Error::Address`] for an address that is none.
    pub fn of_scope_at(address: &str, scope: &Scope, now_ms: i64, number: usize) -> Result<Self, Error> {
        let mut ask = Self::of_scope(Endpoint::parse(address)?, scope, scope.newest_ms(now_ms));
        if number > 0 {
            ask.alertmanager = None;
        }
        Ok(ask)
    }

    /// Asks for whatever is worth looking at.
    pub fn discover(endpoint: Endpoint, start_ms: i64, end_ms: i64) -> Self {
        let question = Question::Discover { max_series: Self::USUAL_SERIES };
        Self::plain(endpoint, question, start_ms, end_ms)
    }

    fn plain(endpoint: Endpoint, question: Question, start_ms: i64, end_ms: i64) -> Self {
        Self {
            endpoint,
            question,
            start_ms,
            end_ms,
            step_ms: None,
            service_label: None,
            budget: Budget::default(),
            alerts: None,
            alertmanager: None,
        }
    }

    /// # Errors
    /// [`Error::Question`] for a range that ends before it begins, or a step that is not positive.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let wrong = |reason: &str| Err(Error::Question { reason: reason.to_owned() });
        if self.end_ms <= self.start_ms {
            return wrong("The range of time ends before it begins; give the earlier time first.");
        }
        if self.step_ms.is_some_and(|step| step <= 0) {
            return wrong("The step must be longer than nothing; give one like 15s or 1m.");
        }
        Ok(())
    }
}
