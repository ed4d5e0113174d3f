//! Several servers that are followed together.

use crate::error::Error;
use crate::live::{Live, Next, Snapshot, Update};
use crate::request::{Failure, Request, Response};
use order::SortedSet;
use series::{Dataset, Note, NoteKind, short_source};

/// Servers that were asked the same, and are followed side by side: each has its polls, its clock, its troubles and its
/// patience, and all together make one data set. A server is known by its number, in the order of [`Servers::push`].
#[derive(Debug, Default)]
pub struct Servers {
    all: Vec<Server>,
}

#[derive(Debug)]
struct Server {
    address: String,
    /// What is read of it; or why it can never be asked.
    live: Result<Live, Error>,
    /// The names that were another server's, too, when the data were last put together, and still are its own.
    shared: SortedSet<String>,
}

/// The data sets of several servers as they come to be, see [`Servers::step`].
#[derive(Debug, Default)]
pub struct Snapshots {
    parts: Vec<Result<Dataset, Error>>,
    under_way: Option<Snapshot>,
}

impl Servers {
    /// Adds a server: followed, or why it cannot even be asked. `address` is what sentences call it.
    pub fn push(&mut self, address: impl Into<String>, live: Result<Live, Error>) {
        self.all.push(Server { address: address.into(), live, shared: SortedSet::new() });
    }

    /// The number of servers.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// A server that can be asked.
    pub fn live(&self, number: usize) -> Option<&Live> {
        self.all.get(number)?.live.as_ref().ok()
    }

    /// What to do at a time: a request, with the number of the server whose turn it is, or when to ask again. A server
    /// whose answer is awaited holds no other one up.
    pub fn next(&mut self, now_ms: i64) -> (usize, Next) {
        let mut earliest_ms = i64::MAX;
        for (number, server) in self.all.iter_mut().enumerate() {
            let Ok(live) = &mut server.live else { continue };
            match live.next(now_ms) {
                Next::Wait { until_ms } => earliest_ms = earliest_ms.min(until_ms),
                ask @ Next::Ask(_) => return (number, ask),
            }
        }
        (0, Next::Wait { until_ms: earliest_ms })
    }

    /// Hands an answer to the server that gave it, see [`Live::accept`].
    ///
    /// # Errors
    /// Why its poll was given up; it is tried again by itself.
    pub fn accept(
        &mut self,
        number: usize,
        now_ms: i64,
        seed: u64,
        response: Result<Response<'_>, Failure>,
    ) -> Result<Option<Update>, Error> {
        match self.all.get_mut(number).map(|server| &mut server.live) {
            Some(Ok(live)) => live.accept(now_ms, seed, response),
            _ => Ok(None),
        }
    }

    /// Whether a request goes to the server of this number itself, and not to an Alertmanager beside it.
    pub fn is_own(&self, number: usize, request: &Request) -> bool {
        self.live(number).is_some_and(|live| live.is_own(request))
    }

    /// The data of all servers, put together as [`Dataset::merge`] does. A series whose name was another server's, too,
    /// is called so as long as it is there, even where the other one has none of this name any more. A server of which
    /// there is nothing is a note.
    ///
    /// # Errors
    /// Where no server has anything: why the first has not.
    pub fn dataset(&mut self) -> Result<Dataset, Error> {
        let mut snapshot = Snapshots::default();
        while !self.step(&mut snapshot) {}
        self.merge(snapshot)
    }

    /// Whether a server's poll is half done, see [`Live::is_torn`].
    pub fn is_torn(&self) -> bool {
        self.all.iter().any(|server| server.live.as_ref().is_ok_and(Live::is_torn))
    }

    /// Takes some more of what [`Servers::dataset`] gives; true when all is taken. With an answer that is accepted in the
    /// meantime it is to be begun anew.
    pub fn step(&self, taken: &mut Snapshots) -> bool {
        let Some(server) = self.all.get(taken.parts.len()) else { return true };
        let part = match (&server.live, taken.under_way.take()) {
            (Err(error), _) => Err(error.clone()),
            (Ok(live), None) => {
                taken.under_way = Some(live.snapshot());
                return false;
            }
            (Ok(live), Some(mut snapshot)) => {
                if !snapshot.step(live) {
                    taken.under_way = Some(snapshot);
                    return false;
                }
                // One that was never read says why.
                snapshot.finish(live).map_err(|error| live.trouble().cloned().unwrap_or(error))
            }
        };
        taken.parts.push(part);
        false
    }

    /// Puts what was taken together, see [`Servers::dataset`].
    ///
    /// # Errors
    /// As there.
    pub fn merge(&mut self, taken: Snapshots) -> Result<Dataset, Error> {
        let mut parts = Vec::with_capacity(self.all.len());
        let mut owners = Vec::with_capacity(self.all.len());
        let mut missing = Vec::new();
        for (number, part) in taken.parts.into_iter().enumerate() {
            match part {
                Ok(part) => {
                    owners.push(number);
                    parts.push(part);
                }
                Err(error) => missing.push((number, error)),
            }
        }
        if parts.is_empty() || self.all.len() == 1 {
            let error = missing.into_iter().next().map(|(_, error)| error);
            return parts.pop().ok_or(error.unwrap_or(Error::NoSamples { query: None }));
        }
        let plain: Vec<Vec<String>> =
            parts.iter().map(|part| part.series.iter().map(|series| series.name.clone()).collect()).collect();
        let mut dataset = Dataset::merge_apart(parts, |part, name| {
            owners.get(part).and_then(|owner| self.all.get(*owner)).is_some_and(|server| server.shared.contains(name))
        });
        let mut given = dataset.series.iter();
        for (owner, names) in owners.into_iter().zip(plain) {
            let shared = names.into_iter().zip(&mut given).filter(|(plain, series)| *plain != series.name);
            let shared = shared.map(|(plain, _)| plain).collect();
            if let Some(server) = self.all.get_mut(owner) {
                server.shared = shared;
            }
        }
        let absent = missing.into_iter().filter_map(|(number, error)| {
            let address = &self.all.get(number)?.address;
            let message = format!("Nothing of {address} is here: {}", error.on_page());
            Some(Note::new(NoteKind::Dropped, 1, message))
        });
        // What a whole server lacks comes before what one of its series does.
        dataset.notes.splice(0..0, absent);
        Ok(dataset)
    }

    /// How old the newest sample is of the server whose newest one is oldest, and whether that, or any other server's,
    /// does not tell any more what is now. None where there is no sample.
    pub fn age_ms(&self, now_ms: i64) -> Option<(i64, bool)> {
        let mut oldest = None;
        for live in self.all.iter().filter_map(|server| server.live.as_ref().ok()) {
            if let Some(age_ms) = live.age_ms(now_ms) {
                let (oldest_ms, is_old) = oldest.unwrap_or((0, false));
                oldest = Some((age_ms.max(oldest_ms), is_old || live.is_old(now_ms)));
            }
        }
        oldest
    }

    /// The servers that can be asked, each with its number and with what sentences begin with that are about it: nothing
    /// where it is the only one, else its address and a colon.
    pub fn lives(&self) -> impl Iterator<Item = (usize, String, &Live)> {
        let all = self.all.iter().enumerate();
        all.filter_map(|(number, server)| Some((number, self.prefix(server), server.live.as_ref().ok()?)))
    }

    /// What a series of a server is called: as in the data set, with the server in front where an earlier one has a
    /// series of the same name.
    pub fn name(&self, number: usize, id: usize) -> Option<String> {
        let server = self.all.get(number)?;
        let live = server.live.as_ref().ok()?;
        let name = live.name(id)?;
        let is_taken = self.all.iter().take(number).filter_map(|other| other.live.as_ref().ok());
        let is_taken = server.shared.contains(&name) || is_taken.into_iter().any(|other| other.has_like(live, id));
        Some(if is_taken { format!("{}{name}", self.prefix(server)) } else { name })
    }

    fn prefix(&self, server: &Server) -> String {
        if self.all.len() > 1 { format!("{}: ", short_source(&server.address)) } else { String::new() }
    }
}
